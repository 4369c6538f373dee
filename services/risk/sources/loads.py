"""A load to its end: the job that looks after the child's work, what is held for a person, and what follows."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from kit import clock
from kit.contracts.risk import LoadState
from kit.errors import Conflict, DomainError, NotFound
from kit.store import jobs
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from services.risk import pipeline
from services.risk.signals import commands as signals
from services.risk.sources import retention, spool, standing
from services.risk.sources.models import Load
from services.risk.sources.shapes import Confirmation
from services.risk.working import Ended, look_after

JOB: Final = "load"


async def work_off(unit: UnitOfWork, step: Step) -> Progress:
    """One step of a load's job: a child does the work; at its end the load is told and what follows is asked for."""
    load = await unit.session.get_one(Load, UUID(step.parameters["load_id"]))
    if load.state == "queued":
        stopped = (await standing.product(unit.session, load.source)).stopped(clock.today())
        if stopped is not None:
            return await _failed(unit, load, stopped)
        load.state = "running"
        return Progress(0, None, "beginning", {"at": 0})
    try:
        outcome = await look_after(step, JOB, {"load_id": str(load.id)})
    except DomainError as refusal:
        return await _failed(unit, load, refusal.detail)
    if not isinstance(outcome, Ended):
        return outcome
    if "held" in outcome.result:
        return await _held(unit, load, str(outcome.result["held"]))
    return await _finished(unit, load, outcome.result)


async def _held(unit: UnitOfWork, load: Load, why: str) -> Progress:
    """Nothing of the file is loaded; it stays in the spool until a named person says whether it is right."""
    await unit.session.refresh(load)
    load.state, load.problem = "held", why
    return Progress(0, load.rows, why, result={"held": why})


async def confirm(unit: UnitOfWork, load_id: UUID, said: Confirmation) -> Load:
    """A named person lets a held file go on, or not. Raises `NotFound`, or `Conflict` for one that is not held."""
    load = await unit.session.get(Load, load_id, with_for_update=True)
    if load is None:
        raise NotFound("There is no such load")
    if load.state != "held":
        raise Conflict("This load does not wait for anybody")
    load.confirmed_by, load.confirmation = unit.cause.actor, said.reason
    if not said.go_on:
        load.state, load.problem, load.finished_at = "failed", f"Refused: {said.reason}", clock.now()
        spool.clear(load.id)
    elif not spool.length(load.id):
        raise Conflict("The file is no longer here: it waited longer than a week. Send it again")
    else:
        (await standing.product(unit.session, load.source)).must_run(clock.today())
        load.state, load.problem = "queued", None
        await jobs.start(unit, JOB, {"load_id": str(load.id)})
    unit.accessed(f"load/{load.id}", action="risk.load.confirm")
    await unit.session.flush()
    return load


async def _finished(unit: UnitOfWork, load: Load, counts: Mapping[str, Any]) -> Progress:
    await unit.session.refresh(load)
    load.state, load.finished_at = "succeeded", clock.now()
    state = LoadState(
        load_id=load.id,
        source=load.source,
        rows=load.rows or 0,
        rows_new=load.rows_new,
        rows_known=load.rows_known,
        rows_quarantined=load.rows_quarantined,
        withdrawn=load.withdrawn or 0,
        covers_to=load.covers_to,
        finished_at=load.finished_at,
    )
    unit.emit("risk.source.loaded", state, aggregate_id=load.id, sequence=1)
    # The child has no unit of its own: what it wrote into the vault goes on record here.
    unit.accessed(f"load/{load.id}", action="risk.vault.load_records")
    # Whose records are placed already is offered help now; the others when they are linked.
    await signals.look(unit, load_id=load.id)
    await pipeline.wanted(unit)
    await retention.set_up(unit)
    spool.clear(load.id)
    spool.sweep()
    return Progress(load.rows or 0, load.rows, "Done", result=dict(counts))


async def _failed(unit: UnitOfWork, load: Load, reason: str) -> Progress:
    """The load ends here; what it brought stands. The job ends well, with the load's problem in its result."""
    await unit.session.refresh(load)
    load.state, load.problem, load.finished_at = "failed", reason, clock.now()
    if load.rows_done:
        await pipeline.wanted(unit)
    spool.clear(load.id)
    return Progress(load.rows_done, load.rows, reason, result={"problem": reason})
