"""Reads of notes. Each goes on record under the note's own id, lists too: who read a misfiled one must be found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store import drafts
from kit.store.drafts import Draft
from kit.store.tables import draft
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_household
from services.casefile.notes import rows
from services.casefile.notes.domain import DRAFT, Kind
from services.casefile.notes.models import Note, NotePerson, NoteReading, NoteWording
from services.casefile.notes.shapes import NoteView, Unfinished, UnfinishedCount, WordingView
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Household

_OPENING = 120


@dataclass(frozen=True, slots=True)
class Filters:
    """Which notes of a household; None leaves a filter out."""

    person_id: UUID | None = None
    kind: Kind | None = None
    part: Part | None = None


class ReadingView(BaseModel):
    """Who might read a note until somebody changed that, and why."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    part: Part
    reader_workers: list[str]
    reader_roles: list[str]
    changed_by: str
    changed_at: UtcDatetime
    reason: str


async def note(unit: UnitOfWork, note_id: UUID) -> NoteView:
    """One note, put on record as read."""
    row = await rows.load(unit, note_id)
    return (await _shown(unit, [row]))[0]


async def of_household(
    unit: UnitOfWork, household_id: UUID, filters: Filters, after: Sequence[Any] | None, limit: int
) -> list[NoteView]:
    """A household's notes as far as the caller may read them: pinned ones first, then the latest.

    One more than `limit` where there are more; only `limit` are shown, and on record as read. `NotFound` for a
    household they may not know of; whoever knows of it and may not look inside sees none.
    """
    known = await about_household(unit, Household.id, Part.FRONT)
    if await unit.session.scalar(select(Household.id).where(Household.id == household_id, known)) is None:
        raise NotFound("We know of no such household")
    query = select(Note).where(Note.household_id == household_id, await rows.visible_to(unit))
    if filters.kind is not None:
        query = query.where(Note.kind == filters.kind)
    if filters.part is not None:
        query = query.where(Note.part == filters.part)
    if filters.person_id is not None:
        theirs = select(NotePerson.note_id).where(
            NotePerson.person_id.in_(await all_ids(unit.session, [filters.person_id]))
        )
        query = query.where(Note.id.in_(theirs))
    if after is not None:
        mark = tuple_(bool(after[0]), datetime.fromisoformat(after[1]), UUID(after[2]))
        query = query.where(tuple_(Note.pinned, Note.occurred_at, Note.id) < mark)
    ordered = query.order_by(Note.pinned.desc(), Note.occurred_at.desc(), Note.id.desc())
    found = (await unit.session.scalars(ordered.limit(limit + 1))).all()
    return await _shown(unit, found, on_record=limit)


def place_of(shown: NoteView) -> list[Any]:
    """Where a note stands in the list."""
    return [shown.pinned, shown.occurred_at.isoformat(), str(shown.id)]


async def earlier(unit: UnitOfWork, note_id: UUID, after: Sequence[Any] | None, limit: int) -> list[WordingView]:
    """What it said before, the last wording first."""
    row = await rows.load(unit, note_id)
    await rows.put_on_record(unit, [row], await rows.about(unit, [row.id]))
    query = select(NoteWording).where(NoteWording.note_id == note_id)
    if after is not None:
        query = query.where(NoteWording.number < int(after[0]))
    found = await unit.session.scalars(query.order_by(NoteWording.number.desc()).limit(limit))
    return [WordingView.model_validate(each) for each in found]


async def readings(unit: UnitOfWork, note_id: UUID, after: Sequence[Any] | None, limit: int) -> list[ReadingView]:
    """Who might read it before that was changed, the last change first."""
    row = await rows.load(unit, note_id)
    await rows.put_on_record(unit, [row], await rows.about(unit, [row.id]))
    query = select(NoteReading).where(NoteReading.note_id == note_id)
    if after is not None:
        query = query.where(NoteReading.number < int(after[0]))
    found = await unit.session.scalars(query.order_by(NoteReading.number.desc()).limit(limit))
    return [ReadingView.model_validate(each) for each in found]


async def unfinished(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[Unfinished]:
    """The caller's own unfinished notes, the last typed first: their own words, so nobody is read here."""
    place = (datetime.fromisoformat(after[0]), str(after[1])) if after is not None else None
    mine = await drafts.listed(unit, DRAFT, place, limit)
    query = select(Note.draft_key, Note.id).where(
        Note.recorded_by == unit.cause.actor, Note.draft_key.in_([each.key for each in mine])
    )
    done = {row.draft_key: row.id for row in await unit.session.execute(query)}
    return [_unfinished(each, done.get(each.key)) for each in mine]


async def unfinished_counts(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[UnfinishedCount]:
    """How many notes each worker has begun and not finished: so that none stays behind when somebody leaves."""
    query = select(draft.c.owner, func.count(), func.min(draft.c.updated_at)).where(draft.c.kind == DRAFT)
    if after is not None:
        query = query.where(draft.c.owner > str(after[0]))
    found = await unit.session.execute(query.group_by(draft.c.owner).order_by(draft.c.owner).limit(limit))
    return [UnfinishedCount(worker=owner, notes=count, oldest=oldest) for owner, count, oldest in found]


def _unfinished(mine: Draft, finished_as: UUID | None) -> Unfinished:
    # A draft is kept as it was typed, whatever that was.
    words, household = mine.body.get("words"), mine.body.get("household_id")
    return Unfinished(
        key=mine.key,
        version=mine.version,
        updated_at=mine.updated_at,
        household_id=household if isinstance(household, str) else None,
        opening=words[:_OPENING] if isinstance(words, str) else "",
        finished_as=finished_as,
    )


async def _shown(unit: UnitOfWork, found: Sequence[Note], on_record: int | None = None) -> list[NoteView]:
    ids = [row.id for row in found]
    people = await rows.about(unit, ids)
    counted = (
        select(NoteWording.note_id, func.count()).where(NoteWording.note_id.in_(ids)).group_by(NoteWording.note_id)
    )
    before = {row[0]: row[1] for row in await unit.session.execute(counted)}
    await rows.put_on_record(unit, found[:on_record], people)
    return [NoteView.of(row, people[row.id], before.get(row.id, 0)) for row in found]
