"""The line to the observatory above, and to those below: a loop of the worker. Nothing is lost when the line is cut.

Packages wait in our own database until the one above says that it has them, and it says which it misses; so what is
sent once too often, too early or not at all is put right with the next word. NATS carries and remembers nothing.
"""

import asyncio
import contextlib
import json
from typing import Final

import structlog

from kit.errors import DomainError
from kit.events.bus import Bus
from kit.events.leaf_nodes import subject, user
from kit.settings import Settings, VaultSettings
from kit.store.db import Database, is_transient
from kit.store.unit import Cause, unit_of_work
from services.risk.observatory.federation import line, reading, receiving

log = structlog.get_logger(__name__)

EVERY_SECONDS: Final = 5.0
"""How long a package waits at most for the next try; an operator in a hurry restarts nothing."""
_ANSWER_SECONDS: Final = 3.0
_CAUSE: Final = "risk.observatory.exchange"


async def run(database: Database, settings: Settings, stop: asyncio.Event, every: float = EVERY_SECONDS) -> None:
    """Until told to stop: hear those below, send upwards what waits. Without an address it only waits."""
    if not isinstance(settings, VaultSettings) or settings.observatory_url is None:
        await stop.wait()
        return
    area = settings.observatory_area
    assert area is not None
    with line.of(settings):
        connecting = asyncio.ensure_future(Bus.connect(settings.observatory_url.get_secret_value(), user(area)))
        stopping = asyncio.ensure_future(stop.wait())
        await asyncio.wait({connecting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            connecting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await connecting
            return
        bus = await connecting

        async def heard(_: str, body: bytes) -> bytes:
            async with unit_of_work(database, "risk", Cause.system("risk", _CAUSE)) as unit:
                return receiving.as_bytes(await receiving.receive(unit, body.decode("ascii", "replace")))

        await bus.answer(subject(area, "*"), heard)
        try:
            while not stop.is_set():
                if settings.observatory_above is not None and bus.connected:
                    await send(database, bus, area, settings.observatory_above)
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), every)
        finally:
            stopping.cancel()
            await bus.close()


async def send(database: Database, bus: Bus, area: str, above: str) -> None:
    """Send what waits, in order, until all is acknowledged or nobody answers."""
    at = 1
    while True:
        try:
            async with unit_of_work(database, "risk", Cause.system("risk", _CAUSE)) as unit:
                wave = await reading.waiting(unit, at)
            for sequence, signed in wave:
                answer = await bus.request(subject(above, area), signed.encode(), _ANSWER_SECONDS)
                told = _read(answer)
                if told is None:
                    return
                if told.get("outcome") == "refused":
                    log.error("package_refused", sequence=sequence, rule=str(told.get("rule")))
                if isinstance(told.get("have"), int):
                    async with unit_of_work(database, "risk", Cause.system("risk", _CAUSE)) as unit:
                        await reading.answered(unit, int(str(told["have"])), [])
                at = sequence + 1
        except DomainError:
            raise
        except Exception as error:
            if not is_transient(error):
                raise
            return
        if not wave:
            return


def _read(answer: bytes | None) -> dict[str, object] | None:
    """The answer of the one above; None for none, or for what is no answer."""
    if answer is None:
        return None
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None
