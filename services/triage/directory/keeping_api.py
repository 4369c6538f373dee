"""The door for those who keep the directory: entries by hand, confirmations, free places, feeds and quarantine."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.triage.directory import commands, feeds, hsds, queries
from services.triage.directory.models import DirectoryService, Feed, Quarantined
from services.triage.organisations.shapes import Address, Line

router = APIRouter(route_class=UnitRoute, prefix="/directory", tags=["directory"])

KEEP, CONFIRM, LOAD = "triage.directory.keep", "triage.directory.confirm", "triage.directory.load"
IfMatch = Annotated[str | None, Header()]


class EntryView(BaseModel):
    """An entry for who keeps it."""

    id: UUID
    version: int
    feed_id: UUID | None = Field(description="The feed it comes from; null: entered here")
    confirmed_by: str | None = Field(description="provider, or our worker's id")
    entry: hsds.ShownService


class Places(BaseModel):
    """How many places the provider says are free."""

    model_config = ConfigDict(extra="forbid")

    places_free: int | None = Field(ge=0, le=100_000, description="null: they could not say")


class FeedEntry(BaseModel):
    """A feed as it is put in."""

    model_config = ConfigDict(extra="forbid")

    name: Line
    url: Address | None = Field(None, description="Where it is published")
    licence: Line
    active: bool = True


class FeedView(FeedEntry):
    """A feed, and what its last load did."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    loaded_at: UtcDatetime | None
    last_load: dict[str, Any] | None
    changed_at: UtcDatetime


class Fault(BaseModel):
    """What is wrong with a record."""

    pointer: str
    detail: str
    rule: str


class QuarantinedView(BaseModel):
    """A record of a feed that was put aside."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    feed_id: UUID
    record_id: str
    faults: list[Fault]
    record: Any
    first_seen_at: UtcDatetime
    last_seen_at: UtcDatetime


class Accepted(BaseModel):
    """The feed is stored; its services are being taken in."""

    job_id: UUID


async def _entry(unit: UnitOfWork, response: Response, row: DirectoryService) -> EntryView:
    await unit.session.flush()
    set_etag(response, row.version)
    shown = await queries.service(unit, row.id)
    return EntryView(id=row.id, version=row.version, feed_id=row.feed_id, confirmed_by=row.confirmed_by, entry=shown)


def _expected(if_match: str | None) -> int | None:
    return expected_version(if_match) if if_match is not None else None


@router.get("/entries/{service_id}", **may(CONFIRM, refusals=(404,)), response_model_exclude_none=True)
async def read_entry(unit: Unit, response: Response, service_id: UUID) -> EntryView:
    """An entry with its version, to be changed or confirmed."""
    row = await unit.session.get(DirectoryService, service_id)
    if row is None:
        raise NotFound("The directory has no such service")
    return await _entry(unit, response, row)


@router.put(
    "/entries/{service_id}",
    **may(KEEP, made=EntryView, refusals=(409, 412, 428)),
    response_model_exclude_none=True,
)
async def put_entry(
    unit: Unit, response: Response, service_id: UUID, entry: hsds.Service, if_match: IfMatch = None
) -> EntryView:
    """Put an entry in place of the one you read (If-Match), or make a new one. It counts as confirmed today."""
    row, made = await commands.put(unit, service_id, entry, _expected(if_match))
    if made:
        response.status_code = 201
        response.headers["Location"] = f"/v1/triage/directory/entries/{service_id}"
    return await _entry(unit, response, row)


@router.post(
    "/entries/{service_id}/confirm", **may(CONFIRM, refusals=(404, 412, 428)), response_model_exclude_none=True
)
async def confirm_entry(unit: Unit, response: Response, service_id: UUID, expected: Expected) -> EntryView:
    """You asked, and all of it is right."""
    return await _entry(unit, response, await commands.confirm(unit, service_id, expected))


@router.post("/entries/{service_id}/places", **may(CONFIRM, refusals=(404, 412, 428)), response_model_exclude_none=True)
async def tell_places(unit: Unit, response: Response, service_id: UUID, expected: Expected, body: Places) -> EntryView:
    """How many places are free today. A question without a person in it."""
    return await _entry(unit, response, await commands.tell_places(unit, service_id, expected, body.places_free))


@router.get("/feeds", **may(LOAD))
async def list_feeds(unit: Unit, paging: Paging) -> Page[FeedView]:
    """Feeds that entries come from, by name."""
    query = select(Feed).order_by(Feed.name, Feed.id).limit(paging.limit + 1)
    if paging.place is not None:
        query = query.where(tuple_(Feed.name, Feed.id) > (paging.place[0], UUID(paging.place[1])))
    rows = [FeedView.model_validate(each) for each in await unit.session.scalars(query)]
    return paging.page(rows, lambda each: [each.name, str(each.id)])


@router.put("/feeds/{feed_id}", **may(LOAD, made=FeedView, refusals=(409, 412, 428)))
async def put_feed(
    unit: Unit, response: Response, feed_id: UUID, entry: FeedEntry, if_match: IfMatch = None
) -> FeedView:
    """Put a feed in place of the one you read (If-Match), or make a new one."""
    row, made = await commands.put_feed(unit, feed_id, entry.model_dump(), _expected(if_match))
    await unit.session.flush()
    if made:
        response.status_code = 201
        response.headers["Location"] = f"/v1/triage/directory/feeds/{feed_id}"
    set_etag(response, row.version)
    return FeedView.model_validate(row)


@router.post("/feeds/{feed_id}/loads", status_code=202, **may(LOAD, keyed=True, refusals=(404, 409)))
async def load_feed(
    unit: Unit,
    response: Response,
    feed_id: UUID,
    body: Annotated[Any, Body(description="Pages of services as Open Referral UK gives them, or one page")],
    whole: Annotated[bool, Query(description="Entries it does not name have ended")] = True,
) -> Accepted:
    """Take in a feed: the same again changes nothing, what breaks a rule is put aside with the reason."""
    job_id = await feeds.receive(unit, feed_id, body, whole=whole)
    response.headers["Location"] = f"/v1/triage/jobs/{job_id}"
    return Accepted(job_id=job_id)


@router.get("/quarantine", **may(LOAD))
async def list_quarantine(unit: Unit, paging: Paging, feed_id: UUID | None = None) -> Page[QuarantinedView]:
    """Records of feeds that break a rule, the latest first, until the feed puts them right."""
    return paging.page(await _quarantined(unit, feed_id, paging.place, paging.limit + 1), _place_of)


async def _quarantined(
    unit: UnitOfWork, feed_id: UUID | None, place: Sequence[Any] | None, most: int
) -> list[QuarantinedView]:
    order = (Quarantined.last_seen_at, Quarantined.id)
    query = select(Quarantined).where(Quarantined.settled_at.is_(None))
    if feed_id is not None:
        query = query.where(Quarantined.feed_id == feed_id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = await unit.session.scalars(query.order_by(*(each.desc() for each in order)).limit(most))
    return [QuarantinedView.model_validate(each) for each in rows]


def _place_of(shown: QuarantinedView) -> list[Any]:
    return [shown.last_seen_at.isoformat(), str(shown.id)]
