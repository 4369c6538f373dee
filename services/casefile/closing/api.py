"""The HTTP door of closing and reopening."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.cases import queries
from services.casefile.cases.queries import CaseView
from services.casefile.closing import commands
from services.casefile.closing.domain import Close, NoOutcomes, Outcome, Result

router = APIRouter(route_class=UnitRoute, tags=["cases"])

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


class ClosingOutcome(BaseModel):
    """What came of the work in one respect, of a goal where it was one."""

    model_config = ConfigDict(extra="forbid")

    outcome: Code = Field(description="A heading of the outcomes, e.g. one of Supporting Families' ten, or goal")
    result: Result
    goal_id: UUID | None = None
    words: Words | None = None


class Closing(BaseModel):
    """Why the case is closed and what came of it; where there are goals, the outcomes, or why there are none."""

    model_config = ConfigDict(extra="forbid")

    reason: str
    note: Annotated[str, StringConstraints(max_length=4000)] = ""
    outcomes: Annotated[list[ClosingOutcome], Field(max_length=50)] = []
    no_outcomes_because: NoOutcomes | None = None


class Reopening(BaseModel):
    """Why it is opened again."""

    model_config = ConfigDict(extra="forbid")

    reason: Words | None = None


@router.post("/cases/{case_id}/close", **may("casefile.case.close", refusals=(404, 409, 412, 428)))
async def close_case(unit: Unit, response: Response, case_id: UUID, expected: Expected, body: Closing) -> CaseView:
    """Close the case with its reason and outcomes. Specialist and statutory work takes a manager's approval first."""
    outcomes = tuple(Outcome(each.outcome, each.result, each.goal_id, each.words) for each in body.outcomes)
    case = await commands.close(
        unit, case_id, expected, Close(body.reason, body.note, outcomes, body.no_outcomes_because)
    )
    set_etag(response, case.version)
    return await queries.view(unit, case_id)


@router.post("/cases/{case_id}/reopen", **may("casefile.case.reopen", refusals=(404, 409, 412, 428)))
async def reopen_case(
    unit: Unit, response: Response, case_id: UUID, expected: Expected, body: Reopening | None = None
) -> CaseView:
    """Open a closed case again; the earlier episodes stay, and somebody takes it on anew."""
    case = await commands.reopen(unit, case_id, expected, body.reason if body else None)
    set_etag(response, case.version)
    return await queries.view(unit, case_id)
