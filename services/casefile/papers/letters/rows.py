"""How a letter is loaded, whose it may be, and how it is shown."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.papers.letters.domain import State, allowed_from
from services.casefile.papers.letters.models import Letter
from services.casefile.people.models import Person


class LetterView(BaseModel):
    """A letter as it was written. Where it goes is looked up when it is printed."""

    id: UUID
    version: int
    person_id: UUID
    template: str
    title: str
    paragraphs: list[str]
    how: str
    state: str
    written_by: str
    written_at: UtcDatetime
    sent_on: date | None
    allowed: list[str]


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """Letters are inside the file of whom they are written to."""
    return await about_person(unit, Letter.person_id, Part.INSIDE)


async def check_person(unit: UnitOfWork, person_id: UUID) -> None:
    """`NotFound` unless the caller may see inside this person's file."""
    inside = await about_person(unit, Person.id, Part.INSIDE)
    if await unit.session.scalar(select(Person.id).where(Person.id == person_id, inside)) is None:
        raise NotFound("We know of no such person")


async def load(unit: UnitOfWork, letter_id: UUID, *, for_change: bool = False) -> Letter:
    """The row, locked if it is to change; `NotFound`."""
    query = select(Letter).where(Letter.id == letter_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update(of=Letter)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such letter")
    return row


def shown(row: Letter) -> LetterView:
    """The letter as its readers see it."""
    columns = {name: getattr(row, name) for name in LetterView.model_fields if name != "allowed"}
    return LetterView.model_validate({**columns, "allowed": allowed_from(State(row.state))})
