"""Who looked: broken glass to be reviewed, odd reading, and whether the record of it is whole."""

import asyncio
from collections.abc import Awaitable
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Answer, Refused, an_id
from staff.page import Page, SignedIn

router = APIRouter()

_A: Final = "/v1/casefile/access"
VERDICTS: Final = {
    "needed": "It was needed",
    "not_needed": "It was not needed, and meant well",
    "misuse": "It was misuse: information governance hears of it",
}
KINDS: Final = {
    "many_people": "Many people in a short time",
    "own_street": "People who live near them",
    "same_name": "People of their own name",
    "out_of_hours": "At night",
}


@router.get("/reads")
async def reads(page: SignedIn) -> Response:
    """What waits for a review, and what was odd."""
    return await _reads(page)


@router.post("/reads/chains")
async def check_chains(page: SignedIn) -> Response:
    """Reckons through the whole record of reads: it takes longer the more there is, so it is asked for."""
    await page.form()
    return await _reads(page, chains=page.get(f"{_A}/chains"))


@router.post("/reads/broken-glass/{glass_id}")
async def review(page: SignedIn, glass_id: str) -> Response:
    """A manager says whether it was needed."""
    form = await page.form()
    body = {
        "verdict": form.required("verdict", "Choose what you found"),
        "note": form.required("note", "Say what you looked at and what you found"),
    }
    path = f"{_A}/broken-glass/{an_id(glass_id)}/review"
    if not form.errors:
        try:
            wrote = await page.post(path, body, if_match=form.version)
            return page.to("/reads", said="Your review is recorded", wrote=wrote, path=path)
        except Refused as refused:
            form.refused(refused)
    names, glass = await asyncio.gather(page.names(), page.get(f"{_A}/broken-glass/{an_id(glass_id)}"))
    return page.render("oversight/glass.html", form, names=names, glass=glass, verdicts=VERDICTS)


@router.get("/reads/broken-glass/{glass_id}")
async def glass(page: SignedIn, glass_id: str) -> Response:
    """One break-glass: who, where, why, until when, and what they read."""
    names, found = await asyncio.gather(page.names(), page.get(f"{_A}/broken-glass/{an_id(glass_id)}"))
    return page.render("oversight/glass.html", names=names, glass=found, verdicts=VERDICTS)


async def _reads(page: Page, **asked: Awaitable[Answer]) -> Response:
    governs = "information_governance_lead" in page.session.roles
    if governs:
        asked["alerts"] = page.get(f"{_A}/alerts", {"limit": 50})
    names, found = await asyncio.gather(
        page.names(), page.parts(broken=page.get(f"{_A}/broken-glass", {"limit": 50}), **asked)
    )
    return page.render("oversight/reads.html", names=names, kinds=KINDS, verdicts=VERDICTS, governs=governs, **found)
