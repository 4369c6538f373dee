"""Reads of letters. Whoever may not see inside the file knows of none of its letters."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import ColumnElement, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.papers.letters.domain import State, allowed_from
from services.casefile.papers.letters.models import Letter
from services.casefile.people.aliases import all_ids
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


async def view(unit: UnitOfWork, letter_id: UUID) -> LetterView:
    """One letter, put on record as read."""
    row = await load(unit, letter_id)
    unit.accessed(f"letter/{row.id}", [row.person_id])
    return shown(row)


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[LetterView]:
    """Letters to somebody, under whichever of their ids, the newest first."""
    query = select(Letter).where(Letter.person_id.in_(await all_ids(unit.session, [person_id])), await visible_to(unit))
    if after is not None:
        place = tuple_(Letter.written_at, Letter.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    rows = (await unit.session.scalars(query.order_by(Letter.written_at.desc(), Letter.id.desc()).limit(limit))).all()
    unit.accessed("letters", [person_id])
    return [shown(row) for row in rows]


def shown(row: Letter) -> LetterView:
    """The letter as its readers see it."""
    columns = {name: getattr(row, name) for name in LetterView.model_fields if name != "allowed"}
    return LetterView.model_validate({**columns, "allowed": allowed_from(State(row.state))})


def place_of(letter: LetterView) -> list[Any]:
    """Where it stands in the list."""
    return [letter.written_at.isoformat(), str(letter.id)]
