"""Writes of endpoints: entered, changed, given new keys, disabled, enabled, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from gateway.webhooks import rows
from gateway.webhooks.addresses import fault_of
from gateway.webhooks.domain import Disabled, EndpointState
from gateway.webhooks.models import WebhookEndpoint
from gateway.webhooks.offered import OFFERED, Shape
from gateway.webhooks.signing import Kind, SigningKey
from kit import clock
from kit.contracts.gateway import WebhookEndpointState
from kit.errors import Conflict, Forbidden, invalid
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version

MOST_ENDPOINTS: Final = 20
"""Of one organisation."""
_MOST_KEYS: Final = 4
LONGEST_OVERLAP: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint and the one time its newest key is shown."""

    endpoint: WebhookEndpoint
    key: str


async def make(
    unit: UnitOfWork,
    *,
    organisation_id: UUID,
    url: str,
    description: str,
    types: Sequence[str],
    kind: Kind,
    allowed: frozenset[str],
    contact: str | None = None,
    shape: Shape = Shape.THIN,
) -> Made:
    """Enter an endpoint with its first key. A partner enters its own organisation's alone (`Forbidden`)."""
    if not rows.may_act_for(unit, organisation_id):
        raise Forbidden("A partner enters endpoints of its own organisation")
    _check(url, types, allowed)
    if await rows.count_of(unit, organisation_id) >= MOST_ENDPOINTS:
        raise Conflict(f"An organisation has at most {MOST_ENDPOINTS} endpoints: remove one first", allowed=[])
    now = clock.now()
    endpoint = WebhookEndpoint(
        id=new_id(),
        version=1,
        organisation_id=organisation_id,
        url=url,
        description=description,
        types=sorted(set(types)),
        keys=[],
        contact=contact,
        shape=shape,
        state=EndpointState.ACTIVE,
        made_by=unit.cause.actor,
        made_at=now,
        changed_at=now,
    )
    key = _add_key(unit, endpoint, kind, now)
    unit.session.add(endpoint)
    unit.accessed(f"webhook_endpoint/{endpoint.id}")
    return Made(endpoint, key)


async def change(
    unit: UnitOfWork,
    endpoint_id: UUID,
    expected: int,
    *,
    url: str,
    description: str,
    types: Sequence[str],
    allowed: frozenset[str],
    contact: str | None = None,
    shape: Shape = Shape.THIN,
) -> WebhookEndpoint:
    """Put other settings in place of the ones you read. What waits goes to the new address."""
    endpoint = await _changing(unit, endpoint_id, expected)
    _check(url, types, allowed)
    endpoint.url, endpoint.description, endpoint.types = url, description, sorted(set(types))
    endpoint.contact, endpoint.shape = contact, shape
    return endpoint


async def rotate(unit: UnitOfWork, endpoint_id: UUID, expected: int, kind: Kind, overlap: timedelta) -> Made:
    """A new key; the ones before sign beside it until the overlap is over, so that no message is refused between."""
    endpoint = await _changing(unit, endpoint_id, expected)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise invalid("/overlap_hours", f"From 0 to {LONGEST_OVERLAP.days * 24} hours.", "overlap")
    now = clock.now()
    until = (now + overlap).isoformat()
    standing = [each for each in endpoint.keys if not _is_over(each, now)]
    if len(standing) >= _MOST_KEYS:
        raise Conflict(f"At most {_MOST_KEYS} keys sign at once: wait until one is over", allowed=[])
    endpoint.keys = [{**each, "until": min(each["until"] or until, until)} for each in standing]
    return Made(endpoint, _add_key(unit, endpoint, kind, now))


async def disable(unit: UnitOfWork, endpoint_id: UUID, expected: int) -> WebhookEndpoint:
    """Send nothing to it until it is enabled again; what happens meanwhile waits."""
    endpoint = await _changing(unit, endpoint_id, expected)
    if endpoint.state != EndpointState.ACTIVE:
        raise Conflict("It is not sent to as it is", state=endpoint.state, allowed=["enable"])
    stop(unit, endpoint, Disabled.BY_HAND)
    return endpoint


async def enable(unit: UnitOfWork, endpoint_id: UUID, expected: int) -> WebhookEndpoint:
    """Send to it again: what waited goes first, in order."""
    endpoint = await _changing(unit, endpoint_id, expected)
    if endpoint.state != EndpointState.DISABLED:
        raise Conflict("It is sent to as it is", state=endpoint.state, allowed=["disable"])
    endpoint.state, endpoint.why, endpoint.failing_since = EndpointState.ACTIVE, None, None
    return endpoint


async def remove(unit: UnitOfWork, endpoint_id: UUID, expected: int) -> None:
    """For good: its keys are gone. What was sent stays on record for a month."""
    endpoint = await _changing(unit, endpoint_id, expected)
    endpoint.state, endpoint.keys = EndpointState.REMOVED, []


def stop(unit: UnitOfWork, endpoint: WebhookEndpoint, why: Disabled) -> None:
    """Disable it and say so (`gateway.webhook_endpoint.disabled`). Its version was raised by the caller."""
    endpoint.state, endpoint.why = EndpointState.DISABLED, why
    endpoint.changed_at = clock.now()
    unit.emit(
        "gateway.webhook_endpoint.disabled",
        WebhookEndpointState(
            endpoint_id=endpoint.id,
            organisation_id=endpoint.organisation_id,
            state="disabled",
            why=why,
            failing_since=endpoint.failing_since,
            changed_at=endpoint.changed_at,
        ),
        aggregate_id=endpoint.id,
        sequence=endpoint.version,
    )


def keys_of(unit: UnitOfWork, endpoint: WebhookEndpoint, now: datetime) -> list[SigningKey]:
    """The keys that sign now, opened; the newest first."""
    return [
        SigningKey(each["kind"], sealed.open_at_rest(unit, _record(each["id"]), each["sealed"]))
        for each in endpoint.keys
        if not _is_over(each, now)
    ]


async def _changing(unit: UnitOfWork, endpoint_id: UUID, expected: int) -> WebhookEndpoint:
    endpoint = await rows.endpoint(unit, endpoint_id, lock=True)
    check_version(endpoint.version, expected)
    endpoint.version += 1
    endpoint.changed_at = clock.now()
    unit.accessed(f"webhook_endpoint/{endpoint.id}")
    return endpoint


def _add_key(unit: UnitOfWork, endpoint: WebhookEndpoint, kind: Kind, now: datetime) -> str:
    key, key_id = SigningKey.made(kind), new_id()
    entry: dict[str, Any] = {
        "id": str(key_id),
        "kind": kind,
        "sealed": sealed.seal_at_rest(unit, _record(str(key_id)), key.secret),
        "made_at": now.isoformat(),
        "until": None,
    }
    endpoint.keys = [entry, *endpoint.keys]
    return key.shown


def _record(key_id: str) -> str:
    return f"webhook_key/{key_id}"


def _is_over(key: dict[str, Any], now: datetime) -> bool:
    return key["until"] is not None and datetime.fromisoformat(key["until"]) <= now


def _check(url: str, types: Sequence[str], allowed: frozenset[str]) -> None:
    if fault := fault_of(url, allowed=allowed):
        raise invalid("/url", fault, "public-address")
    for number, type_ in enumerate(types):
        if type_ not in OFFERED:
            raise invalid(f"/types/{number}", "This is not one that is offered: see /v1/webhooks/types.", "offered")
