"""Writes of appointments: book, move, settle, follow up; remind, ring when nobody did; keep apart who must not meet.

Whoever is separated from somebody, and whoever helps them, gets a stranger's answers: see `apart`.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import NAMESPACE_OID, UUID, uuid5

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.clock import LONDON
from kit.contracts.triage.hubs import AppointmentState
from kit.errors import Conflict, NotFound, invalid
from kit.events import messages
from kit.ids import new_id
from kit.store import access, timers
from kit.store.tables import known_person
from kit.store.unit import Cause, UnitOfWork
from kit.web.preconditions import check_version
from services.triage.appointments import apart, domain, free
from services.triage.appointments.domain import Kind, Span, State
from services.triage.appointments.models import Appointment
from services.triage.appointments.rows import load
from services.triage.appointments.shapes import Move, NewAppointment
from services.triage.contacts import rows as contacts
from services.triage.hubs import rows as hubs
from services.triage.known.knowing import may_know_home
from services.triage.meeting_plans import domain as planning
from services.triage.meeting_plans import queries as plans
from services.triage.objections.queries import whole_person
from services.triage.outreach.rows import in_order

REMIND = "triage.appointment.remind"
FOLLOW_UP = "triage.appointment.follow_up"
GIVE_WAY = "triage.appointment.give_way"


async def book(unit: UnitOfWork, new: NewAppointment) -> Appointment:
    """Book; `Conflict` in the same words whatever stands in the way."""
    now = clock.business_now()
    domain.check_whom(new.kind, new.person_id is not None)
    domain.check_times(new.kind, new.starts_at, new.ends_at, now)
    row = Appointment(
        id=new_id(),
        version=1,
        kind=new.kind,
        person_id=new.person_id,
        household_id=new.household_id,
        contact_id=new.contact_id,
        hub=new.hub,
        worker=new.worker,
        about=new.about,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        state=State.BOOKED,
        remind=new.remind,
        booked_by=unit.cause.actor,
        booked_at=now,
        changed_at=now,
    )
    await _check_contact(unit, new.contact_id)
    asked = free.Asked(new.kind, new.person_id, new.worker, new.room_id, new.private)
    await _in_turn(unit, row.hub, asked)
    found = await _place(unit, row, asked, pointer="/hub")
    row.blind = found.blind
    if new.person_id is None and new.household_id is not None:
        row.blind = not await may_know_home(unit, new.household_id)
    if new.person_id is not None:
        standing = await plans.standing(unit, new.person_id) if new.kind is Kind.HOME_VISIT else ()
        home = await access.current_household(unit, new.person_id)
        if not row.blind:
            row.household_id = row.household_id or home
            for plan in standing:
                planning.check_place(plan.steps)
    unit.session.add(row)
    await _hold(unit)
    await _give_way(unit, row, found)
    await _remind(unit, row, "booked")
    _announce(unit, row, "triage.appointment.booked")
    return row


async def move(unit: UnitOfWork, appointment_id: UUID, expected: int, changes: Move) -> Appointment:
    """Another time, worker, hub or room; what could not stand is put right by this too."""
    row = await load(unit, appointment_id)
    asked = _asked(row, changes)
    # Whose turn it is comes before the row: a booking that makes this one give way takes them in that order.
    await _in_turn(unit, changes.hub or row.hub, asked)
    row = await load(unit, appointment_id, for_change=True)
    check_version(row.version, expected)
    domain.check_move(row.state)
    asked = _asked(row, changes)
    length = timedelta(minutes=changes.minutes) if changes.minutes else row.ends_at - row.starts_at
    starts_at = changes.starts_at or row.starts_at
    domain.check_times(Kind(row.kind), starts_at, starts_at + length, clock.business_now())
    row.starts_at, row.ends_at, row.state = starts_at, starts_at + length, State.BOOKED
    row.worker, row.hub, row.keeps_place = asked.worker, changes.hub or row.hub, False
    with unit.session.no_autoflush:
        found = await _place(unit, row, asked, pointer="/hub")
    await _hold(unit)
    await _give_way(unit, row, found)
    _new_version(row)
    row.follow_up_due_at = row.follow_up_late_at = None
    await timers.cancel(unit, FOLLOW_UP, row.id)
    await _remind(unit, row, "changed")
    _announce(unit, row, "triage.appointment.changed")
    return row


async def settle(
    unit: UnitOfWork,
    appointment_id: UUID,
    expected: int,
    outcome: domain.Outcome,
    because: domain.MissedBecause | None,
) -> Appointment:
    """What became of it. A missed one is followed up: kindly, by the safe way, and by somebody named."""
    row = await load(unit, appointment_id, for_change=True)
    check_version(row.version, expected)
    now = clock.business_now()
    row.state = domain.settle(row.state, outcome, row.starts_at, now)
    row.keeps_place = row.keeps_place and row.state == State.ARRIVED
    _new_version(row)
    if row.state != State.ARRIVED:
        await timers.cancel(unit, REMIND, row.id)
    if row.state == State.MISSED:
        row.missed_because = because
        row.follow_up_due_at = domain.follow_up_due(row.about, now)
        await timers.set_alarm(unit, FOLLOW_UP, row.id, row.follow_up_due_at)
        if because is not domain.MissedBecause.WE_DID_NOT_COME:
            _tell(unit, row, "appointment.missed")
    if row.state == State.CANCELLED:
        _tell(unit, row, "appointment.cancelled", until=row.starts_at)
    missed = "triage.appointment.missed"
    _announce(unit, row, missed if row.state == State.MISSED else "triage.appointment.changed")
    return row


async def follow_up(unit: UnitOfWork, appointment_id: UUID, expected: int, what: domain.FollowUp) -> Appointment:
    """Somebody looked after them."""
    row = await load(unit, appointment_id, for_change=True)
    check_version(row.version, expected)
    domain.check_follow_up(row.state, row.follow_up)
    row.follow_up = what
    _new_version(row)
    await timers.cancel(unit, FOLLOW_UP, row.id)
    _announce(unit, row, "triage.appointment.changed")
    return row


# What the alarms and the events do ------------------------------------------------------------------------


async def remind(unit: UnitOfWork, appointment_id: UUID) -> None:
    """A day before: by the way that is safe for them, which casefile knows."""
    row = await _for_alarm(unit, appointment_id)
    if row.state == State.BOOKED and row.starts_at > clock.business_now():
        _tell_when(unit, row, "reminder")
        _put_on_record(unit, row)


async def nobody_followed_up(unit: UnitOfWork, appointment_id: UUID) -> None:
    """Nobody saw to who was missed, or to what cannot stand: from now on it stands in a manager's list."""
    row = await _for_alarm(unit, appointment_id)
    if row.state in (State.MISSED, State.TO_REARRANGE) and row.follow_up is None:
        _new_version(row)
        row.follow_up_late_at = row.changed_at
        _announce(unit, row, "triage.appointment.changed")


