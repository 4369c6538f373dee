"""Outreach: offers of help as a plain list, the oldest first; the opening line, the safe way, what came of it."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit.contracts.codes import OfferStatus, SignalKind
from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import called, names_of
from staff.words import label

router = APIRouter()

OFFERS: Final = "/v1/triage/outreach"
STATES: Final = {
    "offered": "To be offered",
    "held": "Waiting: nobody is contacted",
    "accepted": "Taken up",
    "declined": "Declined",
    "closed": "Closed",
}
KINDS: Final = {
    "first_missed_council_tax": "A first council tax payment was missed",
    "rent_arrears_jump": "The rent has fallen behind",
    "cohort": "A list of households that may welcome help",
    "emergency": "Heat, cold, flood or an outbreak",
}
ATTEMPTS: Final = choices.choices(
    [
        ("spoke_to_them", "I spoke to them"),
        ("no_answer", "Nobody answered"),
        ("someone_else_answered", "Somebody else answered, and I said nothing"),
        ("no_message_left", "Voicemail: I left no message"),
        ("call_back_agreed", "They asked me to ring again"),
        ("sent", "Sent, by a way they call safe"),
        ("wrong_contact", "The number or address is wrong"),
        ("not_safe_to_speak", "They could not speak safely"),
    ]
)
DECLINES: Final = choices.choices(
    [
        ("not_now", "Not now"),
        ("no_need", "They need nothing"),
        ("helped_already", "Somebody helps them already"),
        ("no_trust", "They do not want help from the council"),
        ("not_said", "They did not say why"),
    ]
)
CLOSES: Final = choices.choices(
    [
        ("not_reached", "They could not be reached"),
        ("moved_away", "They moved away"),
        ("died", "They died"),
        ("wrong_person", "The wrong person"),
        ("overtaken", "They came to us another way"),
    ]
)
CREDITORS: Final = {
    "council_tax": "Council tax",
    "rents": "Rent",
    "parking": "Parking",
    "benefit_overpayments": "Benefit overpayments",
}


@router.get("/outreach")
async def offers(page: SignedIn) -> Response:
    """The list; no score puts one before another."""
    status = page.asked("status") or "offered"
    asked = {"status": status, "kind": page.asked("kind"), "team": page.asked("team"), "hub": page.asked("hub")}
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            offers=page.get(OFFERS, {**asked, "limit": 25, "after": page.asked("after")}, purpose=_purpose(page))
        ),
    )
    people = await names_of(page, [each["person_id"] for each in found["offers"].items], purpose=_purpose(page))
    after = found["offers"].next
    return page.render(
        "outreach/list.html",
        names=names,
        people=people,
        asked=asked,
        states=[(each.value, STATES.get(each.value, label(each.value))) for each in OfferStatus],
        kinds=[(each.value, KINDS.get(each.value, label(each.value))) for each in SignalKind],
        **page.turning("/outreach", asked, after),
        **found,
    )


def _purpose(page: Page) -> str:
    """Ringing people to offer help is outreach by its nature; whoever supervises looks on as that."""
    return "supervision" if page.session.purpose == "supervision" else "outreach"


@router.get("/outreach/{offer_id}")
async def offer(page: SignedIn, offer_id: UUID) -> Response:
    """What to say first, by which way, and the honest reason. Never what else is known."""
    return await _one(page, offer_id, Form())


async def _one(page: Page, offer_id: UUID, form: Form, **more: Any) -> Response:
    answer, names = await asyncio.gather(page.get(f"{OFFERS}/{offer_id}", purpose=_purpose(page)), page.names())
    shown = answer.body
    person = await page.part(page.get(f"/v1/casefile/people/{shown['person_id']}", purpose=_purpose(page)))
    never = (shown["safe_route"] or {}).get("never", [])
    return page.render(
        "outreach/one.html",
        form,
        offer=shown,
        version=answer.etag,
        names=names,
        person=called(person.body) if person.ok else "",
        phone=_phone(person.body, never),
        states=STATES,
        attempts=ATTEMPTS,
        ways=choices.WAYS,
        declines=DECLINES,
        closes=CLOSES,
        creditors=CREDITORS,
        attempt_words={each["value"]: each["text"] for each in ATTEMPTS},
        ending_words={each["value"]: each["text"] for each in (*DECLINES, *CLOSES)},
        say=choices.say,
        **more,
    )


def _phone(person: dict[str, Any] | None, never: list[str]) -> str:
    """A number that is safe to ring, or none."""
    if person is None or "call" in never:
        return ""
    return next((e["value"] for e in person["contacts"] if e["kind"] == "phone" and e.get("safe")), "")


@router.post("/outreach/{offer_id}")
async def work(page: SignedIn, offer_id: UUID) -> Response:
    """I ring them now; what came of it; how it ended; who works on it."""
    form = await page.form()
    does = form.text("does")
    if does == "ring":
        return await _ring(page, offer_id, form)
    if does == "attempt":
        return await _attempt(page, offer_id, form)
    return await _settle(page, offer_id, form)


async def _ring(page: Page, offer_id: UUID, form: Form) -> Response:
    path = f"{OFFERS}/{offer_id}/calls"
    try:
        wrote = await page.post(path, None, key=form.key, purpose="outreach")
    except Refused as refused:
        form.refused(refused)
        return await _one(page, offer_id, form)
    return page.to(
        f"/outreach/{offer_id}",
        said="You are ringing them",
        text="No letter, text or e-mail goes to this household until you record what came of it, or for an hour.",
        wrote=wrote,
        path=path,
    )


async def _attempt(page: Page, offer_id: UUID, form: Form) -> Response:
    channel = form.required("channel", "Choose how you tried")
    outcome = form.required("outcome", "Choose what came of it")
    path = f"{OFFERS}/{offer_id}/attempts"
    if not form.errors:
        body = {"channel": channel, "outcome": outcome, "note": form.text("note") or None}
        try:
            wrote = await page.post(path, body, key=form.key, purpose="outreach")
            return page.to(f"/outreach/{offer_id}", said="Recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    return await _one(page, offer_id, form)


async def _settle(page: Page, offer_id: UUID, form: Form) -> Response:
    ending = form.required("ending", "Choose how it ended")
    body: dict[str, Any] = {"outcome": ending}
    if ending in ("declined", "closed"):
        body["reason"] = form.required(f"reason_{ending}", "Choose the reason")
    path = f"{OFFERS}/{offer_id}/outcomes"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.version, purpose="outreach")
            if wrote["contact_id"]:
                return page.to(
                    f"/contacts/{wrote['contact_id']}",
                    said="They take it up: a contact is open",
                    wrote=wrote,
                    path=path,
                )
            return page.to("/outreach", said="Recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/reason": f"reason_{ending}"})
    return await _one(page, offer_id, form)
