"""Grants as a caller and as the bus see it: its HTTP door and its event door, in process, on a real database."""

import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from kit.contracts.catalogue import CATALOGUE
from kit.events.handlers import KINDS, Kind, handled
from kit.events.inbox import Inbox
from kit.settings import Settings
from kit.store.db import Database
from kit.store.jobs import Jobs
from kit.store.timers import Timers
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.web import rooms
from kit.web.app import build_app, serving
from kit.web.identity import mint
from kit.web.routing import ACTION
from services.grants.app import SERVICE

KEY = OKPKey.generate_key("Ed25519", {"kid": "test"})
PREFIX = "/v1/grants"
POOL = 5
SEALING = {name: OKPKey.generate_key("X25519", {"kid": name}) for name in ("grants", "casefile", "gateway")}
SETTINGS: dict[str, Any] = {
    "environment": "test",
    "secret_key": SecretStr("0123456789abcdef0123456789abcdef"),
    "internal_public_keys": json.dumps({"keys": [KEY.as_dict(private=False)]}),
    "sealing_private_keys": json.dumps({"keys": [SEALING["grants"].as_dict(private=True)]}),
    "sealing_public_keys": json.dumps({name: key.as_dict(private=False) for name, key in SEALING.items()}),
}

Pairs = Iterable[tuple[UUID | str, UUID | str]]
PUBLIC: dict[str, Any] = {"actor": "public", "purpose": "public", "roles": (), "organisation": ""}
"""Keyword arguments of a call: anyone, without sign-in."""


def token(
    action: str,
    actor: str = "officer-1",
    purpose: str = "grants_administration",
    roles: Sequence[str] = ("grants_officer",),
    hide: Pairs = (),
    organisation: str = "council",
) -> str:
    """What the gateway mints for one request."""
    return mint(
        KEY,
        audience="grants",
        subject=actor,
        organisation=organisation,
        roles=roles,
        purpose=purpose,
        action=action,
        hide=[(UUID(str(a)), UUID(str(b))) for a, b in hide],
    )


@dataclass
class Delivery:
    """A message in hand, as the bus would give it; remembers what became of it."""

    body: bytes
    subject: str
    deliveries: int = 1
    fate: str = ""

    @property
    def settled(self) -> bool:
        return bool(self.fate)

    async def ack(self) -> None:
        self.fate = "taken"

    async def retry(self, delay_seconds: float) -> None:
        self.fate = "later"

    async def drop(self) -> None:
        self.fate = "dead"

    async def working(self) -> None:
        """The server hears that we are at it."""


@dataclass(frozen=True)
class Route:
    """One line of the service's OpenAPI document."""

    method: str
    path: str
    action: str

    def matches(self, path: str) -> bool:
        return re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", self.path), path) is not None


@lru_cache
def app() -> FastAPI:
    """The service's app: made once, for it costs more than a test."""
    return build_app(SERVICE)


@lru_cache
def routes() -> tuple[Route, ...]:
    """Every route of the service that names an action."""
    return tuple(
        Route(method, f"{PREFIX}{route.path}", route.openapi_extra[ACTION])
        for router in (*SERVICE.routers, rooms.router(SERVICE))
        for route in router.routes
        if isinstance(route, APIRoute) and route.openapi_extra and ACTION in route.openapi_extra
        for method in sorted(route.methods or ())
    )


