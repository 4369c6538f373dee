"""Writes of debts: record one, and follow it: amount, stage, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from kit import clock
from kit.contracts.casefile.money import DebtState
from kit.errors import invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.money.debts import domain, rows
from services.casefile.money.debts.models import Debt
from services.casefile.money.people import home_of, work_on

AGREED, CHANGED = "casefile.debt.agreed", "casefile.debt.changed"


@dataclass(frozen=True, slots=True)
class NewDebt:
    """What somebody told of a debt."""

    kind: str
    owed_pence: int
    creditor: str | None = None
    reference: str | None = None
    joint: bool = False
    stage: str | None = None
    stage_on: date | None = None
    priority: bool | None = None
    priority_reason: str | None = None


async def record(unit: UnitOfWork, person_id: UUID, household_id: UUID | None, told: NewDebt) -> Debt:
    """Put a debt on a person's list."""
    await work_on(unit, person_id)
    debt = domain.debt(told.kind, told.owed_pence, told.stage, told.priority, told.priority_reason)
    today = clock.today()
    stage_on = told.stage_on or today
    if stage_on > today:
        raise invalid("/stage_on", "It is recorded once it has come.", "not-in-the-future")
    row = Debt(
        id=new_id(),
        version=0,
        person_id=person_id,
        household_id=await home_of(unit, person_id, household_id),
        kind=debt.kind,
        creditor=told.creditor,
        reference=told.reference,
        joint=told.joint,
        disputed=False,
        owed_pence=debt.owed_pence,
        priority=debt.priority,
        priority_reason=told.priority_reason,
        stage=debt.stage,
        stage_on=stage_on,
        stages=[{"stage": debt.stage, "on": stage_on.isoformat()}],
        state=debt.state,
        recorded_by=unit.cause.actor,
    )
    rows.changed(unit, row)
    unit.session.add(row)
    await unit.session.flush()
    return row


async def change(unit: UnitOfWork, debt_id: UUID, expected: int, told: Mapping[str, Any]) -> Debt:
    """What is owed, which stage it came to, whether they dispute it, how it ended."""
    row = await rows.load(unit, debt_id, expected)
    debt = row.as_rules_see_it()
    before = debt.state
    if told.get("state") is not None:
        debt = domain.ended_by_hand(debt, told["state"])
        row.state_reason = told.get("reason")
    if told.get("owed_pence") is not None:
        debt = domain.owing(debt, told["owed_pence"])
    if told.get("stage") is not None:
        on = told.get("on") or clock.today()
        debt = domain.at_stage(debt, told["stage"], on, row.stage_on, clock.today())
        row.stage_on = on
        row.stages = [*row.stages, {"stage": debt.stage, "on": on.isoformat()}]
    if told.get("disputed") is not None:
        domain.check_open(debt)
        row.disputed = told["disputed"]
    row.owed_pence, row.stage, row.state = debt.owed_pence, debt.stage, debt.state
    if row.state != "arranged":
        row.instalment_pence = row.every = row.first_due_on = None
    rows.changed(unit, row)
    if row.state != before:
        _announce(unit, row, CHANGED)
    return row


def arranged(unit: UnitOfWork, row: Debt, instalment_pence: int, every: str | None, first_due_on: date) -> None:
    """An arrangement for it stands from now on."""
    if row.state != "arranged":
        row.state = domain.moved(row.as_rules_see_it(), "arranged").state
    row.instalment_pence, row.every, row.first_due_on = instalment_pence, every, first_due_on
    rows.changed(unit, row)
    _announce(unit, row, AGREED)


def no_longer_arranged(unit: UnitOfWork, row: Debt, state: domain.State) -> None:
    """Its arrangement is over: broken and owed again, or done."""
    if row.state in domain.OVER or row.state == state:
        return
    after = domain.moved(row.as_rules_see_it(), state)
    row.state, row.owed_pence = after.state, after.owed_pence
    row.instalment_pence = row.every = row.first_due_on = None
    rows.changed(unit, row)
    _announce(unit, row, CHANGED)


def _announce(unit: UnitOfWork, row: Debt, event: str) -> None:
    """Tell the others how it stands; the creditor's name stays here."""
    state = DebtState(
        debt_id=row.id,
        person_id=row.person_id,
        household_id=row.household_id,
        kind=row.kind,
        priority=row.priority,
        stage=row.stage,
        state=row.state,
        owed_pence=row.owed_pence,
        instalment_pence=row.instalment_pence,
        every=row.every,
        first_due_on=row.first_due_on,
        changed_at=row.changed_at,
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
