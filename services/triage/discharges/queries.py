"""Reads of discharges. Every one goes on record; those about people kept back do not appear."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit.contracts.codes import DischargeCheck
from kit.contracts.envelope import UtcDatetime
from kit.store.unit import UnitOfWork
from services.triage.discharges import domain
from services.triage.discharges.models import Discharge
from services.triage.discharges.rows import load, visible_to
from services.triage.objections.queries import whole_person

State = Literal["open", "settled", "cancelled"]


class CheckView(BaseModel):
    """One thing that must be right."""

    check: DischargeCheck
    state: Literal["open", "done", "not_needed"]
    by: str | None = None
    at: UtcDatetime | None = None
    note: str | None = None


class DischargeSummary(BaseModel):
    """A discharge in a list: codes and ids."""

    id: UUID
    version: int
    person_id: UUID | None
    household_id: UUID | None
    home_at: UtcDatetime
    call_by: UtcDatetime = Field(description="72 hours after they came home")
    open_checks: list[DischargeCheck]
    state: State
    overdue_at: UtcDatetime | None
    escalated_to: str | None
    received_at: UtcDatetime


class DischargeView(DischargeSummary):
    """A discharge, whole. There is no clinical fact in it, because none is kept."""

    told: dict[str, str] = Field(description="Who they are, as the hospital told it: to find them by")
    left_out: list[str] = Field(description="Kinds of entries that were neither read nor kept")
    checks: list[CheckView]


class Taken(BaseModel):
    """What the sender of a notice is told: that we have it, what we left out, and what is still to be done."""

    id: UUID
    version: int
    state: State
    left_out: list[str]
    open_checks: list[DischargeCheck]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which discharges a list shows; None does not narrow it."""

    state: State = "open"
    person_id: UUID | None = None
    overdue: bool | None = None


async def view(unit: UnitOfWork, discharge_id: UUID) -> DischargeView:
    """One of them."""
    row = await load(unit, discharge_id)
    unit.accessed(f"discharge/{row.id}", [row.person_id] if row.person_id else [])
    return whole(row)


async def discharges(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[DischargeSummary]:
    """Up to `most` after `place`, who comes home first first; one row on record with the people shown."""
    query = select(Discharge).where(Discharge.state == filters.state, visible_to(unit.cause))
    if filters.overdue is not None:
        query = query.where(Discharge.overdue_at.is_not(None) == filters.overdue)
    if filters.person_id is not None:
        query = query.where(Discharge.person_id.in_(await whole_person(unit, filters.person_id)))
    order = (Discharge.home_at, Discharge.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("discharges", {row.person_id for row in rows if row.person_id})
    return [DischargeSummary.model_validate(_summary(row)) for row in rows]


def place_of(shown: DischargeSummary) -> list[Any]:
    """Where a discharge stands in the list."""
    return [shown.home_at.isoformat(), str(shown.id)]


def whole(row: Discharge) -> DischargeView:
    """The discharge as those who work on it see it."""
    checks = [{"check": each, **row.checks[each.value]} for each in DischargeCheck]
    return DischargeView.model_validate({**_summary(row), "told": row.told, "left_out": row.left_out, "checks": checks})


def taken(row: Discharge) -> Taken:
    """The discharge as its sender sees it."""
    return Taken.model_validate({**_summary(row), "left_out": row.left_out})


def _summary(row: Discharge) -> dict[str, Any]:
    columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return {**columns, "open_checks": domain.open_checks(row.checks)}
