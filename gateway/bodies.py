"""The body of a request on its way through: counted against the limit of its class, never held back as a
whole.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping

from starlette.types import Message, Receive

from gateway.refusals import BadRequestFields, BodyTooLarge, ClientTooSlow
from kit.errors import DomainError

KIB = 1024
# The most bytes a body of each class may have.
LIMITS: dict[str, int] = {"none": 0, "json": 256 * KIB, "bulk": 512 * KIB * KIB}

LONGEST_PAUSE_SECONDS = 30.0  # between two pieces of a body


class ClientGone(Exception):
    """The client went away before the request was complete."""


class RequestBody:
    """Reads one request body. `failure` keeps the first refusal, even if a client library wrapped it."""

    def __init__(self, receive: Receive, headers: Mapping[bytes, bytes], body_class: str) -> None:
        self._receive = receive
        self._limit = LIMITS[body_class]
        self.streams = body_class == "bulk"
        self.length = _length(headers)
        # Without either field there is no body (RFC 9112 section 6.3): nothing needs to be read.
        self.expected = bool(self.length) or b"transfer-encoding" in headers
        self.complete = not self.expected
        self.received = 0
        self.failure: DomainError | ClientGone | None = None
        self._touched = False
        self._held: bytes | None = None
        self._end: asyncio.Future[None] | None = None
        if self.length is not None and self.length > self._limit:
            raise self._too_large()

    async def collected(self) -> bytes:
        """The whole body: for classes that are small enough to hold, so that it can be sent twice."""
        if self._held is None:
            pieces = []
            while not self.complete:
                pieces.append(await self._next())
            self._held = b"".join(pieces)
        return self._held

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body as it comes."""
        while not self.complete:
            piece = await self._next()
            if piece:
                yield piece

    async def receive(self) -> Message:
        """The same as an ASGI `receive`, for an application in this process."""
        if not self.complete:
            piece = await self._next()
            return {"type": "http.request", "body": piece, "more_body": not self.complete}
        if not self._touched:
            self._touched = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return await self._receive()

    async def ended(self) -> None:
        """Returns when the whole body has been read."""
        if not self.complete:
            self._end = asyncio.get_running_loop().create_future()
            await self._end

    async def client_gone(self) -> None:
        """Returns when the client has gone away. Only for when the body is complete."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _next(self) -> bytes:
        self._touched = True
        try:
            async with asyncio.timeout(LONGEST_PAUSE_SECONDS):
                message = await self._receive()
        except TimeoutError:
            self.failure = ClientTooSlow(f"Nothing came for {LONGEST_PAUSE_SECONDS:.0f} seconds.")
            raise self.failure from None
        if message["type"] == "http.disconnect":
            self.failure = ClientGone()
            raise self.failure
        piece: bytes = message.get("body", b"")
        self.received += len(piece)
        self.complete = not message.get("more_body", False)
        if self.complete and self._end is not None and not self._end.done():
            self._end.set_result(None)
        if self.received > self._limit:
            self.failure = self._too_large()
            raise self.failure
        return piece

    def _too_large(self) -> BodyTooLarge:
        if self._limit == 0:
            return BodyTooLarge("This address takes no body.")
        return BodyTooLarge(f"This address takes at most {self._limit} bytes.")


def _length(headers: Mapping[bytes, bytes]) -> int | None:
    value = headers.get(b"content-length")
    if value is None:
        return None
    if not value.isdigit() or len(value) > 18:
        raise BadRequestFields("Content-Length is not a number.")
    return int(value)
