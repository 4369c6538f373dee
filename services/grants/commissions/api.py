"""The HTTP door of commissions."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.commissions import commands, domain, queries
from services.grants.commissions.domain import State
from services.grants.commissions.models import Commission
from services.grants.commissions.queries import CommissionView, LoadView

router = APIRouter(route_class=UnitRoute, tags=["commissions"])

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Number = Annotated[int, Field(ge=0, le=1_000_000, strict=True)]
_MADE = (404, 409, 412, 428)


class NewYear(BaseModel):
    """What a financial year costs."""

    model_config = ConfigDict(extra="forbid")

    year: int = Field(ge=2020, le=2100)
    pence: int = Field(ge=1, le=10_000_000_000, strict=True)


class NewMember(BaseModel):
    """An organisation of the bid, and its part."""

    model_config = ConfigDict(extra="forbid")

    organisation_id: UUID
    percent: int = Field(ge=1, le=100)


class NewBid(BaseModel):
    """A bid. Small groups join in one: the first answers for it."""

    model_config = ConfigDict(extra="forbid")

    title: Title
    words: Words
    years: list[NewYear] = Field(min_length=1, max_length=domain.MOST_YEARS)
    members: list[NewMember] = Field(min_length=1, max_length=50)


class Recommendation(BaseModel):
    """What the residents' forum recommends. Published."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    on: date


class Agreement(BaseModel):
    """Yes, out of this fund. Published."""

    model_config = ConfigDict(extra="forbid")

    fund_code: Code
    words: Words


class Refusal(BaseModel):
    """No, and why. Published."""

    model_config = ConfigDict(extra="forbid")

    words: Words


class YearToPay(BaseModel):
    """The year to pay."""

    model_config = ConfigDict(extra="forbid")

    year: int = Field(ge=2020, le=2100)


class Carried(BaseModel):
    """What an organisation carried in a month: numbers, of nobody by name."""

    model_config = ConfigDict(extra="forbid")

    organisation_id: UUID
    month: Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    referrals: Number
    refused_full: Number = 0


class Loads(BaseModel):
    """Counts of referrals, a line for an organisation and month."""

    model_config = ConfigDict(extra="forbid")

    loads: list[Carried] = Field(min_length=1, max_length=2000)


class LoadList(BaseModel):
    """Money beside load."""

    items: list[LoadView]


async def _answer(unit: Unit, response: Response, row: Commission) -> CommissionView:
    response.headers["Location"] = f"/v1/grants/commissions/{row.id}"
    set_etag(response, row.version)
    await unit.session.flush()
    return await queries.view(unit, row.id)


@router.post("/commissions", status_code=201, **may("grants.commission.keep", keyed=True))
async def bid_for_commission(unit: Unit, response: Response, body: NewBid) -> CommissionView:
    """A bid, of one organisation or several together."""
    years = [domain.Year(each.year, each.pence) for each in body.years]
    members = [domain.Member(each.organisation_id, each.percent) for each in body.members]
    return await _answer(unit, response, await commands.bid(unit, body.title, body.words, years, members))


@router.get("/commissions", **may("grants.commission.read"))
async def list_commissions(unit: Unit, paging: Paging, state: State | None = None) -> Page[CommissionView]:
    """Commissions, the newest first."""
    return paging.page(await queries.listed(unit, state, paging.place, paging.limit + 1), queries.place_of)


@router.get("/commissions/loads", **may("grants.commission.read"))
async def list_loads(unit: Unit) -> LoadList:
    """Referrals of twelve months beside the money for them: those nobody pays stand first."""
    return LoadList(items=await queries.loads(unit))


@router.put("/commissions/loads", **may("grants.commission.keep"))
async def enter_loads(unit: Unit, body: Loads) -> LoadList:
    """How many referrals organisations carried, from triage's counts; again puts a month right."""
    found = {
        (each.organisation_id, each.month): commands.Carried(
            each.organisation_id, date.fromisoformat(f"{each.month}-01"), each.referrals, each.refused_full
        )
        for each in body.loads
    }
    await commands.carry(unit, list(found.values()))
    return LoadList(items=await queries.loads(unit))


@router.get("/commissions/{commission_id}", **may("grants.commission.read", refusals=(404,)))
async def read_commission(unit: Unit, response: Response, commission_id: UUID) -> CommissionView:
    """One of them."""
    found = await queries.view(unit, commission_id)
    set_etag(response, found.version)
    return found


@router.post("/commissions/{commission_id}/recommendation", **may("grants.commission.keep", refusals=_MADE))
async def recommend_commission(
    unit: Unit, response: Response, commission_id: UUID, expected: Expected, body: Recommendation
) -> CommissionView:
    """What the residents' forum recommends."""
    return await _answer(unit, response, await commands.recommend(unit, commission_id, expected, body.words, body.on))


@router.post("/commissions/{commission_id}/agreement", **may("grants.commission.decide", refusals=_MADE))
async def agree_to_commission(
    unit: Unit, response: Response, commission_id: UUID, expected: Expected, body: Agreement
) -> CommissionView:
    """Agree, by another officer: the first year's money is promised. 409 beyond the fund: nothing moves."""
    row = await commands.agree(unit, commission_id, expected, body.fund_code, body.words)
    return await _answer(unit, response, row)


@router.post("/commissions/{commission_id}/refusal", **may("grants.commission.decide", refusals=_MADE))
async def decline_commission(
    unit: Unit, response: Response, commission_id: UUID, expected: Expected, body: Refusal
) -> CommissionView:
    """Say no, with a public reason."""
    return await _answer(unit, response, await commands.decline(unit, commission_id, expected, body.words))


@router.post("/commissions/{commission_id}/payment", **may("grants.commission.decide", refusals=_MADE))
async def pay_commission_year(
    unit: Unit, response: Response, commission_id: UUID, expected: Expected, body: YearToPay
) -> CommissionView:
    """Pay a year, once."""
    return await _answer(unit, response, await commands.pay_year(unit, commission_id, expected, body.year))
