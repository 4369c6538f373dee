"""What follows a load: link, then profiles, then signals. Each step is a verb of `services.risk.work`.

Whoever owns a step puts its verb into `services.risk.work.VERBS`; a step whose verb is not there is passed over. A step
that must tell others something puts a function into `AFTER`: it gets the verb's result in the job's own transaction.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from kit.store import jobs
from kit.store.jobs import Progress, Step
from kit.store.tables import job
from kit.store.unit import UnitOfWork
from services.risk import work
from services.risk.facts.entering import placings
from services.risk.facts.models import Placing
from services.risk.linkage import commands as linkage
from services.risk.touched import touched
from services.risk.working import Ended, look_after

JOB: Final = "refresh"

STEPS: Final = ("link", "profiles", "signals")
"""In this order; each sees what the one before committed."""

After = Callable[[UnitOfWork, Mapping[str, Any]], Awaitable[None]]

AFTER: Final[dict[str, After]] = {"link": linkage.announce}
"""What to do, in the job's transaction, with the result of a step."""


async def wanted(unit: UnitOfWork) -> UUID:
    """Refresh what stands on what came in, once: loads that wait are done first and share this one refresh."""
    waiting = await unit.session.scalar(
        select(job.c.id).where(job.c.kind == JOB, job.c.state == "queued").with_for_update(skip_locked=True).limit(1)
    )
    return waiting or await jobs.start(unit, JOB, {})


async def refresh(unit: UnitOfWork, step: Step) -> Progress:
    """One step of the job: look after the verb in hand, or go on to the next."""
    cursor = dict(step.cursor or {})
    position = int(cursor.get("position", 0))
    steps = [each for each in STEPS if each in work.VERBS]
    results: dict[str, Any] = dict(step.result)
    if position >= len(steps):
        return Progress(len(steps), len(steps), "Done", result=results)
    name = steps[position]
    outcome = await look_after(step, name, {"job_id": str(step.job_id)})
    if isinstance(outcome, Ended):
        if name in AFTER:
            await AFTER[name](unit, outcome.result)
        results[name] = dict(outcome.result)
        return Progress(0, None, f"{name}: done", {"position": position + 1}, results)
    told = {**(outcome.cursor or {}), "position": position}
    return Progress(outcome.done, outcome.total, f"{name}: {outcome.message}", told, results)


async def place(unit: UnitOfWork, row: Mapping[str, Any]) -> None:
    """One record that came by itself: who it is about goes into the vault and is linked at once."""
    await linkage.place_records(unit, [row])


async def at_once(unit: UnitOfWork, records: Sequence[UUID]) -> dict[UUID, Placing]:
    """Facts came in by themselves for these records: their households' profiles and signals follow, here and now.

    Returns where the records belong; one that linkage has not met yet is not among them.
    """
    placed = {each.record: each for each in await placings(unit, records)}
    await touched(unit, {each.household for each in placed.values() if each.household is not None})
    return placed
