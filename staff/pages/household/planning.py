"""Making a plan with somebody: what matters in their own words, agreeing to it, ending it, what a shared copy shows."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff import begun
from staff.begun import Place
from staff.client import Part, Refused, an_id
from staff.drafts import Kept
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.household.frame import frame

router = APIRouter()
PLANS: Final = "/v1/casefile/plans"
WHOSE: Final = {"theirs": "They do", "ours": "We do", "partners": "A partner does"}
PARTS: Final = {
    "inside": "Everyone who works with the household",
    "abuse": "Domestic abuse specialists",
    "safeguarding": "The safeguarding team",
    "drugs_and_alcohol": "Drug and alcohol recovery",
    "immigration": "Immigration advice",
    "crime": "Community safety",
}
LANGUAGES: Final = {
    "": "English",
    "ar": "Arabic",
    "bn": "Bengali",
    "fr": "French",
    "lt": "Lithuanian",
    "pl": "Polish",
    "pt": "Portuguese",
    "pa": "Punjabi",
    "ro": "Romanian",
    "so": "Somali",
    "es": "Spanish",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "yo": "Yoruba",
}
_NEW_NAMES: Final = {
    "/person_id": "person",
    "/what_matters": "what_matters",
    "/review_on": "review-day",
    "/goals/0/words": "words",
    "/goals/0/english": "english",
    "/goals/0/by": "by-day",
    "/goals/0/actions/0/words": "step",
    "/goals/0/actions/0/worker": "worker",
    "/goals/0/actions/0/due_on": "due-day",
}


@router.get("/households/{household_id}/plans/new")
async def new(page: SignedIn, household_id: str) -> Response:
    """A plan to begin, found again as it was left."""
    id_ = an_id(household_id)
    form, kept = await begun.resume(page, _place(id_), whose="ours", worker=page.session.subject)
    return await _new(page, id_, form, kept)


@router.post("/households/{household_id}/plans/new")
async def make(page: SignedIn, household_id: str) -> Response:
    """Begins it with its first goal and its first step; more are added on its page."""
    id_, form = an_id(household_id), await page.form()
    answered = await begun.put_by(page, _place(id_), form, f"/households/{id_}/plan")
    if answered is not None:
        return answered
    body: dict[str, Any] = {
        "person_id": form.required("person", "Choose whose plan it is"),
        "household_id": id_,
        "what_matters": form.raw("what_matters").strip() or None,
        "review_on": day(form.date("review", "The day you look at it together")),
        "goals": [{**goal(form), "actions": [action(form, words="step")] if form.text("step") else []}],
    }
    if not form.errors:
        try:
            wrote = await page.post(PLANS, body, key=form.key)
            await begun.sent(page, _place(id_))
            said = "The plan is begun"
            return page.to(f"/households/{id_}/plans/{wrote['id']}", said=said, wrote=wrote, path=PLANS)
        except Refused as refused:
            form.refused(refused, _NEW_NAMES)
    return await _new(page, id_, form, begun.as_sent(form))


async def _new(page: Page, id_: str, form: Form, kept: Kept) -> Response:
    colleagues, (made, _) = await asyncio.gather(page.colleagues(), frame(page, id_, "plan"))
    return page.render(
        "household/plan_new.html",
        form,
        colleagues=colleagues,
        frame=made,
        kept=kept,
        place=_place(id_),
        languages=LANGUAGES,
        whose=WHOSE,
    )


def _place(household_id: str) -> Place:
    return Place("casefile", "plan", household_id)


def day(found: date | None) -> str | None:
    """A date as the gateway takes it."""
    return found.isoformat() if found else None


def goal(form: Form) -> dict[str, Any]:
    """A goal as it was filled in."""
    return {
        "words": form.required("words", "Write what they want, in their words"),
        "language": form.text("language") if form.text("language") in LANGUAGES and form.text("language") else None,
        "english": form.text("english") or None,
        "by": day(form.date("by", "The day")),
    }


def action(form: Form, words: str = "words") -> dict[str, Any]:
    """A step as it was filled in: the day is wanted, so that somebody is reminded."""
    whose = form.text("whose")
    if whose not in WHOSE:
        form.wrong("whose", "Choose who does it")
    return {
        "words": form.required(words, "Write what is done"),
        "whose": whose,
        "worker": form.text("worker") or None if whose == "ours" else None,
        "due_on": day(form.date("due", "The day")),
    }


@router.get("/households/{household_id}/plans/{plan_id}")
async def work_on(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """The plan to be worked on: its goals and steps, and what a shared copy would show of it."""
    copy = page.get(f"{PLANS}/{an_id(plan_id)}/shared-copy")
    versions = page.get(f"{PLANS}/{an_id(plan_id)}/agreements", {"limit": 10})
    return await shown(page, household_id, plan_id, "household/plan_work.html", Form(), copy=copy, versions=versions)


async def shown(
    page: Page, household_id: str, plan_id: str, template: str, form: Form, *, more: Any = None, **also: Any
) -> Response:
    """One of a plan's pages. Raises Refused when there is no such plan for this worker."""
    asked = page.get(f"{PLANS}/{an_id(plan_id)}")
    names, (made, found) = await asyncio.gather(page.names(), frame(page, household_id, "plan", plan=asked, **also))
    part: Part = found.pop("plan")
    if part.refused is not None:
        raise part.refused
    assert part.answer is not None
    given = {"plan": part.body, "etag": part.answer.etag, "here": f"{made.address}/plans/{part.body['id']}", **found}
    given |= {"whose": WHOSE, "parts": PARTS, "languages": LANGUAGES, "goal_id": "", **(more or {})}
    return page.render(template, form, names=names, colleagues=await page.colleagues(), frame=made, **given)


