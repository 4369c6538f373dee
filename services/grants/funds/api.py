"""The HTTP door of funds."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.funds import commands, queries
from services.grants.funds.domain import MOST_PENCE, FundKind
from services.grants.funds.queries import EntryView, FundView, Proof, ReceiptView

router = APIRouter(route_class=UnitRoute, tags=["funds"])

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Reference = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Table = Annotated[str, StringConstraints(max_length=250_000)]
Pence = Annotated[int, Field(ge=1, le=MOST_PENCE, strict=True, description="Whole pence")]


class Rules(BaseModel):
    """What a fund's money may be for. What it doesn't say, the regulations do."""

    model_config = ConfigDict(extra="forbid")

    share_percent: int = Field(15, ge=0, le=100, description="Of levy receipts: CIL Regulations 2010 reg 59A(5)")
    share_percent_with_plan: int = Field(25, ge=0, le=100, description="With a neighbourhood plan: reg 59A(3)")
    administration_percent: int = Field(0, ge=0, le=5, description="Of levy receipts: reg 61")
    purposes: list[Name] = Field(default=[], max_length=20, description="What it may be spent on, in plain words")
    match_percent: int | None = Field(None, ge=1, le=100, description="A match fund: most of a campaign's target")
    match_most_pence: int | None = Field(None, ge=1, le=MOST_PENCE, description="A match fund: most a campaign")


class NewFund(BaseModel):
    """A pot of money."""

    model_config = ConfigDict(extra="forbid")

    code: Code
    name: Name
    kind: FundKind
    rules: Rules = Rules()


class FundChange(BaseModel):
    """What is not said stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    rules: Rules | None = None


class NewReceipt(BaseModel):
    """Money that is all this fund's: a gift, lottery proceeds, a government grant."""

    model_config = ConfigDict(extra="forbid")

    pence: Pence
    source: Name
    reference: Reference
    received_on: date


class LevyFiles(BaseModel):
    """The three tables of developer contributions (open standard), as text. Sent again, nothing counts twice."""

    model_config = ConfigDict(extra="forbid")

    agreements: Table = Field(description="developer-agreement.csv")
    contributions: Table = Field(description="developer-agreement-contribution.csv")
    transactions: Table = Field(description="developer-agreement-transaction.csv")
    with_neighbourhood_plan: list[Reference] = Field(
        default=[], max_length=1000, description="References of agreements where a neighbourhood plan is in force: 25 %"
    )


class BadRowView(BaseModel):
    """A row that was left out because it breaks a rule."""

    model_config = ConfigDict(from_attributes=True)

    file: str
    line: int
    field: str
    rule: str
    detail: str


class LeftOutView(BaseModel):
    """A good row that brings this fund nothing, with the reason."""

    model_config = ConfigDict(from_attributes=True)

    reference: str
    reason: str


class Loaded(BaseModel):
    """What became of the rows."""

    taken: int
    known_before: int
    share_pence: int = Field(description="What the fund got by this, repayments taken off")
    bad: list[BadRowView]
    left_out: list[LeftOutView]


class NewTransfer(BaseModel):
    """Money to another fund."""

    model_config = ConfigDict(extra="forbid")

    to_fund_id: UUID
    pence: Pence
    reference: Reference
    why: Name


class Transferred(BaseModel):
    """The ledger's entry."""

    entry_id: UUID


@router.post("/funds", status_code=201, **may("grants.fund.keep", keyed=True))
async def make_fund(unit: Unit, response: Response, body: NewFund) -> FundView:
    """A new fund, with nothing in it."""
    row = await commands.make(unit, body.code, body.name, body.kind, body.rules.model_dump(mode="json"))
    response.headers["Location"] = f"/v1/grants/funds/{row.id}"
    set_etag(response, row.version)
    return await queries.shown(unit, row)


@router.get("/funds", **may("grants.fund.read"))
async def list_funds(unit: Unit, paging: Paging) -> Page[FundView]:
    """Funds by code, with what stands in them."""
    rows = await queries.funds(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda view: [view.code])


@router.get("/funds/proof", **may("grants.fund.read"))
async def prove_ledger(unit: Unit) -> Proof:
    """The whole ledger added up anew, from its lines alone."""
    return await queries.proof(unit)


