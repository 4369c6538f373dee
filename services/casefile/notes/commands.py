"""Writes of notes: finish, correct, strike, pin, say who may read. What is misfiled: `moving.py`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store import drafts
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_household
from services.casefile.notes import domain, rows
from services.casefile.notes.domain import DRAFT, Actor, Readers, State, Wording
from services.casefile.notes.models import Note, NoteReading, NoteWording
from services.casefile.notes.shapes import Correction, FinishedDraft, NewNote, NoteView, Reading
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Household, Membership
from services.casefile.people.visibility import shown_of


async def finish(unit: UnitOfWork, new: NewNote) -> Note:
    """Make a note of what was typed, and throw its draft away in the same moment.

    The same draft finished again is the note it became; with other words `Conflict` names it, and the draft stays.
    `Stale` when more was typed in another window. `NotFound` when the file may not be known of (any more): the draft
    stays then too.
    """
    await check_household(unit, new.household_id)
    people = await check_people(unit, new.household_id, new.person_ids)
    readers = new.readers.named() if new.readers else Readers()
    domain.check_kind(new.kind, actor_of(unit))
    domain.check_readers(new.part, readers)
    now = clock.business_now()
    values: dict[str, Any] = {
        **_nothing_happened(now),
        "id": new_id(),
        "household_id": new.household_id,
        "kind": new.kind,
        "part": new.part,
        "words": new.words,
        "occurred_at": domain.took_place(new.occurred_at, now),
        "reader_workers": sorted(readers.workers),
        "reader_roles": sorted(readers.roles),
        "draft_key": new.draft.key if new.draft else None,
        "recorded_by": unit.cause.actor,
    }
    # Two who finish one draft at once: the second waits here for the first, and finds its note.
    made = await unit.session.execute(insert(Note).values(values).on_conflict_do_nothing().returning(Note.id))
    id_ = made.scalar_one_or_none()
    if id_ is None:
        return await _finished_before(unit, new, people)
    await rows.say_about(unit, id_, people)
    await _send(unit, new.draft)
    row = await unit.session.get_one(Note, id_)
    await _on_record(unit, row)
    return row


async def _finished_before(unit: UnitOfWork, new: NewNote, people: frozenset[UUID]) -> Note:
    key = new.draft.key if new.draft else None
    query = select(Note).where(Note.recorded_by == unit.cause.actor, Note.draft_key == key)
    row = (await unit.session.scalars(query)).one()
    note = await rows.as_rules_see_it(unit, row)
    said = [(each.words, each.kind, each.about) for each in (note.wording, *note.earlier) if each is not None]
    if row.household_id != new.household_id or (new.words, new.kind, people) not in said:
        raise Conflict("This draft became a note already, with other words: correct that one", note_id=str(row.id))
    await _send(unit, new.draft)
    await _on_record(unit, row)
    return row


async def _send(unit: UnitOfWork, draft: FinishedDraft | None) -> None:
    if draft is not None:
        await drafts.discard(unit, DRAFT, draft.key, draft.version)


async def correct(unit: UnitOfWork, note_id: UUID, expected: int, body: Correction) -> Note:
    """Other words, kind, time or people; what stood before goes into the trace."""
    row = await load(unit, note_id, expected)
    before = await rows.as_rules_see_it(unit, row)
    domain.check(before, domain.Step.CORRECT)
    standing = before.wording
    assert standing is not None
    said = body.model_fields_set
    people = standing.about
    if body.person_ids is not None and "person_ids" in said:
        people = await check_people(unit, row.household_id, body.person_ids)
    when = domain.took_place(body.occurred_at, clock.business_now()) if body.occurred_at else standing.occurred_at
    kind = body.kind or standing.kind
    if kind is not standing.kind:
        domain.check_kind(kind, actor_of(unit))
    words = body.words if body.words is not None else standing.words
    after = domain.correct(before, actor_of(unit), Wording(words, kind, when, people))
    now = clock.business_now()
    unit.session.add(
        NoteWording(
            note_id=row.id,
            number=len(after.earlier),
            kind=standing.kind,
            words=standing.words,
            occurred_at=standing.occurred_at,
            person_ids=sorted(standing.about),
            worded_at=row.worded_at,
            replaced_by=unit.cause.actor,
            replaced_at=now,
            reason=body.reason,
        )
    )
    row.words, row.kind, row.occurred_at, row.worded_at = words, kind, when, now
    if people != standing.about:
        await rows.say_about(unit, row.id, people)
    await _send(unit, body.draft)
    return await _changed(unit, row)


async def strike(unit: UnitOfWork, note_id: UUID, expected: int, reason: str) -> Note:
    """It does not hold any more; whoever may read it sees that, by whom and why."""
    row = await load(unit, note_id, expected)
    after = domain.strike(await rows.as_rules_see_it(unit, row), actor_of(unit))
    row.state, row.pinned, row.pinned_by = after.state, after.pinned, None
    row.struck_by, row.struck_at, row.strike_reason = unit.cause.actor, clock.business_now(), reason
    return await _changed(unit, row)


async def pin(unit: UnitOfWork, note_id: UUID, expected: int) -> Note:
    """It stays on top of the household's notes."""
    row = await load(unit, note_id, expected)
    # The household's row puts two pins in order: they count each other.
    await unit.session.get(Household, row.household_id, with_for_update=True)
    # Of those the caller may know of, or the count would tell of the others.
    mine = (Note.household_id == row.household_id, Note.pinned, await rows.visible_to(unit))
    others = (await unit.session.scalars(select(func.count()).select_from(Note).where(*mine))).one()
    row.pinned = domain.pin(await rows.as_rules_see_it(unit, row), others).pinned
    row.pinned_by = unit.cause.actor
    return await _changed(unit, row)


