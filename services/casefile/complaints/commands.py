"""Writes of complaints: receive, acknowledge, extend, answer, take to stage two, close."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.clock import LONDON
from kit.contracts.casefile.complaints import ComplaintState
from kit.errors import invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.casefile.complaints import domain, rows
from services.casefile.complaints.domain import Kind, Outcome, State
from services.casefile.complaints.models import Complaint
from services.casefile.complaints.shapes import NewComplaint

DUE = "casefile.complaint.due"
_SETTLED = frozenset({State.ANSWERED, State.CLOSED, State.WITHDRAWN})


async def receive(unit: UnitOfWork, sent: NewComplaint) -> Complaint:
    """Take one in; its clock begins on the day it came."""
    today = clock.today()
    received_on = sent.received_on or today
    domain.check_received(sent.kind, received_on, today, sent.councillor, sent.words)
    row = Complaint(
        id=new_id(),
        version=0,
        **sent.model_dump(exclude={"received_on"}),
        received_on=received_on,
        received_by=unit.cause.actor,
        stage=1,
        state=State.RECEIVED,
        extended=False,
        overdue=False,
        stages=[],
    )
    unit.session.add(row)
    return await _announce(unit, row, "casefile.complaint.received")


async def acknowledge(unit: UnitOfWork, complaint_id: UUID, expected: int, on: date | None) -> Complaint:
    """They were told that we have it, and what happens next."""
    row = await _at(unit, complaint_id, expected, "acknowledge")
    day = on or clock.today()
    if not row.received_on <= day <= clock.today():
        raise invalid("/acknowledged_on", "Between the day it came and today.", "acknowledged-since-received")
    row.acknowledged_on, row.state = day, State.ACKNOWLEDGED
    return await _changed(unit, row)


async def extend(unit: UnitOfWork, complaint_id: UUID, expected: int, reason: str) -> Complaint:
    """Longer, once, with a reason that they are told."""
    row = await _at(unit, complaint_id, expected, "extend")
    row.extended, row.extension_reason = True, reason
    return await _changed(unit, row)


async def answer(
    unit: UnitOfWork, complaint_id: UUID, expected: int, outcome: Outcome, words: str, lessons: str | None
) -> Complaint:
    """Answered, with what was found and what is done differently."""
    row = await _at(unit, complaint_id, expected, "answer")
    before = row.stages[-1]["answered_by"] if row.stages else None
    domain.check_answer(unit.cause.actor, before, row.about_workers, row.stage)
    row.state, row.answered_on, row.answered_by = State.ANSWERED, clock.today(), unit.cause.actor
    row.outcome, row.answer, row.lessons = outcome, words, lessons
    return await _changed(unit, row)


async def escalate(unit: UnitOfWork, complaint_id: UUID, expected: int, why: str, on: date | None) -> Complaint:
    """They are not content: stage two begins, with a clock of its own."""
    row = await _at(unit, complaint_id, expected, "escalate")
    day = on or clock.today()
    if row.answered_on is not None and not row.answered_on <= day <= clock.today():
        raise invalid("/received_on", "Between the answer and today.", "escalated-since-answered")
    ended = {
        "stage": row.stage,
        "received_on": row.received_on.isoformat(),
        "acknowledged_on": row.acknowledged_on.isoformat() if row.acknowledged_on else None,
        "answered_on": row.answered_on.isoformat() if row.answered_on else None,
        "answered_by": row.answered_by,
        "extended": row.extended,
        "outcome": row.outcome,
        "answer": row.answer,
        "why_not_content": why,
    }
    row.stages = [*row.stages, ended]
    row.stage, row.state, row.received_on = 2, State.RECEIVED, day
    row.acknowledged_on = row.answered_on = row.answered_by = row.outcome = row.answer = None
    row.extended, row.extension_reason, row.overdue = False, None, False
    return await _changed(unit, row)


async def close(unit: UnitOfWork, complaint_id: UUID, expected: int) -> Complaint:
    """Nothing more to do."""
    row = await _at(unit, complaint_id, expected, "close")
    row.state = State.CLOSED
    return await _changed(unit, row)


async def withdraw(unit: UnitOfWork, complaint_id: UUID, expected: int, reason: str) -> Complaint:
    """They take it back."""
    row = await _at(unit, complaint_id, expected, "withdraw")
    row.state, row.answer = State.WITHDRAWN, reason
    return await _changed(unit, row)


async def ring(unit: UnitOfWork, complaint_id: UUID) -> None:
    """The last day for what was due is over."""
    query = select(Complaint).where(Complaint.id == complaint_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None or row.overdue or State(row.state) in _SETTLED or row.due_on is None or clock.today() <= row.due_on:
        return
    row.overdue = True
    await _changed(unit, row)


async def _at(unit: UnitOfWork, complaint_id: UUID, expected: int, step: str) -> Complaint:
    row = await rows.load(unit, complaint_id, expected)
    domain.check_step(Kind(row.kind), row.stage, State(row.state), step, extended=row.extended)
    return row


async def _changed(unit: UnitOfWork, row: Complaint) -> Complaint:
    return await _announce(unit, row, "casefile.complaint.changed")


async def _announce(unit: UnitOfWork, row: Complaint, type_: str) -> Complaint:
    row.version += 1
    row.changed_at = clock.business_now()
    row.due_on = None if State(row.state) in _SETTLED else row.dates().due_on
    if row.due_on is None:
        await timers.cancel(unit, DUE, row.id)
    else:
        row.overdue = row.overdue and clock.today() > row.due_on
        await timers.set_alarm(unit, DUE, row.id, _after(row.due_on))
    await unit.session.flush()
    state = ComplaintState.model_validate(
        {
            "complaint_id": row.id,
            "kind": row.kind,
            "stage": row.stage,
            "state": row.state,
            "theme": row.theme,
            "received_on": row.received_on,
            "acknowledged_on": row.acknowledged_on,
            "answer_due_on": row.dates().answer_by,
            "answered_on": row.answered_on,
            "outcome": row.outcome,
            "overdue": row.overdue,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"complaint/{row.id}", [row.person_id] if row.person_id else [])
    return row


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LONDON)
