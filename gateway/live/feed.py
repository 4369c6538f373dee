"""Following the changes and telling the listeners of this process.

Every gateway reads the same table by number, so it does not matter which one a client comes back to.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Counter as Counted
from prometheus_client import Gauge
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.live.kept_back import guards
from gateway.live.listener import Caller, Change, Listener
from gateway.live.lists import LISTS, there
from gateway.live.models import LiveChange
from gateway.policy import Policy
from gateway.refusals import TooManyRequests
from kit.errors import Forbidden, Unavailable, invalid
from kit.store.db import Database

log = structlog.get_logger(__name__)

MOST_OF_ONE_CALLER: Final = 8
MOST_OF_ALL: Final = 2000
HEARTBEAT_SECONDS: Final = 15.0
LONGEST_SECONDS: Final = 300.0
"""How long one connection lasts. The client comes back at once, and is looked at anew: token, roles, purpose."""

_EVERY_SECONDS = 0.2
_AFTER_FAILURE_SECONDS = 1.0
_BEGIN_SECONDS = 10.0
_AWAY = "Changes cannot be followed at the moment: read the lists themselves"
_BATCH = 500
_MOST_MISSED = 1000

LISTENERS = Gauge("newstart_live_listeners", "Connections that follow lists")
TOLD = Counted("newstart_live_told", "Changes told, by list", ["list"])
TURNED_AWAY = Counted("newstart_live_turned_away", "Who could not listen", ["reason"])


class Feed:
    """The listeners of this process, and the task that tells them."""

    def __init__(
        self,
        policy: Policy,
        shut_out: Callable[[str], bool],
        pending: Callable[[], frozenset[UUID]] = frozenset,
    ) -> None:
        self._policy = policy
        self._shut_out = shut_out
        self._pending = pending
        self._listeners: dict[str, set[Listener]] = {name: set() for name in LISTS}
        self._everybody: set[Listener] = set()
        self._of_caller: Counter[str] = Counter()
        self._position: int | None = None
        self._started = asyncio.Event()
        self._ending = False
        self._database: Database | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    # Who may listen to what.

    def lists_for(self, roles: frozenset[str], purpose: str, asked: Sequence[str]) -> frozenset[str]:
        """The lists asked for, or all that the caller may read. `Invalid` for an unknown one, else `Forbidden`."""
        allowed = frozenset(name for name in there() if self._policy.allows(roles, LISTS[name].action, purpose))
        for name in asked:
            if name not in there():
                raise invalid(
                    "", f"query list: there is no list {name}; there are {', '.join(sorted(there()))}", "list"
                )
            if name not in allowed:
                raise Forbidden(f"Your role does not allow reading {name} for the purpose {purpose}")
        if not (asked or allowed):
            raise Forbidden(f"There is no list that you may read for the purpose {purpose}")
        return frozenset(asked) or allowed

    # Listening.

    async def listen(self, caller: Caller, lists: frozenset[str], last_seen: int | None) -> Listener:
        """Begin to listen, after `last_seen` if that is still known. `TooManyRequests` or `Unavailable`."""
        try:
            async with asyncio.timeout(5):
                await self._started.wait()
        except TimeoutError:
            raise Unavailable(_AWAY) from None
        # No waiting between these: what comes after `position` is offered, what lies before it is read.
        self._check_room(caller)
        listener, position = Listener(caller, lists), self._position or 0
        self._add(listener)
        try:
            missed = await self._missed(last_seen, position) if last_seen is not None else []
        except (TimeoutError, SQLAlchemyError, OSError):
            self.leave(listener)
            raise Unavailable(_AWAY) from None
        except BaseException:
            self.leave(listener)
            raise
        listener.start(position, missed, resumed=last_seen is not None, hidden=self._pending())
        return listener

    def _check_room(self, caller: Caller) -> None:
        if self._of_caller[caller.id] >= MOST_OF_ONE_CALLER:
            TURNED_AWAY.labels("caller").inc()
            raise TooManyRequests(f"You are listening {MOST_OF_ONE_CALLER} times already: close a window")
        if len(self._everybody) >= MOST_OF_ALL or self._ending:
            TURNED_AWAY.labels("all").inc()
            raise Unavailable("This gateway has as many listeners as it can have: try again in a moment")

    def leave(self, listener: Listener) -> None:
        """Forget it. No harm if it was forgotten already."""
        if listener not in self._everybody:
            return
        self._everybody.discard(listener)
        for name in listener.lists:
            self._listeners[name].discard(listener)
        self._of_caller[listener.caller.id] -= 1
        if self._of_caller[listener.caller.id] <= 0:
            del self._of_caller[listener.caller.id]
        LISTENERS.set(len(self._everybody))

    async def stream(self, listener: Listener) -> AsyncIterator[bytes]:
        """What is sent: changes as they come, a heartbeat when none does, until it is closed or has lasted its time."""
        listener.begun = True
        until = time.monotonic() + LONGEST_SECONDS * random.uniform(0.8, 1.0)
        try:
            while (left := until - time.monotonic()) > 0:
                piece = await listener.take(min(HEARTBEAT_SECONDS, left))
                if piece:
                    yield piece
                if listener.closed:
                    return
                if not piece:
                    # No event, but the client knows how far it has come, and we learn whether it is still there.
                    yield f"id: {self._position}\n\n".encode()
        finally:
            self.leave(listener)

    def _add(self, listener: Listener) -> None:
        self._everybody.add(listener)
        for name in listener.lists:
            self._listeners[name].add(listener)
        self._of_caller[listener.caller.id] += 1
        LISTENERS.set(len(self._everybody))

    async def _missed(self, after: int, upto: int) -> list[Change] | None:
        """The changes in between; None when they are too many, or too long ago to be there still."""
        if after > upto:
            return None
        if after == upto:
            return []
        assert self._database is not None, "set before `_started`"
        async with self._database.engine.begin() as connection:
            oldest = await connection.scalar(select(func.min(LiveChange.id)))
            if oldest is None or after < oldest - 1:
                return None
            found, last = await self._read(connection, after, _MOST_MISSED)
        return [each for each in found if each.id <= upto] if last >= upto else None

    # Telling.

    async def run(self, database: Database) -> None:
        """Follow the changes until cancelled. A lost database is waited out; the listeners stay."""
        self._database, self._loop = database, asyncio.get_running_loop()
        while True:
            try:
                pause = 0.0 if await self._turn(database) else _EVERY_SECONDS
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                log.warning("live_lost_database", kind=type(error).__name__)
                pause = _AFTER_FAILURE_SECONDS
            self._look_after()
            await asyncio.sleep(pause)

    def _look_after(self) -> None:
        now = time.monotonic()
        for listener in list(self._everybody):
            if self._shut_out(listener.caller.id):
                listener.close()
            if not listener.begun and now - listener.made_at > _BEGIN_SECONDS:
                # Its client went away before the first byte.
                self.leave(listener)

    async def _turn(self, database: Database) -> bool:
        """Read and tell one batch; True when more may wait."""
        async with database.engine.begin() as connection:
            if self._position is None:
                self._position = await connection.scalar(select(func.max(LiveChange.id))) or 0
                self._started.set()
                return False
            changes, last = await self._read(connection, self._position, _BATCH)
        # Whoever was separated a moment ago is kept from connections that began before.
        hidden = self._pending()
        for change in changes:
            told = [each for each in self._listeners[change.list_name] if each.may_hear(change, hidden)]
            for listener in told:
                listener.offer(change)
            if told:
                TOLD.labels(change.list_name).inc(len(told))
        more, self._position = last > self._position and len(changes) == _BATCH, last
        return more

    async def _read(self, connection: AsyncConnection, after: int, most: int) -> tuple[list[Change], int]:
        """Up to `most` changes after that number, and how far they were read."""
        query = select(LiveChange.__table__).where(LiveChange.id > after).order_by(LiveChange.id).limit(most)
        rows = (await connection.execute(query)).all()
        of = await guards(connection, (person for row in rows for person in row.person_ids))
        changes = [
            Change.of(
                row.id, row.list_name, row.kind, row.subject, row.at, [of[person] for person in row.person_ids], row.own
            )
            for row in rows
            # A list of a newer version's, while both are running.
            if row.list_name in LISTS
        ]
        return changes, rows[-1].id if rows else after

    # Ending.

    def end_soon(self) -> None:
        """Let every connection end, from any thread: the process is about to stop and must not wait for them."""
        self._ending = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._close_all)

    def _close_all(self) -> None:
        for listener in list(self._everybody):
            listener.close()
