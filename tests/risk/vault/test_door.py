"""The door of the vault: nobody reads without a row that says who, why and for which purpose."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import select, text

from kit.settings import Settings, VaultSettings
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.risk.vault import door, pseudonyms, records
from services.risk.vault.models import Record

Databases = Callable[[str], ServiceDatabase]
KEY = "a key of thirty-two bytes at least"
COMMON = {"secret_key": SecretStr("s" * 32), "internal_public_keys": '{"keys": [{"kty": "OKP", "crv": "Ed25519"}]}'}


@pytest.fixture
def stored(database: Databases) -> ServiceDatabase:
    return database("risk")


@pytest.fixture
async def main(stored: ServiceDatabase) -> AsyncIterator[Database]:
    """Risk's own database, with the vault open to this process."""
    assert stored.vault is not None
    settings = VaultSettings(
        database_url=SecretStr(stored.url),
        vault_database_url=SecretStr(stored.vault.url),
        pseudonym_key=SecretStr(KEY),
        **COMMON,
    )
    made = Database(stored.url, pool=2)
    async with door.serving(settings):
        yield made
    await made.close()


@asynccontextmanager
async def unit_of(main: Database) -> AsyncIterator[UnitOfWork]:
    async with unit_of_work(main, "risk", Cause("worker-7", "debt_support", "risk.links.explain")) as unit:
        yield unit


LATER = date(2100, 1, 1)
"""A day after whatever a test does."""


def put_in(stored: ServiceDatabase, *references: str, **said: str) -> list[str]:
    """Loads records by the way that a source's child process takes; the pseudonyms of what told something new."""
    assert stored.vault is not None
    with psycopg.connect(stored.vault.dsn) as vault, vault.cursor() as cursor:
        cursor.execute(records.STAGE)
        with cursor.copy(records.COPY) as copy:
            for reference in references:
                values = dict.fromkeys(records.COLUMNS, "") | {
                    "source": "rent_accounts",
                    "reference": reference,
                    "digest": str(UUID(int=hash(frozenset(said.items())) & (2**64 - 1))),
                    "pseudonym": str(pseudonyms.of_record("rent_accounts", reference)),
                    "load_id": "",
                    **said,
                }
                copy.write(",".join(values[column] for column in records.COLUMNS) + "\n")
        taken = records.taken_over(cursor)
        cursor.execute(records.TOLD)
        cursor.executemany("insert into told (reference) values (%s)", [(each,) for each in references])
        records.withdraw(cursor, "rent_accounts", LATER, None)
        return taken


async def test_reading_leaves_a_row_with_who_why_and_for_what(stored: ServiceDatabase, main: Database) -> None:
    put_in(stored, "T-1", family="Okafor")
    person = uuid4()
    async with unit_of(main) as unit, door.opened(unit, "explain_link", record="link/T-1", people=[person]) as vault:
        assert await vault.scalar(select(Record.family)) == "Okafor"
    (row,) = stored.rows("select actor, purpose, action, record, person_ids, outcome from audit_entry")
    assert row == {
        "actor": "worker-7",
        "purpose": "debt_support",
        "action": "risk.vault.explain_link",
        "record": "link/T-1",
        "person_ids": [person],
        "outcome": "done",
    }


async def test_without_the_row_there_is_no_reading(stored: ServiceDatabase, main: Database) -> None:
    async with unit_of(main) as unit:
        unit.accessed = lambda *given, **named: (_ for _ in ()).throw(RuntimeError("no record"))  # type: ignore[method-assign]
        entered = False
        with pytest.raises(RuntimeError, match="no record"):
            async with door.opened(unit, "explain_link"):
                entered = True
        assert not entered


async def test_a_reason_that_is_no_code_is_refused(main: Database) -> None:
    async with unit_of(main) as unit:
        for why in ("", "Because I can", "x"):
            with pytest.raises(ValueError, match="by a code"):
                async with door.opened(unit, why):
                    raise AssertionError("it opened")


async def test_its_transaction_stands_before_the_units_and_falls_with_an_error(
    stored: ServiceDatabase, main: Database
) -> None:
    assert stored.vault is not None
    put_in(stored, "T-1")
    rename = text("update record set family = :name")

    async def fails_after() -> None:
        async with unit_of(main) as unit:
            async with door.opened(unit, "unmerge") as vault:
                await vault.execute(rename, {"name": "Bello"})
            raise RuntimeError("after")

    async def fails_inside() -> None:
        async with unit_of(main) as unit, door.opened(unit, "unmerge") as vault:
            await vault.execute(rename, {"name": "Lost"})
            raise RuntimeError("inside")

    for fails in (fails_after, fails_inside):
        with pytest.raises(RuntimeError, match=r"after|inside"):
            await fails()
        assert stored.vault.rows("select family from record") == [{"family": "Bello"}]


async def test_no_connection_is_made_before_it_is_needed(stored: ServiceDatabase, main: Database) -> None:
    count = (
        "select count(*) as n from pg_stat_activity"
        " where application_name = 'risk-vault' and datname = current_database()"
    )
    assert stored.rows(count) == [{"n": 0}]
    async with unit_of(main) as unit, door.opened(unit, "explain_link") as vault:
        await vault.scalar(select(Record.record_id))
        assert stored.rows(count) == [{"n": 1}]


async def test_it_is_closed_to_a_process_that_was_not_given_the_settings(stored: ServiceDatabase) -> None:
    with pytest.raises(TypeError, match="NEWSTART_VAULT_DATABASE_URL"):
        async with door.serving(Settings(database_url=SecretStr(stored.url), **COMMON)):
            raise AssertionError("it opened")
    with pytest.raises(RuntimeError, match="not open to this process"):
        door.dsn()


async def test_loading_twice_changes_nothing_and_what_is_gone_counts_as_withdrawn(
    stored: ServiceDatabase, main: Database
) -> None:
    assert stored.vault is not None
    one, two = (str(pseudonyms.of_record("rent_accounts", reference)) for reference in ("T-1", "T-2"))
    assert sorted(put_in(stored, "T-1", "T-2", family="Okafor")) == sorted((one, two))
    assert put_in(stored, "T-1", "T-2", family="Okafor") == []
    assert put_in(stored, "T-1", family="Bello") == [one]
    rows = stored.vault.rows("select reference, family, withdrawn_at is null as here from record order by reference")
    assert [tuple(row.values()) for row in rows] == [("T-1", "Bello", True), ("T-2", "Okafor", False)]
    assert put_in(stored, "T-1", "T-2", family="Bello") == [two]
    assert stored.vault.rows("select 1 from record where withdrawn_at is not null") == []
