"""The HTTP door of money: Breathing Spaces."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
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


class TreatmentEnd(Body):
    """The last day of the crisis treatment."""

    treatment_ended_on: date


class Cancellation(Body):
    """Why it ends before its day."""

    reason: Line = Field(description=f"One of {', '.join(domain.CANCEL_REASONS)}")


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
    row = await commands.enter(unit, body.person_id, body.household_id, entry, certificate)
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
    return _answer(response, await commands.end_treatment(unit, space_id, expected, body.treatment_ended_on))


@router.post(
    "/money/breathing-spaces/{space_id}/cancel",
    **may("casefile.breathing_space.change", refusals=(404, 409, 412, 428)),
)
async def cancel_breathing_space(
    unit: Unit, response: Response, space_id: UUID, expected: Expected, body: Cancellation
) -> BreathingSpaceView:
    """It ends before its day."""
    return _answer(response, await commands.cancel(unit, space_id, expected, body.reason))
