"""The HTTP door of rounds."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.cacheable import anyone_may_keep
from services.grants.rounds import commands, queries
from services.grants.rounds.domain import RoundState, Terms
from services.grants.rounds.models import GrantRound
from services.grants.rounds.queries import RoundView
from services.grants.rounds.shapes import Line, Pence, RoundRules, Words

router = APIRouter(route_class=UnitRoute, tags=["rounds"])

PUBLISHED = "grants.round.published"


class RoundPlan(BaseModel):
    """A round as it is prepared."""

    model_config = ConfigDict(extra="forbid")

    fund_id: UUID
    name: Line
    summary: Words
    slice_pence: Pence = Field(description="What of the fund it gives away at most")
    opens_on: date
    closes_on: date = Field(description="The last day")
    rules: RoundRules

    def as_plan(self) -> commands.Plan:
        """As commands take it."""
        terms = Terms(self.slice_pence, self.opens_on, self.closes_on)
        return commands.Plan(self.fund_id, self.name, self.summary, terms, self.rules.model_dump(mode="json"))


class Longer(BaseModel):
    """More time for everyone."""

    model_config = ConfigDict(extra="forbid")

    closes_on: date
    reason: Words = Field(description="Public")


class Closing(BaseModel):
    """The end of applications."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Words | None, Field(description="Public; needed before the last day is over")] = None


def _answer(response: Response, row: GrantRound) -> RoundView:
    response.headers["Location"] = f"/v1/grants/rounds/{row.id}"
    set_etag(response, row.version)
    return RoundView.model_validate(row)


@router.post("/rounds", status_code=201, **may("grants.round.keep", keyed=True, refusals=(404,)))
async def make_round(unit: Unit, response: Response, body: RoundPlan) -> RoundView:
    """Prepare a round: a draft that nobody outside sees and no money is set aside for."""
    return _answer(response, await commands.make(unit, body.as_plan()))


@router.get("/rounds", **may(PUBLISHED))
async def list_rounds(
    unit: Unit, response: Response, paging: Paging, state: RoundState | None = None
) -> Page[RoundView]:
    """Rounds that opened, the newest first. For anyone."""
    anyone_may_keep(response)
    rows = await queries.rounds(unit, paging.place, paging.limit + 1, state=state)
    return paging.page(rows, queries.place_of)


@router.get("/rounds/drafts", **may("grants.round.read"))
async def list_draft_rounds(unit: Unit, paging: Paging) -> Page[RoundView]:
    """Rounds in preparation."""
    rows = await queries.rounds(unit, paging.place, paging.limit + 1, drafts=True)
    return paging.page(rows, queries.place_of)


@router.get("/rounds/drafts/{round_id}", **may("grants.round.read", refusals=(404,)))
async def read_draft_round(unit: Unit, response: Response, round_id: UUID) -> RoundView:
    """A round in any state, with the version to change it by."""
    view = await queries.draft(unit, round_id)
    set_etag(response, view.version)
    return view


@router.get("/rounds/{round_id}", **may(PUBLISHED, refusals=(404,)))
async def read_round(unit: Unit, response: Response, round_id: UUID) -> RoundView:
    """A round that opened, with the rules it is bound by and their hash. For anyone."""
    view = await queries.published(unit, round_id)
    anyone_may_keep(response, view.version)
    return view


@router.patch("/rounds/{round_id}", **may("grants.round.keep", refusals=(404, 409, 412, 428)))
async def change_round(
    unit: Unit, response: Response, round_id: UUID, expected: Expected, body: RoundPlan
) -> RoundView:
    """Another plan, while it is a draft. Once open, its rules stand: 409."""
    return _answer(response, await commands.change(unit, round_id, expected, body.as_plan()))


@router.post("/rounds/{round_id}/open", **may("grants.round.open", refusals=(404, 409, 412, 428)))
async def open_round(unit: Unit, response: Response, round_id: UUID, expected: Expected) -> RoundView:
    """Open it: the rules are frozen with their hash, the money is set aside. 409 when the fund has not enough."""
    return _answer(response, await commands.open_round(unit, round_id, expected))


@router.post("/rounds/{round_id}/extend", **may("grants.round.open", refusals=(404, 409, 412, 428)))
async def extend_round(unit: Unit, response: Response, round_id: UUID, expected: Expected, body: Longer) -> RoundView:
    """More time for everyone, with a public reason. Nobody ever gets less."""
    return _answer(response, await commands.extend(unit, round_id, expected, body.closes_on, body.reason))


@router.post("/rounds/{round_id}/close", **may("grants.round.open", refusals=(404, 409)))
async def close_round(unit: Unit, response: Response, round_id: UUID, body: Closing) -> RoundView:
    """Close it now. It closes by itself after its last day."""
    return _answer(response, await commands.close(unit, round_id, body.reason))
