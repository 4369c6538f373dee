"""Which medical assessments a caller may reach, and how one is loaded."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homes.domain import Access
from services.housing.medical.models import MedicalAssessment
from services.housing.register import rows as applications
from services.housing.register import strangers
from services.housing.register.models import Application


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule: neither the person nor anybody of the application is kept back from the caller."""
    open_ = exists(
        select(Application.id).where(Application.id == MedicalAssessment.application_id, strangers.visible_to(cause))
    )
    kept_back = access.kept_back(cause, MedicalAssessment.person_id.expression)
    return open_ & or_(~kept_back, strangers.taken_by(cause, MedicalAssessment.application_id.expression))


async def load(unit: UnitOfWork, assessment_id: UUID, expected: int | None = None) -> MedicalAssessment:
    """The row, its application locked before it as every writer does."""
    query = select(MedicalAssessment).where(MedicalAssessment.id == assessment_id, visible_to(unit.cause))
    found = (await unit.session.scalars(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such assessment")
    await applications.load(unit, found.application_id, for_change=True)
    row = (await unit.session.scalars(query.with_for_update().execution_options(populate_existing=True))).one()
    if expected is not None:
        check_version(row.version, expected)
    return row


def best_access(needed: Iterable[str | None]) -> Access:
    """What suits all of them: the most accessible category that one of them needs."""
    order = list(Access)
    return min((Access(each) for each in needed if each is not None), key=order.index, default=Access.GENERAL)
