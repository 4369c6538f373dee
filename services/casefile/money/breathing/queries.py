"""Reads of Breathing Spaces; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.breathing import domain
from services.casefile.money.breathing.models import BreathingSpace
from services.casefile.money.breathing.rows import visible_to
from services.casefile.people.aliases import all_ids


class CreditorReviewView(BaseModel):
    """A creditor asked for it to be looked at again."""

    debt_id: UUID
    ground: domain.Ground
    asked_on: date
    decision: domain.Decision | None
    decided_on: date | None


class BreathingSpaceView(BaseModel):
    """One Breathing Space, as those who advise on debt see it."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    kind: domain.Kind
    state: str = Field(description="active, ended or cancelled")
    entered_on: date
    starts_on: date = Field(description="The day after its entry")
    ends_on: date | None = Field(description="Its last day; null while the treatment lasts")
    ended_on: date | None
    review_from: date | None = Field(description="First day of its midway review")
    review_to: date | None
    treatment_ended_on: date | None
    certified_by: str
    certified_as: str
    reference: str | None
    cancel_reason: str | None
    debt_ids: list[UUID] = Field(description="The debts it covers: their creditors wait")
    reviewed_on: date | None
    review_due: bool = Field(description="The days of its midway review are here, and nobody did it yet")
    review_outcome: str | None
    creditor_reviews: list[CreditorReviewView]
    creditor_until: date = Field(description="The last day on which a creditor may ask for a review")
    decide_by: date = Field(description="By when a creditor is answered")

    @classmethod
    def of(cls, row: BreathingSpace) -> Self:
        days = domain.days_of(row.kind, row.entered_on, row.treatment_ended_on)
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        due = days.review_from is not None and days.review_from <= clock.today() and row.reviewed_on is None
        return cls(
            **kept,
            review_from=days.review_from,
            review_to=days.review_to,
            review_due=due and row.state == "active",
            creditor_until=domain.creditor_until(row.entered_on),
            decide_by=domain.decide_by(row.entered_on),
        )


async def view(unit: UnitOfWork, space_id: UUID) -> BreathingSpaceView:
    """One of them."""
    query = select(BreathingSpace).where(BreathingSpace.id == space_id, await visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such Breathing Space")
    unit.accessed(f"breathing_space/{row.id}", [row.person_id])
    return BreathingSpaceView.of(row)


async def of_person(
    unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int
) -> list[BreathingSpaceView]:
    """A person's, under whichever of their ids, the newest first; none for someone who may not be shown."""
    whole = await all_ids(unit.session, [person_id])
    query = select(BreathingSpace).where(BreathingSpace.person_id.in_(whole), await visible_to(unit))
    place = tuple_(BreathingSpace.entered_on, BreathingSpace.id)
    if after is not None:
        query = query.where(place < tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(BreathingSpace.entered_on.desc(), BreathingSpace.id.desc())
    rows = (await unit.session.scalars(ordered.limit(limit))).all()
    unit.accessed("breathing_spaces", [person_id])
    return [BreathingSpaceView.of(row) for row in rows]


def place_of(shown: BreathingSpaceView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.entered_on.isoformat(), str(shown.id)]
