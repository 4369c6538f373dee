"""The door itself, in pure ASGI: each request goes through the same steps, in this order.

route (404, 405) > who (401) > how often (429) > what for (400) > may they (403) > key (400) > size (413) > carry.

Only fields the door knows are passed on, so nothing a client writes can reach a service as if the door had said it.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway import trace
from gateway.answers import Answer, Field, guarded, with_urgent_detail
from gateway.bodies import ClientGone, RequestBody
from gateway.cors import ANYWHERE, Cors, preflight_anywhere
from gateway.identity import Caller, Identity
from gateway.limits import Limiter, network_of
from gateway.matching import RouteIndex
from gateway.policy import Policy
from gateway.proxy import AnswerBroken, Passage, Upstream
from gateway.refusal_record import RefusalRecord
from gateway.refusals import (
    BadRequestFields,
    KeyMissing,
    MethodNotAllowed,
    NotAllowed,
    NotSignedIn,
    PurposeMissing,
    ServiceUnavailable,
)
from gateway.routes.line import Route
from gateway.separation.passing import Watch
from gateway.tokens import InternalTokens
from kit.contracts.purposes import PURPOSES
from kit.errors import DomainError
from kit.ids import new_id
from kit.store.unit import Cause
from kit.web import problems
from kit.web.context import REQUESTS

log = structlog.get_logger(__name__)

HEALTH = frozenset({"/livez", "/readyz", "/version", "/metrics"})
_GZIP = re.compile(rb"(?i)(?:^|,)\s*gzip\s*(?:,|$|;\s*q=(?!0(?:\.0*)?\s*(?:,|$)))")
_URGENT_PURPOSE = "safeguarding"
_PUBLIC_PURPOSE = "public"
ANYONE = Caller(id="public", org="", roles=frozenset(), issuer="", expires_at=0)
"""Who asks for what is published: nobody in particular, in no role."""
_LONGEST_KEY = 200
# The only request fields a service ever sees from a client. All others, internal ones among them, end here.
_PASSED_ON = {
    b"accept": "accept",
    b"accept-language": "accept-language",
    b"content-type": "content-type",
    b"if-match": "if-match",
    b"if-none-match": "if-none-match",
    b"idempotency-key": "idempotency-key",
    b"after-event": "after-event",
    b"last-event-id": "last-event-id",
}
# Fields of which a second one would let two readers understand two things.
_ONCE = frozenset(
    {
        b"authorization",
        b"newstart-purpose",
        b"idempotency-key",
        b"content-type",
        b"content-length",
        b"if-match",
        b"after-event",
        b"last-event-id",
        b"x-request-id",
        b"traceparent",
        b"origin",
    }
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the door is made of."""

    index: RouteIndex
    identity: Identity
    policy: Policy
    limiter: Limiter
    tokens: InternalTokens
    cors: Cors
    upstreams: Mapping[str, Upstream]
    refused: RefusalRecord
    open_pages: ASGIApp
    health: ASGIApp
    urgent_detail: str
    watch: Watch = field(default_factory=Watch)
    secure: bool = False
    """Whether it is reached by https: then never without."""
    seen: Callable[[Caller], None] = lambda _: None
    """Told of every caller let in, for the list of sessions."""


