"""Reads of rough sleeping: what waits to be looked at, who is out there, which bed is free, what the counts say."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from kit import clock
from kit.store.unit import UnitOfWork
from services.housing.placements.domain import sees_whole, shown_to
from services.housing.roughsleeping import domain, rows
from services.housing.roughsleeping.domain import HOLDS, BedState, Need, Seen, SightingState, StayState
from services.housing.roughsleeping.models import (
    BedOffer,
    NightBed,
    NightCount,
    SevereWeather,
    Sighting,
    StreetNight,
    StreetStay,
    WardCount,
)
from services.housing.roughsleeping.shapes import (
    BedView,
    CountView,
    FiguresView,
    NightView,
    OfferView,
    OffFor,
    SightingView,
    StayView,
    WardFound,
    WeatherView,
)

_STREET = ("met", "returned", "bed_offered", "bed_taken")


async def sightings(
    unit: UnitOfWork, state: SightingState | None, place: Sequence[Any] | None, most: int
) -> Sequence[SightingView]:
    """Sightings, those to be looked at first first."""
    query = select(Sighting)
    if state is not None:
        query = query.where(Sighting.state == state)
    order = (Sighting.look_by, Sighting.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    now = clock.business_now()
    return [SightingView.of(row, now) for row in await unit.session.scalars(query.order_by(*order).limit(most))]


def place_of_sighting(shown: SightingView) -> list[Any]:
    """Where a sighting stands in the list."""
    return [shown.look_by.isoformat(), str(shown.id)]


async def sighting(unit: UnitOfWork, sighting_id: UUID) -> SightingView:
    """One of them."""
    return SightingView.of(await rows.sighting(unit, sighting_id), clock.business_now())


async def stays(
    unit: UnitOfWork, state: StayState | None, place: Sequence[Any] | None, most: int
) -> Sequence[StayView]:
    """People on the street and off it, those longest not met first."""
    query = select(StreetStay).where(rows.visible_to(unit.cause))
    if state is not None:
        query = query.where(StreetStay.state == state)
    order = (StreetStay.last_seen_on, StreetStay.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("street_stays", {row.person_id for row in found if row.person_id})
    return [StayView.of(row, clock.today()) for row in found]


def place_of_stay(shown: StayView) -> list[Any]:
    """Where somebody stands in the list."""
    return [shown.last_seen_on.isoformat(), str(shown.id)]


async def stay(unit: UnitOfWork, stay_id: UUID) -> StayView:
    """One person's way with its nights."""
    return await shown(unit, await rows.stay(unit, stay_id))


async def shown(unit: UnitOfWork, row: StreetStay) -> StayView:
    """A person's way as it is shown, the newest nights first."""
    query = select(StreetNight).where(StreetNight.stay_id == row.id)
    nights = await unit.session.scalars(query.order_by(StreetNight.met_at.desc(), StreetNight.id).limit(100))
    return StayView.of(row, clock.today(), [NightView.model_validate(each) for each in nights])


async def beds(
    unit: UnitOfWork, night: date | None, need: Need | None, place: Sequence[Any] | None, most: int
) -> Sequence[BedView]:
    """Places open on a night with what is free; with a need, only those that fit it and have a bed left."""
    on = night or domain.night_of(clock.business_now())
    severe = await rows.severe_weather(unit)
    query = select(NightBed).where(NightBed.since <= on, or_(NightBed.until.is_(None), NightBed.until > on))
    order = (NightBed.title, NightBed.id)
    if place is not None:
        query = query.where(tuple_(*order) > (place[0], UUID(place[1])))
    counted = select(BedOffer.bed_id, func.count()).where(BedOffer.night == on, BedOffer.state.in_(HOLDS))
    held = dict((await unit.session.execute(counted.group_by(BedOffer.bed_id))).all())
    views = []
    for row in await unit.session.scalars(query.order_by(*order)):
        bed = domain.Bed(domain.ForWhom(row.for_whom), row.dogs, row.step_free, row.severe_weather_only)
        view = BedView.of(row, on, held.get(row.id, 0))
        if need is None or (domain.fits(bed, need, severe) and view.free):
            views.append(view)
        if len(views) == most:
            break
    return views


def place_of_bed(shown: BedView) -> list[Any]:
    """Where a place stands in the list."""
    return [shown.title, str(shown.id)]


async def bed(unit: UnitOfWork, row: NightBed) -> BedView:
    """A place as it is shown tonight."""
    night = domain.night_of(clock.business_now())
    return BedView.of(row, night, await rows.held(unit, row.id, night))


