"""Writes of rough sleeping. None of them goes on the bus: who sleeps where tonight is for those who go out to them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.clock import LONDON
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.roughsleeping import domain, rows
from services.housing.roughsleeping.domain import BedState, SightingState, StayState
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
    BedAnswer,
    BedSaid,
    Declaration,
    Look,
    NewBedOffer,
    NewCount,
    NewSighting,
    NewStay,
    Step,
)


async def sight(unit: UnitOfWork, said: NewSighting) -> Sighting:
    """Somebody was seen: by when somebody looks depends on what was seen and on the weather."""
    _check_past(said.seen_at, "/seen_at")
    signs = sorted(set(said.signs))
    row = Sighting(
        id=new_id(),
        version=1,
        seen_at=said.seen_at,
        told_by=said.told_by,
        ward=said.ward,
        place=said.place,
        people=said.people,
        signs=signs,
        look_by=domain.look_by(said.seen_at, signs, await rows.severe_weather(unit)),
        state=SightingState.WAITING,
        recorded_by=unit.cause.actor,
        recorded_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"sighting/{row.id}")
    return row


async def look(unit: UnitOfWork, sighting_id: UUID, expected: int, said: Look) -> tuple[Sighting, list[UUID]]:
    """Somebody looked. Those found are met on that night: known ones again, others for the first time."""
    row = await rows.sighting(unit, sighting_id)
    check_version(row.version, expected)
    domain.check_looked(SightingState(row.state))
    now = clock.business_now()
    row.state, row.looked_by, row.looked_at = said.outcome, unit.cause.actor, now
    row.version += 1
    found = []
    for stay_id in sorted(set(said.stay_ids)):
        stay = await rows.stay(unit, stay_id, for_change=True)
        if stay.state != StayState.ON_STREET:
            await _go(unit, stay, StayState.ON_STREET, now)
        await _meet(unit, stay, now, row.ward, "met", None)
        found.append(stay.id)
    for _ in range(said.new_people):
        found.append((await _begin(unit, now, row.ward, None, None)).id)
    unit.accessed(f"sighting/{row.id}")
    return row, found


async def begin(unit: UnitOfWork, said: NewStay) -> StreetStay:
    """Outreach met somebody. `Conflict` where this person's way is known already: it goes on."""
    _check_past(said.met_at, "/met_at")
    return await _begin(unit, said.met_at, said.ward, said.person_id, said.said)


async def step(unit: UnitOfWork, stay_id: UUID, expected: int, said: Step) -> StreetStay:
    """One step of a person's way."""
    _check_past(said.at, "/at")
    row = await rows.stay(unit, stay_id, for_change=True)
    check_version(row.version, expected)
    if said.step == "known":
        await _name(unit, row, said.person_id)
        outcome = "met"
    elif said.step == "met":
        if row.state != StayState.ON_STREET:
            await _go(unit, row, StayState.ON_STREET, said.at)
        outcome = "met"
    else:
        to = {
            "moved_off": StayState.OFF_STREET,
            "returned": StayState.ON_STREET,
            "closed": StayState.CLOSED,
        }[said.step]
        await _go(unit, row, to, said.at, said.off_to)
        outcome = said.step
    await _meet(unit, row, said.at, said.ward, outcome, said.said)
    return row


async def keep_bed(unit: UnitOfWork, said: BedSaid, bed_id: UUID | None = None, expected: int = 0) -> NightBed:
    """A place with beds, new or changed."""
    if said.until is not None and said.until < said.since:
        raise invalid("/until", "It cannot close before it opens.", "closes-after-opening")
    if bed_id is None:
        row = NightBed(id=new_id(), version=0)
        unit.session.add(row)
    else:
        row = await rows.bed(unit, bed_id)
        check_version(row.version, expected)
    for name, value in said.model_dump().items():
        setattr(row, name, value)
    row.version += 1
    row.changed_by, row.changed_at = unit.cause.actor, clock.business_now()
    unit.accessed(f"night_bed/{row.id}")
    await unit.session.flush()
    return row


