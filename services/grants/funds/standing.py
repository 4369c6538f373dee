"""Where the money of funds stands: sums of balances, for reads and for what is announced."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from kit.store.unit import UnitOfWork
from services.grants.funds.domain import Account, AccountKind
from services.grants.funds.models import LedgerAccount, Receipt


class Totals(BaseModel):
    """Where a fund's money stands, in pence."""

    received_pence: int = Field(description="Came in from outside or from other funds, less what went to others")
    available_pence: int
    reserved_pence: int
    awarded_pence: int = Field(description="Promised and not paid yet")
    paid_pence: int
    returned_pence: int = Field(description="Of what was paid, came back and can be spent again")
    administration_pence: int = Field(description="Of levy receipts, kept for administration")
    strategic_pence: int = Field(description="Of levy receipts, the whole borough's")


async def accounts(unit: UnitOfWork, fund_id: UUID) -> dict[Account, int]:
    """What stands in each account of a fund that is about nothing in particular."""
    query = select(LedgerAccount.kind, LedgerAccount.balance_pence).where(
        LedgerAccount.fund_id == fund_id, LedgerAccount.about_id.is_(None)
    )
    found = (await unit.session.execute(query)).all()
    return {Account(fund_id, AccountKind(kind)): pence for kind, pence in found}


async def totals(unit: UnitOfWork, fund_id: UUID) -> Totals:
    """Where a fund's money stands."""
    return (await totals_of(unit, [fund_id]))[fund_id]


async def totals_of(unit: UnitOfWork, fund_ids: Sequence[UUID]) -> dict[UUID, Totals]:
    """Where the money of several funds stands."""
    query = (
        select(LedgerAccount.fund_id, LedgerAccount.kind, func.sum(LedgerAccount.balance_pence))
        .where(LedgerAccount.fund_id.in_(fund_ids))
        .group_by(LedgerAccount.fund_id, LedgerAccount.kind)
    )
    sums = {(fund_id, kind): int(pence) for fund_id, kind, pence in (await unit.session.execute(query)).all()}

    def of(fund_id: UUID, kind: AccountKind) -> int:
        return sums.get((fund_id, kind), 0)

    return {
        each: Totals(
            received_pence=-of(each, AccountKind.INCOME)
            - of(each, AccountKind.TRANSFERRED)
            - of(each, AccountKind.ADMINISTRATION)
            - of(each, AccountKind.STRATEGIC),
            available_pence=of(each, AccountKind.AVAILABLE),
            reserved_pence=of(each, AccountKind.RESERVED),
            awarded_pence=of(each, AccountKind.AWARDED),
            paid_pence=of(each, AccountKind.PAID),
            returned_pence=-of(each, AccountKind.RETURNED),
            administration_pence=of(each, AccountKind.ADMINISTRATION),
            strategic_pence=of(each, AccountKind.STRATEGIC),
        )
        for each in fund_ids
    }


async def receipts_so_far(unit: UnitOfWork, fund_id: UUID) -> int:
    """How many receipts a fund has."""
    query = select(func.count()).select_from(Receipt).where(Receipt.fund_id == fund_id)
    return int(await unit.session.scalar(query) or 0)
