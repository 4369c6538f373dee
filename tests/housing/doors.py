"""Housing as a caller and as the bus see it: its HTTP door and its event door, in process, on a real database."""

import json
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from gateway.matching import RouteIndex
from gateway.routes import table
from kit import clock
from kit.contracts.catalogue import CATALOGUE
from kit.events.handlers import KINDS, Kind, handled
from kit.events.inbox import Inbox
from kit.settings import Settings
from kit.store import business_clock
from kit.store.db import Database
from kit.store.jobs import Jobs
from kit.store.timers import Timers
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.web.app import build_app, serving
from kit.web.identity import mint
from services.housing.app import SERVICE

KEY = OKPKey.generate_key("Ed25519", {"kid": "test"})
PREFIX = "/v1/housing"
SEALING = {name: OKPKey.generate_key("X25519", {"kid": name}) for name in ("casefile", "housing", "gateway")}
SETTINGS: dict[str, Any] = {
    "environment": "test",
    "secret_key": SecretStr("0123456789abcdef0123456789abcdef"),
    "internal_public_keys": json.dumps({"keys": [KEY.as_dict(private=False)]}),
    "sealing_private_keys": json.dumps({"keys": [SEALING["housing"].as_dict(private=True)]}),
    "sealing_public_keys": json.dumps({name: key.as_dict(private=False) for name, key in SEALING.items()}),
}
OFFICER: dict[str, Any] = {"roles": ("housing_officer",), "purpose": "housing_register"}
"""Keyword arguments of a call, and what a call says unless told otherwise: an officer of the housing register."""
MANAGER: dict[str, Any] = {"roles": ("manager",), "purpose": "supervision", "actor": "manager-1"}

Pairs = Iterable[tuple[UUID | str, UUID | str]]


@lru_cache
def gates() -> RouteIndex:
    """The gateway's own table: which action a request means."""
    return RouteIndex(table(demo=False))


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


@lru_cache
def app() -> FastAPI:
    """The service's app: made once, for it costs more than a test."""
    return build_app(SERVICE)


