"""Letting homes: what is advertised, who stands where, whose turn it is, what was offered and what they said."""

import asyncio
from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from kit import clock
from staff.client import Refused, an_id
from staff.forms import Form
from staff.listing import Filter, Listing
from staff.page import Page, SignedIn

router = APIRouter()

_H: Final = "/v1/housing"
STATES: Final = {
    "open": "Open for bids",
    "closed": "Closed: a draw is to be entered",
    "shortlisted": "Shortlist final",
    "let": "Let",
    "withdrawn": "Withdrawn",
}
OUTCOMES: Final = {
    "waiting": "Waiting",
    "offered": "Offered",
    "refused": "Refused it",
    "passed": "Passed by",
    "let": "Has it",
    "left_out": "Could not be considered",
}
OFFERS: Final = {
    "made": "To be answered",
    "accepted": "Accepted",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
    "let": "Tenancy began",
}
COMES_FIRST: Final = {
    "returns": "a right to return to this scheme",
    "plan": "the home's lettings plan",
    "access": "a need for a home with access",
}
REFUSALS: Final = {
    "area": "The area",
    "too_small": "Too small",
    "too_far_from_work_school_or_care": "Too far from work, school or care",
    "not_accessible": "They cannot get in or about",
    "condition": "Its condition",
    "rent": "The rent",
    "unsafe_there": "They would not be safe there",
    "circumstances_changed": "Their circumstances changed",
    "no_answer": "They did not answer",
    "other": "Another reason",
}


@router.get("/adverts")
async def adverts(page: SignedIn) -> Response:
    """Homes that are, or were, advertised."""
    listing = Listing(page, [Filter("state", "State", STATES)])
    found = await page.parts(
        adverts=page.get(
            f"{_H}/adverts", {"state": listing.one("state"), "limit": 50, "after": page.asked("after")}, **_for(page)
        ),
        late=page.get(f"{_H}/offers", {"late": True, "limit": 20}, **_for(page)),
    )
    rows = [each for each in found["adverts"].items if listing.has("state", each["state"])]
    return page.render("lettings/adverts.html", listing=listing, rows=rows, states=STATES, **found)


@router.get("/adverts/{advert_id}")
async def advert(page: SignedIn, advert_id: str) -> Response:
    """One home: its rules, its list in order with grounds, and what is next."""
    return await _advert(page, advert_id)


@router.post("/adverts/{advert_id}/draw")
async def draw(page: SignedIn, advert_id: str) -> Response:
    """The seed of the public draw, as its source gave it, with a witness."""
    form = await page.form()
    path = f"{_H}/adverts/{an_id(advert_id)}/draw"
    body = {
        "seed": form.required("seed", "Enter the seed exactly as its source gives it"),
        "witnessed_by": form.required("witnessed_by", "Choose who sees you enter it"),
    }
    if not form.errors:
        try:
            wrote = await page.post(path, body, if_match=form.version, **_for(page))
            return page.to(
                f"/adverts/{advert_id}", said="The draw is entered and the list is final", wrote=wrote, path=path
            )
        except Refused as refused:
            _changed(refused, form, "this list")
    return await _advert(page, advert_id, form)


@router.post("/adverts/{advert_id}/offers")
async def offer_next(page: SignedIn, advert_id: str) -> Response:
    """The home is offered to whoever is next on its list."""
    form = await page.form()
    path = f"{_H}/adverts/{an_id(advert_id)}/offers"
    until = form.date("answer_by", "The day by which they answer", must=True)
    if until is not None:
        try:
            body = {"answer_by": until.isoformat()}
            wrote = await page.post(path, body, key=form.key, if_match=form.version, **_for(page))
            return page.to(f"/offers/{wrote['id']}", said="Offered to whoever is next", wrote=wrote, path=path)
        except Refused as refused:
            _changed(refused, form, "this list")
    return await _advert(page, advert_id, form)


@router.get("/offers/{offer_id}")
async def offer(page: SignedIn, offer_id: str) -> Response:
    """One offer: of which home, until when, what they said, and its story."""
    return await _offer(page, offer_id)


@router.post("/offers/{offer_id}/answer")
async def answer(page: SignedIn, offer_id: str) -> Response:
    """What they said: yes, or no and why."""
    form = await page.form()
    path = f"{_H}/offers/{an_id(offer_id)}/answer"
    said = form.required("accepts", "Choose what they said")
    because = form.required("because", "Choose why they refuse") if said == "no" else None
    if not form.errors:
        body = {"accepts": said == "yes", "because": because, "words": form.text("words") or None}
        try:
            wrote = await page.post(path, body, if_match=form.version, **_for(page))
            return page.to(f"/offers/{offer_id}", said="Their answer is recorded", wrote=wrote, path=path)
        except Refused as refused:
            _changed(refused, form, "this offer")
    return await _offer(page, offer_id, form)


async def _advert(page: Page, advert_id: str, form: Form | None = None) -> Response:
    path, purpose = f"{_H}/adverts/{an_id(advert_id)}", _for(page)
    home = await page.get(path, **purpose)
    if home["state"] == "open":
        asked = page.parts(
            matches=page.get(f"{path}/matches", **purpose),
            bids=page.get(f"{_H}/bids", {"advert_id": advert_id, "state": "placed", "limit": 100}, **purpose),
        )
    else:
        asked = page.parts(
            list=page.get(f"{path}/shortlist", **purpose),
            lines=page.get(f"{path}/shortlist/lines", {"limit": 50, "after": page.asked("after")}, **purpose),
            offers=page.get(f"{_H}/offers", {"advert_id": advert_id, "limit": 50}, **purpose),
        )
    names, found = await asyncio.gather(page.names(), asked)
    return page.render(
        "lettings/advert.html",
        form,
        names=names,
        home=home,
        states=STATES,
        outcomes=OUTCOMES,
        offer_states=OFFERS,
        first=COMES_FIRST,
        soon=clock.today() + timedelta(days=5),
        witnesses=await page.colleagues(),
        **found,
    )


async def _offer(page: Page, offer_id: str, form: Form | None = None) -> Response:
    purpose = _for(page)
    made = await page.get(f"{_H}/offers/{an_id(offer_id)}", **purpose)
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            home=page.get(f"{_H}/homes/{made['home_id']}", **purpose),
            application=page.get(f"{_H}/applications/{made['application_id']}", **purpose),
        ),
    )
    return page.render("lettings/offer.html", form, names=names, offer=made, states=OFFERS, refusals=REFUSALS, **found)


def _for(page: Page) -> dict[str, Any]:
    """These pages are lettings' own; whoever only looks states what they work for."""
    return {"purpose": "lettings"} if "housing_officer" in page.session.roles else {}


def _changed(refused: Refused, form: Form, what: str) -> None:
    if refused.status == 412:
        form.wrong("", f"Somebody changed {what} meanwhile. It is shown as it stands now: look again before you go on")
    else:
        form.refused(refused)
