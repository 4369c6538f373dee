"""Reads of letters. Whoever may not see inside the file knows of none of its letters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.store.unit import UnitOfWork
from services.casefile.papers.letters import rows
from services.casefile.papers.letters.models import Letter
from services.casefile.papers.letters.rows import LetterView
from services.casefile.people.aliases import all_ids


async def view(unit: UnitOfWork, letter_id: UUID) -> LetterView:
    """One letter, put on record as read."""
    row = await rows.load(unit, letter_id)
    unit.accessed(f"letter/{row.id}", [row.person_id])
    return rows.shown(row)


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[LetterView]:
    """Letters to somebody, under whichever of their ids, the newest first."""
    query = select(Letter).where(
        Letter.person_id.in_(await all_ids(unit.session, [person_id])), await rows.visible_to(unit)
    )
    if after is not None:
        place = tuple_(Letter.written_at, Letter.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    found = (await unit.session.scalars(query.order_by(Letter.written_at.desc(), Letter.id.desc()).limit(limit))).all()
    unit.accessed("letters", [person_id])
    return [rows.shown(row) for row in found]


def place_of(letter: LetterView) -> list[Any]:
    """Where it stands in the list."""
    return [letter.written_at.isoformat(), str(letter.id)]
