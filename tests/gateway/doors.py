"""A door on a real port before a made-up service on a real port."""

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import uvicorn
from joserfc.jwk import OKPKey
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState
from yarl import URL

from gateway.cors import Cors
from gateway.edge import Edge, Parts
from gateway.identity import Identity
from gateway.issuer import DemoIssuer, choose
from gateway.limits import ALLOWANCES, Allowance, Limiter
from gateway.matching import RouteIndex
from gateway.pages import open_pages
from gateway.policy import Policy
from gateway.proxy import HttpUpstream, Timeouts, Upstream
from gateway.refusal_record import RefusalRecord
from gateway.routes import table
from gateway.tokens import InternalTokens
from kit.contracts.roles import ROLES
from kit.web.identity import Verifier

URGENT = "Not received. Phone the duty team now: duty team 020 7946 0001."
_POLICY = Policy()
PERSON = "/v1/casefile/people/0192f7a0-0000-7000-8000-000000000001"
CONCERNS = "/v1/triage/safeguarding-concerns"


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(app: ASGIApp, *, lifespan: bool = False) -> AsyncIterator[str]:
    """The app on a loopback port, spoken to as `make run` has it; gives its address."""
    config = uvicorn.Config(
        app, "127.0.0.1", 0, http="httptools", ws="none", lifespan="on" if lifespan else "off", access_log=False,
        log_level="critical", server_header=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    async with _whole_server(config) if lifespan else _bare_protocol(config) as port:
        yield f"http://127.0.0.1:{port}"


@asynccontextmanager
async def _whole_server(config: uvicorn.Config) -> AsyncIterator[int]:
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            if serving.done():
                serving.result()
                raise RuntimeError("the server did not start")
            await asyncio.sleep(0.005)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def _bare_protocol(config: uvicorn.Config) -> AsyncIterator[int]:
    """uvicorn's protocol without its main loop, whose ticks would make the tests wait."""
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    protocol: Any = config.http_protocol_class
    made = functools.partial(protocol, config=config, server_state=state, app_state={})
    server = await loop.create_server(made, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for connection in list(state.connections):
            connection.shutdown()
        running = list(state.tasks)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


@dataclass
class Seen:
    """One request as a service saw it."""

    method: str
    path: str
    query: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)


Handler = Callable[[Seen, Receive, Send], Awaitable[None]]


async def answer(send: Send, body: bytes = b"{}", status: int = 200, **fields: str) -> None:
    """A whole answer; `content_type="..."` becomes content-type."""
    headers = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in fields.items()}}
    headers["content-length"] = str(len(body))
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": body})


async def read_all(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the door went away")
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _plain(seen: Seen, receive: Receive, send: Send) -> None:
    seen.body = await read_all(receive)
    await answer(send, b'{"hello":"there"}')


@dataclass
class MadeUpService:
    """Remembers what it was asked and answers as it is told."""

    handler: Handler = _plain
    seen: list[Seen] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        seen = Seen(scope["method"], scope["raw_path"].decode(), scope["query_string"].decode(), headers)
        self.seen.append(seen)
        await self.handler(seen, receive, send)


@dataclass
class Door:
    """A door that listens, with what a test needs to knock."""

    address: str
    service: MadeUpService
    http: aiohttp.ClientSession
    issuer: DemoIssuer
    verifier: Callable[[str], Verifier]
    suspended: set[str]
    upstream: HttpUpstream

    def headers(self, role: str = "triage_officer", purpose: str = "front_door", **more: str) -> dict[str, str]:
        """Signed in as the demo's person with this role, for this purpose."""
        token = self.issuer.token(choose(role, None))["access_token"]
        extra = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose, **extra}

    def get(self, path: str = PERSON, **how: Any) -> Any:
        return self.ask("GET", path, **how)

    def ask(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **how: Any) -> Any:
        """An aiohttp request; without `headers` signed in as a triage officer."""
        known = self.headers() if headers is None else headers
        url = URL(self.address + path, encoded=True)
        return self.http.request(method, url, headers=known, allow_redirects=False, **how)


@asynccontextmanager
async def open_door(
    *,
    handler: Handler = _plain,
    allowances: Mapping[str, Allowance] = ALLOWANCES,
    timeouts: Timeouts | None = None,
    in_flight: int = 64,
    origins: tuple[str, ...] = (),
    dead: bool = False,
    pages: ASGIApp | None = None,
) -> AsyncIterator[Door]:
    """A door whose every service is one made-up service (or, if `dead`, an address nobody listens on)."""
    key = OKPKey.generate_key("Ed25519")
    key.ensure_kid()
    issuer = DemoIssuer("http://door.test", environment="test")
    suspended: set[str] = set()
    identity = Identity([issuer.trusted()], known_roles=frozenset(ROLES), suspended=suspended.__contains__)
    service = MadeUpService(handler)
    async with listening(service) as address:
        shown = "http://127.0.0.1:9" if dead else address
        upstream = HttpUpstream("casefile", shown, timeouts=timeouts, in_flight=in_flight)
        upstreams: dict[str, Upstream] = dict.fromkeys(("casefile", "triage", "risk", "grants", "housing"), upstream)
        edge = Edge(
            Parts(
                index=RouteIndex(table(demo=True)),
                identity=identity,
                policy=_POLICY,
                limiter=Limiter(allowances),
                tokens=InternalTokens(key.as_dict(private=True)),
                cors=Cors(origins),
                upstreams=upstreams,
                refused=RefusalRecord(),
                open_pages=pages or open_pages(issuer),
                health=service,
                urgent_detail=URGENT,
            )
        )
        keys = {"keys": [key.as_dict(private=False)]}
        await upstream.start()
        await identity.start()
        try:
            async with aiohttp.ClientSession() as http, listening(edge) as door:
                yield Door(door, service, http, issuer, lambda name: Verifier(keys, name), suspended, upstream)
        finally:
            await upstream.stop()
            await identity.stop()
