"""Clean databases for tests: each service is migrated once per run, copied once per test process, emptied per test."""

import contextlib
import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from kit.contracts.event_type import VAULTS, vaults_of
from kit.run.embedded import databases
from kit.store import migrate

_READY = "migrated"


@dataclass(frozen=True, slots=True)
class ServiceDatabase:
    """One service's database, reached as the service's own role. `url` is what NEWSTART_DATABASE_URL would hold."""

    service: str
    url: str
    admin_url: str
    vault: "ServiceDatabase | None" = None
    """The same database as the role of its vault sees it, where it has one."""

    @property
    def dsn(self) -> str:
        """The address for psycopg itself."""
        return databases.plain(self.url)

    def rows(self, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """What is committed there, seen from outside the code under test."""
        return _outside(self.dsn).execute(sql.SQL(query), parameters).fetchall()

    def execute(self, statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> int:
        """Changes something behind the code's back; the number of rows."""
        return _outside(self.dsn).execute(sql.SQL(statement), parameters).rowcount


_looking: dict[str, psycopg.Connection[dict[str, Any]]] = {}


def _outside(dsn: str) -> psycopg.Connection[dict[str, Any]]:
    """A connection beside the code's own, kept from look to look; another where a test has cut it off."""
    kept = _looking.get(dsn)
    if kept is not None:
        with contextlib.suppress(psycopg.OperationalError):
            kept.execute("")
        if kept.closed:
            kept = None
    if kept is None:
        kept = _looking[dsn] = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
    return kept


class Databases:
    """The databases of one test process (`process` is its xdist name) on the run's shared server."""

    def __init__(self, admin_url: str, process: str) -> None:
        self.admin_url = admin_url
        self._process = process
        self._made: dict[str, _Copy] = {}
        self._asked: set[str] = set()

    def get(self, service: str) -> ServiceDatabase:
        """The service's migrated database, empty but for what its migrations put there.

        A vault's name gives its owner's database as the vault's role sees it.
        """
        if service in VAULTS:
            return self.get(VAULTS[service]).vault or self.get(VAULTS[service])
        if service not in self._made:
            name = f"test_{service}_{self._process}"
            with psycopg.connect(self.admin_url, autocommit=True) as admin:
                # Other processes of the run want the same template.
                admin.execute("select pg_advisory_lock(hashtext(%s))", [service])
                template = self._template(admin, service)
                databases.make_database(admin, name, owner=databases.role(service), template=template)
                for vault in vaults_of(service):
                    # A copy has the schemas of its template, not who may enter.
                    databases.open_to_vault(admin, name, databases.role(vault))
            self._made[service] = _Copy(self._as_seen(service, name))
        self._asked.add(service)
        return self._made[service].database

    def empty(self) -> None:
        """Takes out what a test put in. Raises AssertionError when the test left a transaction open."""
        while self._asked:
            self._made[self._asked.pop()].empty()

    def close(self) -> None:
        """Ends our own connections; the databases go with the server."""
        for copy in self._made.values():
            copy.close()
        for connection in _looking.values():
            connection.close()

    def _template(self, admin: databases.Connection, service: str) -> str:
        name = f"template_{service}"
        found = admin.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
        ).fetchone()
        if found and found[0] == _READY:
            return name
        identifier = sql.Identifier(name)
        admin.execute(sql.SQL("drop database if exists {}").format(identifier))
        databases.make_role(admin, databases.role(service), self._password(service))
        databases.make_database(admin, name, owner=databases.role(service))
        vaults = vaults_of(service)
        with psycopg.connect(self._as_admin(name), autocommit=True) as inside:
            databases.add_extensions(inside, service)
            for vault in vaults:
                databases.make_role(inside, databases.role(vault), self._password(vault))
                databases.open_to_vault(inside, name, databases.role(vault))
                databases.make_vault(inside, databases.schema(vault), databases.role(vault))
        for history in (*vaults, service):
            migrate.upgrade(history, self._address(history, name))
        admin.execute(sql.SQL("comment on database {} is {}").format(identifier, sql.Literal(_READY)))
        return name

    def _as_seen(self, service: str, database: str) -> ServiceDatabase:
        admin_url = self._as_admin(database)
        vaults = [ServiceDatabase(vault, self._address(vault, database), admin_url) for vault in vaults_of(service)]
        return ServiceDatabase(service, self._address(service, database), admin_url, vaults[0] if vaults else None)

    def _address(self, service: str, database: str) -> str:
        return databases.address(self.admin_url, service, self._password(service), database=database)

    def _as_admin(self, database: str) -> str:
        return urlsplit(self.admin_url)._replace(path=f"/{database}").geturl()

    def _password(self, service: str) -> str:
        # The same in every process of the run without another meeting place.
        return hashlib.sha256(f"{self.admin_url} {service}".encode()).hexdigest()


_PATIENCE = 2.0
"""Seconds that a transaction may still take to end after its test."""
_BUSY = (
    "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    " and backend_type = 'client backend' and xact_start is not null"
)
_COUNTERS = (
    "select quote_ident(tables.nspname) || '.' || quote_ident(whose.relname),"
    " quote_ident(counters.nspname) || '.' || quote_ident(counter.relname)"
    " from pg_depend join pg_class counter on counter.oid = objid and counter.relkind = 'S'"
    " join pg_namespace counters on counters.oid = counter.relnamespace"
    " join pg_class whose on whose.oid = refobjid join pg_namespace tables on tables.oid = whose.relnamespace"
    " where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and deptype in ('a', 'i')"
)


class _Copy:
    """A copy of a template, and an administrator's connection to it that empties it."""

    def __init__(self, database: ServiceDatabase) -> None:
        self.database = database
        self._admin: databases.Connection = psycopg.connect(database.admin_url, autocommit=True)
        # Rules that forbid changing history (triggers) bind the service, not us.
        self._admin.execute("set session_replication_role = replica")
        found = self._admin.execute(
            "select quote_ident(schemaname) || '.' || quote_ident(tablename) from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema')"
        ).fetchall()
        tables = [str(row[0]) for row in found]
        # What the migrations themselves put in is part of the empty state; but alarms are a test's own to set.
        filled = self._filled(tables) - {"public.timer"}
        self._admin.execute("delete from public.timer")
        self._tables = [table for table in tables if table not in filled]
        self._counters: dict[str, list[str]] = {}
        for table, counter in self._admin.execute(_COUNTERS):
            self._counters.setdefault(str(table), []).append(str(counter))

    def empty(self) -> None:
        self._nobody_is_busy()
        if filled := self._filled(self._tables):
            # A truncate makes new files for each table, index and whatever refers to them: a hundred times as long.
            emptying = [f"delete from {table}" for table in sorted(filled)]
            emptying += [f"alter sequence {each} restart" for table in filled for each in self._counters.get(table, ())]
            self._admin.execute("; ".join(emptying))

    def _nobody_is_busy(self) -> None:
        until = time.monotonic() + _PATIENCE
        while self._admin.execute(_BUSY).fetchone():
            if time.monotonic() > until:
                self._admin.execute(f"select pg_terminate_backend(pid) from ({_BUSY}) as busy")
                self.empty()
                raise AssertionError(f"the test left a transaction open in the database of {self.database.service}")
            time.sleep(0.01)

    def close(self) -> None:
        self._admin.close()

    def _filled(self, tables: Sequence[str]) -> set[str]:
        if not tables:
            return set()
        query = " union all ".join(f"select '{table}' where exists (select from {table})" for table in tables)
        return {str(row[0]) for row in self._admin.execute(query)}
