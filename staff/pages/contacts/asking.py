"""What is asked for while somebody sits there: an interpreter, and the everyday tasks done together or booked."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.one import load

router = APIRouter()

_INTERPRETERS = "/v1/triage/interpreters"
_TASKS = "/v1/triage/everyday-tasks"


@router.get("/contacts/{contact_id}/interpreter")
async def interpreter(page: SignedIn, contact_id: UUID) -> Response:
    """Ask for one by phone; say who is on the line; say how it went."""
    return await _interpreter(page, contact_id, None)


async def _interpreter(page: Page, contact_id: UUID, form: Form | None) -> Response:
    (contact, _), names, found = await asyncio.gather(
        load(page, contact_id),
        page.names(),
        page.parts(
            asked=page.get(_INTERPRETERS, {"contact_id": str(contact_id)}), promise=page.get(f"{_INTERPRETERS}/promise")
        ),
    )
    form = form or Form(start={"language": contact["language"] or "", "gender": "any"})
    return page.render(
        "contacts/interpreter.html", form, contact=contact, names=names, choices=choices, say=choices.say, **found
    )


@router.post("/contacts/{contact_id}/interpreter")
async def ask(page: SignedIn, contact_id: UUID) -> Response:
    """By phone within five minutes; the alarm rings if nobody comes."""
    form = await page.form()
    language = form.required("language", "Choose the language")
    if form.errors:
        return await _interpreter(page, contact_id, form)
    contact, _ = await load(page, contact_id)
    body = {
        "mode": "phone",
        "language": language,
        "dialect": form.text("dialect") or None,
        "gender": form.text("gender") or "any",
        "contact_id": str(contact_id),
        "person_id": contact["person_id"],
        "hub": contact["hub"],
    }
    try:
        wrote = await page.post(_INTERPRETERS, body, key=form.key)
    except Refused as refused:
        form.refused(refused)
        return await _interpreter(page, contact_id, form)
    return page.to(
        f"/contacts/{contact_id}/interpreter",
        said="An interpreter is asked for",
        text="By phone within five minutes. It rings with the duty manager if nobody comes.",
        wrote=wrote,
        path=_INTERPRETERS,
    )


@router.post("/contacts/{contact_id}/interpreter/{request_id}")
async def step(page: SignedIn, contact_id: UUID, request_id: UUID) -> Response:
    """They are on the line, it is over, or nobody was found."""
    form = await page.form()
    path = f"{_INTERPRETERS}/{request_id}/steps"
    does = form.text("step")
    body: dict[str, Any] = {"step": does}
    if does == "join":
        who = form.required("interpreter", "Choose who interprets")
        body |= {"interpreter": who, "asked_alone": form.has("asked_alone")}
        if who == "family_or_friend":
            body["is_adult"] = form.text("is_adult") == "yes"
        else:
            body["interpreter_code"] = form.text("interpreter_code").lower().replace(" ", "_") or None
    elif does == "end":
        body["outcome"] = form.required("outcome", "Choose how it went")
    if not form.errors:
        try:
            wrote = await page.post(path, body, if_match=form.version)
            said = {"join": "They are on the line", "end": "Recorded how it went"}.get(does, "Recorded")
            return page.to(f"/contacts/{contact_id}/interpreter", said=said, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    return await _interpreter(page, contact_id, form)


@router.get("/contacts/{contact_id}/interpreter/{part}")
@router.get("/contacts/{contact_id}/tasks/{part}")
async def whole(page: SignedIn, contact_id: UUID, part: UUID) -> Response:
    """The address of a form that was sent, opened again: the page it stands on."""
    return RedirectResponse(page.path.rpartition("/")[0], 303)


@router.get("/contacts/{contact_id}/tasks")
async def tasks(page: SignedIn, contact_id: UUID) -> Response:
    """A bill, a claim, a repair: done together, or booked with a reference and a day on which somebody asks."""
    return await _tasks(page, contact_id, Form(start={"how": "together"}))


async def _tasks(page: Page, contact_id: UUID, form: Form) -> Response:
    (contact, _), names, found = await asyncio.gather(
        load(page, contact_id), page.names(), page.parts(tasks=page.get(_TASKS, {"contact_id": str(contact_id)}))
    )
    return page.render("contacts/everyday.html", form, contact=contact, names=names, **found)


@router.post("/contacts/{contact_id}/tasks")
async def add_task(page: SignedIn, contact_id: UUID) -> Response:
    """Adds it."""
    form = await page.form()
    kind = form.required("kind", "Choose what it is")
    how = form.text("how") or "together"
    if how == "booked":
        form.required("reference", "Enter the reference the team gave you")
    chase = form.date("chase", "The day to ask again")
    path = f"/v1/triage/contacts/{contact_id}/everyday-tasks"
    if not form.errors:
        body = {
            "kind": kind,
            "how": how,
            "reference": form.text("reference") or None,
            "note": form.text("note") or None,
            "chase_on": chase.isoformat() if chase and how == "booked" else None,
            "owner": form.text("owner") or None,
        }
        try:
            wrote = await page.post(path, body, key=form.key)
            return page.to(f"/contacts/{contact_id}/tasks", said="Recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/chase_on": "chase-day"})
    return await _tasks(page, contact_id, form)


@router.post("/contacts/{contact_id}/tasks/{task_id}")
async def settle_task(page: SignedIn, contact_id: UUID, task_id: UUID) -> Response:
    """It was asked for again, done, or will not be done."""
    form = await page.form()
    does = form.text("does")
    if does == "chase":
        path, body = f"{_TASKS}/{task_id}/chases", {}
    else:
        path, body = f"{_TASKS}/{task_id}/result", {"result": does, "note": form.text("note") or None}
    try:
        wrote = await page.post(path, body, key=form.key, if_match=form.version)
    except Refused as refused:
        form.refused(refused)
        return await _tasks(page, contact_id, form)
    return page.to(f"/contacts/{contact_id}/tasks", said="Recorded", wrote=wrote, path=path)
