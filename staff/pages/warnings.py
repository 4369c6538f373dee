"""Warnings: how to meet somebody safely. Proposed from a dated incident, decided by a senior, told, reviewed, ended."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff import begun
from staff.begun import Place
from staff.client import Refused, an_id
from staff.drafts import Kept
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts.people import names_of
from staff.pages.household.frame import frame

router = APIRouter()
_W: Final = "/v1/casefile/warnings"
KINDS: Final = {
    "violence": "Violence",
    "threat": "A threat",
    "abusive_words": "Abusive words",
    "dog": "A dog",
    "weapon": "A weapon",
    "unsafe_place": "An unsafe place",
    "other": "Something else",
}
STATES: Final = {"proposed": "Proposed", "standing": "Stands", "refused": "Not taken up", "removed": "Ended"}
_LISTS: Final = {"proposed": "To decide", "review": "To look at again", "standing": "All that stand"}
_NAMES: Final = {
    "/person_id": "person",
    "/incident_on": "on-day",
    "/review_on": "review-day",
    "/told_on": "told_on-day",
    "/reason": "reason",
}
_SENIOR: Final = frozenset({"manager", "safeguarding_lead"})


@router.get("/warnings")
async def warnings(page: SignedIn) -> Response:
    """Those to decide on, those to look at again, and all that stand, as far as one may see them."""
    show = page.asked("show") if page.asked("show") in _LISTS else "proposed"
    query: dict[str, Any] = {"state": "standing" if show == "review" else show, "limit": 30}
    query |= {"review_overdue": True if show == "review" else None, "after": page.asked("after")}
    names, found = await asyncio.gather(page.names(), page.parts(warnings=page.get(_W, query)))
    people = await names_of(page, [each["person_id"] for each in found["warnings"].items])
    after = found["warnings"].next
    tabs = [{"text": text, "href": f"/warnings?show={name}", "current": name == show} for name, text in _LISTS.items()]
    return page.render(
        "warnings/list.html",
        names=names,
        people=people,
        show=show,
        tabs=tabs,
        kinds=KINDS,
        **page.turning("/warnings", {"show": show}, after),
        **found,
    )


@router.get("/households/{household_id}/warnings/new")
async def before(page: SignedIn, household_id: str) -> Response:
    """A dated incident as fact, and how to meet them safely; found again as it was left."""
    form, kept = await begun.resume(page, _place(household_id), person=page.asked("person") or "")
    return await _proposing(page, household_id, form, kept)


@router.post("/households/{household_id}/warnings/new")
async def propose(page: SignedIn, household_id: str) -> Response:
    """Proposes it: it stands once a senior has decided so."""
    id_, form = an_id(household_id), await page.form()
    answered = await begun.put_by(page, _place(id_), form, f"/households/{id_}")
    if answered is not None:
        return answered
    happened = form.date("on", "The day it happened", must=True)
    if form.text("kind") not in KINDS:
        form.wrong("kind", "Choose what it was")
    body = {
        "person_id": form.required("person", "Choose whom it is about"),
        "kind": form.text("kind"),
        "incident_on": happened.isoformat() if happened else None,
        "incident": form.required("incident", "Say what happened, as fact"),
        "guidance": form.required("guidance", "Say how to meet them safely"),
    }
    if not form.errors:
        try:
            wrote = await page.post(_W, body, key=form.key)
            await begun.sent(page, _place(id_))
            said, text = "The warning is proposed", "A senior decides whether it stands."
            return page.to(f"/warnings/{wrote['id']}", said=said, text=text, wrote=wrote, path=_W)
        except Refused as refused:
            form.refused(refused, _NAMES)
    return await _proposing(page, id_, form, begun.as_sent(form))


def _place(household_id: str) -> Place:
    return Place("casefile", "warning", an_id(household_id))


async def _proposing(page: Page, household_id: str, form: Form, kept: Kept) -> Response:
    names, (made, _) = await asyncio.gather(page.names(), frame(page, household_id, "warnings"))
    place = _place(household_id)
    return page.render("warnings/new.html", form, names=names, frame=made, kinds=KINDS, kept=kept, place=place)


@router.get("/warnings/{warning_id}")
async def warning(page: SignedIn, warning_id: str) -> Response:
    """One of them: how to meet them, what happened, what was decided and said."""
    return await _one(page, warning_id, Form())


@router.post("/warnings/{warning_id}/{what}")
async def act(page: SignedIn, warning_id: str, what: str) -> Response:
    """Decide, tell, look again, end: as it was shown."""
    form = await page.form()
    asked = {"decision": _decided, "telling": _told, "reviews": _looked_again, "removal": _ended}.get(what)
    if asked is None:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    body, said = asked(form)
    path = f"{_W}/{an_id(warning_id)}/{what}"
    if not form.errors:
        try:
            wrote = await page.post(path, body, key=form.key, if_match=form.version)
            return page.to(f"/warnings/{an_id(warning_id)}", said=said, wrote=wrote, path=path)
        except Refused as refused:
            if refused.status == 412:
                form.wrong("", "Something was done meanwhile: look at it below before you go on")
            else:
                form.refused(refused, {**_NAMES, "/words": "again" if what == "reviews" else "ended"})
    return await _one(page, warning_id, form)


def _decided(form: Form) -> tuple[dict[str, Any], str]:
    stands = form.required("stands", "Choose whether it stands")
    body: dict[str, Any] = {"stands": stands == "yes", "reason": form.required("reason", "Say why")}
    if stands == "yes":
        body["review_on"] = _day(form, "review", "The day it is looked at again")
    return body, "The warning stands" if stands == "yes" else "It is not taken up"


def _told(form: Form) -> tuple[dict[str, Any], str]:
    told = form.required("told", "Choose whether they were told")
    if told == "yes":
        return {"told": True, "told_on": _day(form, "told_on", "The day they were told")}, "Recorded"
    return {"told": False, "because": form.required("because", "Say why they are not told")}, "Recorded"


def _looked_again(form: Form) -> tuple[dict[str, Any], str]:
    body = {"words": form.required("again", "Say why it goes on"), "review_on": _day(form, "review", "The next day")}
    return body, "Looked at again: it goes on"


def _ended(form: Form) -> tuple[dict[str, Any], str]:
    return {"words": form.required("ended", "Say why it no longer holds")}, "The warning has ended"


def _day(form: Form, name: str, what: str) -> str | None:
    found = form.date(name, what, must=True)
    return found.isoformat() if found else None


async def _one(page: Page, warning_id: str, form: Form) -> Response:
    names, found = await asyncio.gather(page.names(), page.get(f"{_W}/{an_id(warning_id)}"))
    body: Mapping[str, Any] = found.body
    people = await names_of(page, [body["person_id"]])
    mine = body["proposed_by"] == page.session.subject
    senior = not _SENIOR.isdisjoint(page.session.roles)
    return page.render(
        "warnings/one.html",
        form,
        names=names,
        warning=body,
        etag=found.etag,
        person=people.get(body["person_id"], ""),
        kinds=KINDS,
        states=STATES,
        decides=senior and not mine and "confirmed" in body["allowed"],
        keeps=senior and "kept" in body["allowed"],
        tells="told" in body["allowed"] and body["inside"],
    )
