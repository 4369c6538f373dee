"""The HTTP door of outcomes, and of the figures made of them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.outcomes import commands, measures, queries
from services.casefile.outcomes.grouping import By
from services.casefile.outcomes.measures import AllocationsView, MeasuresView
from services.casefile.outcomes.models import Outcome
from services.casefile.outcomes.queries import Filters
from services.casefile.outcomes.shapes import CheckBody, Mistake, NewOutcome, OutcomeView

router = APIRouter(route_class=UnitRoute, tags=["outcomes"])

Quarter = Annotated[date, Query(description="The first day of a quarter that is over, e.g. 2027-01-01")]


def _answer(response: Response, row: Outcome) -> OutcomeView:
    set_etag(response, row.version)
    return OutcomeView.of(row)


@router.post("/outcomes", status_code=201, **may("casefile.outcome.record", keyed=True, refusals=(404,)))
async def record_outcome(unit: Unit, response: Response, body: NewOutcome) -> OutcomeView:
    """Put an outcome on record with its evidence. 409 when it is there already: it is counted once."""
    row = await commands.record(
        unit,
        body.kind,
        body.achieved_on,
        [each.as_rules_see_it() for each in body.evidence],
        person_id=body.person_id,
        household_id=body.household_id,
    )
    response.headers["Location"] = f"/v1/casefile/outcomes/{row.id}"
    return _answer(response, row)


@router.get("/outcomes", **may("casefile.outcome.read"))
async def list_outcomes(
    unit: Unit,
    paging: Paging,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
    kind: OutcomeKind | None = None,
    state: OutcomeStatus | None = None,
    to_check: bool = False,
) -> Page[OutcomeView]:
    """Outcomes by person, household, kind or state, or those whose check is due."""
    filters = Filters(person_id, household_id, kind, state, to_check)
    return paging.page(await queries.listed(unit, filters, paging.place, paging.limit + 1), queries.place_of)


@router.get("/outcomes/measures", **may("casefile.outcome_measure.read"))
async def read_measures(unit: Unit, quarter: Quarter, by: By = By.ALL) -> MeasuresView:
    """Outcomes of a quarter that is over, by group. Small numbers are hidden, and so is what would tell them."""
    return await measures.of_quarter(unit, quarter, by)


@router.get("/outcomes/allocations", **may("casefile.outcome_measure.read", refusals=(404,)))
async def read_allocations(unit: Unit, quarter: Quarter, by: By = By.ALL) -> AllocationsView:
    """Who was registered, banded, offered and let a home in a quarter that is over, by group. Small numbers hidden."""
    return await measures.allocations(unit, quarter, by)


@router.get("/outcomes/{outcome_id}", **may("casefile.outcome.read", refusals=(404,)))
async def read_outcome(unit: Unit, response: Response, outcome_id: UUID) -> OutcomeView:
    """One of them."""
    view = await queries.view(unit, outcome_id)
    set_etag(response, view.version)
    return view


@router.post("/outcomes/{outcome_id}/check", **may("casefile.outcome.check", refusals=(404, 409, 412, 428)))
async def check_outcome(
    unit: Unit, response: Response, outcome_id: UUID, expected: Expected, body: CheckBody
) -> OutcomeView:
    """Whether it still holds half a year later. That it does not is recorded as such."""
    evidence = [each.as_rules_see_it() for each in body.evidence]
    row = await commands.check(unit, outcome_id, expected, body.result, evidence, body.words, body.lost_on)
    return _answer(response, row)


@router.post("/outcomes/{outcome_id}/strike", **may("casefile.outcome.strike", refusals=(404, 409, 412, 428)))
async def strike_outcome(
    unit: Unit, response: Response, outcome_id: UUID, expected: Expected, body: Mistake
) -> OutcomeView:
    """It was recorded by mistake: it stays to be seen, and counts no more."""
    return _answer(response, await commands.strike(unit, outcome_id, expected, body.reason))
