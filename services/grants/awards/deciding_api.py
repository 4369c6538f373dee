"""The HTTP door of decisions: recommendations, their adoption, the end of a round."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.grants.awards import deciding, from_ballot, public
from services.grants.awards.domain import Decision, Item, Outcome, Source, Subsidy
from services.grants.awards.public import Outcomes, PublicDecision
from services.grants.cacheable import anyone_may_keep
from services.grants.funds.domain import MOST_PENCE
from services.grants.rounds.queries import RoundView
from services.grants.rounds.shapes import Line, Words

router = APIRouter(route_class=UnitRoute, tags=["awards"])


class ItemBody(BaseModel):
    """What is recommended for one application."""

    model_config = ConfigDict(extra="forbid")

    application_id: UUID
    recommended: StrictBool
    pence: int = Field(0, ge=0, le=MOST_PENCE, strict=True)
    reason: Words = Field(description="Public: why it won or lost")


class RecommendationBody(BaseModel):
    """A result, whole: everything that was decided on, won or lost."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    source_id: UUID | None = Field(None, description="The ballot or the panel")
    statement: Words = Field(description="Public")
    items: list[ItemBody] = Field(min_length=1, max_length=1000)


class DecisionBody(BaseModel):
    """Adopted or returned: no sum is named, because none can be altered."""

    model_config = ConfigDict(extra="forbid")

    application_id: UUID
    outcome: Outcome
    public_reason: Annotated[Words | None, Field(description="Needed to return it")] = None
    regulation_59f_reason: Annotated[
        Words | None, Field(description="Needed to adopt it: the demands of development that it answers")
    ] = None
    subsidy: Subsidy | None = Field(None, description="Needed to adopt it: Subsidy Control Act 2022")
    subsidy_note: Words | None = None


class AdoptionBody(BaseModel):
    """The delegated officer's decision on every recommended application."""

    model_config = ConfigDict(extra="forbid")

    authority: Words = Field(description="The delegation it is made under; public")
    items: list[DecisionBody] = Field(min_length=1, max_length=1000)


class BallotBody(BaseModel):
    """A ballot that the officer has decided on."""

    model_config = ConfigDict(extra="forbid")

    ballot_id: UUID
    refs: dict[Line, UUID] = Field(
        default={},
        max_length=300,
        description="Reference on the ballot to application, unless it is its id",
    )


class RecommendationView(BaseModel):
    """Where a recommendation stands."""

    id: UUID
    version: int
    round_id: UUID
    decided: bool


@router.post(
    "/rounds/{round_id}/recommendations",
    status_code=201,
    **may("grants.award.recommend", keyed=True, refusals=(404,)),
)
async def recommend_awards(
    unit: Unit, response: Response, round_id: UUID, body: RecommendationBody
) -> RecommendationView:
    """Put a result before the delegated officer, as it came out. Nothing is promised to anybody by this."""
    items = [Item(each.application_id, each.recommended, each.pence, each.reason) for each in body.items]
    made = deciding.Recommended(body.source, body.source_id, body.statement, items)
    row = await deciding.recommend(unit, round_id, made)
    response.headers["Location"] = f"/v1/grants/rounds/{round_id}/decisions"
    set_etag(response, row.version)
    return RecommendationView(id=row.id, version=row.version, round_id=round_id, decided=False)


@router.post(
    "/rounds/{round_id}/ballot-awards", status_code=201, **may("grants.award.decide", keyed=True, refusals=(404,))
)
async def award_by_ballot(unit: Unit, response: Response, round_id: UUID, body: BallotBody) -> RecommendationView:
    """Make the awards that a decided ballot stands for; nothing is decided anew. 409 before the officer has decided."""
    row = await from_ballot.take_over(unit, round_id, body.ballot_id, body.refs)
    response.headers["Location"] = f"/v1/grants/rounds/{round_id}/decisions"
    return RecommendationView(id=row.id, version=row.version, round_id=round_id, decided=True)


@router.post(
    "/recommendations/{recommendation_id}/adoption", **may("grants.award.decide", refusals=(404, 409, 412, 428))
)
async def adopt_recommendation(
    unit: Unit, response: Response, recommendation_id: UUID, expected: Expected, body: AdoptionBody
) -> RecommendationView:
    """Adopt each recommended application, or return it, once, with a public reason. Nothing can be altered."""
    items = [Decision(**each.model_dump()) for each in body.items]
    row = await deciding.adopt(unit, recommendation_id, expected, body.authority, items)
    set_etag(response, row.version)
    return RecommendationView(id=row.id, version=row.version, round_id=row.round_id, decided=True)


@router.get("/rounds/{round_id}/decisions", **may("grants.award.published", refusals=(404,)))
async def read_decisions(unit: Unit, response: Response, round_id: UUID) -> list[PublicDecision]:
    """What was recommended, what was adopted, what was returned and why. For anyone."""
    anyone_may_keep(response)
    return await public.decisions(unit, round_id)


@router.get("/rounds/{round_id}/outcomes", **may("grants.award.published", refusals=(404,)))
async def read_outcomes(unit: Unit, response: Response, round_id: UUID) -> Outcomes:
    """What came of a round, as its groups reported; small groups of people are hidden. For anyone."""
    anyone_may_keep(response)
    return await public.outcomes(unit, round_id)


@router.post("/rounds/{round_id}/conclusion", **may("grants.award.decide", refusals=(404, 409, 412, 428)))
async def conclude_round(unit: Unit, response: Response, round_id: UUID, expected: Expected) -> RoundView:
    """End the round: who got nothing is told why, what is left goes back to the fund."""
    row = await deciding.finish(unit, round_id, expected)
    set_etag(response, row.version)
    return RoundView.model_validate(row)
