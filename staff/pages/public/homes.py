"""Homes that can be bid for, with their rules; how others went; a frozen list that anybody can check."""

import json
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.page import Anyone
from staff.pages.public.anyone import asker, show

router = APIRouter()
_H: Final = "/v1/housing"


@router.get("/public/homes")
async def homes(page: Anyone) -> Response:
    """Homes open for bids now, and how to bid without an account: by phone, text or at a desk."""
    ask = asker(page)
    found = await ask.parts(
        homes=ask.get(f"{_H}/homes-to-bid-for", {"limit": 50, "after": page.asked("after")}),
        waits=ask.get(f"{_H}/applications/waiting-times"),
    )
    return show(page, "public/homes.html", rules=rules, **found)


@router.get("/public/homes/results")
async def results(page: Anyone) -> Response:
    """How advertised homes went, and how many were let without an advert."""
    ask = asker(page)
    found = await ask.parts(
        results=ask.get(f"{_H}/letting-results", {"limit": 50, "after": page.asked("after")}),
        past=ask.get(f"{_H}/letting-results/past-the-list"),
    )
    return show(page, "public/homes_results.html", **found)


@router.get("/public/homes/results/{number}")
async def shortlist(page: Anyone, number: int) -> Response:
    """A frozen list: digests in order, and how to find oneself."""
    ask = asker(page)
    answer = await ask.get(f"{_H}/letting-results/{number}/shortlist")
    return show(page, "public/homes_list.html", list=answer.body)


@router.get("/public/homes/results/{number}/record.json")
async def record(page: Anyone, number: int) -> Response:
    """The draw's record as the verifier reads it."""
    ask = asker(page)
    answer = await ask.get(f"{_H}/letting-results/{number}/shortlist")
    content = json.dumps(answer["draw"], indent=1, ensure_ascii=False).encode()
    named = {"Content-Disposition": 'attachment; filename="record.json"'}
    return Response(content, media_type="application/json", headers=named)


_ACCESS: Final = {
    "wheelchair": "Made for a wheelchair",
    "wheelchair_essential_rooms": "A wheelchair gets into the main rooms",
    "lifetime": "Can be adapted as needs change",
    "easy": "Easy to get about in",
    "step_free": "Step-free",
    "general": "",
}
_GROUPS: Final = {
    "right_to_return": "people who have a right to return here",
    "decanted": "people whose home is being rebuilt",
    "working": "people in work",
    "care_leaver": "people who leave care",
    "armed_forces": "people who served",
    "temporary_accommodation": "people in temporary accommodation",
    "council_tenant": "council tenants",
}


def rules(given: dict[str, Any]) -> list[str]:
    """The rules of a home in words: those that say who may have it and who comes first."""
    low, high = given.get("income_from_pence"), given.get("income_to_pence")
    ends = [f"from £{low // 100:,}" if low else "", f"up to £{high // 100:,}" if high else ""]
    access = _ACCESS.get(given.get("access") or "", str(given.get("access") or ""))
    groups = ", ".join(_GROUPS.get(each, each.replace("_", " ")) for each in given.get("groups") or ())
    told = (
        f"For up to {given['people']} people" if given.get("people") else "",
        access,
        {
            "first": "Whoever needs its access comes first",
            "only": "Only for people who need its access",
        }.get(given.get("access_first") or "", "")
        if given.get("access") not in (None, "general")
        else "",
        f"Everyone in the household is {given['nobody_under']} or older" if given.get("nobody_under") else "",
        f"Somebody in the household is {given['somebody_aged']} or older" if given.get("somebody_aged") else "",
        "You may bid if you need one bedroom more" if given.get("one_bedroom_short") else "",
        "Only for band " + ", ".join(given["bands"]) if given.get("bands") else "",
        {"first": f"First: {groups}", "only": f"Only for {groups}"}.get(given.get("plan") or "", "") if groups else "",
        "Household income " + " ".join(each for each in ends if each) + " a year" if low or high else "",
    )
    return [each for each in told if each]
