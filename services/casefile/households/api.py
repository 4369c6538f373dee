"""The HTTP door of households."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from kit import clock
from kit.errors import invalid
from kit.web.preconditions import set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.households import commands, queries
from services.casefile.households.queries import HouseholdView

router = APIRouter(route_class=UnitRoute, tags=["households"])


class NewHousehold(BaseModel):
    """People known to us who live together."""

    model_config = ConfigDict(extra="forbid")

    person_ids: Annotated[list[UUID], Field(min_length=1, max_length=50)]
    since: date | None = Field(None, description="Left out: today")
    moving: bool = Field(True, description="False: they also stay where they belonged")


class MemberIn(BaseModel):
    """Someone joins (`since`) or leaves (`until`)."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    since: date | None = None
    until: date | None = Field(None, description="First day they no longer belong; given: they leave")
    moving: bool = Field(True, description="False: they also stay where they belonged")


@router.get("/households", **may("casefile.household.read"))
async def read_households(
    unit: Unit,
    person_id: Annotated[UUID | None, Query(description="All that this person belongs or belonged to")] = None,
    ids: Annotated[list[UUID] | None, Query(min_length=1, max_length=100, description="These, in any order")] = None,
) -> list[HouseholdView]:
    """The households of a person, or up to 100 by id for lists that name them; those you may not see are left out."""
    if ids is not None and person_id is None:
        return await queries.views_of(unit, list(dict.fromkeys(ids)))
    if person_id is None or ids is not None:
        raise invalid("/ids", "Say whose households, or which: one of the two.", "one-of-two")
    return await queries.of_person(unit, person_id)


@router.post("/households", status_code=201, **may("casefile.household.form", keyed=True, refusals=(404, 409)))
async def form_household(unit: Unit, response: Response, body: NewHousehold) -> HouseholdView:
    """Form a household of people known to us."""
    household = await commands.form(unit, body.person_ids, body.since or clock.today(), moving=body.moving)
    response.headers["Location"] = f"/v1/casefile/households/{household.id}"
    set_etag(response, household.version)
    return await queries.view(unit, household.id)


@router.get("/households/{household_id}", **may("casefile.household.read", refusals=(404,)))
async def read_household(unit: Unit, response: Response, household_id: UUID) -> HouseholdView:
    """One household and its members."""
    view = await queries.view(unit, household_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/households/{household_id}/members",
    status_code=201,
    **may("casefile.household.change", keyed=True, refusals=(404, 409)),
)
async def change_members(unit: Unit, response: Response, household_id: UUID, body: MemberIn) -> HouseholdView:
    """Someone joins or leaves."""
    if body.since and body.until:
        raise invalid("/until", "Say when they joined or when they left, not both.", "one-of-two")
    if body.until:
        household = await commands.leave(unit, household_id, body.person_id, body.until)
    else:
        since = body.since or clock.today()
        household = await commands.join(unit, household_id, body.person_id, since, moving=body.moving)
    response.headers["Location"] = f"/v1/casefile/households/{household.id}"
    set_etag(response, household.version)
    return await queries.view(unit, household.id)
