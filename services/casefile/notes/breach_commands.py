"""Writes of breaches: decided within 72 hours, closed when everything decided is done; overdue by itself."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.notes import breach_domain, breach_queries
from services.casefile.notes.breach_domain import Closing, Decision, State
from services.casefile.notes.breach_queries import BreachView
from services.casefile.notes.models import DataBreach
from services.casefile.notes.moving import UNDECIDED


async def decide(unit: UnitOfWork, breach_id: UUID, expected: int, decision: Decision) -> DataBreach:
    """What the risk is and what follows; a later decision stands beside the earlier ones."""
    row = await _load(unit, breach_id, expected)
    now = clock.business_now()
    breach_domain.check_decision(State(row.state), decision, row.decide_by, now)
    row.state, row.risk, row.report, row.tell = State.DECIDED, decision.risk, decision.report, decision.tell
    made = {**asdict(decision), "by": unit.cause.actor, "at": now.isoformat()}
    row.decisions = [*row.decisions, made]
    await timers.cancel(unit, UNDECIDED, row.id)
    return await _changed(unit, row)


async def close(
    unit: UnitOfWork,
    breach_id: UUID,
    expected: int,
    measures: str,
    reported_on: date | None = None,
    reference: str | None = None,
    told_on: date | None = None,
) -> DataBreach:
    """Everything decided is done, and what was learnt is written down."""
    row = await _load(unit, breach_id, expected)
    closing = Closing(reported_on is not None, told_on is not None)
    breach_domain.check_closing(State(row.state), bool(row.report), bool(row.tell), closing)
    row.state, row.measures = State.CLOSED, measures
    row.reported_on, row.reference, row.told_on = reported_on, reference, told_on
    row.closed_by, row.closed_at = unit.cause.actor, clock.business_now()
    return await _changed(unit, row)


async def undecided(unit: UnitOfWork, breach_id: UUID) -> None:
    """Its 72 hours are over and nobody has decided: that shows, and stays on the record."""
    row = (await unit.session.scalars(select(DataBreach).where(DataBreach.id == breach_id).with_for_update())).one()
    if row.state == State.OPEN:
        row.overdue_at, row.version = clock.business_now(), row.version + 1


async def _load(unit: UnitOfWork, breach_id: UUID, expected: int) -> DataBreach:
    row = await breach_queries.load(unit, breach_id, for_change=True)
    check_version(row.version, expected, BreachView.of(row).model_dump(mode="json"))
    return row


async def _changed(unit: UnitOfWork, row: DataBreach) -> DataBreach:
    row.version += 1
    await unit.session.flush()
    await breach_queries.put_on_record(unit, [row])
    return row
