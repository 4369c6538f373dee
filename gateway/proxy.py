"""Carrying a request to its owner and the answer back, piece by piece in both directions.

Nothing is held back as a whole. What bounds the harm a slow or dead service can do: a limit on requests in
flight (bulkhead), timeouts, one retry where that is safe, a breaker. A client that goes away takes its
request with it.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from prometheus_client import Counter, Gauge
from starlette.types import ASGIApp, Scope
from yarl import URL

from gateway.answers import Answer
from gateway.bodies import ClientGone, RequestBody
from gateway.breaker import Breaker
from gateway.refusals import BadAnswer, ServiceTimeout, ServiceUnavailable
from kit.errors import DomainError

log = logging.getLogger(__name__)

IN_FLIGHT = Gauge("newstart_gateway_in_flight", "Requests that are at a service now", ["service"])
TURNED_AWAY = Counter("newstart_gateway_turned_away", "Requests not carried to a service", ["service", "reason"])

# uvicorn closes an idle connection after 5 s; letting go of it earlier avoids sending into one that is
# closing.
KEEP_IDLE_SECONDS = 4.0
# Only a request still waiting after this long needs someone to watch whether its client is still there.
WATCH_AFTER_SECONDS = 0.05
READ_AT_ONCE = 65536  # bytes; a larger answer streams
_SKIP = frozenset({"User-Agent", "Accept", "Accept-Encoding", "Content-Type"})


class AnswerBroken(Exception):
    """A service's answer ended in the middle. Part of it has left already: all we can do is to break off
    too.
    """


@dataclass(slots=True)
class Passage:
    """One request as it goes to its owner: the door's own fields only, and the body as it comes."""

    method: str
    target: str  # path and query, as they came
    fields: Sequence[tuple[str, str]]
    body: RequestBody
    answer: Answer
    repeatable: bool  # safe, or kept from happening twice by an Idempotency-Key
    urgent: bool = False  # a safeguarding concern: the bulkhead and the breaker let it through