class Edge:
    """The ASGI application that faces the world."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        path = _path(scope)
        if path in HEALTH:
            await self._parts.health(scope, receive, send)
            return
        await _Request(self._parts, scope, receive, send, path).run()


class _Request:
    """One request on its way through the steps."""

    def __init__(self, parts: Parts, scope: Scope, receive: Receive, send: Send, path: str) -> None:
        self.parts = parts
        self.scope = scope
        self.receive = receive
        self.send = send
        self.path = path
        self.route: Route | None = None
        self.answer: Answer | None = None
        self.fields: Mapping[bytes, bytes] = {}
        self.request_id = ""
        self.own: list[Field] = []

    async def run(self) -> None:
        started = time.perf_counter()
        status = 0
        try:
            self._read_fields()
            if self.scope["method"] == "OPTIONS" and await self._preflight():
                status = 204
                return
            route = self.route = self.parts.index.find(self.scope["method"], self.path)
            if route.open and route.action:
                await self._published(route)
            elif route.open:
                await self._open(route)
            else:
                await self._guarded(route)
        except DomainError as error:
            status = error.status
            await self._refuse(error)
        except ClientGone:
            status = 499
        except AnswerBroken:
            # Leaving an answer unfinished makes the server cut the connection: the client sees that it broke.
            status = 502
        except Exception as error:
            status = 500
            await self._fault(error)
        finally:
            template = self.route.path if self.route else "unmatched"
            status = status or (self.answer.status if self.answer else 0)
            REQUESTS.labels("gateway", self.scope["method"], template, status).observe(time.perf_counter() - started)

    # The steps.

    def _read_fields(self) -> None:
        fields: dict[bytes, bytes] = {}
        twice = False
        for name, value in self.scope["headers"]:
            if name in fields and name in _ONCE:
                twice = True
            fields[name] = value
        self.fields = fields
        self.request_id = _request_id(fields.get(b"x-request-id"))
        self.own = [
            *self._always(),
            *self.parts.cors.fields(fields.get(b"origin")),
        ]
        if twice:
            raise BadRequestFields("A header field that may stand only once stands twice.")

    def _always(self) -> list[Field]:
        fields = [(b"x-request-id", self.request_id.encode("ascii")), (b"x-content-type-options", b"nosniff")]
        if self.parts.secure:
            # Two years (RFC 6797): whoever came by https once never comes without.
            fields.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))
        return fields

    async def _open(self, route: Route) -> None:
        self._count(route, network_of(self.scope))
        body = RequestBody(self.receive, self.fields, route.body)
        self.answer = Answer(self.send, self.own, packs=self._packs(), sets_cookies=True)
        self.scope.setdefault("state", {})["request_id"] = self.request_id
        await self.parts.open_pages(self.scope, body.receive, self.answer)

    async def _published(self, route: Route) -> None:
        """Carried as nobody: a token that came with it opens nothing here and goes no further."""
        cors = [name for name, _ in self.parts.cors.fields(self.fields.get(b"origin"))]
        self.own = [*(field for field in self.own if field[0] not in cors), *ANYWHERE]
        self._count(route, network_of(self.scope))
        await self._carry(route, ANYONE, _PUBLIC_PURPOSE)

    async def _guarded(self, route: Route) -> None:
        caller = self.parts.identity.remembered(self.fields.get(b"authorization")) or await self._verify(route)
        self.parts.seen(caller)
        self._count(route, caller.id)
        purpose = self._purpose(route, caller)
        try:
            self.parts.policy.check(caller.roles, route.action, purpose)
        except NotAllowed:
            self.parts.refused.put(self._cause(caller, route, purpose), route.name)
            raise
        self._check_key(route)
        await self._carry(route, caller, purpose)

    async def _carry(self, route: Route, caller: Caller, purpose: str) -> None:
        body = RequestBody(self.receive, self.fields, route.body)
        upstream = self.parts.upstreams.get(route.service)
        if upstream is None:
            raise ServiceUnavailable(f"{route.service} is not part of this installation.")
        urgent = self.parts.urgent_detail if route.urgent else None
        send = await self.parts.watch.on(route, body, self.send)
        self.answer = Answer(send.pass_on, self.own, packs=self._packs(), urgent=urgent)
        span, traceparent = trace.begin(route, self.fields.get(b"traceparent"), self.request_id)
        try:
            await upstream.carry(
                Passage(
                    method=route.method,
                    target=self._target(),
                    fields=self._passed_on(caller, route, purpose, traceparent, body),
                    body=body,
                    answer=self.answer,
                    repeatable=route.method == "GET" or b"idempotency-key" in self.fields,
                    urgent=route.urgent,
                )
            )
        finally:
            trace.end(span, self.answer.status)
            await send.over()

    async def _verify(self, route: Route) -> Caller:
        """A token not seen before. Bad ones are counted for each address: every one costs a signature check."""
        address = network_of(self.scope)
        spent = self.parts.limiter.exhausted(address, "refused")
        if spent is not None and not route.urgent:
            self.own += self.parts.limiter.fields("refused", spent)
            raise self.parts.limiter.refusal("refused", spent)
        try:
            return await self.parts.identity.verify(self.fields.get(b"authorization"))
        except NotSignedIn:
            self.parts.limiter.take(address, "refused")
            raise

    def _count(self, route: Route, who: str) -> None:
        standing = self.parts.limiter.take(who, route.rate)
        if standing is not None:
            self.own += self.parts.limiter.fields(route.rate, standing)
            if not standing.allowed:
                raise self.parts.limiter.refusal(route.rate, standing)

    def _purpose(self, route: Route, caller: Caller) -> str:
        stated = self.fields.get(b"newstart-purpose", b"").decode("latin-1").strip()
        known = PURPOSES.get(stated)
        if route.urgent:
            # Nobody is stopped here over a word: a purpose that does not fit becomes the one that always does.
            return stated if known is not None and known.claimable_by(caller.roles) else _URGENT_PURPOSE
        if known is None:
            words = "is not a purpose we know" if stated else "is missing"
            raise PurposeMissing(
                f"Newstart-Purpose {words}. {route.action} may be used for one of the purposes listed.",
                action=route.action,
                purposes=[code for code in sorted(route.purposes) if PURPOSES[code].claimable_by(caller.roles)],
            )
        return stated

    def _cause(self, caller: Caller, route: Route, purpose: str) -> Cause:
        return Cause(
            actor=caller.id,
            purpose=purpose,
            action=route.action,
            organisation=caller.org or None,
            roles=tuple(sorted(caller.roles)),
            request_id=self.request_id,
            correlation_id=UUID(self.request_id),
        )

    def _check_key(self, route: Route) -> None:
        key = self.fields.get(b"idempotency-key")
        if key is None:
            if route.keyed:
                raise KeyMissing("Send an Idempotency-Key, new for each thing you mean to create: a UUID will do.")
            return
        if not 0 < len(key) <= _LONGEST_KEY or not all(0x21 <= byte <= 0x7E for byte in key):
            raise KeyMissing(f"An Idempotency-Key is 1 to {_LONGEST_KEY} printable characters without spaces.")

    def _passed_on(
        self, caller: Caller, route: Route, purpose: str, traceparent: str, body: RequestBody
    ) -> list[tuple[str, str]]:
        fields = self.fields
        passed = [
            ("authorization", self.parts.tokens.authorization(caller, route, purpose)),
            ("x-request-id", self.request_id),
            ("traceparent", traceparent),
        ]
        passed += [(text, fields[name].decode("latin-1")) for name, text in _PASSED_ON.items() if name in fields]
        if body.length and body.streams:
            passed.append(("content-length", str(body.length)))
        return passed

    def _target(self) -> str:
        query = self.scope["query_string"]
        return f"{self.path}?{query.decode('latin-1')}" if query else self.path

    def _packs(self) -> bool:
        accepted = self.fields.get(b"accept-encoding")
        return accepted is not None and _GZIP.search(accepted) is not None

    async def _preflight(self) -> bool:
        """Answer a browser's question before it calls; False when this is none."""
        if b"access-control-request-method" not in self.fields:
            return False
        published = self.parts.index.published(self.path)
        if published:
            granted: list[Field] | None = preflight_anywhere(published)
        else:
            granted = self.parts.cors.preflight(self.fields.get(b"origin"), self.parts.index.methods(self.path))
        if granted is None:
            return False
        headers = guarded([*granted, *self._always(), (b"content-length", b"0")])
        await self.send({"type": "http.response.start", "status": 204, "headers": headers})
        await self.send({"type": "http.response.body", "body": b""})
        return True

    # When something is refused.

    async def _refuse(self, error: DomainError) -> None:
        log.info(
            "refused",
            slug=error.slug,
            route=self.route.name if self.route else "unmatched",
            action=self.route.action if self.route else "",
            purpose=error.extra.get("purpose"),
            request_id=self.request_id,
        )
        response = problems.of_domain_error(error, self.request_id)
        extra: list[Field] = []
        if isinstance(error, MethodNotAllowed):
            extra.append((b"allow", ", ".join(self.parts.index.methods(self.path)).encode("ascii")))
        await self._send_problem(error.status, response.raw_headers, bytes(response.body), extra)

    async def _fault(self, error: Exception) -> None:
        response = problems.of_exception(error, self.request_id)
        await self._send_problem(response.status_code, response.raw_headers, bytes(response.body), [])

    async def _send_problem(self, status: int, headers: Sequence[Field], body: bytes, extra: Sequence[Field]) -> None:
        if self.answer is not None and self.answer.started:
            return
        if self.route is not None and self.route.urgent:
            body = with_urgent_detail(body, status, self.parts.urgent_detail)
        fields = [field for field in headers if field[0] != b"content-length"]
        fields = guarded([*fields, *self.own, *extra, (b"content-length", b"%d" % len(body))])
        await self.send({"type": "http.response.start", "status": status, "headers": fields})
        await self.send({"type": "http.response.body", "body": body})


def _path(scope: Scope) -> str:
    raw: bytes | None = scope.get("raw_path")
    return raw.decode("latin-1") if raw is not None else str(scope["path"])


def _request_id(given: bytes | None) -> str:
    """The caller's id for this request if it is a UUID (it becomes part of events), else a new one."""
    if given is not None and len(given) == 36:
        try:
            return str(UUID(given.decode("ascii")))
        except ValueError:
            pass
    return str(new_id())
