"""Reads of endpoints, deliveries and tries."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from gateway.webhooks import rows
from gateway.webhooks.domain import DeliveryState, Disabled, EndpointState
from gateway.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from gateway.webhooks.offered import OFFERED, Shape
from kit.store.unit import UnitOfWork


class OfferedType(BaseModel):
    """One type of event that can be asked for."""

    type: str
    summary: str
    public: bool = Field(description="About everybody's; else only what is for the endpoint's organisation")


class KeyView(BaseModel):
    """A key that signs; never the key itself, which is shown once."""

    id: UUID
    kind: str
    made_at: datetime
    until: datetime | None = Field(description="When it stops signing; null while it is the newest")


class EndpointView(BaseModel):
    """An endpoint and how it fares."""

    id: UUID
    version: int
    organisation_id: UUID
    url: str
    description: str
    types: list[str]
    contact: str | None = Field(description="Who is told by e-mail when we stop sending by ourselves")
    shape: Shape
    keys: list[KeyView]
    state: EndpointState
    why: Disabled | None = Field(description="Why it is disabled")
    failing_since: datetime | None = Field(description="Since when nothing got through; null when the last did")
    made_at: datetime
    changed_at: datetime
    waiting: int | None = Field(None, description="How many deliveries are on their way or wait; of one endpoint")
    oldest_waiting_at: datetime | None = None
    dead: int | None = Field(None, description="How many were given up and can be sent again; of one endpoint")

    @classmethod
    def of(cls, row: WebhookEndpoint, **more: Any) -> Self:
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        keys = [KeyView.model_validate({**each, "until": each["until"]}) for each in row.keys]
        return cls(**{**kept, "keys": keys}, **more)


class DeliveryView(BaseModel):
    """One event on its way to one endpoint."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    endpoint_id: UUID
    event_id: UUID = Field(description="The webhook-id, the same at every try and every replay")
    type: str
    state: DeliveryState
    tries: int
    next_try_at: datetime
    settled_at: datetime | None
    made_at: datetime


class AttemptView(BaseModel):
    """One try. What the other side answered in words is not kept."""

    model_config = ConfigDict(from_attributes=True)

    at: datetime
    status: int | None
    problem: str | None
    milliseconds: int


class DeliveryDetail(DeliveryView):
    """With what was sent, and every try."""

    body: str
    attempts: list[AttemptView] = Field(default_factory=list)


def offered() -> list[OfferedType]:
    """Everything that can be asked for."""
    return [
        OfferedType(type=name, summary=offer.summary, public=offer.whose is None)
        for name, offer in sorted(OFFERED.items())
    ]


async def endpoints(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[EndpointView]:
    """Those the caller may see, the oldest first."""
    query = select(WebhookEndpoint).where(rows.visible_to(unit)).order_by(WebhookEndpoint.id).limit(limit)
    if after is not None:
        query = query.where(WebhookEndpoint.id > UUID(after[0]))
    unit.accessed("webhook_endpoints")
    return [EndpointView.of(row) for row in await unit.session.scalars(query)]


async def endpoint(unit: UnitOfWork, endpoint_id: UUID) -> EndpointView:
    """One, with what waits. Raises NotFound."""
    row = await rows.endpoint(unit, endpoint_id)
    unsettled = WebhookDelivery.state.in_([DeliveryState.WAITING, DeliveryState.SENDING])
    counted = (
        await unit.session.execute(
            select(
                func.count().filter(unsettled),
                func.min(WebhookDelivery.made_at).filter(unsettled),
                func.count().filter(WebhookDelivery.state == DeliveryState.DEAD),
            ).where(WebhookDelivery.endpoint_id == row.id)
        )
    ).one()
    unit.accessed(f"webhook_endpoint/{row.id}")
    return EndpointView.of(row, waiting=counted[0], oldest_waiting_at=counted[1], dead=counted[2])


async def deliveries(
    unit: UnitOfWork, endpoint_id: UUID, state: DeliveryState | None, after: Sequence[Any] | None, limit: int
) -> list[tuple[int, DeliveryView]]:
    """Of one endpoint, the newest first, each with its place in the list. Raises NotFound."""
    row = await rows.endpoint(unit, endpoint_id)
    query = select(WebhookDelivery).where(WebhookDelivery.endpoint_id == row.id)
    if state is not None:
        query = query.where(WebhookDelivery.state == state)
    if after is not None:
        query = query.where(WebhookDelivery.position < after[0])
    unit.accessed(f"webhook_endpoint/{row.id}")
    found = await unit.session.scalars(query.order_by(WebhookDelivery.position.desc()).limit(limit))
    return [(each.position, DeliveryView.model_validate(each)) for each in found]


async def delivery(unit: UnitOfWork, delivery_id: UUID) -> DeliveryDetail:
    """One, with what was sent and every try. Raises NotFound."""
    row = await rows.delivery(unit, delivery_id)
    tries = await unit.session.scalars(
        select(WebhookAttempt).where(WebhookAttempt.delivery_id == row.id).order_by(WebhookAttempt.id)
    )
    unit.accessed(f"webhook_delivery/{row.id}")
    shown = DeliveryView.model_validate(row).model_dump()
    return DeliveryDetail(**shown, body=row.body, attempts=[AttemptView.model_validate(each) for each in tries])
