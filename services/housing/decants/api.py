"""The HTTP door of decants and the right to return."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.decants import commands, queries
from services.housing.decants.domain import Right
from services.housing.decants.models import Decant
from services.housing.decants.shapes import DecantView, LedgerView, MatchView, NewDecant, Step, StepView

router = APIRouter(route_class=UnitRoute, tags=["decants"])


def _answer(response: Response, row: Decant) -> DecantView:
    response.headers["Location"] = f"/v1/housing/decants/{row.id}"
    set_etag(response, row.version)
    return queries.view(row)


@router.post("/decants", status_code=201, **may("housing.decant.record", keyed=True, refusals=(404,)))
async def record_decant(unit: Unit, response: Response, body: NewDecant) -> DecantView:
    """A household has to leave its home for a scheme: its right to return counts from now."""
    return _answer(response, await commands.record(unit, body))


@router.get("/decants", **may("housing.decant.read"))
async def list_decants(
    unit: Unit,
    paging: Paging,
    scheme_id: UUID | None = None,
    right: Right | None = None,
    person_id: UUID | None = None,
) -> Page[DecantView]:
    """Decants, the oldest first: of a scheme, of a person, or by where the right stands."""
    filters = queries.Filters(scheme_id, right, person_id)
    return paging.page(await queries.decants(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/decants/{decant_id}", **may("housing.decant.read", refusals=(404,)))
async def read_decant(unit: Unit, response: Response, decant_id: UUID) -> DecantView:
    """One of them."""
    shown = await queries.decant(unit, decant_id)
    set_etag(response, shown.version)
    return shown


@router.post("/decants/{decant_id}/steps", **may("housing.decant.work", refusals=(403, 404, 409, 412, 428)))
async def step_decant(
    unit: Unit, response: Response, decant_id: UUID, expected: Expected, body: Annotated[Step, Body()]
) -> DecantView:
    """One step: moved, offered, refused, returned, waived, restored, tried, lapsed by two officers, or a payment."""
    return _answer(response, await commands.step(unit, decant_id, expected, body))


@router.get("/decants/{decant_id}/steps", **may("housing.decant.read", refusals=(404,)))
async def list_decant_steps(unit: Unit, paging: Paging, decant_id: UUID) -> Page[StepView]:
    """Every step of one right, in order."""
    rows = await queries.steps(unit, decant_id, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.done_at.isoformat(), str(each.id)])


@router.get("/schemes/{scheme_id}/right-to-return", **may("housing.return_ledger.read", refusals=(404,)))
async def read_right_to_return(unit: Unit, scheme_id: UUID) -> LedgerView:
    """The ledger of a scheme: everybody accounted for, counted two ways; rights against homes of their size."""
    return await queries.ledger(unit, scheme_id)


@router.get("/schemes/{scheme_id}/returners", **may("housing.decant.read", refusals=(404,)))
async def match_returners(unit: Unit, scheme_id: UUID) -> list[MatchView]:
    """Who waits, and the finished home of their size kept for them; an officer offers it."""
    return await queries.matched(unit, scheme_id)
