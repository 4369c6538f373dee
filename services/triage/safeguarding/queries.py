"""Reads of safeguarding concerns, for the team and those who supervise it. Every one goes on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.contracts.codes import ConcernStatus
from kit.store.unit import UnitOfWork
from services.triage.safeguarding import domain
from services.triage.safeguarding.models import Concern
from services.triage.safeguarding.rows import load, visible_to
from services.triage.safeguarding.shapes import ConcernSummary, ConcernView


async def concern(unit: UnitOfWork, concern_id: UUID) -> ConcernView:
    """One concern, whole, put on record as read."""
    row = await load(unit, concern_id)
    unit.accessed(f"safeguarding_concern/{row.id}", row.person_ids)
    return ConcernView.of(row)


async def concerns(
    unit: UnitOfWork, state: ConcernStatus | None, place: Sequence[Any] | None, most: int
) -> Sequence[ConcernSummary]:
    """Up to `most` concerns after `place`: red first, then by what is due soonest. Without `state`: the open ones."""
    # Written so that it fits the partial index.
    which = Concern.state != ConcernStatus.ACKNOWLEDGED if state is None else Concern.state == state
    order = (Concern.rank, Concern.due_at, Concern.id)
    query = select(Concern).where(which, visible_to(unit.cause))
    if place is not None:
        rank, due_at, id_ = place
        query = query.where(tuple_(*order) > (rank, datetime.fromisoformat(due_at), UUID(id_)))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("safeguarding_concerns", {person for row in rows for person in row.person_ids})
    return [ConcernSummary.model_validate(row) for row in rows]


def place_of(shown: ConcernSummary) -> list[Any]:
    """Where a concern stands in the list."""
    return [domain.rank(shown.level), shown.due_at.isoformat(), str(shown.id)]
