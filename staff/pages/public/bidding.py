"""Bidding for oneself: the number of one's application and a code open one's own page, until the browser is closed.

The pass lies in the sealed session and goes to the gateway in a body: no address and no log ever holds it.
"""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Anyone, Page
from staff.pages.public.anyone import asker, show
from staff.pages.public.homes import rules

router = APIRouter()
HERE: Final = "/public/homes/bidding"
_OWN: Final = "/v1/housing/own-bidding"
_PASS: Final = "public_bidding"
"""Begins as all that `forget` takes out of the session when somebody leaves in a hurry."""


@router.get(HERE)
async def bidding(page: Anyone) -> Response:
    """One's own page, or the question who one is."""
    return await _shown(page)


async def _shown(page: Page, form: Form | None = None) -> Response:
    given = page.session.searched.get(_PASS)
    if not given:
        return show(page, "public/bidding_start.html", form)
    try:
        answer = await asker(page).post(f"{_OWN}/page", {"pass": given})
    except Refused as refused:
        if refused.status != 403:
            raise
        _forget(page)
        form = form or Form()
        form.wrong("", refused.detail)
        return show(page, "public/bidding_start.html", form)
    return show(page, "public/bidding.html", form, own=answer.body, rules=rules)


def _forget(page: Page) -> None:
    page.session.searched = {name: value for name, value in page.session.searched.items() if name != _PASS}


@router.post(HERE)
async def sign_in(page: Anyone) -> Response:
    """Number and code become a pass. Which of them was wrong nobody says."""
    form = await page.form()
    number = form.required("bidding_number", "Enter the seven figures of your application").replace(" ", "")
    code = form.required("code", "Enter the code from your letter")
    if not form.errors:
        try:
            answer = await asker(page).post(f"{_OWN}/passes", {"bidding_number": number, "code": code})
        except Refused as refused:
            form.refused(refused)
        else:
            page.session.searched = {**page.session.searched, _PASS: str(answer["pass"])}
            return page.to(HERE)
    return show(page, "public/bidding_start.html", form)


@router.post(HERE + "/bids/{number}")
async def bid(page: Anyone, number: int) -> Response:
    """Bid for a home."""
    return await _do(page, "bids", {"number": number}, f"You have bid for H{number}", keyed=True)


@router.post(HERE + "/bids/{bid_id}/withdrawal")
async def take_back(page: Anyone, bid_id: UUID) -> Response:
    """Take a bid back, as it was shown."""
    form = await page.form()
    version = form.whole("version", "The bid") or 0
    return await _do(page, "withdrawals", {"bid_id": str(bid_id), "seen_version": version}, "Your bid is taken back")


async def _do(page: Page, what: str, body: dict[str, Any], said: str, *, keyed: bool = False) -> Response:
    form = await page.form()
    given = page.session.searched.get(_PASS)
    if not given:
        return page.to(HERE)
    try:
        await asker(page).post(f"{_OWN}/{what}", {**body, "pass": given}, key=form.key if keyed else None)
    except Refused as refused:
        if refused.status == 403:
            _forget(page)
        form.wrong("", refused.detail)
        return await _shown(page, form)
    return page.to(HERE, said=said)


@router.post(HERE + "/sign-out")
async def sign_out(page: Anyone) -> Response:
    """The pass is worth nothing from now on, also for whoever goes back in the history."""
    given = page.session.searched.get(_PASS)
    if given:
        await asker(page).post(f"{_OWN}/sign-outs", {"pass": given})
    _forget(page)
    return page.to("/public/homes", said="You are signed out")
