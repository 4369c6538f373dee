"""Reads of cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.cases.domain import allowed_from
from services.casefile.cases.models import Case
from services.casefile.people import membership
from services.casefile.people.visibility import lived_in_by_the_visible

State = Literal["open", "closed"]


class WorkstreamView(BaseModel):
    decision_id: UUID
    layer: str
    specialism: str | None
    statutory_service: str | None


class CaseView(BaseModel):
    """A case as its workers see it."""

    id: UUID
    version: int
    household_id: UUID
    state: State
    layer: str
    workstreams: list[WorkstreamView]
    decision_ids: list[UUID]
    account_manager: str | None
    lead: str | None
    episode: int
    opened_at: datetime
    closed_at: datetime | None
    close_reason: str | None
    close_note: str | None
    episodes: list[dict[str, Any]]
    allowed: list[str]


async def view(unit: UnitOfWork, case_id: UUID) -> CaseView:
    """One case, put on record as read."""
    visible = await lived_in_by_the_visible(unit, Case.household_id)
    case = (await unit.session.scalars(select(Case).where(Case.id == case_id, visible))).one_or_none()
    if case is None:
        raise NotFound("We know of no such case")
    unit.accessed(f"case/{case.id}", (await membership.members_of(unit, [case.household_id]))[case.household_id])
    return _view(case)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases; None leaves a filter out."""

    state: State | None = None
    worker: str | None = None
    household_id: UUID | None = None
    unallocated: bool = False


async def listed(unit: UnitOfWork, filters: Filters, after: Sequence[str] | None, limit: int) -> list[CaseView]:
    """Cases, the newest first. `after` is the last one's (opened_at, id).

    One more than `limit` where there are more; only `limit` are shown, and on record as read.
    """
    visible = await lived_in_by_the_visible(unit, Case.household_id)
    query = select(Case).where(visible).order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit + 1)
    if filters.state:
        query = query.where(Case.state == filters.state)
    if filters.worker:
        query = query.where((Case.account_manager == filters.worker) | (Case.lead == filters.worker))
    if filters.household_id:
        query = query.where(Case.household_id == filters.household_id)
    if filters.unallocated:
        query = query.where(Case.account_manager.is_(None), Case.lead.is_(None))
    if after is not None:
        query = query.where(tuple_(Case.opened_at, Case.id) < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    rows = (await unit.session.scalars(query)).all()
    members = await membership.members_of(unit, {case.household_id for case in rows})
    for case in rows[:limit]:
        unit.accessed(f"case/{case.id}", members[case.household_id])
    return [_view(case) for case in rows]


def _view(case: Case) -> CaseView:
    columns = {name: getattr(case, name) for name in CaseView.model_fields if name != "allowed"}
    return CaseView.model_validate({**columns, "allowed": allowed_from(case.state)})
