"""The HTTP door of lettings logs and of their yearly return."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.contracts.envelope import Code
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.housing.lettings.shapes import Words
from services.housing.returns.core import commands, queries
from services.housing.returns.core.models import CoreLog
from services.housing.returns.core.queries import CoreLogView, CoreReturn

router = APIRouter(route_class=UnitRoute, tags=["returns"])

Said = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Year = Annotated[int, Query(ge=2025, le=2100, description="The year that begins on 1 April of it")]


class Csv(Response):
    """A file of the return."""

    media_type = "text/csv"


class Answers(BaseModel):
    """Answers by the log's own field names; amounts in pence, days as 2026-11-05; null takes one back."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[Code, int | Said | None] = Field(min_length=1, max_length=200)


class Confirmation(BaseModel):
    """What is unusual and right all the same, and why."""

    model_config = ConfigDict(extra="forbid")

    check: Code
    words: Words


async def _answer(unit: Unit, response: Response, row: CoreLog) -> CoreLogView:
    set_etag(response, row.version)
    return queries.view(row, await commands.findings(unit, row))


@router.get("/lettings/{letting_id}/core", **may("housing.core_log.read", refusals=(404,)))
async def read_core_log(unit: Unit, response: Response, letting_id: UUID) -> CoreLogView:
    """A tenancy's log with everything that is not right with it yet."""
    view = await queries.log(unit, letting_id)
    set_etag(response, view.version)
    return view


@router.put("/lettings/{letting_id}/core", **may("housing.core_log.keep", refusals=(404, 412, 428)))
async def keep_core_log(
    unit: Unit, response: Response, letting_id: UUID, expected: Expected, body: Answers
) -> CoreLogView:
    """Answer some of its questions. What a check says of it comes back at once."""
    given: dict[str, Any] = dict(body.answers)
    return await _answer(unit, response, await commands.keep(unit, letting_id, expected, given))


@router.post("/lettings/{letting_id}/core/confirmations", **may("housing.core_log.keep", refusals=(404, 409, 412, 428)))
async def confirm_core_check(
    unit: Unit, response: Response, letting_id: UUID, expected: Expected, body: Confirmation
) -> CoreLogView:
    """Confirm what a soft check asks. It stands until one of the values changes."""
    return await _answer(unit, response, await commands.confirm(unit, letting_id, expected, body.check, body.words))


@router.get("/returns/core", **may("housing.core_return.read"))
async def read_core_return(unit: Unit, year: Year) -> CoreReturn:
    """Why each tenancy of a year is in the return, or is not."""
    return await queries.of_year(unit, year)


@router.get("/returns/core/csv", response_class=Csv, **may("housing.core_return.read"))
async def export_core(unit: Unit, year: Year) -> Response:
    """The file of a year: only logs that pass every check are in it."""
    text = await queries.as_csv(unit, year)
    headers = {"Content-Disposition": f'attachment; filename="core-lettings-{year}.csv"'}
    return Csv(text, headers=headers)
