"""Two zones in one database: neither role sees the other's tables, and the wall is PostgreSQL's own."""

from collections.abc import Callable

import psycopg
import pytest

from kit.testing.databases import ServiceDatabase
from tests.risk.ground import open_risk

Databases = Callable[[str], ServiceDatabase]


def tables_seen(stored: ServiceDatabase) -> set[tuple[str, str]]:
    """Every table of the database, whoever owns it, as the catalogue names them."""
    rows = stored.rows("select schemaname, tablename from pg_tables where schemaname in ('public', 'vault')")
    return {(row["schemaname"], row["tablename"]) for row in rows}


def test_the_analytics_role_reads_nothing_of_the_vault(database: Databases) -> None:
    stored = database("risk")
    inside = {table for schema, table in tables_seen(stored) if schema == "vault"}
    assert {"record", "alembic_version"} <= inside
    for table in inside:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for schema vault"):
            stored.rows(f"select * from vault.{table}")


def test_the_vaults_role_reads_nothing_of_the_analytics_zone(database: Databases) -> None:
    vault = database("risk").vault
    assert vault is not None
    outside = {table for schema, table in tables_seen(vault) if schema == "public"}
    assert {"fact", "placed", "home", "audit_entry", "outbox"} <= outside
    for table in outside:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for schema public"):
            vault.rows(f"select * from public.{table}")


async def test_risk_is_ready_only_when_its_vault_is_migrated_too(database: Databases) -> None:
    vault = database("risk").vault
    assert vault is not None
    async with open_risk(database) as risk:
        assert (await risk.client.get("/readyz")).status_code == 200
        (row,) = vault.rows("select version_num from alembic_version")
        try:
            vault.execute("update alembic_version set version_num = '0001'")
            behind = await risk.client.get("/readyz")
        finally:
            vault.execute("update alembic_version set version_num = %s", [row["version_num"]])
        assert (behind.status_code, "risk_vault" in behind.json()["detail"]) == (503, True), behind.text
        assert (await risk.client.get("/readyz")).status_code == 200


def test_neither_can_grant_itself_a_way_in_or_make_tables_at_the_others(database: Databases) -> None:
    stored = database("risk")
    assert stored.vault is not None
    for role, other in ((stored, "vault"), (stored.vault, "public")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            role.execute(f"create table {other}.copied (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            role.execute(
                f"grant usage on schema {other} to {'newstart_risk' if other == 'vault' else 'newstart_risk_vault'}"
            )
    for role, other in ((stored, "newstart_risk_vault"), (stored.vault, "newstart_risk")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            role.execute(f"set role {other}")


def test_the_vaults_role_enters_no_other_database(database: Databases) -> None:
    vault, casefile = database("risk").vault, database("casefile")
    assert vault is not None
    elsewhere = vault.dsn.rpartition("/")[0] + "/" + casefile.dsn.rpartition("/")[2]
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(elsewhere, connect_timeout=5)


def test_the_vault_may_stage(database: Databases) -> None:
    vault = database("risk").vault
    assert vault is not None
    with psycopg.connect(vault.dsn) as connection:
        connection.execute("create temporary table staged (like record including defaults) on commit drop")
        assert connection.execute("select current_schema()").fetchone() == ("vault",)
