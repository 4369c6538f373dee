"""Long work: asked for with 202, done by the worker in steps, each step its own transaction, continued after a crash.

A handler does one step inside a unit of work and returns `Progress`, which is committed with the step: after a crash
the job goes on from the last committed cursor.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import structlog
from pydantic import BaseModel
from sqlalchemy import Update, insert, or_, select, update
from sqlalchemy.exc import SQLAlchemyError

from kit import clock
from kit.errors import DomainError, NotFound
from kit.ids import new_id
from kit.store.db import Database, is_lost, is_transient
from kit.store.tables import job
from kit.store.unit import Cause, UnitOfWork, unit_of_work

log = structlog.get_logger(__name__)

_STALE_AFTER = timedelta(seconds=60)
_MOST_ATTEMPTS = 5
_EVERY_SECONDS = 0.5
_AFTER_FAILURE_SECONDS = 1.0

Outcome = Literal["more", "failed", "ended"]


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a job stands after a step. `cursor` is what the next step needs; None ends the job."""

    done: int
    total: int | None = None
    message: str = ""
    cursor: Any = None
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """What a step is given: the job, its parameters, and the cursor its last step left (None at first)."""

    job_id: UUID
    parameters: Mapping[str, Any]
    cursor: Any
    done: int
    result: Mapping[str, Any]


JobHandler = Callable[[UnitOfWork, Step], Awaitable[Progress]]


class JobView(BaseModel):
    """A job as people see it."""

    id: UUID
    kind: str
    state: str
    done: int
    total: int | None
    message: str
    result: dict[str, Any] | None
    created_at: datetime
    finished_at: datetime | None


async def start(unit: UnitOfWork, kind: str, parameters: Mapping[str, Any], *, id_: UUID | None = None) -> UUID:
    """Queue a job in the caller's transaction; answer 202 with its address."""
    job_id = id_ or new_id()
    await unit.session.execute(
        insert(job).values(id=job_id, kind=kind, parameters=dict(parameters), cause=unit.cause.as_json())
    )
    return job_id


async def view(unit: UnitOfWork, id_: UUID) -> JobView:
    """A job's state; only whoever asked for it may see it."""
    row = (await unit.session.execute(select(job).where(job.c.id == id_))).one_or_none()
    if row is None or row.cause["actor"] != unit.cause.actor:
        raise NotFound("There is no such job of yours")
    result = {key: value for key, value in (row.result or {}).items() if not key.startswith("_")}
    return JobView.model_validate({**row._mapping, "result": result})


class Jobs:
    """Works through queued jobs, one at a time per worker."""

    def __init__(self, database: Database, service: str, handlers: Mapping[str, JobHandler]) -> None:
        self._database = database
        self._service = service
        self._handlers = handlers

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop: take the oldest waiting job and work on it step by step."""
        job_id: UUID | None = None
        while not stop.is_set():
            try:
                job_id = job_id or await self._claim()
                if job_id is None:
                    await _pause(stop, _EVERY_SECONDS)
                    continue
                outcome = await self._step(job_id)
                if outcome == "failed":
                    await _pause(stop, _AFTER_FAILURE_SECONDS)
                elif outcome == "ended":
                    job_id = None
            except Exception as error:
                if not is_transient(error):
                    raise
                await _pause(stop, _AFTER_FAILURE_SECONDS)
        if job_id is not None:
            await self._release(job_id)

    async def _claim(self) -> UUID | None:
        stale = clock.now() - _STALE_AFTER
        async with self._database.sessions.begin() as session:
            found = (
                await session.execute(
                    select(job.c.id, job.c.state, job.c.attempts)
                    .where(
                        job.c.kind.in_(list(self._handlers)),
                        or_(
                            job.c.state == "queued",
                            (job.c.state == "running") & (job.c.heartbeat_at < stale),
                        ),
                    )
                    .order_by(job.c.created_at)
                    .limit(1)
                    .with_for_update(skip_locked=True)
                )
            ).one_or_none()
            if found is None:
                return None
            # Running, but nobody has moved it for long: whoever had it is gone, perhaps because of it.
            attempts = found.attempts + (1 if found.state == "running" else 0)
            if attempts >= _MOST_ATTEMPTS:
                log.error("job_abandoned", job_id=str(found.id), attempts=attempts)
                await session.execute(_ended_in_failure(found.id, "It ended its worker each time it was tried"))
                return None
            await session.execute(
                update(job)
                .where(job.c.id == found.id)
                .values(state="running", heartbeat_at=clock.now(), attempts=attempts)
            )
            return UUID(str(found.id))

    async def _release(self, job_id: UUID) -> None:
        """We stop in good order: the next worker goes on at once instead of waiting for our silence."""
        with contextlib.suppress(SQLAlchemyError, OSError):
            async with self._database.sessions.begin() as session:
                await session.execute(
                    update(job).where(job.c.id == job_id, job.c.state == "running").values(state="queued")
                )

    async def _step(self, job_id: UUID) -> Outcome:
        """One committed step."""
        try:
            async with unit_of_work(self._database, self._service, Cause.system(self._service, "job")) as unit:
                row = (await unit.session.execute(select(job).where(job.c.id == job_id).with_for_update())).one()
                if row.state != "running":
                    # Another worker took it over while we were cut off, and finished it.
                    return "ended"
                unit.cause = Cause.from_json(row.cause, f"{self._service}.{row.kind}")
                result = dict(row.result or {})
                step = Step(job_id, row.parameters, result.pop("_cursor", None), row.done, result)
                progress = await self._handlers[row.kind](unit, step)
                await unit.session.execute(update(job).where(job.c.id == job_id).values(**_stored(progress)))
            return "ended" if progress.cursor is None else "more"
        except Exception as error:
            if is_lost(error):
                raise
            return await self._failed(job_id, error)

    async def _failed(self, job_id: UUID, error: Exception) -> Outcome:
        reason = str(error) if isinstance(error, DomainError) else f"A fault on our side ({type(error).__name__})"
        async with self._database.sessions.begin() as session:
            attempts = await session.scalar(
                update(job).where(job.c.id == job_id).values(attempts=job.c.attempts + 1).returning(job.c.attempts)
            )
            final = isinstance(error, DomainError) or int(attempts or 0) >= _MOST_ATTEMPTS
            log.error("job_step_failed", job_id=str(job_id), kind=type(error).__name__, final=final)
            if final:
                await session.execute(_ended_in_failure(job_id, reason))
        return "ended" if final else "failed"


def _ended_in_failure(job_id: UUID, reason: str) -> Update:
    return update(job).where(job.c.id == job_id).values(state="failed", message=reason, finished_at=clock.now())


def _stored(progress: Progress) -> dict[str, Any]:
    ended = progress.cursor is None
    return {
        "done": progress.done,
        "total": progress.total,
        "message": progress.message,
        "result": dict(progress.result) if ended else {**progress.result, "_cursor": progress.cursor},
        "heartbeat_at": clock.now(),
        # It got on: what failed before has healed.
        "attempts": 0,
        "state": "succeeded" if ended else "running",
        "finished_at": clock.now() if ended else None,
    }


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
