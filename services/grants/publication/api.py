"""The HTTP door of publications. All but making a spreadsheet and checking is anyone's to read."""

import csv
import io
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from kit import clock
from kit.store import jobs
from kit.web.routing import Unit, UnitRoute, may
from services.grants.cacheable import SECONDS, anyone_may_keep
from services.grants.publication import checks, queries, spreadsheet
from services.grants.publication.giving import Package, council
from services.grants.publication.queries import FundingStatement

router = APIRouter(route_class=UnitRoute, prefix="/publications", tags=["publications"])

PUBLISHED = "grants.publication.published"
CHECK = "grants.publication.check"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Year = Annotated[int, Query(ge=2010, le=2100, description="The year in which the financial year begins, on 1 April")]


class Workbook(Response):
    """What the document says of the spreadsheet's content."""

    media_type = XLSX


class Csv(Response):
    """What the document says of the list's content."""

    media_type = "text/csv"


class FindingView(BaseModel):
    """A rule of quality that some grants break."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    fault: bool
    detail: str
    grants: list[str]


class Making(BaseModel):
    """A spreadsheet is being made."""

    job_id: UUID


@router.get("/360giving.json", **may(PUBLISHED), response_model=Package, response_model_by_alias=True)
async def read_360giving(unit: Unit) -> Any:
    """Every award in the 360Giving Data Standard, version 1.4."""
    return JSONResponse(await queries.as_published(unit), headers={"Cache-Control": f"public, max-age={SECONDS}"})


@router.get("/360giving.xlsx", **may(PUBLISHED, refusals=(404,)), response_class=Workbook)
async def read_spreadsheet(unit: Unit) -> Response:
    """The spreadsheet form, as it was made last."""
    row = await spreadsheet.read(unit)
    headers = {
        "Content-Disposition": f'attachment; filename="{spreadsheet.NAME}"',
        "Cache-Control": f"public, max-age={SECONDS}",
        "ETag": f'"{row.sha256}"',
    }
    return Workbook(row.content, headers=headers)


@router.post("/360giving.xlsx", status_code=202, **may(CHECK, keyed=True))
async def make_spreadsheet(unit: Unit, response: Response) -> Making:
    """Make the spreadsheet anew, by a job."""
    job_id = await jobs.start(unit, spreadsheet.MAKE, {})
    unit.accessed("publication/360giving")
    response.headers["Location"] = f"/v1/grants/jobs/{job_id}"
    return Making(job_id=job_id)


@router.get("/360giving/checks", **may(CHECK))
async def check_360giving(unit: Unit) -> list[FindingView]:
    """What the standard's quality checks say of what is published: faults first, then what could be better."""
    package = await queries.as_published(unit)
    found = checks.check(package["grants"], council(), clock.today())
    return [FindingView.model_validate(each) for each in found]


@router.get("/infrastructure-funding-statement", **may(PUBLISHED))
async def read_statement(unit: Unit, response: Response, year: Year) -> FundingStatement:
    """The neighbourhood levy in a financial year, every figure out of the ledger (CIL Regulations 2010, reg 121A)."""
    anyone_may_keep(response)
    return await queries.statement(unit, year)


@router.get("/grants-list.csv", **may(PUBLISHED), response_class=Csv)
async def read_grants_list(unit: Unit, year: Year) -> Response:
    """Grants of a financial year as the Local Government Transparency Code 2015 lists them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["Date awarded", "Period", "Department", "Beneficiary", "Registration number", "Purpose", "Amount (£)"]
    )
    for each in await queries.transparency(unit, year):
        pounds = f"{each.pence // 100}.{each.pence % 100:02d}"
        row = [each.date_awarded, each.period, each.department, each.beneficiary, each.registration_number]
        writer.writerow([*(_plain(str(cell)) for cell in row), _plain(each.purpose), pounds])
    return Csv(out.getvalue(), headers={"Cache-Control": f"public, max-age={SECONDS}"})


def _plain(text: str) -> str:
    """No cell that a spreadsheet would take for a formula (CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
