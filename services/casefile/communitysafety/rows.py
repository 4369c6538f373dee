"""Which safety cases and case reviews a caller may reach, and how they are loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.communitysafety.models import AsbReview, SafetyCase


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule: what tells of crime is for who may see that compartment, the rest for who sees inside."""
    crime = and_(SafetyCase.compartment != "", await about_person(unit, SafetyCase.person_id, Part.CRIME))
    return or_(crime, and_(SafetyCase.compartment == "", await about_person(unit, SafetyCase.person_id, Part.INSIDE)))


async def load(unit: UnitOfWork, safety_case_id: UUID, *, for_change: bool = False) -> SafetyCase:
    """One of them; `NotFound` for one the caller may not see."""
    query = select(SafetyCase).where(SafetyCase.id == safety_case_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such work")
    return row


async def load_review(unit: UnitOfWork, review_id: UUID) -> tuple[AsbReview, SafetyCase]:
    """A case review with its case, both locked, the case first."""
    found = select(AsbReview.safety_case_id).where(AsbReview.id == review_id)
    safety_case_id = await unit.session.scalar(found)
    if safety_case_id is None:
        raise NotFound("We know of no such case review")
    try:
        case = await load(unit, safety_case_id, for_change=True)
    except NotFound:
        raise NotFound("We know of no such case review") from None
    return await unit.session.get_one(AsbReview, review_id, with_for_update=True), case