@router.get("/funds/{fund_id}", **may("grants.fund.read", refusals=(404,)))
async def read_fund(unit: Unit, response: Response, fund_id: UUID) -> FundView:
    """One of them."""
    view = await queries.fund(unit, fund_id)
    set_etag(response, view.version)
    return view


@router.patch("/funds/{fund_id}", **may("grants.fund.keep", refusals=(404, 412, 428)))
async def change_fund(unit: Unit, response: Response, fund_id: UUID, expected: Expected, body: FundChange) -> FundView:
    """Another name, or other rules for what comes. Open rounds keep the rules they opened with."""
    rules = body.rules.model_dump(mode="json") if body.rules else None
    row = await commands.change(unit, fund_id, expected, body.name, rules)
    set_etag(response, row.version)
    return await queries.shown(unit, row)


@router.post("/funds/{fund_id}/receipts", status_code=201, **may("grants.receipt.enter", keyed=True, refusals=(404,)))
async def enter_receipt(unit: Unit, response: Response, fund_id: UUID, body: NewReceipt) -> ReceiptView:
    """Enter money that came in. 409 when its reference was entered before: nothing moves."""
    money = commands.Money(body.pence, body.source, body.reference, body.received_on)
    row = await commands.receive(unit, fund_id, money)
    response.headers["Location"] = f"/v1/grants/funds/{fund_id}/receipts/{row.id}"
    return ReceiptView.model_validate(row)


@router.post(
    "/funds/{fund_id}/levy-receipts", status_code=201, **may("grants.receipt.enter", keyed=True, refusals=(404,))
)
async def enter_levy_receipts(unit: Unit, response: Response, fund_id: UUID, body: LevyFiles) -> Loaded:
    """Enter levy receipts by development: 15 % of each, or 25 %, to the penny. Good rows count, bad ones are named."""
    files = (body.agreements, body.contributions, body.transactions)
    loaded = await commands.levy_receipts(unit, fund_id, files, frozenset(body.with_neighbourhood_plan))
    response.headers["Location"] = f"/v1/grants/funds/{fund_id}/receipts"
    return Loaded(
        taken=len(loaded.taken),
        known_before=loaded.known,
        share_pence=loaded.share_pence,
        bad=[BadRowView.model_validate(each) for each in loaded.read.bad],
        left_out=[LeftOutView.model_validate(each) for each in (*loaded.read.left_out, *loaded.refused)],
    )


@router.get("/funds/{fund_id}/receipts", **may("grants.fund.read", refusals=(404,)))
async def list_receipts(unit: Unit, paging: Paging, fund_id: UUID) -> Page[ReceiptView]:
    """A fund's receipts, the oldest first."""
    rows = await queries.receipts(unit, fund_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of_receipt)


@router.get("/funds/{fund_id}/receipts/{receipt_id}", **may("grants.fund.read", refusals=(404,)))
async def read_receipt(unit: Unit, fund_id: UUID, receipt_id: UUID) -> ReceiptView:
    """One of them."""
    return await queries.receipt(unit, fund_id, receipt_id)


@router.get("/funds/{fund_id}/ledger", **may("grants.fund.read", refusals=(404,)))
async def read_ledger(unit: Unit, paging: Paging, fund_id: UUID, about_id: UUID | None = None) -> Page[EntryView]:
    """Every entry that touched this fund, in the order of writing; or what is about one round, award or payment."""
    rows = await queries.entries(unit, fund_id, paging.place, paging.limit + 1, about_id)
    return paging.page(rows, queries.place_of_entry)


@router.post("/funds/{fund_id}/transfers", status_code=201, **may("grants.fund.keep", keyed=True, refusals=(404,)))
async def transfer_money(unit: Unit, response: Response, fund_id: UUID, body: NewTransfer) -> Transferred:
    """Money to another fund: the match fund, the endowment. 409 when there is not enough: nothing moves."""
    entry_id = await commands.transfer(unit, fund_id, body.to_fund_id, body.pence, body.reference, body.why)
    response.headers["Location"] = f"/v1/grants/funds/{fund_id}/ledger"
    return Transferred(entry_id=entry_id)
