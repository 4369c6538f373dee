"""Writes of an import: take the file in one transaction, work it off in steps, announce it once."""

import json
from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import delete, select

from kit import clock
from kit.contracts.casefile.registers import ImportState
from kit.errors import Invalid
from kit.ids import new_id
from kit.store import jobs
from kit.store.jobs import Progress, Step
from kit.store.tables import job
from kit.store.unit import UnitOfWork
from services.casefile.imports.copying import copying
from services.casefile.imports.loading import Counts, load
from services.casefile.imports.models import ImportRefusal, ImportRow
from services.casefile.imports.reading import rows_of

JOB = "import"
_ROWS_A_STEP = 2000
_REFUSALS_SHOWN = 100


async def receive(unit: UnitOfWork, chunks: AsyncIterator[bytes], *, as_csv: bool) -> UUID:
    """Store the rows as they stream in and queue the work; all of it, or nothing. Returns the job's id."""
    import_id = new_id()
    await unit.take_time(None)
    # What an import that failed for good left waiting is about people, and nobody will work it off.
    failed = select(job.c.id).where(job.c.kind == JOB, job.c.state == "failed")
    await unit.session.execute(delete(ImportRow).where(ImportRow.import_id.in_(failed)))
    count = 0
    async with copying(unit, ImportRow.__tablename__, ("import_id", "line", "content")) as copy:
        async for line, row in rows_of(chunks, as_csv=as_csv):
            count += 1
            await copy.write_row((import_id, line, json.dumps(row)))
    if count == 0:
        raise Invalid("The file holds no rows")
    parameters = {"import_id": str(import_id), "rows": count, "started_at": clock.now().isoformat()}
    await jobs.start(unit, JOB, parameters, id_=import_id)
    unit.accessed(f"import/{import_id}")
    return import_id


async def work_off(unit: UnitOfWork, step: Step) -> Progress:
    """One step: the next rows become people and households, or are refused by line, field and rule."""
    import_id, total = step.job_id, int(step.parameters["rows"])
    await unit.take_time(120)
    rows = (
        await unit.session.execute(
            select(ImportRow.line, ImportRow.content)
            .where(ImportRow.import_id == import_id, ImportRow.line > (step.cursor or 0))
            .order_by(ImportRow.line)
            .limit(_ROWS_A_STEP)
        )
    ).all()
    counts = Counts.of(step.result)
    if not rows:
        return await _finished(unit, step, counts, total)
    await load(unit, import_id, ((row.line, row.content) for row in rows), counts)
    reached = rows[-1].line
    await unit.session.execute(delete(ImportRow).where(ImportRow.import_id == import_id, ImportRow.line <= reached))
    done = step.done + len(rows)
    return Progress(done, total, f"{done:,} of {total:,} rows", cursor=reached, result=counts.as_json())


async def _finished(unit: UnitOfWork, step: Step, counts: Counts, total: int) -> Progress:
    state = ImportState(
        import_id=step.job_id,
        rows=total,
        **counts.as_json(),
        started_at=step.parameters["started_at"],
        finished_at=clock.now(),
    )
    unit.emit("casefile.import.completed", state, aggregate_id=step.job_id, sequence=1)
    refusals = await unit.session.execute(
        select(ImportRefusal.line, ImportRefusal.field, ImportRefusal.rule, ImportRefusal.detail)
        .where(ImportRefusal.import_id == step.job_id)
        .order_by(ImportRefusal.line)
        .limit(_REFUSALS_SHOWN)
    )
    result = {**counts.as_json(), "refusals": [row._asdict() for row in refusals]}
    return Progress(total, total, "Done", result=result)
