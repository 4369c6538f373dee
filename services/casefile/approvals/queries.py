"""Reads of approvals: each with all that was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.approvals.domain import Act, Kind, State, allowed_from
from services.casefile.approvals.models import Approval, ApprovalRemark
from services.casefile.cases import rows as case_rows
from services.casefile.cases.models import Case


class RemarkView(BaseModel):
    """One thing said: it stays."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: UtcDatetime
    by: str
    act: Act
    words: str


class ApprovalView(BaseModel):
    """What a manager is asked, and all that was said about it."""

    id: UUID
    version: int
    case_id: UUID
    household_id: UUID
    episode: int
    kind: Kind
    state: State
    asked_by: str
    asked_at: UtcDatetime
    decided_by: str | None = Field(description="Who approved or returned it last")
    decided_at: UtcDatetime | None
    used_at: UtcDatetime | None = Field(description="When what it allowed was done: it allows nothing more")
    remarks: list[RemarkView]
    allowed: list[str]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which approvals; None does not narrow it."""

    state: State | None = None
    case_id: UUID | None = None
    asked_by: str | None = None


async def approval(unit: UnitOfWork, approval_id: UUID) -> ApprovalView:
    """One of them."""
    found = await _read(unit, select(Approval).where(Approval.id == approval_id), None)
    if not found:
        raise NotFound("We know of no such approval")
    return found[0]


async def approvals(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[ApprovalView]:
    """Up to `most` after `place`, the oldest first."""
    query = select(Approval)
    if filters.state is not None:
        query = query.where(Approval.state == filters.state)
    if filters.case_id is not None:
        query = query.where(Approval.case_id == filters.case_id)
    if filters.asked_by is not None:
        query = query.where(Approval.asked_by == filters.asked_by)
    if place is not None:
        query = query.where(tuple_(Approval.asked_at, Approval.id) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    return await _read(unit, query, most)


def place_of(shown: ApprovalView) -> list[Any]:
    """Where an approval stands in the list."""
    return [shown.asked_at.isoformat(), str(shown.id)]


async def _read(unit: UnitOfWork, query: Any, most: int | None) -> list[ApprovalView]:
    query = query.where(await case_rows.of_visible_cases(unit, Approval.case_id.expression))
    rows = (await unit.session.scalars(query.order_by(Approval.asked_at, Approval.id).limit(most))).all()
    said: dict[UUID, list[RemarkView]] = {row.id: [] for row in rows}
    remarks = select(ApprovalRemark).where(ApprovalRemark.approval_id.in_(said)).order_by(ApprovalRemark.number)
    for remark in await unit.session.scalars(remarks):
        said[remark.approval_id].append(RemarkView.model_validate(remark))
    cases = {row.case_id for row in rows}
    members = await case_rows.members_of(unit, cases)
    places = (await unit.session.execute(select(Case.id, Case.household_id).where(Case.id.in_(cases)))).all()
    homes: dict[UUID, UUID] = {place.id: place.household_id for place in places}
    for row in rows:
        unit.accessed(f"approval/{row.id}", members[row.case_id])
    return [
        ApprovalView(
            id=row.id,
            version=row.version,
            case_id=row.case_id,
            household_id=homes[row.case_id],
            episode=row.episode,
            kind=Kind(row.kind),
            state=State(row.state),
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            used_at=row.used_at,
            remarks=said[row.id],
            allowed=allowed_from(State(row.state)),
        )
        for row in rows
    ]
