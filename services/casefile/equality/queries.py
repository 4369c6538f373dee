"""Reads of equality data: which questions are answered, answers to count with, and the person's own copy."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Uuid

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.equality import domain
from services.casefile.equality.models import EqualityAnswer
from services.casefile.people.aliases import all_ids
from services.casefile.people.visibility import shown_of


class AskedView(BaseModel):
    """A question, and when it was answered: so that nobody asks again. What was answered is not shown."""

    question: str
    answered_at: UtcDatetime | None


class EqualityView(BaseModel):
    """Which questions this person has answered."""

    person_id: UUID
    questions: list[AskedView] = Field(description="Never the answers: those are only counted")


class OwnAnswer(BaseModel):
    """For the person's own copy (UK GDPR Article 15)."""

    question: str
    answer: str
    given_by: str
    given_at: datetime


async def asked(unit: UnitOfWork, person_id: UUID) -> EqualityView:
    """Which questions are answered already; `NotFound` as for a stranger."""
    if not await shown_of(unit, [person_id]):
        raise NotFound("We know of no such person")
    ids = await all_ids(unit.session, [person_id])
    query = select(EqualityAnswer.question, EqualityAnswer.given_at).where(EqualityAnswer.person_id.in_(ids))
    when: dict[str, datetime] = {}
    for question, given_at in (await unit.session.execute(query)).all():
        when[question] = max(given_at, when.get(question, given_at))
    unit.accessed(f"equality/{person_id}", [person_id])
    shown = [AskedView(question=each, answered_at=when.get(each)) for each in domain.QUESTIONS]
    return EqualityView(person_id=person_id, questions=shown)


async def for_counting(
    unit: UnitOfWork, people: Collection[UUID], questions: Collection[str]
) -> dict[tuple[UUID, str], str]:
    """Answers to count with, by person and question; for `outcomes.measures` alone. No answer: not in it."""
    here = EqualityAnswer.person_id == any_(literal(sorted(people), ARRAY(Uuid)))
    query = select(EqualityAnswer).where(here, EqualityAnswer.question.in_(list(questions)))
    return {(row.person_id, row.question): row.answer for row in await unit.session.scalars(query)}


async def of_their_own(unit: UnitOfWork, people: Collection[UUID]) -> list[OwnAnswer]:
    """What the person said, for the copy of their data that they asked for; for `rights` alone."""
    query = select(EqualityAnswer).where(EqualityAnswer.person_id.in_(people)).order_by(EqualityAnswer.question)
    return [OwnAnswer.model_validate(row, from_attributes=True) for row in await unit.session.scalars(query)]
