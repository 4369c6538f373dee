"""Faults on demand: a TCP proxy that cuts, swallows, delays, slows and resets, and signals for processes.

Stands between two parts on this machine: `async with FaultProxy(target_port) as proxy` listens on `proxy.port`.
"""

import asyncio
import contextlib
import os
import signal
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from kit.run.embedded.ports import HOST

Way = Literal["up", "down"]
"""up: from the client to the server; down: back."""

_CHUNK = 65_536
# Linger with no time: closing sends a reset instead of an end.
_RESET = struct.pack("ii", 1, 0)


@dataclass(slots=True, eq=False)
class _Line:
    """One client's connection, and the server's that goes with it."""

    client: asyncio.StreamWriter
    server: asyncio.StreamWriter

    def close(self, *, reset: bool) -> None:
        for writer in (self.client, self.server):
            if reset:
                found: socket.socket = writer.get_extra_info("socket")
                found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            writer.transport.abort()


class FaultProxy:
    """Passes bytes on to `target` until told otherwise; every fault lasts until `heal`."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self._server: asyncio.Server | None = None
        self._lines: set[_Line] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self._refusing = False
        self._dropped: set[Way] = set()
        self._delay = 0.0
        self._bytes_per_second: float | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._take, HOST, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()
            self._end_all(reset=False)
            await self._server.wait_closed()
            # `wait_closed` does not wait for those at work, who would outlive the loop; one that came just now would
            # carry for as long as its client likes.
            for task in self._carrying:
                task.cancel()
            await asyncio.gather(*self._carrying, return_exceptions=True)
            await asyncio.sleep(0)

    def cut(self) -> None:
        """Ends every connection and takes no new one."""
        self._refusing = True
        self._end_all(reset=False)

    def reset(self) -> None:
        """Breaks every connection by a TCP reset; new ones are welcome."""
        self._end_all(reset=True)

    def drop(self, way: Way) -> None:
        """Swallows what goes one way; both sides believe that they are connected."""
        self._dropped.add(way)

    def delay(self, seconds: float) -> None:
        """Keeps every piece back for so long."""
        self._delay = seconds

    def slow(self, bytes_per_second: float) -> None:
        """Lets so many bytes through a second, each way and for each connection."""
        self._bytes_per_second = bytes_per_second

    def heal(self) -> None:
        """All is well again; what was swallowed stays lost."""
        self._refusing, self._delay, self._bytes_per_second = False, 0.0, None
        self._dropped.clear()

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            server_reader, server_writer = await asyncio.open_connection(HOST, self.target)
        except (OSError, asyncio.CancelledError):
            writer.transport.abort()
            return
        line = _Line(writer, server_writer)
        self._lines.add(line)
        ways = (self._pump(reader, server_writer, "up"), self._pump(server_reader, writer, "down"))
        pumps = [asyncio.ensure_future(way) for way in ways]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._lines.discard(line)
            line.close(reset=False)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(_CHUNK):
                if way in self._dropped:
                    continue
                await asyncio.sleep(self._delay + len(piece) / (self._bytes_per_second or float("inf")))
                writer.write(piece)
                await writer.drain()

    def _end_all(self, *, reset: bool) -> None:
        for line in list(self._lines):
            line.close(reset=reset)


@contextlib.contextmanager
def stalled(pid: int) -> Iterator[None]:
    """The process stands still meanwhile (SIGSTOP): nastier than death, since its connections stay open."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def kill(pid: int) -> None:
    """Ends a process as a power cut would."""
    os.kill(pid, signal.SIGKILL)


def stop_postgres_at_once(pid: int) -> None:
    """PostgreSQL's immediate shutdown: every session breaks off, and the next start recovers from the log."""
    os.kill(pid, signal.SIGQUIT)
