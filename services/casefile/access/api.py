"""The HTTP door of access."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.access import commands, queries, restrictions
from services.casefile.access.domain import Relation, Settlement, Verdict
from services.casefile.access.queries import (
    AlertView,
    ChainView,
    ConflictView,
    GlassView,
    ReadView,
    RestrictionView,
)

router = APIRouter(route_class=UnitRoute, tags=["access"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
_PLACE = "/v1/casefile/access"


class Glass(BaseModel):
    """Why you must look inside now, and at whose file: a household, or the home of a person."""

    model_config = ConfigDict(extra="forbid")

    household_id: UUID | None = None
    person_id: UUID | None = None
    reason: Words
    parts: Annotated[list[str], Field(max_length=8)] = []

    @model_validator(mode="after")
    def _one_of_two(self) -> "Glass":
        if (self.household_id is None) == (self.person_id is None):
            raise ValueError("Name a household or a person, one of the two")
        return self


class Review(BaseModel):
    """What you found."""

    model_config = ConfigDict(extra="forbid")

    verdict: Verdict
    note: Words


class Restricting(BaseModel):
    """Why, and who sees the record all the same; you are always among them."""

    model_config = ConfigDict(extra="forbid")

    reason: Words
    allowed: Annotated[list[WorkerId], Field(max_length=100)] = []


class Allowing(BaseModel):
    """Who sees it, in place of those named before."""

    model_config = ConfigDict(extra="forbid")

    allowed: Annotated[list[WorkerId], Field(max_length=100)]


class Reason(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    reason: Words


class Declaration(BaseModel):
    """Somebody close to you. From then on their file is closed to you."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    relation: Relation
    note: Note = ""


class Barring(BaseModel):
    """A worker whom the resident does not want to see their file."""

    model_config = ConfigDict(extra="forbid")

    worker: WorkerId
    note: Note = ""


class Settling(BaseModel):
    """What it was."""

    model_config = ConfigDict(extra="forbid")

    settlement: Settlement
    note: Words


class Recorded(BaseModel):
    """What was recorded; nothing more is shown of somebody who is a stranger from here on."""

    id: UUID
    version: int


