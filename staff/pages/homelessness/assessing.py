"""What was found of a household on a day: every finding may stay open, and nothing rests on what is not known."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff import begun
from staff.begun import Place
from staff.client import Answer, Refused
from staff.drafts import Kept
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.homelessness import findings
from staff.pages.homelessness.cases import CASES, around, load

router = APIRouter()

_OPEN: Final = (
    "eligible",
    "homelessness",
    "priority",
    "intentional",
    "connection_here",
    "connection_there",
    "violence_there",
)
_CHOSEN: Final = ("loss_reason", "last_settled", "accommodation_now", "priority_category", "connection_authority")
_WORDS: Final = (
    "eligibility_basis",
    "intentional_reasons",
    "connection_basis",
    "circumstances",
    "housing_needs",
    "support_words",
    "wishes",
)


@router.get("/homelessness/{case_id}/assess")
async def assess(page: SignedIn, case_id: UUID) -> Response:
    """Begins with what was found last: only what changed is put in anew."""
    case = await load(page, case_id)
    last = case["assessment"] or {}
    start: dict[str, Any] = {name: str(last.get(name) or "unknown") for name in _OPEN}
    start |= {name: str(last.get(name) or "") for name in (*_CHOSEN, *_WORDS)}
    start |= {"causes": list(last.get("causes", ())), "believe": "yes" if last.get("reason_to_believe") else ""}
    if not start["priority_category"] and case["suggested_priority"]:
        start["priority_category"] = case["suggested_priority"][0]
    for name, key in (("homeless", "homeless_on"),):
        if last.get(key):
            year, month, day = last[key].split("-")
            start |= {f"{name}-day": str(int(day)), f"{name}-month": str(int(month)), f"{name}-year": year}
    form, kept = await begun.resume(page, _place(case_id), **start)
    return await _shown(page, case, form, kept)


def _place(case_id: UUID | str) -> Place:
    return Place("housing", "homelessness-findings", str(case_id))


async def _shown(page: Page, case: Answer, form: Form, kept: Kept) -> Response:
    more = {"findings": findings, "kept": kept, "place": _place(case["id"])}
    return await around(page, "homelessness/assess.html", case, "", form, more=more)


@router.post("/homelessness/{case_id}/assess")
async def assessed(page: SignedIn, case_id: UUID) -> Response:
    """Keeps it; housing says which field breaks which rule, with its section."""
    form = await page.form()
    answered = await begun.put_by(page, _place(case_id), form, f"/homelessness/{case_id}")
    if answered is not None:
        return answered
    homeless_on = form.date("homeless", "The day")
    body: dict[str, Any] = {name: form.text(name) or "unknown" for name in _OPEN}
    body |= {name: form.text(name) or None for name in (*_CHOSEN, *_WORDS)}
    body |= {
        "reason_to_believe": form.has("believe"),
        "homeless_on": homeless_on.isoformat() if homeless_on else None,
        "causes": form.many("causes"),
    }
    if form.text("notice_type"):
        served, expires = (
            form.date("served", "The day it was served", must=True),
            form.date("runs", "The day it runs out", must=True),
        )
        body["notice"] = {
            "type": form.text("notice_type"),
            "landlord": form.text("landlord") or "private",
            "served_on": served.isoformat() if served else None,
            "expires_on": expires.isoformat() if expires else None,
        }
    path = f"{CASES}/{case_id}/assessments"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.text("seen"))
            await begun.sent(page, _place(case_id))
            return page.to(f"/homelessness/{case_id}", said="What you found is kept", wrote=wrote, path=path)
        except Refused as refused:
            names = {
                "/homeless_on": "homeless-day",
                "/notice/served_on": "served-day",
                "/notice/expires_on": "runs-day",
            }
            form.refused(refused, names)
    return await _shown(page, await load(page, case_id), form, begun.as_sent(form))