async def keep_apart(unit: UnitOfWork, person_id: UUID) -> None:
    """Two people were separated: of their bookings that come too near, the protected person's cannot stand.

    So the other one's side learns nothing from their own. Where each is protected from the other, the later made one.
    What the protected person has booked with somebody who is barred from now on cannot stand either.
    """
    people = await whole_person(unit, person_id)
    sides = await apart.sides(unit, people)
    if not sides.everybody:
        return
    await in_order(unit, [*people, *sides.everybody])
    ours, theirs = await _ahead(unit, people), await _ahead(unit, sides.everybody)
    yielding: dict[UUID, Appointment] = {}
    for mine in ours:
        for other in theirs:
            span = Span(mine.starts_at, mine.ends_at)
            near = span.meets(Span(other.starts_at, other.ends_at), domain.APART)
            at_one_hub = mine.kind == other.kind == Kind.AT_HUB and mine.hub == other.hub
            if not near or not at_one_hub or State.TO_REARRANGE in (mine.state, other.state):
                continue
            yields = other if other.person_id in sides.give_way else mine
            if other.person_id in sides.either:
                yields = max(mine, other, key=lambda each: (each.booked_at, each.id))
            yields.state, yields.keeps_place = State.TO_REARRANGE, True
            yielding[yields.id] = yields
    barred = await _barred(unit, people)
    for mine in ours:
        if mine.worker in barred and mine.state == State.BOOKED:
            mine.state = State.TO_REARRANGE
            yielding[mine.id] = mine
    for row in yielding.values():
        await _gave_way(unit, row)


