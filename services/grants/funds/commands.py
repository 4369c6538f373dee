"""Writes of funds: made, changed, money in, money from one to another. Other capabilities move money by these too."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.grants.funds import FundState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.funds import domain, levy, standing
from services.grants.funds.domain import EntryKind, FundKind
from services.grants.funds.ledger import (
    Entry,
    award,
    balance,
    fund_coded,
    pay,
    pay_at_once,
    post,
    post_all,
    recover,
    release,
    reserve,
    withdraw,
)
from services.grants.funds.models import Fund, Receipt

__all__ = [
    "Entry",
    "award",
    "balance",
    "change",
    "fund_coded",
    "levy_receipts",
    "load",
    "make",
    "pay",
    "pay_at_once",
    "post",
    "post_all",
    "receive",
    "recover",
    "release",
    "reserve",
    "transfer",
    "withdraw",
]


@dataclass(frozen=True, slots=True)
class Money:
    """Money from outside that is all the fund's own: a gift, lottery proceeds, a government grant."""

    pence: int
    source: str
    reference: str
    received_on: date


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of three files."""

    taken: list[UUID]
    known: int
    read: levy.Read
    refused: list[levy.LeftOut]
    share_pence: int = 0


async def make(unit: UnitOfWork, code: str, name: str, kind: FundKind, rules: Mapping[str, Any]) -> Fund:
    """A new fund, with nothing in it. `Conflict` when the code is another's."""
    now = clock.business_now()
    values = {"id": new_id(), "version": 1, "code": code, "name": name, "kind": kind, "rules": dict(rules)}
    values |= {"made_by": unit.cause.actor, "made_at": now, "changed_at": now}
    row: Fund | None = await unit.session.scalar(insert(Fund).values(values).on_conflict_do_nothing().returning(Fund))
    if row is None:
        raise Conflict("There is a fund with this code already", code=code)
    unit.accessed(f"fund/{row.id}")
    return row


async def load(unit: UnitOfWork, fund_id: UUID, *, for_change: bool = False) -> Fund:
    """The fund; locked if it is to change."""
    query = select(Fund).where(Fund.id == fund_id)
    row = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if row is None:
        raise NotFound("There is no such fund")
    return row


async def change(
    unit: UnitOfWork, fund_id: UUID, expected: int, name: str | None, rules: Mapping[str, Any] | None
) -> Fund:
    """Another name, or other rules for what comes: rounds that are open keep the ones they opened with."""
    row = await load(unit, fund_id, for_change=True)
    check_version(row.version, expected)
    row.name = name or row.name
    row.rules = dict(rules) if rules is not None else row.rules
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"fund/{row.id}")
    return row


async def receive(unit: UnitOfWork, fund_id: UUID, money: Money) -> Receipt:
    """Enter one receipt. `Conflict` when its reference was entered before."""
    fund = await load(unit, fund_id, for_change=True)
    if money.received_on > clock.today():
        raise invalid("/received_on", "That day has not come: enter it when the money is there.", "not-ahead")
    await _check_new(unit, fund.id, money.reference)
    lines = domain.receive(fund.id, money.pence)
    entry = Entry(EntryKind.RECEIPT, _reference(fund.id, money.reference), money.source, lines, money.received_on)
    row = Receipt(
        id=new_id(),
        fund_id=fund.id,
        entry_id=(await post_all(unit, [entry]))[0],
        reference=money.reference,
        kind=levy.MONEY_IN,
        source=money.source,
        received_on=money.received_on,
        share_percent=100,
        gross_pence=money.pence,
        share_pence=money.pence,
    )
    unit.session.add(row)
    await _receipted(unit, fund)
    return row


