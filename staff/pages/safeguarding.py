"""A worry about a child or an adult: raised from any page, never held up; whether somebody has it; the team's list."""

import asyncio
import re
from datetime import UTC
from typing import Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter
from starlette.responses import Response

from kit import clock
from staff.client import Refused, SignInAgain
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts.people import names_of

router = APIRouter()

CONCERNS: Final = "/v1/triage/safeguarding-concerns"
_FROM: Final = re.compile(r"/(contacts|households|people)/([0-9a-f-]{36})\b")
_TELLS: Final = {"contacts": "contact_id", "households": "household_id", "people": "person_id"}


@router.get("/safeguarding/raise")
async def raise_page(page: SignedIn) -> Response:
    """Anything may be left out. It knows which page one came from."""
    start = {"reference": str(uuid4())}
    if came := _FROM.match(page.asked("from") or ""):
        start[_TELLS[came[1]]] = came[2]
    for name in ("contact", "household", "person"):
        if given := page.asked(name):
            start[f"{name}_id"] = given
    return _raise(page, Form(start=start))


def _raise(page: Page, form: Form, **more: Any) -> Response:
    return page.render("safeguarding/raise.html", form, numbers=_numbers(page), **more)


def _numbers(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.request.app.state.settings.duty_numbers
    return found


@router.post("/safeguarding/raise")
async def raise_concern(page: SignedIn) -> Response:
    """Sends it with whatever was filled in. If it does not arrive: whom to phone, and every word still on the page."""
    form = await page.form()
    now = clock.business_now().astimezone(UTC).isoformat()
    body: dict[str, Any] = {
        "kind": form.text("kind"),
        "level": form.text("level"),
        "what_happened": form.text("what_happened"),
        "contact_id": form.text("contact_id"),
        "household_id": form.text("household_id"),
        "person_ids": [form.text("person_id")] if form.text("person_id") else [],
        "fgm_under_18": form.has("fgm"),
        "about_staff": form.has("about_staff"),
        "phoned_at": now if form.has("phoned") else "",
        "phoned_to": form.text("phoned_to"),
        # Made with the page: sent twice it is one concern.
        "reference": form.text("reference"),
    }
    # A moment of the call that differs between two tries would make two concerns of one.
    if form.has("phoned") and form.text("phoned_at"):
        body["phoned_at"] = form.text("phoned_at")
    try:
        answer = await page.post(
            CONCERNS, {name: value for name, value in body.items() if value}, purpose=page.session.purpose or None
        )
    except SignInAgain:
        return _raise(page, form, status=401, not_received="Your sign-in has ended.", sign_in=True, phoned_at=now)
    except Refused as refused:
        return _raise(page, form, status=503, not_received=refused.detail, sign_in=False, phoned_at=now)
    return page.to(f"/safeguarding/receipt/{answer['concern_id']}")


@router.get("/safeguarding/receipt/{concern_id}")
async def receipt(page: SignedIn, concern_id: UUID) -> Response:
    """Received is not delivered: until a named person has it, whom to phone stays on the screen."""
    names = await page.names()
    try:
        answer = await page.get(f"{CONCERNS}/{concern_id}/receipt", purpose=page.session.purpose or None)
    except SignInAgain:
        raise
    except Refused as refused:
        return page.render(
            "safeguarding/receipt.html", found=None, refused=refused, numbers=_numbers(page), names=names, status=503
        )
    return page.render(
        "safeguarding/receipt.html", found=answer.body, numbers=answer["phone"] or _numbers(page), names=names
    )


@router.get("/safeguarding")
async def concerns(page: SignedIn) -> Response:
    """Those that nobody has taken yet, red first; or those taken."""
    state = "acknowledged" if page.asked("show") == "taken" else None
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            concerns=page.get(CONCERNS, {"state": state, "limit": 50}),
        ),
    )
    people = await names_of(page, [person for each in found["concerns"].items for person in each["person_ids"]])
    return page.render("safeguarding/list.html", names=names, people=people, taken=state is not None, **found)


@router.get("/safeguarding/{concern_id}")
async def concern(page: SignedIn, concern_id: UUID) -> Response:
    """One concern, whole."""
    return await _one(page, concern_id, Form())


async def _one(page: Page, concern_id: UUID, form: Form) -> Response:
    answer, names = await asyncio.gather(page.get(f"{CONCERNS}/{concern_id}"), page.names())
    people = await names_of(page, answer["person_ids"])
    return page.render("safeguarding/one.html", form, concern=answer.body, names=names, people=people)


@router.post("/safeguarding/{concern_id}/acknowledge")
async def acknowledge(page: SignedIn, concern_id: UUID) -> Response:
    """I have it: from now on it is delivered."""
    form = await page.form()
    path = f"{CONCERNS}/{concern_id}/acknowledgements"
    try:
        wrote = await page.post(path, {"note": form.text("note") or None}, key=form.key)
    except Refused as refused:
        form.refused(refused)
        return await _one(page, concern_id, form)
    return page.to(
        f"/safeguarding/{concern_id}", said="You have it. Whoever raised it can see that", wrote=wrote, path=path
    )


@router.post("/safeguarding/{concern_id}/police")
async def police(page: SignedIn, concern_id: UUID) -> Response:
    """FGM of a girl under 18 was reported to the police."""
    form = await page.form()
    reference = form.required("police_reference", "Enter the reference the police gave you")
    path = f"{CONCERNS}/{concern_id}/police-report"
    if not form.errors:
        try:
            wrote = await page.post(path, {"reference": reference}, purpose=page.session.purpose or None)
            return page.to(f"/safeguarding/{concern_id}", said="The report is recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/reference": "police_reference"})
    return await _one(page, concern_id, form)
