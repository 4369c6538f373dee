"""Reads of safeguarding concerns, for the team and those who supervise it. Every one goes on record."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, tuple_

from kit import clock
from kit.contracts.codes import ConcernStatus
from kit.store.tables import outbox
from kit.store.unit import UnitOfWork
from services.triage.safeguarding import domain
from services.triage.safeguarding.models import Concern
from services.triage.safeguarding.rows import conceals, load_own, on_record, seen, visible_to
from services.triage.safeguarding.shapes import ConcernSummary, ConcernView

_LATE = timedelta(seconds=60)


async def concern(unit: UnitOfWork, concern_id: UUID) -> ConcernView:
    """One concern, whole, put on record as read."""
    row, concealed = await seen(unit, concern_id)
    unit.accessed(*on_record(row))
    return ConcernView.of(row, reader=unit.cause.actor if concealed else None)


async def own(unit: UnitOfWork, concern_id: UUID) -> Concern:
    """The caller's own, to see whether somebody has it."""
    row = await load_own(unit, concern_id)
    unit.accessed(*on_record(row))
    return row


async def alarm_may_be_late(unit: UnitOfWork) -> bool:
    """Whether what happens here has not left for a minute: then whoever raises a concern phones as well."""
    stuck = exists().where(outbox.c.published_at.is_(None), outbox.c.created_at < clock.now() - _LATE)
    return bool(await unit.session.scalar(select(stuck)))


async def concerns(
    unit: UnitOfWork, state: ConcernStatus | None, place: Sequence[Any] | None, most: int
) -> Sequence[ConcernSummary]:
    """Up to `most` concerns after `place`: red first, then by what is due soonest. Without `state`: the open ones."""
    # Written so that it fits the partial index.
    which = Concern.state != ConcernStatus.ACKNOWLEDGED if state is None else Concern.state == state
    order = (Concern.rank, Concern.due_at, Concern.id)
    query = select(Concern, conceals(unit.cause)).where(which, visible_to(unit.cause))
    if place is not None:
        rank, due_at, id_ = place
        query = query.where(tuple_(*order) > (rank, datetime.fromisoformat(due_at), UUID(id_)))
    rows = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    people = {person for row, _ in rows if not row.about_staff for person in row.person_ids}
    unit.accessed("safeguarding_concerns", people)
    return [ConcernSummary.of(row, reader=unit.cause.actor if concealed else None) for row, concealed in rows]


def place_of(shown: ConcernSummary) -> list[Any]:
    """Where a concern stands in the list."""
    return [domain.rank(shown.level), shown.due_at.isoformat(), str(shown.id)]