async def levy_receipts(
    unit: UnitOfWork, fund_id: UUID, files: tuple[str, str, str], with_plan: Collection[str]
) -> Loaded:
    """Enter the levy receipts of the three published files. Sent again, nothing is entered twice."""
    fund = await load(unit, fund_id, for_change=True)
    if fund.kind != FundKind.NCIL:
        raise Conflict("Levy receipts belong to a fund of the neighbourhood levy", kind=fund.kind, allowed=["ncil"])
    read = levy.read(*files, shares_of(fund), with_plan)
    wanted = [each.reference for each in read.receipts]
    query = select(Receipt.reference).where(Receipt.fund_id == fund.id, Receipt.reference.in_(wanted))
    known = set((await unit.session.scalars(query)).all())
    new = [each for each in read.receipts if each.reference not in known]
    takes, refused = await _fitting(unit, fund, new)
    if not takes:
        return Loaded([], len(known), read, refused)
    ids = await post_all(unit, [entry for _, entry in takes])
    rows: list[dict[str, Any]] = [
        {
            "id": new_id(),
            "fund_id": fund.id,
            "entry_id": entry_id,
            "reference": each.reference,
            "kind": levy.MONEY_BACK if each.back else levy.MONEY_IN,
            "source": each.development,
            "agreement": each.agreement,
            "planning_application": each.planning_application,
            "received_on": each.received_on,
            "share_percent": each.share_percent,
            "gross_pence": each.parts.gross,
            "share_pence": each.parts.neighbourhood,
        }
        for (each, _), entry_id in zip(takes, ids, strict=True)
    ]
    await unit.session.execute(insert(Receipt).values(rows))
    await _receipted(unit, fund)
    share = sum(-each.parts.neighbourhood if each.back else each.parts.neighbourhood for each, _ in takes)
    return Loaded([row["id"] for row in rows], len(known), read, refused, share)


async def _fitting(
    unit: UnitOfWork, fund: Fund, receipts: list[levy.LevyReceipt]
) -> tuple[list[tuple[levy.LevyReceipt, Entry]], list[levy.LeftOut]]:
    """What can be posted, money in first; a repayment beyond what is there is refused by itself."""
    balances = await standing.accounts(unit, fund.id)
    takes, refused = [], []
    for each in sorted(receipts, key=lambda one: (one.back, one.received_on, one.reference)):
        if each.received_on > clock.today():
            refused.append(levy.LeftOut(each.reference, "dated-ahead"))
            continue
        lines = domain.receive_levy(fund.id, each.parts)
        kind = EntryKind.RECEIPT
        if each.back:
            lines, kind = domain.refund(lines), EntryKind.REFUND
        try:
            balances |= domain.after(balances, lines)
        except Conflict:
            refused.append(levy.LeftOut(each.reference, "not-enough-left-to-give-back"))
            continue
        reference = _reference(fund.id, each.reference)
        takes.append((each, Entry(kind, reference, each.development, lines, each.received_on)))
    return takes, refused


async def transfer(unit: UnitOfWork, fund_id: UUID, to_fund_id: UUID, pence: int, reference: str, why: str) -> UUID:
    """Money from one fund to another, e.g. to the match fund or into the endowment. The entry's id."""
    for each in sorted({fund_id, to_fund_id}):
        await load(unit, each)
    lines = domain.transfer(fund_id, to_fund_id, pence)
    unit.accessed(f"fund/{fund_id}")
    return await post(unit, EntryKind.TRANSFER, f"transfer/{fund_id}/{reference}", why, lines)


def shares_of(fund: Fund) -> levy.Shares:
    """The percentages of a fund's rules; the regulations' own where it says none."""
    usual = levy.Shares()
    return levy.Shares(
        plain=int(fund.rules.get("share_percent", usual.plain)),
        with_plan=int(fund.rules.get("share_percent_with_plan", usual.with_plan)),
        administration=int(fund.rules.get("administration_percent", usual.administration)),
    )


def _reference(fund_id: UUID, reference: str) -> str:
    return f"receipt/{fund_id}/{reference}"


async def _check_new(unit: UnitOfWork, fund_id: UUID, reference: str) -> None:
    query = select(Receipt.id).where(Receipt.fund_id == fund_id, Receipt.reference == reference)
    if await unit.session.scalar(query):
        raise Conflict("A receipt with this reference was entered before. Nothing was moved.", reference=reference)


async def _receipted(unit: UnitOfWork, fund: Fund) -> None:
    await unit.session.flush()
    fund.version, fund.changed_at = fund.version + 1, clock.business_now()
    stands = await standing.totals(unit, fund.id)
    state = FundState.model_validate(
        {
            "fund_id": fund.id,
            "code": fund.code,
            "kind": fund.kind,
            "received_pence": stands.received_pence,
            "available_pence": stands.available_pence,
            "reserved_pence": stands.reserved_pence,
            "awarded_pence": stands.awarded_pence,
            "paid_pence": stands.paid_pence,
            "returned_pence": stands.returned_pence,
            "receipts": await standing.receipts_so_far(unit, fund.id),
            "changed_at": fund.changed_at,
        }
    )
    unit.emit("grants.fund.receipted", state, aggregate_id=fund.id, sequence=fund.version)
    unit.accessed(f"fund/{fund.id}")