async def unpin(unit: UnitOfWork, note_id: UUID, expected: int) -> Note:
    """It goes back to its place."""
    row = await load(unit, note_id, expected)
    row.pinned = domain.unpin(await rows.as_rules_see_it(unit, row)).pinned
    row.pinned_by = None
    return await _changed(unit, row)


async def say_who_reads(unit: UnitOfWork, note_id: UUID, expected: int, body: Reading) -> Note:
    """Who may read it from now on; who might before stays in the trace."""
    row = await load(unit, note_id, expected)
    domain.check(await rows.as_rules_see_it(unit, row), domain.Step.SAY_WHO_READS)
    readers = body.readers.named() if body.readers else Readers()
    domain.check_readers(body.part, readers)
    before = (await unit.session.scalars(select(func.count()).where(NoteReading.note_id == row.id))).one()
    unit.session.add(
        NoteReading(
            note_id=row.id,
            number=before + 1,
            part=row.part,
            reader_workers=row.reader_workers,
            reader_roles=row.reader_roles,
            changed_by=unit.cause.actor,
            changed_at=clock.business_now(),
            reason=body.reason,
        )
    )
    row.part = body.part
    row.reader_workers, row.reader_roles = sorted(readers.workers), sorted(readers.roles)
    return await _changed(unit, row)


# The parts ------------------------------------------------------------------------------------------------


def actor_of(unit: UnitOfWork) -> Actor:
    """Who acts now."""
    return Actor(unit.cause.actor, frozenset(unit.cause.roles))


async def check_household(unit: UnitOfWork, household_id: UUID) -> None:
    """Whoever may know of a household may leave a note on its file, though they may not read what stands there."""
    front = await about_household(unit, Household.id, Part.FRONT)
    if await unit.session.scalar(select(Household.id).where(Household.id == household_id, front)) is None:
        raise NotFound("We know of no such household")


async def check_people(unit: UnitOfWork, household_id: UUID, person_ids: Iterable[UUID]) -> frozenset[UUID]:
    """These are, or were, of that household; one who may not be shown is as unknown as a stranger."""
    people = frozenset(person_ids)
    if not people:
        return people
    if people - await members_ever(unit, household_id) or people - await shown_of(unit, people):
        raise invalid("/person_ids", "Somebody here does not belong to this household.", "of-the-household")
    return people


async def load(unit: UnitOfWork, note_id: UUID, expected: int) -> Note:
    """The row, locked; `Stale` with both versions when someone was first."""
    row = await rows.load(unit, note_id, for_change=True)
    if row.version != expected:
        check_version(row.version, expected, (await view(unit, row)).model_dump(mode="json"))
    return row


async def view(unit: UnitOfWork, row: Note) -> NoteView:
    """The note as it stands now, for the answer to a write."""
    people = await rows.about(unit, [row.id])
    return NoteView.of(row, people[row.id], len(await rows.wordings(unit, row.id)))


def _nothing_happened(now: datetime) -> dict[str, Any]:
    return {
        "version": 1,
        "state": State.STANDING,
        "pinned": False,
        "digests": [],
        "recorded_at": now,
        "worded_at": now,
        "changed_at": now,
    }


async def _changed(unit: UnitOfWork, row: Note) -> Note:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await unit.session.flush()
    await _on_record(unit, row)
    return row


async def _on_record(unit: UnitOfWork, row: Note) -> None:
    await rows.put_on_record(unit, [row], await rows.about(unit, [row.id]))


async def members_ever(unit: UnitOfWork, household_id: UUID) -> frozenset[UUID]:
    """Everybody who ever belonged to a household, under each of their ids."""
    people = await unit.session.scalars(select(Membership.person_id).where(Membership.household_id == household_id))
    return await all_ids(unit.session, people.all())
