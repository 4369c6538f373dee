"""A connection that does not wait for ever for a database that has gone silent.

TCP notices a cable that was cut, but not a balancer or a firewall between that goes on acknowledging what it throws
away. Every statement of ours ends within PostgreSQL's own limit; who is silent for longer than that is not there, so
the line is shut, and the wait ends as with any lost connection.
"""

import asyncio
import contextlib
import os
import socket
from typing import Any, Self

import psycopg

PATIENCE_SECONDS = 25.0
"""More than any statement may take: the session's statement_timeout is 15 s."""
_MANNERS_SECONDS = 1.0


class Line(psycopg.AsyncConnection[Any]):
    """psycopg's connection with an end to its patience, in seconds; None waits as long as the database needs."""

    patience: float | None = PATIENCE_SECONDS

    @classmethod
    async def connect(cls, *args: Any, **more: Any) -> Self:
        """Open one. Cancelled meanwhile, it still signs in, and hangs up.

        A session left half open stands until PostgreSQL gives it up after a minute, and drops no database meanwhile.
        """
        opening = asyncio.ensure_future(super().connect(*args, **more))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            with contextlib.suppress(psycopg.Error, asyncio.TimeoutError):
                await (await asyncio.wait_for(opening, _MANNERS_SECONDS)).close()
            raise

    async def wait(self, *args: Any, **more: Any) -> Any:
        """Wait for the database. Silent for too long, the line is shut: `psycopg.OperationalError`."""
        if self.patience is None:
            return await super().wait(*args, **more)
        alarm = asyncio.get_running_loop().call_later(self.patience, self._shut)
        try:
            return await super().wait(*args, **more)
        finally:
            alarm.cancel()

    def _shut(self) -> None:
        if not self.closed:
            # The file stays psycopg's to close: shutting it makes the wait find its end.
            with socket.socket(fileno=os.dup(self.pgconn.socket)) as line:
                line.shutdown(socket.SHUT_RDWR)
