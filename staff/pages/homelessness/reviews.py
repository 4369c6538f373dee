"""Reviews of decisions: decided by a senior officer who had no part in it, within its time."""

from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.page import SignedIn
from staff.pages.homelessness.decisions import REVIEWS, shown

router = APIRouter()


@router.post("/homelessness/{case_id}/reviews/{review_id}")
async def decide_review(page: SignedIn, case_id: UUID, review_id: UUID) -> Response:
    """It stands, or it is overturned; or they no longer want it."""
    form = await page.form()
    does = form.text("does")
    path = f"{REVIEWS}/{review_id}/{'withdrawal' if does == 'withdrawal' else 'decision'}"
    if does == "withdrawal":
        body = {"reason": form.required("withdrawn_because", "Write what they said")}
    else:
        body = {
            "outcome": form.required("outcome", "Choose what you decide"),
            "reasons": form.required("review_reasons", "Write reasons that stand by themselves"),
        }
    if not form.errors:
        try:
            wrote = await page.post(path, body, if_match=form.version)
            return page.to(f"/homelessness/{case_id}/decisions", said="The review is decided", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/reasons": "review_reasons", "/reason": "withdrawn_because"})
    return await shown(page, case_id, form)
