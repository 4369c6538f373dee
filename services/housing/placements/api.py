"""The HTTP door of temporary accommodation."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from kit import clock
from kit.errors import invalid
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.placements import commands, homes, queries
from services.housing.placements.domain import Kind
from services.housing.placements.models import Placement, TemporaryHome
from services.housing.placements.queries import Filters
from services.housing.placements.shapes import (
    AlarmAnswer,
    Change,
    Day,
    End,
    HomeSaid,
    Move,
    NewPlacement,
    NewRate,
    NoticeAnswer,
)
from services.housing.placements.views import (
    Dashboard,
    HomeView,
    NoticeDue,
    NoticeWords,
    PlacementLine,
    PlacementView,
    Ringing,
    Void,
)

router = APIRouter(route_class=UnitRoute, tags=["temporary accommodation"])

On = Annotated[Day | None, Query(description="The night of this day; today unless said otherwise")]
CHANGES = (404, 409, 412, 428)


async def _stay(unit: Unit, response: Response, row: Placement, *, made: bool = False) -> PlacementView:
    if made:
        response.headers["Location"] = f"/v1/housing/placements/{row.id}"
    set_etag(response, row.version)
    return await queries.shown(unit, row)


def _home(response: Response, row: TemporaryHome, *, made: bool = False) -> HomeView:
    if made:
        response.headers["Location"] = f"/v1/housing/temporary-homes/{row.id}"
    set_etag(response, row.version)
    return queries.view_of(row)


@router.get("/temporary-homes", **may("housing.temporary_home.read"))
async def list_temporary_homes(
    unit: Unit,
    paging: Paging,
    kind: Kind | None = None,
    free_on: Annotated[Day | None, Query(description="That nobody is in on the night of this day")] = None,
    sleeps: Annotated[int | None, Query(ge=1, le=20, description="At least so many")] = None,
) -> Page[HomeView]:
    """Rooms and homes that we place into, by kind and reference."""
    found = await queries.homes(unit, kind, free_on, sleeps, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_home)


@router.post("/temporary-homes", status_code=201, **may("housing.temporary_home.keep", keyed=True, refusals=(409,)))
async def add_temporary_home(unit: Unit, response: Response, body: HomeSaid) -> HomeView:
    """Add one. What it is called must fit what it is: bed and breakfast is not counted under another name."""
    return _home(response, await homes.add(unit, body), made=True)


@router.get("/temporary-homes/voids", **may("housing.temporary_home.read"))
async def list_empty_temporary_homes(unit: Unit, paging: Paging, on: On = None) -> Page[Void]:
    """Homes that nobody is in, since when, and what their empty nights cost."""
    found = await queries.voids(unit, on or clock.today(), paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_void)


@router.get("/temporary-homes/{home_id}", **may("housing.temporary_home.read", refusals=(404,)))
async def read_temporary_home(unit: Unit, response: Response, home_id: UUID) -> HomeView:
    """One of them."""
    view = await queries.home(unit, home_id)
    set_etag(response, view.version)
    return view


@router.put("/temporary-homes/{home_id}", **may("housing.temporary_home.keep", refusals=CHANGES))
async def change_temporary_home(
    unit: Unit, response: Response, home_id: UUID, expected: Expected, body: HomeSaid
) -> HomeView:
    """Put it right, or say until when we have it. Stays that were entered keep what it was."""
    return _home(response, await homes.change(unit, home_id, expected, body))


@router.get("/placements", **may("housing.placement.read"))
async def list_placements(
    unit: Unit,
    paging: Paging,
    household_id: UUID | None = None,
    case_id: UUID | None = None,
    kind: Kind | None = None,
    on: Annotated[Day | None, Query(description="Who spent the night of this day there")] = None,
    family: bool | None = None,
    past_six_weeks: bool | None = None,
) -> Page[PlacementLine]:
    """Stays, in order of entering."""
    filters = Filters(household_id, case_id, kind, on, family, past_six_weeks)
    found = await queries.placements(unit, filters, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.post("/placements", status_code=201, **may("housing.placement.work", keyed=True, refusals=(404, 409)))
async def place_household(unit: Unit, response: Response, body: NewPlacement) -> PlacementView:
    """A household enters a temporary home.

    409 where they are elsewhere or the home is taken on that night. 422, naming rule and section, for a day that breaks
    the order of application and duties, and for a family in bed and breakfast without a word of what else was looked
    for (SI 2003/3326).
    """
    return await _stay(unit, response, await commands.place(unit, body), made=True)


@router.get("/placements/alarms", **may("housing.placement.read"))
async def list_placement_alarms(unit: Unit, paging: Paging) -> Page[Ringing]:
    """Families who came to day 28, 35 or 42 of bed and breakfast, and nobody has said what is done."""
    found = await queries.ringing(unit, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_ringing)


@router.get("/placements/notices", **may("housing.placement.read"))
async def list_placement_notices(unit: Unit, paging: Paging) -> Page[NoticeDue]:
    """Notices still to be sent, the first due first."""
    found = await queries.notices_due(unit, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_notice)


@router.get("/placements/dashboard", **may("housing.placement_count.read"))
async def read_placement_dashboard(
    unit: Unit,
    since: Annotated[Day | None, Query(description="Nothing said: the last day alone")] = None,
    until: Annotated[Day | None, Query(description="The last day; today unless said otherwise")] = None,
    every: Literal["day", "week", "month", "quarter"] = "month",
) -> Dashboard:
    """Table TA1 on a day, or over time: by kind, with children, in another area, past six weeks, and what it costs."""
    last = until or clock.today()
    first = since or last
    if first > last:
        raise invalid("/since", "It begins after it ends.", "since-before-until")
    days = queries.days_between(first, last, every) if (last - first).days <= 366 * 20 else []
    if not days or len(days) > queries.MOST_DAYS:
        raise invalid("/every", f"That is more than {queries.MOST_DAYS} days: ask for fewer.", "not-too-many")
    return await queries.dashboard(unit, days)


@router.get("/placements/{placement_id}", **may("housing.placement.read", refusals=(404,)))
async def read_placement(unit: Unit, response: Response, placement_id: UUID) -> PlacementView:
    """One stay: its days, its alarms, who is to be told, what it costs."""
    view = await queries.placement(unit, placement_id)
    set_etag(response, view.version)
    return view


@router.patch("/placements/{placement_id}", **may("housing.placement.work", refusals=CHANGES))
async def change_placement(
    unit: Unit, response: Response, placement_id: UUID, expected: Expected, body: Change
) -> PlacementView:
    """What changed of who is there: a child came, a parent agreed, the stay is sealed, another duty is owed."""
    return await _stay(unit, response, await commands.change(unit, placement_id, expected, body))


@router.post("/placements/{placement_id}/moves", status_code=201, **may("housing.placement.work", refusals=CHANGES))
async def move_household(
    unit: Unit, response: Response, placement_id: UUID, expected: Expected, body: Move
) -> PlacementView:
    """They enter another home on the day they leave this one. Answers the new stay; the six weeks go on counting."""
    return await _stay(unit, response, await commands.move(unit, placement_id, expected, body), made=True)


@router.post("/placements/{placement_id}/ends", **may("housing.placement.work", refusals=CHANGES))
async def end_placement(
    unit: Unit, response: Response, placement_id: UUID, expected: Expected, body: End
) -> PlacementView:
    """They left. The day they left is no night of it."""
    return await _stay(unit, response, await commands.end(unit, placement_id, expected, body))


@router.post("/placements/{placement_id}/rates", **may("housing.placement.work", refusals=CHANGES))
async def price_placement(
    unit: Unit, response: Response, placement_id: UUID, expected: Expected, body: NewRate
) -> PlacementView:
    """Another price from a day on."""
    return await _stay(unit, response, await commands.price(unit, placement_id, expected, body))


@router.get(
    "/placements/{placement_id}/notices/{notice_id}/words", **may("housing.placement.read", refusals=(404, 409))
)
async def read_notice_words(unit: Unit, placement_id: UUID, notice_id: UUID) -> NoticeWords:
    """What the notice says; whoever prints it puts the names in from the case file."""
    return await queries.notice_words(unit, placement_id, notice_id)


@router.post(
    "/placements/{placement_id}/notices/{notice_id}/answers", **may("housing.placement.work", refusals=CHANGES)
)
async def answer_placement_notice(
    unit: Unit, response: Response, placement_id: UUID, notice_id: UUID, expected: Expected, body: NoticeAnswer
) -> PlacementView:
    """It was sent, or it is not needed. Of a sealed stay nothing goes to the bodies around a child."""
    row = await commands.answer_notice(unit, placement_id, notice_id, expected, body)
    return await _stay(unit, response, row)


# No If-Match: the alarm itself may have just raised the version, and whoever answers it is not sent away for that.
@router.post("/placements/{placement_id}/alarms/{day}/answers", **may("housing.placement.work", refusals=(404, 409)))
async def answer_placement_alarm(
    unit: Unit, response: Response, placement_id: UUID, day: Annotated[int, Path(ge=1, le=366)], body: AlarmAnswer
) -> PlacementView:
    """What is done, by name, so that the family leaves bed and breakfast in time."""
    return await _stay(unit, response, await commands.answer_alarm(unit, placement_id, day, body.answer))
