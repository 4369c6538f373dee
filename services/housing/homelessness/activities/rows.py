"""How activities are loaded."""

from uuid import UUID

from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homelessness.activities.models import HomelessnessActivity
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase


async def load(unit: UnitOfWork, case_id: UUID, activity_id: UUID) -> tuple[HomelessnessCase, HomelessnessActivity]:
    """The case, locked, and one thing done for it."""
    case = await cases.load(unit, case_id, for_change=True)
    query = select(HomelessnessActivity).where(
        HomelessnessActivity.id == activity_id, HomelessnessActivity.case_id == case.id
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("This case has no such activity")
    return case, row
