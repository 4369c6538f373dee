"""The HTTP door of tenancies."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings.models import Letting
from services.housing.lettings.shapes import Words
from services.housing.lettings.states import Letting as LettingIs
from services.housing.lettings.tenancies import commands, queries
from services.housing.lettings.tenancies.commands import Start
from services.housing.lettings.tenancies.domain import Tenancy, WhyEnded
from services.housing.lettings.tenancies.queries import Filters, LettingView

router = APIRouter(route_class=UnitRoute, tags=["lettings"])


class StartBody(BaseModel):
    """What is signed."""

    model_config = ConfigDict(extra="forbid")

    starts_on: date
    tenancy: Tenancy
    tenants: list[UUID] = Field(min_length=1, max_length=4, description="The applicant first")
    weekly_rent_pence: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Without charges; left out: as it is set for them"
    )


class Reason(BaseModel):
    """Why, in words."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class EndBody(BaseModel):
    """The last day, and why."""

    model_config = ConfigDict(extra="forbid")

    ends_on: date
    why: WhyEnded


def _answer(response: Response, row: Letting) -> LettingView:
    response.headers["Location"] = f"/v1/housing/lettings/{row.id}"
    set_etag(response, row.version)
    return LettingView.model_validate(row)


@router.post(
    "/offers/{offer_id}/lettings",
    status_code=201,
    **may("housing.letting.start", keyed=True, refusals=(404, 412, 428)),
)
async def start_letting(
    unit: Unit, response: Response, offer_id: UUID, expected: Expected, body: StartBody
) -> LettingView:
    """An accepted offer becomes a home. What else must be true then happens in the same moment."""
    signed = Start(body.starts_on, body.tenancy, body.tenants, body.weekly_rent_pence)
    return _answer(response, await commands.start(unit, offer_id, expected, signed))


@router.get("/lettings", **may("housing.letting.read"))
async def list_lettings(
    unit: Unit,
    paging: Paging,
    home_id: UUID | None = None,
    household_id: UUID | None = None,
    application_id: UUID | None = None,
    state: LettingIs | None = None,
    since: Annotated[date | None, Query(description="Starting on this day or later")] = None,
) -> Page[LettingView]:
    """Tenancies, by the day on which they start."""
    filters = Filters(home_id, household_id, application_id, state, since)
    return paging.page(await queries.lettings(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/lettings/{letting_id}", **may("housing.letting.read", refusals=(404,)))
async def read_letting(unit: Unit, response: Response, letting_id: UUID) -> LettingView:
    """One of them."""
    view = await queries.letting(unit, letting_id)
    set_etag(response, view.version)
    return view


@router.post("/lettings/{letting_id}/fall", **may("housing.letting.end", refusals=(404, 409, 412, 428)))
async def letting_fell_through(
    unit: Unit, response: Response, letting_id: UUID, expected: Expected, body: Reason
) -> LettingView:
    """They never moved in: everybody stands where they stood, and whoever is next may be asked."""
    return _answer(response, await commands.fall_through(unit, letting_id, expected, body.reason))


@router.post("/lettings/{letting_id}/end", **may("housing.letting.end", refusals=(404, 409, 412, 428)))
async def end_letting(
    unit: Unit, response: Response, letting_id: UUID, expected: Expected, body: EndBody
) -> LettingView:
    """The tenancy is over; the home is empty from the next day."""
    return _answer(response, await commands.end(unit, letting_id, expected, body.ends_on, body.why))
