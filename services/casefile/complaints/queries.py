"""Reads of complaints: for complaints officers, managers and information governance; never for a case's worker."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.complaints import domain, rows
from services.casefile.complaints.domain import Kind, State
from services.casefile.complaints.models import Complaint


class ComplaintView(BaseModel):
    """A complaint and how it stands."""

    id: UUID
    version: int
    kind: Kind
    person_id: UUID | None
    from_whom: str | None
    councillor: str | None
    about_workers: list[str]
    about_service: str | None
    theme: str | None
    words: str
    wanted: str | None
    received_on: date
    stage: int
    state: State
    allowed: list[str] = Field(description="What can be done from here")
    acknowledge_by: date
    acknowledged_on: date | None
    answer_by: date | None
    due_on: date | None
    overdue: bool
    extended: bool
    extension_reason: str | None
    answered_on: date | None
    outcome: str | None
    answer: str | None
    lessons: str | None
    stages: list[dict[str, Any]]
    duty: str = Field(description="law: the date is a legal one; target: our own promise")


async def listed(
    unit: UnitOfWork,
    kind: Kind | None,
    state: State | None,
    overdue: bool | None,
    after: Sequence[Any] | None,
    limit: int,
) -> list[ComplaintView]:
    """Complaints, the oldest first."""
    query = select(Complaint).where(await rows.visible_to(unit))
    if kind is not None:
        query = query.where(Complaint.kind == kind)
    if state is not None:
        query = query.where(Complaint.state == state)
    if overdue is not None:
        query = query.where(Complaint.overdue.is_(overdue))
    if after is not None:
        place = tuple_(Complaint.received_on, Complaint.id)
        query = query.where(place > tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    found = (await unit.session.scalars(query.order_by(Complaint.received_on, Complaint.id).limit(limit + 1))).all()
    for row in found[:limit]:
        unit.accessed(f"complaint/{row.id}", [row.person_id] if row.person_id else [])
    return [shown(row) for row in found]


async def view(unit: UnitOfWork, complaint_id: UUID) -> ComplaintView:
    """One complaint."""
    query = select(Complaint).where(Complaint.id == complaint_id, await rows.visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such complaint")
    unit.accessed(f"complaint/{row.id}", [row.person_id] if row.person_id else [])
    return shown(row)


def shown(row: Complaint) -> ComplaintView:
    """A complaint that the caller may see."""
    dates = row.dates()
    kind, state = Kind(row.kind), State(row.state)
    fields = {name: getattr(row, name) for name in ComplaintView.model_fields if hasattr(row, name)}
    return ComplaintView(
        **fields,
        allowed=domain.allowed_from(kind, row.stage, state, extended=row.extended),
        acknowledge_by=dates.acknowledge_by,
        answer_by=dates.answer_by,
        duty=domain.promise(kind, row.received_on).duty,
    )
