"""One listener: what waits to be sent to it, bounded; and the bytes of server-sent events.

The form is that of the HTML standard, section 9.2 (server-sent events).
"""

import asyncio
import json
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from gateway.live.kept_back import Guard
from gateway.live.lists import LISTS

MOST_WAITING: Final = 200
"""Changes that wait for a slow listener. One more, and all of them become one word: read your lists again."""

_RETRY_MILLISECONDS: Final = 2000


@dataclass(frozen=True, slots=True)
class Change:
    """A change as it is told, and what keeps it back."""

    id: int
    list_name: str
    written: bytes
    guards: tuple[Guard, ...]
    own: str | None = None

    @classmethod
    def of(
        cls,
        id_: int,
        list_name: str,
        kind: str,
        subject: UUID,
        at: datetime,
        guards: Iterable[Guard],
        own: str | None = None,
    ) -> "Change":
        """Written out once, for however many listeners. `own`: whose it is, if anybody's."""
        told = {"list": list_name, "kind": kind, "id": str(subject), "at": at.isoformat()}
        return cls(id_, list_name, event("change", told, id_), tuple(guards), own)


def event(name: str, data: object, id_: int) -> bytes:
    """One event. `id_` is what a client sends back as Last-Event-ID."""
    return f"id: {id_}\nevent: {name}\ndata: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Caller:
    """Who listens, as the gateway vouched when they began."""

    id: str
    roles: frozenset[str]
    hidden: frozenset[UUID] = frozenset()
    organisation: str | None = None


class Listener:
    """Lists one caller follows over one connection."""

    def __init__(self, caller: Caller, lists: frozenset[str]) -> None:
        self.caller = caller
        self.lists = lists
        self._sees_all = frozenset(name for name in lists if LISTS[name].sees_all in caller.roles)
        self._waiting: deque[bytes] = deque()
        self._seen = -1
        self._lost = False
        self._changed = asyncio.Event()
        self.closed = False
        self.begun = False  # whether its stream is being sent
        self.made_at = time.monotonic()

    @property
    def waiting(self) -> int:
        """How much waits to be sent."""
        return len(self._waiting)

    def may_hear(self, change: Change, hidden: frozenset[UUID] = frozenset()) -> bool:
        """Whether the change is on one of its lists, and about nobody who is kept back from this caller or their own.

        `hidden`: whom the door itself hides from everybody just now, whenever this listener began.
        """
        if change.list_name not in self.lists:
            return False
        caller = self.caller
        if change.list_name in self._sees_all or change.own == caller.id:
            return True
        everybody = caller.hidden | hidden
        return not any(guard.keeps_from(caller.id, everybody, caller.organisation) for guard in change.guards)

    def start(
        self,
        position: int,
        missed: Iterable[Change] | None,
        *,
        resumed: bool,
        hidden: frozenset[UUID] = frozenset(),
    ) -> None:
        """Begin at `position`, after what was missed; None: nobody knows any more what that was."""
        lists = sorted(self.lists)
        begun = f"retry: {_RETRY_MILLISECONDS}\n".encode() + event(
            "hello", {"lists": lists, "resumed": resumed and missed is not None}, position
        )
        later, self._waiting = self._waiting, deque([begun])
        if resumed and missed is None:
            self._waiting.append(event("reset", {"lists": lists}, position))
        for change in missed or ():
            if self.may_hear(change, hidden):
                self._waiting.append(change.written)
        self._waiting.extend(later)
        self._changed.set()

    def offer(self, change: Change) -> None:
        """Tell it of a change that it may hear. Costs nothing but memory, and of that little."""
        self._seen = change.id
        if self._lost:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.clear()
            self._lost = True
        else:
            self._waiting.append(change.written)
        self._changed.set()

    def close(self) -> None:
        """Let the connection end once what waits is sent."""
        self.closed = True
        self._changed.set()

    async def take(self, seconds: float) -> bytes:
        """What waits, as soon as there is something; empty when nothing came in time, or it was closed."""
        if not (self._waiting or self._lost or self.closed):
            try:
                async with asyncio.timeout(seconds):
                    await self._changed.wait()
            except TimeoutError:
                return b""
        self._changed.clear()
        if self._lost:
            self._lost = False
            return event("reset", {"lists": sorted(self.lists)}, self._seen)
        taken = b"".join(self._waiting)
        self._waiting.clear()
        return taken
