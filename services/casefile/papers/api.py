"""The HTTP door of papers: a case's bundle and a plan, printed. A POST, so that no name ever stands in an address."""

from uuid import UUID

from fastapi import APIRouter, Response

from kit.web.routing import Unit, UnitRoute, may
from services.casefile.papers import bundle
from services.casefile.papers.bundle import BundleOrder
from services.casefile.papers.orders import PDF, PrintOrder, as_pdf

router = APIRouter(route_class=UnitRoute, tags=["papers"])


@router.post("/cases/{case_id}/print", response_class=Response, **PDF, **may("casefile.paper.print", refusals=(404,)))
async def print_case(unit: Unit, case_id: UUID, order: BundleOrder) -> Response:
    """The whole file of a case as one tagged PDF: as far as you may see it, less what you leave out."""
    return as_pdf(await bundle.bundle(unit, case_id, order))


@router.post("/plans/{plan_id}/print", response_class=Response, **PDF, **may("casefile.paper.print", refusals=(404,)))
async def print_plan(unit: Unit, plan_id: UUID, order: PrintOrder) -> Response:
    """One plan as tagged PDF, to hand over: in large print, if that is what they read."""
    return as_pdf(await bundle.plan(unit, plan_id, order))
