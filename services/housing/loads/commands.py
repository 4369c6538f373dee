"""Writes of a load: take the file in one transaction, work it off in steps, announce it once."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Final

from sqlalchemy import delete, insert, select

from kit import clock
from kit.contracts.housing.register import HousingLoadState
from kit.errors import Invalid
from kit.ids import new_id
from kit.store import jobs
from kit.store.jobs import JobHandler, Progress, Step
from kit.store.tables import job
from kit.store.unit import UnitOfWork
from services.housing.loads.domain import LARGEST, Line, LoadKind, NotAFile, Taken
from services.housing.loads.models import Load, LoadRefusal, LoadRow

_A_STEP: Final = 100
"""Rows: an application takes some twenty milliseconds, and nobody should wait long for a lock of it."""

Take = Callable[[UnitOfWork, Sequence[Line]], Awaitable[Taken]]
"""How the rows of one kind become what they are: what it refuses, it leaves out."""


def job_of(kind: LoadKind) -> str:
    """The job that works off a load of this kind."""
    return f"load_{kind}"


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    """A file as it streams in, up to the largest that we take."""
    found = bytearray()
    async for chunk in chunks:
        found += chunk
        if len(found) > LARGEST:
            raise NotAFile(f"The file is larger than {LARGEST // 2**20} MiB: send it in parts")
    return bytes(found)


async def receive(unit: UnitOfWork, kind: LoadKind, lines: Sequence[Line]) -> Load:
    """Keep the rows and queue the work: all of them, or nothing."""
    if not lines:
        raise Invalid("The file holds no rows")
    # What a load that failed for good left waiting is about people, and nobody will work it off.
    failed = select(job.c.id).where(job.c.kind.in_([job_of(each) for each in LoadKind]), job.c.state == "failed")
    await unit.session.execute(delete(LoadRow).where(LoadRow.load_id.in_(failed)))
    load = Load(
        id=new_id(),
        kind=kind,
        state="waiting",
        rows=len(lines),
        created=0,
        changed=0,
        unchanged=0,
        refused=0,
        loaded_by=unit.cause.actor,
        received_at=clock.business_now(),
    )
    unit.session.add(load)
    await unit.session.flush()
    rows = [{"load_id": load.id, "line": each.number, "content": dict(each.row)} for each in lines]
    for start in range(0, len(rows), 1000):
        await unit.session.execute(insert(LoadRow), rows[start : start + 1000])
    await jobs.start(unit, job_of(kind), {}, id_=load.id)
    unit.accessed(f"load/{load.id}")
    return load


def working_off(take: Take) -> JobHandler:
    """The job of a kind: its next rows are taken, or refused by line, field and rule."""

    async def step(unit: UnitOfWork, step: Step) -> Progress:
        load = (await unit.session.scalars(select(Load).where(Load.id == step.job_id).with_for_update())).one()
        query = select(LoadRow.line, LoadRow.content).where(LoadRow.load_id == load.id)
        found = (await unit.session.execute(query.order_by(LoadRow.line).limit(_A_STEP))).all()
        if not found:
            return _finished(unit, load)
        taken = await take(unit, [Line(row.line, row.content) for row in found])
        refusals = [
            {
                "load_id": load.id,
                "line": line,
                "number": number,
                "field": each.pointer,
                "rule": each.rule,
                "detail": each.detail,
            }
            for line, errors in taken.refusals.items()
            for number, each in enumerate(errors, 1)
        ]
        if refusals:
            await unit.session.execute(insert(LoadRefusal), refusals)
        load.created, load.changed = load.created + taken.created, load.changed + taken.changed
        load.unchanged, load.refused = load.unchanged + taken.unchanged, load.refused + len(taken.refusals)
        reached = found[-1].line
        await unit.session.execute(delete(LoadRow).where(LoadRow.load_id == load.id, LoadRow.line <= reached))
        unit.accessed(f"load/{load.id}", taken.people)
        done = step.done + len(found)
        return Progress(done, load.rows, f"{done:,} of {load.rows:,} rows", cursor=reached, result=_counts(load))

    return step


def _finished(unit: UnitOfWork, load: Load) -> Progress:
    load.state, load.finished_at = "done", clock.business_now()
    state = HousingLoadState(
        load_id=load.id, kind=load.kind, rows=load.rows, **_counts(load), finished_at=load.finished_at
    )
    unit.emit("housing.load.completed", state, aggregate_id=load.id, sequence=1)
    return Progress(load.rows, load.rows, "Done", result=_counts(load))


def _counts(load: Load) -> dict[str, int]:
    return {"created": load.created, "changed": load.changed, "unchanged": load.unchanged, "refused": load.refused}
