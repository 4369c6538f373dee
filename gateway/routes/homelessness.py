"""What can be asked of homelessness."""

from gateway.routes.line import Route, changes, creates, published, reads
from gateway.routes.purposes import CASEWORK, STATISTICS, SUPERVISE

_HOMELESS = frozenset({"homelessness"}) | SUPERVISE
_COUNTS = frozenset({"homelessness", "oversight"}) | SUPERVISE | STATISTICS

_CASES = "/v1/housing/homelessness-cases"
_CASE = f"{_CASES}/{{case_id}}"
_PLAN = f"{_CASE}/plan"
_DECISIONS = "/v1/housing/homelessness-decisions"
_DECISION = f"{_DECISIONS}/{{decision_id}}"
_REVIEWS = "/v1/housing/homelessness-reviews"
_REVIEW = f"{_REVIEWS}/{{review_id}}"
_EVICTIONS = "/v1/housing/illegal-evictions"
_EVICTION = f"{_EVICTIONS}/{{eviction_id}}"

_READ = "housing.homelessness_case.read"
_FINDING = "housing.homelessness_finding.read"
_WORK = "housing.homelessness_case.work"
_DECIDE = "housing.homelessness_decision.make"
_REVIEWING = "housing.homelessness_review.decide"

ROUTES: tuple[Route, ...] = (
    creates(_CASES, "housing.homelessness_case.open", _HOMELESS),
    reads(_CASES, _READ, _HOMELESS),
    reads(_CASE, _READ, _HOMELESS),
    changes("PUT", f"{_CASE}/household", _WORK, _HOMELESS),
    changes("PUT", f"{_CASE}/holder", _WORK, _HOMELESS),
    creates(f"{_CASE}/assessments", _WORK, _HOMELESS),
    reads(f"{_CASE}/assessments", _FINDING, _HOMELESS),
    reads(f"{_CASE}/duties", _READ, _HOMELESS),
    creates(f"{_CASE}/plans", _WORK, _HOMELESS),
    reads(_PLAN, _READ, _HOMELESS),
    creates(f"{_PLAN}/steps", _WORK, _HOMELESS),
    changes("POST", f"{_PLAN}/steps/{{step_id}}/progress", _WORK, _HOMELESS),
    changes("POST", f"{_PLAN}/agreement", _WORK, _HOMELESS),
    changes("POST", f"{_PLAN}/copy", _WORK, _HOMELESS),
    changes("POST", f"{_PLAN}/review", _WORK, _HOMELESS),
    creates(f"{_CASE}/activities", _WORK, _HOMELESS),
    reads(f"{_CASE}/activities", _READ, _HOMELESS),
    changes("POST", f"{_CASE}/activities/{{activity_id}}/outcome", _WORK, _HOMELESS),
    creates(f"{_CASE}/decisions", _DECIDE, _HOMELESS),
    reads(f"{_CASE}/decisions", _FINDING, _HOMELESS),
    reads(_DECISIONS, _FINDING, _HOMELESS),
    reads(_DECISION, _FINDING, _HOMELESS),
    changes("POST", f"{_DECISION}/authorisation", "housing.homelessness_decision.authorise", _HOMELESS),
    changes("POST", f"{_DECISION}/notification", _DECIDE, _HOMELESS),
    changes("POST", f"{_DECISION}/withdrawal", _DECIDE, _HOMELESS),
    creates(f"{_DECISION}/reviews", "housing.homelessness_review.ask", _HOMELESS),
    reads(_REVIEWS, _FINDING, _HOMELESS),
    reads(_REVIEW, _FINDING, _HOMELESS),
    changes("PATCH", _REVIEW, _REVIEWING, _HOMELESS),
    changes("POST", f"{_REVIEW}/decision", _REVIEWING, _HOMELESS),
    changes("POST", f"{_REVIEW}/withdrawal", "housing.homelessness_review.ask", _HOMELESS),
    creates(f"{_CASE}/illegal-evictions", "housing.illegal_eviction.report", _HOMELESS),
    reads(_EVICTIONS, "housing.illegal_eviction.read", _HOMELESS),
    reads(_EVICTION, "housing.illegal_eviction.read", _HOMELESS),
    creates(f"{_EVICTION}/taking", "housing.illegal_eviction.work", _HOMELESS),
    changes("POST", f"{_EVICTION}/outcome", "housing.illegal_eviction.work", _HOMELESS),
    reads("/v1/housing/known", "housing.known.read", CASEWORK),
    reads("/v1/housing/homelessness-counts", "housing.homelessness_count.read", _COUNTS),
    changes("POST", "/v1/housing/local-connection", "housing.local_connection.try", _HOMELESS),
)
PUBLISHED: tuple[Route, ...] = (published("GET", "/v1/housing/homelessness-law", "housing.homelessness_law.read"),)