class Upstream(Protocol):
    """Something that answers passages. Raises DomainError when nothing was answered, ClientGone when nobody
    waits.
    """

    async def carry(self, passage: Passage) -> None: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, for the first byte of an answer, and between its pieces."""

    connect: float = 2.0
    answer: float = 15.0
    bulk: float = 60.0
    """For the answer to a streamed body, which the service may have to look at as a whole."""


class HttpUpstream:
    """A service reached over HTTP at `address`; `in_flight` requests are there at present."""

    def __init__(
        self,
        name: str,
        address: str,
        *,
        timeouts: Timeouts | None = None,
        in_flight: int = 128,
        breaker: Breaker | None = None,
    ) -> None:
        self.name = name
        self.address = address.rstrip("/")
        self._timeouts = timeouts or Timeouts()
        self._limit = in_flight
        self._breaker = breaker or Breaker()
        self.in_flight = 0
        self._session: aiohttp.ClientSession | None = None
        IN_FLIGHT.labels(name).set_function(lambda: self.in_flight)

    async def start(self) -> None:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_IDLE_SECONDS),
            timeout=self._patience(self._timeouts.answer),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_SKIP,
            trust_env=False,
        )

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def carry(self, passage: Passage) -> None:
        body = passage.body
        held = await body.collected() if body.expected and not body.streams else None
        if not passage.urgent:
            if self.in_flight >= self._limit:
                TURNED_AWAY.labels(self.name, "full").inc()
                raise ServiceUnavailable(f"{self.name} has as much to do as it can. Try again in a moment.")
            if not self._breaker.lets_through():
                TURNED_AWAY.labels(self.name, "breaker").inc()
                raise ServiceUnavailable(f"{self.name} is not answering. Try again in a moment.")
        self.in_flight += 1
        try:
            await self._carry(passage, held)
        finally:
            self.in_flight -= 1

    def _patience(self, seconds: float) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(total=None, sock_connect=self._timeouts.connect, sock_read=seconds)

    async def _carry(self, passage: Passage, held: bytes | None) -> None:
        body = passage.body
        streams = body.expected and body.streams
        sent = False
        for attempt in (1, 2):
            try:
                await self._exchange(passage, body.pieces() if streams else held)
                return
            except (aiohttp.ClientError, OSError) as error:
                if body.failure is not None:
                    # The client's doing: its body was too large, or it went away. aiohttp has wrapped that.
                    raise body.failure from None
                self._breaker.failed()
                if passage.answer.started:
                    log.warning("answer of %s broke off: %s", self.name, type(error).__name__)
                    raise AnswerBroken from None
                unsent = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
                sent = sent or not unsent
                may_repeat = not streams and (unsent or (passage.repeatable and not _timed_out(error)))
                if attempt == 2 or not may_repeat or passage.answer.status:
                    raise self._refusal(error, unsent=not sent) from None
                await asyncio.sleep(random.uniform(0.02, 0.1))

    async def _exchange(self, passage: Passage, data: bytes | AsyncIterator[bytes] | None) -> None:
        assert self._session is not None, "start() first"
        watch = _ClientWatch(passage)
        try:
            async with self._session.request(
                passage.method,
                URL(self.address + passage.target, encoded=True),
                headers=passage.fields,
                data=data,
                allow_redirects=False,
                timeout=self._patience(self._timeouts.bulk if passage.body.streams else self._timeouts.answer),
            ) as response:
                self._breaker.worked()
                answer = passage.answer
                await answer(
                    {
                        "type": "http.response.start",
                        "status": response.status,
                        "headers": response.raw_headers,
                    }
                )
                length = response.content_length
                if length is not None and length <= READ_AT_ONCE:
                    await answer({"type": "http.response.body", "body": await response.read()})
                    return
                async for piece in response.content.iter_any():
                    await answer({"type": "http.response.body", "body": piece, "more_body": True})
                await answer({"type": "http.response.body", "body": b""})
        except asyncio.CancelledError:
            if watch.gone:
                raise ClientGone from None
            raise
        finally:
            watch.stop()

    def _refusal(self, error: Exception, *, unsent: bool) -> DomainError:
        log.warning("%s could not be reached: %s", self.name, type(error).__name__)
        if unsent:
            return ServiceUnavailable(f"{self.name} cannot be reached. Nothing was sent. Try again in a moment.")
        if _timed_out(error):
            return ServiceTimeout(f"{self.name} did not answer in time. It may or may not have done what was asked.")
        if isinstance(error, aiohttp.ClientResponseError):
            return BadAnswer(f"{self.name} gave an answer that could not be read.")
        return ServiceUnavailable(
            f"The connection to {self.name} was lost. It may or may not have done what was asked."
        )


class _ClientWatch:
    """Ends an exchange whose client has gone. Costs the quick ones one timer; only slow ones get a task."""

    def __init__(self, passage: Passage) -> None:
        self.gone = False
        self._passage = passage
        self._exchange = asyncio.current_task()
        self._task: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(WATCH_AFTER_SECONDS, self._begin)

    def stop(self) -> None:
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        body = self._passage.body
        # While the body is being read, whoever reads it notices by itself when the client goes.
        await body.ended()
        await body.client_gone()
        if not self._passage.answer.complete and self._exchange is not None:
            self.gone = True
            self._exchange.cancel()


def _timed_out(error: Exception) -> bool:
    return isinstance(error, TimeoutError) and not isinstance(error, aiohttp.ConnectionTimeoutError)


class OwnRooms:
    """The gateway's own capabilities: a kit application in this process, asked just like a service."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def start(self) -> None:
        """The application's own lifespan is run by whoever made it."""

    async def stop(self) -> None:
        """See `start`."""

    async def carry(self, passage: Passage) -> None:
        path, _, query = passage.target.partition("?")
        scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": passage.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("ascii"),
            "query_string": query.encode("latin-1"),
            "root_path": "",
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in passage.fields],
            "client": None,
            "server": None,
        }
        await self._application(scope, passage.body.receive, passage.answer)
        if passage.body.failure is not None and not passage.answer.started:
            raise passage.body.failure
