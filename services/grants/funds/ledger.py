"""Posting to the ledger: the one way money moves. Other capabilities of grants call the functions below.

Each function is one balanced entry in the caller's transaction. `reference` says what it is for ("payment/<id>"): the
same is never posted twice. Raises `Conflict` when there is not enough money: nothing moves.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.grants.funds import domain
from services.grants.funds.domain import Account, AccountKind, EntryKind, Lines
from services.grants.funds.models import Fund, LedgerAccount, LedgerEntry, LedgerPosting


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be posted. `dated`: the day it counts for, today unless said otherwise."""

    kind: EntryKind
    reference: str
    why: str
    lines: Lines
    dated: date | None = None


async def post(unit: UnitOfWork, kind: EntryKind, reference: str, why: str, lines: Lines) -> UUID:
    """Write one balanced entry, dated today; its id."""
    return (await post_all(unit, [Entry(kind, reference, why, lines)]))[0]


async def post_all(unit: UnitOfWork, entries: Sequence[Entry]) -> list[UUID]:
    """Write balanced entries, one after the other, all or none: in four statements, however many. Their ids."""
    balances = await _locked(unit, {line.account for each in entries for line in each.lines})
    references = [each.reference for each in entries]
    query = select(LedgerEntry.reference).where(LedgerEntry.reference.in_(references)).limit(1)
    # Two with one reference use the same accounts: the second one waited for the first, and sees it here.
    posted = await unit.session.scalar(query)
    if posted is not None or len(set(references)) != len(references):
        raise Conflict("This has been posted already. Nothing was moved.", reference=posted)
    ids = []
    rows: list[dict[str, Any]] = []
    postings: list[dict[str, Any]] = []
    for each in entries:
        lines = domain.checked(each.lines)
        balances |= domain.after(balances, lines)
        ids.append(new_id())
        rows.append(
            {
                "id": ids[-1],
                "kind": each.kind,
                "reference": each.reference,
                "why": each.why,
                "dated": each.dated or clock.today(),
                "made_by": unit.cause.actor,
                "made_at": clock.business_now(),
            }
        )
        postings += [{"entry_id": ids[-1], "account_id": line.account.id, "pence": line.pence} for line in lines]
    await unit.session.execute(insert(LedgerEntry).values(rows))
    await unit.session.execute(insert(LedgerPosting).values(postings))
    return ids


async def _locked(unit: UnitOfWork, accounts: Collection[Account]) -> dict[Account, int]:
    """Where these stand; locked until the transaction ends, always in one order."""
    in_order = sorted(accounts, key=lambda each: each.id)
    rows = [
        {"id": each.id, "fund_id": each.fund_id, "kind": each.kind, "about_id": each.about_id, "balance_pence": 0}
        for each in in_order
    ]
    await unit.session.execute(insert(LedgerAccount).values(rows).on_conflict_do_nothing())
    query = (
        select(LedgerAccount.id, LedgerAccount.balance_pence)
        .where(LedgerAccount.id.in_([each.id for each in in_order]))
        .order_by(LedgerAccount.id)
        .with_for_update()
    )
    found = {row.id: row.balance_pence for row in (await unit.session.execute(query)).all()}
    return {each: found[each.id] for each in accounts}


async def balance(unit: UnitOfWork, account: Account) -> int:
    """What stands in an account now, in pence."""
    found = await unit.session.scalar(select(LedgerAccount.balance_pence).where(LedgerAccount.id == account.id))
    return int(found or 0)


async def fund_coded(unit: UnitOfWork, code: str) -> Fund:
    """The fund of this code; `NotFound` when there is none."""
    row = (await unit.session.scalars(select(Fund).where(Fund.code == code))).one_or_none()
    if row is None:
        raise NotFound("There is no such fund")
    return row


async def reserve(unit: UnitOfWork, fund_id: UUID, about_id: UUID, pence: int, reference: str, why: str) -> UUID:
    """Set money of a fund aside for a round or a campaign (`about_id`)."""
    return await post(unit, EntryKind.RESERVATION, reference, why, domain.reserve(fund_id, about_id, pence))


async def release(unit: UnitOfWork, fund_id: UUID, about_id: UUID, pence: int, reference: str, why: str) -> UUID:
    """Give back what was set aside for `about_id` and not awarded."""
    return await post(unit, EntryKind.RELEASE, reference, why, domain.release(fund_id, about_id, pence))


async def award(
    unit: UnitOfWork, fund_id: UUID, out_of: UUID | None, award_id: UUID, pence: int, reference: str, why: str
) -> UUID:
    """Promise money to an award, out of what was reserved for `out_of` (a round, a campaign) or of the fund itself."""
    return await post(unit, EntryKind.AWARD, reference, why, domain.award(fund_id, out_of, award_id, pence))


async def withdraw(unit: UnitOfWork, fund_id: UUID, award_id: UUID, pence: int, reference: str, why: str) -> UUID:
    """Take back what was promised to an award and not paid."""
    return await post(unit, EntryKind.WITHDRAWAL, reference, why, domain.withdraw(fund_id, award_id, pence))


async def pay(unit: UnitOfWork, fund_id: UUID, award_id: UUID, pence: int, reference: str, why: str) -> UUID:
    """Pay part of an award; `Conflict` beyond what is left of it."""
    return await post(unit, EntryKind.PAYMENT, reference, why, domain.pay(fund_id, award_id, pence))


async def pay_at_once(unit: UnitOfWork, fund_id: UUID, about_id: UUID, pence: int, reference: str, why: str) -> UUID:
    """Pay out of the fund itself with no award before it: a hardship payment. `Conflict` beyond the fund."""
    return await post(unit, EntryKind.PAYMENT, reference, why, domain.pay_at_once(fund_id, about_id, pence))


async def recover(unit: UnitOfWork, fund_id: UUID, about_id: UUID, pence: int, reference: str, why: str) -> UUID:
    """Money paid for `about_id` came back: it can be spent again. `Conflict` when more than went out."""
    paid, returned = Account(fund_id, AccountKind.PAID, about_id), Account(fund_id, AccountKind.RETURNED, about_id)
    lines = domain.recover(fund_id, about_id, pence)
    # In the order in which `post` locks them, with the account it doesn't touch.
    balances = await _locked(unit, {paid, *(each.account for each in lines)})
    domain.check_recoverable(balances[paid], balances[returned], pence)
    return await post(unit, EntryKind.RECOVERY, reference, why, lines)
