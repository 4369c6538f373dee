"""Risk with its vault open, and made-up people: the ground that tests of the identity layer stand on."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import SecretStr

from kit.settings import VaultSettings
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.risk.linkage import commands, ledger
from services.risk.vault import door
from tests.kit.ground import PUBLIC_KEYS, SECRET

KEY = "a key of thirty-two bytes at least"


def settings(stored: ServiceDatabase, **more: Any) -> VaultSettings:
    """What risk's processes are given, on the test's database."""
    import json

    assert stored.vault is not None
    values: dict[str, Any] = {
        "environment": "test",
        "database_url": SecretStr(stored.url),
        "vault_database_url": SecretStr(stored.vault.url),
        "pseudonym_key": SecretStr(KEY),
        "secret_key": SecretStr(SECRET),
        "internal_public_keys": json.dumps(PUBLIC_KEYS),
        **more,
    }
    return VaultSettings(**values)


@dataclass
class Risk:
    """Risk's two zones, seen from inside (`unit`) and from outside (`rows` of each)."""

    stored: ServiceDatabase
    database: Database

    @property
    def vault(self) -> ServiceDatabase:
        assert self.stored.vault is not None
        return self.stored.vault

    @asynccontextmanager
    async def unit(
        self, actor: str = "reviewer-1", purpose: str = "information_governance"
    ) -> AsyncIterator[UnitOfWork]:
        async with unit_of_work(self.database, "risk", Cause(actor, purpose, "risk.test")) as unit:
            yield unit

    async def place(self, *rows: Mapping[str, Any]) -> list[UUID]:
        """Records arrive one by one; their ids."""
        async with self.unit() as unit:
            return (await commands.place_records(unit, rows)).records

    def residents(self) -> dict[str, UUID]:
        """Whose each record is, by its reference."""
        rows = self.vault.rows("select reference, resident_id from record join record_resident using (record_id)")
        return {row["reference"]: row["resident_id"] for row in rows}

    def record(self, reference: str) -> UUID:
        (row,) = self.vault.rows("select record_id from record where reference = %s", [reference])
        return UUID(str(row["record_id"]))

    def groups(self) -> list[list[str]]:
        """Which records are held to be one person."""
        found: dict[UUID, list[str]] = {}
        for reference, resident in self.residents().items():
            found.setdefault(resident, []).append(reference)
        return sorted(sorted(each) for each in found.values())


@asynccontextmanager
async def opened(stored: ServiceDatabase) -> AsyncIterator[Risk]:
    """Risk with its vault open to this process."""
    database = Database(stored.url, pool=3)
    # The database of the test before had its own.
    ledger.forget_model()
    async with door.serving(settings(stored)):
        yield Risk(stored, database)
    await database.close()


def person(reference: str, given: str, family: str, born: str | None = None, **more: Any) -> dict[str, Any]:
    """A record of somebody in canonical columns; `rent_accounts` unless said otherwise."""
    return {
        "source": "rent_accounts",
        "reference": reference,
        "given": given,
        "family": family,
        "born": date.fromisoformat(born) if born else None,
        **more,
    }


def sorted_groups(groups: Iterable[Iterable[str]]) -> list[list[str]]:
    """As `Risk.groups` gives them."""
    return sorted(sorted(each) for each in groups)
