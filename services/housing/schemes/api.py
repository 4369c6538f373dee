"""The HTTP door of schemes and the programme."""

from datetime import date
from uuid import UUID

from fastapi import APIRouter, Response

from kit import clock
from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.schemes import commands, queries, waiting
from services.housing.schemes.domain import State
from services.housing.schemes.models import Scheme
from services.housing.schemes.shapes import (
    AppraisalView,
    Comparison,
    Gateway,
    GatewayView,
    HandoverView,
    JobsDelivered,
    JobsPromised,
    NewHandover,
    NewScenario,
    NewScheme,
    Programme,
    ProgrammeLoaded,
    ProgrammeView,
    ScenarioView,
    SchemeChange,
    SchemeListed,
    SchemeView,
)

router = APIRouter(route_class=UnitRoute, tags=["schemes"])

_CHANGE = (404, 409, 412, 428)


def _answer(response: Response, row: Scheme) -> SchemeView:
    response.headers["Location"] = f"/v1/housing/schemes/{row.id}"
    set_etag(response, row.version)
    return queries.view(row)


@router.post("/schemes", status_code=201, **may("housing.scheme.keep", keyed=True))
async def record_scheme(unit: Unit, response: Response, body: NewScheme) -> SchemeView:
    """A scheme: site, phases, mix, assumptions."""
    return _answer(response, await commands.record(unit, body))


@router.post("/programme", status_code=201, **may("housing.scheme.keep", keyed=True))
async def load_programme(unit: Unit, response: Response, body: Programme) -> ProgrammeLoaded:
    """Many schemes at once; one whose code stands is left as it is."""
    response.headers["Location"] = "/v1/housing/programme"
    return await commands.load_programme(unit, body)


@router.get("/programme", **may("housing.programme.read"))
async def read_programme(unit: Unit, on: date | None = None, money: bool = False) -> ProgrammeView:
    """The whole programme as it stood on a day, or will stand: homes by year and tenure, jobs, with `money` returns."""
    return await queries.programme(unit, on or clock.today(), money=money)


@router.get("/schemes", **may("housing.scheme.read"))
async def list_schemes(unit: Unit, paging: Paging, state: State | None = None) -> Page[SchemeListed]:
    """Schemes, the oldest first."""
    return paging.page(await queries.schemes(unit, state, paging.place, paging.limit + 1), queries.place_of)


@router.get("/schemes/{scheme_id}", **may("housing.scheme.read", refusals=(404,)))
async def read_scheme(unit: Unit, response: Response, scheme_id: UUID) -> SchemeView:
    """One of them."""
    shown = await queries.scheme(unit, scheme_id)
    set_etag(response, shown.version)
    return shown


@router.patch("/schemes/{scheme_id}", **may("housing.scheme.keep", refusals=_CHANGE))
async def change_scheme(
    unit: Unit, response: Response, scheme_id: UUID, expected: Expected, body: SchemeChange
) -> SchemeView:
    """Another plan; a phase on site keeps its mix."""
    return _answer(response, await commands.change(unit, scheme_id, expected, body))


@router.get("/schemes/{scheme_id}/appraisal", **may("housing.scheme.read", refusals=(404,)))
async def read_appraisal(unit: Unit, scheme_id: UUID) -> AppraisalView:
    """The cash flow by year, net present value, rate of return, yield, and whom of the register it meets."""
    return await queries.appraisal(unit, scheme_id, await waiting.by_bedrooms(unit))


@router.get("/schemes/{scheme_id}/scenarios", **may("housing.scheme.read", refusals=(404,)))
async def compare_scenarios(unit: Unit, scheme_id: UUID) -> Comparison:
    """The plan and its scenarios side by side."""
    return await queries.comparison(unit, scheme_id, await waiting.by_bedrooms(unit))


@router.post(
    "/schemes/{scheme_id}/scenarios", status_code=201, **may("housing.scheme.keep", keyed=True, refusals=(404,))
)
async def keep_scenario(unit: Unit, response: Response, scheme_id: UUID, body: NewScenario) -> ScenarioView:
    """A scenario, kept to be compared."""
    kept = await commands.keep_scenario(unit, scheme_id, body)
    response.headers["Location"] = f"/v1/housing/schemes/{scheme_id}/scenarios"
    return await queries.kept(unit, kept, await waiting.by_bedrooms(unit))


@router.post("/schemes/{scheme_id}/scenario-trial", **may("housing.scheme.read", refusals=(404,)))
async def try_scenario(unit: Unit, scheme_id: UUID, body: NewScenario) -> ScenarioView:
    """What a scenario would come to. Keeps nothing."""
    return await queries.tried(unit, scheme_id, body, await waiting.by_bedrooms(unit))


@router.post(
    "/schemes/{scheme_id}/gateways", status_code=201, **may("housing.scheme.decide", keyed=True, refusals=_CHANGE)
)
async def pass_gateway(
    unit: Unit, response: Response, scheme_id: UUID, expected: Expected, body: Gateway
) -> GatewayView:
    """A gateway: the investment panel's advice and a named officer's decision, with the digest of what they saw."""
    decided = await commands.pass_gateway(unit, scheme_id, expected, body)
    response.headers["Location"] = f"/v1/housing/schemes/{scheme_id}/gateways"
    return GatewayView.model_validate(decided)


@router.get("/schemes/{scheme_id}/gateways", **may("housing.scheme.read", refusals=(404,)))
async def list_gateways(unit: Unit, paging: Paging, scheme_id: UUID) -> Page[GatewayView]:
    """Decisions, in order."""
    rows = await queries.gateways(unit, scheme_id, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.decided_at.isoformat(), str(each.id)])


@router.post("/schemes/{scheme_id}/jobs", **may("housing.scheme.keep", refusals=_CHANGE))
async def promise_jobs(
    unit: Unit, response: Response, scheme_id: UUID, expected: Expected, body: JobsPromised
) -> SchemeView:
    """Jobs, apprenticeships, training places, affordable space: promised."""
    return _answer(response, await commands.promise_jobs(unit, scheme_id, expected, body))


@router.post("/schemes/{scheme_id}/jobs/delivered", **may("housing.scheme.keep", refusals=_CHANGE))
async def deliver_jobs(
    unit: Unit, response: Response, scheme_id: UUID, expected: Expected, body: JobsDelivered
) -> SchemeView:
    """What came of a promise, on evidence."""
    return _answer(response, await commands.deliver_jobs(unit, scheme_id, expected, body))


@router.post(
    "/schemes/{scheme_id}/handovers", status_code=201, **may("housing.scheme.hand_over", keyed=True, refusals=_CHANGE)
)
async def hand_homes_over(
    unit: Unit, response: Response, scheme_id: UUID, expected: Expected, body: NewHandover
) -> HandoverView:
    """Finished homes come to lettings: they are homes from now, those to be let are available."""
    made = await commands.hand_over(unit, scheme_id, expected, body)
    response.headers["Location"] = f"/v1/housing/schemes/{scheme_id}/handovers"
    return HandoverView.model_validate(made)


@router.get("/schemes/{scheme_id}/handovers", **may("housing.scheme.read", refusals=(404,)))
async def list_handovers(unit: Unit, paging: Paging, scheme_id: UUID) -> Page[HandoverView]:
    """What was handed over, in order."""
    rows = await queries.handovers(unit, scheme_id, paging.place, paging.limit + 1)
    return paging.page(rows, lambda each: [each.made_at.isoformat(), str(each.id)])
