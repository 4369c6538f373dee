"""The HTTP door of cohorts."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.cohorts import commands, previews, queries
from services.risk.cohorts.shapes import (
    CohortChanges,
    CohortSummary,
    CohortView,
    Decided,
    MemberView,
    NewCohort,
    NewPublication,
    Preview,
    PreviewView,
    PublicationView,
    RunView,
)

router = APIRouter(route_class=UnitRoute, tags=["cohorts"])


@router.post("/cohorts/preview", **may("risk.cohort.preview"))
async def preview_cohort(unit: Unit, body: Preview) -> PreviewView:
    """How many households a definition finds, known and unknown to services: rounded, nothing small, all on record."""
    return await previews.preview(unit, body)


@router.post("/cohorts", status_code=201, **may("risk.cohort.define", keyed=True))
async def define_cohort(unit: Unit, response: Response, body: NewCohort) -> CohortView:
    """Save a definition under a name."""
    cohort = await commands.define(unit, body)
    response.headers["Location"] = f"/v1/risk/cohorts/{cohort.id}"
    set_etag(response, cohort.version)
    return await queries.shown(unit, cohort)


@router.get("/cohorts", **may("risk.cohort.read"))
async def list_cohorts(unit: Unit, paging: Paging) -> Page[CohortSummary]:
    """Saved cohorts, by code."""
    rows = await queries.cohorts(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [row.code])


@router.get("/cohorts/{cohort_id}", **may("risk.cohort.read", refusals=(404,)))
async def read_cohort(unit: Unit, response: Response, cohort_id: UUID) -> CohortView:
    """One cohort with its newest count."""
    view = await queries.view(unit, cohort_id)
    set_etag(response, view.version)
    return view


@router.patch("/cohorts/{cohort_id}", **may("risk.cohort.define", refusals=(404, 412, 428)))
async def change_cohort(
    unit: Unit, response: Response, cohort_id: UUID, expected: Expected, body: CohortChanges
) -> CohortView:
    """Change a cohort: its title, its definition (with why), where the panel heard it, or pause it."""
    cohort = await commands.change(unit, cohort_id, expected, body)
    set_etag(response, cohort.version)
    return await queries.shown(unit, cohort)


@router.get("/cohorts/{cohort_id}/members", **may("risk.cohort.members", refusals=(404,)))
async def list_members(unit: Unit, paging: Paging, cohort_id: UUID, known: bool | None = None) -> Page[MemberView]:
    """Today's households of a cohort, by pseudonym."""
    rows = await queries.members(unit, cohort_id, known, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [str(row.household)])


@router.get("/cohorts/{cohort_id}/runs", **may("risk.cohort.read", refusals=(404,)))
async def list_runs(unit: Unit, paging: Paging, cohort_id: UUID) -> Page[RunView]:
    """How many there were month by month, the newest first."""
    rows = await queries.runs(unit, cohort_id, paging.place, paging.limit + 1)
    return paging.page(rows, _place_of_run)


def _place_of_run(row: RunView) -> list[Any]:
    return [row.month.isoformat(), row.definition_number]


@router.post("/cohorts/{cohort_id}/runs", status_code=201, **may("risk.cohort.define", keyed=True, refusals=(404,)))
async def count_cohort(unit: Unit, response: Response, cohort_id: UUID) -> CohortView:
    """Count it now; the last count of a month stands."""
    cohort = await commands.measure(unit, cohort_id)
    response.headers["Location"] = f"/v1/risk/cohorts/{cohort_id}"
    return await queries.shown(unit, cohort)


@router.get("/cohorts/{cohort_id}/publications", **may("risk.cohort.read", refusals=(404,)))
async def list_publications(unit: Unit, paging: Paging, cohort_id: UUID) -> Page[PublicationView]:
    """Lists made of a cohort, the newest first."""
    rows = await queries.publications(unit, cohort_id, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [str(row.id)])


@router.post(
    "/cohorts/{cohort_id}/publications", status_code=201, **may("risk.cohort.publish", keyed=True, refusals=(404,))
)
async def ask_for_list(unit: Unit, response: Response, cohort_id: UUID, body: NewPublication) -> PublicationView:
    """Ask for a list of homes to offer help to; somebody else decides."""
    row = await commands.ask_for_list(unit, cohort_id, body)
    response.headers["Location"] = f"/v1/risk/cohorts/{cohort_id}/publications/{row.id}"
    set_etag(response, row.version)
    return await queries.publication(unit, cohort_id, row.id)


@router.get("/cohorts/{cohort_id}/publications/{publication_id}", **may("risk.cohort.read", refusals=(404,)))
async def read_publication(unit: Unit, response: Response, cohort_id: UUID, publication_id: UUID) -> PublicationView:
    """One list and how far its offers are."""
    view = await queries.publication(unit, cohort_id, publication_id)
    set_etag(response, view.version)
    return view


@router.post(
    "/cohorts/{cohort_id}/publications/{publication_id}/decisions",
    status_code=201,
    **may("risk.cohort.approve", keyed=True, refusals=(404, 412, 428)),
)
async def decide_on_list(
    unit: Unit, response: Response, cohort_id: UUID, publication_id: UUID, expected: Expected, body: Decided
) -> PublicationView:
    """Say yes or no to a list that somebody else asked for."""
    row = await commands.decide(unit, cohort_id, publication_id, expected, body)
    response.headers["Location"] = f"/v1/risk/cohorts/{cohort_id}/publications/{row.id}"
    set_etag(response, row.version)
    return await queries.publication(unit, cohort_id, publication_id)
