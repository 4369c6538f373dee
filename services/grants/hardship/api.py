"""The HTTP door of hardship payments."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from kit.store import access
from kit.store.access import KnownHousehold
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.hardship import commands, domain, queries
from services.grants.hardship.domain import State
from services.grants.hardship.models import HardshipPayment
from services.grants.hardship.queries import Filters, LimitsView, PaymentView, SpentView, TrainingView

router = APIRouter(route_class=UnitRoute, tags=["hardship"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Worker = Annotated[str, Path(min_length=1, max_length=128)]
Month = Annotated[str, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
_MADE = (404, 409, 412, 428)


class Payee(BaseModel):
    """To whom, how. Cash first: their own account, or a code they cash themselves."""

    model_config = ConfigDict(extra="forbid")

    way: domain.Way
    sort_code: str | None = Field(None, max_length=6)
    account_number: str | None = Field(None, max_length=8)
    asked_for_joint: bool = Field(False, description="They asked for the joint account themselves, alone")
    supplier: Short | None = None
    why_not_cash: Words | None = None

    def as_rules_see_it(self) -> domain.Payee:
        """As the rules take it."""
        return domain.Payee(**self.model_dump())


class NewRequest(BaseModel):
    """A request for a hardship payment. Anyone may ask, for somebody else too."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    household_id: UUID | None = Field(None, description="Where they have two, which of them this is about")
    fund_code: Code = "hardship"
    asked_by: domain.AskedBy = domain.AskedBy.THEMSELVES
    urgent: bool = True
    strand: domain.Strand = domain.Strand.CRISIS
    need: domain.Need
    shock: domain.Shock
    words: Words
    amount_pence: int = Field(ge=1, le=10_000_000, strict=True)
    payee: Payee

    def as_commands_take_it(self) -> commands.Asked:
        """As the writes take it."""
        return commands.Asked(
            self.person_id,
            self.household_id,
            self.fund_code,
            self.asked_by,
            self.urgent,
            self.strand,
            self.need,
            self.shock,
            self.words,
            self.amount_pence,
            self.payee.as_rules_see_it(),
        )


class Payment(BaseModel):
    """Pay it. What else is offered, so that it is not only for today."""

    model_config = ConfigDict(extra="forbid")

    advice: Code | None = Field(None, description="E.g. debt_advice, benefit_check, food_club")


class Refusal(BaseModel):
    """No, and why: told to them, with how to question it."""

    model_config = ConfigDict(extra="forbid")

    reason: domain.RefusalReason
    words: Words


class Question(BaseModel):
    """Please look again."""

    model_config = ConfigDict(extra="forbid")

    why: Words
    payee: Payee | None = Field(None, description="Account figures are not kept after a refusal: give them again")


class Check(BaseModel):
    """What the next day's look at a desk payment found."""

    model_config = ConfigDict(extra="forbid")

    finding: domain.Finding
    words: Words


