"""What goes with working out the whole borough: the job that looks after it, its announcements, and its nightly alarm.

Windows move on by themselves: a factor may end, or something protective begin, on a day when no fact comes. So every
profile is worked out anew each night, and at once when the business clock is moved.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select

from kit import clock
from kit.clock import LONDON
from kit.store import jobs, timers
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from services.risk.profiles import commands
from services.risk.profiles.models import ProfileDifference
from services.risk.signals import commands as signals
from services.risk.working import Ended, look_after

VERB: Final = "profiles"
JOB: Final = "profiles"
ANNOUNCING: Final = "announce_profiles"
ALARM: Final = "profiles.nightly"
BOROUGH: Final = UUID("6a1f6f0e-0b53-5c0e-9b3c-3a5ad1c0f1e5")
"""The nightly alarm's aggregate: there is one borough."""

_AT: Final = time(3, 0)
_HOUSEHOLDS_A_STEP: Final = 500


async def work_off(unit: UnitOfWork, step: Step) -> Progress:
    """A step of the job by itself, without a load before it."""
    outcome = await look_after(step, VERB, {"job_id": str(step.job_id)})
    if not isinstance(outcome, Ended):
        return outcome
    await done(unit, outcome.result)
    return Progress(int(outcome.result["households"]), None, "Done", result=dict(outcome.result))


async def done(unit: UnitOfWork, result: Mapping[str, Any]) -> None:
    """Every profile is worked out: what changed is announced step by step, fresh facts call for their offers."""
    if await unit.session.scalar(select(ProfileDifference.household).limit(1)) is not None:
        await jobs.start(unit, ANNOUNCING, {})
    await commands.publish(unit)
    await signals.sweep(unit)
    tomorrow = clock.today() + timedelta(days=1)
    await timers.set_alarm(unit, ALARM, BOROUGH, datetime.combine(tomorrow, _AT, LONDON))


async def announce(unit: UnitOfWork, step: Step) -> Progress:
    """Announce some hundred households of those that changed; those of a run that broke off are among them."""
    households = (
        await unit.session.scalars(
            select(ProfileDifference.household)
            .distinct()
            .order_by(ProfileDifference.household)
            .limit(_HOUSEHOLDS_A_STEP)
        )
    ).all()
    if not households:
        return Progress(step.done, step.done, "Done")
    await commands.announce(unit, households)
    await unit.session.execute(delete(ProfileDifference).where(ProfileDifference.household.in_(households)))
    return Progress(step.done + len(households), None, "Telling the others", cursor={"at": str(households[-1])})


async def ring(unit: UnitOfWork, key: UUID) -> None:
    """It is night, or the clock was moved."""
    await jobs.start(unit, JOB, {})
