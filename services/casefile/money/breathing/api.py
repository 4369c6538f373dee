"""The HTTP door of money: Breathing Spaces."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.advisers.queries import check_may_advise
from services.casefile.money.breathing import commands, domain, queries
from services.casefile.money.breathing.models import BreathingSpace
from services.casefile.money.breathing.queries import BreathingSpaceView

router = APIRouter(route_class=UnitRoute, tags=["money"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class NewBreathingSpace(Body):
    """A Breathing Space that a debt adviser entered, or that a certificate of an AMHP stands behind."""

    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where they belong today")
    kind: domain.Kind = "standard"
    entered_on: date | None = Field(None, description="Left out: today. It starts the day after")
    certified_as: domain.Certifier = "local_authority_adviser"
    certified_by: Line = Field(description="The adviser's firm, or the team of the AMHP; no name")
    reference: Line | None = Field(None, description="Its number in the Insolvency Service's register")
    lives_in_england_or_wales: bool
    insolvent: bool = Field(description="A debt relief order, a voluntary arrangement or bankruptcy")
    debt_ids: list[UUID] | None = Field(None, max_length=200, description="Left out: every debt it can cover")


class TreatmentEnd(Body):
    """The last day of the crisis treatment."""

    treatment_ended_on: date


class Cancellation(Body):
    """Why it ends before its day."""

    reason: Line = Field(description=f"One of {', '.join(domain.CANCEL_REASONS)}")


class CoveredDebts(Body):
    """Debts found later."""

    debt_ids: list[UUID] = Field(min_length=1, max_length=200)


class MidwayReview(Body):
    """Between day 25 and day 35: does it go on?"""

    reviewed_on: date | None = Field(None, description="Left out: today")
    cancelled_because: Line | None = Field(None, description=f"One of {', '.join(domain.CANCEL_REASONS)}")


class CreditorReview(Body):
    """A creditor asked for it to be looked at again; the decision follows with the same debt and ground."""

    debt_id: UUID
    ground: domain.Ground
    asked_on: date
    decision: domain.Decision | None = None
    decided_on: date | None = None

    @model_validator(mode="after")
    def _decided(self) -> Self:
        if (self.decision is None) != (self.decided_on is None):
            raise ValueError("a decision has its day")
        return self


def _answer(response: Response, row: BreathingSpace) -> BreathingSpaceView:
    set_etag(response, row.version)
    return BreathingSpaceView.of(row)


@router.post(
    "/money/breathing-spaces",
    status_code=201,
    **may("casefile.breathing_space.enter", keyed=True, refusals=(404,)),
)
async def enter_breathing_space(unit: Unit, response: Response, body: NewBreathingSpace) -> BreathingSpaceView:
    """Record a Breathing Space. 409 when they have one, or had a standard one in the last 12 months."""
    entry = domain.Entry(
        body.kind,
        body.entered_on or clock.today(),
        body.certified_as,
        body.lives_in_england_or_wales,
        body.insolvent,
    )
    certificate = commands.Certificate(body.certified_by, body.reference)
    await check_may_advise(unit)
    row = await commands.enter(unit, body.person_id, body.household_id, entry, certificate, body.debt_ids)
    response.headers["Location"] = f"/v1/casefile/money/breathing-spaces/{row.id}"
    return _answer(response, row)


@router.get("/money/breathing-spaces", **may("casefile.breathing_space.read"))
async def list_breathing_spaces(unit: Unit, paging: Paging, person_id: UUID) -> Page[BreathingSpaceView]:
    """A person's Breathing Spaces, the newest first."""
    return paging.page(await queries.of_person(unit, person_id, paging.place, paging.limit + 1), queries.place_of)


@router.get("/money/breathing-spaces/{space_id}", **may("casefile.breathing_space.read", refusals=(404,)))
async def read_breathing_space(unit: Unit, response: Response, space_id: UUID) -> BreathingSpaceView:
    """One Breathing Space."""
    view = await queries.view(unit, space_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/money/breathing-spaces/{space_id}/treatment-end",
    **may("casefile.breathing_space.change", refusals=(404, 409, 412, 428)),
)
async def end_treatment(
    unit: Unit, response: Response, space_id: UUID, expected: Expected, body: TreatmentEnd
) -> BreathingSpaceView:
    """The crisis treatment ended: 30 days from then it is over."""
    await check_may_advise(unit)
    return _answer(response, await commands.end_treatment(unit, space_id, expected, body.treatment_ended_on))


@router.post(
    "/money/breathing-spaces/{space_id}/cancel",
    **may("casefile.breathing_space.change", refusals=(404, 409, 412, 428)),
)
async def cancel_breathing_space(
    unit: Unit, response: Response, space_id: UUID, expected: Expected, body: Cancellation
) -> BreathingSpaceView:
    """It ends before its day."""
    await check_may_advise(unit)
    return _answer(response, await commands.cancel(unit, space_id, expected, body.reason))


@router.post(
    "/money/breathing-spaces/{space_id}/debts",
    **may("casefile.breathing_space.change", refusals=(404, 409, 412, 428)),
)
async def cover_debts(
    unit: Unit, response: Response, space_id: UUID, expected: Expected, body: CoveredDebts
) -> BreathingSpaceView:
    """Debts found later are covered too."""
    await check_may_advise(unit)
    return _answer(response, await commands.cover(unit, space_id, expected, body.debt_ids))


@router.post(
    "/money/breathing-spaces/{space_id}/midway-review",
    **may("casefile.breathing_space.change", refusals=(404, 409, 412, 428)),
)
async def review_breathing_space(
    unit: Unit, response: Response, space_id: UUID, expected: Expected, body: MidwayReview
) -> BreathingSpaceView:
    """The midway review: it goes on, or is cancelled for a reason."""
    await check_may_advise(unit)
    on = body.reviewed_on or clock.today()
    return _answer(response, await commands.review(unit, space_id, expected, on, body.cancelled_because))


@router.post(
    "/money/breathing-spaces/{space_id}/creditor-reviews",
    **may("casefile.breathing_space.change", refusals=(404, 409, 412, 428)),
)
async def answer_creditor(
    unit: Unit, response: Response, space_id: UUID, expected: Expected, body: CreditorReview
) -> BreathingSpaceView:
    """A creditor asked within 20 days for it to be looked at again, or was answered."""
    await check_may_advise(unit)
    told = commands.CreditorReview(**body.model_dump())
    return _answer(response, await commands.creditor_asked(unit, space_id, expected, told))
