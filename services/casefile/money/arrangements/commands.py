"""Writes of offers: draft them for all creditors at once or for one, and follow each to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.money.arrangements import domain, rows
from services.casefile.money.arrangements.models import Arrangement
from services.casefile.money.debts import commands as debts
from services.casefile.money.debts import domain as debt_rules
from services.casefile.money.debts import rows as debt_rows
from services.casefile.money.debts.models import Debt
from services.casefile.money.people import work_on
from services.casefile.money.statements.models import Statement
from services.casefile.money.statements.rows import visible_to as visible_statements


async def draft_all(
    unit: UnitOfWork, person_id: UUID, statement_id: UUID, first: Mapping[UUID, int], token_pence: int
) -> list[Arrangement]:
    """An offer for each debt, from what the agreed statement leaves; those arranged already keep what they get."""
    await work_on(unit, person_id)
    statement = await _agreed(unit, person_id, statement_id)
    found = [row for row in await debt_rows.of_person(unit, person_id) if row.state in ("owed", "arranged")]
    standing = sum(row.instalment_pence or 0 for row in found if row.state == "arranged" and row.every == "month")
    open_ = [domain.Owed(row.id, row.owed_pence, row.priority) for row in found if row.state == "owed"]
    if not open_:
        raise Conflict("They have no debt that waits for an offer", allowed=[])
    offers = domain.plan(statement.surplus_pence - standing, open_, first, token_pence=token_pence)
    made = [_row(unit, person_id, each, statement.id) for each in offers]
    unit.session.add_all(made)
    await unit.session.flush()
    unit.accessed("debt_offers", [person_id])
    return made


@dataclass(frozen=True, slots=True)
class NewOffer:
    """One offer by itself: a lump sum, a hold, a write-off, or what comes first."""

    kind: domain.Kind
    amount_pence: int
    words: str


async def draft_one(unit: UnitOfWork, debt_id: UUID, told: NewOffer) -> Arrangement:
    """Draft it. What is paid monthly rests on an agreed statement: those are drafted all at once."""
    debt = await debt_rows.load(unit, debt_id)
    debt_rules.check_open(debt.as_rules_see_it())
    if told.kind in ("pro_rata", "token"):
        raise invalid(
            "/kind", "Shares are drafted for all creditors at once: that is what makes them fair.", "fair-shares"
        )
    if told.amount_pence > debt.owed_pence:
        raise invalid("/amount_pence", "More than is owed.", "within-the-debt")
    row = _row(unit, debt.person_id, domain.Offer(debt.id, told.kind, told.amount_pence, told.words), None)
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"debt_offer/{row.id}", [row.person_id])
    return row


def _row(unit: UnitOfWork, person_id: UUID, offer: domain.Offer, statement_id: UUID | None) -> Arrangement:
    return Arrangement(
        id=new_id(),
        version=1,
        person_id=person_id,
        debt_id=offer.debt_id,
        statement_id=statement_id,
        kind=offer.kind,
        amount_pence=offer.month_pence,
        every="month" if offer.kind in domain.REGULAR else None,
        words=offer.words,
        state="drafted",
        moved_on=clock.today(),
        made_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )


async def _agreed(unit: UnitOfWork, person_id: UUID, statement_id: UUID) -> Statement:
    query = select(Statement).where(Statement.id == statement_id, await visible_statements(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None or row.person_id != person_id:
        raise NotFound("We know of no such statement of theirs")
    if row.state != "agreed":
        raise Conflict("Offers rest on the statement that is agreed", state=row.state, allowed=["agreed"])
    return row


async def step(unit: UnitOfWork, offer_id: UUID, expected: int, taken: domain.Step) -> Arrangement:
    """Sent, accepted (perhaps with another amount), refused, withdrawn; kept to the end, or broken."""
    debt, row = await rows.load(unit, offer_id, expected)
    was_accepted = row.state == "accepted"
    row.amount_pence = domain.step(row.kind, row.state, row.amount_pence, taken, clock.today())
    row.state, row.moved_on = taken.to, taken.on
    row.reason = taken.reason
    row.first_due_on = taken.first_due_on or row.first_due_on
    row.version += 1
    row.changed_at = clock.business_now()
    unit.accessed(f"debt_offer/{row.id}", [row.person_id])
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("Another arrangement stands for this debt: end that first", allowed=["withdrawn"]) from None
    _follow(unit, debt, row, was_accepted)
    return row


def _follow(unit: UnitOfWork, debt: Debt, row: Arrangement, was_accepted: bool) -> None:
    state = domain.after(row.kind, row.state)
    if state == "arranged":
        debt_rules.check_open(debt.as_rules_see_it())
        debts.arranged(unit, debt, row.amount_pence, row.every, row.first_due_on or row.moved_on)
    elif state == "written_off" or (state is not None and was_accepted and debt.state == "arranged"):
        debts.no_longer_arranged(unit, debt, state)
