"""The HTTP door of awards: read by anyone; agreed, paid, reported on and recovered by those who run them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from kit.contracts.envelope import Code
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.awards import agreements, commands, public, queries, reporting
from services.grants.awards.domain import Instalment, InstalmentState, ReportState
from services.grants.awards.public import PublicAward
from services.grants.awards.queries import AwardFile, PaymentView, RecoveryView, ReportView
from services.grants.cacheable import anyone_may_keep
from services.grants.funds.domain import MOST_PENCE
from services.grants.rounds.shapes import Line, Pence, Ward, Words

router = APIRouter(route_class=UnitRoute, tags=["awards"])

PUBLISHED = "grants.award.published"
RUN = "grants.award.run"


class InstalmentBody(BaseModel):
    """Part of an award, paid when its milestone is reached."""

    model_config = ConfigDict(extra="forbid")

    pence: Pence
    milestone: Line
    due_on: date


class AgreementBody(BaseModel):
    """What both sides signed. Instalments are the award, to the penny."""

    model_config = ConfigDict(extra="forbid")

    agreed_on: date
    starts_on: date
    ends_on: date
    conditions: list[Words] = Field(default=[], max_length=50)
    instalments: list[InstalmentBody] = Field(min_length=1, max_length=20)


class PaymentBody(BaseModel):
    """You ask for an instalment."""

    model_config = ConfigDict(extra="forbid")

    instalment: int = Field(ge=1, le=20, strict=True)
    payee_checked: StrictBool = Field(description="The account is the group's own: you checked")
    evidence: Words = Field(description="How you know that the milestone is reached")


class OutcomeBody(BaseModel):
    """Something that came of it, counted."""

    model_config = ConfigDict(extra="forbid")

    what: Line
    count: int = Field(ge=0, le=10_000_000, strict=True)


class ReportBody(BaseModel):
    """What a group tells. Counts of groups of people, never a person."""

    model_config = ConfigDict(extra="forbid")

    number: int = Field(ge=1, le=20, strict=True)
    spent_pence: int = Field(ge=0, le=MOST_PENCE, strict=True, description="Of the whole award so far")
    people_reached: int = Field(ge=0, le=1_000_000, strict=True)
    outcomes: list[OutcomeBody] = Field(default=[], max_length=50)
    equality: dict[Code, Annotated[int, Field(ge=0, le=1_000_000, strict=True)]] = Field(default={}, max_length=50)
    narrative: Words


class Review(BaseModel):
    """Accept it, or say what is missing."""

    model_config = ConfigDict(extra="forbid")

    accepted: StrictBool
    reason: Words | None = None


class Reason(BaseModel):
    """Why, publicly."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class RecoveryBody(BaseModel):
    """Money that came back."""

    model_config = ConfigDict(extra="forbid")

    pence: Pence
    reason: Words


@router.get("/awards", **may(PUBLISHED))
async def list_awards(
    unit: Unit,
    response: Response,
    paging: Paging,
    round_id: UUID | None = None,
    ward: Annotated[Ward | None, Query(description="GSS code")] = None,
) -> Page[PublicAward]:
    """Awards, the newest first. For anyone."""
    anyone_may_keep(response)
    rows = await public.awards(unit, round_id, ward, paging.place, paging.limit + 1)
    return paging.page(rows, public.place_of)


@router.get("/awards/{award_id}", **may(PUBLISHED, refusals=(404,)))
async def read_award(unit: Unit, response: Response, award_id: UUID) -> PublicAward:
    """One of them. For anyone."""
    anyone_may_keep(response)
    return await public.award(unit, award_id)


@router.get("/awards/{award_id}/file", **may("grants.award.read", refusals=(404,)))
async def read_award_file(unit: Unit, response: Response, award_id: UUID) -> AwardFile:
    """An award with its agreement, payments, reports and recoveries."""
    view = await queries.file(unit, award_id)
    set_etag(response, view.version)
    return view


