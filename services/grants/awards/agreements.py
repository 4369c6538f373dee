"""Writes of agreements: an award is signed, or ends before its time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.awards import commands as awards
from services.grants.awards import domain, reporting
from services.grants.awards.domain import AwardState, InstalmentState
from services.grants.awards.models import Award, Instalment
from services.grants.awards.rows import load
from services.grants.funds import commands as funds


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both sides signed."""

    agreed_on: date
    starts_on: date
    ends_on: date
    conditions: Sequence[str]
    instalments: Sequence[domain.Instalment]


async def agree(unit: UnitOfWork, award_id: UUID, expected: int, made: Agreement) -> Award:
    """The agreement is signed: instalments, dates, conditions. Its reports become due by the round's rules."""
    row = await load(unit, award_id, for_change=True)
    state = domain.move(AwardState(row.state), AwardState.AGREED)
    check_version(row.version, expected)
    domain.check_agreement(row.pence, made.instalments, made.starts_on, made.ends_on)
    row.state, row.agreed_on = state, made.agreed_on
    row.starts_on, row.ends_on, row.conditions = made.starts_on, made.ends_on, list(made.conditions)
    for number, each in enumerate(made.instalments, start=1):
        unit.session.add(
            Instalment(
                id=new_id(),
                award_id=row.id,
                number=number,
                pence=each.pence,
                milestone=each.milestone,
                due_on=each.due_on,
                state=InstalmentState.PLANNED,
            )
        )
    await reporting.plan(unit, row)
    await awards.announce(unit, row, "changed")
    return row


async def withdraw(unit: UnitOfWork, award_id: UUID, expected: int, reason: str) -> Award:
    """The award ends before its time, with a public reason: what was not paid goes back to the fund."""
    row = await load(unit, award_id, for_change=True)
    state = domain.move(AwardState(row.state), AwardState.WITHDRAWN)
    check_version(row.version, expected)
    row.state, row.ended_on, row.ended_reason = state, clock.today(), reason
    if row.pence > row.paid_pence:
        rest = row.pence - row.paid_pence
        why = f"Award {row.reference} withdrawn"
        await funds.withdraw(unit, row.fund_id, row.id, rest, f"award/{row.id}/rest", why)
    query = select(Instalment).where(Instalment.award_id == row.id, Instalment.state != InstalmentState.PAID)
    for each in (await unit.session.scalars(query.with_for_update())).all():
        each.state = InstalmentState.CANCELLED
    await reporting.stop(unit, row)
    await awards.announce(unit, row, "changed")
    return row
