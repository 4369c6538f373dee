"""Ballots as officers run them, and what residents propose, before anybody else reads it."""

import asyncio
import secrets
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Part, Refused, SignInAgain
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.funds import act
from staff.pages.public.ballots import AGES, RULES, chart_of, voter

router = APIRouter()
B: Final = "/v1/grants/ballots"
DRAFTS: Final = "/v1/grants/ballot-drafts"
M: Final = "/v1/grants/moderation"
_MOST_CODES: Final = 500
STATES: Final = {
    "draft": "Being drawn up",
    "open": "Open",
    "closed": "Closed, being counted",
    "counted": "Counted: to be decided",
    "returned": "Returned to the panel",
    "adopted": "Adopted",
}
VERDICTS: Final = {
    "shown": "Show it",
    "personal_data": "Not shown: it names or describes somebody",
    "abuse": "Not shown: it is abusive",
    "unlawful": "Not shown: it is against the law",
    "not_for_the_council": "Not shown: the council can do nothing about it",
    "advertising": "Not shown: it advertises something",
    "duplicate": "Not shown: it was proposed before",
}


@router.get("/ballots")
async def ballots(page: SignedIn) -> Response:
    """Every ballot, those being drawn up too."""
    found = await page.parts(
        ballots=page.get(DRAFTS, {"limit": 50, "after": page.asked("after")}),
        proposals=page.get(f"{M}/proposals", {"limit": 50}),
    )
    return page.render("ballots/list.html", states=STATES, **found)


@router.get("/ballots/{ballot_id}")
async def ballot(page: SignedIn, ballot_id: UUID) -> Response:
    """One ballot: its paper, votes taken at the desk, and what came out."""
    return await _one(page, ballot_id)


async def _one(page: Page, ballot_id: UUID, form: Form | None = None, **more: Any) -> Response:
    found = await page.parts(ballot=page.get(f"{DRAFTS}/{ballot_id}"), result=page.get(f"{B}/{ballot_id}/result"))
    part: Part = found["ballot"]
    if part.refused or part.answer is None:
        raise part.refused or Refused(404, "not-found", "Page not found", "There is no such ballot.")
    result = found["result"].body
    context = {
        "ballot": part.body,
        "etag": part.answer.etag,
        "result": result,
        "chart": chart_of(result, part.body["budget_pence"]) if result else None,
        "rules": RULES,
        "ages": AGES,
        "states": STATES,
        **more,
    }
    return page.render("ballots/one.html", form, **context)


@router.post("/ballots/{ballot_id}/steps/{step}")
async def step(page: SignedIn, ballot_id: UUID, step: str) -> Response:
    """Open it, or close it before its hour."""
    form = await page.form()
    body: dict[str, Any] = {}
    if step == "close":
        body = {"reason": form.required("reason", "Say publicly why it closes before its hour")}
    elif step != "open":
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    said = "The vote is open: its rules are frozen" if step == "open" else "The vote is closed and will be counted"
    done = await act(page, form, f"{B}/{ballot_id}/{step}", body, back=f"/ballots/{ballot_id}", said=said)
    return done or await _one(page, ballot_id, form)


@router.post("/ballots/{ballot_id}/papers")
async def enter_paper(page: SignedIn, ballot_id: UUID) -> Response:
    """A vote on paper or with help: it counts in the same total. The receipt is shown once, for the voter."""
    form = await page.form()
    body = {
        "voter": voter(form),
        "choices": form.many("choices"),
        "age_band": form.text("age_band"),
        "noise": secrets.token_hex(16),
        "channel": form.required("channel", "Say how it was given"),
        "code": form.text("code").replace(" ", "") or None,
    }
    if not form.errors:
        try:
            answer = await page.post(f"{B}/{ballot_id}/papers", body, key=form.key)
        except Refused as refused:
            if refused.status == 401:
                raise
            names = {"/voter/family_name": "family_name", "/voter/date_of_birth": "born-day"}
            form.refused(refused, names | {"/voter/postcode": "postcode"})
        else:
            # Nothing of the vote goes back into the form.
            return await _one(page, ballot_id, receipt=answer["receipt"])
    return await _one(page, ballot_id, form)


@router.post("/ballots/{ballot_id}/codes")
async def make_codes(page: SignedIn, ballot_id: UUID) -> Response:
    """Codes for letters: on the answer itself, once, for they can never be looked up again."""
    form = await page.form()
    codes = await _codes(page, form, f"{B}/{ballot_id}/codes")
    return await _one(page, ballot_id, form if form.errors else None, codes=codes)


async def _codes(page: Page, form: Form, path: str) -> list[dict[str, Any]]:
    lines = [line.strip() for line in form.text("postcodes").split("\n") if line.strip()]
    if not lines:
        form.wrong("postcodes", "Enter a postcode for each letter")
    if len(lines) > _MOST_CODES:
        form.wrong("postcodes", f"Enter at most {_MOST_CODES} postcodes at a time")
    if form.errors:
        return []
    try:
        made: list[dict[str, Any]] = (await page.post(path, {"postcodes": lines}, key=form.key))["codes"]
    except SignInAgain:
        raise
    except Refused as refused:
        for each in refused.fields:
            form.wrong("postcodes", each.detail)
        if not refused.fields:
            form.refused(refused)
        return []
    return made


