"""What a manager is asked to approve: asked with its reason, approved or returned by somebody else, taken back."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff import begun
from staff.begun import Place
from staff.client import Refused, an_id
from staff.drafts import Kept
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.people import households

router = APIRouter()
_A: Final = "/v1/casefile/approvals"
KINDS: Final = {
    "spending": "Spending",
    "closing": "Closing the case",
    "plan": "The plan",
    "step_up": "More help than now",
    "step_down": "Less help than now",
    "other": "Something else",
}
STATES: Final = {"asked": "Waits", "returned": "Returned", "approved": "Approved", "withdrawn": "Taken back"}
_LISTS: Final = {"asked": "To decide", "mine": "What I asked", "approved": "Approved", "returned": "Returned"}
_ACTS: Final = {
    # act of the page: (address, what must be said, what was done)
    "approval": ("", "Approved: they are told"),
    "return": ("Say what is missing", "Returned with your words"),
    "answer": ("Say what you changed", "Asked again"),
    "withdrawal": ("", "Taken back"),
}


@router.get("/approvals")
async def approvals(page: SignedIn) -> Response:
    """What waits, the oldest first; what one asked oneself; what was decided."""
    which = page.asked("show") if page.asked("show") in _LISTS else None
    which = which or ("asked" if _decides(page) else "mine")
    query = {"asked_by": page.session.subject} if which == "mine" else {"state": which}
    names, found = await asyncio.gather(
        page.names(), page.parts(approvals=page.get(_A, {**query, "limit": 30, "after": page.asked("after")}))
    )
    homes = await households(page, [each["household_id"] for each in found["approvals"].items])
    after = found["approvals"].next
    tabs = [
        {"text": text, "href": f"/approvals?show={name}", "current": name == which} for name, text in _LISTS.items()
    ]
    return page.render(
        "approvals/list.html",
        names=names,
        which=which,
        tabs=tabs,
        homes=homes,
        kinds=KINDS,
        states=STATES,
        **page.turning("/approvals", {"show": which}, after),
        **found,
    )


def _decides(page: Page) -> bool:
    return not {"manager", "safeguarding_lead"}.isdisjoint(page.session.roles)


@router.get("/cases/{case_id}/approvals/new")
async def before(page: SignedIn, case_id: str) -> Response:
    """What is to be approved, and why; found again as it was left."""
    form, kept = await begun.resume(page, _place(case_id))
    return await _asking(page, case_id, form, kept)


@router.post("/cases/{case_id}/approvals/new")
async def ask(page: SignedIn, case_id: str) -> Response:
    """Asks; a manager other than oneself decides."""
    form, id_ = await page.form(), an_id(case_id)
    answered = await begun.put_by(page, _place(case_id), form, "/approvals?show=mine")
    if answered is not None:
        return answered
    kind = form.text("kind")
    if kind not in KINDS:
        form.wrong("kind", "Choose what is to be approved")
    body = {"kind": kind, "words": form.required("words", "Say what you ask and why")}
    path = f"/v1/casefile/cases/{id_}/approvals"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key)
            await begun.sent(page, _place(case_id))
            return page.to(f"/approvals/{wrote['id']}", said="A manager is asked", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    return await _asking(page, case_id, form, begun.as_sent(form))


def _place(case_id: str) -> Place:
    return Place("casefile", "approval", an_id(case_id))


async def _asking(page: Page, case_id: str, form: Form, kept: Kept) -> Response:
    case = await page.get(f"/v1/casefile/cases/{an_id(case_id)}")
    homes = await households(page, [case["household_id"]])
    place = _place(case_id)
    return page.render(
        "approvals/ask.html", form, home=homes[case["household_id"]], kinds=KINDS, kept=kept, place=place
    )


@router.get("/approvals/{approval_id}")
async def approval(page: SignedIn, approval_id: str) -> Response:
    """One of them, with all that was said."""
    return await _one(page, approval_id, Form())


@router.post("/approvals/{approval_id}/{what}")
async def act(page: SignedIn, approval_id: str, what: str) -> Response:
    """Approve, return, answer, take back: as it was shown."""
    if what not in _ACTS:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    form = await page.form()
    missing, said = _ACTS[what]
    field = f"{what}_words"
    words = form.required(field, missing) if missing else form.text(field)
    path = f"{_A}/{an_id(approval_id)}/{what}"
    if not form.errors:
        try:
            wrote = await page.post(path, {"words": words}, if_match=form.version)
            return page.to(f"/approvals/{an_id(approval_id)}", said=said, wrote=wrote, path=path)
        except Refused as refused:
            if refused.status == 412:
                form.wrong("", "Something was said meanwhile: read it below before you decide")
            else:
                form.refused(refused, {"/words": field})
    return await _one(page, approval_id, form)


async def _one(page: Page, approval_id: str, form: Form) -> Response:
    names, found = await asyncio.gather(page.names(), page.get(f"{_A}/{an_id(approval_id)}"))
    homes = await households(page, [found["household_id"]])
    body: Mapping[str, Any] = found.body
    mine = body["asked_by"] == page.session.subject
    return page.render(
        "approvals/one.html",
        form,
        names=names,
        approval=body,
        etag=found.etag,
        home=homes[body["household_id"]],
        may_decide=_decides(page) and not mine and "approved" in body["allowed"],
        may_answer=mine and "asked_again" in body["allowed"],
        may_withdraw=mine and "withdrawn" in body["allowed"],
        mine=mine,
        kinds=KINDS,
        states=STATES,
    )
