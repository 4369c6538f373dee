"""A household's notes: read, pinned, corrected with a reason; the earlier words stay readable."""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff import drafts
from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.household.frame import frame

router = APIRouter()
KINDS: Final = {
    "case_note": "Note",
    "visit": "Visit",
    "call": "Phone call",
    "meeting": "Meeting",
    "message": "Message",
    "professionals_meeting": "Meeting of professionals",
    "observation": "Observation",
    "supervision": "Supervision",
}
PARTS: Final = {
    "inside": "Everyone who works with the household",
    "restricted": "Only me and people I name later",
    "abuse": "Domestic abuse specialists",
    "safeguarding": "The safeguarding team",
    "drugs_and_alcohol": "Drug and alcohol recovery",
    "immigration": "Immigration advice",
    "crime": "Community safety",
}
_CORRECTION: Final = "note-correction"


@router.get("/households/{household_id}/notes")
async def notes(page: SignedIn, household_id: str) -> Response:
    """Pinned ones first, then the latest."""
    id_ = an_id(household_id)
    kind = page.asked("kind") if page.asked("kind") in KINDS else None
    asked = page.get(
        "/v1/casefile/notes", {"household_id": id_, "kind": kind, "limit": 20, "after": page.asked("after")}
    )
    names, (made, found) = await asyncio.gather(page.names(), frame(page, id_, "notes", notes=asked))
    here = f"{made.address}/notes"
    return page.render(
        "household/notes.html",
        names=names,
        frame=made,
        notes=found["notes"],
        kinds=KINDS,
        parts=PARTS,
        kind=kind,
        tags=[{"text": KINDS[kind], "href": here}] if kind else [],
        here=here,
        **page.turning(here, {"kind": kind}, found["notes"].next),
    )


@router.post("/households/{household_id}/notes/{note_id}/pin")
async def pin(page: SignedIn, household_id: str, note_id: str) -> Response:
    """Puts a note on top, or back among the others."""
    form = await page.form()
    act = "unpin" if form.text("act") == "unpin" else "pin"
    path = f"/v1/casefile/notes/{an_id(note_id)}/{act}"
    wrote = await page.post(path, {}, if_match=form.version)
    said = "Pinned" if act == "pin" else "No longer pinned"
    return page.to(f"/households/{an_id(household_id)}/notes", said=said, wrote=wrote, path=path)


@router.get("/households/{household_id}/notes/{note_id}/earlier")
async def earlier(page: SignedIn, household_id: str, note_id: str) -> Response:
    """Every wording that stood before."""
    id_ = an_id(note_id)
    names, (made, found) = await asyncio.gather(
        page.names(),
        frame(
            page,
            household_id,
            "notes",
            note=page.get(f"/v1/casefile/notes/{id_}"),
            earlier=page.get(f"/v1/casefile/notes/{id_}/earlier"),
        ),
    )
    return page.render("household/note_earlier.html", names=names, frame=made, kinds=KINDS, **found)


@router.get("/households/{household_id}/notes/{note_id}/correct")
async def correct_page(page: SignedIn, household_id: str, note_id: str) -> Response:
    """The note's words, to be corrected; begun before, as they were left."""
    id_ = an_id(note_id)
    kept = await drafts.load(page, "casefile", _CORRECTION, id_)
    return await _correcting(page, household_id, id_, Form(start=dict(kept.body)) if kept.version else Form(), kept)


@router.post("/households/{household_id}/notes/{note_id}/correct")
async def correct(page: SignedIn, household_id: str, note_id: str) -> Response:
    """Corrects it, unless somebody else did meanwhile: then both wordings stand side by side."""
    id_, form = an_id(note_id), await page.form()
    theirs: dict[str, Any] | None = None
    body = {
        "words": form.required("words", "Enter the note"),
        "reason": form.required("reason", "Say why you are correcting it"),
    }
    path = f"/v1/casefile/notes/{id_}/corrections"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.text("seen"))
            await drafts.discard(page, "casefile", _CORRECTION, id_)
            return page.to(
                f"/households/{an_id(household_id)}/notes#note-{id_}",
                said="The note is corrected",
                text="What it said before can still be read.",
                wrote=wrote,
                path=path,
            )
        except Refused as refused:
            if refused.status != 412:
                form.refused(refused)
            else:
                theirs = (await page.get(f"/v1/casefile/notes/{id_}")).body
    return await _correcting(page, household_id, id_, form, drafts.Kept(version=form.version or ""), theirs)


async def _correcting(
    page: Page, household_id: str, id_: str, form: Form, kept: drafts.Kept, theirs: dict[str, Any] | None = None
) -> Response:
    names, (made, found) = await asyncio.gather(
        page.names(), frame(page, household_id, "notes", note=page.get(f"/v1/casefile/notes/{id_}"))
    )
    if found["note"].refused is not None:
        raise found["note"].refused
    return page.render(
        "household/note_correct.html",
        form,
        status=409 if theirs else None,
        names=names,
        frame=made,
        note=found["note"].answer,
        kept=kept,
        theirs=theirs,
    )
