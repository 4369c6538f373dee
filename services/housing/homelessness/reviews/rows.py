"""How reviews are loaded and shown."""

from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.law.clocks import days_left
from services.housing.homelessness.reviews.models import HomelessnessReview
from services.housing.homelessness.reviews.shapes import HomelessnessReviewView


async def load(
    unit: UnitOfWork, review_id: UUID, *, for_change: bool = False
) -> tuple[HomelessnessCase, HomelessnessReview]:
    """The case, locked for a change, and its review."""
    query = select(HomelessnessReview.case_id).where(HomelessnessReview.id == review_id)
    case_id = await unit.session.scalar(query)
    if case_id is None:
        raise NotFound("We know of no such review")
    case = await cases.load(unit, case_id, for_change=for_change)
    cases.on_record(unit, case)
    return case, await unit.session.get_one(HomelessnessReview, review_id)


def view(row: HomelessnessReview, restored: bool | None = None) -> HomelessnessReviewView:
    """As it is shown."""
    left = days_left(row.extended_to or row.due_on, clock.today()) if row.state == "open" else None
    own = {"days_left", "restored"}
    return HomelessnessReviewView(
        **{name: getattr(row, name) for name in HomelessnessReviewView.model_fields if name not in own},
        days_left=left,
        restored=restored,
    )