@router.get("/access/reads", **may("casefile.access.review"))
async def list_reads(unit: Unit, paging: Paging, person_id: UUID) -> Page[ReadView]:
    """Who read or wrote this person's record, in whichever service, and for which purpose. The newest first."""
    found = await queries.reads(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(found, lambda read: [read.at.isoformat(), read.entry])


@router.get("/access/chains", **may("casefile.access.review"))
async def read_chains(unit: Unit) -> list[ChainView]:
    """Whether each service's record of access still is what was sealed; a break is shown by its batch."""
    return await queries.chains(unit)


# Broken glass


@router.post("/access/break-glass", status_code=201, **may("casefile.glass.break", keyed=True, refusals=(404, 409)))
async def break_glass(unit: Unit, response: Response, body: Glass) -> GlassView:
    """Look inside a file you have no place around: for 60 minutes, and a manager is told at once."""
    home = body.household_id or await queries.home_of(unit, body.person_id)  # type: ignore[arg-type]  # one of the two
    row = await commands.break_glass(unit, home, body.reason, body.parts)
    response.headers["Location"] = f"{_PLACE}/broken-glass/{row.id}"
    set_etag(response, row.version)
    return GlassView.of(row)


@router.get("/access/broken-glass", **may("casefile.glass.read"))
async def list_broken_glass(
    unit: Unit,
    paging: Paging,
    waiting: Annotated[bool | None, Query(description="true: still to be reviewed")] = None,
) -> Page[GlassView]:
    """The review queue: what your people broke, what is due soonest first; and what you broke yourself."""
    found = await queries.glasses(unit, waiting, paging.place, paging.limit + 1)
    return paging.page(found, lambda glass: [glass.review_due.isoformat(), str(glass.id)])


@router.get("/access/broken-glass/{glass_id}", **may("casefile.glass.read", refusals=(404,)))
async def read_broken_glass(unit: Unit, response: Response, glass_id: UUID) -> GlassView:
    """One of them, with how often they read by it."""
    view = await queries.glass(unit, glass_id)
    set_etag(response, view.version)
    return view


@router.post("/access/broken-glass/{glass_id}/review", **may("casefile.glass.review", refusals=(404, 409, 412, 428)))
async def review_broken_glass(
    unit: Unit, response: Response, glass_id: UUID, expected: Expected, body: Review
) -> GlassView:
    """Say whether it was needed. Misuse goes to information governance."""
    row = await commands.review(unit, glass_id, expected, body.verdict, body.note)
    set_etag(response, row.version)
    return GlassView.of(row)


# Restricted records


@router.get("/people/{person_id}/restriction", **may("casefile.person.restrict", refusals=(404,)))
async def read_restriction(unit: Unit, response: Response, person_id: UUID) -> RestrictionView:
    """Why a record is restricted, and who sees it."""
    view = await queries.restriction(unit, person_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/people/{person_id}/restriction",
    status_code=201,
    **may("casefile.person.restrict", keyed=True, refusals=(404, 409)),
)
async def restrict_person(unit: Unit, response: Response, person_id: UUID, body: Restricting) -> RestrictionView:
    """Make a record one that appears to nobody but those named."""
    row = await restrictions.restrict(unit, person_id, body.reason, body.allowed)
    response.headers["Location"] = f"/v1/casefile/people/{person_id}/restriction"
    set_etag(response, row.version)
    return RestrictionView.model_validate(row, from_attributes=True)


@router.put("/people/{person_id}/restriction", **may("casefile.person.restrict", refusals=(404, 409, 412, 428)))
async def allow_to_see(
    unit: Unit, response: Response, person_id: UUID, expected: Expected, body: Allowing
) -> RestrictionView:
    """Name anew who sees a restricted record."""
    row = await restrictions.allow(unit, person_id, expected, body.allowed)
    set_etag(response, row.version)
    return RestrictionView.model_validate(row, from_attributes=True)


@router.post("/people/{person_id}/restriction/lift", **may("casefile.person.restrict", refusals=(404, 409, 412, 428)))
async def lift_restriction(
    unit: Unit, response: Response, person_id: UUID, expected: Expected, body: Reason
) -> RestrictionView:
    """Open the record again to everybody who needs to know."""
    row = await restrictions.lift(unit, person_id, expected, body.reason)
    set_etag(response, row.version)
    return RestrictionView.model_validate(row, from_attributes=True)


# Conflicts


@router.get("/access/conflicts", **may("casefile.conflict.read"))
async def list_conflicts(
    unit: Unit,
    paging: Paging,
    person_id: UUID | None = None,
    worker: Annotated[WorkerId | None, Query()] = None,
) -> Page[ConflictView]:
    """Your own declarations; for those who answer for workers, theirs and whom residents barred."""
    found = await queries.conflicts(unit, person_id, worker, paging.place, paging.limit + 1)
    return paging.page(found, lambda each: [each.recorded_at.isoformat(), str(each.id)])


@router.post("/access/conflicts", status_code=201, **may("casefile.conflict.declare", keyed=True, refusals=(404, 409)))
async def declare_conflict(unit: Unit, response: Response, body: Declaration) -> Recorded:
    """Say that somebody is close to you: their file closes to you at once, in every service."""
    row = await restrictions.declare(unit, body.person_id, body.relation, body.note)
    response.headers["Location"] = f"{_PLACE}/conflicts"
    return Recorded(id=row.id, version=row.version)


@router.post(
    "/people/{person_id}/barred-workers",
    status_code=201,
    **may("casefile.conflict.bar", keyed=True, refusals=(404, 409)),
)
async def bar_worker(unit: Unit, response: Response, person_id: UUID, body: Barring) -> Recorded:
    """Record whom the resident does not want to see their file; that worker is told nothing."""
    row = await restrictions.bar(unit, person_id, body.worker, body.note)
    response.headers["Location"] = f"{_PLACE}/conflicts?person_id={person_id}"
    return Recorded(id=row.id, version=row.version)


@router.post("/access/conflicts/{conflict_id}/end", **may("casefile.conflict.end", refusals=(404, 409, 412, 428)))
async def end_conflict(unit: Unit, conflict_id: UUID, expected: Expected, body: Reason) -> Recorded:
    """It no longer holds: said by whoever answers for the worker."""
    row = await restrictions.end(unit, conflict_id, expected, body.reason)
    return Recorded(id=row.id, version=row.version)


# Odd patterns


@router.get("/access/alerts", **may("casefile.access_alert.settle"))
async def list_alerts(unit: Unit, paging: Paging, settled: bool | None = None) -> Page[AlertView]:
    """What is odd about how records are read. Not for measuring anybody's work."""
    found = await queries.alerts(unit, settled, paging.place, paging.limit + 1)
    return paging.page(found, lambda alert: [alert.raised_at.isoformat(), str(alert.id)])


@router.post("/access/alerts/{alert_id}/settle", **may("casefile.access_alert.settle", refusals=(404, 409, 412, 428)))
async def settle_alert(unit: Unit, response: Response, alert_id: UUID, expected: Expected, body: Settling) -> AlertView:
    """Say what it was. To shut somebody out at once: `POST /v1/workers/{worker_id}/suspension`."""
    row = await commands.settle(unit, alert_id, expected, body.settlement, body.note)
    set_etag(response, row.version)
    return AlertView.of(row)
