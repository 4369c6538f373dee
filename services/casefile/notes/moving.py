"""A misfiled note: one action takes it to the file it belongs to, blanks it here, and opens a breach record."""

import os
from uuid import UUID

from sqlalchemy import update

from kit import clock
from kit.errors import invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.casefile.notes import breach_domain, commands, domain, rows
from services.casefile.notes.models import DataBreach, Note, NoteReading, NoteWording
from services.casefile.notes.shapes import Move

UNDECIDED = "casefile.data_breach.undecided"
_SALT_BYTES = 16


async def move(unit: UnitOfWork, note_id: UUID, expected: int, body: Move) -> DataBreach:
    """All of it or nothing: the words are on one file at any moment, and never on none.

    Whoever read it on the wrong file is found by the record of access (`breach_queries.readers`), under the old id,
    which stays with the blank: an old address never leads to the right file.
    """
    row = await commands.load(unit, note_id, expected)
    if body.household_id == row.household_id:
        raise invalid("/household_id", "It is on this file: correct whom it is about.", "another-file")
    await commands.check_household(unit, body.household_id)
    people = await commands.check_people(unit, body.household_id, body.person_ids)
    salt, now = os.urandom(_SALT_BYTES), clock.business_now()
    blank, there = domain.move(await rows.as_rules_see_it(unit, row), salt, people)
    moved = await _put_there(unit, row, there, body.household_id)
    # Read here once more by who takes it away: that is on record before it is blank.
    await rows.put_on_record(unit, [row], await rows.about(unit, [row.id]))
    await _blank(unit, row, blank)
    breach = DataBreach(
        id=new_id(),
        version=1,
        kind="misfiled_note",
        state=breach_domain.State.OPEN,
        note_id=row.id,
        moved_to_note_id=moved.id,
        wrong_household_id=row.household_id,
        right_household_id=moved.household_id,
        how=body.reason,
        salt=salt,
        there_from=row.recorded_at if row.moved_here_at is None else row.moved_here_at,
        found_by=unit.cause.actor,
        found_at=now,
        decide_by=breach_domain.decide_by(now),
        decisions=[],
    )
    unit.session.add(breach)
    await unit.session.flush()
    await timers.set_alarm(unit, UNDECIDED, breach.id, breach.decide_by)
    await rows.put_on_record(unit, [moved], await rows.about(unit, [moved.id]))
    return breach


async def _put_there(unit: UnitOfWork, row: Note, note: domain.Note, household_id: UUID) -> Note:
    assert note.wording is not None
    now = clock.business_now()
    kept = ("kind", "part", "words", "occurred_at", "state", "reader_workers", "reader_roles", "recorded_by")
    struck = ("recorded_at", "worded_at", "struck_by", "struck_at", "strike_reason")
    moved = Note(
        **{name: getattr(row, name) for name in (*kept, *struck)},
        id=new_id(),
        version=1,
        household_id=household_id,
        pinned=False,
        digests=[],
        changed_at=now,
        moved_here_at=now,
    )
    unit.session.add(moved)
    await unit.session.flush()
    await rows.say_about(unit, moved.id, note.wording.about)
    for wording in await rows.wordings(unit, row.id):
        columns = {each.name: getattr(wording, each.name) for each in NoteWording.__table__.columns}
        unit.session.add(NoteWording(**{**columns, "note_id": moved.id, "person_ids": sorted(note.wording.about)}))
        await unit.session.delete(wording)
    await unit.session.execute(update(NoteReading).where(NoteReading.note_id == row.id).values(note_id=moved.id))
    return moved


async def _blank(unit: UnitOfWork, row: Note, blank: domain.Note) -> None:
    now = clock.business_now()
    row.state, row.words, row.digests, row.pinned = blank.state, None, list(blank.digests), False
    # What it was of, when that was and why it was struck told of other people too.
    row.kind, row.occurred_at, row.worded_at, row.pinned_by = domain.Kind.CASE_NOTE, row.recorded_at, now, None
    row.struck_by = row.struck_at = row.strike_reason = None
    row.taken_away_by, row.taken_away_at = unit.cause.actor, now
    row.version, row.changed_at = row.version + 1, now
    await unit.session.flush()
