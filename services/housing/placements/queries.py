"""Reads of temporary accommodation. Every read of a stay goes on record; counters name nobody and count everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_

from kit import clock
from kit.errors import Conflict, NotFound
from kit.store.unit import UnitOfWork
from services.housing.placements import domain, rules
from services.housing.placements.case_facts import duty_without_home, reviews_pending
from services.housing.placements.counting import Counted, count
from services.housing.placements.domain import EndReason, Kind, Notice, NoticeState
from services.housing.placements.models import Placement, PlacementAlarm, PlacementNotice, PlacementRate, TemporaryHome
from services.housing.placements.rows import alarms, load, load_home, notices, people_of, rates, visible_to
from services.housing.placements.telling import words_of
from services.housing.placements.views import (
    Dashboard,
    DayCount,
    HomeView,
    KindCount,
    NoticeDue,
    NoticeWords,
    PlacementLine,
    PlacementView,
    Ringing,
    Void,
)

_REAL = Placement.end_reason.is_distinct_from(EndReason.RECORDED_BY_MISTAKE)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which stays a list shows; None does not narrow it."""

    household_id: UUID | None = None
    case_id: UUID | None = None
    kind: Kind | None = None
    on: date | None = None
    family: bool | None = None
    past_six_weeks: bool | None = None


async def placement(unit: UnitOfWork, placement_id: UUID) -> PlacementView:
    """One stay."""
    return await shown(unit, await load(unit, placement_id))


async def shown(unit: UnitOfWork, row: Placement) -> PlacementView:
    """A stay as it is shown, with its prices, alarms and notices."""
    priced = await rates(unit, [row.id])
    rung, told = await alarms(unit, row.id), await notices(unit, row.id)
    return PlacementView.of(row, clock.today(), priced.get(row.id, []), rung, told)


async def placements(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[PlacementLine]:
    """Up to `most` after `place`, in order of entering."""
    query = select(Placement).where(visible_to(unit.cause))
    if filters.household_id is not None:
        query = query.where(Placement.household_id == filters.household_id)
    if filters.case_id is not None:
        query = query.where(Placement.case_id == filters.case_id)
    if filters.kind is not None:
        query = query.where(Placement.kind == filters.kind)
    if filters.on is not None:
        query = query.where(*_there(filters.on))
    if filters.family is not None:
        family = Placement.pregnant | (Placement.children > 0)
        query = query.where(family if filters.family else ~family)
    if filters.past_six_weeks is not None:
        past = Placement.past_from.is_not(None) & (Placement.past_from <= (filters.on or clock.today()))
        query = query.where(past if filters.past_six_weeks else ~past)
    order = (Placement.entered_on, Placement.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("placements", {each for row in rows for each in people_of(row)})
    return [PlacementLine.of(row) for row in rows]


def place_of(shown: PlacementLine) -> list[Any]:
    """Where a stay stands in the list."""
    return [shown.entered_on.isoformat(), str(shown.id)]


async def ringing(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[Ringing]:
    """Alarms that rang and that nobody has answered, the oldest first; only of families that are still there."""
    order = (PlacementAlarm.rings_on, PlacementAlarm.placement_id, PlacementAlarm.day)
    query = (
        select(PlacementAlarm, Placement)
        .join(Placement, Placement.id == PlacementAlarm.placement_id)
        .where(
            PlacementAlarm.rung_at.is_not(None),
            PlacementAlarm.answered_at.is_(None),
            Placement.left_on.is_(None),
            visible_to(unit.cause),
        )
    )
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1]), int(place[2])))
    rows = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("placement_alarms", {each for _, row in rows for each in people_of(row)})
    return [
        Ringing(
            placement_id=row.id,
            household_id=row.household_id,
            day=alarm.day,
            rings_on=alarm.rings_on,
            leave_by=row.past_from,
            breached_on=row.breached_on,
        )
        for alarm, row in rows
    ]


def place_of_ringing(shown: Ringing) -> list[Any]:
    """Where an alarm stands in the list."""
    return [shown.rings_on.isoformat(), str(shown.placement_id), shown.day]


