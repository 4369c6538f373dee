"""Reads of activities; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.store.unit import UnitOfWork
from services.housing.homelessness.activities.models import HomelessnessActivity
from services.housing.homelessness.activities.shapes import HomelessnessActivityView
from services.housing.homelessness.cases import rows as cases


async def of_case(
    unit: UnitOfWork, case_id: UUID, place: Sequence[Any] | None, most: int
) -> list[HomelessnessActivityView]:
    """What was done for a case, the oldest first."""
    case = await cases.load(unit, case_id)
    cases.on_record(unit, case)
    query = select(HomelessnessActivity).where(HomelessnessActivity.case_id == case_id)
    order = (HomelessnessActivity.started_on, HomelessnessActivity.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    return [
        HomelessnessActivityView.model_validate(each)
        for each in await unit.session.scalars(query.order_by(*order).limit(most))
    ]


def place_of(shown: HomelessnessActivityView) -> list[Any]:
    """Where an activity stands in the list."""
    return [shown.started_on.isoformat(), str(shown.id)]
