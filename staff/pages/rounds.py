"""Rounds: rules frozen with their hash, applications, assessment with its conflicts of interest, decisions."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Part, Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.funds import act

router = APIRouter()
R: Final = "/v1/grants/rounds"
A: Final = "/v1/grants/applications"
STATES: Final = {
    "draft": "Being written",
    "submitted": "Sent: look whether it may go on",
    "ineligible": "May not go on",
    "eligible": "To be scored",
    "assessed": "Scored",
    "recommended": "Recommended",
    "returned": "Returned once",
    "awarded": "Awarded",
    "declined": "Not this time",
    "withdrawn": "Taken back",
}
SUBSIDIES: Final = {
    "not_a_subsidy": "It is no subsidy",
    "minimal_financial_assistance": "It is minimal financial assistance",
    "needs_advice": "Legal advice is needed",
}


@router.get("/rounds")
async def rounds(page: SignedIn) -> Response:
    """Rounds in preparation, open, and decided."""
    found = await page.parts(
        drafts=page.get(f"{R}/drafts", {"limit": 50}),
        rounds=page.get(R, {"limit": 50, "after": page.asked("after")}),
        funds=page.get("/v1/grants/funds", {"limit": 100}),
    )
    return page.render("rounds/list.html", **found)


@router.post("/rounds")
async def make(page: SignedIn) -> Response:
    """A new round by the rules of an earlier one: a draft to look through before it opens."""
    form = await page.form()
    like, earlier = form.text("like"), {}
    if like:
        earlier = (await page.get(f"{R}/{UUID(like)}")).body
    else:
        form.wrong("like", "Choose the round whose rules it takes over")
    opens = form.date("opens_on", "The first day", must=True)
    closes = form.date("closes_on", "The last day", must=True)
    form.required("slice", "Enter how much it gives away at most")
    body = {
        "fund_id": earlier.get("fund_id"),
        "name": form.required("name", "Give the round a name"),
        "summary": form.required("summary", "Say in a sentence what it is for"),
        "slice_pence": form.pence("slice", "The amount") or 0,
        "opens_on": opens.isoformat() if opens else "",
        "closes_on": closes.isoformat() if closes else "",
        "rules": earlier.get("rules"),
    }
    names = {"/slice_pence": "slice", "/opens_on": "opens_on-day", "/closes_on": "closes_on-day"}
    said = "The round is drawn up: look through its rules, then open it"
    done = await act(page, form, R, body, back="/rounds", said=said, names=names)
    if done:
        return done
    found = await page.parts(
        drafts=page.get(f"{R}/drafts", {"limit": 50}),
        rounds=page.get(R, {"limit": 50}),
        funds=page.get("/v1/grants/funds", {"limit": 100}),
    )
    return page.render("rounds/list.html", form, **found)


@router.get("/rounds/{round_id}")
async def one_round(page: SignedIn, round_id: UUID) -> Response:
    """A round: its rules, its applications, what was decided."""
    return await _round(page, round_id)


async def _round(page: Page, round_id: UUID, form: Form | None = None) -> Response:
    query = {"round_id": str(round_id), "state": page.asked("state"), "limit": 100, "after": page.asked("after")}
    found = await page.parts(
        round=page.get(f"{R}/drafts/{round_id}"),
        applications=page.get(A, query),
        decisions=page.get(f"{R}/{round_id}/decisions"),
    )
    part: Part = found["round"]
    if part.refused:
        raise part.refused
    context = {"etag": part.answer.etag if part.answer else "", "states": STATES, "subsidies": SUBSIDIES, **found}
    return page.render("rounds/one.html", form, state=page.asked("state"), **context)


_STEPS: Final = {
    "open": "The round is open: its rules are frozen and its money is set aside",
    "close": "The round is closed",
    "extend": "Everyone has more time",
    "conclusion": "The round has ended: whoever got nothing is told why",
}


@router.post("/rounds/{round_id}/steps/{step}")
async def step(page: SignedIn, round_id: UUID, step: str) -> Response:
    """Open, close, more time, end."""
    if step not in _STEPS:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    form = await page.form()
    body: dict[str, Any] = {}
    if step == "close" and form.text("close_reason"):
        body = {"reason": form.text("close_reason")}
    if step == "extend":
        day = form.date("longer", "The new last day", must=True)
        body = {"closes_on": day.isoformat() if day else "", "reason": form.required("longer_reason", "Say why")}
    names = {"/reason": "close_reason" if step == "close" else "longer_reason", "/closes_on": "longer-day"}
    done = await act(
        page, form, f"{R}/{round_id}/{step}", body, back=f"/rounds/{round_id}", said=_STEPS[step], names=names
    )
    return done or await _round(page, round_id, form)


@router.post("/rounds/{round_id}/recommendation")
async def recommend(page: SignedIn, round_id: UUID) -> Response:
    """The result of the scores, put before the officer who decides: by place, as far as the money goes."""
    form = await page.form()
    found, scored = await page.all(
        page.get(f"{R}/drafts/{round_id}"),
        page.get(A, {"round_id": str(round_id), "state": "assessed", "limit": 200}),
    )
    items, left = [], found["slice_pence"]
    ordered = sorted(scored.items, key=lambda each: -(each["score"] or 0))
    for place, each in enumerate(ordered, start=1):
        fits = each["asked_pence"] <= left
        left -= each["asked_pence"] if fits else 0
        reason = f"Place {place} of {len(ordered)} by two assessors' scores." + (
            "" if fits else " The money did not go that far."
        )
        pence = each["asked_pence"] if fits else 0
        items.append({"application_id": each["id"], "recommended": fits, "pence": pence, "reason": reason})
    statement = form.required("statement", "Say in a sentence how this came about")
    body = {"source": "assessment", "statement": statement, "items": items}
    if not items:
        form.wrong("", "No application has been scored yet")
    path = f"{R}/{round_id}/recommendations"
    said = "The result is put before the officer who decides"
    done = await act(page, form, path, body, back=f"/rounds/{round_id}", said=said)
    return done or await _round(page, round_id, form)


@router.post("/rounds/{round_id}/adoption")
async def adopt(page: SignedIn, round_id: UUID) -> Response:
    """The delegated officer adopts each recommended application, or returns it once with a public reason."""
    form = await page.form()
    decisions = await page.get(f"{R}/{round_id}/decisions")
    chosen = form.text("recommendation")
    given = next((each for each in decisions.items if each["id"] == chosen), None)
    if given is None:
        raise Refused(404, "not-found", "Page not found", "There is no such recommendation.")
    items = []
    for each in given["items"]:
        if not each["recommended"]:
            continue
        name = each["application_id"]
        adopted = form.text(f"outcome-{name}") != "returned"
        reason = form.text(f"reason-{name}")
        if not adopted and not reason:
            form.wrong(f"reason-{name}", f"Say publicly why {each['title']} is returned")
        items.append(
            {
                "application_id": name,
                "outcome": "adopted" if adopted else "returned",
                "public_reason": None if adopted else reason,
                "regulation_59f_reason": form.text("development") if adopted else None,
                "subsidy": form.text("subsidy") if adopted else None,
            }
        )
    body = {"authority": form.required("authority", "Say by whose authority you decide"), "items": items}
    form.required("development", "Say how it answers what new development brings")
    path = f"/v1/grants/recommendations/{chosen}/adoption"
    done = await act(page, form, path, body, back=f"/rounds/{round_id}", said="The decision is made and published")
    return done or await _round(page, round_id, form)


@router.get("/grant-applications/{application_id}")
async def application(page: SignedIn, application_id: UUID) -> Response:
    """What a group asks for, which rules it meets, who looked into it, and the scores."""
    return await _application(page, application_id)


async def _application(page: Page, application_id: UUID, form: Form | None = None) -> Response:
    names, (file, now) = await asyncio.gather(
        page.names(), page.all(page.get(f"{A}/{application_id}/file"), page.get(f"{A}/{application_id}"))
    )
    round_ = await page.get(f"{R}/drafts/{now['round_id']}")
    rules = round_["frozen"] or round_["rules"]
    mine = page.session.subject
    context = {
        "file": file.body,
        "application": now.body,
        "etag": now.etag,
        "round": round_.body,
        "rules": rules,
        "states": STATES,
        "interested": any(each["worker"] == mine for each in file["interests"]),
        "scored": any(each["assessor"] == mine for each in file["assessments"]),
    }
    return page.render("rounds/application.html", form, names=names, **context)


@router.post("/grant-applications/{application_id}/{what}")
async def work_on(page: SignedIn, application_id: UUID, what: str) -> Response:
    """Whether it goes on, what was looked into, an interest, scores, a third officer's scores."""
    form = await page.form()
    body, path, said = await _work(page, form, application_id, what)
    done = await act(
        page, form, f"{A}/{application_id}/{path}", body, back=f"/grant-applications/{application_id}", said=said
    )
    return done or await _application(page, application_id, form)


