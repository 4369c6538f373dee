"""The HTTP door of sources: who may send us messages, with which keys, and what became of what they sent."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select, tuple_

from gateway.webhooks import inbound, sources
from gateway.webhooks.accepted import TYPES
from gateway.webhooks.inbound_models import WebhookMessage, WebhookSource
from gateway.webhooks.queries import KeyView
from kit.store.unit import UnitOfWork
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may

router = APIRouter(route_class=UnitRoute, prefix="/v1/webhooks", tags=["webhooks"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
PublicKey = Annotated[
    str | None, Field(max_length=200, description="whpk_...: your own Ed25519 key; else we make a secret")
]
SourceCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,63}$")]
State = Literal["waiting", "carrying", "carried", "refused", "dead"]


class NewSource(BaseModel):
    """A system of an organisation's that will send us messages."""

    model_config = ConfigDict(extra="forbid")

    organisation_id: UUID
    description: Words
    public_key: PublicKey = None
    supplies: list[SourceCode] = Field(
        default_factory=list,
        max_length=20,
        description="Codes of the sources of One View that it may feed; an administrator alone says so",
    )


class NewSourceKey(BaseModel):
    """A key in place of the ones before, which are accepted beside it for a while."""

    model_config = ConfigDict(extra="forbid")

    public_key: PublicKey = None
    overlap_hours: int = Field(24, ge=0, le=720)


class SourceView(BaseModel):
    """A system that may send us messages, to `path`."""

    id: UUID
    version: int
    organisation_id: UUID
    description: str
    path: str = Field(description="Where it sends to, at this door")
    supplies: list[str] = Field(description="Codes of the sources of One View that it may feed")
    keys: list[KeyView]
    made_at: datetime
    changed_at: datetime

    @classmethod
    def of(cls, row: WebhookSource) -> Self:
        kept: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        keys = [KeyView.model_validate(each) for each in row.keys]
        return cls(**{**kept, "keys": keys, "path": f"/webhooks/{row.id}"})


class SourceWithKey(BaseModel):
    """A source, and its newest key where we made it: shown this once."""

    source: SourceView
    key: str | None


class AcceptedType(BaseModel):
    """One type of message that is accepted, and whose route its `data` is the body of."""

    type: str
    summary: str
    path: str
    about: str | None = Field(description="The field of `data` that stands in the path")


class MessageView(BaseModel):
    """One message that came in, and what became of it. Its words are with their owner."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    source_id: UUID
    webhook_id: str
    state: State
    tries: int
    next_try_at: datetime
    status: int | None = Field(description="The owner's answer")
    problem: str | None
    pointers: list[str] | None = Field(description="Which fields the owner refused")
    received_at: datetime
    settled_at: datetime | None


@router.get("/accepted-types", **may("gateway.webhook.read"))
async def list_accepted_types(unit: Unit) -> list[AcceptedType]:
    """What may be sent to us."""
    return [
        AcceptedType(type=name, summary=each.summary, path=each.path, about=each.about)
        for name, each in sorted(TYPES.items())
    ]


@router.get("/sources", **may("gateway.webhook.read"))
async def list_sources(unit: Unit, paging: Paging) -> Page[SourceView]:
    """Sources: an organisation's own; all, for those who run the platform."""
    query = select(WebhookSource).where(sources.visible_to(unit)).order_by(WebhookSource.id)
    if paging.place is not None:
        query = query.where(WebhookSource.id > UUID(paging.place[0]))
    unit.accessed("webhook_sources")
    found = [SourceView.of(row) for row in await unit.session.scalars(query.limit(paging.limit + 1))]
    return paging.page(found, lambda each: [str(each.id)])


@router.post("/sources", status_code=201, **may("gateway.webhook.keep", keyed=True))
async def make_source(unit: Unit, response: Response, body: NewSource) -> SourceWithKey:
    """Enter a source. A secret that we make is shown in this answer and never again."""
    made = await sources.make(
        unit,
        organisation_id=body.organisation_id,
        description=body.description,
        public_key=body.public_key,
        supplies=body.supplies,
    )
    response.headers["Location"] = f"/v1/webhooks/sources/{made.source.id}"
    set_etag(response, made.source.version)
    return SourceWithKey(source=SourceView.of(made.source), key=made.key)


@router.get("/sources/{source_id}", **may("gateway.webhook.read", refusals=(404,)))
async def read_source(unit: Unit, response: Response, source_id: UUID) -> SourceView:
    """One source."""
    row = await sources.source(unit, source_id)
    unit.accessed(f"webhook_source/{row.id}")
    set_etag(response, row.version)
    return SourceView.of(row)


@router.post(
    "/sources/{source_id}/keys",
    status_code=201,
    **may("gateway.webhook.keep", keyed=True, refusals=(404, 412, 428)),
)
async def rotate_source_key(
    unit: Unit, response: Response, source_id: UUID, expected: Expected, body: NewSourceKey
) -> SourceWithKey:
    """Another key; what the ones before signed is accepted for the overlap."""
    overlap = timedelta(hours=body.overlap_hours)
    made = await sources.rotate(unit, source_id, expected, public_key=body.public_key, overlap=overlap)
    response.headers["Location"] = f"/v1/webhooks/sources/{source_id}"
    set_etag(response, made.source.version)
    return SourceWithKey(source=SourceView.of(made.source), key=made.key)


@router.delete("/sources/{source_id}", status_code=204, **may("gateway.webhook.keep", refusals=(404, 412, 428)))
async def remove_source(unit: Unit, source_id: UUID, expected: Expected) -> None:
    """Accept nothing more from it."""
    await sources.remove(unit, source_id, expected)


@router.get("/sources/{source_id}/messages", **may("gateway.webhook.read", refusals=(404,)))
async def list_messages(
    unit: Unit, paging: Paging, source_id: UUID, state: Annotated[State | None, Query()] = None
) -> Page[MessageView]:
    """What it sent, the newest first."""
    row = await sources.source(unit, source_id)
    found = await _messages(unit, row.id, state, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.received_at.isoformat(), str(each.id)])


@router.post("/messages/{message_id}/replay", **may("gateway.webhook.keep", refusals=(404, 409)))
async def replay_message(unit: Unit, message_id: UUID) -> MessageView:
    """Carry one again that was refused or given up, once its reason is gone."""
    return MessageView.model_validate(await inbound.again(unit, message_id))


async def _messages(
    unit: UnitOfWork, source_id: UUID, state: str | None, after: Sequence[Any] | None, limit: int
) -> list[MessageView]:
    query = select(WebhookMessage).where(WebhookMessage.source_id == source_id)
    if state is not None:
        query = query.where(WebhookMessage.state == state)
    if after is not None:
        place = tuple_(WebhookMessage.received_at, WebhookMessage.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    unit.accessed(f"webhook_source/{source_id}")
    query = query.order_by(WebhookMessage.received_at.desc(), WebhookMessage.id.desc()).limit(limit)
    return [MessageView.model_validate(row) for row in await unit.session.scalars(query)]