@router.get("/households/{household_id}/plans/{plan_id}/what-matters")
async def matters(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """What matters to them, to be put into other words."""
    plan = await page.get(f"{PLANS}/{an_id(plan_id)}")
    start = {"what_matters": str(plan["what_matters"] or ""), "seen": plan.etag, **dated("review", plan["review_on"])}
    return await shown(page, household_id, plan_id, "household/plan_matters.html", Form(start=start))


@router.post("/households/{household_id}/plans/{plan_id}/what-matters")
async def changed(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """Keeps it, unless somebody else changed the plan meanwhile: then both stand side by side."""
    form = await page.form()
    body = {
        "what_matters": form.raw("what_matters").strip() or None,
        "review_on": day(form.date("review", "The day you look at it together")),
    }
    path, back = f"{PLANS}/{an_id(plan_id)}", f"/households/{an_id(household_id)}/plans/{an_id(plan_id)}"
    names = {"/what_matters": "what_matters", "/review_on": "review-day"}
    answer = await keep(page, form, path, body, back, "The plan is changed", names)
    if isinstance(answer, Response):
        return answer
    return await shown(page, household_id, plan_id, "household/plan_matters.html", form, more={"meanwhile": answer})


async def keep(
    page: Page, form: Form, path: str, body: Any, back: str, said: str, names: Mapping[str, str]
) -> Response | bool:
    """Changes something as it was shown (`seen`). Not an answer: the form is shown again; True, because somebody else
    was quicker, and what they wrote is shown beside it.
    """
    if form.errors:
        return False
    try:
        wrote = await page.change("PATCH", path, body, if_match=form.text("seen"))
        return page.to(back, said=said, wrote=wrote, path=path)
    except Refused as refused:
        if refused.status != 412:
            form.refused(refused, names)
            return False
        form.wrong("", "Somebody changed this while you did. Both are below: change yours if you need to, and keep it.")
        return True


@router.get("/households/{household_id}/plans/{plan_id}/agree")
async def before_agreeing(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """The plan as you both see it, read through before they agree."""
    return await shown(page, household_id, plan_id, "household/plan_agree.html", Form(start={"how": "face_to_face"}))


@router.post("/households/{household_id}/plans/{plan_id}/agree")
async def agree(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """They agreed: to what was shown, and to nothing that came in meanwhile."""
    form = await page.form()
    how = form.text("how")
    if how not in ("face_to_face", "phone"):
        form.wrong("how", "Choose how you agreed it")
    if not form.has("read"):
        form.wrong("read", "Read it through with them first, then tick the box")
    body = {"how": how, "words": form.text("words") or None}
    return await _done(page, household_id, plan_id, form, "agreements", body, "They agreed to the plan", "agree")


@router.get("/households/{household_id}/plans/{plan_id}/end")
async def before_ending(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """What ending it means, before it is done."""
    return await shown(page, household_id, plan_id, "household/plan_end.html", Form())


@router.post("/households/{household_id}/plans/{plan_id}/end")
async def end(page: SignedIn, household_id: str, plan_id: str) -> Response:
    """It is over; everything in it stays to be read."""
    form = await page.form()
    body = {"reason": form.required("reason", "Say why the plan ends")}
    return await _done(page, household_id, plan_id, form, "end", body, "The plan has ended", "end")


async def _done(
    page: Page, household_id: str, plan_id: str, form: Form, what: str, body: Any, said: str, template: str
) -> Response:
    path = f"{PLANS}/{an_id(plan_id)}/{what}"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.text("seen"))
            return page.to(f"/households/{an_id(household_id)}/plan", said=said, wrote=wrote, path=path)
        except Refused as refused:
            if refused.status == 412:
                form.wrong("", "The plan was changed while this page stood open. Read it through again.")
            else:
                form.refused(refused)
    return await shown(page, household_id, plan_id, f"household/plan_{template}.html", form)


def dated(name: str, told: str | None) -> dict[str, str]:
    """A day as the three fields of a form."""
    if not told:
        return {}
    year, month, day_ = told.split("-")
    return {f"{name}-day": str(int(day_)), f"{name}-month": str(int(month)), f"{name}-year": year}


def entry(plan: Mapping[str, Any], kind: str, id_: str) -> Mapping[str, Any]:
    """One goal or action of a plan. Raises Refused (404)."""
    found = next((each for each in plan[kind] if each["id"] == an_id(id_)), None)
    if found is None:
        raise Refused(404, "not-found", "Page not found", "This is no longer part of the plan.")
    return dict(found)
