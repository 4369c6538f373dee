"""Writes of equality data: what the person says now counts, and what they take back is gone."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.store.unit import UnitOfWork
from services.casefile.equality import domain
from services.casefile.equality.domain import GivenBy
from services.casefile.equality.models import EqualityAnswer
from services.casefile.people import commands as people


async def keep(unit: UnitOfWork, person_id: UUID, answers: Mapping[str, str | None], given_by: GivenBy) -> None:
    """Write down what they said. Announced to nobody."""
    domain.check(answers)
    person = await people.load(unit, person_id)
    people.check_stands(person)
    taken_back = [question for question, answer in answers.items() if answer is None]
    if taken_back:
        await unit.session.execute(
            delete(EqualityAnswer).where(EqualityAnswer.person_id == person_id, EqualityAnswer.question.in_(taken_back))
        )
    rows = [
        {
            "person_id": person_id,
            "question": question,
            "answer": answer,
            "given_by": given_by.value,
            "given_at": clock.business_now(),
            "written_down_by": unit.cause.actor,
        }
        for question, answer in answers.items()
        if answer is not None
    ]
    if rows:
        statement = insert(EqualityAnswer).values(rows)
        kept = {name: statement.excluded[name] for name in ("answer", "given_by", "given_at", "written_down_by")}
        await unit.session.execute(statement.on_conflict_do_update(index_elements=["person_id", "question"], set_=kept))
    unit.accessed(f"equality/{person_id}", [person_id])
