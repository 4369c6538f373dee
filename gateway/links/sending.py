"""The loop that sends letters to partners. A secret exists only here, between its minting and the letter's leaving."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from gateway.links import commands
from gateway.links.commands import Doubtful
from gateway.messages.egress import NotTaken, Refused, Sender, Unclear
from gateway.messages.sending import sender_of
from kit.settings import GatewaySettings, Settings
from kit.store.db import Database, is_transient
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

_EVERY_SECONDS = 0.5
_SERVICE = "gateway"


async def run(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    """Until told to stop; a lost database is waited out."""
    assert isinstance(settings, GatewaySettings)
    async with sender_of(settings, database) as sender:
        while not stop.is_set():
            try:
                did = await send_one(database, sender, settings.public_url)
            except Exception as error:
                if not is_transient(error):
                    raise
                did = False
            if not did:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)


async def send_one(database: Database, sender: Sender | None, public_url: str) -> bool:
    """Try the next letter; False when there is none. For another try the link is minted anew."""
    async with _unit(database) as unit:
        claimed = await commands.claim_letter(unit, public_url, can_send=sender is not None)
    if claimed is None:
        return False
    if sender is None:
        return True
    if isinstance(claimed, Doubtful):
        await _ask_for(database, sender, claimed)
        return True
    try:
        await sender.send(claimed)
    except Refused:
        async with _unit(database) as unit:
            await commands.letter_refused(unit, claimed.reference)
    except NotTaken as error:
        log.warning("letter_not_taken", letter_id=str(claimed.reference), why=str(error))
        async with _unit(database) as unit:
            await commands.letter_later(unit, claimed.reference)
    except Unclear as error:
        # It stays `sending`: its lease brings it back, and the sender is asked for it.
        log.warning("letter_unclear", letter_id=str(claimed.reference), why=str(error))
    else:
        async with _unit(database) as unit:
            await commands.letter_went_out(unit, claimed.reference)
    return True


async def _ask_for(database: Database, sender: Sender, letter: Doubtful) -> None:
    with contextlib.suppress(NotTaken):
        found = await sender.find(letter.letter_id)
        async with _unit(database) as unit:
            if found is None:
                await commands.letter_later(unit, letter.letter_id)
            else:
                await commands.letter_went_out(unit, letter.letter_id)


@asynccontextmanager
async def _unit(database: Database) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(database, _SERVICE, Cause.system(_SERVICE, "gateway.letter.send")) as unit:
        yield unit
