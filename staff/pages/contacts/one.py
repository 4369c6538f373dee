"""One contact: what was told, what was decided and why, who holds it, and what can be done next."""

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.page import Page, SignedIn
from staff.pages.contacts import choices
from staff.pages.contacts.people import names_of

router = APIRouter()

CONTACTS = "/v1/triage/contacts"


@router.get("/contacts/{contact_id}")
async def contact(page: SignedIn, contact_id: UUID) -> Response:
    """The contact with all that hangs on it."""
    here = f"{CONTACTS}/{contact_id}"
    about = {"contact_id": str(contact_id)}
    answer, names, found = await asyncio.gather(
        page.get(here),
        page.names(),
        page.parts(
            handovers=page.get("/v1/triage/handovers", about),
            referrals=page.get("/v1/triage/referrals", about),
            tasks=page.get("/v1/triage/everyday-tasks", about),
            interpreters=page.get("/v1/triage/interpreters", about),
            application=page.get(f"{here}/homelessness-application"),
        ),
    )
    people = await names_of(page, [answer["person_id"]])
    offered = next((each for each in found["handovers"].items if each["state"] == "offered"), None)
    return page.render(
        "contacts/one.html",
        contact=answer.body,
        version=answer.etag,
        names=names,
        person=people.get(answer["person_id"] or "", ""),
        offered=offered,
        say=choices.say,
        **found,
    )


@router.get("/contacts/{contact_id}/recorded")
async def recorded(page: SignedIn, contact_id: UUID) -> Response:
    """It is on record: its reference, and the way on."""
    # Some may record a conversation and read none: they are shown its reference alone.
    found = await page.parts(
        contact=page.get(f"{CONTACTS}/{contact_id}"),
        application=page.get(f"{CONTACTS}/{contact_id}/homelessness-application"),
    )
    return page.render("contacts/recorded.html", contact_id=str(contact_id), **found)


async def load(page: Page, contact_id: UUID) -> tuple[Any, str]:
    """The contact and its version."""
    answer = await page.get(f"{CONTACTS}/{contact_id}")
    return answer.body, answer.etag
