"""The HTTP door of hubs: places, rooms and the rota."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Response

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.hubs import commands, queries
from services.triage.hubs.models import Shift
from services.triage.hubs.shapes import (
    Candidate,
    Cover,
    Day,
    HubCode,
    HubEntry,
    HubView,
    NewRoom,
    NewShift,
    RoomView,
    ShiftView,
)

router = APIRouter(route_class=UnitRoute, tags=["hubs"])


def _shown(response: Response, shift: Shift, *, made: bool = False) -> ShiftView:
    set_etag(response, shift.version)
    if made:
        response.headers["Location"] = f"/v1/triage/hubs/{shift.hub}/rota/{shift.id}"
    return ShiftView.of(shift)


@router.get("/hubs", **may("triage.hub.read"))
async def list_hubs(unit: Unit, paging: Paging) -> Page[HubView]:
    """Where anybody may walk in, and whether it is open now."""
    return paging.page(await queries.hubs(unit, paging.place, paging.limit + 1), lambda each: [each.code])


@router.get("/hubs/{hub}", **may("triage.hub.read", refusals=(404,)))
async def read_hub(unit: Unit, response: Response, hub: HubCode) -> HubView:
    """One of them."""
    view = await queries.hub(unit, hub)
    set_etag(response, view.version)
    return view


@router.put("/hubs/{hub}", **may("triage.hub.keep", made=HubView, refusals=(409, 412, 428)))
async def put_hub(
    unit: Unit,
    response: Response,
    hub: HubCode,
    entry: HubEntry,
    if_match: Annotated[str | None, Header()] = None,
) -> HubView:
    """Put a hub in place of the one you read (If-Match), or make a new one."""
    expected = expected_version(if_match) if if_match is not None else None
    row, made = await commands.put_hub(unit, hub, entry, expected)
    if made:
        response.status_code = 201
        response.headers["Location"] = f"/v1/triage/hubs/{hub}"
    set_etag(response, row.version)
    return HubView.of(row, clock.business_now())


@router.get("/hubs/{hub}/rooms", **may("triage.hub.read", refusals=(404,)))
async def list_rooms(unit: Unit, hub: HubCode) -> list[RoomView]:
    """Its rooms."""
    return list(await queries.rooms(unit, hub))


@router.post("/hubs/{hub}/rooms", status_code=201, **may("triage.hub.keep", keyed=True, refusals=(404,)))
async def add_room(unit: Unit, response: Response, hub: HubCode, body: NewRoom) -> RoomView:
    """Another room."""
    room = await commands.add_room(unit, hub, body)
    response.headers["Location"] = f"/v1/triage/hubs/{hub}/rooms"
    return RoomView.of(room)


@router.get("/hubs/{hub}/rota", **may("triage.rota.read", refusals=(404,)))
async def read_rota(unit: Unit, paging: Paging, hub: HubCode, day: Day | None = None) -> Page[ShiftView]:
    """Who is on duty on a day (today), who stands by, who is absent and who stands in."""
    found = await queries.rota(unit, hub, day or clock.today(), paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.post("/hubs/{hub}/rota", status_code=201, **may("triage.rota.keep", keyed=True, refusals=(404,)))
async def plan_shift(unit: Unit, response: Response, hub: HubCode, body: NewShift) -> ShiftView:
    """Put somebody on the rota. 409 when they are somewhere else then."""
    return _shown(response, await commands.plan_shift(unit, hub, body), made=True)


@router.get("/hubs/{hub}/rota/{shift_id}", **may("triage.rota.read", refusals=(404,)))
async def read_shift(unit: Unit, response: Response, hub: HubCode, shift_id: UUID) -> ShiftView:
    """One shift."""
    view = await queries.shift(unit, hub, shift_id)
    set_etag(response, view.version)
    return view


@router.post("/hubs/{hub}/rota/{shift_id}/absences", **may("triage.rota.keep", refusals=(404, 409, 412, 428)))
async def record_absence(unit: Unit, response: Response, hub: HubCode, shift_id: UUID, expected: Expected) -> ShiftView:
    """Somebody cannot come: whoever stands by steps in, else the rota shows a gap. Why is not asked here."""
    return _shown(response, await commands.absent(unit, hub, shift_id, expected))


@router.get("/hubs/{hub}/rota/{shift_id}/candidates", **may("triage.rota.read", refusals=(404,)))
async def list_candidates(unit: Unit, hub: HubCode, shift_id: UUID) -> list[Candidate]:
    """Who could stand in; a named person decides."""
    return list(await queries.candidates(unit, hub, shift_id))


@router.post("/hubs/{hub}/rota/{shift_id}/covers", **may("triage.rota.keep", refusals=(404, 409, 412, 428)))
async def cover_shift(
    unit: Unit, response: Response, hub: HubCode, shift_id: UUID, expected: Expected, body: Cover
) -> ShiftView:
    """Somebody stands in for an absence. Answers with the shift that is covered now."""
    return _shown(response, await commands.cover(unit, hub, shift_id, expected, body.worker))
