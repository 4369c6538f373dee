"""Reads of applications. Every one goes on record; those of people kept back do not appear."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.triage.applications.domain import How, TonightQuestion
from services.triage.applications.models import HomelessnessApplication
from services.triage.contacts.domain import PrioritySign, Tonight
from services.triage.known.knowing import shown


class ApplicationView(BaseModel):
    """An application as homeless: codes and dates, as housing hears them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    contact_id: UUID
    person_id: UUID | None
    household_id: UUID | None
    made_on: date = Field(description="The day they came: every clock counts from it")
    how: How
    where_tonight: Tonight
    tonight: TonightQuestion = Field(
        description="house_tonight: a roof is owed on reason to believe (Housing Act 1996 s188)"
    )
    priority_signs: list[PrioritySign]
    opened_by: str
    opened_at: UtcDatetime


def _visible(unit: UnitOfWork) -> Any:
    row = HomelessnessApplication
    return shown(unit.cause, row.person_id.expression, row.blind_by.expression, row.household_id.expression)


async def of_contact(unit: UnitOfWork, contact_id: UUID) -> ApplicationView:
    """The contact's application; `NotFound` when it made none, or may not be shown."""
    query = select(HomelessnessApplication).where(HomelessnessApplication.contact_id == contact_id, _visible(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such application")
    unit.accessed(f"homelessness_application/{row.id}", [row.person_id] if row.person_id else [])
    return ApplicationView.model_validate(row)


async def applications(
    unit: UnitOfWork, made_on: date | None, tonight: TonightQuestion | None, place: Sequence[Any] | None, most: int
) -> Sequence[ApplicationView]:
    """Up to `most` after `place`, the latest first."""
    query = select(HomelessnessApplication).where(_visible(unit))
    if made_on is not None:
        query = query.where(HomelessnessApplication.made_on == made_on)
    if tonight is not None:
        query = query.where(HomelessnessApplication.tonight == tonight)
    order = (HomelessnessApplication.made_on, HomelessnessApplication.id)
    if place is not None:
        query = query.where(tuple_(*order) < (date.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*(each.desc() for each in order)).limit(most))).all()
    unit.accessed("homelessness_applications", {row.person_id for row in rows if row.person_id})
    return [ApplicationView.model_validate(row) for row in rows]


def place_of(shown: ApplicationView) -> list[Any]:
    """Where an application stands in the list."""
    return [shown.made_on.isoformat(), str(shown.id)]
