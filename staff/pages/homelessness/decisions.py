"""Decisions of a homelessness case: what may follow and what is missing for it, the letter, telling them in writing."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.homelessness import findings
from staff.pages.homelessness.cases import CASES, around, framed, load

router = APIRouter()

DECISIONS: Final = "/v1/housing/homelessness-decisions"
REVIEWS: Final = "/v1/housing/homelessness-reviews"


@router.get("/homelessness/{case_id}/decisions")
async def decisions(page: SignedIn, case_id: UUID) -> Response:
    """Every decision with its letter, and the reviews asked for."""
    return await shown(page, case_id, Form())


async def shown(page: Page, case_id: UUID, form: Form) -> Response:
    """The page of decisions and reviews."""
    return await framed(
        page,
        "homelessness/decisions.html",
        case_id,
        "/decisions",
        form,
        decisions=page.get(f"{CASES}/{case_id}/decisions", {"limit": 100}),
        reviews=page.get(REVIEWS, {"case_id": str(case_id)}),
    )


@router.get("/homelessness/{case_id}/decide/{transition}")
async def decide(page: SignedIn, case_id: UUID, transition: str) -> Response:
    """One decision that the law gives from here."""
    return await _decide(page, case_id, transition, Form())


async def _decide(page: Page, case_id: UUID, transition: str, form: Form) -> Response:
    case = await load(page, case_id)
    step = next((each for each in case["next_steps"] if each["transition"] == transition), None)
    if step is None and not form.errors:
        raise Refused(404, "not-found", "Page not found", "This decision does not follow from where the case stands.")
    return await around(
        page,
        "homelessness/decide.html",
        case,
        "",
        form,
        more={"step": step or {"transition": transition, "title": "", "missing": []}, "findings": findings},
    )


@router.post("/homelessness/{case_id}/decide/{transition}")
async def decided(page: SignedIn, case_id: UUID, transition: str) -> Response:
    """Makes it, by name; what is missing is named with its section."""
    form = await page.form()
    reasons = form.required("reasons", "Write the facts and reasons: they stand in the letter")
    if reasons and len(reasons) < 10:
        form.wrong("reasons", "Write at least a whole sentence: it stands in the letter")
    months = form.whole("prospect_months", "The months")
    body: dict[str, Any] = {
        "transition": transition,
        "reasons": reasons,
        "prospect_months": months,
        "accommodation": form.text("accommodation") or None,
    }
    for name in ("suitable", "informed", "provided", "stayed"):
        if form.text(name):
            body[name] = form.text(name) == "yes"
    path = f"{CASES}/{case_id}/decisions"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.version)
            return page.to(
                f"/homelessness/{case_id}/decisions",
                said=f"Decided: {wrote['title']}",
                text="Next: tell them in writing." if wrote["state"] == "to_notify" else "",
                wrote=wrote,
                path=path,
            )
        except Refused as refused:
            form.refused(refused)
    return await _decide(page, case_id, transition, form)


@router.post("/homelessness/{case_id}/decisions")
async def go_on(page: SignedIn, case_id: UUID) -> Response:
    """They were told; another officer agrees; it is taken back; a review is asked for: as the form says."""
    form = await page.form()
    one = f"{DECISIONS}/{UUID(form.text('decision'))}"
    does = form.text("does")
    body: dict[str, Any] = {}
    key = None
    if does == "notification":
        body = {"how": form.required("how", "Choose how they were told")}
    elif does == "reviews":
        key = form.key
        body = {"words": form.text("words") or None, "late_because": form.text("late_because") or None}
    elif does not in ("authorisation", "withdrawal"):
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    said = {
        "notification": "They are told: the time for a review runs",
        "reviews": "The review is asked for",
        "authorisation": "Authorised",
        "withdrawal": "Taken back",
    }[does]
    if not form.errors:
        try:
            wrote = await page.post(f"{one}/{does}", body, key=key, if_match=None if key else form.version)
            return page.to(f"/homelessness/{case_id}/decisions", said=said, wrote=wrote, path=one)
        except Refused as refused:
            form.refused(refused)
    return await shown(page, case_id, form)
