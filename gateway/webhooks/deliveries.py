"""Writes of deliveries: put in line, claimed for a try, settled by what came of it, sent again by hand."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from gateway.webhooks import commands, domain, notices, rows
from gateway.webhooks.domain import Answer, DeliveryState, Disabled, EndpointState
from gateway.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from gateway.webhooks.offered import TEST, body_of, line_of, organisation_of, payload
from kit import clock
from kit.contracts.envelope import Event
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork

LONGEST_WINDOW: Final = timedelta(days=30)
_TIDIED_AT_ONCE: Final = 5_000

# Of each endpoint that has room, the first of each line that is due. A line waits for its first, whoever has it.
_CLAIM = text(
    """
    with room (id, free) as (
        select endpoint.id, least(:each, :each - coalesce(busy.many, 0))
        from webhook_endpoint endpoint
        left join unnest(cast(:busy as uuid[]), cast(:many as integer[])) as busy (id, many) on busy.id = endpoint.id
        where endpoint.state = 'active'
    ), chosen as (
        select due.id from room cross join lateral (
            select delivery.id from webhook_delivery delivery
            where delivery.endpoint_id = room.id and delivery.state in ('waiting', 'sending')
              and delivery.next_try_at <= :now
              and not exists (
                  select from webhook_delivery earlier
                  where earlier.endpoint_id = delivery.endpoint_id and earlier.line = delivery.line
                    and earlier.position < delivery.position and earlier.state in ('waiting', 'sending')
              )
            order by delivery.next_try_at
            limit greatest(room.free, 0)
            for update of delivery skip locked
        ) due
        limit :most
    )
    update webhook_delivery set state = 'sending', tries = tries + 1, next_try_at = :lease
    from chosen, webhook_endpoint endpoint
    where webhook_delivery.id = chosen.id and endpoint.id = webhook_delivery.endpoint_id
    returning webhook_delivery.id, webhook_delivery.endpoint_id, endpoint.version, endpoint.url,
        webhook_delivery.event_id, webhook_delivery.body, webhook_delivery.tries
    """
)
# Who was late finds that its lease was over and somebody else has it: nothing is written then.
_SETTLE = text(
    """
    update webhook_delivery delivery set state = told.state, next_try_at = coalesce(told.at, delivery.next_try_at),
        settled_at = case when told.at is null then cast(:now as timestamptz) end
    from unnest(cast(:ids as uuid[]), cast(:tries as integer[]), cast(:states as text[]), cast(:ats as timestamptz[]))
        as told (id, tries, state, at)
    where delivery.id = told.id and delivery.tries = told.tries and delivery.state = 'sending'
    """
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery in hand."""

    id: UUID
    endpoint_id: UUID
    endpoint_version: int
    url: str
    event_id: UUID
    body: str
    tries: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it."""

    claimed: Claimed
    at: datetime
    answer: Answer


async def put_in_line(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """A delivery for each endpoint that asked for the event and whose organisation it is for.

    Disabled endpoints' wait until they are enabled.
    """
    endpoints = (
        await unit.session.execute(
            select(
                WebhookEndpoint.id, WebhookEndpoint.organisation_id, WebhookEndpoint.types, WebhookEndpoint.shape
            ).where(
                WebhookEndpoint.state != EndpointState.REMOVED,
                WebhookEndpoint.types.overlap(literal(sorted({each.type for each in events}), ARRAY(Text))),
            )
        )
    ).all()
    now = clock.now()
    deliveries = [
        _new(endpoint.id, event.id, event.type, line_of(event), now, body_of(event, endpoint.shape))
        for event in events
        for endpoint in endpoints
        if event.type in endpoint.types and organisation_of(event) in (None, endpoint.organisation_id)
    ]
    if deliveries:
        await unit.session.execute(insert(WebhookDelivery), deliveries)


def _new(
    endpoint_id: UUID, event_id: UUID, type_: str, line: UUID, now: datetime, body: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "endpoint_id": endpoint_id,
        "event_id": event_id,
        "line": line,
        "type": type_,
        "body": json.dumps(body, separators=(",", ":")),
        "state": DeliveryState.WAITING,
        "tries": 0,
        "next_try_at": now,
        "made_at": now,
    }


async def claim(unit: UnitOfWork, busy: Mapping[UUID, int], *, each: int, most: int) -> list[Claimed]:
    """What is to be tried now: at most `most`, and of one endpoint at most `each` with what is in hand (`busy`)."""
    now = clock.now()
    values = {
        "busy": list(busy),
        "many": list(busy.values()),
        "each": each,
        "most": most,
        "now": now,
        "lease": now + domain.LEASE,
    }
    return [Claimed(*row) for row in await unit.session.execute(_CLAIM, values)]


async def settle(unit: UnitOfWork, tried: Sequence[Tried]) -> None:
    """Write down what came of these tries; an endpoint that is gone, or failed for days, is disabled."""
    now = clock.now()
    nexts = [domain.after(each.answer, each.claimed.tries, now, random.random()) for each in tried]
    await unit.session.execute(
        _SETTLE,
        {
            "ids": [each.claimed.id for each in tried],
            "tries": [each.claimed.tries for each in tried],
            "states": [each.state for each in nexts],
            "ats": [each.at for each in nexts],
            "now": now,
        },
    )
    attempts = [
        {
            "delivery_id": each.claimed.id,
            "at": each.at,
            "status": each.answer.status,
            "problem": each.answer.problem,
            "milliseconds": each.answer.milliseconds,
        }
        for each in tried
    ]
    await unit.session.execute(insert(WebhookAttempt), attempts)
    await _judge(unit, tried, now)


async def _judge(unit: UnitOfWork, tried: Sequence[Tried], now: datetime) -> None:
    took = {each.claimed.endpoint_id for each in tried if each.answer.took_it}
    failed = {each.claimed.endpoint_id for each in tried} - took
    gone = {each.claimed.endpoint_id for each in tried if each.answer.gone}
    await unit.session.execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.id.in_(sorted(took)), WebhookEndpoint.failing_since.is_not(None))
        .values(failing_since=None)
    )
    if not failed | gone:
        return
    query = select(WebhookEndpoint).where(WebhookEndpoint.id.in_(sorted(failed | gone))).order_by(WebhookEndpoint.id)
    for endpoint in (await unit.session.scalars(query.with_for_update())).all():
        endpoint.failing_since = endpoint.failing_since or now
        why = (
            Disabled.GONE
            if endpoint.id in gone
            else Disabled.FAILING
            if domain.give_up(endpoint.failing_since, now)
            else None
        )
        if why is not None and endpoint.state == EndpointState.ACTIVE:
            endpoint.version += 1
            commands.stop(unit, endpoint, why)
            notices.put(unit, endpoint, why)


async def test(unit: UnitOfWork, endpoint_id: UUID) -> WebhookDelivery:
    """Put a test event in line for it, in a line of its own."""
    endpoint = await rows.endpoint(unit, endpoint_id)
    if endpoint.state != EndpointState.ACTIVE:
        raise Conflict("It is disabled: enable it first", state=endpoint.state, allowed=["enable"])
    now, event_id = clock.now(), new_id()
    row = WebhookDelivery(**_new(endpoint.id, event_id, TEST, event_id, now, payload(TEST, now, event_id, 1)))
    unit.session.add(row)
    unit.accessed(f"webhook_endpoint/{endpoint.id}")
    await unit.session.flush()
    return row


async def replay(unit: UnitOfWork, delivery_id: UUID) -> WebhookDelivery:
    """Send one again now, delivered or dead: under the same webhook-id, so that who has it already knows it."""
    row = await rows.delivery(unit, delivery_id, lock=True)
    if row.state in domain.UNSETTLED:
        raise Conflict("It is on its way", state=row.state, allowed=["drop"])
    _again(row, clock.now())
    unit.accessed(f"webhook_delivery/{row.id}")
    return row


async def replay_window(
    unit: UnitOfWork, endpoint_id: UUID, since: datetime, until: datetime, *, only_dead: bool
) -> int:
    """Send again what reached us in that time, in its order; how many. At most 30 days."""
    endpoint = await rows.endpoint(unit, endpoint_id)
    if until <= since:
        raise invalid("/until", "It must be after the beginning.", "window")
    if until - since > LONGEST_WINDOW:
        raise invalid("/until", f"At most {LONGEST_WINDOW.days} days.", "window")
    states = [DeliveryState.DEAD] if only_dead else [DeliveryState.DEAD, DeliveryState.DELIVERED]
    again = (
        update(WebhookDelivery)
        .where(
            WebhookDelivery.endpoint_id == endpoint.id,
            WebhookDelivery.made_at >= since,
            WebhookDelivery.made_at < until,
            WebhookDelivery.state.in_(states),
        )
        .values(state=DeliveryState.WAITING, tries=0, next_try_at=clock.now(), settled_at=None)
    )
    found = await unit.session.execute(again.returning(WebhookDelivery.id))
    unit.accessed(f"webhook_endpoint/{endpoint.id}")
    return len(found.all())


async def drop(unit: UnitOfWork, delivery_id: UUID) -> WebhookDelivery:
    """Give one up: what waited behind it in its household goes on."""
    row = await rows.delivery(unit, delivery_id, lock=True)
    if row.state not in (*domain.UNSETTLED, DeliveryState.DEAD):
        raise Conflict("It is settled", state=row.state, allowed=["replay"])
    row.state, row.settled_at = DeliveryState.DROPPED, clock.now()
    unit.accessed(f"webhook_delivery/{row.id}")
    return row


def _again(row: WebhookDelivery, now: datetime) -> None:
    row.state, row.tries, row.next_try_at, row.settled_at = DeliveryState.WAITING, 0, now, None


async def tidy(unit: UnitOfWork) -> int:
    """Forget what was settled, or waited for nobody, a month ago; how many."""
    before = clock.now() - domain.KEPT
    old = or_(
        WebhookDelivery.settled_at < before, WebhookDelivery.settled_at.is_(None) & (WebhookDelivery.made_at < before)
    )
    some = select(WebhookDelivery.id).where(old).limit(_TIDIED_AT_ONCE)
    found = await unit.session.execute(
        delete(WebhookDelivery).where(WebhookDelivery.id.in_(some)).returning(WebhookDelivery.id)
    )
    return len(found.all())
