"""Risk as a caller sees it, on a real database, with facts and placings put in by hand; linkage's answers are given."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
from fastapi import FastAPI
from joserfc.jwk import OKPKey
from pydantic import SecretStr

from gateway.matching import RouteIndex
from gateway.routes import table
from kit.settings import VaultSettings
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.web.app import build_app
from kit.web.identity import mint
from services.risk.app import SERVICE

KEY = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)
ROUTES = RouteIndex(table(demo=False))
TODAY = date(2026, 12, 7)


@dataclass
class Ground:
    """Facts and their records. A `person` is a record of a resident of a household, who has facts."""

    connection: psycopg.Connection[Any]

    def record(
        self,
        household: UUID | None,
        *,
        source: str = "council_tax_accounts",
        resident: UUID | None = None,
        certainty: str = "confirmed",
    ) -> UUID:
        """A source record that linkage placed."""
        record = uuid4()
        self.connection.execute(
            "insert into placed (record, source, resident, household, certainty, probability)"
            " values (%s, %s, %s, %s, %s, 0.99)",
            [record, source, resident or uuid4(), household, certainty],
        )
        return record

    def fact(
        self,
        record: UUID,
        kind: str,
        on: date | str,
        *,
        amount: float | str | None = None,
        value: str | None = None,
        until: date | str | None = None,
        source: str | None = None,
        load_id: UUID | None = None,
    ) -> UUID:
        """A fact of a record."""
        id_ = uuid4()
        self.connection.execute(
            "insert into fact (id, record, source, kind, occurred_on, until, amount, value, load_id)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [id_, record, source or _source_of(kind), kind, on, until, amount, value, load_id],
        )
        return id_

    def balances(self, record: UUID, kind: str, amounts: Sequence[float], *, last: date = date(2026, 12, 1)) -> None:
        """Monthly amounts, the last of them for the month of `last`."""
        for ago, amount in enumerate(reversed(amounts)):
            index = last.year * 12 + last.month - 1 - ago
            self.fact(record, kind, date(index // 12, index % 12 + 1, 1), amount=amount)

    def home(self, household: UUID, *, registered: bool = True) -> None:
        """What linkage says of a household."""
        self.connection.execute(
            "insert into home (household, ward, adults, children, registered, certainty)"
            " values (%s, null, 1, 0, %s, 1)",
            [household, registered],
        )


_SOURCES = {
    "council_tax.account": "council_tax_accounts",
    "council_tax.": "council_tax_arrears",
    "rent.account": "rent_accounts",
    "rent.": "rent_balances",
    "debt.": "council_tax_arrears",
    "benefit.": "benefit_claims",
    "tenure": "benefit_claims",
    "income": "benefit_claims",
    "school.exclusion": "school_exclusions",
    "school.": "school_census",
    "early_help.": "early_help",
    "mental_health.": "early_help",
    "job_loss.": "early_help",
    "bereavement.": "early_help",
    "social_care.": "social_care",
    "adult_care.": "adult_care",
    "domestic_abuse.": "domestic_abuse",
    "homelessness.": "homelessness",
    "hub.": "hub_contacts",
    "casefile.": "casefile",
}


def _source_of(kind: str) -> str:
    return next(source for start, source in _SOURCES.items() if kind.startswith(start))


@dataclass
class Risk:
    """The service under test. `unit` opens a transaction, `get` and `post` call it as the gateway would let someone."""

    client: httpx.AsyncClient
    stored: ServiceDatabase
    database: Database
    ground: Ground
    purpose: str = "universal_support"
    role: str = "universal_worker"
    worker: str = "worker-1"

    def other(self, **changes: Any) -> "Risk":
        told = {name: getattr(self, name) for name in ("purpose", "role", "worker")} | changes
        return Risk(self.client, self.stored, self.database, self.ground, **told)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        token = mint(
            KEY,
            audience="risk",
            subject=self.worker,
            organisation=None,
            roles=[self.role],
            purpose=self.purpose,
            action=ROUTES.find(method, path.partition("?")[0]).action,
        )
        told = {
            "authorization": f"Bearer {token}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        if method == "POST":
            told.setdefault("idempotency-key", str(uuid4()))
        return await self.client.request(method, path, headers=told, json=body)

    async def get(self, path: str, **headers: str) -> Any:
        """The answer's JSON; it must be a good one."""
        answer = await self.send("GET", path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return await self.send("POST", path, body, **headers)

    @asynccontextmanager
    async def unit(self, purpose: str = "universal_support") -> AsyncIterator[UnitOfWork]:
        """A transaction of the service's own."""
        async with unit_of_work(self.database, "risk", Cause(self.worker, purpose, "risk.test")) as unit:
            yield unit

    def events(self, *types: str) -> list[dict[str, Any]]:
        """What waits in the outbox, in order."""
        rows = self.stored.rows("select envelope from outbox order by id")
        events = [json.loads(row["envelope"]) for row in rows]
        return [each for each in events if not types or each["type"].removeprefix("risk.") in types]

    def looks(self) -> list[tuple[str, str, str, list[UUID]]]:
        """What the record of access says: purpose, action, record, people."""
        rows = self.stored.rows("select purpose, action, record, person_ids from audit_entry order by id")
        return [(row["purpose"], row["action"], row["record"], row["person_ids"]) for row in rows]

    def know_household(self, household_id: UUID, people: Iterable[UUID]) -> None:
        """What casefile's events told of a household."""
        members = [{"person_id": str(each), "from": "2020-01-01", "to": None} for each in people]
        self.stored.execute(
            "insert into known_household (id, sequence, members) values (%s, 1, %s)",
            [household_id, json.dumps(members)],
        )

    def know_person(self, person_id: UUID, *, restricted: bool = False, barred: Sequence[str] = ()) -> None:
        """What casefile's events told of a person."""
        self.stored.execute(
            "insert into known_person"
            " (id, sequence, households, restricted, separated_from, barred_workers, merged_into)"
            " values (%s, 1, '[]', %s, '{}', %s, null)",
            [person_id, restricted, list(barred)],
        )


@lru_cache
def _app(url: str, vault_url: str) -> FastAPI:
    """The service's app: made once, for it costs more than a test."""
    settings = VaultSettings(
        environment="test",
        database_url=SecretStr(url),
        vault_database_url=SecretStr(vault_url),
        pseudonym_key=SecretStr("a key of the tests that has thirty-two bytes"),
        secret_key=SecretStr("a secret of the tests, long enough to be taken"),
        internal_public_keys=json.dumps({"keys": [KEY.as_dict(private=False)]}),
    )
    return build_app(SERVICE, settings)


@asynccontextmanager
async def open_risk(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Risk]:
    """The app with its database and vault, and a client that calls it without a socket."""
    stored = database("risk")
    assert stored.vault is not None
    app = _app(stored.url, stored.vault.url)
    # The ground's own connection: opening one for each of a thousand facts takes longer than the tests.
    with psycopg.connect(stored.dsn, autocommit=True) as connection:
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://risk") as client,
        ):
            yield Risk(client, stored, app.state.database, Ground(connection))


def pounds(text: str | None) -> Decimal | None:
    """An amount of an answer."""
    return None if text is None else Decimal(text)
