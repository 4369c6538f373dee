"""What can be asked of the housing register and its homes."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import HOME, MIGRATION, SUPERVISE

_HOMES = "/v1/housing/homes"
_LOADS = "/v1/housing/loads"
_LOADING = MIGRATION | HOME

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
)
PUBLISHED: tuple[Route, ...] = ()
