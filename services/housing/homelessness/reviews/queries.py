"""Reads of reviews; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.reviews import rows
from services.housing.homelessness.reviews.models import HomelessnessReview
from services.housing.homelessness.reviews.shapes import HomelessnessReviewView


async def review(unit: UnitOfWork, review_id: UUID) -> HomelessnessReviewView:
    """One of them."""
    _, row = await rows.load(unit, review_id)
    return rows.view(row)


async def listed(
    unit: UnitOfWork, case_id: UUID | None, state: str | None, place: Sequence[Any] | None, most: int
) -> list[HomelessnessReviewView]:
    """Up to `most` after `place`, those due first."""
    query = (
        select(HomelessnessReview, HomelessnessCase)
        .join(HomelessnessCase, HomelessnessCase.id == HomelessnessReview.case_id)
        .where(cases.visible_to(unit.cause))
    )
    if case_id is not None:
        query = query.where(HomelessnessReview.case_id == case_id)
    if state is not None:
        query = query.where(HomelessnessReview.state == state)
    order = (HomelessnessReview.due_on, HomelessnessReview.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("homelessness_reviews", {each for _, case in found for each in cases.people_of(case)})
    return [rows.view(row) for row, _ in found]


def place_of(shown: HomelessnessReviewView) -> list[Any]:
    """Where a review stands in the list."""
    return [shown.due_on.isoformat(), str(shown.id)]
