"""A service as a caller and as the bus see it: its HTTP door and its event door, in process, on a real database.

Each service's `tests/<service>/doors.py` says who usually asks there, and what its tests can do besides.
"""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar, Self
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import APIRoute
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from gateway.matching import RouteIndex
from gateway.routes import table
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.event_type import OWNERS
from kit.events.handlers import KINDS, Kind, handled
from kit.events.inbox import Inbox
from kit.service import Service
from kit.settings import Settings, VaultSettings
from kit.store.db import Database
from kit.store.jobs import Jobs
from kit.store.migrate import service_named
from kit.store.timers import Timers
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.web import rooms
from kit.web.app import build_app, serving
from kit.web.identity import mint
from kit.web.routing import ACTION

KEY = OKPKey.generate_key("Ed25519", {"kid": "test"})
SEALING = {name: OKPKey.generate_key("X25519", {"kid": name}) for name in OWNERS}
POOL = 5
MANAGER: dict[str, Any] = {"roles": ("manager",), "purpose": "supervision", "actor": "manager-1"}
"""Keyword arguments of a call: who sees the inside of every file that nobody else's people work on."""

Pairs = Iterable[tuple[UUID | str, UUID | str]]


def settings_of(service: str) -> dict[str, Any]:
    """What its process would find, but for the database: our keys, and nobody else's."""
    return {
        "environment": "test",
        "secret_key": SecretStr("0123456789abcdef0123456789abcdef"),
        "internal_public_keys": json.dumps({"keys": [KEY.as_dict(private=False)]}),
        "sealing_private_keys": json.dumps({"keys": [SEALING[service].as_dict(private=True)]}),
        "sealing_public_keys": json.dumps({name: key.as_dict(private=False) for name, key in SEALING.items()}),
    }


def _settings(stored: ServiceDatabase, **more: Any) -> Settings:
    given: dict[str, Any] = {"database_url": SecretStr(stored.url), "database_pool": POOL, **more}
    if stored.vault is None:
        return Settings(**given)
    key = SecretStr("a key of thirty-two bytes at least")
    return VaultSettings(vault_database_url=SecretStr(stored.vault.url), pseudonym_key=key, **given)


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
    """One of a service's own routes."""

    method: str
    path: str
    action: str


def routes_of(service: Service) -> tuple[Route, ...]:
    """Every route of the service that names an action. Not from the document: that costs seconds to make."""
    return tuple(
        Route(method, f"/v1/{service.name}{route.path}", route.openapi_extra[ACTION])
        for router in (*service.routers, rooms.router(service))
        for route in router.routes
        if isinstance(route, APIRoute) and route.openapi_extra and ACTION in route.openapi_extra
        for method in sorted(route.methods or ())
    )


@lru_cache
def _gates() -> RouteIndex:
    return RouteIndex(table(demo=True))


def action_of(method: str, path: str) -> str:
    """Which action a request means, by the gateway's own table."""
    return _gates().find(method, path.partition("?")[0]).action


@lru_cache
def app_of(service: str) -> FastAPI:
    """A service's application: made once, for it costs more than a test."""
    return build_app(service_named(service))


