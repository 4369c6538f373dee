"""Reads of funds and of their ledger."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.funds.domain import AccountKind, EntryKind, FundKind
from services.grants.funds.models import Fund, LedgerAccount, LedgerEntry, LedgerPosting, Receipt
from services.grants.funds.standing import Totals, totals, totals_of


class FundView(BaseModel):
    """A fund with what stands in it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    code: str
    name: str
    kind: FundKind
    rules: dict[str, Any]
    made_at: UtcDatetime
    stands: Totals


class ReceiptView(BaseModel):
    """Money that came in, or went back to a developer."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    reference: str
    kind: str = Field(description="received | returned")
    source: str
    agreement: str | None
    planning_application: str | None
    received_on: date
    share_percent: int
    gross_pence: int
    share_pence: int = Field(description="What of it is this fund's")
    entry_id: UUID


class PostingView(BaseModel):
    """One line of an entry."""

    fund_id: UUID
    account: AccountKind
    about_id: UUID | None
    pence: int


class EntryView(BaseModel):
    """An entry of the ledger: its lines add up to nothing."""

    id: UUID
    number: int
    kind: EntryKind
    reference: str
    why: str
    dated: date
    made_by: str
    made_at: UtcDatetime
    lines: list[PostingView]


class Proof(BaseModel):
    """The whole ledger added up, as an auditor would: all four are right in a ledger that can be trusted."""

    entries: int
    postings: int
    sum_pence: int = Field(description="Of all postings: nothing")
    unbalanced_entries: int = Field(description="Entries whose lines don't add up to nothing in each fund")
    wrong_balances: int = Field(description="Accounts whose balance is not the sum of their postings")
    below_nothing: int = Field(description="Accounts that hold less than nothing")
    balances: bool


async def fund(unit: UnitOfWork, fund_id: UUID) -> FundView:
    """One of them."""
    row = await unit.session.get(Fund, fund_id)
    if row is None:
        raise NotFound("There is no such fund")
    return await shown(unit, row)


async def shown(unit: UnitOfWork, row: Fund) -> FundView:
    """A fund as it is answered."""
    await unit.session.flush()
    return _view(row, await totals(unit, row.id))


def _view(row: Fund, stands: Totals) -> FundView:
    return FundView.model_validate({**_fields(row), "stands": stands})


def _fields(row: Fund) -> dict[str, Any]:
    names = ("id", "version", "code", "name", "kind", "rules", "made_at")
    return {name: getattr(row, name) for name in names}


async def funds(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[FundView]:
    """Up to `most` after `place`, by code."""
    query = select(Fund).order_by(Fund.code).limit(most)
    if place is not None:
        query = query.where(Fund.code > place[0])
    rows = (await unit.session.scalars(query)).all()
    stands = await totals_of(unit, [row.id for row in rows])
    return [_view(row, stands[row.id]) for row in rows]


async def receipts(unit: UnitOfWork, fund_id: UUID, place: Sequence[Any] | None, most: int) -> Sequence[ReceiptView]:
    """A fund's receipts, the oldest first."""
    await fund(unit, fund_id)
    order = (Receipt.received_on, Receipt.id)
    query = select(Receipt).where(Receipt.fund_id == fund_id).order_by(*order).limit(most)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    return [ReceiptView.model_validate(row) for row in (await unit.session.scalars(query)).all()]


async def receipt(unit: UnitOfWork, fund_id: UUID, receipt_id: UUID) -> ReceiptView:
    """One receipt."""
    row = await unit.session.get(Receipt, receipt_id)
    if row is None or row.fund_id != fund_id:
        raise NotFound("There is no such receipt")
    return ReceiptView.model_validate(row)


async def entries(
    unit: UnitOfWork, fund_id: UUID, place: Sequence[Any] | None, most: int, about_id: UUID | None = None
) -> Sequence[EntryView]:
    """The ledger of a fund, in the order of writing; or only what is about one round, award, payment."""
    await fund(unit, fund_id)
    touching = (
        select(LedgerPosting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.fund_id == fund_id)
    )
    if about_id is not None:
        touching = touching.where(LedgerAccount.about_id == about_id)
    query = select(LedgerEntry).where(LedgerEntry.id.in_(touching)).order_by(LedgerEntry.number).limit(most)
    if place is not None:
        query = query.where(LedgerEntry.number > int(place[0]))
    rows = (await unit.session.scalars(query)).all()
    lines = await _lines(unit, [row.id for row in rows])
    names = ("id", "number", "kind", "reference", "why", "dated", "made_by", "made_at")
    return [
        EntryView.model_validate({**{name: getattr(row, name) for name in names}, "lines": lines.get(row.id, [])})
        for row in rows
    ]


async def _lines(unit: UnitOfWork, entry_ids: Sequence[UUID]) -> dict[UUID, list[PostingView]]:
    query = (
        select(LedgerPosting.entry_id, LedgerPosting.pence, LedgerAccount)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerPosting.entry_id.in_(entry_ids))
        .order_by(LedgerPosting.id)
    )
    found: dict[UUID, list[PostingView]] = {}
    for entry_id, pence, account in (await unit.session.execute(query)).all():
        line = PostingView(
            fund_id=account.fund_id, account=AccountKind(account.kind), about_id=account.about_id, pence=pence
        )
        found.setdefault(entry_id, []).append(line)
    return found


async def proof(unit: UnitOfWork) -> Proof:
    """Add the whole ledger up, from its lines alone."""
    in_each_fund = (
        select(LedgerPosting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .group_by(LedgerPosting.entry_id, LedgerAccount.fund_id)
        .having(func.sum(LedgerPosting.pence) != 0)
    )
    added = (
        select(LedgerPosting.account_id, func.sum(LedgerPosting.pence).label("pence"))
        .group_by(LedgerPosting.account_id)
        .subquery()
    )
    wrong = (
        select(func.count())
        .select_from(LedgerAccount)
        .outerjoin(added, added.c.account_id == LedgerAccount.id)
        .where(func.coalesce(added.c.pence, 0) != LedgerAccount.balance_pence)
    )
    outside = LedgerAccount.kind.in_([AccountKind.INCOME, AccountKind.RETURNED])
    below = select(func.count()).where(
        LedgerAccount.kind != AccountKind.TRANSFERRED,
        (outside & (LedgerAccount.balance_pence > 0)) | (~outside & (LedgerAccount.balance_pence < 0)),
    )
    count = select(func.count(), func.coalesce(func.sum(LedgerPosting.pence), 0)).select_from(LedgerPosting)
    postings, total = (await unit.session.execute(count)).one()
    counts = {
        "entries": int(await unit.session.scalar(select(func.count()).select_from(LedgerEntry)) or 0),
        "postings": int(postings),
        "sum_pence": int(total),
        "unbalanced_entries": int(
            await unit.session.scalar(select(func.count()).select_from(in_each_fund.subquery())) or 0
        ),
        "wrong_balances": int(await unit.session.scalar(wrong) or 0),
        "below_nothing": int(await unit.session.scalar(below) or 0),
    }
    right = not any(counts[name] for name in ("sum_pence", "unbalanced_entries", "wrong_balances", "below_nothing"))
    return Proof.model_validate({**counts, "balances": right})


def place_of_receipt(view: ReceiptView) -> list[Any]:
    """Where a list of receipts goes on."""
    return [view.received_on, view.id]


def place_of_entry(view: EntryView) -> list[Any]:
    """Where the ledger goes on."""
    return [view.number]
