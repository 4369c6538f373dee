"""THE table: everything that can be asked of the platform from outside. What is not in here does not exist.

For a security reviewer and a data protection officer: each line is a method and path, the action
(whose first word is the owning service; `policies/*.cedar` say which roles may do it), the purposes it may
be used for, the class of its rate limit, whether it needs an Idempotency-Key, and how large its body may
be (`none`, `json`, `bulk`).

An action means the same wherever it stands: its purposes are the same on every line. The owner's own route
declares the same action and checks it against the token, so a line that is wrong here opens nothing there.
"""

from gateway.routes import (
    access,
    ballots,
    casefile,
    casework,
    desk,
    estates,
    funds,
    gateway,
    grants,
    hardship,
    homelessness,
    housing,
    hubs,
    insight,
    journeys,
    lettings,
    money,
    notes,
    observatory,
    panels,
    papers,
    placements,
    prediction,
    referrals,
    register,
    rights,
    risk,
    safety,
    triage,
    webhooks,
)
from gateway.routes.line import Purposes, Route, changes, reads
from gateway.routes.purposes import ADMINISTER, NOTHING_PERSONAL, OPERATE, WATCH, WRITING

SERVICES = ("triage", "casefile", "risk", "grants", "housing", "gateway")


def _rooms(service: str) -> tuple[Route, ...]:
    """What the kit gives every service: its long jobs, drafts as they are typed, and dead letters."""
    job = f"/v1/{service}/jobs/{{job_id}}"
    draft = f"/v1/{service}/drafts/{{kind}}/{{key}}"
    letters = f"/v1/{service}/dead-letters"
    letter = f"{letters}/{{letter_id}}"
    return (
        reads(job, f"{service}.job.read", WATCH),
        reads(draft, f"{service}.draft.keep", WRITING),
        changes("PUT", draft, f"{service}.draft.keep", WRITING),
        changes("DELETE", draft, f"{service}.draft.keep", WRITING),
        reads(letters, f"{service}.dead_letter.manage", OPERATE),
        reads(letter, f"{service}.dead_letter.manage", OPERATE),
        changes("POST", f"{letter}/retry", f"{service}.dead_letter.manage", OPERATE),
        changes("DELETE", letter, f"{service}.dead_letter.manage", OPERATE),
        reads(f"/v1/{service}/standing", f"{service}.standing.read", OPERATE | ADMINISTER),
    )


def _open(method: str, path: str) -> Route:
    """No sign-in, nothing personal; counted for each network address."""
    return Route(method, path, "", NOTHING_PERSONAL, "open", body="none" if method == "GET" else "json", open=True)


OPEN_ROUTES = (
    _open("GET", "/"),
    _open("GET", "/docs"),
    _open("GET", "/docs/style.css"),
    _open("GET", "/openapi.json"),
    # One-time links: the address is the secret. Looking never uses one up; only an answer does.
    Route("GET", "/links/{token}", "", NOTHING_PERSONAL, "link", open=True),
    Route("POST", "/links/{token}", "", NOTHING_PERSONAL, "link", body="json", open=True),
    # A person's own page: opened by the address and a chosen word, once, on one device. Looking never uses it up.
    Route("GET", "/pages/{token}", "", NOTHING_PERSONAL, "link", open=True),
    Route("POST", "/pages/{token}", "", NOTHING_PERSONAL, "link", body="json", open=True),
    # Partners' systems: the signature over the body is their sign-in.
    Route("POST", "/webhooks/{source_id}", "", NOTHING_PERSONAL, "open", body="json", open=True),
    # GOV.UK Notify tells what people text back: the token it was given is its sign-in.
    _open("POST", "/messages/replies"),
)
# What services give to anyone: no policy is asked, because nobody is there whom it could know.
PUBLISHED_ROUTES: tuple[Route, ...] = (
    *triage.PUBLISHED,
    *homelessness.PUBLISHED,
    *placements.PUBLISHED,
    *register.PUBLISHED,
    *lettings.PUBLISHED,
    *estates.PUBLISHED,
    *funds.PUBLISHED,
    *panels.PUBLISHED,
    *ballots.PUBLISHED,
    *hardship.PUBLISHED,
    *prediction.PUBLISHED,
    *insight.PUBLISHED,
    *observatory.PUBLISHED,
)
DEMO_ROUTES = (
    _open("GET", "/demo"),
    _open("GET", "/demo/messages"),
    _open("POST", "/demo/messages"),
    _open("GET", "/demo/sign-ins"),
    _open("GET", "/demo/jwks"),
    _open("GET", "/demo/.well-known/openid-configuration"),
    _open("POST", "/demo/token"),
)

GUARDED_ROUTES: tuple[Route, ...] = (
    *triage.ROUTES,
    *desk.ROUTES,
    *referrals.ROUTES,
    *hubs.ROUTES,
    *casefile.ROUTES,
    *money.ROUTES,
    *journeys.ROUTES,
    *casework.ROUTES,
    *access.ROUTES,
    *notes.ROUTES,
    *safety.ROUTES,
    *rights.ROUTES,
    *papers.ROUTES,
    *risk.ROUTES,
    *prediction.ROUTES,
    *insight.ROUTES,
    *observatory.ROUTES,
    *grants.ROUTES,
    *housing.ROUTES,
    *homelessness.ROUTES,
    *placements.ROUTES,
    *register.ROUTES,
    *lettings.ROUTES,
    *estates.ROUTES,
    *funds.ROUTES,
    *panels.ROUTES,
    *ballots.ROUTES,
    *hardship.ROUTES,
    *(route for service in SERVICES for route in _rooms(service)),
    *gateway.ROUTES,
    *webhooks.ROUTES,
)


def table(*, demo: bool) -> tuple[Route, ...]:
    """Every line that stands: with the demo's sign-in and clock only when the demo issuer runs."""
    if demo:
        return (*GUARDED_ROUTES, *OPEN_ROUTES, *PUBLISHED_ROUTES, *DEMO_ROUTES)
    return (
        *(route for route in GUARDED_ROUTES if not route.path.startswith("/demo")),
        *OPEN_ROUTES,
        *PUBLISHED_ROUTES,
    )


def purposes_of_actions() -> dict[str, Purposes]:
    """What each action may be used for. Raises ValueError if two lines of one action disagree."""
    found: dict[str, Purposes] = {}
    for route in GUARDED_ROUTES:
        if found.setdefault(route.action, route.purposes) != route.purposes:
            raise ValueError(f"{route.action} has different purposes on different lines of the table")
    return found
