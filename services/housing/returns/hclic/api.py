"""The HTTP door of the homelessness return."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from kit.web.pages import Page, Paging
from kit.web.routing import Unit, UnitRoute, may
from services.housing.returns.hclic import commands, coverage, queries
from services.housing.returns.hclic.gathering import check_no_errors, file_of, whole
from services.housing.returns.hclic.shapes import (
    CaseChecks,
    CaseInReturn,
    CodesView,
    Handover,
    HandoverView,
    QuarterCode,
    Summary,
)

router = APIRouter(route_class=UnitRoute, tags=["returns"])

Quarter = Annotated[QuarterCode, Query(description="2026-Q4: October to December 2026")]


class Xml(Response):
    """A file of the return."""

    media_type = "application/xml"


@router.get("/returns/h-clic", response_class=Xml, **may("housing.h_clic.export", refusals=(409,)))
async def export_h_clic(
    unit: Unit,
    quarter: Quarter,
    part: Annotated[Literal["cases", "people"], Query(description="Two files: the cases, and their people")] = "cases",
    draft: Annotated[bool, Query(description="Although cases have errors")] = False,
) -> Response:
    """The quarter's file: the published sections and fields of each case, as XML.

    409 while a case in it has an error, naming the cases; a draft is given all the same and says that it is one. The
    file says too that it is unchecked against the ministry's XSD, which is not published.
    """
    made = await whole(unit, coverage.quarter(quarter))
    if not draft:
        check_no_errors(made)
    name = f"h-clic-{quarter}-{part}{'-draft' if draft else ''}.xml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Xml(file_of(made, part, draft=draft), headers=headers)


@router.get("/returns/h-clic/summary", **may("housing.h_clic.read"))
async def read_h_clic_summary(unit: Unit, quarter: Quarter) -> Summary:
    """A quarter before it is handed over: how many are in and out and why, what is wrong, the published tables."""
    return await queries.summary(unit, coverage.quarter(quarter))


@router.get("/returns/h-clic/cases", **may("housing.h_clic.read"))
async def list_h_clic_cases(
    unit: Unit,
    paging: Paging,
    quarter: Quarter,
    included: Annotated[bool | None, Query(description="Those in, or those out")] = None,
    with_errors: Annotated[bool, Query(description="Only those that keep the file back")] = False,
) -> Page[CaseInReturn]:
    """Cases of a quarter, each with why it is in or out and what is wrong with it."""
    of = coverage.quarter(quarter)
    found = await queries.cases(unit, of, included, with_errors, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of)


@router.get("/returns/h-clic/codes", **may("housing.h_clic.read"))
async def read_h_clic_codes(unit: Unit) -> list[CodesView]:
    """The code lists with their versions and sources: our words, and the published categories they count as."""
    return queries.codes_of()


@router.get("/returns/h-clic/hand-overs", **may("housing.h_clic.read"))
async def list_h_clic_handovers(unit: Unit, paging: Paging) -> Page[HandoverView]:
    """Returns that were handed over, the newest first."""
    found = await queries.handovers(unit, paging.place, paging.limit + 1)
    return paging.page(found, queries.place_of_handover)


@router.get("/returns/h-clic/hand-overs/{handover_id}", **may("housing.h_clic.read", refusals=(404,)))
async def read_h_clic_handover(unit: Unit, handover_id: UUID) -> HandoverView:
    """One of them."""
    return await queries.handover(unit, handover_id)


@router.post("/returns/h-clic/hand-overs", status_code=201, **may("housing.h_clic.export", keyed=True))
async def hand_h_clic_over(unit: Unit, response: Response, body: Handover) -> HandoverView:
    """A quarter that is over goes to the ministry, by name, with the digest of its file. 409 while it has errors."""
    row = await commands.hand_over(unit, body.quarter)
    response.headers["Location"] = f"/v1/housing/returns/h-clic/hand-overs/{row.id}"
    return HandoverView.model_validate(row)


@router.get("/homelessness-cases/{case_id}/return-checks", **may("housing.return_check.read", refusals=(404,)))
async def check_case_for_return(unit: Unit, case_id: UUID) -> CaseChecks:
    """What the quarterly return would find wrong with this case, today, while it can be put right."""
    return await queries.checks_of(unit, case_id)
