"""The HTTP door of separations."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.separation import commands, queries
from services.casefile.separation.queries import SeparationView
from services.casefile.separation.shapes import Lifting, NewSeparation, SeparationChanges

router = APIRouter(route_class=UnitRoute, tags=["separation"])
_LATER = (404, 409, 412, 428)


@router.post("/separations", status_code=202, **may("casefile.separation.make", keyed=True, refusals=(404, 409)))
async def separate(unit: Unit, response: Response, body: NewSeparation) -> SeparationView:
    """Separate two people, everywhere, now.

    It is in force here with the answer, and at every other service before the answer leaves the door: the door hides
    both until each has confirmed. `awaiting` names who has not; said again for the same two, it is the same one.
    """
    new = commands.New(**body.model_dump())
    row = await commands.separate(unit, new)
    response.headers["Location"] = f"/v1/casefile/separations/{row.id}"
    set_etag(response, row.version)
    return await queries.view_of(unit, row)


@router.get("/separations", **may("casefile.separation.read"))
async def list_separations(
    unit: Unit, paging: Paging, person_id: UUID | None = None, state: Literal["standing", "lifted"] | None = None
) -> Page[SeparationView]:
    """Separations that you may know of, the newest first."""
    found = await queries.listed(unit, person_id, state, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.started_at.isoformat(), str(each.id)])


@router.get("/separations/{separation_id}", **may("casefile.separation.read", refusals=(404,)))
async def read_separation(unit: Unit, response: Response, separation_id: UUID) -> SeparationView:
    """One separation: whom it seals, whom it bars, who has not confirmed."""
    shown = await queries.view(unit, separation_id)
    set_etag(response, shown.version)
    return shown


@router.patch("/separations/{separation_id}", **may("casefile.separation.change", refusals=_LATER))
async def change_separation(
    unit: Unit, response: Response, separation_id: UUID, expected: Expected, body: SeparationChanges
) -> SeparationView:
    """Seal more people, bar or trust a worker, let one off, choose another word."""
    row = await commands.change(unit, separation_id, expected, commands.Changes(**body.model_dump()))
    set_etag(response, row.version)
    return await queries.view_of(unit, row)


@router.post("/separations/{separation_id}/lifting", **may("casefile.separation.change", refusals=_LATER))
async def ask_to_lift(
    unit: Unit, response: Response, separation_id: UUID, expected: Expected, body: Lifting
) -> SeparationView:
    """The first of two: put on record what the protected person said. Nothing is lifted yet."""
    row = await commands.ask_to_lift(unit, separation_id, expected, commands.Heard(**body.model_dump()))
    set_etag(response, row.version)
    return await queries.view_of(unit, row)


@router.delete("/separations/{separation_id}/lifting", **may("casefile.separation.change", refusals=_LATER))
async def withdraw_lifting(unit: Unit, response: Response, separation_id: UUID, expected: Expected) -> SeparationView:
    """Take back what was asked; it stands as before."""
    row = await commands.withdraw(unit, separation_id, expected)
    set_etag(response, row.version)
    return await queries.view_of(unit, row)


@router.post("/separations/{separation_id}/lift", **may("casefile.separation.lift", refusals=_LATER))
async def lift_separation(unit: Unit, response: Response, separation_id: UUID, expected: Expected) -> SeparationView:
    """The second of two lifts it. Never the one who asked."""
    row = await commands.lift(unit, separation_id, expected)
    set_etag(response, row.version)
    return await queries.view_of(unit, row)
