"""A new contact: a task list with one thing a page, kept as it is typed, checked before it is sent."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import JSONResponse, RedirectResponse, Response

from kit import clock
from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices, drafting
from staff.pages.contacts.drafting import Fields, Telling
from staff.pages.contacts.steps import STEPS, check_need, contact_body
from staff.words import time_of_day

router = APIRouter()

CONTACTS = "/v1/triage/contacts"
NEED: Final = re.compile(r"need-\d{1,3}")
_KNOWN = ("triage", "casefile", "housing", "grants", "risk")
Shown = Callable[[Form, Fields | None], Awaitable[Response]]
"""Shows a step's page again: the form as typed, and what another window wrote there, if one did."""


@router.get("/contacts/new")
async def begin(page: SignedIn) -> Response:
    """A new conversation; nothing is kept before something was typed."""
    return RedirectResponse(f"/contacts/new/{uuid4()}", 303)


@router.get("/contacts/new/{key}")
async def tasks(page: SignedIn, key: UUID) -> Response:
    """What was told, what is still to be told."""
    told = await drafting.load(page, str(key))
    return page.render("contacts/tasks.html", told=told, steps=STEPS, say=choices.say, next_need=told.next_need())


@router.post("/contacts/new/{key}/thrown-away")
async def throw_away(page: SignedIn, key: UUID) -> Response:
    """The conversation was not needed after all."""
    await page.change("DELETE", drafting.path(str(key)))
    return page.to("/contacts", said="Thrown away. Nothing was recorded")


async def keep(page: Page, told: Telling, step: str, form: Form, shown: Shown) -> Response:
    """Keeps a step as it was typed, right or wrong, and goes on to the task list when it is right.

    What another window wrote there since is shown beside; sending again decides for one's own.
    """
    fields = drafting.typed(form)
    if told.changed_elsewhere(step, fields, form.version or ""):
        form.wrong("", "This was changed in another window. Both are shown: save again to keep yours")
        return await shown(form, told.fields.get(step, {}))
    told.take(step, fields, done=not form.errors)
    await drafting.save(page, told)
    return await shown(form, None) if form.errors else page.to(f"/contacts/new/{told.key}")


@router.post("/contacts/new/{key}/{step}/kept")
async def keep_typing(page: SignedIn, key: UUID, step: str) -> Response:
    """Keeps a step while it is typed, whatever is in it (static/autosave.js); 409 when another window was first."""
    page.request.state.background = True
    sent = await page.request.json()
    if not (step in STEPS or step == "known" or NEED.fullmatch(step)) or not isinstance(sent, dict):
        return Response(status_code=404)
    told = await drafting.load(page, str(key))
    fields = {str(name): value for name, value in (sent.get("fields") or {}).items() if isinstance(value, str | list)}
    if told.changed_elsewhere(step, fields, str(sent.get("version") or "")):
        return Response(status_code=409)
    told.take(step, fields, done=False)
    try:
        await drafting.save(page, told)
    except Refused as refused:
        return Response(status_code=409 if refused.status == 412 else 503)
    return JSONResponse({"version": told.stamp(step), "at": time_of_day(clock.business_now())})


@router.get("/contacts/new/{key}/known")
async def known(page: SignedIn, key: UUID) -> Response:
    """What any service was told before: confirmed here, not asked again."""
    told = await drafting.load(page, str(key))
    return await _known(page, told, told.form("known"), None)


async def _known(page: Page, told: Telling, form: Form, theirs: Fields | None) -> Response:
    if not told.person:
        return RedirectResponse(f"/contacts/new/{told.key}/who", 303)
    person = {"person_id": told.person["person_id"]}
    names, found = await asyncio.gather(
        page.names(), page.parts(**{each: page.get(f"/v1/{each}/known", person) for each in _KNOWN})
    )
    answers = [answer for part in found.values() for answer in part.items]
    silent = [each for each, part in found.items() if not part.ok and part.refused.status >= 500]
    return page.render(
        "contacts/known.html", form, told=told, step="known", answers=answers, silent=silent, names=names, theirs=theirs
    )


@router.post("/contacts/new/{key}/known")
async def confirm_known(page: SignedIn, key: UUID) -> Response:
    """Confirmed is not asked again."""
    form, told = await asyncio.gather(page.form(), drafting.load(page, str(key)))
    return await keep(page, told, "known", form, lambda typed, theirs: _known(page, told, typed, theirs))


async def _need(page: Page, told: Telling, number: int, form: Form, theirs: Fields | None) -> Response:
    return page.render(
        "contacts/need.html", form, told=told, step=f"need-{number}", number=number, choices=choices, theirs=theirs
    )


@router.get("/contacts/new/{key}/need-{number}")
async def need(page: SignedIn, key: UUID, number: int) -> Response:
    """One need."""
    told = await drafting.load(page, str(key))
    return await _need(page, told, number, told.form(f"need-{number}"), None)


@router.post("/contacts/new/{key}/need-{number}")
async def tell_need(page: SignedIn, key: UUID, number: int) -> Response:
    """Keeps it, or takes it back."""
    form, told = await asyncio.gather(page.form(), drafting.load(page, str(key)))
    step = f"need-{number}"
    if form.has("remove"):
        told.drop(step)
        await drafting.save(page, told)
        return page.to(f"/contacts/new/{key}")
    check_need(form)
    return await keep(page, told, step, form, lambda typed, theirs: _need(page, told, number, typed, theirs))


@router.get("/contacts/new/{key}/check")
async def check(page: SignedIn, key: UUID) -> Response:
    """All of it, to be looked at once."""
    told = await drafting.load(page, str(key))
    return _check(page, told, Form())


def _check(page: Page, told: Telling, form: Form) -> Response:
    return page.render("contacts/check.html", form, told=told, steps=STEPS, say=choices.say)


@router.post("/contacts/new/{key}/check")
async def send(page: SignedIn, key: UUID) -> Response:
    """Recorded once, however often it is sent: the key of the conversation is the key of the request."""
    form, told = await asyncio.gather(page.form(), drafting.load(page, str(key)))
    if not told.fields:
        return page.to("/contacts", said="This conversation was recorded already")
    if not told.needs:
        form.wrong("", "Say at least one thing they need")
        return _check(page, told, form)
    try:
        wrote = await page.post(CONTACTS, contact_body(told), key=told.key)
    except Refused as refused:
        form.refused(refused)
        return _check(page, told, form)
    return page.to(f"/contacts/{wrote['id']}/recorded", wrote=wrote, path=CONTACTS)


@router.get("/contacts/new/{key}/{step}")
async def step_page(page: SignedIn, key: UUID, step: str) -> Response:
    """One thing a page."""
    _known_step(step)
    told = await drafting.load(page, str(key))
    return await _step(page, told, step, told.form(step), None)


async def _step(page: Page, told: Telling, step: str, form: Form, theirs: Fields | None) -> Response:
    found: dict[str, Any] = {}
    if step == "how":
        found = await page.parts(hubs=page.get("/v1/triage/hubs", {"limit": 50}))
    return page.render(
        f"contacts/step_{step}.html", form, told=told, step=step, choices=choices, theirs=theirs, **found
    )


@router.post("/contacts/new/{key}/{step}")
async def tell(page: SignedIn, key: UUID, step: str) -> Response:
    """Keeps the page."""
    _known_step(step)
    form, told = await asyncio.gather(page.form(), drafting.load(page, str(key)))
    STEPS[step].check(form)
    return await keep(page, told, step, form, lambda typed, theirs: _step(page, told, step, typed, theirs))


def _known_step(step: str) -> None:
    if step not in STEPS:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
