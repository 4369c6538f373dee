"""How a service stands, from its own database: what waits, for how long, and what a person has to look at."""

from datetime import datetime

from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kit import clock

_STANDING = text(
    """
    with waiting as (select created_at from outbox where published_at is null),
        letters as (select created_at from dead_letter where state = 'open'),
        work as (select state, created_at, heartbeat_at from job where state in ('queued', 'running')),
        alarms as (select due_at, attempts from timer where fired_at is null and due_at <= :business_now),
        looks as (select at from audit_entry where batch is null),
        at as (select clock_timestamp() as now)
    select
        (select count(*) from waiting) as outbox_waiting,
        (select extract(epoch from now - min(created_at)) from waiting, at group by now) as outbox_oldest_seconds,
        (select count(*) from letters) as dead_letters,
        (select extract(epoch from now - min(created_at)) from letters, at group by now) as dead_letter_oldest_seconds,
        (select count(*) from work where state = 'queued') as jobs_queued,
        (select count(*) from work where state = 'running') as jobs_running,
        (select extract(epoch from now - min(created_at)) from work, at where state = 'queued' group by now)
            as job_queued_oldest_seconds,
        (select extract(epoch from now - min(coalesce(heartbeat_at, created_at))) from work, at
            where state = 'running' group by now) as job_silent_seconds,
        (select count(*) from alarms) as alarms_overdue,
        (select count(*) from alarms where attempts > 0) as alarms_failing,
        (select extract(epoch from now - min(at)) from looks, at group by now) as unsealed_oldest_seconds
    """
)


class Standing(BaseModel):
    """Counts and ages in seconds; 0 where nothing waits."""

    outbox_waiting: int = Field(description="Events committed, and not on the bus yet")
    outbox_oldest_seconds: float
    dead_letters: int = Field(description="Events that could not take effect, and wait for a person")
    dead_letter_oldest_seconds: float
    jobs_queued: int
    jobs_running: int
    job_queued_oldest_seconds: float
    job_silent_seconds: float = Field(description="How long the quietest running job has shown no progress")
    alarms_overdue: int = Field(description="Alarms by the business clock that are due and were not fired yet")
    alarms_failing: int
    unsealed_oldest_seconds: float = Field(description="Age of the oldest access not yet in the hash chain")
    seen_at: datetime


async def of(session: AsyncSession) -> Standing:
    """As it is now. One statement, each part over a partial index of what is still open."""
    row = (await session.execute(_STANDING, {"business_now": clock.business_now()})).one()
    return Standing(**{name: value or 0 for name, value in row._mapping.items()}, seen_at=clock.now())
