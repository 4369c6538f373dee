"""Where the needs of a contact go: in stages, with a reason, by a named person; and never homelessness turned away."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.one import CONTACTS, load
from staff.pages.contacts.steps import check_need, yes_no

router = APIRouter()


@router.get("/contacts/{contact_id}/decide")
async def decide(page: SignedIn, contact_id: UUID) -> Response:
    """What may be decided, for all needs that are open unless some are taken out."""
    contact, version = await load(page, contact_id)
    undecided = [each["id"] for each in contact["needs"] if each["stage"] != "final"]
    start = {
        "need_ids": page.asked_many("need") or undecided,
        "outcome": page.asked("outcome") or "",
        "statutory_service": page.asked("service") or "",
        "stage": "final",
    }
    return _decide(page, Form(start=start), contact, version)


def _decide(page: Page, form: Form, contact: dict[str, Any], version: str) -> Response:
    return page.render("contacts/decide.html", form, contact=contact, version=version, choices=choices, say=choices.say)


@router.post("/contacts/{contact_id}/decide")
async def decided(page: SignedIn, contact_id: UUID) -> Response:
    """Records the decision. What may be homelessness is not ended here, and the page says why and what to do."""
    form = await page.form()
    outcome = form.required("outcome", "Choose where it goes")
    reason = form.required("reason", "Write why: it is read by whoever comes after you, and by them")
    needs = form.many("need_ids")
    if not needs:
        form.wrong("need_ids", "Choose at least one need")
    if outcome == "targeted" and not form.text("specialism"):
        form.wrong("specialism", "Choose which specialist")
    if outcome == "statutory" and not form.text("statutory_service"):
        form.wrong("statutory_service", "Choose which service")
    if form.errors:
        contact, version = await load(page, contact_id)
        return _decide(page, form, contact, version)
    path = f"{CONTACTS}/{contact_id}/decisions"
    body = {
        "outcome": outcome,
        "stage": form.text("stage") or "final",
        "reason": reason,
        "need_ids": needs,
        "specialism": form.text("specialism") if outcome == "targeted" else None,
        "statutory_service": form.text("statutory_service") if outcome == "statutory" else None,
    }
    try:
        wrote = await page.post(path, body, key=form.key, if_match=form.version)
    except Refused as refused:
        return await _refused(page, form, contact_id, refused, outcome)
    if outcome == "partner" and body["stage"] == "final":
        return page.to(
            f"/referrals/new?contact={contact_id}&need={needs[0]}",
            said="Decided. Now the referral",
            wrote=wrote,
            path=path,
        )
    said = "Decided" if body["stage"] == "final" else f"Recorded {choices.say(body['stage']).lower()}"
    return page.to(f"/contacts/{contact_id}", said=said, wrote=wrote, path=path)


async def _refused(page: Page, form: Form, contact_id: UUID, refused: Refused, outcome: str) -> Response:
    contact, version = await load(page, contact_id)
    if refused.slug == "may-be-homeless":
        return page.render(
            "contacts/not_here.html",
            form,
            status=422,
            refused=refused,
            outcome=outcome,
            contact=contact,
            unnamed=False,
            say=choices.say,
        )
    if refused.status == 412:
        form.wrong("", "Somebody changed this contact meanwhile: look at the needs as they are now, then decide again")
        return page.render(
            "contacts/decide.html",
            form,
            status=409,
            contact=contact,
            version=version,
            choices=choices,
            say=choices.say,
            fresh=True,
        )
    form.refused(refused, {"/person_id": ""})
    return _decide(page, form, contact, version)


@router.post("/contacts/{contact_id}/application")
async def apply(page: SignedIn, contact_id: UUID) -> Response:
    """They apply as homeless. It opens at once, from any desk, without papers."""
    form = await page.form()
    path = f"{CONTACTS}/{contact_id}/homelessness-application"
    wrote = await page.post(path, key=form.key)
    roof = wrote["tonight"] == "house_tonight"
    return page.to(
        f"/contacts/{contact_id}",
        said="The application as homeless is open from today",
        text="They need a roof tonight (Housing Act 1996 section 188): ring the homelessness team now." if roof else "",
        wrote=wrote,
        path=path,
    )


@router.get("/contacts/{contact_id}/needs/new")
async def another_need(page: SignedIn, contact_id: UUID) -> Response:
    """One more need of a contact that stands."""
    contact, _ = await load(page, contact_id)
    return page.render("contacts/another.html", Form(), contact=contact, choices=choices)


@router.post("/contacts/{contact_id}/needs/new")
async def add_need(page: SignedIn, contact_id: UUID) -> Response:
    """Adds it: whoever else is adding one at the next desk, neither is lost."""
    form = await page.form()
    check_need(form)
    path = f"{CONTACTS}/{contact_id}/needs"
    if not form.errors:
        body = {
            "domain": form.text("domain"),
            "urgency": form.text("urgency"),
            "goal": form.text("goal") or None,
            "where_tonight": form.text("where_tonight") or "unknown",
            "may_lose_home_within_56_days": yes_no(form.text("lose_home")),
            "homelessness_signs": form.many("signs"),
            "priority_signs": form.many("priority"),
        }
        try:
            wrote = await page.post(path, body, key=form.key)
            return page.to(f"/contacts/{contact_id}", said="Need added", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    contact, _ = await load(page, contact_id)
    return page.render("contacts/another.html", form, contact=contact, choices=choices)


@router.get("/contacts/{contact_id}/needs/{need_id}")
async def answers(page: SignedIn, contact_id: UUID, need_id: UUID) -> Response:
    """What was not asked yet about tonight and the home."""
    contact, version = await load(page, contact_id)
    need = _need_of(contact, need_id)
    lose = {True: "yes", False: "no"}.get(need["may_lose_home_within_56_days"], "unknown")
    start = {
        "where_tonight": need["where_tonight"],
        "lose_home": lose,
        "signs": need["homelessness_signs"],
        "priority": need["priority_signs"],
    }
    return _answers(page, Form(start=start), contact, need, version)


def _answers(page: Page, form: Form, contact: dict[str, Any], need: dict[str, Any], version: str) -> Response:
    return page.render(
        "contacts/answers.html", form, contact=contact, need=need, version=version, choices=choices, say=choices.say
    )


@router.post("/contacts/{contact_id}/needs/{need_id}")
async def answered(page: SignedIn, contact_id: UUID, need_id: UUID) -> Response:
    """Keeps the answers. What once suggested homelessness is not talked away: triage says so."""
    form = await page.form()
    path = f"{CONTACTS}/{contact_id}"
    answer = {
        "need_id": str(need_id),
        "where_tonight": form.text("where_tonight") or "unknown",
        "may_lose_home_within_56_days": yes_no(form.text("lose_home")),
        "homelessness_signs": form.many("signs"),
        "priority_signs": form.many("priority"),
    }
    try:
        wrote = await page.change("PATCH", path, {"answers": [answer]}, if_match=form.version)
    except Refused as refused:
        form.refused(refused)
        contact, version = await load(page, contact_id)
        return _answers(page, form, contact, _need_of(contact, need_id), version)
    return page.to(f"/contacts/{contact_id}/decide", said="Answers kept", wrote=wrote, path=path)


def _need_of(contact: dict[str, Any], need_id: UUID) -> dict[str, Any]:
    for each in contact["needs"]:
        if each["id"] == str(need_id):
            return dict(each)
    raise Refused(404, "not-found", "Page not found", "This contact has no such need.")
