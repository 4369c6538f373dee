"""A plan's goals and steps: added, put into other words, and what becomes of each."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.household.planning import PARTS, PLANS, action, dated, day, entry, goal, keep, shown

router = APIRouter()
_PLAN: Final = "/households/{household_id}/plans/{plan_id}"
_NAMES: Final = {"/by": "by-day", "/due_on": "due-day", "/done_on": "done-day", "/on": "on-day"}
_STATES: Final = {"to_do": "Not begun", "doing": "Begun", "done": "Done", "dropped": "Not needed any more"}
_GOAL_STATES: Final = {"open": "Still wanted", "achieved": "Reached", "dropped": "Let go"}


@router.get(f"{_PLAN}/goals/new")
async def new_goal(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """One more goal."""
    return await shown(page, household_id, plan_id, "household/plan_goal.html", Form(start={"part": "inside"}))


@router.post(f"{_PLAN}/goals/new")
async def add_goal(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """It comes last, in their words."""
    form = await page.form()
    body = {**goal(form), **_seen_by(form)}
    done = await _add(page, form, household_id, plan_id, "goals", body, "The goal is in the plan")
    return done or await shown(page, household_id, plan_id, "household/plan_goal.html", form)


@router.get(f"{_PLAN}/goals/{{goal_id}}")
async def read_goal(page: SignedIn, household_id: str, plan_id: str, goal_id: str) -> Response:
    """A goal, to be put into other words, or settled."""
    found = entry((await page.get(f"{PLANS}/{an_id(plan_id)}")).body, "goals", goal_id)
    start = {name: str(found[name] or "") for name in ("words", "language", "english", "part", "shown_words")}
    start |= {"seen": _version(found), **dated("by", found["by"])}
    return await _goal(page, household_id, plan_id, goal_id, Form(start=start))


@router.post(f"{_PLAN}/goals/{{goal_id}}")
async def change_goal(page: SignedIn, household_id: str, plan_id: str, goal_id: str) -> Response:
    """Other words, another day, other readers."""
    form = await page.form()
    path = f"{PLANS}/{an_id(plan_id)}/goals/{an_id(goal_id)}"
    body = {**goal(form), **_seen_by(form)}
    answer = await keep(page, form, path, body, _back(household_id, plan_id), "The goal is changed", _NAMES)
    if isinstance(answer, Response):
        return answer
    return await _goal(page, household_id, plan_id, goal_id, form, meanwhile=answer)


@router.post(f"{_PLAN}/goals/{{goal_id}}/steps")
async def settle_goal(page: SignedIn, household_id: str, plan_id: str, goal_id: str) -> Response:
    """Reached, let go, or wanted again."""
    form = await page.form()
    if form.text("to") not in _GOAL_STATES:
        form.wrong("to", "Choose what became of it")
    body = {"to": form.text("to"), "words": form.text("how") or None, "on": day(form.date("on", "The day"))}
    if form.text("to") != "achieved":
        body["on"] = None
    path = f"{PLANS}/{an_id(plan_id)}/goals/{an_id(goal_id)}/steps"
    done = await _settle(page, form, path, body, _back(household_id, plan_id))
    return done or await _goal(page, household_id, plan_id, goal_id, form)


async def _goal(
    page: Page, household_id: str, plan_id: str, goal_id: str, form: Form, *, meanwhile: bool = False
) -> Response:
    more = {"goal_id": an_id(goal_id), "meanwhile": meanwhile, "states": _GOAL_STATES}
    return await shown(page, household_id, plan_id, "household/plan_goal.html", form, more=more)


@router.get(f"{_PLAN}/actions/new")
async def new_action(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """One more step, of a goal or of the plan as a whole."""
    start = {"whose": "ours", "worker": page.session.subject, "goal": page.asked("goal") or "", "part": "inside"}
    return await shown(page, household_id, plan_id, "household/plan_action.html", Form(start=start), more=_NEW)


@router.post(f"{_PLAN}/actions/new")
async def add_action(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """Who does what by when."""
    form = await page.form()
    body = {**action(form), **_seen_by(form), "goal_id": an_id(form.text("goal")) if form.text("goal") else None}
    done = await _add(page, form, household_id, plan_id, "actions", body, "The step is in the plan")
    return done or await shown(page, household_id, plan_id, "household/plan_action.html", form, more=_NEW)


_NEW: Final = {"action_id": ""}


@router.get(f"{_PLAN}/actions/{{action_id}}")
async def read_action(page: SignedIn, household_id: str, plan_id: str, action_id: str) -> Response:
    """A step, to be put into other words, given to somebody else, or told how it went."""
    found = entry((await page.get(f"{PLANS}/{an_id(plan_id)}")).body, "actions", action_id)
    start = {name: str(found[name] or "") for name in ("words", "whose", "worker", "shown_words")}
    start |= {"seen": _version(found), "state": found["state"], **dated("due", found["due_on"])}
    return await _action(page, household_id, plan_id, action_id, Form(start=start))


@router.post(f"{_PLAN}/actions/{{action_id}}")
async def change_action(page: SignedIn, household_id: str, plan_id: str, action_id: str) -> Response:
    """Other words, another day, somebody else."""
    form = await page.form()
    path = f"{PLANS}/{an_id(plan_id)}/actions/{an_id(action_id)}"
    body = {**action(form), "shown_words": form.text("shown_words") or None}
    answer = await keep(page, form, path, body, _back(household_id, plan_id), "The step is changed", _NAMES)
    if isinstance(answer, Response):
        return answer
    return await _action(page, household_id, plan_id, action_id, form, meanwhile=answer)


@router.post(f"{_PLAN}/actions/{{action_id}}/progress")
async def progress(page: SignedIn, household_id: str, plan_id: str, action_id: str) -> Response:
    """How it goes: begun, done, not needed any more, or not begun after all."""
    form = await page.form()
    if form.text("state") not in _STATES:
        form.wrong("state", "Choose how it went")
    body = {
        "state": form.text("state"),
        "words": form.text("how") or None,
        "done_on": day(form.date("done", "The day")),
    }
    if form.text("state") != "done":
        body["done_on"] = None
    path = f"{PLANS}/{an_id(plan_id)}/actions/{an_id(action_id)}/progress"
    done = await _settle(page, form, path, body, _back(household_id, plan_id))
    return done or await _action(page, household_id, plan_id, action_id, form)


async def _action(
    page: Page, household_id: str, plan_id: str, action_id: str, form: Form, *, meanwhile: bool = False
) -> Response:
    more = {"action_id": an_id(action_id), "meanwhile": meanwhile, "states": _STATES}
    return await shown(page, household_id, plan_id, "household/plan_action.html", form, more=more)


async def _add(
    page: Page, form: Form, household_id: str, plan_id: str, kind: str, body: Mapping[str, Any], said: str
) -> Response | None:
    path = f"{PLANS}/{an_id(plan_id)}/{kind}"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key)
            return page.to(_back(household_id, plan_id), said=said, wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused, _NAMES)
    return None


async def _settle(page: Page, form: Form, path: str, body: Mapping[str, Any], back: str) -> Response | None:
    if not form.errors:
        try:
            wrote = await page.post(path, body, if_match=form.text("seen"))
            return page.to(back, said="Recorded", wrote=wrote, path=path)
        except Refused as refused:
            if refused.status == 412:
                form.wrong("", "Somebody changed this meanwhile. Look at how it stands now, then do it again.")
            else:
                form.refused(refused, _NAMES)
    return None


def _seen_by(form: Form) -> dict[str, Any]:
    """Who may read an entry, and what a shared copy says instead of it."""
    part = form.text("part")
    return {"part": part if part in PARTS else "inside", "shown_words": form.text("shown_words") or None}


def _version(found: Mapping[str, Any]) -> str:
    return f'"{found["version"]}"'


def _back(household_id: str, plan_id: str) -> str:
    return f"/households/{an_id(household_id)}/plans/{an_id(plan_id)}"
