"""Ballots: what can be voted on, voting by the code of a letter, and the result with why each project won or lost."""

import secrets
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.charts import Bar, Chart, bars
from staff.charts.scales import pounds
from staff.client import Part, Refused
from staff.forms import Form
from staff.page import Anyone, Page
from staff.pages.public.anyone import asker, passed_on, show

router = APIRouter()
_B: Final = "/v1/grants/ballots"
RULES: Final = {
    "equal_shares": "Equal Shares: everybody who votes has the same share of the money to spend on what they voted for",
    "equal_shares_topped_up": (
        "Equal Shares: everybody who votes has the same share of the money to spend on what they voted for. "
        "What is left over goes to the most wanted projects that still fit"
    ),
    "most_wanted": "Most wanted first: the projects with the most votes, as long as the money lasts",
}
AGES: Final = {
    "": "I would rather not say",
    "under_18": "Under 18",
    "18_24": "18 to 24",
    "25_34": "25 to 34",
    "35_49": "35 to 49",
    "50_64": "50 to 64",
    "65_and_over": "65 and over",
}


@router.get("/public/ballots")
async def ballots(page: Anyone) -> Response:
    """Ballots that have opened, the newest first."""
    answer = await asker(page).get(_B, {"limit": 20, "after": page.asked("after")})
    return show(page, "public/ballots.html", items=answer.items, next=answer.next)


@router.get("/public/ballots/{ballot_id}")
async def ballot(page: Anyone, ballot_id: UUID) -> Response:
    """What is voted on, by which frozen rules, and what came out."""
    return await _one(page, ballot_id)


async def _one(page: Page, ballot_id: UUID, form: Form | None = None, **more: Any) -> Response:
    ask = asker(page)
    found = await ask.parts(ballot=ask.get(f"{_B}/{ballot_id}"), result=ask.get(f"{_B}/{ballot_id}/result"))
    part: Part = found["ballot"]
    if part.refused:
        raise part.refused
    result = found["result"].body
    charts = chart_of(result, part.body["budget_pence"]) if result else None
    context = {"ballot": part.body, "result": result, "chart": charts, "rules": RULES, "ages": AGES, **more}
    return show(page, "public/ballot.html", form, **context)


def chart_of(result: dict[str, Any], budget: int) -> Chart:
    """Votes for each project. Puts the results in order: the funded first, as they were bought, then by votes."""
    result["results"].sort(key=lambda each: (not each["won"], each.get("turn") or 0, -each["votes"]))
    ordered = result["results"]
    won = sum(each["won"] for each in ordered)
    given = [Bar(_called(each), each["votes"], "funded" if each["won"] else "not funded") for each in ordered]
    says = (
        f"{won} of {len(ordered)} projects are funded: {pounds(result['cost_pence'])} of {pounds(budget)}, "
        f"by {result['voters']:,} voters."
    )
    return bars("ballot-votes", "Votes for each project", says, given, what="Votes", label="Project")


def _called(each: dict[str, Any]) -> str:
    state = "Funded" if each["won"] else "Not funded"
    return f"{state}: {each['project']['ref']} {each['project']['title']}"


@router.post("/public/ballots/{ballot_id}/vote")
async def vote(page: Anyone, ballot_id: UUID) -> Response:
    """A vote by the code of a letter: once, and for good. Nothing of it stays in this browser."""
    form = await page.form()
    body = {"voter": voter(form), **_choices(form), "noise": secrets.token_hex(16), "age_band": form.text("age_band")}
    body["code"] = form.required("code", "Enter the code from your letter").replace(" ", "")
    if not form.errors:
        try:
            answer = await asker(page).post(f"{_B}/{ballot_id}/coded-votes", body, key=form.key)
        except Refused as refused:
            form.refused(
                refused,
                {
                    "/voter/family_name": "family_name",
                    "/voter/date_of_birth": "born-day",
                    "/voter/postcode": "postcode",
                    "/choices": "choices",
                },
            )
        else:
            return show(page, "public/voted.html", receipt=answer["receipt"], ballot_id=ballot_id)
    return await _one(page, ballot_id, form)


def voter(form: Form) -> dict[str, str]:
    """Who votes: asked so that each votes once; it is not kept."""
    born = form.date("born", "Your date of birth", must=True)
    return {
        "family_name": form.required("family_name", "Enter your family name"),
        "date_of_birth": born.isoformat() if born else "",
        "postcode": form.required("postcode", "Enter your postcode"),
    }


def _choices(form: Form) -> dict[str, Any]:
    """Boxes ticked, places of a ranking, or points; which of them the ballot asks for shows in the fields sent."""
    given = {name: value for name, value in form.fields() if name.startswith("project-") and value.strip()}
    numbers: dict[str, int] = {}
    for name in given:
        number = form.whole(name, "This")
        if number:
            numbers[name.removeprefix("project-")] = number
    if form.text("kind") == "points":
        return {"points": numbers}
    if form.text("kind") == "ranking":
        return {"choices": sorted(numbers, key=lambda ref: numbers[ref])}
    return {"choices": form.many("choices")}


@router.post("/public/ballots/{ballot_id}/receipt")
async def receipt(page: Anyone, ballot_id: UUID) -> Response:
    """Whether the vote of a receipt is in the total."""
    form = await page.form()
    given = form.required("receipt", "Enter the receipt of your vote").lower().replace(" ", "")
    told = ""
    if not form.errors:
        if len(given) == 32 and all(each in "0123456789abcdef" for each in given):
            answer = await asker(page).get(f"{_B}/{ballot_id}/receipts/{given}")
            told = answer["words"]
        else:
            form.wrong("receipt", "A receipt has 32 letters and figures: copy all of it")
    return await _one(page, ballot_id, form, receipt_told=told)


@router.get("/public/ballots/{ballot_id}/ballots.pb")
async def export(page: Anyone, ballot_id: UUID) -> Response:
    """All votes, without voters, to be counted again by anybody."""
    return await passed_on(page, f"{_B}/{ballot_id}/ballots.pb", "ballots.pb", "text/plain")
