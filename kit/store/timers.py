"""Alarms by the business clock: set in the effect's transaction, fired once, in a transaction of their own."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import any_, delete, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from kit import clock
from kit.ids import new_id
from kit.store.db import Database, is_lost, is_transient
from kit.store.tables import timer
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

TimerHandler = Callable[[UnitOfWork, UUID], Awaitable[None]]

_EVERY_SECONDS = 0.5
_MOST_ATTEMPTS = 10


async def set_alarm(unit: UnitOfWork, name: str, key: UUID, due_at: datetime) -> None:
    """Ring `name` for the aggregate `key` at `due_at` (business time); a waiting one is moved."""
    row = {"id": new_id(), "name": name, "key": key, "due_at": due_at, "cause": unit.cause.as_json()}
    statement = insert(timer).values(row)
    await unit.session.execute(
        statement.on_conflict_do_update(
            index_elements=["name", "key"],
            index_where=timer.c.fired_at.is_(None),
            set_={"due_at": due_at, "retry_at": None, "attempts": 0},
        )
    )


async def cancel(unit: UnitOfWork, name: str, key: UUID) -> None:
    """Take a waiting alarm back; no harm if there is none."""
    await unit.session.execute(
        delete(timer).where(timer.c.name == name, timer.c.key == key, timer.c.fired_at.is_(None))
    )


async def set_alarms(unit: UnitOfWork, name: str, due: Mapping[UUID, datetime]) -> None:
    """Like `set_alarm` for many aggregates at once, a statement for each thousand."""
    cause, keys = unit.cause.as_json(), sorted(due)
    for start in range(0, len(keys), 1000):
        rows = [
            {"id": new_id(), "name": name, "key": key, "due_at": due[key], "cause": cause}
            for key in keys[start : start + 1000]
        ]
        statement = insert(timer).values(rows)
        await unit.session.execute(
            statement.on_conflict_do_update(
                index_elements=["name", "key"],
                index_where=timer.c.fired_at.is_(None),
                set_={"due_at": statement.excluded.due_at, "retry_at": None, "attempts": 0},
            )
        )


async def cancel_all(unit: UnitOfWork, name: str, keys: Sequence[UUID]) -> None:
    """Like `cancel` for many aggregates at once."""
    named = timer.c.key == any_(literal(list(keys), ARRAY(timer.c.key.type)))
    await unit.session.execute(delete(timer).where(timer.c.name == name, named, timer.c.fired_at.is_(None)))


class Timers:
    """Fires what is due. Several workers may run; each alarm is fired by one."""

    def __init__(self, database: Database, service: str, handlers: Mapping[str, TimerHandler]) -> None:
        self._database = database
        self._service = service
        self._handlers = handlers

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop."""
        while not stop.is_set():
            try:
                fired = await self.fire_one()
            except Exception as error:
                if not is_transient(error):
                    raise
                fired = False
            if not fired:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(stop.wait(), _EVERY_SECONDS)

    async def fire_one(self) -> bool:
        """Fire the alarm that is due the longest; False when none is."""
        waiting: UUID | None = None
        try:
            async with unit_of_work(self._database, self._service, Cause.system(self._service, "timer")) as unit:
                row = (
                    await unit.session.execute(
                        select(timer)
                        .where(
                            timer.c.fired_at.is_(None),
                            timer.c.due_at <= clock.business_now(),
                            timer.c.name.in_(list(self._handlers)),
                            timer.c.attempts < _MOST_ATTEMPTS,
                            or_(timer.c.retry_at.is_(None), timer.c.retry_at <= clock.now()),
                        )
                        .order_by(timer.c.due_at)
                        .limit(1)
                        .with_for_update(skip_locked=True)
                    )
                ).one_or_none()
                if row is None:
                    return False
                waiting = row.id
                unit.cause = Cause.system(self._service, row.name)
                await unit.session.execute(update(timer).where(timer.c.id == row.id).values(fired_at=clock.now()))
                await self._handlers[row.name](unit, row.key)
            return True
        except Exception as error:
            if waiting is None or is_lost(error):
                raise
            # Also one that ran into a time limit goes to the back: it must not hold up the others.
            await self._failed(waiting, error)
            return True

    async def _failed(self, id_: UUID, error: Exception) -> None:
        log.error("timer_failed", service=self._service, timer_id=str(id_), kind=type(error).__name__)
        async with self._database.sessions.begin() as session:
            await session.execute(
                update(timer)
                .where(timer.c.id == id_)
                .values(
                    attempts=timer.c.attempts + 1,
                    retry_at=clock.now() + timedelta(seconds=10),
                    failure=type(error).__name__,
                )
            )
