"""Reads of recovery holds. Every one goes on record; those of people kept back do not appear."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.triage.recovery_holds import domain
from services.triage.recovery_holds.models import RecoveryHold
from services.triage.recovery_holds.rows import visible_to


class RecoveryHoldView(BaseModel):
    """A creditor asked to wait, and the answer. Nothing of needs, benefits or what else is known."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    creditor: domain.Creditor
    state: domain.State = Field(description="unanswered: nobody answered in time, and a manager sees it")
    until: date | None
    reason: str | None
    requested_by: str
    requested_at: UtcDatetime
    due_at: UtcDatetime
    answered_by: str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which holds a list shows; None does not narrow it."""

    state: domain.State | None = None
    creditor: domain.Creditor | None = None


async def hold(unit: UnitOfWork, hold_id: UUID) -> RecoveryHoldView:
    """One of them."""
    query = select(RecoveryHold).where(RecoveryHold.id == hold_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such hold")
    unit.accessed(f"recovery_hold/{row.id}", [row.person_id])
    return RecoveryHoldView.model_validate(row)


async def holds(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[RecoveryHoldView]:
    """Up to `most` after `place`, the oldest first; without a state those nobody has answered."""
    waiting = ("requested", "unanswered")
    states = waiting if filters.state is None else (filters.state,)
    query = select(RecoveryHold).where(RecoveryHold.state.in_(states), visible_to(unit.cause))
    if filters.creditor is not None:
        query = query.where(RecoveryHold.creditor == filters.creditor)
    order = (RecoveryHold.requested_at, RecoveryHold.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("recovery_holds", {row.person_id for row in rows})
    return [RecoveryHoldView.model_validate(row) for row in rows]


async def of_offer(unit: UnitOfWork, offer_id: UUID, person_ids: Collection[UUID]) -> list[RecoveryHoldView]:
    """What the creditors said, for whoever works on the offer: those asked for it, and others of the person's."""
    mine = (RecoveryHold.offer_id == offer_id) | RecoveryHold.person_id.in_(person_ids)
    rows = await unit.session.scalars(
        select(RecoveryHold)
        .where(mine, visible_to(unit.cause))
        .order_by(RecoveryHold.requested_at, RecoveryHold.creditor, RecoveryHold.id)
    )
    return [RecoveryHoldView.model_validate(row) for row in rows]


def place_of(shown: RecoveryHoldView) -> list[Any]:
    """Where a hold stands in the list."""
    return [shown.requested_at.isoformat(), str(shown.id)]
