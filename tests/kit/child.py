"""Real worker processes for tests: forked from a server that has imported the platform once."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

_CONTEXT: ForkServerContext = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["tests.kit.child_work"])


class Child:
    """A worker of one half of the small service."""

    def __init__(self, process: BaseProcess, log: Path) -> None:
        self._process = process
        self.log = log

    @property
    def pid(self) -> int:
        return int(self._process.pid or 0)

    @property
    def code(self) -> int | None:
        """The exit code, or None while it runs."""
        return self._process.exitcode

    def kill(self) -> None:
        """As a power cut would."""
        self._process.kill()
        self._process.join(10)

    def terminate(self) -> None:
        """Asks it to stop in order; returns at once."""
        os.kill(self.pid, signal.SIGTERM)

    async def ended(self, seconds: float = 20.0) -> int:
        """Waits for its end; the exit code."""
        end = time.monotonic() + seconds
        while self.code is None:
            if time.monotonic() > end:
                raise AssertionError(f"the child still runs after {seconds:.0f} s:\n{self.said()}")
            await asyncio.sleep(0.02)
        return int(self.code)

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


class Children:
    """Starts children, and ends those that a test has left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._begun: list[Child] = []

    def work(
        self, half: str, database_url: str, nats_url: str, *, crash_at: str | None = None, body: str = "worker"
    ) -> Child:
        """A worker of that half, crashing at that point when it is first reached. `body` names what runs there."""
        from tests.kit import child_work

        log = self._folder / f"child-{len(self._begun)}.log"
        process = _CONTEXT.Process(
            target=child_work.run, args=(half, database_url, nats_url, crash_at, body, str(log)), daemon=True
        )
        process.start()
        child = Child(process, log)
        self._begun.append(child)
        return child

    def end(self) -> None:
        for child in self._begun:
            if child.code is None:
                child.kill()
            child._process.close()


@contextmanager
def children(folder: Path) -> Iterator[Children]:
    """Ends all of them at the end."""
    made = Children(folder)
    try:
        yield made
    finally:
        made.end()
