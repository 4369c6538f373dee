"""Roles and databases: what the administrator makes, and the walls between services."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from kit.run.embedded import databases
from kit.run.embedded.processes import EngineFailed


@pytest.fixture
def names(postgres: str) -> Iterator[dict[str, str]]:
    """Two services nobody else uses, with passwords; gone after the test."""
    made = {f"{name}_{secrets.token_hex(4)}": secrets.token_urlsafe(16) for name in ("one", "two")}
    yield made
    with psycopg.connect(postgres, autocommit=True) as admin:
        for name in map(databases.role, made):
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
            admin.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(name)))


@pytest.fixture
def limited(postgres: str) -> Iterator[str]:
    """An administrator who is no superuser, as a managed PostgreSQL gives one; rights are added by the test."""
    name, password = f"limited_{secrets.token_hex(4)}", "word"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("create role {} login password {}").format(sql.Identifier(name), sql.Literal(password)))
        with alone(admin):
            admin.execute(sql.SQL("grant connect on database postgres to {}").format(sql.Identifier(name)))
        where = urlsplit(postgres)
        yield f"postgresql://{name}:{password}@{where.hostname}:{where.port}/postgres"
        with alone(admin):
            admin.execute(sql.SQL("drop owned by {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


@contextmanager
def alone(admin: databases.Connection) -> Iterator[None]:
    """One at a time: of two who change the rights to one database at once, PostgreSQL turns one away."""
    admin.execute("select pg_advisory_lock(hashtext('rights of tests'))")
    try:
        yield
    finally:
        admin.execute("select pg_advisory_unlock(hashtext('rights of tests'))")


def enter(admin_url: str, name: str, password: str, database: str) -> None:
    address = databases.address(admin_url, name, password, database=database)
    psycopg.connect(databases.plain(address), connect_timeout=5).close()


def test_a_service_enters_its_own_database_and_no_other(postgres: str, names: dict[str, str]) -> None:
    databases.prepare(postgres, names, own_server=False)
    (one, password), (two, _) = names.items()
    enter(postgres, one, password, databases.role(one))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        enter(postgres, one, password, databases.role(two))


def test_nobody_enters_without_the_password(postgres: str, names: dict[str, str]) -> None:
    databases.prepare(postgres, names, own_server=False)
    one = next(iter(names))
    for wrong in ("guess", ""):
        with pytest.raises(psycopg.OperationalError, match="password"):
            enter(postgres, one, wrong, databases.role(one))


def test_a_repeat_keeps_the_data_and_sets_the_new_password(postgres: str, names: dict[str, str]) -> None:
    databases.prepare(postgres, names, own_server=False)
    one, password = next(iter(names.items()))
    with psycopg.connect(databases.plain(databases.address(postgres, one, password))) as inside:
        inside.execute("create table kept (id int)")
    databases.prepare(postgres, {**names, one: "another"}, own_server=False)
    with psycopg.connect(databases.plain(databases.address(postgres, one, "another"))) as inside:
        assert inside.execute("select count(*) from kept").fetchone() == (0,)
    with pytest.raises(psycopg.OperationalError, match="password"):
        enter(postgres, one, password, databases.role(one))


def test_the_password_reaches_the_server_only_as_a_verifier(postgres: str, names: dict[str, str]) -> None:
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute("create extension if not exists pg_stat_statements")
        databases.prepare(postgres, names, own_server=False)
        seen = admin.execute("select query from pg_stat_statements").fetchall()
    assert any("SCRAM-SHA-256" in query for (query,) in seen)
    assert not any(password in query for (query,) in seen for password in names.values())


def test_the_extensions_are_there_for_the_service(postgres: str, names: dict[str, str]) -> None:
    databases.prepare(postgres, names, own_server=False)
    one, password = next(iter(names.items()))
    with psycopg.connect(databases.plain(databases.address(postgres, one, password))) as inside:
        assert inside.execute("select similarity('Onaolapo', 'Onalapo') > 0.5, unaccent('Zoë')").fetchone() == (
            True,
            "Zoe",
        )
        locale = inside.execute("select datlocprovider, datlocale from pg_database where datname = current_database()")
        assert locale.fetchone() == ("b", "C.UTF-8")


@pytest.mark.parametrize(
    ("rights", "lacking"),
    [("nocreaterole nocreatedb", "create roles and may not create databases"), ("createrole", "create databases")],
)
def test_an_administrator_without_the_rights_is_told_which(
    postgres: str, limited: str, names: dict[str, str], rights: str, lacking: str
) -> None:
    user = urlsplit(limited).username or ""
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("alter role {} " + rights).format(sql.Identifier(user)))
    with pytest.raises(EngineFailed, match=f"{user} of NEWSTART_POSTGRES_ADMIN_URL may not {lacking}"):
        databases.prepare(limited, names, own_server=False)


def test_an_administrator_need_not_be_a_superuser(postgres: str, limited: str, names: dict[str, str]) -> None:
    user = urlsplit(limited).username or ""
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("alter role {} createrole createdb").format(sql.Identifier(user)))
        databases.prepare(limited, names, own_server=False)
        databases.prepare(limited, names, own_server=False)
    one, password = next(iter(names.items()))
    enter(limited, one, password, databases.role(one))


def test_an_administrator_who_is_no_superuser_can_make_a_vault_too(
    postgres: str, limited: str, names: dict[str, str]
) -> None:
    user = urlsplit(limited).username or ""
    one, vault = names
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("alter role {} createrole createdb").format(sql.Identifier(user)))
    for _ in range(2):
        databases.prepare(limited, names, own_server=False, vaults={vault: one})
    own = databases.plain(databases.address(postgres, one, names[one]))
    apart = databases.plain(databases.address(postgres, vault, names[vault], database=databases.role(one)))
    with psycopg.connect(own, autocommit=True) as inside:
        inside.execute("create table fact (id int)")
    with psycopg.connect(apart, autocommit=True) as inside:
        assert inside.execute("select current_schema()").fetchone() == (vault,)
        inside.execute("create table record (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for schema public"):
            inside.execute("select * from public.fact")
    with (
        psycopg.connect(own) as inside,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"permission denied for schema {vault}"),
    ):
        inside.execute(sql.SQL("select * from {}.record").format(sql.Identifier(vault)))
    # Dropped first: the vault's role owns tables in the other's database.
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(databases.role(one))))


def test_an_unreachable_server_is_told_without_the_password() -> None:
    with pytest.raises(EngineFailed) as failed:
        databases.prepare("postgresql://boss:secretword@127.0.0.1:9/postgres", {}, own_server=False)
    assert "127.0.0.1" in str(failed.value)
    assert "secretword" not in str(failed.value)


def test_options_of_the_administrators_address_are_kept() -> None:
    url = databases.address("postgresql://boss@db.example:6000/postgres?sslmode=require", "risk", "pw")
    assert url == "postgresql+psycopg://newstart_risk:pw@db.example:6000/newstart_risk?sslmode=require"
    with pytest.raises(EngineFailed, match="is no PostgreSQL address"):
        databases.address("postgresql://boss@db:x=y/?nonsense=1", "risk", "pw")


def test_an_extension_that_needs_a_superuser_is_asked_for_once(
    postgres: str, limited: str, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """pgvector is not trusted: only in the database that uses it, and there beforehand where nobody is a superuser."""
    user = urlsplit(limited).username or ""
    one, other = names
    monkeypatch.setattr(databases, "FURTHER", {one: ("vector",)})
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(sql.SQL("alter role {} createrole createdb").format(sql.Identifier(user)))
    with pytest.raises(EngineFailed, match=f"in the database {databases.role(one)}: create extension vector"):
        databases.prepare(limited, names, own_server=False)
    with psycopg.connect(postgres, dbname=databases.role(one), autocommit=True) as inside:
        inside.execute("create extension vector")
    databases.prepare(limited, names, own_server=False)
    for name, expected in ((one, 1), (other, 0)):
        with psycopg.connect(postgres, dbname=databases.role(name)) as inside:
            found = inside.execute("select count(*) from pg_extension where extname = 'vector'").fetchone()
            assert found == (expected,)
