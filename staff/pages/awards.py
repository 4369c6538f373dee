"""Awards: what was promised, the agreement, payments that two officers make together, reports."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.funds import act

router = APIRouter()
W: Final = "/v1/grants/awards"
PAYMENTS: Final = {
    "planned": "Not asked for yet",
    "requested": "Waits for a second officer",
    "paid": "Paid",
    "cancelled": "Not paid any more",
}
REPORTS: Final = {
    "due": "Not due yet",
    "late": "Late",
    "received": "To be read",
    "returned": "Sent back",
    "accepted": "Accepted",
}


@router.get("/awards")
async def awards(page: SignedIn) -> Response:
    """What waits for a hand, then every award."""
    found = await page.parts(
        awards=page.get(W, {"limit": 50, "after": page.asked("after")}),
        waiting=page.get("/v1/grants/payments", {"state": "requested", "limit": 50}),
        late=page.get("/v1/grants/reports", {"state": "late", "limit": 50}),
        received=page.get("/v1/grants/reports", {"state": "received", "limit": 50}),
        checks=page.get("/v1/grants/publications/360giving/checks"),
    )
    titles = {each["id"]: each for each in found["awards"].items}
    return page.render("awards/list.html", titles=titles, payments=PAYMENTS, reports=REPORTS, **found)


@router.get("/awards/{award_id}")
async def award(page: SignedIn, award_id: UUID) -> Response:
    """One award, whole."""
    return await _one(page, award_id)


async def _one(page: Page, award_id: UUID, form: Form | None = None) -> Response:
    names, file = await asyncio.gather(page.names(), page.get(f"{W}/{award_id}/file"))
    context = {"file": file.body, "award": file["award"], "etag": file.etag, "mine": page.session.subject}
    return page.render("awards/one.html", form, names=names, payments=PAYMENTS, reports=REPORTS, **context)


@router.post("/awards/{award_id}/{what}")
async def work_on(page: SignedIn, award_id: UUID, what: str) -> Response:
    """The agreement, a payment asked for or released, a report read, money that came back, an end."""
    form = await page.form()
    works = {
        "agreement": _agreement,
        "payments": _payment,
        "release": _release,
        "review": _review,
        "recoveries": _recovery,
        "withdrawal": _withdrawal,
    }
    if what not in works:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    path, body, said = works[what](form, award_id)
    names = {"/payee_checked": "payee_checked", "/pence": "back_pence"}
    done = await act(page, form, path, body, back=f"/awards/{award_id}", said=said, names=names)
    return done or await _one(page, award_id, form)


def _agreement(form: Form, award_id: UUID) -> tuple[str, dict[str, Any], str]:
    """Two instalments: one when it is signed, the rest when half of it is done; one when nothing is typed."""
    agreed = form.date("agreed_on", "The day it was signed", must=True)
    starts = form.date("starts_on", "The first day", must=True)
    ends = form.date("ends_on", "The last day", must=True)
    form.required("first", "Enter the first instalment")
    whole, first = int(form.text("whole") or 0), form.pence("first", "The first instalment") or 0
    if first > whole:
        form.wrong("first", "The first instalment is more than the award")
    parts = [{"pence": first, "milestone": "The agreement is signed", "due_on": agreed.isoformat() if agreed else ""}]
    if first < whole:
        second = form.date("second_on", "The day of the second instalment", must=True)
        milestone = form.required("second_milestone", "Say what the second instalment waits for")
        parts.append({"pence": whole - first, "milestone": milestone, "due_on": second.isoformat() if second else ""})
    body = {
        "agreed_on": agreed.isoformat() if agreed else "",
        "starts_on": starts.isoformat() if starts else "",
        "ends_on": ends.isoformat() if ends else "",
        "conditions": [line for line in form.text("conditions").split("\n") if line.strip()],
        "instalments": parts,
    }
    return f"{W}/{award_id}/agreement", body, "The agreement is recorded"


def _payment(form: Form, award_id: UUID) -> tuple[str, dict[str, Any], str]:
    body = {
        "instalment": int(form.text("instalment") or 0),
        "payee_checked": form.has("payee_checked"),
        "evidence": form.required("evidence", "Say how you know that the milestone is reached"),
    }
    if not form.has("payee_checked"):
        form.wrong("payee_checked", "Check that the account is the group's own")
    return f"{W}/{award_id}/payments", body, "The payment waits for another officer to release it"


def _release(form: Form, award_id: UUID) -> tuple[str, dict[str, Any], str]:
    return f"/v1/grants/payments/{UUID(form.text('payment'))}/release", {}, "The payment is released"


def _review(form: Form, award_id: UUID) -> tuple[str, dict[str, Any], str]:
    accepted = form.required("accepted", "Accept it, or send it back") == "yes"
    reason = form.text("review_reason")
    if not accepted and not reason:
        form.wrong("review_reason", "Say what is missing")
    body = {"accepted": accepted, "reason": reason or None}
    return f"/v1/grants/reports/{UUID(form.text('report'))}/review", body, "Your answer is recorded"


def _recovery(form: Form, award_id: UUID) -> tuple[str, dict[str, Any], str]:
    form.required("back_pence", "Enter how much came back")
    pence = form.pence("back_pence", "The amount") or 0
    body = {"pence": pence, "reason": form.required("back_reason", "Say publicly why it came back")}
    return f"{W}/{award_id}/recoveries", body, "The money is back in the fund"


def _withdrawal(form: Form, award_id: UUID) -> tuple[str, dict[str, Any], str]:
    body = {"reason": form.required("end_reason", "Say publicly why it ends")}
    return f"{W}/{award_id}/withdrawal", body, "The award has ended: what was not paid is free again"
