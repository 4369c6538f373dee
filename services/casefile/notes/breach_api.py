"""The HTTP door of breaches, for information governance."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.notes import breach_commands, breach_queries
from services.casefile.notes.breach_domain import Decision, Risk, State
from services.casefile.notes.breach_queries import BreachDetail, BreachView
from services.casefile.notes.shapes import Body, Reason

router = APIRouter(route_class=UnitRoute, tags=["breaches"])

_CHANGES = (400, 404, 409, 412, 428)


class NewDecision(Body):
    """What the risk to people is, and what follows from it (UK GDPR Articles 33 and 34)."""

    risk: Risk
    report: bool = Field(description="To the Information Commissioner")
    tell: bool = Field(description="The people it is about")
    why: Reason
    why_late: Reason | None = Field(None, description="Reported after 72 hours: the reasons for the delay")
    why_not_told: Reason | None = Field(None, description="High risk, and the people are not told: Article 34(3)")

    def decision(self) -> Decision:
        """As the rules see it."""
        return Decision(**self.model_dump())


class Closure(Body):
    """What was done."""

    measures: Reason = Field(description="So that it does not happen again")
    reported_on: date | None = None
    reference: Annotated[str, StringConstraints(max_length=100)] | None = None
    told_on: date | None = None


def _answer(response: Response, shown: BreachView) -> BreachView:
    set_etag(response, shown.version)
    return shown


@router.get("/breaches", **may("casefile.breach.read"))
async def list_breaches(unit: Unit, paging: Paging, state: State | None = None) -> Page[BreachView]:
    """Breaches, the one to be decided first on top."""
    found = await breach_queries.breaches(unit, state, paging.place, paging.limit + 1)
    return paging.page(found, breach_queries.place_of)


@router.get("/breaches/{breach_id}", **may("casefile.breach.read", refusals=(404,)))
async def read_breach(unit: Unit, response: Response, breach_id: UUID) -> BreachDetail:
    """One breach, with everyone who read the note on the wrong file."""
    shown = await breach_queries.breach(unit, breach_id)
    set_etag(response, shown.version)
    return shown


@router.post("/breaches/{breach_id}/decisions", **may("casefile.breach.decide", refusals=_CHANGES))
async def decide_breach(
    unit: Unit, response: Response, breach_id: UUID, expected: Expected, body: NewDecision
) -> BreachView:
    """Decide, or decide anew when more is known; every decision stays."""
    row = await breach_commands.decide(unit, breach_id, expected, body.decision())
    return _answer(response, BreachView.of(row))


@router.post("/breaches/{breach_id}/close", **may("casefile.breach.decide", refusals=_CHANGES))
async def close_breach(
    unit: Unit, response: Response, breach_id: UUID, expected: Expected, body: Closure
) -> BreachView:
    """Close it, once what was decided is done."""
    row = await breach_commands.close(
        unit, breach_id, expected, body.measures, body.reported_on, body.reference, body.told_on
    )
    return _answer(response, BreachView.of(row))