@router.post("/awards/{award_id}/agreement", **may(RUN, refusals=(404, 409, 412, 428)))
async def agree_award(
    unit: Unit, response: Response, award_id: UUID, expected: Expected, body: AgreementBody
) -> AwardFile:
    """Record the signed agreement: from now on instalments can be paid and reports are due."""
    made = agreements.Agreement(
        body.agreed_on,
        body.starts_on,
        body.ends_on,
        body.conditions,
        [Instalment(each.pence, each.milestone, each.due_on) for each in body.instalments],
    )
    row = await agreements.agree(unit, award_id, expected, made)
    set_etag(response, row.version)
    return await queries.file(unit, award_id)


@router.post("/awards/{award_id}/payments", status_code=201, **may(RUN, keyed=True, refusals=(404,)))
async def request_award_payment(unit: Unit, response: Response, award_id: UUID, body: PaymentBody) -> PaymentView:
    """Ask for an instalment. Another officer releases it; 409 while a report is late or due diligence is open."""
    row = await commands.request_payment(unit, award_id, body.instalment, body.payee_checked, body.evidence)
    response.headers["Location"] = f"/v1/grants/awards/{award_id}/file"
    return PaymentView.model_validate(row)


@router.get("/payments", **may(RUN))
async def list_award_payments(unit: Unit, paging: Paging, state: InstalmentState | None = None) -> Page[PaymentView]:
    """Instalments by the day they are due: what waits for a hand."""
    return paging.page(await queries.payments(unit, state, paging.place, paging.limit + 1), queries.place_of)


@router.post("/payments/{payment_id}/release", **may("grants.payment.release", refusals=(404, 409)))
async def release_award_payment(unit: Unit, payment_id: UUID) -> PaymentView:
    """Release a payment that another officer asked for. Beyond the award or the fund: 409, and nothing moves."""
    return PaymentView.model_validate(await commands.release_payment(unit, payment_id))


@router.post("/awards/{award_id}/reports", status_code=201, **may("grants.report.send", keyed=True, refusals=(404,)))
async def send_report(unit: Unit, response: Response, award_id: UUID, body: ReportBody) -> ReportView:
    """Report on a grant: the group itself, or an officer who types it in."""
    told = reporting.Told(
        body.spent_pence,
        body.people_reached,
        [each.model_dump() for each in body.outcomes],
        body.equality,
        body.narrative,
    )
    row = await reporting.receive(unit, award_id, body.number, told)
    response.headers["Location"] = f"/v1/grants/awards/{award_id}/file"
    return ReportView.model_validate(row)


@router.get("/reports", **may(RUN))
async def list_reports(unit: Unit, paging: Paging, state: ReportState | None = None) -> Page[ReportView]:
    """Reports by the day they are due: what is late and chased, what waits to be read."""
    return paging.page(await queries.reports(unit, state, paging.place, paging.limit + 1), queries.place_of)


@router.post("/reports/{report_id}/review", **may(RUN, refusals=(404, 409)))
async def review_report(unit: Unit, report_id: UUID, body: Review) -> ReportView:
    """Accept a report, or send it back with what is missing. The last one accepted completes the award."""
    return ReportView.model_validate(await reporting.review(unit, report_id, body.accepted, body.reason))


@router.post("/awards/{award_id}/withdrawal", **may("grants.award.decide", refusals=(404, 409, 412, 428)))
async def withdraw_award(unit: Unit, response: Response, award_id: UUID, expected: Expected, body: Reason) -> AwardFile:
    """End an award before its time, with a public reason: what was not paid goes back to the fund."""
    row = await agreements.withdraw(unit, award_id, expected, body.reason)
    set_etag(response, row.version)
    return await queries.file(unit, award_id)


@router.post(
    "/awards/{award_id}/recoveries", status_code=201, **may("grants.award.decide", keyed=True, refusals=(404,))
)
async def recover_money(unit: Unit, response: Response, award_id: UUID, body: RecoveryBody) -> RecoveryView:
    """Enter money that came back. 409 when more than went out."""
    row = await commands.recover(unit, award_id, body.pence, body.reason)
    response.headers["Location"] = f"/v1/grants/awards/{award_id}/file"
    return RecoveryView.model_validate(row)
