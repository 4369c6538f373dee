"""Lock-outs: somebody was put out without a court. Reported to enforcement, taken by name, and what came of it."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.homelessness.cases import CASES, framed

router = APIRouter()
_E: Final = "/v1/housing/illegal-evictions"
ACTS: Final = {
    "locks_changed": "The locks were changed",
    "put_out": "They were put out",
    "belongings_removed": "Their belongings were taken away",
    "services_cut_off": "Water, gas or electricity was cut off",
    "threats": "Threats",
    "entered_without_leave": "Somebody came in without leave",
    "other": "Something else",
}
OUTCOMES: Final = {
    "let_back_in": "They were let back in",
    "left_for_good": "They left for good",
    "cautioned": "The landlord was cautioned",
    "prosecuted": "The landlord is prosecuted",
    "not_an_offence": "It was no offence",
}
STATES: Final = {"reported": "Nobody has taken it", "taken": "Taken", "ended": "Ended"}


@router.get("/lock-outs")
async def lock_outs(page: SignedIn) -> Response:
    """Reports for enforcement, what is due first."""
    state = page.asked("state") if page.asked("state") in STATES else "reported"
    names, found = await asyncio.gather(
        page.names(), page.parts(reports=page.get(_E, {"state": state, "limit": 50, "after": page.asked("after")}))
    )
    after = found["reports"].next
    tabs = [
        {"text": text, "href": f"/lock-outs?state={code}", "current": code == state} for code, text in STATES.items()
    ]
    return page.render(
        "homelessness/lock_outs.html",
        names=names,
        state=state,
        tabs=tabs,
        acts=ACTS,
        outcomes=OUTCOMES,
        **page.turning("/lock-outs", {"state": state}, after),
        **found,
    )


@router.get("/homelessness/{case_id}/lock-outs")
async def of_case(page: SignedIn, case_id: UUID) -> Response:
    """Lock-outs of this case, and the form to report one."""
    return await _shown(page, case_id, Form())


@router.post("/homelessness/{case_id}/lock-outs")
async def report(page: SignedIn, case_id: UUID) -> Response:
    """To enforcement at once: they take it within the hour."""
    form = await page.form()
    happened = form.date("happened", "The day it happened")
    acts = [each for each in form.many("acts") if each in ACTS]
    if not acts:
        form.wrong("acts", "Choose what was done")
    body: dict[str, Any] = {
        "happened_on": happened.isoformat() if happened else None,
        "acts": acts,
        "words": form.text("words") or None,
    }
    path = f"{CASES}/{case_id}/illegal-evictions"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key)
            said, text = "Enforcement is told", "They take it within the hour; else a manager hears."
            return page.to(f"/homelessness/{case_id}/lock-outs", said=said, text=text, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, {"/happened_on": "happened-day"})
    return await _shown(page, case_id, form)


@router.post("/homelessness/{case_id}/lock-outs/{eviction_id}/{what}")
async def act(page: SignedIn, case_id: UUID, eviction_id: UUID, what: str) -> Response:
    """Somebody of enforcement takes it by name; later, what came of it."""
    form = await page.form()
    body: dict[str, Any] | None = None
    if what == "outcome":
        body = {"outcome": form.required("outcome", "Choose what came of it"), "words": form.text("end_words") or None}
    elif what != "taking":
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    path = f"{_E}/{eviction_id}/{what}"
    said = "You have taken it" if what == "taking" else "What came of it is kept"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.version if body else None)
            return page.to(f"/homelessness/{case_id}/lock-outs", said=said, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    return await _shown(page, case_id, form)


async def _shown(page: Page, case_id: UUID, form: Form) -> Response:
    more = {"acts": ACTS, "outcomes": OUTCOMES, "states": STATES}
    asked = page.get(_E, {"case_id": str(case_id), "limit": 20})
    return await framed(page, "homelessness/lock_out.html", case_id, "/lock-outs", form, reports=asked, more=more)