@router.post("/ballots/{ballot_id}/decision")
async def decide(page: SignedIn, ballot_id: UUID) -> Response:
    """The delegated officer adopts what came out, or returns projects once, with public reasons."""
    form = await page.form()
    returned = {}
    for ref in form.many("returned"):
        returned[ref] = form.required(f"why-{ref}", f"Say publicly why {ref} is returned")
    body = {
        "statement": form.required("statement", "Say what you decide, for anyone to read"),
        "returned": returned,
        "subsidy_control": form.required("subsidy_control", "Say what the subsidy check found"),
        "addresses_development": form.required("addresses_development", "Say what demands of development it answers"),
        "interests": form.required("interests", "Name interests that were declared, or say that there are none"),
    }
    path, back = f"{B}/{ballot_id}/decision", f"/ballots/{ballot_id}"
    done = await act(page, form, path, body, back=back, said="The decision is published")
    return done or await _one(page, ballot_id, form)


@router.post("/ballots/{ballot_id}/answers")
async def answer_returned(page: SignedIn, ballot_id: UUID) -> Response:
    """What the panel says to a project that was returned to it."""
    form = await page.form()
    body = {
        "ref": form.required("ref", "Choose the project"),
        "answer": form.required("answer", "Choose what the panel says"),
        "reason": form.required("panel_reason", "Give the panel's reason: it is published"),
    }
    path, back = f"{B}/{ballot_id}/answers", f"/ballots/{ballot_id}"
    done = await act(
        page, form, path, body, back=back, said="The answer is published", names={"/reason": "panel_reason"}
    )
    return done or await _one(page, ballot_id, form)


@router.get("/proposals")
async def proposals(page: SignedIn) -> Response:
    """What residents proposed: what nobody has looked at comes first."""
    return await _proposals(page)


async def _proposals(page: Page, form: Form | None = None, **more: Any) -> Response:
    answer = await page.get(f"{M}/proposals", {"limit": 50, "after": page.asked("after")})
    items = sorted(answer.items, key=lambda each: each["moderation"] is not None)
    return page.render("ballots/proposals.html", form, items=items, next=answer.next, verdicts=VERDICTS, **more)


@router.post("/proposals")
async def make_participation_codes(page: SignedIn) -> Response:
    """Codes with which residents take part without an account: shown once."""
    form = await page.form()
    codes = await _codes(page, form, "/v1/grants/participation-codes")
    return await _proposals(page, form if form.errors else None, codes=codes)


@router.get("/proposals/{proposal_id}")
async def proposal(page: SignedIn, proposal_id: UUID) -> Response:
    """One of them with its comments, for a verdict, and for the council's answer."""
    return await _proposal(page, proposal_id)


async def _proposal(page: Page, proposal_id: UUID, form: Form | None = None) -> Response:
    found, comments = await asyncio.gather(
        page.get(f"{M}/proposals/{proposal_id}"), page.get(f"{M}/proposals/{proposal_id}/comments", {"limit": 100})
    )
    context = {"proposal": found.body, "etag": found.etag, "comments": comments.items, "verdicts": VERDICTS}
    return page.render("ballots/proposal.html", form, **context)


@router.post("/proposals/{proposal_id}/verdict")
async def judge(page: SignedIn, proposal_id: UUID) -> Response:
    """Shown, or not with a reason that is published."""
    form = await page.form()
    comment = form.text("comment")
    verdict = form.required("verdict", "Choose whether it is shown")
    words = form.text("verdict_words")
    if verdict and verdict != "shown" and not words:
        form.wrong("verdict_words", "Say publicly why it is not shown, without repeating it")
    path = f"{M}/comments/{UUID(comment)}/verdict" if comment else f"{M}/proposals/{proposal_id}/verdict"
    body = {"verdict": verdict, "words": words or None}
    names = {"/words": "verdict_words"}
    back = f"/proposals/{proposal_id}"
    done = await act(page, form, path, body, back=back, said="Your verdict is recorded", names=names)
    return done or await _proposal(page, proposal_id, form)


@router.post("/proposals/{proposal_id}/answer")
async def answer(page: SignedIn, proposal_id: UUID) -> Response:
    """What the council makes of it: published."""
    form = await page.form()
    becomes = form.text("becomes")
    body = {"becomes": becomes or None, "words": form.required("answer_words", "Write the answer")}
    path, back = f"/v1/grants/proposals/{proposal_id}/answer", f"/proposals/{proposal_id}"
    names = {"/words": "answer_words"}
    done = await act(page, form, path, body, back=back, said="The answer is published", names=names)
    return done or await _proposal(page, proposal_id, form)
