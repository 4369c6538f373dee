"""Asking the gateway: the one way in which pages come by anything.

Every question carries the signed-in person's token and the purpose they stated; nothing is cached, because what one
person may read another may not. A refusal becomes `Refused`, with the fields it names, for the page to show.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import quote
from uuid import UUID, uuid4

import aiohttp
from opentelemetry.propagate import inject

SECONDS: Final = 20.0
"""As long as the slowest ordinary answer (a deep search) may take."""
_PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field of a form, and what was wrong with it."""

    pointer: str
    detail: str
    rule: str = ""

    @property
    def name(self) -> str:
        """The form field: `/needs/0/domain` is `needs.0.domain`."""
        return self.pointer.strip("/").replace("/", ".")


class Refused(Exception):
    """The gateway, or the service behind it, did not do it; says why in words for the person."""

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str,
        fields: Sequence[FieldProblem] = (),
        *,
        request_id: str = "",
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {slug}: {detail}")
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.fields = tuple(fields)
        self.request_id = request_id
        self.extra = dict(extra or {})


class PurposeNeeded(Exception):
    """The address cannot be asked for the purpose stated; these are those that would do (kit.contracts.purposes)."""

    def __init__(self, choices: Iterable[Any]) -> None:
        super().__init__("another purpose is needed")
        self.choices = tuple(choices)


class GoTo(Exception):
    """Not this page now, but that one: a redirection from deep within."""

    def __init__(self, address: str) -> None:
        super().__init__("another page")
        self.address = address


class SignInAgain(Refused):
    """The token is no longer good: the page asks for a new one and comes back here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: the body, and the fields a page may need for its next step."""

    status: int
    body: Any
    etag: str = ""
    event_id: str = ""
    stale: bool = False
    location: str = ""

    def __getitem__(self, name: Any) -> Any:
        return self.body[name]

    @property
    def items(self) -> list[Any]:
        """The lines of a list."""
        return cast(list[Any], self.body["items"] if isinstance(self.body, dict) else self.body)

    @property
    def next(self) -> str | None:
        """The cursor of the page after this one."""
        return self.body.get("next") if isinstance(self.body, dict) else None

    @property
    def version(self) -> str:
        """The ETag as a form carries it, to be sent back in If-Match."""
        return self.etag


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a page: what was answered, or why there is nothing to show. One failure spoils no other part."""

    answer: Answer | None = None
    refused: Refused | None = None

    @property
    def ok(self) -> bool:
        """Whether there is something to show."""
        return self.answer is not None

    @property
    def body(self) -> Any:
        """The answer's body; None when it was refused."""
        return None if self.answer is None else self.answer.body

    @property
    def items(self) -> list[Any]:
        """The lines of a list; none when it was refused."""
        return [] if self.answer is None else self.answer.items

    @property
    def next(self) -> str | None:
        """The cursor of the page after this one."""
        return None if self.answer is None else self.answer.next


class Gateway:
    """The connections of this process to the gateway, shared by all pages."""

    def __init__(self, address: str, *, seconds: float = SECONDS) -> None:
        self.address = address.rstrip("/")
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Opens the pool; pages ask many things at once, so it is wide."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=3),
            # Nothing may be remembered between two people.
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def stop(self) -> None:
        """Closes the pool."""
        if self._session is not None:
            await self._session.close()

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool itself. Raises RuntimeError before `start`."""
        if self._session is None:
            raise RuntimeError("the client was not started")
        return self._session

    async def send(self, method: str, path: str, body: Any, fields: Mapping[str, str]) -> Answer:
        """One question, one answer. Raises Refused for whatever is no success, also when nobody answers."""
        fields = dict(fields)
        inject(fields)
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            fields.setdefault("Content-Type", "application/json")
        try:
            async with self.session.request(
                method, self.address + path, data=data, headers=fields, allow_redirects=False
            ) as response:
                raw = await response.read()
                return _answer(response, raw)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise Refused(
                503,
                "no-answer",
                "The system is not answering",
                "We could not reach the records just now. What you wrote is still here. Try again in a minute.",
            ) from error

    @asynccontextmanager
    async def stream(self, path: str, fields: Mapping[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        """An answer that goes on (live updates); no limit of time of our own."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=3)
        async with self.session.get(self.address + path, headers=fields, timeout=timeout) as response:
            yield response


def _answer(response: aiohttp.ClientResponse, raw: bytes) -> Answer:
    body = _read(response.content_type, raw)
    if response.status >= 300:
        raise _refusal(response.status, body, response.headers.get("X-Request-Id", ""))
    return Answer(
        response.status,
        body,
        etag=response.headers.get("ETag", ""),
        event_id=response.headers.get("Event-Id", ""),
        stale=response.headers.get("Stale") == "true",
        location=response.headers.get("Location", ""),
    )


def _read(content_type: str, raw: bytes) -> Any:
    if content_type in ("application/json", _PROBLEM):
        return json.loads(raw) if raw else None
    return raw or None