async def gave_way(unit: UnitOfWork, appointment_id: UUID) -> None:
    """What gave way to this booking is announced, and somebody of theirs hears of it; as the platform's own doing."""
    row = await _for_alarm(unit, appointment_id)
    if row.person_id is None or row.blind:
        return
    sides = await apart.sides_of(unit, row.person_id)
    query = select(Appointment).where(
        Appointment.person_id.in_(sides.give_way),
        Appointment.hub == row.hub,
        Appointment.keeps_place,
        Appointment.follow_up_due_at.is_(None),
        Appointment.starts_at < row.ends_at + domain.APART,
        Appointment.ends_at > row.starts_at - domain.APART,
    )
    for each in await unit.session.scalars(query.order_by(Appointment.id).with_for_update()):
        await _gave_way(unit, each)


async def _gave_way(unit: UnitOfWork, row: Appointment) -> None:
    before = unit.cause
    # Facts of it stand on pages: they do not say who did what to cause it.
    unit.cause = replace(Cause.system(unit.service, GIVE_WAY), causation_id=before.causation_id)
    try:
        await _announce_giving_way(unit, row)
    finally:
        unit.cause = before


async def _announce_giving_way(unit: UnitOfWork, row: Appointment) -> None:
    now = clock.business_now()
    _new_version(row)
    await timers.cancel(unit, REMIND, row.id)
    row.follow_up_due_at = domain.rearrange_by(row.starts_at, now)
    if row.state == State.ARRIVED:
        # They are in the building: a manager sees it now.
        row.follow_up_late_at = now
    else:
        await timers.set_alarm(unit, FOLLOW_UP, row.id, row.follow_up_due_at)
        _tell(unit, row, "appointment.cancelled", until=row.starts_at)
    _announce(unit, row, "triage.appointment.changed")


async def _ahead(unit: UnitOfWork, people: Collection[UUID]) -> Sequence[Appointment]:
    query = select(Appointment).where(
        Appointment.person_id.in_(people),
        ~Appointment.blind,
        Appointment.state == State.BOOKED,
        Appointment.ends_at > clock.business_now(),
    )
    return (await unit.session.scalars(query.order_by(Appointment.id).with_for_update())).all()


async def _barred(unit: UnitOfWork, people: Collection[UUID]) -> set[str]:
    rows = await unit.session.scalars(select(known_person.c.barred_workers).where(known_person.c.id.in_(people)))
    return {name for names in rows for name in names}


async def _for_alarm(unit: UnitOfWork, appointment_id: UUID) -> Appointment:
    # An alarm is nobody's look at a record: no rule of who may see it applies.
    query = select(Appointment).where(Appointment.id == appointment_id).with_for_update()
    return (await unit.session.scalars(query)).one()


# The parts ------------------------------------------------------------------------------------------------


def _asked(row: Appointment, changes: Move) -> free.Asked:
    """What a move asks for: the room stays unless it goes elsewhere or asks for another."""
    elsewhere = changes.hub is not None and changes.hub != row.hub
    room_id = changes.room_id or (None if elsewhere or changes.private is not None else row.room_id)
    private = changes.private if changes.private is not None else row.room_id is not None
    worker = changes.worker or row.worker
    return free.Asked(Kind(row.kind), row.person_id, worker, room_id, private, but=row.id)


async def _in_turn(unit: UnitOfWork, hub: str, asked: free.Asked) -> None:
    """From here on nobody books around it: of two for one worker or one hub's rooms, one is first.

    Met in the table, they would block each other. So too of people who must not meet, at two hubs' desks or at one.
    """
    wanted = [_key("worker", asked.worker), *([_key("rooms", hub)] if asked.wants_room else [])]
    if asked.person_id is not None:
        people = await whole_person(unit, asked.person_id)
        wanted += [*people, *(await apart.sides(unit, people)).everybody]
    await in_order(unit, wanted)