@dataclass
class ServiceDoors:
    """A service under test. Called, it makes HTTP requests; `take` delivers events, `unit` opens a transaction."""

    service: ClassVar[Service]
    actor: ClassVar[str]
    purpose: ClassVar[str]
    roles: ClassVar[tuple[str, ...]]

    client: httpx.AsyncClient
    stored: ServiceDatabase
    database: Database
    _delivered: set[UUID] = field(default_factory=set)

    @classmethod
    @asynccontextmanager
    async def opened(cls, stored: ServiceDatabase) -> AsyncIterator[Self]:
        """The application with its database, and a client that calls it without a socket."""
        name = cls.service.name
        app = app_of(name)
        settings = _settings(stored, **settings_of(name))
        async with serving(app, cls.service, settings):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url=f"http://{name}") as client:
                yield cls(client, stored, app.state.database)

    @classmethod
    def token(
        cls,
        action: str,
        actor: str | None = None,
        purpose: str | None = None,
        roles: Sequence[str] | None = None,
        hide: Pairs = (),
        organisation: str = "council",
    ) -> str:
        """What the gateway mints for one request; of who usually asks, unless told otherwise."""
        return mint(
            KEY,
            audience=cls.service.name,
            subject=cls.actor if actor is None else actor,
            organisation=organisation,
            roles=cls.roles if roles is None else roles,
            purpose=cls.purpose if purpose is None else purpose,
            action=action,
            hide=[(UUID(str(a)), UUID(str(b))) for a, b in hide],
        )

    async def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        actor: str | None = None,
        purpose: str | None = None,
        roles: Sequence[str] | None = None,
        hide: Pairs = (),
        organisation: str = "council",
        version: int | None = None,
        key: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request with the internal token the gateway would mint for it. Paths begin after `/v1/<service>`.

        `more` goes to httpx: `content` for a body that is not JSON. Nobody's token (`roles=()`) goes with what is
        published.
        """
        path = path if path.startswith("/v1") else f"/v1/{self.service.name}{path}"
        token = self.token(action_of(method, path), actor, purpose, roles, hide, organisation)
        headers = {"Authorization": f"Bearer {token}", **(more.pop("headers", None) or {})}
        if method == "POST":
            headers["Idempotency-Key"] = key or str(uuid4())
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if body is not None:
            more["json"] = body
        return await self.client.request(method, path, headers=headers, **more)

    async def good(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """As a call, for what must succeed: the answer's JSON."""
        response = await self(method, path, body, **more)
        assert response.is_success, (response.status_code, response.text)
        return response.json() if response.content else None

    async def refused(self, status: int, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """As a call, for what must be refused with this status: the problem document."""
        response = await self(method, path, body, **more)
        assert response.status_code == status, (response.status_code, response.text)
        assert response.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = response.json()
        return found

    @asynccontextmanager
    async def unit(
        self,
        *,
        actor: str | None = None,
        hidden: Iterable[UUID] = (),
        roles: Iterable[str] | None = None,
        purpose: str | None = None,
    ) -> AsyncIterator[UnitOfWork]:
        """A transaction of the service's own."""
        name = self.service.name
        cause = Cause(
            actor or self.actor,
            purpose or self.purpose,
            f"{name}.test",
            roles=tuple(sorted(self.roles if roles is None else roles)),
            hidden=frozenset(hidden),
        )
        async with unit_of_work(self.database, name, cause) as unit:
            yield unit

    async def take(self, *envelopes: bytes | str | Mapping[str, Any], kinds: Iterable[Kind] = KINDS) -> list[str]:
        """Deliver events in one batch to the projections and the reactions; what became of them there."""
        fates = []
        for kind in kinds:
            by_type = handled(self.service.handlers, kind)
            deliveries = []
            for envelope in envelopes:
                raw = json.dumps(envelope) if isinstance(envelope, Mapping) else envelope
                type_ = json.loads(raw)["type"]
                if type_ in by_type:
                    body = raw.encode() if isinstance(raw, str) else raw
                    deliveries.append(Delivery(body, CATALOGUE[type_].nats_subject))
            inbox = Inbox(self.database, self.service.name, kind, by_type)
            if deliveries:
                await inbox.take(deliveries)  # type: ignore[arg-type]  # a stand-in with the same words
            fates += [each.fate for each in deliveries]
        return fates

    async def hear_itself(self) -> None:
        """What the relay and the bus would do: the service's own new events come back to it."""
        waiting = self.stored.rows("select event_id, envelope from outbox order by id")
        new = [row for row in waiting if row["event_id"] not in self._delivered]
        self._delivered |= {row["event_id"] for row in new}
        for start in range(0, len(new), 200):
            fates = await self.take(*(row["envelope"] for row in new[start : start + 200]))
            assert set(fates) <= {"taken"}, fates

    def announced(self, *types: str) -> list[dict[str, Any]]:
        """The events in the outbox, in order, as JSON; all that are not sealed, or those of some types.

        Types go without the service's name.
        """
        own = f"{self.service.name}."
        rows = self.stored.rows("select envelope from outbox order by id")
        events = [json.loads(row["envelope"]) for row in rows]
        wanted = set(types) or {each.removeprefix(own) for each in CATALOGUE if not CATALOGUE[each].sealed}
        return [each for each in events if each["type"].removeprefix(own) in wanted]

    async def ring(self) -> int:
        """Fire every alarm that is due by the business clock; how many."""
        alarms = Timers(self.database, self.service.name, self.service.timers)
        fired = 0
        while await alarms.fire_one():
            fired += 1
            assert fired < 10_000, "the alarms set themselves again and again"
        return fired

    async def work_off(self, *, steps: int = 1000) -> None:
        """Do queued jobs to their end, or `steps` steps of one."""
        jobs = Jobs(self.database, self.service.name, self.service.jobs)
        while steps and (job_id := await jobs._claim()) is not None:
            outcome = "more"
            while steps and outcome == "more":
                outcome = await jobs._step(job_id)
                steps -= 1