async def notices_due(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[NoticeDue]:
    """Notices still to be sent, the first due first."""
    order = (PlacementNotice.due_on, PlacementNotice.id)
    query = (
        select(PlacementNotice, Placement)
        .join(Placement, Placement.id == PlacementNotice.placement_id)
        .where(PlacementNotice.state == NoticeState.DUE, visible_to(unit.cause))
    )
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("placement_notices", {each for _, row in rows for each in people_of(row)})
    today = clock.today()
    return [
        NoticeDue(
            placement_id=row.id,
            household_id=row.household_id,
            notice_id=notice.id,
            kind=Notice(notice.kind),
            due_on=notice.due_on,
            days_left=(notice.due_on - today).days,
        )
        for notice, row in rows
    ]


async def notice_words(unit: UnitOfWork, placement_id: UUID, notice_id: UUID) -> NoticeWords:
    """A notice in words. `Conflict` for one that may not go out: there are no words for a sealed stay's bodies."""
    row = await load(unit, placement_id)
    found = next((each for each in await notices(unit, row.id) if each.id == notice_id), None)
    if found is None:
        raise NotFound("We know of no such notice")
    if found.state in (NoticeState.WITHHELD, NoticeState.NOT_AGREED):
        raise Conflict(f"This notice is {found.state.replace('_', ' ')}: nobody is told", state=found.state, allowed=[])
    return words_of(Notice(found.kind), row, await load_home(unit, row.home_id))


def place_of_notice(shown: NoticeDue) -> list[Any]:
    """Where a notice stands in the list."""
    return [shown.due_on.isoformat(), str(shown.notice_id)]


# Homes -------------------------------------------------------------------------------------------------------------


def view_of(row: TemporaryHome) -> HomeView:
    """A home as it is shown."""
    rule = rules.on(rules.standing().bed_and_breakfast, clock.today())
    return HomeView.of(
        row, bed_and_breakfast=domain.is_bed_and_breakfast(row.as_rules_see_it(), rule.private_homes_count)
    )


async def home(unit: UnitOfWork, home_id: UUID) -> HomeView:
    """One home."""
    return view_of(await load_home(unit, home_id))


async def homes(
    unit: UnitOfWork,
    kind: Kind | None,
    free_on: date | None,
    sleeps: int | None,
    place: Sequence[Any] | None,
    most: int,
) -> Sequence[HomeView]:
    """Homes by kind and reference; `free_on`: that nobody is in on that night, and that we may place into."""
    query = _homes(kind, free_on)
    if sleeps is not None:
        query = query.where(TemporaryHome.sleeps >= sleeps)
    order = (TemporaryHome.kind, TemporaryHome.reference, TemporaryHome.id)
    if place is not None:
        query = query.where(tuple_(*order) > (place[0], place[1], UUID(place[2])))
    return [view_of(row) for row in await unit.session.scalars(query.order_by(*order).limit(most))]


def place_of_home(shown: HomeView) -> list[Any]:
    """Where a home stands in the list."""
    return [shown.kind.value, shown.reference, str(shown.id)]


async def voids(unit: UnitOfWork, on: date, place: Sequence[Any] | None, most: int) -> Sequence[Void]:
    """Homes that nobody is in on the night of a day, since when, and what the empty nights cost."""
    order = (TemporaryHome.kind, TemporaryHome.reference, TemporaryHome.id)
    query = _homes(None, on)
    if place is not None:
        query = query.where(tuple_(*order) > (place[0], place[1], UUID(place[2])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    last: dict[UUID, Placement] = {}
    before = select(Placement).where(Placement.home_id.in_([row.id for row in rows]), Placement.left_on <= on, _REAL)
    for stay in await unit.session.scalars(before.order_by(Placement.left_on)):
        last[stay.home_id] = stay
    found = []
    for row in rows:
        stood = last.get(row.id)
        since = max(row.since, stood.left_on) if stood and stood.left_on else row.since
        nights = (on - since).days + 1
        found.append(
            Void(
                home=view_of(row),
                empty_since=since,
                nights=nights,
                lost_pence=nights * row.nightly_cost if row.paid_when_empty else 0,
                last_left=EndReason(stood.end_reason) if stood and stood.end_reason else None,
            )
        )
    return found


def place_of_void(shown: Void) -> list[Any]:
    """Where an empty home stands in the list."""
    return place_of_home(shown.home)


def _homes(kind: Kind | None, free_on: date | None) -> Select[TemporaryHome]:
    query = select(TemporaryHome)
    if kind is not None:
        query = query.where(TemporaryHome.kind == kind)
    if free_on is not None:
        taken = select(Placement.home_id).where(*_there(free_on))
        query = query.where(
            TemporaryHome.since <= free_on,
            or_(TemporaryHome.until.is_(None), TemporaryHome.until > free_on),
            TemporaryHome.id.not_in(taken),
        )
    return query


def _there(day: date) -> tuple[Any, ...]:
    return Placement.entered_on <= day, or_(Placement.left_on.is_(None), Placement.left_on > day), _REAL


# Counters ----------------------------------------------------------------------------------------------------------

MOST_DAYS = 120


async def dashboard(unit: UnitOfWork, days: Sequence[date]) -> Dashboard:
    """Table TA1 on each of these days. It counts everybody, those kept back from the caller too: it names nobody."""
    first, last = min(days), max(days)
    query = select(Placement).where(
        Placement.entered_on <= last, or_(Placement.left_on.is_(None), Placement.left_on > first), _REAL
    )
    rows = (await unit.session.scalars(query)).all()
    pending = await reviews_pending(unit, {row.case_id for row in rows if row.case_id})
    stays = [
        Counted(
            household_id=row.household_id,
            kind=Kind(row.kind),
            bed_and_breakfast=row.bed_and_breakfast,
            entered_on=row.entered_on,
            left_on=row.left_on,
            children=row.children,
            family=row.party.family,
            young_applicant=row.young_applicant,
            out_of_area=row.out_of_area,
            past_from=row.past_from,
            review_pending=row.case_id in pending,
        )
        for row in rows
    ]
    priced = await rates(unit, [row.id for row in rows])
    empty = (await unit.session.execute(select(TemporaryHome.id, TemporaryHome.since, TemporaryHome.until))).all()
    owed = await duty_without_home(unit, days)
    unit.accessed("placement_counters")
    whole = domain.sees_whole(unit.cause.roles)
    found = [_day(day, stays, rows, priced, empty, owed.get(day, 0)) for day in days]
    return Dashboard(days=[each if whole else each.rounded() for each in found], rounded=not whole)


def _day(
    day: date,
    stays: Sequence[Counted],
    rows: Sequence[Placement],
    priced: Mapping[UUID, Sequence[PlacementRate]],
    homes: Sequence[Any],
    without_home: int,
) -> DayCount:
    found = count(day, stays)
    cost = charge = 0
    taken = set()
    for row, stay in zip(rows, stays, strict=True):
        if stay.on(day):
            rated = [domain.Rate(each.since, each.nightly_cost, each.nightly_charge) for each in priced[row.id]]
            _, paid, owed = domain.cost_of(row.stay, rated, day, day + timedelta(days=1))
            cost, charge = cost + paid, charge + owed
            taken.add(row.home_id)
    empty = sum(
        each.since <= day and (each.until is None or day < each.until) and each.id not in taken for each in homes
    )
    kinds = [
        KindCount(
            kind=kind,
            title=domain.TITLES[kind],
            households=row.households,
            with_children=row.with_children,
            children=row.children,
            in_another_area=row.in_another_area,
        )
        for kind, row in found.kinds.items()
    ]
    same = [name for name in DayCount.model_fields if hasattr(found, name) and name != "kinds"]
    return DayCount(
        **{name: getattr(found, name) for name in same},
        duty_owed_no_home_secured=without_home,
        cost_pence=cost,
        charge_pence=charge,
        empty_homes=empty,
        kinds=kinds,
    )


def days_between(since: date, until: date, every: str) -> list[date]:
    """The days of a dashboard over time: the last of each week (Sunday), month or quarter, and `until` itself."""
    days = []
    day = since
    while day <= until:
        after = day + timedelta(days=1)
        ends = {
            "day": True,
            "week": after.weekday() == 0,
            "month": after.day == 1,
            "quarter": after.day == 1 and after.month in (1, 4, 7, 10),
        }[every]
        if ends or day == until:
            days.append(day)
        day = after
    return days
