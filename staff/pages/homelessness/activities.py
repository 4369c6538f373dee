"""What is done beside the duty, and what came of it: mediation, debts put in order, a small sum."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.homelessness import findings
from staff.pages.homelessness.cases import CASES, framed

router = APIRouter()


@router.get("/homelessness/{case_id}/activities")
async def activities(page: SignedIn, case_id: UUID) -> Response:
    """What was done, what it cost, what came of it."""
    return await _shown(page, case_id, Form())


async def _shown(page: Page, case_id: UUID, form: Form) -> Response:
    return await framed(
        page,
        "homelessness/activities.html",
        case_id,
        "/activities",
        form,
        activities=page.get(f"{CASES}/{case_id}/activities", {"limit": 100}),
        more={"findings": findings},
    )


@router.post("/homelessness/{case_id}/activities")
async def work(page: SignedIn, case_id: UUID) -> Response:
    """Begins something, or says what came of it."""
    form = await page.form()
    path = f"{CASES}/{case_id}/activities"
    body: dict[str, Any]
    if form.text("does") == "end":
        body = {"outcome": form.required("outcome", "Choose what came of it"), "words": form.text("end_words") or None}
        path += f"/{UUID(form.text('activity'))}/outcome"
    else:
        kind = form.required("kind", "Choose what is done")
        pence = form.pence("amount", "The sum")
        if pence and not form.text("fund"):
            form.wrong("fund", "Choose the fund it comes from")
        body = {
            "kind": kind,
            "cause": form.text("cause") or None,
            "words": form.text("words") or None,
            "amount_pence": pence,
            "fund": form.text("fund") or None if pence else None,
        }
    if not form.errors:
        end = form.text("does") == "end"
        try:
            wrote = await page.post(path, body, key=None if end else form.key, if_match=form.version if end else None)
            return page.to(f"/homelessness/{case_id}/activities", said="Recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/amount_pence": "amount"})
    return await _shown(page, case_id, form)
