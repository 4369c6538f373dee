"""The HTTP door of the register of bodies that may advise on debt."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import WorkerId
from kit.web.pages import Page, Paging
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.advisers import commands, domain, queries
from services.casefile.money.advisers.queries import DebtBodyView

router = APIRouter(route_class=UnitRoute, tags=["money"])

Organisation = Annotated[str, Path(max_length=100, pattern=r"^[A-Za-z0-9-]+$", description="As in its workers' tokens")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class DebtBodyEntry(BaseModel):
    """On which ground a body may advise on debt: authorised by the FCA, with its number, or exempt."""

    model_config = ConfigDict(extra="forbid")

    basis: domain.Basis
    fca_number: Line | None = None
    exemption: Line | None = Field(None, description="The exemption relied on, in words")
    since: date
    until: date | None = Field(None, description="Its last day")
    advisers: list[WorkerId] = Field([], max_length=500, description="None: all of it who hold a role for it")


@router.put(
    "/money/debt-bodies/{organisation}", **may("casefile.debt_body.keep", made=DebtBodyView, refusals=(404, 412, 428))
)
async def keep_debt_body(
    unit: Unit,
    response: Response,
    organisation: Organisation,
    body: DebtBodyEntry,
    if_match: Annotated[str | None, Header()] = None,
) -> DebtBodyView:
    """Put a body into the register, or change its entry (then with If-Match)."""
    told = body.model_dump(exclude={"advisers"})
    entry = domain.Body(**told, advisers=domain.known(body.advisers))
    expected = expected_version(if_match) if if_match is not None else None
    row = await commands.keep(unit, organisation, expected, entry)
    if row.version == 1:
        response.status_code = 201
        response.headers["Location"] = f"/v1/casefile/money/debt-bodies/{organisation}"
    set_etag(response, row.version)
    return DebtBodyView.model_validate(row)


@router.get("/money/debt-bodies", **may("casefile.debt_body.read"))
async def list_debt_bodies(unit: Unit, paging: Paging) -> Page[DebtBodyView]:
    """Who may advise on debt here."""
    return paging.page(await queries.listed(unit, paging.place, paging.limit + 1), queries.place_of)


@router.get("/money/debt-bodies/{organisation}", **may("casefile.debt_body.read", refusals=(404,)))
async def read_debt_body(unit: Unit, response: Response, organisation: Organisation) -> DebtBodyView:
    """One body."""
    view = await queries.view(unit, organisation)
    set_etag(response, view.version)
    return view