async def offer_bed(unit: UnitOfWork, bed_id: UUID, said: NewBedOffer) -> BedOffer:
    """Hold a bed for somebody. `Conflict` when none is free, or they have one on that night."""
    row = await rows.bed(unit, bed_id)
    stay = await _their_stay(unit, said.stay_id)
    now = clock.business_now()
    night = said.night or domain.night_of(now)
    if night < row.since or (row.until is not None and night >= row.until):
        raise invalid("/night", "This place is closed on that night.", "open-that-night")
    if row.severe_weather_only and not await rows.severe_weather(unit):
        raise Conflict("These beds are there in severe weather only: it has not been declared", state="closed")
    if await rows.held(unit, row.id, night) >= row.places:
        raise Conflict("Every bed of this place is held on that night", state="full", allowed=[])
    offer = BedOffer(
        id=new_id(),
        bed_id=row.id,
        stay_id=stay.id,
        night=night,
        state=BedState.OFFERED,
        offered_by=unit.cause.actor,
        offered_at=now,
        changed_at=now,
    )
    try:
        async with unit.session.begin_nested():
            unit.session.add(offer)
            await unit.session.flush()
    except IntegrityError as error:
        raise Conflict("A bed is held for them on that night already", state="offered") from error
    return offer


async def answer_bed(unit: UnitOfWork, bed_id: UUID, offer_id: UUID, said: BedAnswer) -> BedOffer:
    """They took it, did not want it, or did not come: then it is free for the next."""
    await rows.bed(unit, bed_id)
    offer = await rows.offer(unit, bed_id, offer_id)
    to = BedState(said.state)
    allowed = {
        BedState.OFFERED: (BedState.TAKEN, BedState.REFUSED, BedState.DID_NOT_COME),
        # Said to come and did not, all the same.
        BedState.TAKEN: (BedState.DID_NOT_COME,),
    }.get(BedState(offer.state), ())
    if to not in allowed:
        raise Conflict(
            f"This bed was {offer.state.replace('_', ' ')}", state=offer.state, allowed=[each.value for each in allowed]
        )
    offer.state, offer.why, offer.changed_at = to, said.why, clock.business_now()
    return offer


async def declare(unit: UnitOfWork, said: Declaration) -> SevereWeather:
    """The severe weather protocol stands, by name. Sightings that wait are looked at sooner."""
    now = clock.business_now()
    row = SevereWeather(
        id=new_id(),
        version=1,
        cause=said.cause,
        forecast=said.forecast,
        declared_at=now,
        declared_by=unit.cause.actor,
        standing=True,
    )
    try:
        async with unit.session.begin_nested():
            unit.session.add(row)
            await unit.session.flush()
    except IntegrityError as error:
        raise Conflict("Severe weather is declared already", state="standing", allowed=["ended"]) from error
    waiting = select(Sighting).where(Sighting.state == SightingState.WAITING).with_for_update()
    for each in await unit.session.scalars(waiting):
        sooner = domain.look_by(max(now, each.seen_at), [domain.Sign(sign) for sign in each.signs], True)
        each.look_by = min(each.look_by, sooner)
    unit.accessed(f"severe_weather/{row.id}")
    return row


async def end_weather(unit: UnitOfWork, weather_id: UUID, expected: int) -> SevereWeather:
    """It is over. Nobody loses the bed they have tonight: what is held stays held."""
    row = await rows.weather(unit, weather_id)
    check_version(row.version, expected)
    if not row.standing:
        raise Conflict("It is over already", state="ended", allowed=[])
    row.standing, row.ended_at, row.ended_by = False, clock.business_now(), unit.cause.actor
    row.version += 1
    unit.accessed(f"severe_weather/{row.id}")
    return row


