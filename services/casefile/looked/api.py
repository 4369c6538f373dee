"""The HTTP door of looked: who looked at a file, as its person may read it; what a specialist may add to that."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import UtcDatetime
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.looked import commands, queries
from services.casefile.looked.domain import Kind
from services.casefile.looked.queries import KeptBack, LookedView

router = APIRouter(route_class=UnitRoute, tags=["looked"])


class NewRelease(BaseModel):
    """Lines to release, and what was asked before."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    entries: list[int] = Field(min_length=1, max_length=400)
    asked_on: date
    how_they_view_it: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=2000)] = Field(
        description="Where they would read it, on what, beside whom"
    )
    safe: Literal[True] = Field(description="They said, and you think too, that it is safe there")


class ReleaseView(BaseModel):
    """A release."""

    id: UUID
    person_id: UUID
    entries: list[int]
    kinds: list[Kind]
    asked_on: date
    how_they_view_it: str
    released_by: str
    released_at: UtcDatetime


@router.get("/looked", **may("casefile.looked.read", refusals=(404,)))
async def read_looked(unit: Unit, person_id: UUID) -> LookedView:
    """Who looked at this person's file, and why, as they themselves may read it: to show and explain it to them."""
    return await queries.checked_view(unit, person_id)


@router.get("/looked/kept-back", **may("casefile.looked.release", refusals=(404,)))
async def list_kept_back(unit: Unit, person_id: UUID) -> list[KeptBack]:
    """For specialists: what that view leaves out, of the kinds they may see."""
    return await queries.kept_back(unit, person_id)


@router.post("/looked/releases", status_code=201, **may("casefile.looked.release", keyed=True, refusals=(404,)))
async def release_looked(unit: Unit, response: Response, release: NewRelease) -> ReleaseView:
    """Let somebody see lines that are kept back, after asking how they view it."""
    row = await commands.release(unit, release.person_id, release.entries, release.asked_on, release.how_they_view_it)
    response.headers["Location"] = f"/v1/casefile/looked/kept-back?person_id={row.person_id}"
    return ReleaseView.model_validate(row, from_attributes=True)
