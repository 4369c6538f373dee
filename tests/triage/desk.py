"""Someone at a desk, before triage's real API on a real database: what the gateway would let through, and no more."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from joserfc.jwk import OKPKey

from gateway.matching import RouteIndex
from gateway.routes import table
from kit import clock
from kit.settings import Settings
from kit.testing.databases import ServiceDatabase
from kit.web.app import build_app
from kit.web.identity import mint
from services.triage.app import SERVICE

KEY = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)
# What triage seals in these tests is opened by nobody, or by whoever holds the private key beside it.
SEALING = OKPKey.generate_key("X25519", {"kid": "test"}, private=True)
ROUTES = RouteIndex(table(demo=False))


@dataclass(frozen=True)
class Desk:
    """Who asks, in which role, for which purpose. `other(...)` is somebody else at the same API."""

    client: httpx.AsyncClient
    worker: str = "officer-1"
    role: str = "triage_officer"
    purpose: str = "front_door"
    hide: tuple[tuple[UUID, UUID], ...] = ()
    organisation: str | None = None

    def other(self, **changes: Any) -> "Desk":
        return replace(self, **changes)

    async def send(self, method: str, path: str, content: bytes | None = None, **headers: str | None) -> httpx.Response:
        """One request with exactly these headers, under the action that the gateway's table names for it."""
        bare = path.partition("?")[0]
        token = mint(
            KEY,
            audience="triage",
            subject=self.worker,
            organisation=self.organisation,
            roles=[self.role],
            purpose=self.purpose,
            action=ROUTES.find(method, bare).action,
            hide=self.hide,
        )
        fields = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        return await self.client.request(
            method, path, content=content, headers={"authorization": f"Bearer {token}", **fields}
        )

    async def get(self, path: str) -> httpx.Response:
        return await self.send("GET", path)

    async def post(
        self, path: str, body: Any, *, if_match: str | None = None, key: str | None = None
    ) -> httpx.Response:
        """A create with an Idempotency-Key of its own unless one is given."""
        return await self.send(
            "POST",
            path,
            json.dumps(body).encode(),
            content_type="application/json",
            idempotency_key=key or str(uuid4()),
            if_match=if_match,
        )

    async def patch(self, path: str, body: Any, *, if_match: str | None) -> httpx.Response:
        return await self.send(
            "PATCH", path, json.dumps(body).encode(), content_type="application/json", if_match=if_match
        )


@lru_cache
def _app(url: str) -> FastAPI:
    """The service's app: made once, for it costs more than a test."""
    settings = Settings(
        environment="test",
        database_url=url,
        secret_key="a secret of the tests, long enough to be taken",
        internal_public_keys=json.dumps({"keys": [KEY.as_dict(private=False)]}),
        sealing_public_keys=json.dumps({"gateway": SEALING.as_dict(private=False)}),
    )
    return build_app(SERVICE, settings)


@asynccontextmanager
async def opened(database: ServiceDatabase) -> AsyncIterator[Desk]:
    """A triage officer's desk at an API that runs in this process."""
    app = _app(database.url)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://triage") as client,
    ):
        yield Desk(client)


def events(database: ServiceDatabase) -> list[dict[str, Any]]:
    """What waits in the outbox, in order."""
    return [json.loads(row["envelope"]) for row in database.rows("select envelope from outbox order by id")]


def types(database: ServiceDatabase) -> list[str]:
    return [each["type"].removeprefix("triage.") for each in events(database)]


def looks(database: ServiceDatabase) -> list[tuple[str, str, list[UUID]]]:
    """What the record of access says: action, record, people."""
    rows = database.rows("select action, record, person_ids from audit_entry order by id")
    return [(row["action"], row["record"], row["person_ids"]) for row in rows]


def set_clock(database: ServiceDatabase, moment: datetime) -> None:
    """Move the business clock to about `moment`; by its row too, which the API follows within a second."""
    offset = timedelta(seconds=round((moment - clock.now()).total_seconds()))
    database.execute("delete from business_clock")
    database.execute(
        "insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)",
        [uuid4(), int(offset.total_seconds())],
    )
    clock.set_offset(offset)


def know(
    database: ServiceDatabase,
    person_id: UUID,
    *,
    restricted: bool = False,
    barred: Iterable[str] = (),
    merged_into: UUID | None = None,
    households: Iterable[tuple[UUID, str, str | None]] = (),
) -> None:
    """What casefile's events would have told triage of a person."""
    memberships = [{"household_id": str(id_), "from": since, "to": until} for id_, since, until in households]
    database.execute(
        "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers, merged_into)"
        " values (%s, 1, %s, %s, '{}', %s, %s)",
        [person_id, json.dumps(memberships), restricted, list(barred), merged_into],
    )


def problem(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem document of a refusal, held to its shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["type"].endswith(f"/{slug}"), document
    assert document["status"] == status
    return document
