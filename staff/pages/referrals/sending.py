"""Asking a partner for help: find one by what the resident says, say what is shared and on which ground, send."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit.clock import today
from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import called, names_of

router = APIRouter()

REFERRALS: Final = "/v1/triage/referrals"
_SEARCH: Final = "/v1/triage/directory/search"
_CARRIED: Final = ("contact", "need", "person", "domain", "instead")
BASES: Final = choices.choices(
    [
        ("consent", "They agreed", "They know what is shared, with whom and what for"),
        ("public_task", "A public task", "A power or duty of the council; name it"),
        ("vital_interests", "To protect a life", ""),
        ("legal_obligation", "A legal duty", "Name it"),
    ]
)
HOW: Final = choices.choices(
    [
        ("in_person", "In person"),
        ("phone", "By phone"),
        ("written", "In writing"),
        ("online", "Online"),
        ("sign_language", "In sign language"),
    ]
)
CONSENT_WORDS: Final = "referral_2026_1"
"""The version of the words read to them: `templates/referrals/send.html`."""


@router.get("/referrals/new")
async def new(page: SignedIn) -> Response:
    """Whom the referral is about, and what they say."""
    start = {name: page.asked(name) or "" for name in _CARRIED}
    return await _find(page, Form(start=start), None)


async def _about(page: Page, form: Form) -> dict[str, Any]:
    """The contact it comes from and the person it is about."""
    contact = None
    if form.text("contact"):
        contact = (await page.get(f"/v1/triage/contacts/{an_id(form.text('contact'))}")).body
    person_id = form.text("person") or (contact or {}).get("person_id") or ""
    names = await names_of(page, [person_id])
    return {"contact": contact, "person_id": person_id, "person": names.get(person_id, "")}


async def _find(page: Page, form: Form, found: Any) -> Response:
    about = await _about(page, form)
    return page.render("referrals/find.html", form, found=found, carried=_CARRIED, domains=choices.DOMAINS, **about)


@router.post("/referrals/new")
async def search(page: SignedIn) -> Response:
    """Partners for what they say. The words are in the form and never in an address, where they would be kept."""
    form = await page.form()
    said = form.required("said", "Write what they say they need, in their words")
    if form.errors:
        return await _find(page, form, None)
    body = {
        "said": said,
        "postcode": form.text("postcode") or None,
        "need": form.text("domain") or None,
        "per_page": 12,
    }
    try:
        found = await page.post(_SEARCH, {name: value for name, value in body.items() if value}, purpose="public")
    except Refused as refused:
        form.refused(refused)
        return await _find(page, form, None)
    return await _find(page, form, found.body)


@router.get("/referrals/send")
async def details(page: SignedIn) -> Response:
    """What is asked and what is shared; prefilled from the case file, to be taken out where it is not needed."""
    form = Form(start={name: page.asked(name) or "" for name in (*_CARRIED, "organisation", "service")})
    about, found = await asyncio.gather(_about(page, form), page.parts(**_partner(page, form)))
    start = {
        **{name: page.asked(name) or "" for name in (*_CARRIED, "organisation", "service")},
        **await _prefilled(page, about),
    }
    return page.render(
        "referrals/send.html",
        Form(start=start),
        bases=BASES,
        hows=HOW,
        choices=choices,
        carried=_CARRIED,
        **about,
        **found,
    )


def _partner(page: Page, form: Form) -> dict[str, Any]:
    organisation = an_id(form.text("organisation"))
    asked = {"partner": page.get(f"/v1/triage/organisations/{organisation}")}
    if form.text("service"):
        asked["service"] = page.get(f"/v1/triage/directory/services/{an_id(form.text('service'))}", purpose="public")
    return asked


async def _prefilled(page: Page, about: dict[str, Any]) -> dict[str, Any]:
    contact = about["contact"] or {}
    start: dict[str, Any] = {"urgency": contact.get("urgency") or "routine", "basis": "consent", "given-day": ""}
    needs = [each for each in contact.get("needs", ()) if each["id"] == page.asked("need")] or contact.get("needs", [])[
        :1
    ]
    if needs:
        start |= {"request": needs[0].get("goal") or "", "domain": page.asked("domain") or needs[0]["domain"]}
        start["need"] = needs[0]["id"]
    day = today()
    start |= {"given-day": str(day.day), "given-month": str(day.month), "given-year": str(day.year)}
    if about["person_id"]:
        person = await page.part(page.get(f"/v1/casefile/people/{about['person_id']}"))
        if person.ok:
            start["name"] = called(person.body)
            start["phone"] = next(
                (e["value"] for e in person.body["contacts"] if e["kind"] == "phone" and e.get("safe")), ""
            )
    safe = contact.get("safe_contact")
    if safe:
        start["safe_contact"] = _safe(safe)
    if contact.get("language") and contact["language"] != "en":
        start["language"] = choices.say(contact["language"])
    return start


def _safe(safe: dict[str, Any]) -> str:
    said = []
    if safe.get("ways"):
        said.append("Safe: " + ", ".join(choices.say(each).lower() for each in safe["ways"]))
    if safe.get("never"):
        said.append("never: " + ", ".join(choices.say(each).lower() for each in safe["never"]))
    said += [each for each in (safe.get("times"), safe.get("note")) if each]
    return "; ".join(said)


@router.post("/referrals/send")
async def send(page: SignedIn) -> Response:
    """Sends it; what is missing is said beside its field."""
    form = await page.form()
    request = form.required("request", "Write what you ask of them, in words the person would agree with")
    domain = form.required("domain", "Choose what it is about")
    basis = form.required("basis", "Choose on which ground you share this")
    given = form.date("given", "The day they agreed", must=basis == "consent")
    sharing_for = form.required("sharing_for", "Write what the partner may use it for")
    person = form.required("person", "Say who they are first: a partner helps somebody")
    if form.errors:
        return await _again(page, form)
    lawful: dict[str, Any] = {"basis": basis, "condition": form.text("condition") or None}
    if basis == "consent" and given:
        lawful["consent"] = {
            "given_on": given.isoformat(),
            "how": form.text("how") or "in_person",
            "explicit": form.has("explicit"),
            "words": CONSENT_WORDS,
        }
    else:
        lawful["power"] = form.text("power") or None
    share = {
        name: form.text(name) or None for name in ("name", "phone", "email", "safe_contact", "language", "access_needs")
    }
    body = {
        "organisation_id": form.text("organisation"),
        "service_id": form.text("service") or None,
        "contact_id": form.text("contact") or None,
        "need_id": form.text("need") or None,
        "person_id": person,
        "domain": domain,
        "urgency": form.text("urgency") or "routine",
        "request": request,
        "share": {**share, "through_us": form.has("through_us")},
        "basis": lawful,
        "sharing_for": sharing_for,
        "draft": form.has("draft"),
        "instead_of": form.text("instead") or None,
        "asked_again_because": form.text("asked_again_because") or None,
        "tell_person": form.has("tell_person"),
    }
    try:
        wrote = await page.post(REFERRALS, body, key=form.key)
    except Refused as refused:
        return await _again(page, form, refused)
    said = "Kept as a draft" if form.has("draft") else "Sent. The ball is with them"
    return page.to(f"/referrals/{wrote['id']}", said=said, wrote=wrote, path=REFERRALS)


_POINTERS: Final = {
    "/share": "phone",
    "/share/name": "name",
    "/share/phone": "phone",
    "/share/email": "email",
    "/share/safe_contact": "safe_contact",
    "/basis": "basis",
    "/basis/consent": "basis",
    "/basis/consent/given_on": "given-day",
    "/basis/consent/explicit": "explicit",
    "/basis/power": "power",
    "/basis/condition": "condition",
}


async def _again(page: Page, form: Form, refused: Refused | None = None) -> Response:
    if refused is not None:
        form.refused(refused, _POINTERS)
    about, found = await asyncio.gather(_about(page, form), page.parts(**_partner(page, form)))
    return page.render(
        "referrals/send.html",
        form,
        bases=BASES,
        hows=HOW,
        choices=choices,
        carried=_CARRIED,
        ask_again=refused is not None and refused.status == 409,
        **about,
        **found,
    )


@router.get("/referrals/{referral_id}/next")
async def next_offers(page: SignedIn, referral_id: UUID) -> Response:
    """What a refusal asks for, and whom else to ask."""
    answer, offers = await page.all(
        page.get(f"{REFERRALS}/{referral_id}"), page.get(f"{REFERRALS}/{referral_id}/next-offers")
    )
    start = {
        "person": answer["person_id"] or "",
        "contact": answer["contact_id"] or "",
        "need": answer["need_id"] or "",
        "domain": answer["domain"],
        "instead": str(referral_id),
        "said": answer["request"],
    }
    form = Form(start=start)
    found = await page.part(
        page.post(_SEARCH, {"said": answer["request"], "need": answer["domain"], "per_page": 12}, purpose="public")
    )
    about = await _about(page, form)
    excluded = {each["organisation_id"]: each for each in offers["excluded"]}
    return page.render(
        "referrals/find.html",
        form,
        found=found.body,
        offers=offers.body,
        excluded=excluded,
        carried=_CARRIED,
        domains=choices.DOMAINS,
        **about,
    )
