"""Fixtures of the small service in `ground.py`: databases made once per test process, emptied after each test."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from functools import lru_cache
from pathlib import Path

import httpx
import psycopg
import pytest
import structlog
from fastapi import FastAPI
from psycopg import sql

from kit import clock
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from tests.kit import child, ground
from tests.kit.child import Children

__all__ = ["children", "client", "counted", "counter", "ground_of", "grounds", "maker", "plain_logs", "store"]


class Grounds:
    """The databases that the small service's halves have on the run's server."""

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._made: dict[str, ServiceDatabase] = {}
        self._inside: dict[str, psycopg.Connection] = {}
        self._any_filled: dict[str, str] = {}

    def get(self, name: str) -> ServiceDatabase:
        if name not in self._made:
            database = f"kit_test_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
            with psycopg.connect(self._admin_url, autocommit=True) as admin:
                admin.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))
                admin.execute(sql.SQL("create database {} template template0").format(sql.Identifier(database)))
            server, _, _ = self._admin_url.rpartition("/")
            url = f"{server}/{database}".replace("postgresql://", "postgresql+psycopg://", 1)
            ground.make_tables(url)
            self._made[name] = made = ServiceDatabase(name, url, self._admin_url)
            self._inside[name] = inside = psycopg.connect(made.dsn, autocommit=True)
            tables = [row[0] for row in inside.execute("select tablename from pg_tables where schemaname = 'public'")]
            self._any_filled[name] = " union all ".join(
                f"select '{table}' where exists (select from {table})" for table in tables
            )
        return self._made[name]

    def empty(self) -> None:
        for name, inside in self._inside.items():
            inside.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
            filled = [str(row[0]) for row in inside.execute(self._any_filled[name])]
            if filled:
                inside.execute(f"truncate {', '.join(filled)} restart identity cascade")

    def close(self) -> None:
        for inside in self._inside.values():
            inside.close()


@pytest.fixture(scope="session", autouse=True)
def plain_logs() -> None:
    """As lines, not as a terminal's coloured tracebacks, which take seconds."""
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])


@pytest.fixture(scope="session")
def grounds(postgres: str) -> Iterator[Grounds]:
    """The databases of the small service."""
    made = Grounds(postgres)
    yield made
    made.close()


@pytest.fixture
def ground_of(grounds: Grounds) -> Iterator[Callable[[str], ServiceDatabase]]:
    """A function from a half's name to its database, clean at the start of the test."""
    yield grounds.get
    grounds.empty()
    clock.set_offset(clock.offset() * 0)


@pytest.fixture
def maker(ground_of: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    """The database of the half that has the api and emits."""
    return ground_of(ground.MAKER)


@pytest.fixture
def counter(ground_of: Callable[[str], ServiceDatabase]) -> ServiceDatabase:
    """The database of the half that counts effects."""
    return ground_of(ground.COUNTER)


@lru_cache
def _app(url: str) -> FastAPI:
    return ground.app_on(url)


@pytest.fixture
async def client(maker: ServiceDatabase) -> AsyncIterator[httpx.AsyncClient]:
    """The small service's api in this process."""
    async with ground.running(_app(maker.url)) as made:
        yield made


@pytest.fixture
async def store(maker: ServiceDatabase) -> AsyncIterator[Database]:
    """The maker's database as its code opens it."""
    database = Database(maker.url, name="casefile-test")
    yield database
    await database.close()


@pytest.fixture
async def counted(counter: ServiceDatabase) -> AsyncIterator[Database]:
    """The counter's database as its code opens it."""
    database = Database(counter.url, name="housing-test")
    yield database
    await database.close()


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    """Starts real worker processes, and ends those left at the end."""
    with child.children(tmp_path) as made:
        yield made
