"""What waits to be delivered to partners' systems: figures for Prometheus and for the page of operations."""

from datetime import datetime
from typing import Final

from prometheus_client import Counter, Gauge
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from gateway.webhooks.domain import Answer
from kit import clock
from kit.store.db import Database

# With a label even where there is one figure: without, every process that imports this would export a zero.
_HERE: Final = "gateway"
_OF: Final = ["service"]
# Of endpoints by id alone: who is behind one says the register, to those who may read it.
ATTEMPTS = Counter("newstart_webhook_attempts", "Tries to deliver, by what came of them", ["endpoint", "outcome"])
WAITING = Gauge("newstart_webhook_waiting", "Deliveries that wait or are on their way to enabled endpoints", _OF)
OLDEST = Gauge("newstart_webhook_oldest_seconds", "Age of the oldest delivery that waits or is on its way", _OF)
DEAD = Gauge("newstart_webhook_dead", "Deliveries that were given up and wait for a person", _OF)
DISABLED = Gauge("newstart_webhook_endpoints_disabled", "Endpoints nothing is sent to, by why", ["why"])
NOTICES_FAILED = Gauge("newstart_webhook_notices_failed", "Notices of a disabled endpoint that reached nobody", _OF)
MESSAGES = Gauge("newstart_webhook_in_waiting", "Messages from partners that are not carried yet", _OF)
MESSAGES_OLDEST = Gauge(
    "newstart_webhook_in_oldest_seconds", "Age of the oldest message from a partner that is not carried yet", _OF
)
MESSAGES_STUCK = Gauge("newstart_webhook_in_stuck", "Messages from partners refused or given up", ["state"])

WHY = ("gone", "failing", "by_hand")
_BACKLOG = text(
    """
    with due as (
        select delivery.made_at
        from webhook_delivery delivery join webhook_endpoint endpoint on endpoint.id = delivery.endpoint_id
        where delivery.state in ('waiting', 'sending') and endpoint.state = 'active'
    ), came as (select received_at from webhook_message where state in ('waiting', 'carrying')),
    at as (select clock_timestamp() as now)
    select
        (select count(*) from due) as waiting,
        (select extract(epoch from now - min(made_at)) from due, at group by now) as oldest_seconds,
        (select count(*) from webhook_delivery where state = 'dead') as dead,
        (select count(*) from webhook_endpoint where state = 'disabled' and why = 'gone') as disabled_gone,
        (select count(*) from webhook_endpoint where state = 'disabled' and why = 'failing') as disabled_failing,
        (select count(*) from webhook_endpoint where state = 'disabled' and why = 'by_hand') as disabled_by_hand,
        (select count(*) from webhook_notice where state = 'failed' and settled_at > now() - interval '7 days')
            as notices_failed,
        (select count(*) from came) as in_waiting,
        (select extract(epoch from now - min(received_at)) from came, at group by now) as in_oldest_seconds,
        (select count(*) from webhook_message where state = 'refused') as in_refused,
        (select count(*) from webhook_message where state = 'dead') as in_dead
    """
)


class Backlog(BaseModel):
    """Counts, and ages in seconds; 0 where nothing waits."""

    waiting: int = Field(description="Deliveries that wait or are on their way, to enabled endpoints")
    oldest_seconds: float
    dead: int = Field(description="Deliveries that were given up")
    disabled_gone: int
    disabled_failing: int
    disabled_by_hand: int
    notices_failed: int = Field(description="Within a week: nobody heard that an endpoint was disabled")
    in_waiting: int = Field(description="Messages from partners that are not carried yet")
    in_oldest_seconds: float
    in_refused: int
    in_dead: int
    seen_at: datetime


def outcome(answer: Answer) -> str:
    """A word for what came of a try: few, whatever the other side invents."""
    if answer.took_it:
        return "delivered"
    if answer.status is None:
        return answer.problem or "no_answer"
    return "gone" if answer.gone else f"{answer.status // 100}xx"


async def of(session: AsyncSession) -> Backlog:
    """As it is now."""
    row = (await session.execute(_BACKLOG)).one()
    return Backlog(**{name: value or 0 for name, value in row._mapping.items()}, seen_at=clock.now())


async def measure(database: Database) -> None:
    """Set the figures."""
    async with database.sessions() as session:
        found = await of(session)
    WAITING.labels(_HERE).set(found.waiting)
    OLDEST.labels(_HERE).set(found.oldest_seconds)
    DEAD.labels(_HERE).set(found.dead)
    for why in WHY:
        DISABLED.labels(why).set(getattr(found, f"disabled_{why}"))
    NOTICES_FAILED.labels(_HERE).set(found.notices_failed)
    MESSAGES.labels(_HERE).set(found.in_waiting)
    MESSAGES_OLDEST.labels(_HERE).set(found.in_oldest_seconds)
    MESSAGES_STUCK.labels("refused").set(found.in_refused)
    MESSAGES_STUCK.labels("dead").set(found.in_dead)
