"""The HTTP door of benefit checks, better off in work, and claims."""

from dataclasses import asdict
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.benefits import check, commands, domain, queries
from services.casefile.money.benefits.models import BenefitClaim
from services.casefile.money.benefits.queries import (
    BetterOffView,
    CheckView,
    ClaimView,
    RateTables,
    ResultView,
    StepView,
)
from services.casefile.money.benefits.shapes import Body, CircumstancesBody, Pence
from services.casefile.money.pounds import Every, pounds

router = APIRouter(route_class=UnitRoute, tags=["money"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class NewBenefitCheck(Body):
    """Whose check, and what it counts with."""

    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where they belong today")
    circumstances: CircumstancesBody


class Job(Body):
    """The work somebody thinks of."""

    gross_month_pence: Pence
    costs_pence: Pence = Field(0, description="What work costs them a month: travel, meals, clothes")
    childcare_pence: Pence | None = Field(None, description="A month, once in work; left out: as now")
    childcare_children: Annotated[int, Field(ge=0, le=20)] | None = None
    adult: Annotated[int, Field(ge=0, le=1)] = 0


class WorkAsked(Body):
    """A household, and a job."""

    circumstances: CircumstancesBody
    job: Job


class NewBenefitClaim(Body):
    """A claim that was made."""

    person_id: UUID
    household_id: UUID | None = None
    benefit: Line
    started_on: date | None = Field(None, description="Left out: today")
    check_id: UUID | None = Field(None, description="The check that showed it")
    reference: Line | None = None


class ClaimOutcome(Body):
    """What came of it. A gain is what is more than before, with the evidence for it."""

    state: domain.State
    on: date | None = Field(None, description="Left out: today")
    gain_pence: Pence = 0
    every: Every | None = None
    once_pence: Pence = 0
    evidence: domain.Evidence | None = None
    reason: Line | None = None


@router.get("/money/rates", **may("casefile.benefit_rate.read"))
async def read_benefit_rates(unit: Unit, on: date | None = None) -> RateTables:
    """The national tables with their sources, all or those of a day. They are files of this release, about nobody."""
    return queries.national(on)


@router.post(
    "/money/benefit-checks", status_code=201, **may("casefile.benefit_check.make", keyed=True, refusals=(404,))
)
async def make_benefit_check(unit: Unit, response: Response, body: NewBenefitCheck) -> CheckView:
    """Estimate every benefit by the tables of the day, each step shown; and keep it as it was worked out."""
    row = await commands.check(unit, body.person_id, body.household_id, body.circumstances.told())
    response.headers["Location"] = f"/v1/casefile/money/benefit-checks/{row.id}"
    set_etag(response, row.version)
    return CheckView.of(row)


@router.get("/money/benefit-checks", **may("casefile.benefit_check.read"))
async def list_benefit_checks(unit: Unit, paging: Paging, person_id: UUID) -> Page[CheckView]:
    """A person's checks, the newest first."""
    rows = await queries.checks_of(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/money/benefit-checks/{check_id}", **may("casefile.benefit_check.read", refusals=(404,)))
async def read_benefit_check(unit: Unit, response: Response, check_id: UUID) -> CheckView:
    """One check."""
    view = await queries.check_view(unit, check_id)
    set_etag(response, view.version)
    return view


@router.post("/money/better-off", **may("casefile.benefit_check.try"))
async def try_better_off(unit: Unit, body: WorkAsked) -> BetterOffView:
    """Better off in work? With a job against as now, every step shown. Names nobody and keeps nothing."""
    told = body.circumstances.told()
    found = await commands.in_work(unit, told, check.Work(**body.job.model_dump()))
    better = found.better_pence
    return BetterOffView(
        label=found.label,
        pay_pence=found.pay_pence,
        now_total_pence=found.now_total_pence,
        then_total_pence=found.then_total_pence,
        better_pence=better,
        words=f"Estimate: {pounds(abs(better))} a month {'better' if better >= 0 else 'worse'} off"
        + (", of what is in a table" if found.missing else ""),
        steps=[StepView.model_validate(asdict(each)) for each in found.steps],
        missing=list(found.missing),
        now=ResultView.model_validate(commands.as_json(found.now)),
        then=ResultView.model_validate(commands.as_json(found.then)),
    )


def _claim(response: Response, row: BenefitClaim) -> ClaimView:
    response.headers["Location"] = f"/v1/casefile/money/claims/{row.id}"
    set_etag(response, row.version)
    return ClaimView.of(row)


@router.post("/money/claims", status_code=201, **may("casefile.benefit_claim.work", keyed=True, refusals=(404,)))
async def start_benefit_claim(unit: Unit, response: Response, body: NewBenefitClaim) -> ClaimView:
    """A claim was made with somebody."""
    told = commands.NewClaim(body.benefit, body.started_on or clock.today(), body.check_id, body.reference)
    return _claim(response, await commands.start(unit, body.person_id, body.household_id, told))


@router.get("/money/claims", **may("casefile.benefit_claim.read"))
async def list_benefit_claims(unit: Unit, paging: Paging, person_id: UUID) -> Page[ClaimView]:
    """A person's claims, the newest first."""
    rows = await queries.claims_of(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/money/claims/{claim_id}", **may("casefile.benefit_claim.read", refusals=(404,)))
async def read_benefit_claim(unit: Unit, response: Response, claim_id: UUID) -> ClaimView:
    """One claim."""
    view = await queries.claim_view(unit, claim_id)
    set_etag(response, view.version)
    return view


@router.post("/money/claims/{claim_id}/outcome", **may("casefile.benefit_claim.work", refusals=(404, 409, 412, 428)))
async def decide_benefit_claim(
    unit: Unit, response: Response, claim_id: UUID, expected: Expected, body: ClaimOutcome
) -> ClaimView:
    """What came of it: a gain confirmed with amount and evidence, refused, withdrawn."""
    told = domain.Outcome(**body.model_dump(exclude={"on"}), on=body.on or clock.today())
    return _claim(response, await commands.decide(unit, claim_id, expected, told))
