"""The HTTP door of the observatory."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.risk.observatory import asking, queries, releases
from services.risk.observatory.federation import members, reading
from services.risk.observatory.federation.shapes import (
    Member,
    MemberView,
    NewMember,
    NewPackage,
    PackageView,
    RefusalView,
    RegionTable,
)
from services.risk.observatory.shapes import (
    MonthCode,
    QueryView,
    Question,
    ReleaseAsked,
    ReleaseView,
    TableAnswer,
)

router = APIRouter(route_class=UnitRoute, prefix="/observatory", tags=["observatory"])

OfMonth = Annotated[MonthCode | None, Query(description="Which month; the newest without it")]


@router.post("/queries", **may("risk.aggregate.ask", refusals=(404, 409)))
async def ask_for_table(unit: Unit, body: Question) -> TableAnswer:
    """A table of safe counts: by up to three dimensions, rounded, nothing small, nothing that could be worked out."""
    return await asking.ask(unit, body)


@router.get("/queries", **may("risk.aggregate.review"))
async def list_queries(
    unit: Unit, paging: Paging, asked_by: Annotated[str | None, Query(max_length=100)] = None
) -> Page[QueryView]:
    """The log: every question that was answered with counts, with who asked and for which purpose."""
    rows = await queries.log(unit, asked_by, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [str(row.id)])


@router.get("/dimensions", **may("risk.aggregate.ask", refusals=(404, 409)))
async def read_dimensions(unit: Unit, release: OfMonth = None) -> ReleaseView:
    """What can be counted in a month, and by what."""
    return await queries.countable(unit, release)


@router.post("/releases", status_code=202, **may("risk.aggregate.release", keyed=True))
async def count_month(unit: Unit, response: Response) -> ReleaseAsked:
    """Have the borough counted for this month, once; answers are of whole months."""
    job_id = await releases.ask(unit)
    response.headers["Location"] = f"/v1/risk/jobs/{job_id}"
    return ReleaseAsked(job_id=job_id)


@router.get("/members", **may("risk.observatory.read"))
async def list_observatory_members(unit: Unit, paging: Paging) -> Page[MemberView]:
    """The observatories that may send packages here."""
    rows = await members.listed(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [row.area])


@router.post("/members", status_code=201, **may("risk.observatory.keep", keyed=True))
async def add_member(unit: Unit, response: Response, body: NewMember) -> MemberView:
    """Let an observatory send packages: its area, the area above it, and its public key."""
    member = await members.add(unit, body)
    response.headers["Location"] = f"/v1/risk/observatory/members/{member.area}"
    set_etag(response, member.version)
    return member


@router.put("/members/{area}", **may("risk.observatory.keep", refusals=(404, 412, 428)))
async def change_member(unit: Unit, response: Response, area: str, expected: Expected, body: Member) -> MemberView:
    """Another key, another title, or not for now."""
    member = await members.change(unit, area, expected, body)
    set_etag(response, member.version)
    return member


@router.get("/packages", **may("risk.observatory.read"))
async def list_packages(
    unit: Unit, paging: Paging, area: Annotated[str | None, Query(max_length=9)] = None
) -> Page[PackageView]:
    """Packages sent and received, as they were signed, by area and number."""
    rows = await reading.packages_of(unit, area, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [row.area, row.sequence, row.direction])


@router.post("/packages", status_code=201, **may("risk.observatory.send", keyed=True, refusals=(404,)))
async def send_package(unit: Unit, response: Response, body: NewPackage) -> PackageView:
    """Sign a package of a month's safe counts for the observatory above; it goes out when the line stands."""
    package = await reading.make(unit, body)
    response.headers["Location"] = f"/v1/risk/observatory/packages?area={package.area}"
    return package


@router.get("/refusals", **may("risk.observatory.read"))
async def list_refusals(unit: Unit, paging: Paging) -> Page[RefusalView]:
    """Packages that were not taken, and why."""
    rows = await reading.refusals(unit, paging.place, paging.limit + 1)
    return paging.page(rows, lambda row: [str(row.id)])


@router.get("/tables", **may("risk.observatory.read", refusals=(404,)))
async def read_region_tables(unit: Unit, month: MonthCode, name: Annotated[str, Query(max_length=200)]) -> RegionTable:
    """A table of all members together: their sums, hidden again where they are small or where one is missing."""
    return await reading.region(unit, month, name)
