"""The HTTP door of measures and of the board's pack."""

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Response

from kit.contracts.envelope import Code
from kit.paper.printing import printed
from kit.web.pages import Page, Paging
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.measures import commands, pack, queries
from services.risk.measures.definitions import definitions
from services.risk.measures.domain import By
from services.risk.measures.figures import digest
from services.risk.measures.shapes import (
    BaselineView,
    CostView,
    MeasuresView,
    MeasureView,
    NewBaseline,
    NewCost,
    NewPack,
    PackContent,
    PackView,
    PrintBody,
    Recounted,
    SeriesView,
)

router = APIRouter(route_class=UnitRoute, tags=["measures"])

PDF: Final[dict[str, Any]] = {"response_description": "Tagged PDF (PDF/UA-1)"}
CSV: Final[dict[str, Any]] = {"response_description": "Every figure a line (CSV, RFC 4180); hidden ones are empty"}
QuarterDay = Annotated[
    date | None, Query(description="The first day of a closed quarter, e.g. 2027-01-01; left out: the newest")
]
Seen = Annotated[str | None, Header(alias="If-Match")]


@router.get("/measures", **may("risk.measure.read", refusals=(404,)))
async def list_measures(
    unit: Unit,
    quarter: QuarterDay = None,
    by: By = By.ALL,
    measure: Annotated[list[Code] | None, Query(max_length=40)] = None,
    ward: Annotated[str | None, Query(pattern=r"^E05\d{6}$")] = None,
) -> MeasuresView:
    """A closed quarter's measures; each comes with those that it never stands without."""
    return queries.measures_view(await queries.pack(unit, quarter), by, measure or (), ward)


@router.get("/measures/definitions", **may("risk.measure.read"))
async def list_measure_definitions() -> list[MeasureView]:
    """What is measured, in plain words: from what it is counted, whose it is, what it stands beside."""
    return [MeasureView.of(each) for each in definitions().values()]


@router.get("/measures/costs", **may("risk.measure.read"))
async def list_costs(unit: Unit) -> list[CostView]:
    """The unit costs by which savings are reckoned."""
    return await queries.costs(unit)


@router.put("/measures/costs/{code}", **may("risk.measure.keep", refusals=(412, 428)))
async def keep_cost(unit: Unit, response: Response, code: Code, body: NewCost, seen: Seen = None) -> CostView:
    """A unit cost with its range, its day and where it is from. Residents' gains are refused: they are no saving."""
    expected = expected_version(seen) if seen is not None else None
    row = await commands.keep_cost(unit, code, expected, body)
    set_etag(response, row.version)
    return CostView.of(row)


@router.get("/measures/baselines/{quarter}", **may("risk.measure.read"))
async def list_baselines(unit: Unit, quarter: date) -> list[BaselineView]:
    """What a quarter is set against."""
    return await queries.baselines(unit, quarter)


@router.put("/measures/baselines/{quarter}/{measure}", **may("risk.measure.keep", refusals=(404, 409, 412, 428)))
async def state_baseline(
    unit: Unit, response: Response, quarter: date, measure: Code, body: NewBaseline, seen: Seen = None
) -> BaselineView:
    """How many there would have been, stated before the quarter is closed."""
    expected = expected_version(seen) if seen is not None else None
    row = await commands.state_baseline(unit, measure, quarter, expected, body)
    set_etag(response, row.version)
    return BaselineView.of(row)


@router.get("/measures/{code}", **may("risk.measure.read", refusals=(404,)))
async def read_measure(unit: Unit, code: Code, by: By = By.ALL) -> SeriesView:
    """One measure through the closed quarters, beside its companions."""
    return await queries.series(unit, code, by)


@router.post("/packs", status_code=201, **may("risk.pack.close", keyed=True))
async def close_quarter(unit: Unit, response: Response, body: NewPack) -> PackView:
    """Close a quarter that is over, by name: its figures are made now and never change."""
    row = await commands.close(unit, body)
    response.headers["Location"] = f"/v1/risk/packs/{row.first_day}"
    return PackView.of(row)


@router.get("/packs", **may("risk.pack.read"))
async def list_packs(unit: Unit, paging: Paging) -> Page[PackView]:
    """Closed quarters, the newest first."""
    rows = await queries.packs(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [row.quarter.isoformat()])


@router.get("/packs/{quarter}", **may("risk.pack.read", refusals=(404,)))
async def read_pack(unit: Unit, quarter: date) -> PackContent:
    """The board's pack as data, with its fingerprint."""
    row = await queries.pack(unit, quarter)
    return PackContent(**PackView.of(row).model_dump(), content=row.content)


@router.get("/packs/{quarter}/figures", response_class=Response, **CSV, **may("risk.pack.read", refusals=(404,)))
async def download_figures(unit: Unit, quarter: date) -> Response:
    """The board's pack as CSV."""
    row = await queries.pack(unit, quarter)
    name = f'attachment; filename="board-pack-{row.first_day}.csv"'
    return Response(pack.as_csv(row), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@router.post("/packs/{quarter}/print", response_class=Response, **PDF, **may("risk.pack.read", refusals=(404,)))
async def print_pack(unit: Unit, quarter: date, body: PrintBody) -> Response:
    """The board's pack on paper: tagged PDF, in large print for who reads that."""
    row = await queries.pack(unit, quarter)
    pdf = await printed(pack.paper(row, large=body.large))
    name = f'inline; filename="board-pack-{row.first_day}.pdf"'
    return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": name})


@router.post("/packs/{quarter}/recount", **may("risk.pack.read", refusals=(404,)))
async def recount_pack(unit: Unit, quarter: date) -> Recounted:
    """Count the quarter again from the log as it stood when it was closed, and say whether the same bytes come out."""
    row = await queries.pack(unit, quarter)
    again = await commands.count_again(unit, row)
    before, now = row.content["measures"], again["measures"]
    return Recounted(
        same=digest(again) == row.sha256,
        sha256=row.sha256,
        counted_again=digest(again),
        differ=sorted(code for code in before.keys() | now.keys() if before.get(code) != now.get(code)),
    )
