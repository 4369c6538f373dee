"""Reads of capacity questions. They are about nobody, so no person's record is touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from kit import clock
from kit.contracts.codes import CapacityAnswer, NeedDomain, Urgency
from kit.contracts.envelope import UtcDatetime
from kit.store.unit import UnitOfWork
from services.triage.capacity.domain import FRESH_DAYS, State
from services.triage.capacity.models import CapacityQuestion
from services.triage.capacity.rows import load, visible_to


class CapacityView(BaseModel):
    """A question about nobody, and its answer."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    organisation_id: UUID
    service_id: UUID | None
    domain: NeedDomain
    urgency: Urgency
    language: str | None
    ward: str | None
    state: State
    answer: CapacityAnswer | None
    places: int | None
    wait_days: int | None
    asked_by: str
    asked_at: UtcDatetime
    answer_by: UtcDatetime
    answered_by: str | None
    answered_at: UtcDatetime | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which questions a list shows; None does not narrow it."""

    state: State | None = None
    organisation_id: UUID | None = None


async def question(unit: UnitOfWork, question_id: UUID) -> CapacityView:
    """One of them."""
    return CapacityView.model_validate(await load(unit, question_id))


async def listed(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> Sequence[CapacityView]:
    """Up to `most` after `place`, the latest first."""
    query = select(CapacityQuestion).where(visible_to(unit.cause))
    if filters.state is not None:
        query = query.where(CapacityQuestion.state == filters.state)
    if filters.organisation_id is not None:
        query = query.where(CapacityQuestion.organisation_id == filters.organisation_id)
    order = (CapacityQuestion.asked_at, CapacityQuestion.id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = await unit.session.scalars(query.order_by(*(each.desc() for each in order)).limit(most))
    return [CapacityView.model_validate(each) for each in rows]


def place_of(shown: CapacityView) -> list[Any]:
    """Where a question stands in the list."""
    return [shown.asked_at.isoformat(), str(shown.id)]


async def with_room(unit: UnitOfWork, domain: NeedDomain) -> Sequence[CapacityQuestion]:
    """Each partner's newest answer for this kind of need, if it is fresh and not a no; those with room first."""
    fresh = clock.business_now() - timedelta(days=FRESH_DAYS)
    query = (
        select(CapacityQuestion)
        .where(
            CapacityQuestion.domain == domain,
            CapacityQuestion.state == "answered",
            CapacityQuestion.answered_at >= fresh,
        )
        .order_by(CapacityQuestion.organisation_id, CapacityQuestion.answered_at.desc())
        .ext(distinct_on(CapacityQuestion.organisation_id))
    )
    newest = [each for each in await unit.session.scalars(query) if each.answer != CapacityAnswer.NO]
    return sorted(newest, key=lambda each: (each.answer != CapacityAnswer.YES, each.wait_days or 0, each.id))
