"""The loop that sends: claim, hand over, write down; three steps, so that a crash between them is seen and not hidden.

The wire is touched outside any transaction. Whoever dies after the first step leaves a message `sending`; when its
lease is over the sender is asked for its reference before anything is sent again. Where even that cannot be found out
for a day, the message has failed with the reason `unknown`, which is the truth.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from gateway.messages import commands
from gateway.messages.egress import NotTaken, Outgoing, Refused, Sender, Taken, Unclear
from gateway.messages.notify import Notify
from gateway.messages.sink import Sink
from kit import crash_points
from kit.settings import GatewaySettings, Settings
from kit.store.db import Database, is_transient
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 0.5
SERVICE = "gateway"


@asynccontextmanager
async def sender_of(settings: Settings, database: Database) -> AsyncIterator[Sender | None]:
    """Notify where it is set up; else the demo's sink, which no production has; else nobody."""
    assert isinstance(settings, GatewaySettings)
    if settings.notify_api_key is not None:
        notify = Notify(str(settings.notify_url), settings.notify_api_key.get_secret_value(), settings.notify_templates)
        try:
            yield notify
        finally:
            await notify.close()
    elif settings.environment == "production":
        yield None
    else:
        yield Sink(database)


async def run(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """Until told to stop; a lost database is waited out."""
    assert isinstance(settings, GatewaySettings)
    async with sender_of(settings, database) as sender:
        if sender is None:
            log.error("no_sender", hint="set NEWSTART_NOTIFY_API_KEY and NEWSTART_NOTIFY_TEMPLATES")
        while not stop.is_set():
            try:
                did = await send_one(database, sender, settings.public_url) or await check_one(database, sender)
            except Exception as error:
                if not is_transient(error):
                    raise
                did = False
            if not did:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


async def send_one(database: Database, sender: Sender | None, public_url: str = "") -> bool:
    """Try the next message; False when there is none. `public_url`: where addresses of our own begin."""
    async with _unit(database) as unit:
        claimed = await commands.claim(unit, can_send=sender is not None, public_url=public_url)
    if claimed is None:
        return False
    if sender is None or not isinstance(claimed, Outgoing):
        return True
    crash_points.reached("message-after-claim")
    try:
        taken = await _hand_over(sender, claimed)
    except Refused:
        async with _unit(database) as unit:
            await commands.refused(unit, claimed.reference)
        return True
    except NotTaken as error:
        if not claimed.doubtful:
            # Certainly not sent. (A doubtful one stays `sending`: its lease brings it back, and it is asked for again.)
            log.warning("message_not_taken", message_id=str(claimed.reference), why=str(error))
            async with _unit(database) as unit:
                await commands.try_later(unit, claimed.reference)
        return True
    except Unclear as error:
        log.warning("message_unclear", message_id=str(claimed.reference), why=str(error))
        return True
    crash_points.reached("message-after-send")
    async with _unit(database) as unit:
        await commands.went_out(unit, claimed.reference, taken.provider_id)
    return True


async def _hand_over(sender: Sender, message: Outgoing) -> Taken:
    if message.doubtful:
        found = await sender.find(message.reference)
        if found is not None:
            return found
    return await sender.send(message)


async def check_one(database: Database, sender: Sender | None) -> bool:
    """Ask of the next one whether it arrived; False when there is none to ask about."""
    if sender is None:
        return False
    async with _unit(database) as unit:
        due = await commands.to_check(unit)
    if due is None:
        return False
    message_id, provider_id = due
    with contextlib.suppress(NotTaken):
        what = await sender.arrival(provider_id)
        async with _unit(database) as unit:
            await commands.arrived(unit, message_id, what)
    return True


@asynccontextmanager
async def _unit(database: Database) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(database, SERVICE, Cause.system(SERVICE, "gateway.message.send")) as unit:
        yield unit
