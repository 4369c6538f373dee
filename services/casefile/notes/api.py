"""The HTTP door of notes. Words as they are typed are kept by the drafts' door, under the kind `note`."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.notes import commands, moving, queries
from services.casefile.notes.domain import Kind
from services.casefile.notes.models import Note
from services.casefile.notes.queries import Filters, ReadingView
from services.casefile.notes.shapes import (
    Correction,
    Misfiled,
    Move,
    NewNote,
    NotePart,
    NoteView,
    Reading,
    Strike,
    Unfinished,
    UnfinishedCount,
    WordingView,
)

router = APIRouter(route_class=UnitRoute, tags=["notes"])

_CHANGES = (400, 404, 409, 412, 428)


async def _answer(unit: Unit, response: Response, row: Note) -> NoteView:
    set_etag(response, row.version)
    return await commands.view(unit, row)


@router.post("/notes", status_code=201, **may("casefile.note.write", keyed=True, refusals=(404, 412)))
async def finish_note(unit: Unit, response: Response, body: NewNote) -> NoteView:
    """Finish a note. With its draft's key it becomes one note, however often it is sent; 404 and 412 lose nothing."""
    row = await commands.finish(unit, body)
    response.headers["Location"] = f"/v1/casefile/notes/{row.id}"
    return await _answer(unit, response, row)


@router.get("/notes", **may("casefile.note.read", refusals=(404,)))
async def list_notes(
    unit: Unit,
    paging: Paging,
    household_id: UUID,
    person_id: UUID | None = None,
    kind: Kind | None = None,
    part: NotePart | None = None,
) -> Page[NoteView]:
    """A household's notes, pinned ones first, then the latest."""
    filters = Filters(person_id, kind, part)
    found = await queries.of_household(unit, household_id, filters, paging.place, paging.limit)
    return paging.page(found, queries.place_of)


@router.get("/notes/unfinished", **may("casefile.note.write"))
async def list_unfinished_notes(unit: Unit, paging: Paging) -> Page[Unfinished]:
    """Your notes that are begun and not finished, the last typed first."""
    found = await queries.unfinished(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.updated_at.isoformat(), each.key])


@router.get("/notes/unfinished/counts", **may("casefile.note.supervise"))
async def count_unfinished_notes(unit: Unit, paging: Paging) -> Page[UnfinishedCount]:
    """How many each worker has, and since when: nobody's words."""
    found = await queries.unfinished_counts(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.worker])


@router.get("/notes/{note_id}", **may("casefile.note.read", refusals=(404,)))
async def read_note(unit: Unit, response: Response, note_id: UUID) -> NoteView:
    """One note, or the blank that a misfiled one left."""
    shown = await queries.note(unit, note_id)
    set_etag(response, shown.version)
    return shown


@router.get("/notes/{note_id}/earlier", **may("casefile.note.read", refusals=(404,)))
async def list_earlier_wordings(unit: Unit, paging: Paging, note_id: UUID) -> Page[WordingView]:
    """What it said before it was corrected, the last wording first."""
    found = await queries.earlier(unit, note_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.number])


@router.get("/notes/{note_id}/readings", **may("casefile.note.read", refusals=(404,)))
async def list_earlier_readings(unit: Unit, paging: Paging, note_id: UUID) -> Page[ReadingView]:
    """Who might read it before that was changed, the last change first."""
    found = await queries.readings(unit, note_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.number])


@router.post("/notes/{note_id}/corrections", **may("casefile.note.change", refusals=_CHANGES))
async def correct_note(unit: Unit, response: Response, note_id: UUID, expected: Expected, body: Correction) -> NoteView:
    """Correct your own note; the earlier words stay readable."""
    return await _answer(unit, response, await commands.correct(unit, note_id, expected, body))


@router.post("/notes/{note_id}/strike", **may("casefile.note.change", refusals=_CHANGES))
async def strike_note(unit: Unit, response: Response, note_id: UUID, expected: Expected, body: Strike) -> NoteView:
    """Strike it through: it does not hold, and stays legible."""
    return await _answer(unit, response, await commands.strike(unit, note_id, expected, body.reason))


@router.post("/notes/{note_id}/pin", **may("casefile.note.change", refusals=_CHANGES))
async def pin_note(unit: Unit, response: Response, note_id: UUID, expected: Expected) -> NoteView:
    """Keep it on top of the household's notes."""
    return await _answer(unit, response, await commands.pin(unit, note_id, expected))


@router.post("/notes/{note_id}/unpin", **may("casefile.note.change", refusals=_CHANGES))
async def unpin_note(unit: Unit, response: Response, note_id: UUID, expected: Expected) -> NoteView:
    """Let it go back to its place."""
    return await _answer(unit, response, await commands.unpin(unit, note_id, expected))


@router.put("/notes/{note_id}/reading", **may("casefile.note.change", refusals=_CHANGES))
async def say_who_reads_note(
    unit: Unit, response: Response, note_id: UUID, expected: Expected, body: Reading
) -> NoteView:
    """Restrict it to those named, put it into a compartment, or open it again."""
    return await _answer(unit, response, await commands.say_who_reads(unit, note_id, expected, body))


@router.post(
    "/notes/{note_id}/misfiled",
    status_code=201,
    **may("casefile.note.move", keyed=True, refusals=(404, 412, 428)),
)
async def move_misfiled_note(unit: Unit, response: Response, note_id: UUID, expected: Expected, body: Move) -> Misfiled:
    """It is on the wrong file: move it to the right one, blank it here, and tell information governance."""
    breach = await moving.move(unit, note_id, expected, body)
    row = await unit.session.get_one(Note, note_id)
    response.headers["Location"] = f"/v1/casefile/notes/{breach.moved_to_note_id}"
    set_etag(response, row.version)
    blank = await commands.view(unit, row)
    return Misfiled(note=blank, moved_to=breach.moved_to_note_id, breach_id=breach.id, decide_by=breach.decide_by)
