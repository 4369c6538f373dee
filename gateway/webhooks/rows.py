"""Which endpoints and deliveries a caller may see: their own organisation's; all, for those who run the platform."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select

from gateway.webhooks.domain import EndpointState
from gateway.webhooks.models import WebhookDelivery, WebhookEndpoint
from kit.errors import NotFound
from kit.store.unit import UnitOfWork

_RUN_THE_PLATFORM = frozenset({"administrator", "operations"})


def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule; removed ones are nobody's."""
    standing = WebhookEndpoint.state != EndpointState.REMOVED
    if runs_the_platform(unit):
        return standing
    own = organisation(unit)
    return false() if own is None else standing & (WebhookEndpoint.organisation_id == own)


def may_act_for(unit: UnitOfWork, organisation_id: UUID) -> bool:
    """Whether the caller may enter something for that organisation."""
    return runs_the_platform(unit) or organisation(unit) == organisation_id


def runs_the_platform(unit: UnitOfWork) -> bool:
    """Whether the caller looks after everybody's."""
    return not _RUN_THE_PLATFORM.isdisjoint(unit.cause.roles)


def organisation(unit: UnitOfWork) -> UUID | None:
    """The caller's own."""
    try:
        return UUID(unit.cause.organisation or "")
    except ValueError:
        return None


async def endpoint(unit: UnitOfWork, endpoint_id: UUID, *, lock: bool = False) -> WebhookEndpoint:
    """One that the caller may see. Raises NotFound."""
    query = select(WebhookEndpoint).where(WebhookEndpoint.id == endpoint_id, visible_to(unit))
    row = (await unit.session.scalars(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such endpoint")
    return row


async def delivery(unit: UnitOfWork, delivery_id: UUID, *, lock: bool = False) -> WebhookDelivery:
    """One of an endpoint that the caller may see. Raises NotFound."""
    query = (
        select(WebhookDelivery)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint_id)
        .where(WebhookDelivery.id == delivery_id, visible_to(unit))
    )
    if lock:
        query = query.with_for_update(of=WebhookDelivery)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such delivery")
    return row


async def count_of(unit: UnitOfWork, organisation_id: UUID) -> int:
    """How many endpoints an organisation has; two who enter one at once go in turn."""
    await unit.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(organisation_id), 8_004))))
    query = select(func.count()).where(
        WebhookEndpoint.organisation_id == organisation_id, WebhookEndpoint.state != EndpointState.REMOVED
    )
    return int(await unit.session.scalar(query) or 0)
