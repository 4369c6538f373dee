"""The HTTP door of contacts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.codes import ContactStatus
from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.contacts import commands, queries
from services.triage.contacts.models import Contact
from services.triage.contacts.queries import Filters
from services.triage.contacts.shapes import (
    ContactChanges,
    ContactSummary,
    ContactView,
    NewContact,
    NewDecision,
    NewNeed,
    UnfinishedContact,
)

router = APIRouter(route_class=UnitRoute, tags=["contacts"])


def _answer(response: Response, contact: Contact, *, made: bool = False) -> ContactView:
    set_etag(response, contact.version)
    if made:
        response.headers["Location"] = f"/v1/triage/contacts/{contact.id}"
    return ContactView.of(contact)


@router.post("/contacts", status_code=201, **may("triage.contact.record", keyed=True))
async def record_contact(unit: Unit, response: Response, body: NewContact) -> ContactView:
    """Record a contact. Unnamed help is one request: place, need, outcome. Whoever speaks for another is noted."""
    return _answer(response, await commands.record(unit, body), made=True)


@router.get("/contacts", **may("triage.contact.read"))
async def list_contacts(
    unit: Unit,
    paging: Paging,
    state: ContactStatus | None = None,
    person_id: UUID | None = None,
    hub: Annotated[Code | None, Query()] = None,
) -> Page[ContactSummary]:
    """Contacts, the latest first, by codes and ids."""
    rows = await queries.contacts(unit, Filters(state, person_id, hub), paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/unfinished-contacts", **may("triage.contact.record"))
async def list_unfinished_contacts(unit: Unit, paging: Paging) -> Page[UnfinishedContact]:
    """Your conversations that are begun and not sent, the last typed first."""
    found = await queries.unfinished(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.updated_at.isoformat(), each.key])


@router.get("/contacts/{contact_id}", **may("triage.contact.read", refusals=(404,)))
async def read_contact(unit: Unit, response: Response, contact_id: UUID) -> ContactView:
    """One contact with its needs and decisions."""
    view = await queries.contact(unit, contact_id)
    set_etag(response, view.version)
    return view


@router.patch("/contacts/{contact_id}", **may("triage.contact.change", refusals=(400, 404, 409, 412, 428)))
async def change_contact(
    unit: Unit, response: Response, contact_id: UUID, expected: Expected, body: ContactChanges
) -> ContactView:
    """Complete or correct a contact, or link the person found later. The loser of two edits gets 412 with both."""
    return _answer(response, await commands.change(unit, contact_id, expected, body))


# No If-Match: a need is added to what stands, whoever else is adding one at the next desk, and neither may fail.
@router.post("/contacts/{contact_id}/needs", status_code=201, **may("triage.need.record", keyed=True, refusals=(404,)))
async def record_need(unit: Unit, response: Response, contact_id: UUID, body: NewNeed) -> ContactView:
    """Record one more need. Answers with the whole contact; the new need is its last."""
    return _answer(response, await commands.add_need(unit, contact_id, body), made=True)


# If-Match: who decides must have seen every need; one added in the meantime may change the decision.
@router.post(
    "/contacts/{contact_id}/decisions",
    status_code=201,
    **may("triage.contact.decide", keyed=True, refusals=(404, 412, 428)),
)
async def decide_contact(
    unit: Unit, response: Response, contact_id: UUID, expected: Expected, body: NewDecision
) -> ContactView:
    """Decide where needs go. Answers with the whole contact; the new decision is its last.

    422 names what is missing, or the outcomes allowed for a need that may be homelessness; 409 the stages allowed.
    """
    return _answer(response, await commands.decide(unit, contact_id, expected, body.proposal()), made=True)
