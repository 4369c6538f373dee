"""Reads of awards as those who run them, and the groups themselves, see them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.store.unit import UnitOfWork
from services.grants.applications.models import GrantApplication
from services.grants.applications.rows import visible_to
from services.grants.awards import public, rows
from services.grants.awards.domain import InstalmentState, ReportState
from services.grants.awards.models import Award, AwardReport, Instalment, Recovery
from services.grants.awards.public import PublicAward


class PaymentView(BaseModel):
    """An instalment; one officer asks for it, another releases it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    award_id: UUID
    number: int
    pence: int
    milestone: str
    due_on: date
    state: InstalmentState
    evidence: str | None
    requested_by: str | None
    requested_at: UtcDatetime | None
    paid_by: str | None
    paid_at: UtcDatetime | None
    entry_id: UUID | None = Field(description="The ledger's entry")


class OutcomeCount(BaseModel):
    """Something that came of it, counted."""

    what: str
    count: int


class ReportView(BaseModel):
    """A monitoring report, waited for or in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    award_id: UUID
    number: int
    due_on: date
    final: bool
    state: ReportState
    chases: int = Field(description="How often the group was chased")
    chased_at: UtcDatetime | None
    received_at: UtcDatetime | None
    spent_pence: int | None
    people_reached: int | None
    outcomes: list[OutcomeCount]
    equality: dict[str, int]
    narrative: str | None
    reviewed_by: str | None
    review_reason: str | None


class RecoveryView(BaseModel):
    """Money that came back."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    award_id: UUID
    pence: int
    reason: str
    entry_id: UUID
    made_at: UtcDatetime


class AwardFile(BaseModel):
    """An award with all that belongs to it."""

    award: PublicAward
    version: int
    fund_id: UUID
    application_id: UUID
    agreed_on: date | None
    starts_on: date | None
    ends_on: date | None
    conditions: list[str]
    payments: list[PaymentView]
    reports: list[ReportView]
    recoveries: list[RecoveryView]
    payments_wait: bool = Field(description="A report is late")


async def file(unit: UnitOfWork, award_id: UUID) -> AwardFile:
    """One award, whole."""
    row = await rows.load(unit, award_id)
    await unit.session.flush()
    payments = select(Instalment).where(Instalment.award_id == row.id).order_by(Instalment.number)
    reports = select(AwardReport).where(AwardReport.award_id == row.id).order_by(AwardReport.number)
    recoveries = select(Recovery).where(Recovery.award_id == row.id).order_by(Recovery.made_at)
    views = [ReportView.model_validate(each) for each in (await unit.session.scalars(reports)).all()]
    unit.accessed(f"award/{row.id}")
    return AwardFile(
        award=await public.award(unit, row.id),
        version=row.version,
        fund_id=row.fund_id,
        application_id=row.application_id,
        agreed_on=row.agreed_on,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        conditions=row.conditions,
        payments=[PaymentView.model_validate(each) for each in (await unit.session.scalars(payments)).all()],
        reports=views,
        recoveries=[RecoveryView.model_validate(each) for each in (await unit.session.scalars(recoveries)).all()],
        payments_wait=any(each.state is ReportState.LATE for each in views),
    )


async def payments(
    unit: UnitOfWork, state: InstalmentState | None, place: Sequence[Any] | None, most: int
) -> Sequence[PaymentView]:
    """Instalments by the day they are due: what waits for a hand."""
    order = (Instalment.due_on, Instalment.id)
    query = select(Instalment).where(Instalment.award_id.in_(_seen(unit))).order_by(*order).limit(most)
    if state is not None:
        query = query.where(Instalment.state == state)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    return [PaymentView.model_validate(each) for each in (await unit.session.scalars(query)).all()]


async def reports(
    unit: UnitOfWork, state: ReportState | None, place: Sequence[Any] | None, most: int
) -> Sequence[ReportView]:
    """Reports by the day they are due: what is late, what waits to be read."""
    order = (AwardReport.due_on, AwardReport.id)
    query = select(AwardReport).where(AwardReport.award_id.in_(_seen(unit))).order_by(*order).limit(most)
    if state is not None:
        query = query.where(AwardReport.state == state)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    return [ReportView.model_validate(each) for each in (await unit.session.scalars(query)).all()]


def _seen(unit: UnitOfWork) -> Any:
    mine = select(GrantApplication.id).where(visible_to(unit.cause))
    return select(Award.id).where(Award.application_id.in_(mine))


def place_of(view: PaymentView | ReportView) -> list[Any]:
    """Where these lists go on."""
    return [view.due_on, view.id]
