"""One PostgreSQL database and how we speak to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import ref

import psycopg
from prometheus_client import Gauge
from psycopg import _queries
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import QueuePool

from kit.store.line import Line
from kit.store.wake import Waker

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

POOL_IN_USE = Gauge("newstart_database_pool_in_use", "Connections that are at work", ["pool"])
POOL_SIZE = Gauge("newstart_database_pool_size", "Connections there may be at once", ["pool"])

# Rules of need to know make statements of up to twenty thousand characters: beyond psycopg's own limit each would be
# searched for its parameters every time, which takes as long as PostgreSQL does.
_queries.MAX_CACHED_STATEMENT_LENGTH = 65_536
_queries.MAX_CACHED_STATEMENT_PARAMS = 1_000
# A request never waits long for a lock or a runaway statement; bulk jobs raise their own limit.
_SESSION_OPTIONS = "-c lock_timeout=5000 -c statement_timeout=15000 -c idle_in_transaction_session_timeout=60000"
# Both ends notice within half a minute that the other has vanished: a relay behind a dead line must lose its lock.
_SERVER_KEEPALIVES = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
_CLIENT_KEEPALIVES = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "connect_timeout": 3,
}


def metadata() -> MetaData:
    """A service's table collection, with constraint names that migrations can rely on."""
    return MetaData(naming_convention=NAMING)


class Database:
    """An engine with its session factory; `close` when the process ends.

    Whoever reads outside a unit of work ends by COMMIT (`engine.begin()`): at a ROLLBACK psycopg forgets all that the
    connection has prepared, and a rule of need to know takes PostgreSQL ten times as long to plan as to run.
    """

    def __init__(self, url: str, *, pool: int = 10, name: str = "newstart") -> None:
        self.url = url
        self.name = name
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=5,
            # For the same reason the connection that came back last goes out first.
            pool_use_lifo=True,
            # A connection that PostgreSQL's restart has broken is replaced, not handed out.
            pool_recycle=1800,
            # What was written or asked for is about people, and an error may end in a log.
            hide_parameters=True,
            connect_args={
                **_CLIENT_KEEPALIVES,
                "async_creator_fn": Line.connect,
                "options": f"{_SESSION_OPTIONS} {_SERVER_KEEPALIVES}",
                "application_name": name,
            },
        )
        self.sessions = async_sessionmaker(self.engine, class_=AsyncSession, expire_on_commit=False)
        self.waker = Waker(self.dsn)
        self._watch(pool)

    def _watch(self, size: int) -> None:
        """Figures of the pool, asked when Prometheus asks. Holds on to nothing that was closed."""
        engine = ref(self.engine)

        def in_use() -> float:
            known = engine()
            pool = known.pool if known is not None else None
            return float(pool.checkedout()) if isinstance(pool, QueuePool) else 0.0

        POOL_SIZE.labels(self.name).set(size)
        POOL_IN_USE.labels(self.name).set_function(in_use)

    async def close(self) -> None:
        await self.waker.close()
        await self.engine.dispose()

    @property
    def dsn(self) -> str:
        """The address for psycopg itself: LISTEN, COPY and advisory locks need their own connection."""
        return self.url.replace("postgresql+psycopg://", "postgresql://", 1)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """A connection outside the pool, in autocommit: for LISTEN, NOTIFY and session locks."""
        connection = await Line.connect(
            self.dsn,
            autocommit=True,
            application_name=self.name,
            options=_SERVER_KEEPALIVES,
            **_CLIENT_KEEPALIVES,
        )
        try:
            yield connection
        finally:
            await connection.close()


def is_lost(error: BaseException) -> bool:
    """Whether the database itself is out of reach: any other work would fail alike."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_lost(error.orig))
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        # Without a state of SQL's it comes from the line, not from a statement; the classes are connection,
        # resources (too many connections, disk full), shutdown and start.
        state = error.sqlstate or "08"
        return state[:2] in {"08", "53"} or state in {"57P01", "57P02", "57P03", "57P05"}
    return isinstance(error, ConnectionError | PoolTimeout)


def is_transient(error: BaseException) -> bool:
    """Whether trying the same work again can succeed: a lost connection, a deadlock, a timeout, a restart."""
    if isinstance(error, DBAPIError) and error.orig is not None:
        if isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated:
            return True
        return is_transient(error.orig)
    if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return True
    return isinstance(error, ConnectionError | TimeoutError | PoolTimeout)


def is_lock_timeout(error: BaseException) -> bool:
    """Whether the work gave up waiting for another transaction's lock."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(original, psycopg.errors.LockNotAvailable)


def is_unstorable(error: BaseException) -> bool:
    """Whether a value can't be stored at all: a NUL character, half a surrogate pair, a number out of range."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(original, psycopg.DataError | UnicodeEncodeError)