class Reason(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class NewTraining(BaseModel):
    """Training for payments at the desk."""

    model_config = ConfigDict(extra="forbid")

    trained_on: date
    until: date = Field(description="The first day it holds no longer")


async def _answer(unit: Unit, response: Response, row: HardshipPayment) -> PaymentView:
    response.headers["Location"] = f"/v1/grants/hardship-payments/{row.id}"
    set_etag(response, row.version)
    await unit.session.flush()
    return await queries.view(unit, row.id)


@router.get("/households/{household_id}", **may("grants.household.read", refusals=(404,)))
async def read_household(unit: Unit, household_id: UUID) -> KnownHousehold:
    """Who grants has heard belongs to a household."""
    return await access.household(unit, household_id)


@router.post("/hardship-payments", status_code=201, **may("grants.hardship.ask", keyed=True, refusals=(404,)))
async def ask_for_payment(unit: Unit, response: Response, body: NewRequest) -> PaymentView:
    """Ask for a hardship payment, to be decided the same day."""
    return await _answer(unit, response, await commands.ask(unit, body.as_commands_take_it()))


@router.get("/hardship-payments", **may("grants.hardship.read"))
async def list_payments(
    unit: Unit,
    paging: Paging,
    state: State | None = None,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
    to_check: bool = False,
    overdue: bool = False,
) -> Page[PaymentView]:
    """Requests, the oldest first; those to look at today, or those that are late."""
    filters = Filters(state, person_id, household_id, to_check, overdue)
    return paging.page(await queries.listed(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/hardship-payments/limits", **may("grants.hardship_limit.read"))
async def read_limits(unit: Unit) -> LimitsView:
    """What may be paid at the desk today."""
    return queries.limits_today()


@router.get("/hardship-payments/spent", **may("grants.hardship_count.read"))
async def read_spent(unit: Unit, month: Month) -> SpentView:
    """What was paid in a month, of nobody by name. Groups of fewer than ten are hidden."""
    return await queries.spent(unit, month)


@router.get("/hardship-payments/{payment_id}", **may("grants.hardship.read", refusals=(404,)))
async def read_payment(unit: Unit, response: Response, payment_id: UUID) -> PaymentView:
    """One of them."""
    found = await queries.view(unit, payment_id)
    set_etag(response, found.version)
    return found


@router.post("/hardship-payments/{payment_id}/payment", **may("grants.hardship.pay", refusals=_MADE))
async def pay(unit: Unit, response: Response, payment_id: UUID, expected: Expected, body: Payment) -> PaymentView:
    """Pay. Up to the desk's sum at once; above it a second officer has thirty minutes to approve."""
    return await _answer(unit, response, await commands.pay(unit, payment_id, expected, body.advice))


@router.post("/hardship-payments/{payment_id}/approval", **may("grants.hardship.pay", refusals=_MADE))
async def approve(unit: Unit, response: Response, payment_id: UUID, expected: Expected) -> PaymentView:
    """The second officer approves, and it is paid."""
    return await _answer(unit, response, await commands.approve(unit, payment_id, expected))


@router.post("/hardship-payments/{payment_id}/refusal", **may("grants.hardship.pay", refusals=_MADE))
async def refuse(unit: Unit, response: Response, payment_id: UUID, expected: Expected, body: Refusal) -> PaymentView:
    """Say no, with reasons."""
    return await _answer(unit, response, await commands.refuse(unit, payment_id, expected, body.reason, body.words))


@router.post("/hardship-payments/{payment_id}/reconsideration", **may("grants.hardship.ask", refusals=_MADE))
async def reconsider(
    unit: Unit, response: Response, payment_id: UUID, expected: Expected, body: Question
) -> PaymentView:
    """They ask to look again: another officer does."""
    payee = body.payee.as_rules_see_it() if body.payee else None
    return await _answer(unit, response, await commands.reconsider(unit, payment_id, expected, body.why, payee))


@router.post("/hardship-payments/{payment_id}/withdrawal", **may("grants.hardship.ask", refusals=_MADE))
async def withdraw(unit: Unit, response: Response, payment_id: UUID, expected: Expected) -> PaymentView:
    """They no longer want it."""
    return await _answer(unit, response, await commands.withdraw(unit, payment_id, expected))


@router.post("/hardship-payments/{payment_id}/return", **may("grants.hardship.pay", refusals=_MADE))
async def give_back(unit: Unit, response: Response, payment_id: UUID, expected: Expected, body: Reason) -> PaymentView:
    """The money came back: it is the fund's again."""
    return await _answer(unit, response, await commands.give_back(unit, payment_id, expected, body.reason))


@router.post("/hardship-payments/{payment_id}/check", **may("grants.hardship.check", refusals=_MADE))
async def check(unit: Unit, response: Response, payment_id: UUID, expected: Expected, body: Check) -> PaymentView:
    """What the next day's look at a desk payment found."""
    return await _answer(unit, response, await commands.check(unit, payment_id, expected, body.finding, body.words))


@router.get("/desk-training", **may("grants.desk_training.keep"))
async def list_trainings(unit: Unit, paging: Paging) -> Page[TrainingView]:
    """Who may pay at the desk."""
    rows = await queries.trainings(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.worker])


@router.put("/desk-training/{worker}", **may("grants.desk_training.keep"))
async def keep_training(unit: Unit, worker: Worker, body: NewTraining) -> TrainingView:
    """Put an officer's training on record, or another end to it."""
    return queries.training(await commands.train(unit, worker, body.trained_on, body.until))
