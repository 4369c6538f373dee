"""Writes of interpreters: ask, book, join, end; ring when nobody is there in time."""

from datetime import timedelta
from uuid import UUID

from psycopg.errors import ExclusionViolation
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.codes import NeedDomain
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.appointments import apart
from services.triage.appointments import rows as appointments
from services.triage.contacts import rows as contacts
from services.triage.contacts.domain import HomelessnessSign
from services.triage.contacts.models import Contact, Need
from services.triage.hubs import rows as hubs
from services.triage.interpreters import domain
from services.triage.interpreters.domain import State, Step
from services.triage.interpreters.models import InterpreterRequest
from services.triage.interpreters.rows import load
from services.triage.interpreters.shapes import NewRequest, NewStep
from services.triage.known.knowing import may_know
from services.triage.objections.queries import whole_person
from services.triage.safeguarding.models import Concern

RING = "triage.interpreter.ring"
_FLEEING = HomelessnessSign.FLEEING_ABUSE_OR_VIOLENCE


async def ask(unit: UnitOfWork, new: NewRequest) -> InterpreterRequest:
    """An interpreter is needed; nobody there in time, and it rings."""
    now = clock.business_now()
    domain.check_asked(new.mode, new.language, new.starts_at, now)
    person_id = new.person_id
    try:
        if new.contact_id is not None:
            person_id = person_id or (await contacts.load(unit, new.contact_id)).person_id
        if new.appointment_id is not None:
            person_id = person_id or await appointments.whose(unit, new.appointment_id)
        if new.hub is not None:
            await hubs.hub(unit, new.hub)
    except NotFound as error:
        raise invalid("", f"{error.detail}.", "known") from error
    starts_at = new.starts_at or now
    length = timedelta(minutes=new.minutes) if new.starts_at else domain.A_CALL
    row = InterpreterRequest(
        id=new_id(),
        version=1,
        mode=new.mode,
        language=new.language,
        dialect=new.dialect,
        gender=new.gender,
        person_id=person_id,
        blind=person_id is not None and not await may_know(unit, person_id),
        contact_id=new.contact_id,
        appointment_id=new.appointment_id,
        hub=new.hub,
        asked_alone=new.asked_alone,
        starts_at=starts_at,
        ends_at=starts_at + length,
        due_at=domain.due_at(new.mode, starts_at, now),
        state=State.ASKED,
        requested_by=unit.cause.actor,
        requested_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    await timers.set_alarm(unit, RING, row.id, row.due_at)
    _put_on_record(unit, row)
    return row


async def step(unit: UnitOfWork, request_id: UUID, expected: int, said: NewStep) -> InterpreterRequest:
    """What happened: somebody is booked, there, done; or nobody could be found."""
    row = await load(unit, request_id, for_change=True)
    check_version(row.version, expected)
    state = domain.step(row.state, said.step)
    now = clock.business_now()
    if said.asked_alone is not None:
        row.asked_alone = said.asked_alone
    if said.interpreter is not None:
        domain.check_interpreter(
            said.interpreter,
            is_adult=said.is_adult,
            code=said.interpreter_code,
            asked_alone=row.asked_alone,
            abuse_possible=await _abuse_possible(unit, row),
        )
        row.interpreter, row.interpreter_code = said.interpreter, said.interpreter_code
    if said.step is Step.JOIN:
        row.joined_at = now
    row.state, row.outcome = state, said.outcome
    row.version, row.changed_at = row.version + 1, now
    await _one_at_a_time(unit)
    await timers.cancel(unit, RING, row.id)
    if state is State.BOOKED:
        # Booked is not there: it rings again if nobody has come ten minutes into it.
        await timers.set_alarm(unit, RING, row.id, clock.later(row.starts_at, timedelta(minutes=10)))
    _put_on_record(unit, row)
    return row


async def ring(unit: UnitOfWork, request_id: UUID) -> None:
    """Nobody is there in time: the hub's screens show it first of all."""
    query = select(InterpreterRequest).where(InterpreterRequest.id == request_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    if row.state in (State.ASKED, State.BOOKED):
        row.version, row.changed_at = row.version + 1, clock.business_now()
        row.rung_at = row.changed_at
        _put_on_record(unit, row)


async def _one_at_a_time(unit: UnitOfWork) -> None:
    try:
        await unit.session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ExclusionViolation):
            raise Conflict(
                "This interpreter is booked somewhere else at that time", allowed=["book", "join"]
            ) from error
        raise


async def _abuse_possible(unit: UnitOfWork, row: InterpreterRequest) -> bool:
    """Whether anything we hold says that somebody may be harming them. Said to nobody; a doubt counts as yes."""
    people = list(await whole_person(unit, row.person_id)) if row.person_id and not row.blind else []
    need = select(Need.id).join(Contact, Contact.id == Need.contact_id)
    need = need.where(
        (Contact.id == row.contact_id) | Contact.person_id.in_(people),
        (Need.domain == NeedDomain.DOMESTIC_ABUSE) | Need.homelessness_signs.contains([_FLEEING]),
    )
    if await unit.session.scalar(need.limit(1)) is not None:
        return True
    concern = select(Concern.id).where((Concern.contact_id == row.contact_id) | Concern.person_ids.overlap(people))
    if await unit.session.scalar(concern.limit(1)) is not None:
        return True
    # Of a separated person it says nothing: whom they are kept from is told to nobody of theirs.
    return bool((await apart.sides(unit, people)).keep_clear)


def _put_on_record(unit: UnitOfWork, row: InterpreterRequest) -> None:
    unit.accessed(f"interpreter_request/{row.id}", [row.person_id] if row.person_id else [])
