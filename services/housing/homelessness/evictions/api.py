"""The HTTP door of illegal evictions."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.homelessness.evictions import commands, queries, rows
from services.housing.homelessness.evictions.models import IllegalEviction
from services.housing.homelessness.evictions.shapes import (
    EvictionState,
    IllegalEvictionEnd,
    IllegalEvictionView,
    NewIllegalEviction,
)

router = APIRouter(route_class=UnitRoute, tags=["homelessness"])

_ONE = "/illegal-evictions/{eviction_id}"
_READ = "housing.illegal_eviction.read"
_WORK = "housing.illegal_eviction.work"


def _answer(response: Response, row: IllegalEviction) -> IllegalEvictionView:
    set_etag(response, row.version)
    return rows.view(row)


@router.post(
    "/homelessness-cases/{case_id}/illegal-evictions",
    status_code=201,
    **may("housing.illegal_eviction.report", keyed=True, refusals=(404,)),
)
async def report_illegal_eviction(
    unit: Unit, response: Response, case_id: UUID, body: NewIllegalEviction
) -> IllegalEvictionView:
    """The locks were changed, or worse: it goes to enforcement, who must take it within the hour."""
    row = await commands.report(unit, case_id, body)
    response.headers["Location"] = f"/v1/housing/illegal-evictions/{row.id}"
    return _answer(response, row)


@router.get("/illegal-evictions", **may(_READ))
async def list_illegal_evictions(
    unit: Unit, paging: Paging, state: EvictionState | None = None, case_id: UUID | None = None
) -> Page[IllegalEvictionView]:
    """Reports, what is due first."""
    found = await queries.listed(unit, case_id, state, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get(_ONE, **may(_READ, refusals=(404,)))
async def read_illegal_eviction(unit: Unit, response: Response, eviction_id: UUID) -> IllegalEvictionView:
    """One report."""
    view = await queries.one(unit, eviction_id)
    set_etag(response, view.version)
    return view


# No If-Match: the alarm may have just raised the version, and a second one is refused anyway.
@router.post(f"{_ONE}/taking", **may(_WORK, keyed=True, refusals=(404,)))
async def take_illegal_eviction(unit: Unit, response: Response, eviction_id: UUID) -> IllegalEvictionView:
    """Enforcement takes it, by name."""
    return _answer(response, await commands.take(unit, eviction_id))


@router.post(f"{_ONE}/outcome", **may(_WORK, refusals=(400, 404, 409, 412, 428)))
async def end_illegal_eviction(
    unit: Unit, response: Response, eviction_id: UUID, expected: Expected, body: IllegalEvictionEnd
) -> IllegalEvictionView:
    """What came of it."""
    return _answer(response, await commands.end(unit, eviction_id, expected, body))
