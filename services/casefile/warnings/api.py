"""The HTTP door of warnings."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.warnings import commands, queries
from services.casefile.warnings.commands import Incident
from services.casefile.warnings.domain import Kind, State
from services.casefile.warnings.models import MeetingWarning
from services.casefile.warnings.queries import Filters, WarningView

router = APIRouter(route_class=UnitRoute, tags=["warnings"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class NewWarning(BaseModel):
    """A dated incident as fact, and how to meet them safely."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    kind: Kind
    incident_on: date
    incident: Words = Field(description="What happened, as fact: no opinions, no labels")
    guidance: Words = Field(description="How to meet them safely")


class Decision(BaseModel):
    """Whether it stands, why, and until which review."""

    model_config = ConfigDict(extra="forbid")

    stands: StrictBool
    reason: Words
    review_on: date | None = Field(default=None, description="Within a year; needed when it stands")


class Telling(BaseModel):
    """Whether they were told, and if not, why not."""

    model_config = ConfigDict(extra="forbid")

    told: StrictBool
    told_on: date | None = None
    because: Words | None = None


class Review(BaseModel):
    """Why it goes on, and until when."""

    model_config = ConfigDict(extra="forbid")

    words: Words
    review_on: date


class Removal(BaseModel):
    """Why it no longer holds."""

    model_config = ConfigDict(extra="forbid")

    words: Words


_REFUSALS = (404, 409, 412, 428)


async def _answer(unit: Unit, response: Response, row: MeetingWarning) -> WarningView:
    response.headers["Location"] = f"/v1/casefile/warnings/{row.id}"
    set_etag(response, row.version)
    return await queries.own(unit, row)


@router.post("/warnings", status_code=201, **may("casefile.warning.propose", keyed=True, refusals=(404,)))
async def propose_warning(unit: Unit, response: Response, body: NewWarning) -> WarningView:
    """Propose a warning; it stands once a senior has decided so."""
    incident = Incident(body.kind, body.incident_on, body.incident, body.guidance)
    return await _answer(unit, response, await commands.propose(unit, body.person_id, incident))


@router.get("/warnings", **may("casefile.warning.read"))
async def list_warnings(
    unit: Unit,
    paging: Paging,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
    state: State | None = None,
    review_overdue: bool = False,
) -> Page[WarningView]:
    """Warnings of a person or household, those to be decided, or those whose review is overdue."""
    filters = Filters(person_id, household_id, state, review_overdue)
    found = await queries.warnings(unit, filters, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/warnings/{warning_id}", **may("casefile.warning.read", refusals=(404,)))
async def read_warning(unit: Unit, response: Response, warning_id: UUID) -> WarningView:
    """One of them."""
    view = await queries.warning(unit, warning_id)
    set_etag(response, view.version)
    return view


@router.post("/warnings/{warning_id}/decision", **may("casefile.warning.decide", refusals=_REFUSALS))
async def decide_warning(
    unit: Unit, response: Response, warning_id: UUID, expected: Expected, body: Decision
) -> WarningView:
    """A senior decides; somebody else than who proposed it."""
    row = await commands.decide(unit, warning_id, expected, body.stands, body.reason, body.review_on)
    return await _answer(unit, response, row)


@router.post("/warnings/{warning_id}/telling", **may("casefile.warning.propose", refusals=_REFUSALS))
async def tell_of_warning(
    unit: Unit, response: Response, warning_id: UUID, expected: Expected, body: Telling
) -> WarningView:
    """Keep whether the person was told, and if not, why not."""
    row = await commands.tell(unit, warning_id, expected, body.told, body.told_on, body.because)
    return await _answer(unit, response, row)


@router.post(
    "/warnings/{warning_id}/reviews", status_code=201, **may("casefile.warning.decide", keyed=True, refusals=_REFUSALS)
)
async def review_warning(
    unit: Unit, response: Response, warning_id: UUID, expected: Expected, body: Review
) -> WarningView:
    """A senior has looked again: it goes on."""
    row = await commands.review(unit, warning_id, expected, body.words, body.review_on)
    return await _answer(unit, response, row)


@router.post("/warnings/{warning_id}/removal", **may("casefile.warning.decide", refusals=_REFUSALS))
async def remove_warning(
    unit: Unit, response: Response, warning_id: UUID, expected: Expected, body: Removal
) -> WarningView:
    """It no longer holds: nobody is shown it as a warning, and that it was there stays on record."""
    row = await commands.remove(unit, warning_id, expected, body.words)
    return await _answer(unit, response, row)