async def _work(page: Page, form: Form, application_id: UUID, what: str) -> tuple[dict[str, Any], str, str]:
    if what == "eligibility":
        eligible = form.required("eligible", "Say whether it goes on")
        if eligible == "no":
            form.required("reason", "Tell the group why it may not go on")
        return {"eligible": eligible == "yes", "reason": form.text("reason") or None}, what, "Your word is recorded"
    if what == "due-diligence":
        body = {
            "check": form.required("check", "Choose what you looked into"),
            "passed": form.required("passed", "Say whether it is in order") == "yes",
            "note": form.required("note", "Write what you saw"),
        }
        return body, what, "What you looked into is recorded"
    if what == "interests":
        nature = form.required("nature", "Say what your interest is")
        return {"nature": nature}, what, "Your interest is declared: from now on you keep out of it"
    if what in ("assessments", "moderation"):
        now = await page.get(f"{A}/{application_id}")
        round_ = await page.get(f"{R}/drafts/{now['round_id']}")
        scores = _scores(form, (round_["frozen"] or round_["rules"])["criteria"])
        if what == "moderation":
            reason = form.required("moderation_reason", "Say how you settled it")
            return {"scores": scores, "reason": reason}, what, "The scores are settled"
        if not form.has("no_interest"):
            form.wrong("no_interest", "Say that you have no interest in it, or declare your interest instead")
        body = {"no_interest": True, "scores": scores, "comment": form.text("comment") or None}
        return body, what, "Your scores are in"
    raise Refused(404, "not-found", "Page not found", "There is no page at this address.")


def _scores(form: Form, criteria: list[dict[str, Any]]) -> list[dict[str, Any]]:
    made = []
    for each in criteria:
        code, title = each["code"], each["title"]
        form.required(f"score-{code}", f"Score: {title}")
        score = form.whole(f"score-{code}", "The score")
        if score is not None and score > each["most"]:
            form.wrong(f"score-{code}", f"The most for this is {each['most']}")
        reason = form.required(f"why-{code}", f"Write the group a reason: {title}")
        made.append({"criterion": code, "score": score or 0, "reason": reason})
    return made
