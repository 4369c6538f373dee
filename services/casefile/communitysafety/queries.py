"""Reads of community safety; each goes on record."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.communitysafety.domain import ReviewState
from services.casefile.communitysafety.models import AsbReview, SafetyCase
from services.casefile.communitysafety.rows import load, visible_to
from services.casefile.communitysafety.shapes import AsbReviewView, SafetyCaseView
from services.casefile.people.aliases import all_ids


async def view(unit: UnitOfWork, case_id: UUID) -> SafetyCaseView:
    """One of them."""
    row = await load(unit, case_id)
    unit.accessed(f"safety_case/{row.id}", [row.person_id])
    return SafetyCaseView.of(row)


async def listed(
    unit: UnitOfWork, person_id: UUID | None, state: str | None, after: Sequence[Any] | None, limit: int
) -> list[SafetyCaseView]:
    """Those the caller may see, the newest first."""
    query = select(SafetyCase).where(await visible_to(unit))
    if person_id is not None:
        query = query.where(SafetyCase.person_id.in_(await all_ids(unit.session, [person_id])))
    if state is not None:
        query = query.where(SafetyCase.state == state)
    place = tuple_(SafetyCase.opened_at, SafetyCase.id)
    if after is not None:
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(SafetyCase.opened_at.desc(), SafetyCase.id.desc()).limit(limit)
    rows = (await unit.session.scalars(ordered)).all()
    unit.accessed("safety_cases", {row.person_id for row in rows})
    return [SafetyCaseView.of(row) for row in rows]


def place_of(shown: SafetyCaseView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.opened_at.isoformat(), str(shown.id)]


async def review(unit: UnitOfWork, review_id: UUID) -> AsbReviewView:
    """One case review."""
    query = select(AsbReview, SafetyCase.person_id).join(SafetyCase, SafetyCase.id == AsbReview.safety_case_id)
    found = (await unit.session.execute(query.where(AsbReview.id == review_id, await visible_to(unit)))).one_or_none()
    if found is None:
        raise NotFound("We know of no such case review")
    unit.accessed(f"asb_review/{review_id}", [found[1]])
    return AsbReviewView.of(found[0])


async def reviews(
    unit: UnitOfWork, case_id: UUID | None, waiting: bool, after: Sequence[Any] | None, limit: int
) -> list[AsbReviewView]:
    """Case reviews the caller may see, the first due first."""
    query = select(AsbReview, SafetyCase.person_id).join(SafetyCase, SafetyCase.id == AsbReview.safety_case_id)
    query = query.where(await visible_to(unit))
    if case_id is not None:
        query = query.where(AsbReview.safety_case_id == case_id)
    if waiting:
        query = query.where(AsbReview.state.in_([ReviewState.ASKED, ReviewState.THRESHOLD_MET]))
    place = tuple_(AsbReview.due_on, AsbReview.id)
    if after is not None:
        query = query.where(place > tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    rows = (await unit.session.execute(query.order_by(AsbReview.due_on, AsbReview.id).limit(limit))).all()
    unit.accessed("asb_reviews", {person_id for _, person_id in rows})
    return [AsbReviewView.of(row) for row, _ in rows]


def place_of_review(shown: AsbReviewView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.due_on.isoformat(), str(shown.id)]
