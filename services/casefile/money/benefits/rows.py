"""Which checks and claims a caller may reach, and how a claim is loaded."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.money.benefits.models import BenefitCheck, BenefitClaim


async def visible_checks(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which check."""
    return await about_person(unit, BenefitCheck.person_id, Part.INSIDE)


async def visible_claims(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule of who may see which claim."""
    return await about_person(unit, BenefitClaim.person_id, Part.INSIDE)


async def load_claim(unit: UnitOfWork, claim_id: UUID, expected: int) -> BenefitClaim:
    """The claim, locked, at the version the caller saw."""
    rule = await visible_claims(unit)
    query = select(BenefitClaim).where(BenefitClaim.id == claim_id, rule).with_for_update(of=BenefitClaim)
    row = (await unit.session.scalars(query.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound("We know of no such claim")
    check_version(row.version, expected)
    return row
