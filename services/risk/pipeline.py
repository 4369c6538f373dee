"""What follows a load: link, then profiles, then signals. Each step is a verb of `services.risk.work`.

A load that brought little needs none of them: its records are linked, and the profiles of their households worked out,
here and now, as for a record that comes by itself.

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
from services.risk import following, work
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


FEW_FACTS: Final = 2_000
"""A load of more is followed by all profiles at once: DuckDB works them out sooner than PostgreSQL one by one."""

_HOUSEHOLDS_A_STEP: Final = 200
_SMALL: Final = "small"


async def refresh(unit: UnitOfWork, step: Step) -> Progress:
    """One step of the job. What little came in is linked by itself, and the profiles it touches follow in the same
    transaction; much is done by the verbs, one after another."""
    cursor = dict(step.cursor or {})
    if not cursor:
        ended = [str(each) for each in await following.unfollowed(unit)]
        cursor = {"loads": ended, **({_SMALL: 0} if await linkage.few_wait(unit) else {"position": 0})}
    loads = [UUID(each) for each in cursor.get("loads", ())]
    if _SMALL in cursor:
        return await _few(unit, step, cursor, loads)
    position = int(cursor.get("position", 0))
    steps = [each for each in STEPS if each in work.VERBS]
    results: dict[str, Any] = dict(step.result)
    if position >= len(steps):
        await following.followed(unit, loads)
        if await linkage.any_wait(unit):
            # They came by themselves while everything was linked without them.
            await wanted(unit)
        return Progress(len(steps), len(steps), "Done", result=results)
    name = steps[position]
    outcome = await look_after(step, name, {"job_id": str(step.job_id)})
    if isinstance(outcome, Ended):
        if name in AFTER:
            await AFTER[name](unit, outcome.result)
        results[name] = dict(outcome.result)
        return Progress(0, None, f"{name}: done", {"position": position + 1, "loads": cursor.get("loads")}, results)
    told = {**(outcome.cursor or {}), "position": position, "loads": cursor.get("loads")}
    return Progress(outcome.done, outcome.total, f"{name}: {outcome.message}", told, results)


async def _few(unit: UnitOfWork, step: Step, cursor: dict[str, Any], loads: Sequence[UUID]) -> Progress:
    """Some records that wait are linked; then the households of the loads' facts follow, some in each step."""
    if "after" not in cursor:
        linked = await linkage.link_waiting(unit)
        if linked == linkage.AT_ONCE:
            done = step.done + linked
            return Progress(done, None, f"link: {done:,} records", {**cursor, _SMALL: cursor[_SMALL] + 1})
    households = await following.households_of(unit, loads, FEW_FACTS) if loads else []
    if households is None:
        return Progress(0, None, "link: done", {"position": STEPS.index("profiles"), "loads": cursor["loads"]})
    left = [each for each in households if str(each) > cursor.get("after", "")]
    await touched(unit, left[:_HOUSEHOLDS_A_STEP])
    if len(left) > _HOUSEHOLDS_A_STEP:
        last = str(left[_HOUSEHOLDS_A_STEP - 1])
        return Progress(step.done, None, "profiles", {**cursor, "after": last})
    await following.followed(unit, loads)
    return Progress(step.done, step.done, "Done")


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
