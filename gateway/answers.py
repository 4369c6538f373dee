"""The answer on its way back: the fields a client may see, and gzip where it pays."""

import json
import zlib
from collections.abc import Iterable

from starlette.types import Message, Send

Field = tuple[bytes, bytes]

# Fields about one connection (RFC 9110 section 7.6.1), and those that this server writes itself.
_NOT_PASSED_ON = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"server",
        b"date",
        b"set-cookie",
        b"x-request-id",
        b"traceparent",
        b"tracestate",
        b"authorization",
    }
)
_WORTH_PACKING = (b"application/json", b"application/problem+json", b"application/x-ndjson", b"text/")
# Small pieces over hours: packing would hold a quarter of a megabyte for each listener, to save a few bytes.
_LIVE = b"text/event-stream"
_SMALLEST_PACKED = 1024
_PROBLEM = b"application/problem+json"
_LONGEST_PROBLEM = 65536


# What every answer says unless its page says something stricter of its own: nothing in it is run, framed or followed.
_UNLESS_SAID: tuple[Field, ...] = (
    (b"content-security-policy", b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    # Records about people belong in no cache between here and the screen.
    (b"cache-control", b"no-store"),
)


def guarded(fields: Iterable[Field]) -> list[Field]:
    """The fields of an answer, with those that keep a browser from doing more with it than show it."""
    found = list(fields)
    said = {name for name, _ in found}
    return [*found, *(field for field in _UNLESS_SAID if field[0] not in said)]


class Answer:
    """An ASGI `send` that a service's answer goes through. `started` tells whether anything left already."""

    def __init__(
        self,
        send: Send,
        own_fields: Iterable[Field],
        *,
        packs: bool = False,
        urgent: str | None = None,
        sets_cookies: bool = False,
    ) -> None:
        """`sets_cookies`: of the door's own pages alone; no service ever leaves anything on somebody's device."""
        self._send = send
        self._own = list(own_fields)
        self._packs = packs
        self._urgent = urgent
        self._sets_cookies = sets_cookies
        self._packer: zlib._Compress | None = None
        self._held: Message | None = None
        self._failing = bytearray()
        self._collecting = False
        self.started = False
        self.complete = False
        self.status = 0

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        elif message["type"] == "http.response.body":
            await self._body(message.get("body", b""), message.get("more_body", False))

    async def _start(self, message: Message) -> None:
        self.status = status = message["status"]
        fields, content_type, length, packed = _passed_on(message["headers"])
        if self._sets_cookies:
            fields += [(name, value) for name, value in message["headers"] if name == b"set-cookie"]
        self._collecting = self._urgent is not None and status >= 400
        worth = (
            self._packs
            and not packed
            and status not in (204, 206, 304)
            and content_type.startswith(_WORTH_PACKING)
            and not content_type.startswith(_LIVE)
            and (length is None or length >= _SMALLEST_PACKED)
        )
        if worth and not self._collecting:
            self._packer = zlib.compressobj(5, zlib.DEFLATED, 31)
        start = {"type": "http.response.start", "status": status, "headers": guarded([*fields, *self._own])}
        if self._packer is not None or self._collecting:
            self._held = start
            return
        self.started = True
        await self._send(start)

    async def _body(self, piece: bytes, more: bool) -> None:
        self.complete = not more
        if self._collecting:
            self._failing += piece[: _LONGEST_PROBLEM - len(self._failing)]
            if not more:
                await self._send_urgent_failure()
            return
        if self._packer is not None:
            piece = self._packer.compress(piece) + self._packer.flush(zlib.Z_SYNC_FLUSH if more else zlib.Z_FINISH)
            await self._send_held(None if more else len(piece))
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _send_held(self, length: int | None) -> None:
        if self._held is None:
            return
        fields = [field for field in self._held["headers"] if field[0] not in (b"content-length", b"vary")]
        told = [value for name, value in self._held["headers"] if name == b"vary"]
        fields.append((b"vary", b", ".join([*told, b"accept-encoding"])))
        fields.append((b"content-encoding", b"gzip"))
        if length is not None:
            fields.append((b"content-length", b"%d" % length))
        start, self._held = {**self._held, "headers": fields}, None
        self.started = True
        await self._send(start)

    async def _send_urgent_failure(self) -> None:
        assert self._held is not None, "set in _start"
        assert self._urgent is not None, "or there would be nothing to collect"
        body = with_urgent_detail(bytes(self._failing), self.status, self._urgent)
        fields = [f for f in self._held["headers"] if f[0] not in (b"content-length", b"content-type")]
        fields += [(b"content-type", _PROBLEM), (b"content-length", b"%d" % len(body))]
        self.started = True
        await self._send({**self._held, "headers": fields})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})


def with_urgent_detail(body: bytes, status: int, urgent: str) -> bytes:
    """A problem document whose `detail` begins with what to do now; made anew if the body is not one."""
    try:
        document = json.loads(body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        document = {"type": "about:blank", "title": "The concern was not received", "status": status}
    said = document.get("detail")
    if not isinstance(said, str) or not said.startswith(urgent):
        document["detail"] = f"{urgent} {said}" if isinstance(said, str) and said else urgent
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _passed_on(headers: Iterable[Field]) -> tuple[list[Field], bytes, int | None, bool]:
    fields: list[Field] = []
    content_type, length, packed = b"", None, False
    dropped: set[bytes] = set()
    for name, value in headers:
        name = name.lower()
        if name in _NOT_PASSED_ON:
            if name == b"connection":
                dropped.update(part.strip().lower() for part in value.split(b","))
            continue
        if name == b"content-type":
            content_type = value.lower()
        elif name == b"content-length":
            length = int(value)
        elif name == b"content-encoding":
            packed = value.lower() != b"identity"
        fields.append((name, value))
    if dropped:
        fields = [field for field in fields if field[0] not in dropped]
    return fields, content_type, length, packed
