"""Writes of statements: begin, fill in, agree."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.money.people import abuse_is_known, home_of, share_a_home, work_on
from services.casefile.money.statements import domain, rows
from services.casefile.money.statements.models import Statement
from services.casefile.people.visibility import shown_of


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in a statement."""

    lines: Sequence[domain.Line]
    children_younger: int = 0
    children_older: int = 0


@dataclass(frozen=True, slots=True)
class Shared:
    """With whom it is shared, and how each of the two was asked."""

    partner_id: UUID
    asked: Sequence[domain.Asked]


async def begin(
    unit: UnitOfWork, person_id: UUID, household_id: UUID | None, shared: Shared | None, content: Content
) -> Statement:
    """A new draft. The statement agreed before stands until this one is."""
    await work_on(unit, person_id)
    if shared is not None:
        await _check_shared(unit, person_id, shared.partner_id, shared.asked)
    row = Statement(
        id=new_id(),
        version=0,
        person_id=person_id,
        partner_id=shared.partner_id if shared else None,
        asked=[
            {"person_id": str(each.person_id), "alone_on": each.alone_on.isoformat(), "agreed": each.agreed}
            for each in (shared.asked if shared else ())
        ],
        household_id=await home_of(unit, person_id, household_id),
        state="draft",
        made_by=unit.cause.actor,
    )
    _fill(row, content)
    _changed(unit, row)
    unit.session.add(row)
    await unit.session.flush()
    return row


async def fill(unit: UnitOfWork, statement_id: UUID, expected: int, content: Content) -> Statement:
    """Its lines are these now."""
    row = await rows.load(unit, statement_id, expected)
    domain.check_draft(row.state)
    _fill(row, content)
    _changed(unit, row)
    return row


async def agree(unit: UnitOfWork, statement_id: UUID, expected: int, agreed_on: date | None) -> Statement:
    """Agreed with whom it is about; the one agreed before gives way."""
    row = await rows.load(unit, statement_id, expected)
    today = clock.today()
    domain.check_agree(row.state, row.told(), agreed_on or today, today)
    # The person's row puts two that are agreed at once in order.
    await work_on(unit, row.person_id)
    if row.partner_id is not None:
        # What was known when it was begun may not be all that is known now.
        asked = [
            domain.Asked(UUID(each["person_id"]), date.fromisoformat(each["alone_on"]), each["agreed"])
            for each in row.asked
        ]
        await _check_shared(unit, row.person_id, row.partner_id, asked)
    before = select(Statement).where(Statement.person_id == row.person_id, Statement.state == "agreed")
    for earlier in (await unit.session.scalars(before.with_for_update())).all():
        earlier.state, earlier.superseded_by = "superseded", row.id
        _changed(unit, earlier)
    await unit.session.flush()
    row.state, row.agreed_on, row.agreed_by = "agreed", agreed_on or today, unit.cause.actor
    _changed(unit, row)
    return row


async def _check_shared(unit: UnitOfWork, person_id: UUID, partner_id: UUID, asked: Sequence[domain.Asked]) -> None:
    may = bool(await shown_of(unit, [partner_id])) and await share_a_home(unit, person_id, partner_id)
    may = may and not await abuse_is_known(unit, person_id, partner_id)
    domain.check_shared(person_id, partner_id, asked, clock.today(), may_share=may)


def _fill(row: Statement, content: Content) -> None:
    domain.check_lines(content.lines)
    found = domain.totals(content.lines)
    row.lines = [asdict(each) for each in content.lines]
    row.children_younger, row.children_older = content.children_younger, content.children_older
    row.income_pence, row.spending_pence = found.income_pence, found.spending_pence
    row.surplus_pence = found.surplus_pence


def _changed(unit: UnitOfWork, row: Statement) -> None:
    row.version += 1
    row.changed_at = clock.business_now()
    unit.accessed(f"statement/{row.id}", [each for each in (row.person_id, row.partner_id) if each])
