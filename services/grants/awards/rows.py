"""Who may see which award, and how one is loaded."""

from uuid import UUID

from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.applications.models import GrantApplication
from services.grants.applications.rows import visible_to
from services.grants.awards.models import Award


async def load(unit: UnitOfWork, award_id: UUID, *, for_change: bool = False) -> Award:
    """The award; `NotFound` also for one whose application this caller may not see."""
    seen = select(GrantApplication.id).where(visible_to(unit.cause))
    query = select(Award).where(Award.id == award_id, Award.application_id.in_(seen))
    row = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such award")
    return row
