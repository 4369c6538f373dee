"""The HTTP door of dated tables that a council or a member body loads."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import expected_version, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.localtables import commands, queries
from services.casefile.money.localtables.domain import Kind
from services.casefile.money.localtables.queries import LocalTableView

router = APIRouter(route_class=UnitRoute, tags=["money"])

Area = Annotated[str, Path(max_length=64, pattern=r"^[a-zA-Z0-9_-]+$")]
_TABLE = "/money/tables/{kind}/{area}/{effective_from}"


class Table(BaseModel):
    """Its figures, and where they are from."""

    model_config = ConfigDict(extra="forbid")

    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)]
    effective_until: date | None = Field(None, description="Its last day; left out: until the next table")
    figures: dict[str, Any]


@router.put(_TABLE, **may("casefile.money_table.load", made=LocalTableView, refusals=(404, 412, 428)))
async def load_money_table(
    unit: Unit,
    response: Response,
    kind: Kind,
    area: Area,
    effective_from: date,
    body: Table,
    if_match: Annotated[str | None, Header()] = None,
) -> LocalTableView:
    """Load a table for a day, or correct it (then with If-Match)."""
    expected = expected_version(if_match) if if_match is not None else None
    key = (kind, area, effective_from)
    row = await commands.load(unit, key, expected, body.effective_until, body.source, body.figures)
    if row.version == 1:
        response.status_code = 201
        response.headers["Location"] = f"/v1/casefile/money/tables/{kind}/{area}/{effective_from.isoformat()}"
    set_etag(response, row.version)
    return LocalTableView.model_validate(row)


@router.get("/money/tables", **may("casefile.money_table.read"))
async def list_money_tables(unit: Unit, paging: Paging, kind: Kind | None = None) -> Page[LocalTableView]:
    """The tables there are."""
    return paging.page(await queries.listed(unit, kind, paging.place, paging.limit + 1), queries.place_of)


@router.get(_TABLE, **may("casefile.money_table.read", refusals=(404,)))
async def read_money_table(
    unit: Unit, response: Response, kind: Kind, area: Area, effective_from: date
) -> LocalTableView:
    """One table."""
    view = await queries.view(unit, kind, area, effective_from)
    set_etag(response, view.version)
    return view