async def count(unit: UnitOfWork, said: NewCount) -> NightCount:
    """A night's count. `Conflict` where that night was counted."""
    if said.night > domain.night_of(clock.business_now()):
        raise invalid("/night", "That night has not begun.", "night-has-begun")
    domain.check_count(said.found, said.women, said.under_25, [each.found for each in said.wards])
    row = NightCount(
        id=new_id(),
        version=1,
        **said.model_dump(exclude={"wards"}),
        counted_by=unit.cause.actor,
        counted_at=clock.business_now(),
    )
    try:
        async with unit.session.begin_nested():
            unit.session.add(row)
            await unit.session.flush()
    except IntegrityError as error:
        raise Conflict("That night was counted already", state="counted", allowed=[]) from error
    unit.session.add_all(WardCount(count_id=row.id, ward=each.ward, found=each.found) for each in said.wards)
    unit.accessed(f"night_count/{row.id}")
    return row


async def verify(unit: UnitOfWork, count_id: UUID, expected: int) -> NightCount:
    """Somebody else than who counted looked at it: now it stands."""
    row = await rows.count(unit, count_id)
    check_version(row.version, expected)
    if row.verified_by is not None:
        raise Conflict("This count was verified already", state="verified", allowed=[])
    domain.check_verified_by_another(row.counted_by, unit.cause.actor)
    row.verified_by, row.verified_at = unit.cause.actor, clock.business_now()
    row.version += 1
    unit.accessed(f"night_count/{row.id}")
    return row


# Inside --------------------------------------------------------------------------------------------------------------


async def _begin(unit: UnitOfWork, at: datetime, ward: str, person_id: UUID | None, said: str | None) -> StreetStay:
    night = domain.night_of(at)
    row = StreetStay(
        id=new_id(),
        version=0,
        state=StayState.ON_STREET,
        first_seen_on=night,
        last_seen_on=night,
        state_since=night,
        returns=0,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    if person_id is not None:
        await _name(unit, row, person_id)
    await _meet(unit, row, at, ward, "met", said)
    return row


async def _name(unit: UnitOfWork, row: StreetStay, person_id: UUID | None) -> None:
    if row.person_id is not None:
        raise Conflict("It is known who this is", state="known", allowed=[])
    try:
        async with unit.session.begin_nested():
            row.person_id = person_id
            await unit.session.flush()
    except IntegrityError as error:
        # Not which one: the caller may not be allowed to see it.
        raise Conflict("This person's way is recorded already: it goes on there", state="known", allowed=[]) from error


async def _go(unit: UnitOfWork, row: StreetStay, to: StayState, at: datetime, off_to: str | None = None) -> None:
    day = at.astimezone(LONDON).date()
    domain.check_step(StayState(row.state), to, day, row.state_since)
    if to is StayState.ON_STREET:
        row.returns += 1
    row.state, row.state_since = to, day
    row.off_on = day if to is StayState.OFF_STREET else None
    row.off_to = off_to
    row.worker = None if to is StayState.CLOSED else row.worker


async def _meet(unit: UnitOfWork, row: StreetStay, at: datetime, ward: str, outcome: str, said: str | None) -> None:
    night: date = domain.night_of(at)
    unit.session.add(
        StreetNight(
            id=new_id(),
            stay_id=row.id,
            night=night,
            met_at=at,
            ward=ward,
            outcome=outcome,
            said=said,
            worker=unit.cause.actor,
        )
    )
    if row.state == StayState.ON_STREET:
        row.last_seen_on = max(row.last_seen_on, night)
        row.first_seen_on = min(row.first_seen_on, night)
        row.worker = unit.cause.actor
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"street_stay/{row.id}", [row.person_id] if row.person_id else [])
    await unit.session.flush()


async def _their_stay(unit: UnitOfWork, stay_id: UUID) -> StreetStay:
    try:
        return await rows.stay(unit, stay_id)
    except NotFound as error:
        raise invalid("/stay_id", f"{error.detail}.", "stay-known") from error


def _check_past(moment: datetime, pointer: str) -> None:
    if moment > clock.business_now():
        raise invalid(pointer, "That has not happened yet.", "in-the-past")
