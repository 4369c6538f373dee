"""THE table: everything that can be asked of the platform from outside. What is not in here does not exist.

For a security reviewer and a data protection officer: each line is a method and path, the action
(whose first word is the owning service; `policies/*.cedar` say which roles may do it), the purposes it may
be used for, the class of its rate limit, whether it needs an Idempotency-Key, and how large its body may
be (`none`, `json`, `bulk`).

An action means the same wherever it stands: its purposes are the same on every line. The owner's own route
declares the same action and checks it against the token, so a line that is wrong here opens nothing there.
"""

from dataclasses import dataclass
from typing import Literal

BodyClass = Literal["none", "json", "bulk"]
Purposes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table."""

    method: str
    path: str
    action: str
    purposes: Purposes
    rate: str = "read"
    keyed: bool = False
    body: BodyClass = "none"
    urgent: bool = False  # nothing may hold it back: no purpose asked, no rate limit, phone numbers when it fails
    open: bool = False  # no sign-in

    @property
    def service(self) -> str:
        """The owner: the first word of the action."""
        return self.action.partition(".")[0] or "gateway"

    @property
    def name(self) -> str:
        """How logs and figures call it: never an address, because addresses hold ids."""
        return f"{self.method} {self.path}"


# What a route may be used for -----------------------------------------------------------------------------

HELP = frozenset(
    {
        "front_door",
        "universal_support",
        "targeted_support",
        "domestic_abuse",
        "community_safety",
        "leaving_care",
        "work_and_skills",
        "health_and_wellbeing",
        "outreach",
        "partner_referral",
    }
)
DUTY = frozenset({"safeguarding", "statutory_referral", "emergency_response", "duty_to_refer"})
HOME = frozenset({"homelessness", "housing_register", "lettings", "rents", "regeneration"})
MONEY = frozenset({"debt_advice", "benefit_advice", "revenues_recovery_hold", "hardship"})
SUPERVISE = frozenset({"supervision"})
GOVERN = frozenset({"information_governance"})
COMPLAINT = frozenset({"complaints"})
MIGRATION = frozenset({"data_migration"})
OPERATE = frozenset({"system_operations"})
ADMINISTER = frozenset({"administration"})
LINKAGE = frozenset({"data_linkage"})
COUNTING = LINKAGE | frozenset({"research_statistics"})
NOTHING_PERSONAL = frozenset({"public"})
ANY = frozenset({"*"})

REVIEW = SUPERVISE | GOVERN
CASEWORK = HELP | DUTY | HOME | MONEY
LOOK_UP = CASEWORK | REVIEW | COMPLAINT
STORY = CASEWORK | REVIEW
CONTACT = HELP | DUTY | frozenset({"homelessness", "debt_advice", "benefit_advice", "hardship"})
CONCERN = frozenset({"safeguarding", "domestic_abuse"}) | SUPERVISE
GRANTS = frozenset({"hardship", "grants_administration", "universal_support", "debt_advice"})
OUTREACH = frozenset({"outreach"})
DEBT = frozenset({"debt_advice"})
HOLD = frozenset({"revenues_recovery_hold"})
ASK_FOR_HOLD = OUTREACH | DEBT | frozenset({"universal_support", "targeted_support"})
WRITING = LOOK_UP | MIGRATION | ADMINISTER | frozenset({"grants_administration"})
WATCH = MIGRATION | OPERATE | ADMINISTER | SUPERVISE | frozenset({"data_linkage"})
LOADING = MIGRATION | LINKAGE
STATISTICS = frozenset({"research_statistics"})
REGISTER = LOADING | REVIEW | ADMINISTER | STATISTICS | frozenset({"oversight"})

SERVICES = ("triage", "casefile", "risk", "grants", "housing", "gateway")
RAISE_CONCERN = "triage.safeguarding.raise"

# Three kinds of line that nearly all are ------------------------------------------------------------------


def _reads(path: str, action: str, purposes: Purposes) -> Route:
    return Route("GET", path, action, purposes)


def _creates(path: str, action: str, purposes: Purposes) -> Route:
    return Route("POST", path, action, purposes, "write", keyed=True, body="json")


def _changes(method: str, path: str, action: str, purposes: Purposes) -> Route:
    """A change of something that exists: its owner asks for `If-Match`, so no key is needed."""
    return Route(method, path, action, purposes, "write", body="none" if method == "DELETE" else "json")


# The table ------------------------------------------------------------------------------------------------

_TRIAGE = (
    _creates("/v1/triage/contacts", "triage.contact.record", CONTACT),
    _reads("/v1/triage/contacts", "triage.contact.read", CONTACT | REVIEW),
    _reads("/v1/triage/contacts/{contact_id}", "triage.contact.read", CONTACT | REVIEW),
    _changes("PATCH", "/v1/triage/contacts/{contact_id}", "triage.contact.change", CONTACT),
    _creates("/v1/triage/contacts/{contact_id}/needs", "triage.need.record", CONTACT),
    _creates("/v1/triage/contacts/{contact_id}/decisions", "triage.contact.decide", CONTACT),
    Route("POST", "/v1/triage/safeguarding-concerns", RAISE_CONCERN, ANY, "urgent", body="json", urgent=True),
    _reads("/v1/triage/safeguarding-concerns", "triage.safeguarding.read", CONCERN),
    _reads("/v1/triage/safeguarding-concerns/{concern_id}", "triage.safeguarding.read", CONCERN),
    _creates(
        "/v1/triage/safeguarding-concerns/{concern_id}/acknowledgements",
        "triage.safeguarding.acknowledge",
        CONCERN,
    ),
    _reads("/v1/triage/known", "triage.known.read", CASEWORK),
    _reads("/v1/triage/outreach", "triage.outreach.read", OUTREACH | SUPERVISE),
    _creates("/v1/triage/outreach", "triage.outreach.work", OUTREACH),
    _reads("/v1/triage/outreach/{offer_id}", "triage.outreach.read", OUTREACH | SUPERVISE),
    _changes("PATCH", "/v1/triage/outreach/{offer_id}", "triage.outreach.work", OUTREACH),
    _creates("/v1/triage/outreach/{offer_id}/attempts", "triage.outreach.work", OUTREACH),
    _creates("/v1/triage/outreach/{offer_id}/outcomes", "triage.outreach.work", OUTREACH),
    _reads("/v1/triage/objections", "triage.objection.read", HELP | GOVERN),
    _creates("/v1/triage/objections", "triage.objection.record", HELP | GOVERN),
    _changes("POST", "/v1/triage/objections/{objection_id}/withdraw", "triage.objection.record", HELP | GOVERN),
    _reads("/v1/triage/recovery-holds", "triage.recovery_hold.read", ASK_FOR_HOLD | HOLD | SUPERVISE),
    _creates("/v1/triage/recovery-holds", "triage.recovery_hold.request", ASK_FOR_HOLD),
    _reads("/v1/triage/recovery-holds/{hold_id}", "triage.recovery_hold.read", ASK_FOR_HOLD | HOLD | SUPERVISE),
    _creates("/v1/triage/recovery-holds/{hold_id}/answers", "triage.recovery_hold.answer", HOLD),
)

_CASEFILE = (
    # A search is a POST so that no name ever stands in an address.
    Route("POST", "/v1/casefile/people/search", "casefile.person.search", LOOK_UP, "search", body="json"),
    _reads("/v1/casefile/people", "casefile.person.read", LOOK_UP | MIGRATION),
    _creates("/v1/casefile/people", "casefile.person.register", CASEWORK),
    _reads("/v1/casefile/people/{person_id}", "casefile.person.read", LOOK_UP | MIGRATION),
    _changes("PATCH", "/v1/casefile/people/{person_id}", "casefile.person.change", CASEWORK),
    _changes("POST", "/v1/casefile/people/{person_id}/merge", "casefile.person.merge", STORY | MIGRATION),
    _changes("POST", "/v1/casefile/people/{person_id}/unmerge", "casefile.person.unmerge", STORY | MIGRATION),
    _creates("/v1/casefile/people/{person_id}/relationships", "casefile.relationship.record", CASEWORK),
    Route("POST", "/v1/casefile/imports", "casefile.person.import", MIGRATION, "bulk", keyed=True, body="bulk"),
    _reads("/v1/casefile/households", "casefile.household.read", LOOK_UP),
    _creates("/v1/casefile/households", "casefile.household.form", CASEWORK),
    _reads("/v1/casefile/households/{household_id}", "casefile.household.read", LOOK_UP),
    _reads("/v1/casefile/households/{household_id}/timeline", "casefile.timeline.read", STORY),
    _creates("/v1/casefile/households/{household_id}/members", "casefile.household.change", CASEWORK),
    _reads("/v1/casefile/cases", "casefile.case.read", STORY),
    _reads("/v1/casefile/cases/{case_id}", "casefile.case.read", STORY),
    _creates("/v1/casefile/cases/{case_id}/allocations", "casefile.case.allocate", STORY),
    _changes("POST", "/v1/casefile/cases/{case_id}/close", "casefile.case.close", STORY),
    _changes("POST", "/v1/casefile/cases/{case_id}/reopen", "casefile.case.reopen", STORY),
    _creates("/v1/casefile/money/breathing-spaces", "casefile.breathing_space.enter", DEBT),
    _reads("/v1/casefile/money/breathing-spaces", "casefile.breathing_space.read", DEBT),
    _reads("/v1/casefile/money/breathing-spaces/{space_id}", "casefile.breathing_space.read", DEBT),
    _changes(
        "POST",
        "/v1/casefile/money/breathing-spaces/{space_id}/treatment-end",
        "casefile.breathing_space.change",
        DEBT,
    ),
    _changes("POST", "/v1/casefile/money/breathing-spaces/{space_id}/cancel", "casefile.breathing_space.change", DEBT),
    _reads("/v1/casefile/access/reads", "casefile.access.review", GOVERN),
    _reads("/v1/casefile/known", "casefile.known.read", CASEWORK),
)

_OTHERS = (
    _reads("/v1/risk/people/{person_id}", "risk.person.read", CASEWORK),
    _reads("/v1/risk/links/review", "risk.link.review", REVIEW),
    _creates("/v1/risk/links/review", "risk.link.question", STORY),
    _reads("/v1/risk/links/review/{item_id}", "risk.link.review", REVIEW),
    _creates("/v1/risk/links/review/{item_id}/decisions", "risk.link.decide", REVIEW),
    _creates("/v1/risk/links/rules", "risk.link.decide", REVIEW),
    _reads("/v1/risk/links/{record}/explain", "risk.link.explain", REVIEW),
    _creates("/v1/risk/residents/{resident_id}/unmerge", "risk.resident.unmerge", REVIEW),
    _creates("/v1/risk/residents/{resident_id}/erasure", "risk.resident.erase", GOVERN),
    # From a pseudonym back to a person: on record with its reason, in the vault and in the access record.
    _creates("/v1/risk/reidentifications", "risk.resident.reidentify", STORY),
    _reads("/v1/risk/households/{household_id}/profile", "risk.profile.read", STORY),
    _reads("/v1/risk/factor-definitions", "risk.definition.read", STORY | LINKAGE),
    _creates("/v1/risk/factors/{factor_id}/disputes", "risk.factor.dispute", STORY),
    _reads("/v1/risk/disputes", "risk.dispute.read", STORY),
    _reads("/v1/risk/disputes/{dispute_id}", "risk.dispute.read", STORY),
    _creates("/v1/risk/disputes/{dispute_id}/settlements", "risk.dispute.settle", STORY),
    _reads("/v1/risk/signals", "risk.signal.read", LINKAGE | SUPERVISE),
    # Questions, answered with safe counts: a POST because a definition is no address.
    Route("POST", "/v1/risk/cohorts/preview", "risk.cohort.preview", COUNTING, "search", body="json"),
    Route("POST", "/v1/risk/associations", "risk.association.ask", COUNTING, "search", body="json"),
    _creates("/v1/risk/cohorts", "risk.cohort.define", LINKAGE),
    _reads("/v1/risk/cohorts", "risk.cohort.read", LINKAGE | OUTREACH),
    _reads("/v1/risk/cohorts/{cohort_id}", "risk.cohort.read", LINKAGE | OUTREACH),
    _changes("PATCH", "/v1/risk/cohorts/{cohort_id}", "risk.cohort.define", LINKAGE),
    _reads("/v1/risk/cohorts/{cohort_id}/members", "risk.cohort.members", LINKAGE),
    _reads("/v1/risk/cohorts/{cohort_id}/runs", "risk.cohort.read", LINKAGE | OUTREACH),
    Route("POST", "/v1/risk/cohorts/{cohort_id}/runs", "risk.cohort.define", LINKAGE, "write", keyed=True),
    _reads("/v1/risk/cohorts/{cohort_id}/publications", "risk.cohort.read", LINKAGE | OUTREACH),
    _creates("/v1/risk/cohorts/{cohort_id}/publications", "risk.cohort.publish", LINKAGE),
    _reads("/v1/risk/cohorts/{cohort_id}/publications/{publication_id}", "risk.cohort.read", LINKAGE | OUTREACH),
    _creates("/v1/risk/cohorts/{cohort_id}/publications/{publication_id}/decisions", "risk.cohort.approve", OUTREACH),
    _reads("/v1/risk/sources", "risk.source.read", REGISTER),
    _creates("/v1/risk/sources", "risk.source.keep", GOVERN),
    _reads("/v1/risk/sources/{code}", "risk.source.read", REGISTER),
    _changes("PATCH", "/v1/risk/sources/{code}", "risk.source.keep", GOVERN),
    _reads("/v1/risk/kinds", "risk.kind.read", STORY | LOADING | STATISTICS),
    Route("POST", "/v1/risk/sources/{code}/loads", "risk.source.load", LOADING, "bulk", keyed=True, body="bulk"),
    _reads("/v1/risk/sources/{code}/loads", "risk.load.read", LOADING | REVIEW | OPERATE),
    _creates("/v1/risk/sources/{code}/uploads", "risk.source.load", LOADING),
    _reads("/v1/risk/sources/{code}/uploads/{upload_id}", "risk.source.load", LOADING),
    Route("PUT", "/v1/risk/sources/{code}/uploads/{upload_id}", "risk.source.load", LOADING, "bulk", body="bulk"),
    _creates("/v1/risk/sources/{code}/uploads/{upload_id}/loads", "risk.source.load", LOADING),
    _reads("/v1/risk/loads/{load_id}", "risk.load.read", LOADING | REVIEW | OPERATE),
    _reads("/v1/risk/loads/{load_id}/quarantine", "risk.load.read", LOADING | REVIEW | OPERATE),
    _reads("/v1/risk/disposals", "risk.load.read", LOADING | REVIEW | OPERATE),
    _creates("/v1/risk/sources/{code}/records", "risk.record.take", LOADING),
    _reads("/v1/grants/households/{household_id}", "grants.household.read", GRANTS),
    _reads("/v1/housing/households/{household_id}", "housing.household.read", CASEWORK),
)

_GATEWAY = (
    _reads("/v1/workers", "gateway.worker.read", STORY | ADMINISTER),
    _reads("/v1/workers/{worker_id}", "gateway.worker.read", STORY | ADMINISTER),
    _changes("PUT", "/v1/workers/{worker_id}", "gateway.worker.change", ADMINISTER | GOVERN),
    _reads("/v1/teams", "gateway.worker.read", STORY | ADMINISTER),
    _reads("/v1/teams/{code}", "gateway.worker.read", STORY | ADMINISTER),
    _changes("PUT", "/v1/teams/{code}", "gateway.worker.change", ADMINISTER | GOVERN),
    _changes("POST", "/demo/clock", "gateway.clock.move", OPERATE | ADMINISTER),
)


def _rooms(service: str) -> tuple[Route, ...]:
    """What the kit gives every service: its long jobs, drafts as they are typed, and dead letters."""
    job = f"/v1/{service}/jobs/{{job_id}}"
    draft = f"/v1/{service}/drafts/{{kind}}/{{key}}"
    letters = f"/v1/{service}/dead-letters"
    letter = f"{letters}/{{letter_id}}"
    return (
        _reads(job, f"{service}.job.read", WATCH),
        _reads(draft, f"{service}.draft.keep", WRITING),
        _changes("PUT", draft, f"{service}.draft.keep", WRITING),
        _changes("DELETE", draft, f"{service}.draft.keep", WRITING),
        _reads(letters, f"{service}.dead_letter.manage", OPERATE),
        _reads(letter, f"{service}.dead_letter.manage", OPERATE),
        _changes("POST", f"{letter}/retry", f"{service}.dead_letter.manage", OPERATE),
        _changes("DELETE", letter, f"{service}.dead_letter.manage", OPERATE),
    )


def _open(method: str, path: str) -> Route:
    """No sign-in, nothing personal; counted for each network address."""
    return Route(method, path, "", NOTHING_PERSONAL, "open", body="none" if method == "GET" else "json", open=True)


OPEN_ROUTES = (
    _open("GET", "/"),
    _open("GET", "/docs"),
    _open("GET", "/docs/style.css"),
    _open("GET", "/openapi.json"),
)
DEMO_ROUTES = (
    _open("GET", "/demo"),
    _open("GET", "/demo/sign-ins"),
    _open("GET", "/demo/jwks"),
    _open("GET", "/demo/.well-known/openid-configuration"),
    _open("POST", "/demo/token"),
)

GUARDED_ROUTES: tuple[Route, ...] = (
    *_TRIAGE,
    *_CASEFILE,
    *_OTHERS,
    *(route for service in SERVICES for route in _rooms(service)),
    *_GATEWAY,
)


def table(*, demo: bool) -> tuple[Route, ...]:
    """Every line that stands: with the demo's sign-in and clock only when the demo issuer runs."""
    if demo:
        return (*GUARDED_ROUTES, *OPEN_ROUTES, *DEMO_ROUTES)
    return (*(route for route in GUARDED_ROUTES if not route.path.startswith("/demo")), *OPEN_ROUTES)


def purposes_of_actions() -> dict[str, Purposes]:
    """What each action may be used for. Raises ValueError if two lines of one action disagree."""
    found: dict[str, Purposes] = {}
    for route in GUARDED_ROUTES:
        if found.setdefault(route.action, route.purposes) != route.purposes:
            raise ValueError(f"{route.action} has different purposes on different lines of the table")
    return found