@dataclass
class Grants:
    """The service under test. Called, it makes HTTP requests; `take` delivers events, `unit` opens a transaction."""

    client: httpx.AsyncClient
    stored: ServiceDatabase
    database: Database
    _delivered: set[UUID] = field(default_factory=set)

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        actor: str = "officer-1",
        purpose: str = "grants_administration",
        roles: Sequence[str] = ("grants_officer",),
        hide: Pairs = (),
        organisation: str = "council",
        version: int | None = None,
        key: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request with the internal token the gateway would mint for it."""
        path = path if path.startswith("/v1") else PREFIX + path
        action = self.action(method, path.partition("?")[0])
        headers = {
            "Authorization": f"Bearer {token(action, actor, purpose, roles, hide, organisation)}",
            **more.pop("headers", {}),
        }
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if body is not None:
            more["json"] = body
        return await self.client.request(method, path, headers=headers, **more)

    def action(self, method: str, path: str) -> str:
        """The action the route declares: the gateway's own table is tested elsewhere."""
        found = [each for each in routes() if each.method == method and each.matches(path)]
        # A literal part stands before one that may be anything.
        return min(found, key=lambda route: route.path.count("{")).action

    async def good(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """As a call, for what must succeed: the answer's JSON."""
        response = await self(method, path, body, **more)
        assert response.is_success, (response.status_code, response.text)
        return response.json()

    async def refused(self, status: int, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """As a call, for what must be refused with this status: the problem document."""
        response = await self(method, path, body, **more)
        assert response.status_code == status, (response.status_code, response.text)
        return response.json()

    @asynccontextmanager
    async def unit(
        self,
        *,
        actor: str = "officer-1",
        hidden: Iterable[UUID] = (),
        roles: Iterable[str] = ("grants_officer",),
        purpose: str = "grants_administration",
    ) -> AsyncIterator[UnitOfWork]:
        """A transaction of the service's own."""
        cause = Cause(actor, purpose, "grants.test", roles=tuple(sorted(roles)), hidden=frozenset(hidden))
        async with unit_of_work(self.database, "grants", cause) as unit:
            yield unit

    async def take(self, *envelopes: bytes | str | Mapping[str, Any], kinds: Iterable[Kind] = KINDS) -> list[str]:
        """Deliver events in one batch to the projections and the reactions; what became of them there."""
        fates = []
        for kind in kinds:
            by_type = handled(SERVICE.handlers, kind)
            deliveries = []
            for envelope in envelopes:
                raw = json.dumps(envelope) if isinstance(envelope, Mapping) else envelope
                type_ = json.loads(raw)["type"]
                if type_ in by_type:
                    body = raw.encode() if isinstance(raw, str) else raw
                    deliveries.append(Delivery(body, CATALOGUE[type_].nats_subject))
            inbox = Inbox(self.database, "grants", kind, by_type)
            if deliveries:
                await inbox.take(deliveries)  # type: ignore[arg-type]  # a stand-in with the same words
            fates += [each.fate for each in deliveries]
        return fates

    async def hear_itself(self) -> None:
        """What the relay and the bus would do: grants' own new events come back to it."""
        waiting = self.stored.rows("select event_id, envelope from outbox order by id")
        new = [row for row in waiting if row["event_id"] not in self._delivered]
        self._delivered |= {row["event_id"] for row in new}
        if new:
            fates = await self.take(*(row["envelope"] for row in new))
            assert set(fates) <= {"taken"}, fates

    def announced(self, *types: str) -> list[dict[str, Any]]:
        """The events in the outbox, in order, as JSON; all that are not sealed, or those of some types."""
        rows = self.stored.rows("select envelope from outbox order by id")
        events = [json.loads(row["envelope"]) for row in rows]
        wanted = set(types) or {each.removeprefix("grants.") for each in CATALOGUE if not CATALOGUE[each].sealed}
        return [each for each in events if each["type"].removeprefix("grants.") in wanted]

    async def work_off(self, *, steps: int = 1000) -> None:
        """Do queued jobs to their end, or `steps` steps of one."""
        jobs = Jobs(self.database, "grants", SERVICE.jobs)
        while steps and (job_id := await jobs._claim()) is not None:
            outcome = "more"
            while steps and outcome == "more":
                outcome = await jobs._step(job_id)
                steps -= 1

    async def ring(self) -> None:
        """Fire every alarm that is due by the business clock."""
        timers = Timers(self.database, "grants", SERVICE.timers)
        while await timers.fire_one():
            pass


@asynccontextmanager
async def open_grants(stored: ServiceDatabase) -> AsyncIterator[Grants]:
    """The app with its database, and a client that calls it without a socket."""
    settings = Settings(database_url=SecretStr(stored.url), database_pool=POOL, **SETTINGS)
    async with serving(app(), SERVICE, settings):
        transport = httpx.ASGITransport(app=app())
        async with httpx.AsyncClient(transport=transport, base_url="http://grants") as client:
            yield Grants(client, stored, app().state.database)
