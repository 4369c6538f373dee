"""Which sessions are in use: noted in memory with each request, written down every few seconds.

A request waits for none of it. Up to a few seconds of first sights are lost with a process; the next request of the
session notes it again.
"""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import SQLAlchemyError

from gateway.identity import Caller
from gateway.sessions.models import Session
from kit import clock
from kit.store.db import Database

log = structlog.get_logger(__name__)

WRITTEN_EVERY_SECONDS: Final = 5.0
KEPT: Final = timedelta(days=1)
"""After it expired."""
_MOST_WAITING: Final = 20_000


class Seen:
    """Callers seen since the last write."""

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Caller, datetime]] = {}

    def note(self, caller: Caller) -> None:
        """Somebody asked for something. Costs an entry in a dictionary."""
        if len(self._waiting) < _MOST_WAITING or caller.session in self._waiting:
            self._waiting[caller.session] = (caller, clock.now())

    async def keep(self, database: Database) -> None:
        """Write them down, for as long as the door is open."""
        while True:
            await asyncio.sleep(WRITTEN_EVERY_SECONDS)
            with contextlib.suppress(SQLAlchemyError, OSError):
                await self.write(database)

    async def write(self, database: Database) -> None:
        """Write down who was seen, and forget what is long over."""
        waiting, self._waiting = self._waiting, {}
        try:
            async with database.sessions() as session, session.begin():
                if waiting:
                    await session.execute(_noting(waiting))
                await session.execute(delete(Session).where(Session.expires_at < clock.now() - KEPT))
        except (SQLAlchemyError, OSError):
            # Newer sights of the same sessions stay.
            self._waiting = {**waiting, **self._waiting}
            raise


def _noting(waiting: dict[str, tuple[Caller, datetime]]) -> Insert:
    rows = [
        {
            "id": caller.session,
            "worker_id": caller.id,
            "issuer": caller.issuer,
            "roles": sorted(caller.roles),
            "first_seen_at": at,
            "last_seen_at": at,
            "expires_at": datetime.fromtimestamp(caller.expires_at, UTC),
        }
        # In one order: two gateways that saw the same sessions never wait for each other.
        for _, (caller, at) in sorted(waiting.items())
    ]
    statement = insert(Session).values(rows)
    return statement.on_conflict_do_update(
        index_elements=["id"],
        set_={"last_seen_at": func.greatest(Session.last_seen_at, statement.excluded.last_seen_at)},
    )


async def suspended_sessions(database: Database) -> frozenset[str]:
    """The ids of sessions that are shut out, as long as their tokens would still be good."""
    async with database.sessions.begin() as session:
        statement = select(Session.id).where(Session.suspended_at.is_not(None), Session.expires_at > clock.now() - KEPT)
        return frozenset(str(each) for each in await session.scalars(statement))
