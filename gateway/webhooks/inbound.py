"""Messages that come in: verified as they came, kept before they are acknowledged, carried to their owner once."""

import asyncio
import contextlib
import hashlib
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from gateway.carrying import Carried, Carrier
from gateway.identity import Caller
from gateway.matching import RouteIndex
from gateway.policy import Policy
from gateway.proxy import AnswerBroken, HttpUpstream
from gateway.refusals import NotAllowed
from gateway.routes import table
from gateway.separation.pending import Pending
from gateway.tokens import InternalTokens
from gateway.webhooks import domain, signing, sources
from gateway.webhooks.accepted import NotAccepted, command_of
from gateway.webhooks.inbound_models import WebhookMessage, WebhookSource
from kit import clock, crash_points
from kit.contracts.envelope import subject_for
from kit.errors import Conflict, DomainError, NotFound
from kit.events import sealed
from kit.settings import GatewaySettings, Settings
from kit.store.db import Database, is_transient
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

LARGEST_BYTES: Final = 64 * 1024
_SERVICE: Final = "gateway"
_EVERY_SECONDS: Final = 0.5
_AT_ONCE: Final = 8
_TRY_AGAIN: Final = frozenset({408, 425, 429})

_CLAIM = text(
    """
    update webhook_message set state = 'carrying', tries = tries + 1, next_try_at = :lease
    from (
        select id from webhook_message where state in ('waiting', 'carrying') and next_try_at <= :now
        order by next_try_at limit :most for update skip locked
    ) as due, webhook_source
    where webhook_message.id = due.id and webhook_source.id = webhook_message.source_id
    returning webhook_message.id, webhook_message.source_id, webhook_source.organisation_id, webhook_message.sealed,
        webhook_message.tries, webhook_source.supplies
    """
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message in hand."""

    id: UUID
    source_id: UUID
    organisation_id: UUID
    sealed: str
    tries: int
    supplies: Sequence[str] = ()


async def receive(unit: UnitOfWork, source_id: UUID, received: Mapping[str, str], body: bytes) -> UUID:
    """Keep a message that its source signed; its id here. Again under the same webhook-id, it is kept once.

    Raises NotSigned, alike for a source we don't know, a wrong signature and a replay; Conflict where the same
    webhook-id comes with another body.
    """
    row = await unit.session.get(WebhookSource, source_id)
    keys = [] if row is None or row.removed else sources.keys_of(unit, row, clock.now())
    webhook_id = signing.verify(received, body, keys, now=clock.now().timestamp())
    id_ = subject_for("webhook_message", f"{source_id}/{webhook_id}")
    now, digest = clock.now(), hashlib.sha256(body).digest()
    kept = await unit.session.execute(
        insert(WebhookMessage)
        .values(
            id=id_,
            source_id=source_id,
            webhook_id=webhook_id,
            digest=digest,
            sealed=sealed.seal_at_rest(unit, f"webhook_message/{id_}", body),
            state="waiting",
            tries=0,
            next_try_at=now,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(WebhookMessage.id)
    )
    if kept.first() is None:
        before = await unit.session.get_one(WebhookMessage, id_)
        if before.digest != digest:
            raise Conflict("Under this webhook-id another message came before", allowed=[])
    return id_


async def claim(unit: UnitOfWork, most: int) -> list[Claimed]:
    """What is to be carried now."""
    now = clock.now()
    found = await unit.session.execute(_CLAIM, {"now": now, "lease": now + domain.LEASE, "most": most})
    return [Claimed(*row) for row in found]


async def settle(unit: UnitOfWork, claimed: Claimed, carried: Carried | NotAccepted | None) -> None:
    """Write down what came of it. None: its owner could not be reached."""
    row = await unit.session.get_one(WebhookMessage, claimed.id, with_for_update=True)
    if row.state != "carrying" or row.tries != claimed.tries:
        return
    now = clock.now()
    if isinstance(carried, NotAccepted):
        _end(row, "refused", now, None, carried.problem)
    elif carried is not None and carried.taken:
        _end(row, "carried", now, carried.status, None)
        row.sealed = None
    elif carried is not None and 400 <= carried.status < 500 and carried.status not in _TRY_AGAIN:
        _end(row, "refused", now, carried.status, _word(carried))
        row.pointers = _pointers(carried)
    else:
        row.status = carried.status if carried else None
        row.problem = None if carried else "owner_not_reached"
        answer = domain.Answer(None)
        following = domain.after(answer, row.tries, now, random.random())
        if following.at is None:
            _end(row, "dead", now, row.status, row.problem)
        else:
            row.state, row.next_try_at = "waiting", following.at


def _end(row: WebhookMessage, state: str, now: datetime, status: int | None, problem: str | None) -> None:
    row.state, row.settled_at, row.status, row.problem = state, now, status, problem


def _word(carried: Carried) -> str:
    return str(carried.document.get("type", "")).rpartition("/")[2][:64] or "refused"


def _pointers(carried: Carried) -> list[str]:
    errors = carried.document.get("errors")
    if not isinstance(errors, list):
        return []
    return [str(each.get("pointer", ""))[:200] for each in errors[:20] if isinstance(each, dict)]


async def again(unit: UnitOfWork, message_id: UUID) -> WebhookMessage:
    """Carry one again by hand that was refused or given up."""
    query = (
        select(WebhookMessage)
        .join(WebhookSource, WebhookSource.id == WebhookMessage.source_id)
        .where(WebhookMessage.id == message_id, sources.visible_to(unit))
        .with_for_update(of=WebhookMessage)
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such message")
    if row.state not in ("refused", "dead"):
        raise Conflict("It was carried, or is on its way", state=row.state, allowed=[])
    row.state, row.tries, row.next_try_at, row.settled_at = "waiting", 0, clock.now(), None
    row.status = row.problem = row.pointers = None
    unit.accessed(f"webhook_message/{row.id}")
    return row


async def tidy(unit: UnitOfWork) -> None:
    """Forget what was settled a month ago."""
    await unit.session.execute(delete(WebhookMessage).where(WebhookMessage.settled_at < clock.now() - domain.KEPT))


class Carrying:
    """Carries what came in. One for a process."""

    def __init__(self, database: Database, carrier: Carrier) -> None:
        self._database = database
        self._carrier = carrier

    async def step(self) -> bool:
        """Carry what is due; whether there was anything."""
        async with _unit(self._database) as unit:
            claimed = await claim(unit, _AT_ONCE)
        crash_points.reached("webhook-in-after-claim")
        await asyncio.gather(*(self._carry(each) for each in claimed))
        return bool(claimed)

    async def _carry(self, claimed: Claimed) -> None:
        carried: Carried | NotAccepted | None = None
        try:
            async with _unit(self._database) as unit:
                body = sealed.open_at_rest(unit, f"webhook_message/{claimed.id}", claimed.sealed)
            command = command_of(body, claimed.supplies)
            roles = frozenset({command.role})
            caller = Caller(f"webhook:{claimed.source_id}", str(claimed.organisation_id), roles, "", 0)
            carried = await self._carrier.post(command.path, command.body, caller, command.purpose, str(claimed.id))
        except NotAccepted as refused:
            carried = refused
        except NotAllowed:
            carried = NotAccepted("not_allowed")
        except (DomainError, AnswerBroken) as error:
            log.warning("webhook_not_carried", message_id=str(claimed.id), kind=type(error).__name__)
        crash_points.reached("webhook-in-after-carry")
        async with _unit(self._database) as unit:
            await settle(unit, claimed, carried)


async def run(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """The worker's loop."""
    assert isinstance(settings, GatewaySettings)
    async with AsyncExitStack() as stack:
        upstreams = {name: HttpUpstream(name, str(address)) for name, address in settings.upstreams.items()}
        for upstream in upstreams.values():
            await upstream.start()
            stack.push_async_callback(upstream.stop)
        pending = Pending()
        # Before the first message is carried: who is being separated is hidden from the first.
        with contextlib.suppress(SQLAlchemyError, OSError):
            await pending.look(database)
        following = asyncio.create_task(pending.follow(database), name="separations")
        stack.push_async_callback(_ended, following)
        tokens = InternalTokens(settings.internal_signing_key, pending=pending.hidden)
        carrying = Carrying(database, Carrier(RouteIndex(table(demo=False)), Policy(), tokens, upstreams))
        while not stop.is_set():
            try:
                did = await carrying.step()
            except Exception as error:
                if not is_transient(error):
                    raise
                did = False
            if not did:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


async def _ended(task: "asyncio.Task[Any]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


@asynccontextmanager
async def _unit(database: Database) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(database, _SERVICE, Cause.system(_SERVICE, "gateway.webhook.carry")) as unit:
        yield unit
