"""Refusals at the door, on record: who wanted to do what for which purpose, never which record.

Written beside the request's way, in short transactions of their own: a refusal is answered at once also while the
database is away. Up to a thousand wait for it; beyond that only the log has them.
"""

import asyncio
import contextlib

import structlog
from sqlalchemy.exc import SQLAlchemyError

from kit.store.db import Database
from kit.store.unit import Cause, record_refusal

log = structlog.get_logger(__name__)
_MOST_WAITING = 1000
_AFTER_FAILURE_SECONDS = 1.0


class RefusalRecord:
    """Keeps refusals until they are written as audit rows of the gateway's own."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[tuple[Cause, str]] = asyncio.Queue(_MOST_WAITING)

    def put(self, cause: Cause, route: str) -> None:
        """Put one on record; returns at once. `route` is the template, never an address."""
        try:
            self._waiting.put_nowait((cause, route))
        except asyncio.QueueFull:
            log.error("refusal_not_on_record", actor=cause.actor, action=cause.action, purpose=cause.purpose)

    async def keep(self, database: Database) -> None:
        """Write them, for as long as the door is open."""
        while True:
            cause, route = await self._waiting.get()
            while True:
                try:
                    await record_refusal(database, "gateway", cause, route)
                    break
                except (SQLAlchemyError, OSError):
                    await asyncio.sleep(_AFTER_FAILURE_SECONDS)

    async def drain(self, database: Database) -> None:
        """What still waits when the door closes."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            while not self._waiting.empty():
                cause, route = self._waiting.get_nowait()
                await record_refusal(database, "gateway", cause, route)
