"""E-mail to those who look after an endpoint, and to our own operations, when it was disabled by itself.

Goes out by the same port as messages to residents (`gateway.messages.egress`), each address once: before a second try
the sender is asked whether it has the first.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy import select

from gateway.messages.domain import next_try
from gateway.messages.egress import NotTaken, Outgoing, Refused, Sender, Unclear
from gateway.messages.sending import sender_of
from gateway.webhooks.domain import Disabled
from gateway.webhooks.models import WebhookEndpoint, WebhookNotice
from kit import clock, crash_points
from kit.contracts.envelope import subject_for
from kit.contracts.messages import Way
from kit.ids import new_id
from kit.settings import GatewaySettings, Settings
from kit.store.db import Database, is_transient
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

PARTNER: Final = "partner"
OPERATIONS: Final = "operations"
KEEP_TRYING: Final = timedelta(hours=24)
LEASE: Final = timedelta(minutes=2)
_EVERY_SECONDS: Final = 2.0
_SERVICE: Final = "gateway"
_BECAUSE: Final = {
    Disabled.GONE: "it answered 410: it is gone for good",
    Disabled.FAILING: "nothing we sent to it was taken for five days",
}


@dataclass(frozen=True, slots=True)
class Claimed:
    """One notice in hand, with the addresses it goes to."""

    id: UUID
    to: tuple[str, ...]
    title: str
    text: str
    doubtful: bool


def put(unit: UnitOfWork, endpoint: WebhookEndpoint, why: Disabled) -> None:
    """Have both told, in the transaction that disables it. Partners who named nobody are told through ours."""
    now = clock.now()
    for audience in (PARTNER, OPERATIONS) if endpoint.contact else (OPERATIONS,):
        unit.session.add(
            WebhookNotice(
                id=new_id(),
                endpoint_id=endpoint.id,
                audience=audience,
                why=why,
                failing_since=endpoint.failing_since,
                state="waiting",
                tries=0,
                next_try_at=now,
                made_at=now,
            )
        )


def words(endpoint_id: UUID, why: Disabled, since: datetime | None) -> tuple[str, str]:
    """Title and text. Nothing a partner typed in stands in it: an e-mail of ours carries no words of others."""
    began = f" It began to fail on {since:%d.%m.%Y at %H:%M} UTC." if since else ""
    return (
        "A webhook endpoint was switched off",
        f"Nothing more is sent to the webhook endpoint {endpoint_id}, because {_BECAUSE[why]}.{began} "
        "What happens meanwhile waits for thirty days. When the receiving system is well again, enable the endpoint "
        f"(POST /v1/webhooks/endpoints/{endpoint_id}/enable): what waited goes first, in order.",
    )


async def claim(unit: UnitOfWork, operations: Sequence[str]) -> Claimed | None:
    """The next that is due; None when there is none."""
    now = clock.now()
    due = (
        select(WebhookNotice)
        .where(WebhookNotice.state.in_(("waiting", "sending")), WebhookNotice.next_try_at <= now)
        .order_by(WebhookNotice.next_try_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = await unit.session.scalar(due)
    if row is None:
        return None
    endpoint = await unit.session.get_one(WebhookEndpoint, row.endpoint_id)
    to = tuple(operations) if row.audience == OPERATIONS else tuple(filter(None, (endpoint.contact,)))
    title, text = words(endpoint.id, Disabled(row.why), row.failing_since)
    row.state, row.tries, row.next_try_at = "sending", row.tries + 1, now + LEASE
    return Claimed(row.id, to, title, text, doubtful=row.tries > 1)


async def settle(unit: UnitOfWork, notice_id: UUID, failure: str | None, *, final: bool) -> None:
    """Write down what came of a try; one that failed for a day is given up."""
    row = await unit.session.get_one(WebhookNotice, notice_id, with_for_update=True)
    now = clock.now()
    if failure is not None and not final and now - row.made_at < KEEP_TRYING:
        row.state, row.next_try_at = "waiting", next_try(row.tries, now)
        return
    row.state, row.reason, row.settled_at = "failed" if failure else "sent", failure, now
    if failure:
        log.error("webhook_notice_failed", notice_id=str(row.id), endpoint_id=str(row.endpoint_id), reason=failure)


async def send_one(database: Database, sender: Sender | None, operations: Sequence[str]) -> bool:
    """Try the next; False when none is due."""
    async with _unit(database) as unit:
        claimed = await claim(unit, operations)
    if claimed is None:
        return False
    crash_points.reached("webhook-notice-after-claim")
    failure, final = await _send(claimed, sender)
    async with _unit(database) as unit:
        await settle(unit, claimed.id, failure, final=final)
    return True


async def _send(claimed: Claimed, sender: Sender | None) -> tuple[str | None, bool]:
    """What went wrong, if anything, and whether it would again."""
    if not claimed.to:
        return "no_address", True
    if sender is None:
        return "no_sender", True
    refused = False
    for address in claimed.to:
        reference = subject_for("webhook_notice", f"{claimed.id}/{address}")
        message = Outgoing(reference, Way.EMAIL, (address,), claimed.title, claimed.text, plain=False)
        try:
            if claimed.doubtful and await sender.find(reference) is not None:
                continue
            await sender.send(message)
        except Refused:
            refused = True
        except (NotTaken, Unclear):
            return "not_accepted", False
    return ("refused" if refused else None), True


async def run(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """The worker's loop."""
    assert isinstance(settings, GatewaySettings)
    async with sender_of(settings, database) as sender:
        while not stop.is_set():
            try:
                did = await send_one(database, sender, settings.operations_emails)
            except Exception as error:
                if not is_transient(error):
                    raise
                did = False
            if not did:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


@asynccontextmanager
async def _unit(database: Database) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(database, _SERVICE, Cause.system(_SERVICE, "gateway.webhook.notice")) as unit:
        yield unit