def _refusal(status: int, body: Any, request_id: str) -> Refused:
    document = body if isinstance(body, dict) else {}
    kind = SignInAgain if status == 401 else Refused
    known = {"type", "title", "status", "detail", "instance", "errors"}
    return kind(
        status,
        str(document.get("type", "")).rsplit("/", 1)[-1] or "refused",
        str(document.get("title") or "That did not work"),
        str(document.get("detail") or "The system refused this without saying why."),
        [
            FieldProblem(e.get("pointer", ""), e.get("detail", ""), e.get("rule", ""))
            for e in document.get("errors", ())
        ],
        request_id=str(document.get("instance", "")).rsplit(":", 1)[-1] or request_id,
        extra={name: value for name, value in document.items() if name not in known},
    )


@dataclass
class Asker:
    """Asks in one person's name, for one page."""

    gateway: Gateway
    token: str
    purpose_of: Any = None
    """(method, path) -> the purpose to state; raises `purposes.PurposeNeeded` when the person must choose first."""
    takes_body: Callable[[str, str], bool] = lambda method, path: True
    """(method, path) -> whether a body may be sent there."""
    request_id: str = ""
    after: Mapping[str, str] = field(default_factory=dict)
    """{service: id of an event}: what this person has just written; reads of that service wait for it, up to 1 s."""

    async def get(self, path: str, query: Mapping[str, Any] | None = None, *, purpose: str | None = None) -> Answer:
        """Reads; `query` leaves out what is None. Raises Refused."""
        return await self._ask("GET", with_query(path, query), None, purpose, {})

    async def post(
        self,
        path: str,
        body: Any = None,
        *,
        purpose: str | None = None,
        key: str | None = None,
        if_match: str | None = None,
    ) -> Answer:
        """Writes. `key`: the form's Idempotency-Key, so that sending it twice does it once. Raises Refused."""
        fields = {"Idempotency-Key": key or str(uuid4())}
        sent = body or {}
        if not sent and not self.takes_body("POST", path.partition("?")[0]):
            sent = None
        return await self._ask("POST", path, sent, purpose, fields, if_match)

    async def change(
        self, method: str, path: str, body: Any = None, *, purpose: str | None = None, if_match: str | None = None
    ) -> Answer:
        """PUT, PATCH or DELETE of something that exists, as it was when the page was made (`if_match`)."""
        return await self._ask(method, path, body, purpose, {}, if_match)

    async def part(self, asked: Awaitable[Answer]) -> Part:
        """The answer, or why there is none."""
        try:
            return Part(await asked)
        except SignInAgain:
            raise
        except Refused as refused:
            return Part(refused=refused)
        except PurposeNeeded:
            detail = "It is not shown for what you are working for now. Change that in the header if you need it."
            return Part(refused=Refused(403, "purpose-needed", "Another purpose is needed", detail))

    async def parts(self, **asked: Awaitable[Answer]) -> dict[str, Any]:
        """Many questions at once, each a `Part` of the page: `found["plan"].ok` says whether it was answered."""
        found = await asyncio.gather(*(self.part(each) for each in asked.values()))
        return dict(zip(asked, found, strict=True))

    async def all(self, *asked: Awaitable[Answer]) -> list[Answer]:
        """Many questions at once, all of which the page needs. Raises the first Refused."""
        return list(await asyncio.gather(*asked))

    async def _ask(
        self,
        method: str,
        path: str,
        body: Any,
        purpose: str | None,
        fields: dict[str, str],
        if_match: str | None = None,
    ) -> Answer:
        fields |= self.fields(method, path, purpose)
        if if_match:
            fields["If-Match"] = if_match
        return await self.gateway.send(method, path, body, fields)

    def fields(self, method: str, path: str, purpose: str | None = None) -> dict[str, str]:
        """Who asks, and what for."""
        fields = {"Accept": "application/json"}
        if self.token:
            fields["Authorization"] = f"Bearer {self.token}"
            stated = purpose or (self.purpose_of(method, path.partition("?")[0]) if self.purpose_of else None)
            if stated:
                fields["Newstart-Purpose"] = stated
        if self.request_id:
            fields["X-Request-Id"] = self.request_id
        service = path.split("/", 3)[2] if path.startswith("/v1/") else ""
        if method == "GET" and (event := self.after.get(service)):
            fields["After-Event"] = event
        return fields


def with_query(path: str, query: Mapping[str, Any] | None) -> str:
    """The address with its query; None is left out, True is `true`, a list is given once for each."""
    pairs = []
    for name, value in (query or {}).items():
        for each in value if isinstance(value, list | tuple) else (value,):
            if each is not None and each != "":
                text = str(each).lower() if isinstance(each, bool) else str(each)
                pairs.append(f"{quote(name)}={quote(text, safe='')}")
    return path + ("?" + "&".join(pairs) if pairs else "")


def an_id(text: str) -> str:
    """An id that may stand in an address of the gateway. Raises Refused (404) for anything else."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.") from None
