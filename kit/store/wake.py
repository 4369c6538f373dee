"""Tell the relay, after a commit, that events are waiting.

NOTIFY inside the business transaction would make every commit queue for one global lock, so it goes out on a
connection of its own: the first at once, later ones at most every 10 ms. If it fails, the relay's own poll finds the
rows within a second: a wake-up is a courtesy, never the guarantee.
"""

import asyncio
import contextlib

import psycopg

from kit.store.line import Line

CHANNEL = "outbox"
_SPACING_SECONDS = 0.01


class Waker:
    """Coalesces wake-ups of one process onto one spare connection."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._asked = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Ask for a wake-up; returns at once."""
        self._asked.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="waker")

    async def _run(self) -> None:
        connection: psycopg.AsyncConnection | None = None
        try:
            while True:
                await self._asked.wait()
                self._asked.clear()
                try:
                    if connection is None or connection.closed:
                        connection = await Line.connect(self._dsn, autocommit=True, connect_timeout=3)
                    await connection.execute(f"notify {CHANNEL}")
                except psycopg.Error:
                    if connection is not None:
                        await connection.close()
                    connection = None
                await asyncio.sleep(_SPACING_SECONDS)
        finally:
            if connection is not None:
                await connection.close()

    async def close(self) -> None:
        """Stop the task and give the connection back."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
