"""Writing a note: kept as it is typed, found again after whatever happened, finished once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final
from uuid import uuid4

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from kit import clock
from kit.clock import LONDON
from staff import drafts
from staff.client import Refused, an_id
from staff.drafts import Kept
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.household.frame import frame
from staff.pages.household.notes import KINDS, PARTS

router = APIRouter()
_PATH: Final = "/v1/casefile/notes"
_NAMES: Final = {
    "/words": "words",
    "/kind": "kind",
    "/occurred_at": "when-day",
    "/person_ids": "about",
    "/part": "part",
}


@router.get("/households/{household_id}/notes/new")
async def new(page: SignedIn, household_id: str) -> Response:
    """A note of its own address, so that it can be come back to."""
    return RedirectResponse(f"/households/{an_id(household_id)}/notes/{uuid4()}", 303)


@router.get("/households/{household_id}/notes/{key}")
async def write(page: SignedIn, household_id: str, key: str) -> Response:
    """The note as it was left, or an empty one."""
    kept = await drafts.load(page, "casefile", "note", an_id(key))
    return await _page(page, household_id, key, drafts.form_of(kept, kind="case_note", part="inside"), kept)


@router.post("/households/{household_id}/notes/{key}")
async def send(page: SignedIn, household_id: str, key: str) -> Response:
    """Finishes it, keeps it for later, or throws it away."""
    form, id_ = await page.form(), an_id(key)
    action = form.text("action")
    if action == "discard":
        await drafts.discard(page, "casefile", "note", id_)
        return page.to(f"/households/{an_id(household_id)}/notes", said="The note was thrown away")
    if action in ("keep", "mine", "both"):
        return await _keep(page, household_id, id_, form)
    return await _finish(page, household_id, id_, form)


async def _keep(page: Page, household_id: str, key: str, form: Form) -> Response:
    body = {**drafts.body_of(form), "household_id": an_id(household_id)}
    try:
        kept = await drafts.keep(page, "casefile", "note", key, body, form.version)
    except drafts.ChangedElsewhere as changed:
        return await _page(page, household_id, key, form, changed.theirs, theirs=changed.theirs)
    except drafts.Gone:
        return await _gone(page, household_id, form)
    if form.text("action") == "keep":
        return page.to("/my-work", said="The note is kept for later", text="It is under “Begun and not finished”.")
    return await _page(page, household_id, key, drafts.form_of(kept), kept)


async def _finish(page: Page, household_id: str, key: str, form: Form) -> Response:
    words = form.required("words", "Enter the note")
    body: dict[str, Any] = {
        "household_id": an_id(household_id),
        "words": words,
        "kind": form.text("kind") if form.text("kind") in KINDS else "case_note",
        "part": form.text("part") if form.text("part") in PARTS else "inside",
        "person_ids": form.many("about"),
        "draft": {"key": key, "version": _number(form.version)},
    }
    when = form.date("when", "The date it happened")
    if when is not None:
        moment = _at(form)
        if moment is None:
            form.wrong("when-time", "The time must be like 2:30pm or 14:30")
        else:
            body["occurred_at"] = datetime.combine(when, moment, LONDON).isoformat()
    kept = Kept(version=form.version or "")
    if not form.errors:
        try:
            wrote = await page.post(_PATH, body, key=f"note-{key}")
            address = f"/households/{an_id(household_id)}/notes#note-{wrote['id']}"
            return page.to(address, said="The note is on the file", wrote=wrote, path=_PATH)
        except Refused as refused:
            if refused.status == 412:
                theirs = await drafts.load(page, "casefile", "note", key)
                return await _page(page, household_id, key, form, theirs, theirs=theirs)
            if refused.status == 409 and refused.extra.get("note_id"):
                return await _gone(page, household_id, form)
            form.refused(refused, _NAMES)
    return await _page(page, household_id, key, form, kept)


async def _gone(page: Page, household_id: str, form: Form) -> Response:
    """It was finished or thrown away from another window: the words go on as another note."""
    form.wrong("", "This note was finished or thrown away in another window. Your words are below, as a new note.")
    return await _page(page, household_id, str(uuid4()), form, Kept())


async def _page(
    page: Page, household_id: str, key: str, form: Form, kept: Kept, *, theirs: Kept | None = None
) -> Response:
    names, (made, _) = await asyncio.gather(page.names(), frame(page, household_id, "notes"))
    return page.render(
        "household/note_conflict.html" if theirs is not None else "household/note_write.html",
        form,
        status=409 if theirs is not None else None,
        names=names,
        frame=made,
        key=key,
        kept=kept,
        theirs=theirs,
        kinds=KINDS,
        parts=PARTS,
        today=clock.today(),
    )


def _number(etag: str | None) -> int | None:
    text = (etag or "").strip('W/"')
    return int(text) if text.isdecimal() else None


def _at(form: Form) -> time | None:
    """The time of day; left out: midday, which says no more than the day."""
    text = form.text("when-time").lower().replace(" ", "").replace(".", ":")
    if not text:
        return time(12)
    shapes: Mapping[str, str] = {"pm": "%I:%M%p" if ":" in text else "%I%p", "am": "%I:%M%p" if ":" in text else "%I%p"}
    try:
        return datetime.strptime(text, shapes.get(text[-2:], "%H:%M")).time()  # noqa: DTZ007 - a time of day alone
    except ValueError:
        return None
