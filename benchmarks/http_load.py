"""A lean HTTP/1.1 load client: keep-alive connections that each send the next request when the last is answered.

Understands only what our servers say (a Content-Length on every answer), which makes it several times quicker than
what it measures. Any answer outside 2xx ends the measurement: figures of refusals are worth nothing.
"""

import asyncio
import http.client
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import uvloop

from kit.run.embedded.ports import HOST

NextRequest = Callable[[], bytes]
_WARM_SHARE = 0.2
_FEWEST_EACH = 3
_PATIENCE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Load:
    """What one measurement found; latencies in milliseconds. `answered` counts the warming up too."""

    per_second: float
    p50: float
    p99: float
    answered: int


def request(method: str, path: str, fields: dict[str, str], body: bytes = b"") -> bytes:
    """The bytes of one request."""
    if body:
        fields = {**fields, "content-type": "application/json", "content-length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in {"host": "bench", **fields}.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def load(port: int, requests: NextRequest, *, connections: int, seconds: float) -> Load:
    """Keep `connections` busy for `seconds`, after a fifth of that to warm up. Runs its own event loop.

    Both times last at least until each connection has had a few answers.
    """
    return uvloop.run(_load(port, requests, connections, seconds))


def answers(port: int, path: str) -> bool:
    """Whether the server on this port answers that path with 200."""
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@dataclass(slots=True)
class _Run:
    """What all connections of one measurement share."""

    requests: NextRequest
    failed: "asyncio.Future[None]"
    over: bool = False
    took: list[float] = field(default_factory=list)


async def _load(port: int, requests: NextRequest, connections: int, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    run = _Run(requests, loop.create_future())
    lines = [(await loop.create_connection(lambda: _Line(run), HOST, port))[0] for _ in range(connections)]
    try:
        fewest = connections * _FEWEST_EACH
        await _answered(run, seconds * _WARM_SHARE, fewest)
        warming, run.took, began = len(run.took), [], time.perf_counter()
        await _answered(run, seconds, fewest)
        took = time.perf_counter() - began
    finally:
        run.over = True
        for line in lines:
            line.abort()
    quantiles = statistics.quantiles(run.took, n=100)
    return Load(len(run.took) / took, quantiles[49] * 1000, quantiles[98] * 1000, warming + len(run.took))


async def _answered(run: _Run, seconds: float, fewest: int) -> None:
    """Returns after `seconds` and `fewest` answers; raises what made the run fail."""
    limit = time.monotonic() + seconds + _PATIENCE_SECONDS
    while True:
        done, _ = await asyncio.wait({run.failed}, timeout=seconds)
        for failure in done:
            failure.result()
        if len(run.took) >= fewest:
            return
        if time.monotonic() > limit:
            raise TimeoutError(f"{len(run.took)} answers where at least {fewest} were expected")
        seconds = 0.02


class _Line(asyncio.Protocol):
    """One connection."""

    def __init__(self, run: _Run) -> None:
        self._run = run
        self._came = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is no subclass.
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        came = self._came = self._came + data if self._came else data
        end = came.find(b"\r\n\r\n")
        if end < 0:
            return
        if not came.startswith(b"HTTP/1.1 2"):
            self._fail(f"refused: {came[:600].decode(errors='replace')}")
            return
        head = came[:end].lower()
        place = head.find(b"\r\ncontent-length:")
        if place < 0:
            self._fail("an answer without Content-Length")
            return
        stop = head.find(b"\r\n", place + 2)
        length = int(head[place + 17 : stop if stop > 0 else end])
        if len(came) < end + 4 + length:
            return
        self._came = b""
        self._run.took.append(time.perf_counter() - self._sent)
        if not self._run.over:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._run.over:
            self._fail("the server closed the connection")

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._run.requests())

    def _fail(self, why: str) -> None:
        if not self._run.failed.done():
            self._run.failed.set_exception(RuntimeError(why))
