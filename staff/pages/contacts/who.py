"""Who a contact is about: searched for first, registered only when nobody fits; or nobody, for help without a name."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts import drafting
from staff.pages.contacts.drafting import Telling
from staff.pages.contacts.people import called

router = APIRouter()

_SEARCH = "/v1/casefile/people/search"
_PEOPLE = "/v1/casefile/people"
_CONTACTS = "/v1/triage/contacts"

Chosen = dict[str, Any]
"""person_id, household_id and name."""
Taken = Callable[[Chosen], Awaitable[Response]]


@router.get("/contacts/new/{key}/who")
async def who(page: SignedIn, key: UUID) -> Response:
    """Search first: most people are known already, often in another spelling."""
    told = await drafting.load(page, str(key))
    return _shown(page, Form(), _of_draft(told))


@router.post("/contacts/new/{key}/who")
async def find(page: SignedIn, key: UUID) -> Response:
    """Searches, takes one of those found, registers somebody new, or lets it be: as the button says."""
    form, told = await asyncio.gather(page.form(), drafting.load(page, str(key)))

    async def taken(person: Chosen | None) -> Response:
        told.person = person
        told.done = [*(each for each in told.done if each != "who"), "who"]
        await drafting.save(page, told)
        return page.to(f"/contacts/new/{told.key}" + ("/known" if person else ""))

    if form.has("nobody"):
        return await taken(None)
    return await _answered(page, form, _of_draft(told), taken)


@router.get("/contacts/{contact_id}/who")
async def who_was_it(page: SignedIn, contact_id: UUID) -> Response:
    """Help was given without a name, and now it needs a record."""
    contact = await page.get(f"{_CONTACTS}/{contact_id}")
    return _shown(page, Form(), _of_contact(contact_id, contact.etag))


@router.post("/contacts/{contact_id}/who")
async def link_person(page: SignedIn, contact_id: UUID) -> Response:
    """Gives the contact its person; nothing is told again."""
    form = await page.form()
    path = f"{_CONTACTS}/{contact_id}"

    async def taken(person: Chosen | None) -> Response:
        assert person is not None, "a contact that stands is given somebody"
        body = {"person_id": person["person_id"], "household_id": person["household_id"]}
        version = form.version or (await page.get(path)).etag
        wrote = await page.change("PATCH", path, body, if_match=version)
        return page.to(f"/contacts/{contact_id}", said=f"It is about {person['name']}", wrote=wrote, path=path)

    return await _answered(page, form, _of_contact(contact_id, form.version or ""), taken)


def _of_draft(told: Telling) -> dict[str, Any]:
    here = f"/contacts/new/{told.key}"
    return {"action": f"{here}/who", "came_from": here, "came_text": "New contact: all tasks", "is_now": told.person}


def _of_contact(contact_id: UUID, version: str) -> dict[str, Any]:
    here = f"/contacts/{contact_id}"
    return {"action": f"{here}/who", "came_from": here, "came_text": "The contact", "is_now": None, "version": version}


def _shown(page: Page, form: Form, place: dict[str, Any], **more: Any) -> Response:
    given = {"found": None, "candidates": None, "registering": False, "version": "", **place, **more}
    return page.render("contacts/who.html", form, **given)


async def _answered(page: Page, form: Form, place: dict[str, Any], taken: Taken) -> Response:
    if chosen := form.text("person"):
        person = await page.get(f"{_PEOPLE}/{UUID(chosen)}")
        homes = [each["household_id"] for each in person["households"] if not each["until"]]
        return await taken(_chosen(person.body, homes[0] if homes else None))
    if form.has("register"):
        return await _register(page, form, place, taken)
    return await _search(page, form, place)


async def _search(page: Page, form: Form, place: dict[str, Any]) -> Response:
    born = form.date("dob", "The date of birth")
    body = {
        "name": form.text("name"),
        "date_of_birth": born.isoformat() if born else None,
        "postcode": form.text("postcode") or None,
        "phone": form.text("phone") or None,
    }
    if not form.errors and not any(body.values()):
        form.wrong("name", "Enter a name, as you hear it; the spelling does not matter")
    if form.errors:
        return _shown(page, form, place)
    try:
        found = await page.post(_SEARCH, {name: value for name, value in body.items() if value})
    except Refused as refused:
        form.refused(refused, {"/date_of_birth": "dob-day"})
        return _shown(page, form, place)
    return _shown(page, form, place, found=found["people"])


async def _register(page: Page, form: Form, place: dict[str, Any], taken: Taken) -> Response:
    born = form.date("dob", "The date of birth")
    given = form.required("given", "Enter their first name")
    if form.errors:
        return _shown(page, form, place, registering=True)
    body: dict[str, Any] = {
        "names": [{"given": given, "family": form.text("family")}],
        "confirmed_new": form.has("confirmed"),
    }
    if born:
        body["date_of_birth"] = born.isoformat()
    if form.text("phone"):
        body["contacts"] = [{"kind": "phone", "value": form.text("phone")}]
    try:
        made = await page.post(_PEOPLE, body, key=form.key)
    except Refused as refused:
        if refused.status == 409 and "candidates" in refused.extra:
            return _shown(page, form, place, candidates=refused.extra["candidates"], registering=True, status=409)
        names = {"/names/0/given": "given", "/names/0/family": "family", "/date_of_birth": "dob-day"}
        form.refused(refused, names)
        return _shown(page, form, place, registering=True)
    return await taken(_chosen(made.body, made["household_id"]))


def _chosen(person: dict[str, Any], household_id: str | None) -> Chosen:
    return {"person_id": person["id"], "household_id": household_id, "name": called(person)}
