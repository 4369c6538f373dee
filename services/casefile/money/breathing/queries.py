"""Reads of Breathing Spaces; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.breathing import domain
from services.casefile.money.breathing.models import BreathingSpace
from services.casefile.people.aliases import all_ids
from services.casefile.people.visibility import shown_of


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

    @classmethod
    def of(cls, row: BreathingSpace) -> Self:
        days = domain.days_of(row.kind, row.entered_on, row.treatment_ended_on)
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**kept, review_from=days.review_from, review_to=days.review_to)


async def view(unit: UnitOfWork, space_id: UUID) -> BreathingSpaceView:
    """One of them."""
    row = await unit.session.get(BreathingSpace, space_id)
    if row is None or not await shown_of(unit, [row.person_id]):
        raise NotFound("We know of no such Breathing Space")
    unit.accessed(f"breathing_space/{row.id}", [row.person_id])
    return BreathingSpaceView.of(row)


async def of_person(
    unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int
) -> list[BreathingSpaceView]:
    """A person's, under whichever of their ids, the newest first; none for someone who may not be shown."""
    shown = await shown_of(unit, await all_ids(unit.session, [person_id]))
    query = select(BreathingSpace).where(BreathingSpace.person_id.in_(shown))
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
