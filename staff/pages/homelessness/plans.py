"""The personalised housing plan: our steps and theirs, whether it was agreed, given and looked at again."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.homelessness.cases import CASES, framed

router = APIRouter()


@router.get("/homelessness/{case_id}/plan")
async def plan(page: SignedIn, case_id: UUID) -> Response:
    """The plan, or the first step of one."""
    return await _shown(page, case_id, Form())


async def _shown(page: Page, case_id: UUID, form: Form) -> Response:
    return await framed(
        page, "homelessness/plan.html", case_id, "/plan", form, plan=page.get(f"{CASES}/{case_id}/plan")
    )


def _step(form: Form) -> dict[str, Any]:
    """One step as it was filled in."""
    whose = form.required("whose", "Choose who does it")
    words = form.required("words", "Write what is done")
    due = form.date("due", "The day")
    weight = form.text("weight") if whose == "theirs" else ""
    if whose == "theirs" and not weight:
        form.wrong("weight", "Choose whether it is mandatory or recommended")
    return {"whose": whose, "weight": weight or None, "words": words, "due_on": due.isoformat() if due else None}


@router.post("/homelessness/{case_id}/plan")
async def work(page: SignedIn, case_id: UUID) -> Response:
    """Makes it, adds a step, says how one went, agrees, gives a copy, looks at it again: as the form says."""
    form = await page.form()
    does = form.text("does")
    here = f"{CASES}/{case_id}"
    path, body, said = await _asked(form, does, here)
    if form.errors:
        return await _shown(page, case_id, form)
    keyed = does in ("make", "step")
    try:
        wrote = await page.post(path, body, key=form.key if keyed else None, if_match=None if keyed else form.version)
    except Refused as refused:
        form.refused(refused, {"/steps/0/words": "words", "/review_on": "review-day", "/due_on": "due-day"})
        return await _shown(page, case_id, form)
    return page.to(f"/homelessness/{case_id}/plan", said=said, wrote=wrote, path=path)


async def _asked(form: Form, does: str, here: str) -> tuple[str, dict[str, Any], str]:
    """Where a form goes, with what, and what is said when it is done."""
    if does == "make":
        review = form.date("review", "The day to look at it again", must=True)
        step = _step(form)
        return (
            f"{here}/plans",
            {"steps": [step], "review_on": review.isoformat() if review else None},
            "The plan stands",
        )
    if does == "step":
        return f"{here}/plan/steps", _step(form), "Step added: agree and give the plan anew"
    if does == "progress":
        state = form.required("state", "Choose how it went")
        body = {"state": state, "words": form.text("progress_words") or None}
        return f"{here}/plan/steps/{UUID(form.text('step'))}/progress", body, "Recorded"
    if does == "agree":
        agreed = form.required("agreed", "Choose whether they agree")
        why = form.required("why_not", "Write why there is no agreement") if agreed == "no" else None
        return f"{here}/plan/agreement", {"agreed": agreed == "yes", "why_not": why}, "Recorded"
    if does == "copy":
        return f"{here}/plan/copy", {}, "They have a copy"
    if does == "review":
        review = form.date("review", "The day to look at it again", must=True)
        return f"{here}/plan/review", {"review_on": review.isoformat() if review else None}, "Looked at again"
    raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
