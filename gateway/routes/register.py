"""What can be asked of the housing register and its homes."""

from gateway.routes.line import Route, changes, creates, published, reads
from gateway.routes.purposes import HOME, MIGRATION, SUPERVISE

_HOMES = "/v1/housing/homes"
_LOADS = "/v1/housing/loads"
_APPLICATIONS = "/v1/housing/applications"
_ONE = f"{_APPLICATIONS}/{{application_id}}"
_DECISIONS = "/v1/housing/register-decisions"
_DECISION = f"{_DECISIONS}/{{decision_id}}"
_REVIEWS = "/v1/housing/register-reviews"
_MEDICAL = "/v1/housing/medical-assessments"
_LOADING = MIGRATION | HOME
_REGISTER = frozenset({"housing_register", "lettings", "homelessness"})
_DECIDING = frozenset({"housing_register"})
_READING = _REGISTER | SUPERVISE | frozenset({"rents", "regeneration", "complaints"})

ROUTES: tuple[Route, ...] = (
    reads(_HOMES, "housing.home.read", _LOADING | SUPERVISE),
    creates(_HOMES, "housing.home.keep", HOME),
    Route("POST", f"{_HOMES}/loads", "housing.home.load", _LOADING, "bulk", keyed=True, body="bulk"),
    reads(f"{_HOMES}/{{home_id}}", "housing.home.read", _LOADING | SUPERVISE),
    changes("PATCH", f"{_HOMES}/{{home_id}}", "housing.home.keep", HOME),
    changes("POST", f"{_HOMES}/{{home_id}}/moves", "housing.home.keep", HOME),
    reads(_LOADS, "housing.load.read", _LOADING | SUPERVISE),
    reads(f"{_LOADS}/{{load_id}}", "housing.load.read", _LOADING | SUPERVISE),
    reads(f"{_LOADS}/{{load_id}}/refusals", "housing.load.read", _LOADING | SUPERVISE),
    creates(_APPLICATIONS, "housing.application.take", _REGISTER),
    reads(_APPLICATIONS, "housing.application.read", _READING),
    Route(
        "POST",
        f"{_APPLICATIONS}/loads",
        "housing.application.load",
        MIGRATION | _DECIDING,
        "bulk",
        keyed=True,
        body="bulk",
    ),
    reads(_ONE, "housing.application.read", _READING),
    changes("PATCH", _ONE, "housing.application.take", _REGISTER),
    changes("POST", f"{_ONE}/steps", "housing.application.take", _REGISTER),
    changes("POST", f"{_ONE}/assessments", "housing.application.weigh", _DECIDING),
    creates(f"{_ONE}/decisions", "housing.application.weigh", _DECIDING),
    reads(f"{_ONE}/decisions", "housing.application.read", _READING),
    reads(f"{_ONE}/bands", "housing.application.read", _READING),
    changes("POST", f"{_ONE}/renewals", "housing.application.take", _REGISTER),
    creates(f"{_ONE}/medical-forms", "housing.medical_form.send", _REGISTER),
    reads(f"{_ONE}/medical-forms", "housing.medical_form.send", _REGISTER),
    reads(_DECISIONS, "housing.application.read", _READING),
    reads(_DECISION, "housing.application.read", _READING),
    changes("POST", f"{_DECISION}/confirmation", "housing.application.weigh", _DECIDING),
    changes("POST", f"{_DECISION}/withdrawal", "housing.application.weigh", _DECIDING),
    creates(f"{_DECISION}/reviews", "housing.register_review.ask", _DECIDING | frozenset({"complaints"})),
    reads(_REVIEWS, "housing.register_review.read", _DECIDING | SUPERVISE),
    changes("POST", f"{_REVIEWS}/{{review_id}}/outcome", "housing.register_review.decide", _DECIDING),
    reads(_MEDICAL, "housing.medical.assess", _DECIDING),
    reads(f"{_MEDICAL}/{{assessment_id}}", "housing.medical.assess", _DECIDING),
    changes("POST", f"{_MEDICAL}/{{assessment_id}}/outcome", "housing.medical.assess", _DECIDING),
)
PUBLISHED: tuple[Route, ...] = (
    # Ages go in, rooms come out: nobody is named, and nothing is kept.
    published("POST", "/v1/housing/bedroom-need", "housing.bedroom_need.ask"),
    published("GET", f"{_APPLICATIONS}/waiting-times", "housing.waiting_time.read"),
)