async def offers(unit: UnitOfWork, bed_id: UUID, night: date | None) -> Sequence[OfferView]:
    """Who is expected at a place on a night: ids of people's ways, as far as the caller may see."""
    on = night or domain.night_of(clock.business_now())
    query = (
        select(BedOffer)
        .join(StreetStay, StreetStay.id == BedOffer.stay_id)
        .where(BedOffer.bed_id == bed_id, BedOffer.night == on, rows.visible_to(unit.cause))
    )
    return [OfferView.of(row) for row in await unit.session.scalars(query.order_by(BedOffer.offered_at).limit(500))]


async def weather(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[WeatherView]:
    """When the protocol stood, the newest first."""
    query = select(SevereWeather)
    order = (SevereWeather.declared_at, SevereWeather.id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    newest = query.order_by(*(each.desc() for each in order)).limit(most)
    return [WeatherView.of(row) for row in await unit.session.scalars(newest)]


def place_of_weather(shown: WeatherView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.declared_at.isoformat(), str(shown.id)]


async def counts(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[CountView]:
    """Nightly counts, the newest first."""
    query = select(NightCount)
    if place is not None:
        query = query.where(NightCount.night < date.fromisoformat(place[0]))
    found = (await unit.session.scalars(query.order_by(NightCount.night.desc()).limit(most))).all()
    wards = await _wards(unit, [row.id for row in found])
    return [CountView.of(row, wards.get(row.id, []), whole=sees_whole(unit.cause.roles)) for row in found]


def place_of_count(shown: CountView) -> list[Any]:
    """Where a count stands in the list: there is one a night."""
    return [shown.night.isoformat()]


async def counted(unit: UnitOfWork, row: NightCount) -> CountView:
    """A count as it is shown."""
    wards = await _wards(unit, [row.id])
    return CountView.of(row, wards.get(row.id, []), whole=sees_whole(unit.cause.roles))


async def _wards(unit: UnitOfWork, count_ids: Sequence[UUID]) -> dict[UUID, list[WardFound]]:
    query = select(WardCount).where(WardCount.count_id.in_(count_ids)).order_by(WardCount.ward)
    found: dict[UUID, list[WardFound]] = {}
    for each in await unit.session.scalars(query):
        found.setdefault(each.count_id, []).append(WardFound(ward=each.ward, found=each.found))
    return found


async def figures(unit: UnitOfWork, first: date, last: date) -> FiguresView:
    """A month's figures. They count everybody and name nobody."""
    nights = select(StreetNight.stay_id, StreetNight.night).where(
        StreetNight.outcome.in_(_STREET), StreetNight.night <= last
    )
    met: dict[UUID, list[date]] = {}
    for stay_id, night in (await unit.session.execute(nights)).all():
        met.setdefault(stay_id, []).append(night)
    off = {id_: day for id_, day in (await unit.session.execute(select(StreetStay.id, StreetStay.off_on))).all() if day}
    people = [Seen(tuple(met.get(id_, ())), off.get(id_)) for id_ in met.keys() | off.keys()]
    found = domain.figures(first, last, people)
    since = datetime.combine(first, datetime.min.time(), clock.LONDON)
    until = datetime.combine(last + timedelta(days=1), datetime.min.time(), clock.LONDON)
    in_month = (Sighting.seen_at >= since, Sighting.seen_at < until)
    seen, in_time = (
        await unit.session.execute(
            select(func.count(), func.count().filter(Sighting.looked_at <= Sighting.look_by)).where(*in_month)
        )
    ).one()
    answers = select(BedOffer.state, func.count()).where(BedOffer.night >= first, BedOffer.night <= last)
    became = dict((await unit.session.execute(answers.group_by(BedOffer.state))).all())
    highest = await unit.session.scalar(
        select(func.max(NightCount.found)).where(
            NightCount.night >= first, NightCount.night <= last, NightCount.verified_by.is_not(None)
        )
    )
    unit.accessed("rough_sleeping_figures")
    whole = sees_whole(unit.cause.roles)
    return FiguresView(
        since=first,
        until=last,
        people=shown_to(found.people, whole),
        new=shown_to(found.new, whole),
        returning=shown_to(found.returning, whole),
        long_term=shown_to(found.long_term, whole),
        off_for=[OffFor(months=months, people=shown_to(number, whole)) for months, number in found.off_for.items()],
        sightings=seen,
        sightings_looked_at_in_time=in_time,
        beds_taken=became.get(BedState.TAKEN, 0),
        beds_refused=became.get(BedState.REFUSED, 0),
        highest_verified_count=highest,
    )
