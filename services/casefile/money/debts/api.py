"""The HTTP door of debts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.advisers.queries import check_may_advise
from services.casefile.money.debts import commands, domain, queries
from services.casefile.money.debts.models import Debt
from services.casefile.money.debts.queries import DebtView, Options
from services.casefile.money.pounds import MOST
from services.casefile.money.statements.queries import spare_of

router = APIRouter(route_class=UnitRoute, tags=["money"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Pence = Annotated[int, Field(ge=0, le=MOST, strict=True)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class NewDebt(Body):
    """A debt as the person tells of it."""

    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where they belong today")
    kind: Line = Field(description="One of the kinds of debt; it says whether the debt comes first")
    owed_pence: Pence
    creditor: Line | None = None
    reference: Line | None = None
    joint: StrictBool = Field(False, description="Somebody else owes it too: whom is not recorded here")
    stage: Line | None = Field(None, description="Left out: the first stage of its kind")
    stage_on: date | None = None
    priority: StrictBool | None = Field(None, description="Left out: as its kind says")
    priority_reason: Line | None = None


class DebtChange(Body):
    """Any of these."""

    owed_pence: Pence | None = None
    stage: Line | None = None
    on: date | None = Field(None, description="When it came to that stage; left out: today")
    disputed: StrictBool | None = None
    state: domain.State | None = None
    reason: Line | None = None


class OptionsAsked(Body):
    """Whose ways out, and what they said today; what nobody asked stays out."""

    person_id: UUID
    assets_pence: Pence | None = None
    owns_home: StrictBool | None = None
    relief_order_in_six_years: StrictBool | None = None


def _answer(response: Response, row: Debt) -> DebtView:
    response.headers["Location"] = f"/v1/casefile/money/debts/{row.id}"
    set_etag(response, row.version)
    return DebtView.of(row)


@router.post("/money/debts", status_code=201, **may("casefile.debt.record", keyed=True, refusals=(404,)))
async def record_debt(unit: Unit, response: Response, body: NewDebt) -> DebtView:
    """Put a debt on somebody's list. To note what is owed is no advice: whoever works with them may."""
    told = commands.NewDebt(**body.model_dump(exclude={"person_id", "household_id"}))
    return _answer(response, await commands.record(unit, body.person_id, body.household_id, told))


@router.get("/money/debts", **may("casefile.debt.read"))
async def list_debts(unit: Unit, paging: Paging, person_id: UUID) -> Page[DebtView]:
    """A person's debts, those that come first, first."""
    rows = await queries.of_person(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/money/debts/{debt_id}", **may("casefile.debt.read", refusals=(404,)))
async def read_debt(unit: Unit, response: Response, debt_id: UUID) -> DebtView:
    """One debt."""
    view = await queries.view(unit, debt_id)
    set_etag(response, view.version)
    return view


@router.patch("/money/debts/{debt_id}", **may("casefile.debt.record", refusals=(404, 409, 412, 428)))
async def change_debt(unit: Unit, response: Response, debt_id: UUID, expected: Expected, body: DebtChange) -> DebtView:
    """What is owed now, how far the creditor went, whether they dispute it, how it ended."""
    return _answer(response, await commands.change(unit, debt_id, expected, body.model_dump(exclude_unset=True)))


@router.post("/money/options", **may("casefile.debt_option.read"))
async def list_options(unit: Unit, body: OptionsAsked) -> Options:
    """The ways out of somebody's debts, each with why it fits or not. For advisers of an authorised or exempt body."""
    await check_may_advise(unit)
    spare = await spare_of(unit, body.person_id)
    return await queries.options(unit, body.person_id, spare, body.model_dump(exclude={"person_id"}))
