"""Reads of decisions; each goes on record."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.decisions import rows
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.decisions.shapes import HomelessnessDecisionView


async def decision(unit: UnitOfWork, decision_id: UUID) -> HomelessnessDecisionView:
    """One of them."""
    query = (
        select(HomelessnessDecision, HomelessnessCase)
        .join(HomelessnessCase, HomelessnessCase.id == HomelessnessDecision.case_id)
        .where(HomelessnessDecision.id == decision_id, cases.visible_to(unit.cause))
    )
    found = (await unit.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such decision")
    row, case = found
    cases.on_record(unit, case)
    return rows.view(row)


async def listed(
    unit: UnitOfWork, case_id: UUID | None, state: str | None, place: Sequence[Any] | None, most: int
) -> list[HomelessnessDecisionView]:
    """Up to `most` after `place`, the oldest first: of one case, or all that wait in a state."""
    if case_id is not None:
        await cases.load(unit, case_id)
    query = (
        select(HomelessnessDecision, HomelessnessCase)
        .join(HomelessnessCase, HomelessnessCase.id == HomelessnessDecision.case_id)
        .where(cases.visible_to(unit.cause))
    )
    if case_id is not None:
        query = query.where(HomelessnessDecision.case_id == case_id)
    if state is not None:
        query = query.where(HomelessnessDecision.state == state)
    order = (HomelessnessDecision.made_on, HomelessnessDecision.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.execute(query.order_by(*order).limit(most))).all()
    unit.accessed("homelessness_decisions", {each for _, case in found for each in cases.people_of(case)})
    return [rows.view(row) for row, _ in found]


def place_of(shown: HomelessnessDecisionView) -> list[Any]:
    """Where a decision stands in the list."""
    return [shown.made_on.isoformat(), str(shown.id)]
