"""Proposals and consultations: read by anyone; supported, commented on and raised by the code that came by post.

The code becomes a pass, kept in the sealed session until the browser is closed. Signed-in accounts are not needed.
"""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Anyone, Page
from staff.pages.public.anyone import asker, show

router = APIRouter()
_P: Final = "/v1/grants/proposals"
_PASS: Final = "public_pass"


def given_pass(page: Page) -> str:
    """The pass of this browser; empty when no code was given."""
    return page.session.searched.get(_PASS, "")


@router.get("/public/proposals")
async def proposals(page: Anyone) -> Response:
    """All of them, the newest first."""
    query = {"limit": 20, "after": page.asked("after"), "state": page.asked("state"), "kind": page.asked("kind")}
    answer = await asker(page).get(_P, query)
    return show(page, "public/proposals.html", items=answer.items, next=answer.next, has_pass=bool(given_pass(page)))


@router.get("/public/proposals/new")
async def new(page: Anyone) -> Response:
    """The form for a proposal of one's own."""
    return show(page, "public/proposal_new.html", has_pass=bool(given_pass(page)))


@router.post("/public/proposals/new")
async def raise_one(page: Anyone) -> Response:
    """A proposal of one's own: a moderator looks first."""
    form = await page.form()
    title = form.required("title", "Give your proposal a title")
    words = form.required("words", "Say what should be done, and why")
    passed = await _pass(page, form)
    if not form.errors:
        try:
            body = {"title": title, "words": words, "pass": passed}
            wrote = await asker(page).post("/v1/grants/proposals-by-pass", body, key=form.key)
            said = "Thank you. A moderator reads it before it is shown."
            return page.to("/public/proposals", said="Your proposal was sent", text=said, wrote=wrote, path=_P)
        except Refused as refused:
            form.refused(refused)
    return show(page, "public/proposal_new.html", form, has_pass=bool(given_pass(page)))


@router.get("/public/proposals/{proposal_id}")
async def proposal(page: Anyone, proposal_id: UUID) -> Response:
    """One of them, with what others say and what the council answered."""
    return await _one(page, proposal_id)


async def _one(page: Page, proposal_id: UUID, form: Form | None = None) -> Response:
    ask = asker(page)
    found, comments = await ask.all(
        ask.get(f"{_P}/{proposal_id}"), ask.get(f"{_P}/{proposal_id}/comments", {"limit": 100})
    )
    context = {"proposal": found.body, "comments": comments.items, "has_pass": bool(given_pass(page))}
    return show(page, "public/proposal.html", form, **context)


@router.post("/public/proposals/{proposal_id}/support")
async def support(page: Anyone, proposal_id: UUID) -> Response:
    """Support it, once."""
    return await _do(page, proposal_id, "supports", "Your support counts", words=False)


@router.post("/public/proposals/{proposal_id}/comment")
async def comment(page: Anyone, proposal_id: UUID) -> Response:
    """Say something about it."""
    return await _do(page, proposal_id, "comments", "Your comment was sent", words=True)


async def _do(page: Page, proposal_id: UUID, what: str, said: str, *, words: bool) -> Response:
    form = await page.form()
    body: dict[str, str] = {}
    if words:
        body["words"] = form.required("words", "Write your comment")
    body["pass"] = await _pass(page, form)
    if not form.errors:
        path = f"{_P}/{proposal_id}/{what}-by-pass"
        try:
            wrote = await asker(page).post(path, body, key=form.key)
            text = "A moderator reads it before it is shown." if words else ""
            return page.to(f"/public/proposals/{proposal_id}", said=said, text=text, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    return await _one(page, proposal_id, form)


async def _pass(page: Page, form: Form) -> str:
    """The pass of this browser, or a new one for the code and postcode typed here."""
    if kept := given_pass(page):
        return kept
    code = form.required("code", "Enter the code from your letter")
    postcode = form.required("postcode", "Enter the postcode your letter was sent to")
    if form.errors:
        return ""
    try:
        answer = await asker(page).post(
            "/v1/grants/participation-passes", {"code": code.replace(" ", ""), "postcode": postcode}
        )
    except Refused as refused:
        form.refused(refused)
        return ""
    made = str(answer["pass"])
    page.session.searched = {**page.session.searched, _PASS: made}
    return made