async def _place(unit: UnitOfWork, row: Appointment, asked: free.Asked, *, pointer: str) -> free.Diary:
    """Find it a free time and room, or refuse."""
    try:
        hub = await hubs.hub(unit, row.hub)
    except NotFound as error:
        raise invalid(pointer, "We know of no such hub.", "known-hub") from error
    found = await free.diary(unit, hub, asked, row.starts_at, row.ends_at)
    is_free, row.room_id = found.room_at(Span(row.starts_at, row.ends_at))
    if not is_free:
        raise _not_free()
    return found


async def _give_way(unit: UnitOfWork, row: Appointment, found: free.Diary) -> None:
    """Whoever is protected from them gives way, and the rest is done when nobody waits for it.

    The same is done for everybody who comes to a hub: neither an answer nor its time tells whether somebody did.
    """
    if row.kind == Kind.AT_HUB:
        await apart.give_way(unit, row.hub, found.sides.give_way, Span(row.starts_at, row.ends_at))
        await timers.set_alarm(unit, GIVE_WAY, row.id, clock.business_now())


def _key(kind: str, code: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"{kind}:{code}")


async def _hold(unit: UnitOfWork) -> None:
    """What two desks may both have found free, the database gives to one."""
    try:
        await unit.session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise _not_free() from error
        raise


def _not_free() -> Conflict:
    return Conflict(domain.NOT_FREE, allowed=["free-times"])


async def _check_contact(unit: UnitOfWork, contact_id: UUID | None) -> None:
    if contact_id is None:
        return
    try:
        await contacts.load(unit, contact_id)
    except NotFound as error:
        raise invalid("/contact_id", "We know of no such contact.", "known-contact") from error


async def _remind(unit: UnitOfWork, row: Appointment, what: str) -> None:
    """Tell them, if they agreed to it, and set the alarm of the reminder."""
    await timers.cancel(unit, REMIND, row.id)
    if not row.remind or row.person_id is None or row.blind:
        return
    _tell_when(unit, row, what)
    at = domain.remind_at(row.starts_at, clock.business_now())
    if at is not None:
        await timers.set_alarm(unit, REMIND, row.id, at)


def _tell_when(unit: UnitOfWork, row: Appointment, what: str) -> None:
    local = row.starts_at.astimezone(LONDON)
    codes = {"date": local.date().isoformat(), "time": f"{local:%H:%M}"}
    if row.kind == Kind.AT_HUB:
        _ask(unit, row, f"appointment.{what}", {**codes, "hub": row.hub}, row.starts_at)
    elif row.kind == Kind.HOME_VISIT:
        _ask(unit, row, f"visit.{'booked' if what == 'changed' else what}", codes, row.starts_at)
    # A call needs no words before it: the phone rings.


def _tell(unit: UnitOfWork, row: Appointment, template: str, *, until: datetime | None = None) -> None:
    if row.remind and row.person_id is not None and not row.blind:
        _ask(unit, row, template, {"date": row.starts_at.astimezone(LONDON).date().isoformat()}, until)


def _ask(unit: UnitOfWork, row: Appointment, template: str, codes: dict[str, str], until: datetime | None) -> None:
    if row.person_id is not None:
        messages.request(
            unit, person_id=row.person_id, template=template, codes=codes, about_id=row.id, useless_after=until
        )


def _new_version(row: Appointment) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, row: Appointment, type_: str) -> None:
    if row.person_id is not None and not row.blind:
        state = AppointmentState.model_validate(
            {name: getattr(row, name) for name in AppointmentState.model_fields if name != "appointment_id"}
            | {"appointment_id": row.id}
        )
        unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    _put_on_record(unit, row)


def _put_on_record(unit: UnitOfWork, row: Appointment) -> None:
    unit.accessed(f"appointment/{row.id}", [row.person_id] if row.person_id else [])
