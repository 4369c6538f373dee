"""How a job does heavy work: it starts a child (`services.risk.work`), relays how far that is, and takes its result.

A step of a job is one short transaction, so a step starts the child or looks after it for a second. A worker that dies
takes its child with it; the next worker starts another, which goes on where the last one committed. A child that is
done waits a while for more: starting one takes longer than most files.
"""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kit.errors import DomainError, Unavailable
from kit.store.jobs import Progress, Step

_LOOK_SECONDS = 1.0
_MOST_DEATHS = 3
_STAYS_SECONDS = 45.0
"""Less than the child itself waits, so that none leaves while it is handed work."""


class WorkRefused(DomainError):
    """The work ended with a refusal; the detail says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The child ended well."""

    result: Mapping[str, Any]


@dataclass(slots=True)
class Child:
    """One child and what it was last asked to do."""

    process: Process
    loop: asyncio.AbstractEventLoop
    reader: "asyncio.Task[None] | None" = None
    latest: Mapping[str, Any] = field(default_factory=dict)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    idle_since: float = 0.0

    @classmethod
    async def start(cls, verb: str, arguments: Mapping[str, Any]) -> "Child":
        """One that waits for work, or a new one, set to work."""
        child = _waiting() or await cls._spawn()
        child.latest, child.ended = {}, asyncio.Event()
        assert child.process.stdin is not None
        child.process.stdin.write(json.dumps([verb, arguments], default=str).encode() + b"\n")
        if child.reader is None:
            child.reader = asyncio.create_task(child._read())
        return child

    @classmethod
    async def _spawn(cls) -> "Child":
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.risk.work", stdin=PIPE, stdout=PIPE
        )
        return cls(process, asyncio.get_running_loop())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            with contextlib.suppress(ValueError):
                self.latest = json.loads(line)
                if self.latest.keys() & {"result", "refused"}:
                    self.idle_since = self.loop.time()
                    _idle.append(self)
                    self.ended.set()
        await self.process.wait()
        self.ended.set()

    async def end(self) -> None:
        """End it, whatever it is at, and let go of its pipes."""
        assert self.process.stdin is not None
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await (self.reader or self._read())
        self.process.stdin.close()
        with contextlib.suppress(ConnectionError):
            await self.process.stdin.wait_closed()

    async def wait(self, seconds: float) -> bool:
        """Whether it ended the work, or itself, within so many seconds."""
        try:
            await asyncio.wait_for(self.ended.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def outcome(self) -> Ended | None:
        """What the work left; None when the child died of it. Raises `WorkRefused`."""
        if "refused" in self.latest:
            raise WorkRefused(str(self.latest["refused"]))
        return Ended(self.latest["result"]) if "result" in self.latest else None


_idle: list[Child] = []


_running: dict[tuple[UUID, str], Child] = {}


def _waiting() -> Child | None:
    """A child of this loop that is done with its work and sure to live a while longer."""
    loop = asyncio.get_running_loop()
    for child in [each for each in _idle if each.loop is loop]:
        _idle.remove(child)
        if child.process.returncode is None and loop.time() - child.idle_since < _STAYS_SECONDS:
            return child
    return None


@asynccontextmanager
async def children() -> AsyncIterator[None]:
    """While inside, this process may have children; none outlives it."""
    loop = asyncio.get_running_loop()
    try:
        yield
    finally:
        for child in [each for each in (*_idle, *_running.values()) if each.loop is loop]:
            await child.end()
        _idle[:] = [each for each in _idle if each.loop is not loop]
        for key in [key for key, each in _running.items() if each.loop is loop]:
            del _running[key]


async def look_after(step: Step, verb: str, arguments: Mapping[str, Any]) -> Progress | Ended:
    """One step of a job's heavy work: `Progress` while the child runs, `Ended` with its result.

    Raises `WorkRefused` when the child refuses, or when it died again and again without getting on.
    """
    cursor = dict(step.cursor or {})
    key = (step.job_id, verb)
    child = _running.get(key)
    if child is None:
        child = _running[key] = await Child.start(verb, arguments)
    if not await child.wait(_LOOK_SECONDS):
        return _progress(step, child, cursor)
    del _running[key]
    ended = child.outcome()
    if ended is not None:
        return ended
    done = int(child.latest.get("done", 0))
    got_on = done > int(cursor.get("died_at", -1))
    deaths = 1 if got_on else int(cursor.get("deaths", 0)) + 1
    if deaths >= _MOST_DEATHS:
        raise WorkRefused("The work ended its process each time it was tried")
    return _progress(step, child, {**cursor, "deaths": deaths, "died_at": done})


async def done_at_once(verb: str, arguments: Mapping[str, Any], seconds: float = 20.0) -> Mapping[str, Any]:
    """A short piece of work, waited for. Raises `WorkRefused`, or `Unavailable` when it takes too long or dies."""
    child = await Child.start(verb, arguments)
    try:
        if await child.wait(seconds) and (ended := child.outcome()) is not None:
            return ended.result
    finally:
        if not child.ended.is_set():
            await child.end()
    raise Unavailable("The file could not be looked at in time. Nothing was stored: try again")


def _progress(step: Step, child: Child, cursor: Mapping[str, Any]) -> Progress:
    told = child.latest
    done = int(told.get("done") or step.done)
    return Progress(done, told.get("total"), str(told.get("message", "")), {"at": done, **cursor}, step.result)


async def cut_short(step: Step, verb: str) -> None:
    """End the child of a step that nobody wants any more, if this process has it; another's ended with its worker."""
    child = _running.pop((step.job_id, verb), None)
    if child is not None:
        await child.end()
