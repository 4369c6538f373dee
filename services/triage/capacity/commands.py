"""Writes of capacity questions: ask, answer, and what happens when nobody answers."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.contracts.codes import CapacityAnswer, NeedDomain, Urgency
from kit.contracts.triage.partners import CapacityState
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.triage.capacity import domain
from services.triage.capacity.models import CapacityQuestion
from services.triage.capacity.rows import load
from services.triage.organisations import queries as organisations
from services.triage.organisations.domain import AnswersBy
from services.triage.partner_mail.commands import Letter, Link, send

UNANSWERED = "triage.capacity_question.unanswered"
_LINK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Question:
    """Could you help somebody, with this kind of need, this soon, in this language, from this ward?"""

    organisation_id: UUID
    domain: NeedDomain
    urgency: Urgency
    service_id: UUID | None = None
    language: str | None = None
    ward: str | None = None


async def ask(unit: UnitOfWork, question: Question) -> CapacityQuestion:
    """Ask a partner; one who answers by link is written to."""
    organisation = await organisations.active(unit, question.organisation_id)
    now = clock.business_now()
    row = CapacityQuestion(
        id=new_id(),
        version=1,
        organisation_id=organisation.id,
        service_id=question.service_id,
        domain=question.domain,
        urgency=question.urgency,
        language=question.language,
        ward=question.ward,
        state="asked",
        asked_by=unit.cause.actor,
        asked_at=now,
        answer_by=domain.answer_by(question.urgency, now),
        changed_at=now,
    )
    unit.session.add(row)
    await timers.set_alarm(unit, UNANSWERED, row.id, row.answer_by)
    if organisation.answers_by == AnswersBy.LINK and organisation.answer_email:
        link = Link("capacity_question", row.id, now + timedelta(days=_LINK_DAYS))
        text = "Could you help somebody? We say nothing about them yet. Open the link to answer: it works once."
        send(unit, Letter(organisation.id, organisation.answer_email, "Do you have room?", text, link))
    _announce(unit, row, "triage.capacity_question.asked")
    return row


async def answer(
    unit: UnitOfWork, question_id: UUID, said: CapacityAnswer, places: int | None, wait_days: int | None
) -> CapacityQuestion:
    """The partner's answer, or what they told whoever writes it down; the first one counts, and a late one too."""
    row = await load(unit, question_id, for_change=True)
    domain.check_answer(_state(row), said, places, wait_days)
    now = clock.business_now()
    row.state, row.answer, row.places, row.wait_days = "answered", said, places, wait_days
    row.answered_by, row.answered_at = unit.cause.actor, now
    row.version, row.changed_at = row.version + 1, now
    await timers.cancel(unit, UNANSWERED, row.id)
    _announce(unit, row, "triage.capacity_question.answered")
    return row


async def give_up(unit: UnitOfWork, question_id: UUID) -> None:
    """Nobody answered in time: whoever asked looks elsewhere."""
    query = select(CapacityQuestion).where(CapacityQuestion.id == question_id).with_for_update()
    row = (await unit.session.scalars(query)).one()
    if row.state != "asked":
        return
    row.state, row.version, row.changed_at = "unanswered", row.version + 1, clock.business_now()
    _announce(unit, row, "triage.capacity_question.unanswered")


def _state(row: CapacityQuestion) -> domain.State:
    return "answered" if row.state == "answered" else "unanswered" if row.state == "unanswered" else "asked"


def _announce(unit: UnitOfWork, row: CapacityQuestion, type_: str) -> None:
    state = CapacityState(
        question_id=row.id,
        organisation_id=row.organisation_id,
        domain=NeedDomain(row.domain),
        urgency=Urgency(row.urgency),
        state=_state(row),
        answer=CapacityAnswer(row.answer) if row.answer else None,
        places=row.places,
        wait_days=row.wait_days,
        asked_at=row.asked_at,
        changed_at=row.changed_at,
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
