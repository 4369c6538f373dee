"""Campaigns: neighbours raise money together, the council adds to it by rule. Drawn up, checked, opened, settled."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit.clock import LONDON
from staff import begun
from staff.begun import Place
from staff.client import Refused
from staff.drafts import Kept
from staff.forms import Form
from staff.page import Anyone, Page, SignedIn
from staff.pages.funds import act
from staff.pages.public.anyone import asker, show

router = APIRouter()
C: Final = "/v1/grants/campaigns"
_KEPT: Final = "/v1/grants/campaign-drafts"
STATES: Final = {
    "draft": "Being looked at",
    "open": "Open for pledges",
    "funded": "Reached its goal",
    "failed": "Did not reach its goal",
    "withdrawn": "Withdrawn",
}
CHECKS: Final = {
    "costed": "It is costed, with quotes for the large sums",
    "permission": "The landowner and planning allow it",
    "insurance": "It is insured",
    "account": "The account is the group’s, with two signatories who are not related",
    "upkeep": "Somebody looks after it later",
    "safeguarding": "Children and adults at risk are safe",
}
_PLACE: Final = Place("grants", "campaign", "new")
_NAMES: Final = {"/target_pence": "target", "/closes_at": "closes-day", "/collected_pence": "collected"}


@router.get("/campaigns")
async def campaigns(page: SignedIn) -> Response:
    """All of them, drafts too."""
    state = page.asked("state") if page.asked("state") in STATES else None
    answer = await page.get(_KEPT, {"state": state, "limit": 30, "after": page.asked("after")})
    return page.render(
        "campaigns/list.html",
        items=answer.items,
        states=STATES,
        state=state,
        **page.turning("/campaigns", {"state": state}, answer.next),
    )


@router.get("/campaigns/new")
async def before(page: SignedIn) -> Response:
    """A campaign to draw up; found again as it was left."""
    form, kept = await begun.resume(page, _PLACE)
    return await _new(page, form, kept)


async def _new(page: Page, form: Form, kept: Kept) -> Response:
    index = await page.part(page.get("/v1/risk/index/wards")) if _knows_wards(page) else None
    wards = _wards(index.body) if index is not None and index.ok else {}
    return page.render("campaigns/new.html", form, kept=kept, place=_PLACE, wards=wards)


def _knows_wards(page: Page) -> bool:
    return "manager" in page.session.roles


def _wards(body: Mapping[str, Any]) -> dict[str, str]:
    return {each["area"]: each["name"] for each in body["areas"] if each["kind"] == "ward"}


@router.post("/campaigns/new")
async def draw_up(page: SignedIn) -> Response:
    """Draws it up: another officer looks whether it can be delivered before it opens."""
    form = await page.form()
    answered = await begun.put_by(page, _PLACE, form, "/campaigns")
    if answered is not None:
        return answered
    closes = form.date("closes", "The last day", must=True)
    form.required("target", "Enter how much it needs")
    body = {
        "title": form.required("title", "Give the campaign a title"),
        "words": form.required("words", "Say what the money is for"),
        "group_name": form.required("group_name", "Enter the name of the group"),
        "ward": form.text("ward") or None,
        "target_pence": form.pence("target", "The amount") or 0,
        # To the end of that day: 11:59pm in London.
        "closes_at": datetime.combine(closes, time(23, 59), LONDON).isoformat() if closes else "",
    }
    if not form.errors:
        try:
            wrote = await page.post(C, body, key=form.key)
            await begun.sent(page, _PLACE)
            said, text = "The campaign is drawn up", "Another officer looks whether it can be delivered."
            return page.to(f"/campaigns/{wrote['id']}", said=said, text=text, wrote=wrote, path=C)
        except Refused as refused:
            form.refused(refused, _NAMES)
    return await _new(page, form, begun.as_sent(form))


@router.get("/campaigns/{campaign_id}")
async def campaign(page: SignedIn, campaign_id: UUID) -> Response:
    """One campaign: how far it is, what was looked at, what may be done."""
    return await _one(page, campaign_id, Form())


async def _one(page: Page, campaign_id: UUID, form: Form) -> Response:
    answer, funds = await asyncio.gather(
        page.get(f"{_KEPT}/{campaign_id}"), page.part(page.get("/v1/grants/funds", {"limit": 100}))
    )
    matching = [each for each in funds.items if each["kind"] == "match"]
    return page.render(
        "campaigns/one.html",
        form,
        campaign=answer.body,
        etag=answer.etag,
        states=STATES,
        checks=CHECKS,
        funds=matching,
    )


@router.post("/campaigns/{campaign_id}/{what}")
async def work(page: SignedIn, campaign_id: UUID, what: str) -> Response:
    """A check, opening, withdrawing, paying the match or giving it back: as it was shown."""
    form = await page.form()
    made = {
        "checks": _checked,
        "open": _opened,
        "withdrawal": _withdrawn,
        "match-payment": _paid,
        "match-withdrawal": _returned,
    }.get(what)
    if made is None:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    body, said = made(form)
    reason = "withdrawn_because" if what == "withdrawal" else "returned_because"
    names = {**_NAMES, "/reason": reason, "/words": "check_words"}
    path = f"{C}/{campaign_id}/{what}"
    done = await act(page, form, path, body, back=f"/campaigns/{campaign_id}", said=said, names=names)
    return done or await _one(page, campaign_id, form)


def _checked(form: Form) -> tuple[dict[str, Any], str]:
    body = {
        "check": form.required("check", "Choose what you looked at"),
        "in_order": form.required("in_order", "Choose whether it is in order") == "yes",
        "words": form.required("check_words", "Say what you saw"),
    }
    return body, "What you looked at is kept"


def _opened(form: Form) -> tuple[dict[str, Any], str]:
    return {"fund_code": form.text("fund") or None}, "The campaign is open for pledges"


def _withdrawn(form: Form) -> tuple[dict[str, Any], str]:
    reason = form.required("withdrawn_because", "Say why: it is published")
    return {"reason": reason}, "The campaign is withdrawn: every pledge is free again"


def _paid(form: Form) -> tuple[dict[str, Any], str]:
    form.required("collected", "Enter what the crowd’s pledges brought in")
    return {"collected_pence": form.pence("collected", "The amount") or 0}, "The match is paid"


def _returned(form: Form) -> tuple[dict[str, Any], str]:
    return {"reason": form.required("returned_because", "Say why: it is published")}, "The fund has its money back"


@router.get("/public/campaigns")
async def public_campaigns(page: Anyone) -> Response:
    """Campaigns that have opened, for anyone."""
    answer = await asker(page).get(C, {"limit": 20, "after": page.asked("after")})
    return show(page, "public/campaigns.html", items=answer.items, next=answer.next, states=STATES)


@router.get("/public/campaigns/{campaign_id}")
async def public_campaign(page: Anyone, campaign_id: UUID) -> Response:
    """One of them, with the rule of its match."""
    answer = await asker(page).get(f"{C}/{campaign_id}")
    return show(page, "public/campaign.html", campaign=answer.body, states=STATES, checks=CHECKS)
