"""What people texted back: read it, and find out whose it is where the number does not tell."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts.people import names_of

router = APIRouter()
_R: Final = "/v1/casefile/replies"
_U: Final = "/v1/casefile/unknown-replies"
_LISTS: Final = {"waiting": "To read", "all": "All", "unknown": "From unknown numbers"}
_FINDS: Final = frozenset({"triage_officer", "universal_worker", "targeted_specialist", "manager"})


@router.get("/replies")
async def replies(page: SignedIn) -> Response:
    """Of those one works with: what is still to be read, and all; and what nobody knows the sender of."""
    asked = page.asked("show") or ""
    show = asked if asked in _lists(page) else "waiting"
    return await (_unknown(page, Form()) if show == "unknown" else _theirs(page, show, Form()))


@router.get("/replies/{reply_id}")
async def reply(page: SignedIn, reply_id: str) -> Response:
    """One of them, as the timeline leads to it."""
    one = await page.get(f"{_R}/{an_id(reply_id)}")
    return await _shown(page, "one", [one.body], Form(), {})


@router.post("/replies/{reply_id}")
async def read(page: SignedIn, reply_id: str) -> Response:
    """It is read, as it was shown."""
    form, path = await page.form(), f"{_R}/{an_id(reply_id)}/reading"
    try:
        wrote = await page.post(path, {}, if_match=form.version)
        return page.to("/replies", said="Marked as read", wrote=wrote, path=path)
    except Refused as refused:
        if refused.status not in (409, 412):
            raise
        form.wrong("", "Somebody has read it meanwhile")
    return await _theirs(page, "waiting", form)


@router.post("/replies/unknown/{reply_id}")
async def whose(page: SignedIn, reply_id: str) -> Response:
    """Looks for who may have sent it; once one is chosen, it is theirs."""
    form, id_ = await page.form(), an_id(reply_id)
    person = form.text("person")
    if not person:
        return await _unknown(page, form, id_)
    try:
        path = f"{_U}/{id_}/sender"
        wrote = await page.post(path, {"person_id": person}, if_match=form.version)
        return page.to("/replies?show=unknown", said="It goes to whoever works with them", wrote=wrote, path=path)
    except Refused as refused:
        if refused.status not in (404, 412):
            raise
        form.wrong("", "Somebody has said meanwhile whose it is")
    return await _unknown(page, form)


def _lists(page: Page) -> Mapping[str, str]:
    # Whoever answers for others' work finds out nobody's number for it.
    finds = not _FINDS.isdisjoint(page.session.roles) and page.session.purpose != "supervision"
    return {name: text for name, text in _LISTS.items() if finds or name != "unknown"}


async def _theirs(page: Page, show: str, form: Form) -> Response:
    query = {"state": "waiting" if show == "waiting" else None, "limit": 30, "after": page.asked("after")}
    found = await page.get(_R, query)
    return await _shown(page, show, found.items, form, page.turning("/replies", {"show": show}, found.next))


async def _shown(
    page: Page, show: str, items: Sequence[Mapping[str, Any]], form: Form, turning: Mapping[str, Any]
) -> Response:
    names, people = await asyncio.gather(page.names(), names_of(page, [each["person_id"] for each in items]))
    tabs = _tabs(page, show)
    return page.render(
        "replies/list.html", form, names=names, people=people, items=items, tabs=tabs, show=show, **turning
    )


async def _unknown(page: Page, form: Form, looking: str = "") -> Response:
    found = await page.get(_U, {"limit": 30, "after": page.asked("after")})
    turning = page.turning("/replies", {"show": "unknown"}, found.next)
    among: Sequence[Mapping[str, Any]] = ()
    if looking and not form.text("name"):
        form.wrong("name", "Enter the name of whom you think of")
    elif looking:
        # A second thing about them shows their name: where they live, or the number itself where it is theirs too.
        number = next((each["from_number"] for each in found.items if each["id"] == looking), None)
        second = {"postcode": form.text("postcode")} if form.text("postcode") else {"phone": number}
        among = await _search(page, form, {"name": form.text("name"), **second, "limit": 10})
    return page.render(
        "replies/unknown.html",
        form,
        items=found.items,
        among=among,
        looking=looking,
        tabs=_tabs(page, "unknown"),
        **turning,
    )


async def _search(page: Page, form: Form, body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    try:
        people: Sequence[Mapping[str, Any]] = (await page.post("/v1/casefile/people/search", body))["people"]
    except Refused as refused:
        form.refused(refused, {"/name": "name", "/postcode": "postcode", "/phone": "name"})
        return ()
    return people


def _tabs(page: Page, show: str) -> list[dict[str, Any]]:
    return [
        {"text": text, "href": f"/replies?show={name}", "current": name == show} for name, text in _lists(page).items()
    ]
