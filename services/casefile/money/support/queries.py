"""Reads of support plans; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.support import domain, rows
from services.casefile.money.support.models import SupportPlan
from services.casefile.people.aliases import all_ids


class StepView(BaseModel):
    what: str
    whose: domain.Whose
    due_on: date | None
    done_on: date | None


class PreventedView(BaseModel):
    """An eviction that did not happen."""

    on: date
    threat: domain.Threat
    how: domain.How
    evidence: domain.Evidence
    threatened_on: date


class SupportPlanView(BaseModel):
    """A support plan for rent or council tax arrears."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    about: domain.About
    debt_ids: list[UUID]
    steps: list[StepView]
    review_on: date
    review_due: bool
    state: domain.State
    end_reason: str | None
    prevented: PreventedView | None
    allowed: list[str]

    @classmethod
    def of(cls, row: SupportPlan) -> Self:
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        due = row.state == "active" and row.review_on <= clock.today()
        return cls(**kept, review_due=due, allowed=list(domain.ALLOWED[row.state]))


async def view(unit: UnitOfWork, plan_id: UUID) -> SupportPlanView:
    """One of them."""
    query = select(SupportPlan).where(SupportPlan.id == plan_id, await rows.visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such plan")
    unit.accessed(f"support_plan/{row.id}", [row.person_id])
    return SupportPlanView.of(row)


async def listed(
    unit: UnitOfWork, person_id: UUID | None, review_due: bool, after: Sequence[Any] | None, limit: int
) -> list[SupportPlanView]:
    """A person's, or all the caller may see; those to be reviewed first."""
    order = (SupportPlan.review_on, SupportPlan.id)
    query = select(SupportPlan).where(await rows.visible_to(unit)).order_by(*order).limit(limit)
    if person_id is not None:
        query = query.where(SupportPlan.person_id.in_(await all_ids(unit.session, [person_id])))
    if review_due:
        query = query.where(SupportPlan.state == "active", SupportPlan.review_on <= clock.today())
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    found = (await unit.session.scalars(query)).all()
    unit.accessed("support_plans", {row.person_id for row in found} | ({person_id} if person_id else set()))
    return [SupportPlanView.of(row) for row in found]


def place_of(shown: SupportPlanView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.review_on.isoformat(), str(shown.id)]
