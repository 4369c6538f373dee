"""The HTTP door of the queue and its rules."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from kit.contracts.codes import QueueKind, Urgency
from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.queue import commands, queries
from services.triage.queue.queries import Filters
from services.triage.queue.shapes import (
    Card,
    Counts,
    NewRules,
    Publication,
    RulesBody,
    RulesSummary,
    RulesView,
    WhatIf,
)

router = APIRouter(route_class=UnitRoute, tags=["queue"])

Version = Annotated[int, Path(ge=1, le=2**31 - 1)]
Word = Annotated[Code | None, Query()]


@router.get("/queue", **may("triage.queue.read"))
async def list_queue(
    unit: Unit,
    paging: Paging,
    team: Word = None,
    hub: Word = None,
    urgency: Urgency | None = None,
    kind: QueueKind | None = None,
    household_id: UUID | None = None,
) -> Page[Card]:
    """Who is next, with why each stands where it stands and what would change that.

    Concerns stand here only for those who may read concerns, for such a purpose.
    """
    filters = Filters(team, hub, urgency, kind, household_id)
    cards = await queries.cards(unit, filters, paging.place, paging.limit + 1)
    return paging.page(cards, queries.place_of)


@router.get("/queue/counts", **may("triage.queue.read"))
async def count_queue(
    unit: Unit, team: Word = None, hub: Word = None, urgency: Urgency | None = None, kind: QueueKind | None = None
) -> Counts:
    """How many wait, in which band, and how many clocks have run out or are about to."""
    return await queries.counts(unit, Filters(team, hub, urgency, kind))


@router.get("/queue/rules", **may("triage.queue_rules.read"))
async def list_queue_rules(unit: Unit, paging: Paging) -> Page[RulesSummary]:
    """The versions of the rules, the newest first. They are about nobody and for everybody to read."""
    found = await queries.versions(unit, paging.place, paging.limit + 1)
    return paging.page(found, lambda shown: [shown.version])


@router.post("/queue/rules", status_code=201, **may("triage.queue_rules.keep", keyed=True))
async def draft_queue_rules(unit: Unit, response: Response, body: NewRules) -> RulesView:
    """Keep new rules as a draft. 422 names every fault: what is kept here can go live."""
    row = await commands.draft(unit, body.rules, body.note)
    response.headers["Location"] = f"/v1/triage/queue/rules/{row.version}"
    set_etag(response, row.change)
    return queries.view(row)


# Nothing is made, so no key; a POST because rules are too long for an address.
@router.post("/queue/rules/what-if", **may("triage.queue_rules.try"))
async def try_queue_rules(unit: Unit, body: RulesBody) -> WhatIf:
    """Who would move if these were the rules, and why. Changes nothing; 422 names every fault."""
    return await queries.what_if(unit, body)


@router.get("/queue/rules/{version}", **may("triage.queue_rules.read", refusals=(404,)))
async def read_queue_rules(unit: Unit, response: Response, version: Version) -> RulesView:
    """One version, whole."""
    shown = await queries.version(unit, version)
    set_etag(response, shown.change)
    return shown


@router.post("/queue/rules/{version}/publish", **may("triage.queue_rules.keep", refusals=(400, 404, 409, 412, 428)))
async def publish_queue_rules(
    unit: Unit, response: Response, version: Version, expected: Expected, body: Publication
) -> RulesView:
    """Let a version go live, by name and with a reason: everybody who waits is placed by it at once."""
    row = await commands.publish(unit, version, expected, body.reason)
    set_etag(response, row.change)
    return queries.view(row)


@router.get("/queue/{entry_id}", **may("triage.queue.read", refusals=(404,)))
async def read_queue_entry(unit: Unit, response: Response, entry_id: UUID) -> Card:
    """One card, with its place in the whole queue."""
    card = await queries.card(unit, entry_id)
    set_etag(response, card.version)
    return card
