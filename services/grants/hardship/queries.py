"""Reads of hardship payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import Cause, UnitOfWork
from services.grants.hardship import domain
from services.grants.hardship.domain import State
from services.grants.hardship.limits import limits
from services.grants.hardship.models import DeskTraining, HardshipPayment
from services.grants.hardship.rows import from_outside, visible_to


class PaymentView(BaseModel):
    """A request, and what became of it. Of an account the last four figures are shown."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID | None
    fund_code: str
    asked_by: domain.AskedBy
    taken_by: str
    asked_at: UtcDatetime
    decide_by: UtcDatetime
    urgent: bool
    strand: domain.Strand
    need: domain.Need
    shock: domain.Shock
    words: str
    amount_pence: int
    way: domain.Way
    account_ends: str | None
    supplier: str | None
    state: State
    before: int | None = Field(description="Payments to them in the twelve months before; not for outsiders")
    look_for_the_cause: bool = Field(description="So many that the cause should be looked for, and advice offered")
    advice: str | None
    decided_by: str | None
    approve_by: UtcDatetime | None
    minutes_left: int | None = Field(description="To the second approval; below nothing: late")
    escalated: bool
    approved_by: str | None
    paid_at: UtcDatetime | None
    refusal: domain.RefusalReason | None
    refusal_words: str | None
    may_be_questioned: bool
    question: str | None
    to_check: bool
    check_at: UtcDatetime | None
    finding: domain.Finding | None
    finding_words: str | None
    returned_because: str | None
    allowed: list[State]


class TrainingView(BaseModel):
    """Who may pay at the desk, until when."""

    worker: str
    trained_on: date
    until: date
    holds: bool


class LimitsView(BaseModel):
    """What holds today."""

    since: date
    desk_pence: int
    most_pence: int
    second_within_minutes: int
    sample_percent: int
    source: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which requests; None leaves a filter out."""

    state: State | None = None
    person_id: UUID | None = None
    household_id: UUID | None = None
    to_check: bool = False
    overdue: bool = False


async def listed(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[PaymentView]:
    """Requests, the oldest first."""
    row = HardshipPayment
    query = select(row).where(visible_to(unit.cause))
    now = clock.business_now()
    if filters.state:
        query = query.where(row.state == filters.state)
    if filters.person_id:
        query = query.where(row.person_id == filters.person_id)
    if filters.household_id:
        query = query.where(row.household_id == filters.household_id)
    if filters.to_check:
        query = query.where(row.sampled, row.finding.is_(None), row.check_at <= now)
    if filters.overdue:
        waiting = row.state.in_([State.ASKED, State.RECONSIDERING]) & (row.decide_by < now)
        query = query.where(waiting | ((row.state == State.AWAITING) & (row.approve_by < now)))
    if place is not None:
        query = query.where(tuple_(row.asked_at, row.id) > tuple_(datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(row.asked_at, row.id).limit(most))).all()
    unit.accessed("hardship", {each.person_id for each in rows})
    return [_view(each, unit.cause) for each in rows]


def place_of(shown: PaymentView) -> list[Any]:
    """Where a request stands in the list."""
    return [shown.asked_at.isoformat(), str(shown.id)]


async def view(unit: UnitOfWork, payment_id: UUID) -> PaymentView:
    """One request, put on record as read."""
    query = select(HardshipPayment).where(HardshipPayment.id == payment_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    unit.accessed(f"hardship/{row.id}", [row.person_id])
    return _view(row, unit.cause)


async def trainings(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[TrainingView]:
    """Who may pay at the desk."""
    query = select(DeskTraining)
    if place is not None:
        query = query.where(DeskTraining.worker > place[0])
    rows = (await unit.session.scalars(query.order_by(DeskTraining.worker).limit(most))).all()
    return [training(each) for each in rows]


def training(row: DeskTraining) -> TrainingView:
    """One training as shown."""
    holds = row.as_rules_see_it().holds(clock.today())
    return TrainingView(worker=row.worker, trained_on=row.trained_on, until=row.until, holds=holds)


def limits_today() -> LimitsView:
    """The limits that hold today."""
    return LimitsView.model_validate(limits(clock.today()), from_attributes=True)


class SpentView(BaseModel):
    """What was paid in a month, of nobody by name. Groups of fewer than ten payments are left out."""

    month: str
    payments: int | None
    pence: int | None
    by_need: dict[str, int]


async def spent(unit: UnitOfWork, month: str) -> SpentView:
    """Payments of one month by what they were for."""
    first = date.fromisoformat(f"{month}-01")
    begins = datetime.combine(first, datetime.min.time(), clock.LONDON)
    ends = datetime.combine(clock.months_after(first, 1), datetime.min.time(), clock.LONDON)
    row = HardshipPayment
    query = (
        select(row.need, func.count(), func.sum(row.amount_pence))
        .where(row.state == State.PAID, row.paid_at >= begins, row.paid_at < ends)
        .group_by(row.need)
    )
    found = {need: (int(number), int(pence)) for need, number, pence in (await unit.session.execute(query)).all()}
    number = sum(each for each, _ in found.values())
    shown = {need: each for need, (each, _) in sorted(found.items()) if each >= 10}
    # One small group alone would be the rest of the sum.
    hidden = [each for need, (each, _) in found.items() if need not in shown]
    if shown and 0 < sum(hidden) < 10:
        shown.pop(min(shown, key=lambda need: shown[need]))
    enough = number >= 10
    return SpentView(
        month=month,
        payments=number if enough else None,
        pence=sum(pence for _, pence in found.values()) if enough else None,
        by_need=shown if enough else {},
    )


def _view(row: HardshipPayment, cause: Cause) -> PaymentView:
    outside = from_outside(cause)
    rules, now = limits(clock.today()), clock.business_now()
    state = State(row.state)
    waiting = state is State.AWAITING and row.approve_by is not None
    return PaymentView.model_validate(
        {
            **{name: getattr(row, name) for name in PaymentView.model_fields if hasattr(row, name)},
            "account_ends": row.account_number[-4:] if row.account_number else None,
            "before": None if outside else row.before,
            "look_for_the_cause": not outside and row.before >= rules.repeat_after,
            "minutes_left": int((row.approve_by - now).total_seconds() // 60) if waiting and row.approve_by else None,
            "escalated": row.escalated_at is not None and state is State.AWAITING,
            "may_be_questioned": state is State.REFUSED and row.question is None,
            "to_check": row.sampled and row.finding is None,
            # Who paid does not learn beforehand that it will be looked at.
            "check_at": row.check_at if row.check_at is not None and row.check_at <= now else None,
            "allowed": list(domain.ALLOWED[state]),
        }
    ).model_copy(update={"to_check": row.sampled and row.finding is None and (row.check_at or now) <= now})
