"""How a job does heavy work: it starts a child (`services.risk.work`), relays how far that is, and takes its result.

A step of a job is one short transaction, so a step starts the child or looks after it for a second. A worker that dies
takes its child with it; the next worker starts another, which goes on where the last one committed.
"""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from kit.errors import DomainError, Unavailable
from kit.store.jobs import Progress, Step

_LOOK_SECONDS = 1.0
_MOST_DEATHS = 3


class WorkRefused(DomainError):
    """The work ended with a refusal; the detail says why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The child ended well."""

    result: Mapping[str, Any]


@dataclass(slots=True)
class Child:
    """One running child."""

    process: Process
    latest: Mapping[str, Any] = field(default_factory=dict)
    reader: "asyncio.Task[None] | None" = None

    @classmethod
    async def start(cls, verb: str, arguments: Mapping[str, Any]) -> "Child":
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.risk.work",
            verb,
            json.dumps(arguments, default=str),
            stdin=PIPE,
            stdout=PIPE,
        )
        child = cls(process)
        child.reader = asyncio.create_task(child._read())
        return child

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            with contextlib.suppress(ValueError):
                self.latest = json.loads(line)

    async def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        assert self.reader is not None
        try:
            await asyncio.wait_for(asyncio.shield(self.reader), seconds)
        except TimeoutError:
            return False
        await self.process.wait()
        return True

    def outcome(self) -> Ended | None:
        """What an ended child left; None when it died. Raises `WorkRefused`."""
        if "refused" in self.latest:
            raise WorkRefused(str(self.latest["refused"]))
        return Ended(self.latest["result"]) if "result" in self.latest else None


_running: dict[tuple[UUID, str], Child] = {}


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
        if child.process.returncode is None:
            child.process.kill()
            await child.process.wait()
    raise Unavailable("The file could not be looked at in time. Nothing was stored: try again")


def _progress(step: Step, child: Child, cursor: Mapping[str, Any]) -> Progress:
    told = child.latest
    done = int(told.get("done") or step.done)
    return Progress(done, told.get("total"), str(told.get("message", "")), {"at": done, **cursor}, step.result)
