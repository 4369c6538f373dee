"""The housing register: who waits for which home, why they stand where they stand, how long others waited."""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused, an_id
from staff.forms import Form
from staff.listing import Filter, Listing
from staff.page import Page, SignedIn

router = APIRouter()

_R: Final = "/v1/housing/applications"
STATES: Final = {
    "submitted": "To be looked at",
    "verification": "Papers to be seen",
    "pending": "Waiting for them",
    "active": "Active",
    "awaiting_reassessment": "To be weighed again",
    "suspended": "Suspended",
    "disqualified": "Does not qualify",
    "housed": "Housed",
    "cancelled": "Ended",
}
_BANDS: Final = {"a": "A", "b": "B", "c": "C"}
_ROOMS: Final = {str(each): f"{each} bedroom{'s' if each > 1 else ''}" for each in range(1, 6)}


@router.get("/register")
async def register(page: SignedIn) -> Response:
    """Applications, with what waits for an officer, and honest waiting times."""
    filters = (Filter("state", "State", STATES), Filter("band", "Band", _BANDS), Filter("bedrooms", "Needs", _ROOMS))
    listing = Listing(page, filters)
    query = {name: listing.one(name) for name in ("state", "band", "bedrooms")}
    found = await page.parts(
        applications=page.get(_R, {**query, "limit": 50, "after": page.asked("after")}, **_for(page)),
        waits=page.get(f"{_R}/waiting-times", **_for(page)),
        proposed=page.get("/v1/housing/register-decisions", {"state": "proposed", "limit": 20}, **_for(page)),
        reviews=page.get("/v1/housing/register-reviews", {"limit": 20}, **_for(page)),
    )
    rows = [
        each
        for each in found["applications"].items
        if listing.has("state", each["state"])
        and listing.has("band", each["band"])
        and listing.has("bedrooms", each["bedrooms_needed"])
    ]
    return page.render("register/list.html", listing=listing, rows=rows, states=STATES, **found)


@router.get("/register/{application_id}")
async def application(page: SignedIn, application_id: str) -> Response:
    """One application: band and date with reasons, bedrooms, who belongs to it, decisions with their letters, bids."""
    return await _application(page, application_id)


@router.post("/register/{application_id}/decisions/{decision_id}/{what}")
async def settle(page: SignedIn, application_id: str, decision_id: str, what: str) -> Response:
    """A decision that waits is confirmed by a second officer, or not made."""
    form = await page.form()
    said = {"confirmation": "The decision stands", "withdrawal": "It is not decided so"}.get(what)
    path = f"/v1/housing/register-decisions/{an_id(decision_id)}/{what}"
    if said is None:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    try:
        wrote = await page.post(path, if_match=form.version, **_for(page))
        return page.to(f"/register/{an_id(application_id)}", said=said, wrote=wrote, path=path)
    except Refused as refused:
        if refused.status == 412:
            form.wrong("", "Somebody changed this decision meanwhile: look again before you go on")
        else:
            form.refused(refused)
    return await _application(page, application_id, form)


async def _application(page: Page, application_id: str, form: Form | None = None) -> Response:
    path = f"{_R}/{an_id(application_id)}"
    whole = await page.get(path, **_for(page))
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            bands=page.get(f"{path}/bands", **_for(page)),
            decisions=page.get(f"{path}/decisions", {"limit": 20}, **_for(page)),
            bids=page.get("/v1/housing/bids", {"application_id": application_id, "limit": 50}, **_for(page)),
            offers=page.get("/v1/housing/offers", {"application_id": application_id, "limit": 20}, **_for(page)),
        ),
    )
    return page.render("register/one.html", form, names=names, application=whole, states=STATES, **found)


def _for(page: Page) -> dict[str, Any]:
    """These pages are the register's own; whoever only looks states what they work for."""
    return {"purpose": "housing_register"} if "housing_officer" in page.session.roles else {}
