"""The business clock's offset: kept in a row by a projection, followed by every process of the service."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from kit import clock
from kit.store.db import Database
from kit.store.tables import business_clock

_EVERY_SECONDS = 1.0


async def load(database: Database) -> None:
    """Set this process's business clock to what the row says."""
    async with database.engine.begin() as connection:
        seconds = await connection.scalar(select(business_clock.c.offset_seconds).limit(1))
    clock.set_offset(timedelta(seconds=seconds or 0))


@asynccontextmanager
async def followed(database: Database) -> AsyncIterator[None]:
    """While inside, the business clock follows the row: at once, then within a second.

    A lost database leaves it as it was.
    """

    async def look() -> None:
        with contextlib.suppress(SQLAlchemyError, OSError):
            await load(database)

    async def follow() -> None:
        while True:
            await asyncio.sleep(_EVERY_SECONDS)
            await look()

    await look()
    task = asyncio.create_task(follow(), name="business-clock")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