@dataclass
class Housing:
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
        purpose: str = "housing_register",
        roles: Sequence[str] = ("housing_officer",),
        hide: Pairs = (),
        organisation: str = "council",
        version: int | None = None,
        key: str | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request with the internal token the gateway would mint for it. `content` is a body that is not JSON.

        Paths begin after `/v1/housing`. Nobody's token (`roles=()`) goes with what is published.
        """
        path = path if path.startswith("/v1") else PREFIX + path
        token = mint(
            KEY,
            audience="housing",
            subject=actor,
            organisation=organisation,
            roles=roles,
            purpose=purpose,
            action=gates().find(method, path.partition("?")[0]).action,
            hide=[(UUID(str(a)), UUID(str(b))) for a, b in hide],
        )
        sent = {"Authorization": f"Bearer {token}", **(headers or {})}
        if method == "POST":
            sent["Idempotency-Key"] = key or str(uuid4())
        if version is not None:
            sent["If-Match"] = f'"{version}"'
        if content is not None:
            return await self.client.request(method, path, headers=sent, content=content)
        if body is not None:
            return await self.client.request(method, path, headers=sent, json=body)
        return await self.client.request(method, path, headers=sent)

    async def good(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """As a call, for what must succeed: the answer's JSON."""
        response = await self(method, path, body, **more)
        assert response.is_success, (response.status_code, response.text)
        return response.json() if response.content else None

    async def bad(self, status: int, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
        """As a call, for what must be refused with that status: the problem document."""
        response = await self(method, path, body, **more)
        assert response.status_code == status, (response.status_code, response.text)
        assert response.headers["content-type"] == "application/problem+json"
        found: dict[str, Any] = response.json()
        return found

    def know(
        self,
        person_id: UUID | str,
        *households: UUID | str,
        restricted: bool = False,
        barred: Iterable[str] = (),
        merged_into: UUID | str | None = None,
    ) -> None:
        """What casefile's events would have told housing of a person, and of the households they belong to."""
        since = "2020-01-01"
        there = [{"household_id": str(each), "from": since, "to": None} for each in households]
        self.stored.execute(
            "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers,"
            " merged_into) values (%s, 1, %s, %s, '{}', %s, %s) on conflict (id) do update set"
            " restricted = excluded.restricted, barred_workers = excluded.barred_workers,"
            " merged_into = excluded.merged_into",
            [str(person_id), json.dumps(there), restricted, list(barred), merged_into and str(merged_into)],
        )
        for each in households:
            member = json.dumps([{"person_id": str(person_id), "from": since, "to": None}])
            self.stored.execute(
                "insert into known_household (id, sequence, members) values (%s, 1, %s)"
                " on conflict (id) do update set members = known_household.members || excluded.members",
                [str(each), member],
            )

    @asynccontextmanager
    async def unit(
        self,
        *,
        actor: str = "officer-1",
        hidden: Iterable[UUID] = (),
        roles: Iterable[str] = ("housing_officer",),
        purpose: str = "housing_register",
    ) -> AsyncIterator[UnitOfWork]:
        """A transaction of the service's own."""
        cause = Cause(actor, purpose, "housing.test", roles=tuple(sorted(roles)), hidden=frozenset(hidden))
        async with unit_of_work(self.database, "housing", cause) as unit:
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
            inbox = Inbox(self.database, "housing", kind, by_type)
            if deliveries:
                await inbox.take(deliveries)  # type: ignore[arg-type]  # a stand-in with the same words
            fates += [each.fate for each in deliveries]
        return fates

    async def hear_itself(self) -> None:
        """What the relay and the bus would do: housing's own new events come back to it."""
        waiting = self.stored.rows("select event_id, envelope from outbox order by id")
        new = [row for row in waiting if row["event_id"] not in self._delivered]
        self._delivered |= {row["event_id"] for row in new}
        fates = await self.take(*(row["envelope"] for row in new))
        assert set(fates) <= {"taken"}, fates

    def announced(self, *types: str) -> list[dict[str, Any]]:
        """The events in the outbox, in order, as JSON; all of them, or those of some types (without `housing.`)."""
        rows = self.stored.rows("select envelope from outbox order by id")
        events = [json.loads(row["envelope"]) for row in rows]
        return [each for each in events if not types or each["type"].removeprefix("housing.") in types]

    def looks(self) -> list[tuple[str, str, list[UUID]]]:
        """What the record of access says: action, record, people."""
        rows = self.stored.rows("select action, record, person_ids from audit_entry order by id")
        return [(row["action"], row["record"], row["person_ids"]) for row in rows]

    def on(self, day: date, at: time = time(12)) -> None:
        """The business clock stands at that time of that day (noon), here and for whoever follows its row."""
        offset = datetime.combine(day, at, clock.LONDON) - clock.now()
        # In one statement: whoever follows the row must not find none, and with it the real time, in between.
        self.stored.execute(
            "with before as (delete from business_clock)"
            " insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)",
            [uuid4(), int(offset.total_seconds())],
        )
        clock.set_offset(timedelta(seconds=int(offset.total_seconds())))

    async def ring(self) -> int:
        """Fire every alarm that is due; how many."""
        # Whoever follows the clock's row may just have put back what it read before `on`.
        await business_clock.load(self.database)
        alarms = Timers(self.database, SERVICE.name, SERVICE.timers)
        fired = 0
        while await alarms.fire_one():
            fired += 1
            assert fired < 10_000, "the alarms set themselves again and again"
        return fired

    async def work_off(self, *, steps: int = 1000) -> None:
        """Do queued jobs to their end, or `steps` steps of one."""
        jobs = Jobs(self.database, "housing", SERVICE.jobs)
        while steps and (job_id := await jobs._claim()) is not None:
            outcome = "more"
            while steps and outcome == "more":
                outcome = await jobs._step(job_id)
                steps -= 1


@asynccontextmanager
async def open_housing(stored: ServiceDatabase) -> AsyncIterator[Housing]:
    """The app with its database, and a client that calls it without a socket."""
    settings = Settings(database_url=SecretStr(stored.url), database_pool=5, **SETTINGS)
    async with serving(app(), SERVICE, settings):
        transport = httpx.ASGITransport(app=app())
        async with httpx.AsyncClient(transport=transport, base_url="http://housing") as client:
            yield Housing(client, stored, app().state.database)
