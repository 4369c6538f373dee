"""What is free, for booking and for offering times alike: what is offered can be booked, and nothing else tells why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from kit.clock import LONDON
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.triage.appointments import apart, domain
from services.triage.appointments.apart import Sides
from services.triage.appointments.domain import Kind, Span
from services.triage.appointments.models import Appointment
from services.triage.hubs.domain import Hours
from services.triage.hubs.models import Hub, Room
from services.triage.known.knowing import may_know
from services.triage.objections.queries import whole_person


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom and what a time must be free for. `private`: any private room; `room_id`: that one."""

    kind: Kind
    person_id: UUID | None
    worker: str
    room_id: UUID | None = None
    private: bool = False
    but: UUID | None = None

    @property
    def wants_room(self) -> bool:
        """Whether it needs a room, a certain one or any."""
        return self.room_id is not None or self.private or self.kind is Kind.ROOM_ONLY


@dataclass(frozen=True, slots=True)
class Diary:
    """What stands in the way between two moments at a hub."""

    hours: Hours
    kind: Kind
    never: bool
    blind: bool
    theirs: Sequence[Span]
    apart: Sequence[Span]
    sides: Sides
    rooms: Sequence[tuple[UUID, Sequence[Span]]] | None

    def room_at(self, span: Span) -> tuple[bool, UUID | None]:
        """Whether that time is free, and the room it would be in."""
        at_hub = self.kind in (Kind.AT_HUB, Kind.ROOM_ONLY)
        if self.never or (at_hub and not self.hours.open_throughout(span.starts_at, span.ends_at)):
            return False, None
        if not domain.free(span, self.theirs, self.apart):
            return False, None
        if self.rooms is None:
            return True, None
        room = next((id_ for id_, taken in self.rooms if domain.free(span, taken, ())), None)
        return room is not None, room


async def diary(unit: UnitOfWork, hub: Hub, asked: Asked, since: datetime, until: datetime) -> Diary:
    """What is taken for these people, this worker and these rooms in that time.

    About somebody of whom the caller may not know, it is a stranger's (`blind`): their own diary, whom they must not
    meet and who may not work with them count for nothing, at the cost of the same statements.
    """
    blind = asked.person_id is not None and not await may_know(unit, asked.person_id)
    whole = list(await whole_person(unit, asked.person_id)) if asked.person_id else []
    people = [] if blind else whole
    # What was booked of them blindly is all the diary that somebody who may not know them has of them.
    of_theirs = (Appointment.person_id == any_(_ids(whole))) & (Appointment.blind == literal(blind))
    rooms = await _rooms(unit, hub.code, asked)
    rows = await unit.session.execute(
        select(
            Appointment.starts_at,
            Appointment.ends_at,
            Appointment.room_id,
            Appointment.worker,
            of_theirs,
        ).where(
            or_(Appointment.state.in_(domain.HOLDS), Appointment.keeps_place),
            Appointment.starts_at < until,
            Appointment.ends_at > since,
            Appointment.id != (asked.but or UUID(int=0)),
            or_(
                Appointment.worker == asked.worker,
                Appointment.room_id == any_(_ids(rooms or ())),
                of_theirs,
            ),
        )
    )
    theirs: list[Span] = []
    by_room: dict[UUID, list[Span]] = {id_: [] for id_ in rooms or ()}
    for starts_at, ends_at, room_id, worker, is_theirs in rows:
        span = Span(starts_at, ends_at)
        if worker == asked.worker or is_theirs:
            theirs.append(span)
        if room_id in by_room:
            by_room[room_id].append(span)
    sides, near = Sides(), list[Span]()
    if asked.person_id and asked.kind is Kind.AT_HUB:
        sides = await apart.sides(unit, people)
        near = list(await apart.there(unit, hub.code, sides.keep_clear, since, until))
    return Diary(
        hours=hub.opening(),
        kind=asked.kind,
        never=await _barred(unit, people, asked.worker),
        blind=blind,
        theirs=theirs,
        apart=near,
        sides=sides,
        rooms=None if rooms is None else [(id_, by_room[id_]) for id_ in rooms],
    )


def _ids(these: Iterable[UUID]) -> Any:
    # One value, however many they are: nothing of a statement says how many.
    return literal(list(these), ARRAY(Uuid))


async def _rooms(unit: UnitOfWork, hub: str, asked: Asked) -> list[UUID] | None:
    """The rooms it could be in, the smallest first; None: it needs none."""
    if asked.room_id is not None:
        query = select(Room.id).where(Room.hub == hub, Room.id == asked.room_id)
    elif asked.wants_room:
        query = select(Room.id).where(Room.hub == hub, Room.private).order_by(Room.seats, Room.name)
    else:
        return None
    return list(await unit.session.scalars(query))


async def _barred(unit: UnitOfWork, people: Iterable[UUID], worker: str) -> bool:
    """Whether this worker may not work with them; said to nobody."""
    barred = select(known_person.c.id).where(
        known_person.c.id == any_(_ids(people)), literal(worker, Text) == any_(known_person.c.barred_workers)
    )
    return await unit.session.scalar(barred.limit(1)) is not None


def times(found: Diary, day: date, length: timedelta, now: datetime) -> Iterable[datetime]:
    """Every quarter of an hour of that day, from now, at which it is free."""
    at = datetime.combine(day, time(8), LONDON)
    end = datetime.combine(day, time(20), LONDON)
    while at + length <= end:
        if at >= now and found.room_at(Span(at, at + length))[0]:
            yield at
        at += domain.STEP
