"""Loading a feed: received whole, taken in by the worker service by service; what breaks a rule is put aside."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kit import clock
from kit.errors import Conflict, FieldError, Invalid, NotFound, invalid
from kit.ids import new_id
from kit.store import jobs
from kit.store.jobs import Progress, Step
from kit.store.unit import UnitOfWork
from services.triage.directory import commands, hsds
from services.triage.directory.models import Feed, Quarantined, Received

JOB = "directory_load"
MOST_RECORDS = 20_000
_A_STEP = 50
_LONGEST_ID = 200


def records_of(body: Any) -> list[Any]:
    """The services in what was sent: a page of the standard's envelope, several pages, or a plain list."""
    if isinstance(body, Mapping):
        body = body.get("contents")
    if isinstance(body, list) and body and all(isinstance(each, Mapping) and "contents" in each for each in body):
        body = [record for page in body if isinstance(page["contents"], list) for record in page["contents"]]
    if not isinstance(body, list):
        raise invalid("/contents", "Send pages of services as Open Referral UK gives them", "list-of-services")
    if not body:
        raise invalid("/contents", "The feed holds no services: an empty feed would end them all", "not-empty")
    if len(body) > MOST_RECORDS:
        raise invalid("/contents", f"More than {MOST_RECORDS:,} services at once", "not-too-many")
    return body


async def receive(unit: UnitOfWork, feed_id: UUID, body: Any, *, whole: bool) -> UUID:
    """Keep what was sent and queue the work; the job's id. `whole`: entries it does not name have ended."""
    feed = await unit.session.get(Feed, feed_id)
    if feed is None:
        raise NotFound("We know of no such feed")
    if not feed.active:
        raise Conflict("This feed is switched off", allowed_from_here=["put the feed with active true"])
    records = records_of(body)
    load_id = new_id()
    rows = [{"job_id": load_id, "number": number, "record": record} for number, record in enumerate(records)]
    for start in range(0, len(rows), 1000):
        await unit.session.execute(insert(Received), rows[start : start + 1000])
    await jobs.start(unit, JOB, {"feed_id": str(feed_id), "whole": whole, "records": len(records)}, id_=load_id)
    return load_id


async def take_in(unit: UnitOfWork, step: Step) -> Progress:
    """One step: the next records become entries, stay as they were, or go to quarantine."""
    feed_id, total = UUID(step.parameters["feed_id"]), int(step.parameters["records"])
    query = select(Received).where(Received.job_id == step.job_id, Received.number >= (step.cursor or 0))
    rows = (await unit.session.scalars(query.order_by(Received.number).limit(_A_STEP))).all()
    counts = {name: int(step.result.get(name, 0)) for name in ("changed", "same", "quarantined")}
    if not rows:
        return await _ended(unit, step, feed_id, counts, total)
    for row in rows:
        counts[await _one(unit, feed_id, step.job_id, row)] += 1
    reached = rows[-1].number + 1
    await unit.session.execute(delete(Received).where(Received.job_id == step.job_id, Received.number < reached))
    return Progress(reached, total, f"{reached:,} of {total:,} services", cursor=reached, result=counts)


async def _ended(unit: UnitOfWork, step: Step, feed_id: UUID, counts: dict[str, int], total: int) -> Progress:
    ended, held = 0, False
    # Part of a feed says nothing about what it does not name.
    if step.parameters["whole"]:
        ended, held = await commands.end_unseen(unit, feed_id, step.job_id)
    result = {**counts, "ended": 0 if held else ended, "held": ended if held else 0}
    await commands.loaded(unit, feed_id, result)
    told = f"Done. {ended} services are missing: too many at once, so none was ended" if held else "Done"
    return Progress(total, total, told, result=result)


async def _one(unit: UnitOfWork, feed_id: UUID, load_id: UUID, row: Received) -> str:
    record_id = _record_id(row)
    try:
        entry = _read(row.record)
        changed = await commands.take_in(unit, feed_id, load_id, entry)
    except Invalid as error:
        await _put_aside(unit, feed_id, record_id, commands.as_errors(error), row.record)
        return "quarantined"
    settled = update(Quarantined).where(Quarantined.feed_id == feed_id, Quarantined.record_id == record_id)
    await unit.session.execute(settled.values(settled_at=clock.business_now()))
    return "changed" if changed else "same"


def _record_id(row: Received) -> str:
    named = row.record.get("id") if isinstance(row.record, Mapping) else None
    return str(named)[:_LONGEST_ID] if named else f"#{row.number + 1}"


def _read(record: Any) -> hsds.Service:
    try:
        return hsds.Service.model_validate(_without_nulls(record))
    except ValidationError as error:
        told = [
            FieldError("".join(f"/{part}" for part in each["loc"]), each["msg"], each["type"])
            for each in error.errors(include_url=False, include_context=False, include_input=False)[:20]
        ]
        raise Invalid("This is not a service as Open Referral UK describes one", *told) from None


def _without_nulls(value: Any) -> Any:
    """Feeds write null, and empty text, for what they do not say."""
    if isinstance(value, Mapping):
        kept = {name: _without_nulls(each) for name, each in value.items()}
        return {name: each for name, each in kept.items() if each is not None and each != ""}
    if isinstance(value, list):
        return [_without_nulls(each) for each in value if each is not None]
    return value


async def _put_aside(
    unit: UnitOfWork, feed_id: UUID, record_id: str, faults: list[dict[str, str]], record: Any
) -> None:
    now = clock.business_now()
    values = {"feed_id": feed_id, "record_id": record_id, "faults": faults, "record": record}
    made = upsert(Quarantined).values(id=new_id(), first_seen_at=now, last_seen_at=now, settled_at=None, **values)
    again = {"faults": faults, "record": record, "last_seen_at": now, "settled_at": None}
    await unit.session.execute(made.on_conflict_do_update(index_elements=["feed_id", "record_id"], set_=again))
