"""The HTTP door of statements of income and spending."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.money.advisers.queries import check_may_advise
from services.casefile.money.pounds import MOST, Every
from services.casefile.money.statements import commands, domain, queries
from services.casefile.money.statements.models import Statement
from services.casefile.money.statements.queries import StatementView

router = APIRouter(route_class=UnitRoute, tags=["money"])

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Children = Annotated[int, Field(ge=0, le=30)]


class Body(BaseModel):
    """Requests refuse fields they do not know."""

    model_config = ConfigDict(extra="forbid")


class StatementLine(Body):
    """So much, so often, in one of the SFS's categories."""

    category: Line
    item: Line
    amount_pence: Annotated[int, Field(ge=0, le=MOST, strict=True)]
    every: Every = "month"
    note: Line | None = None


class AskedAlone(Body):
    """One of the two, asked without the other there."""

    person_id: UUID
    alone_on: date
    agreed: StrictBool


class Content(Body):
    """All of its lines, and how many children it is for (guidelines know two ages of them)."""

    lines: list[StatementLine] = Field([], max_length=domain.MOST_LINES)
    children_younger: Children = 0
    children_older: Children = 0

    def told(self) -> commands.Content:
        """As the rules read it."""
        lines = [domain.Line(**each.model_dump()) for each in self.lines]
        return commands.Content(lines, self.children_younger, self.children_older)


class NewStatement(Content):
    """One adult's; two share one only when both agreed, each asked alone."""

    person_id: UUID
    household_id: UUID | None = Field(None, description="Left out: where they belong today")
    partner_id: UUID | None = None
    asked: list[AskedAlone] = Field([], max_length=2)


class Agreement(Body):
    """It was agreed with whom it is about."""

    agreed_on: date | None = Field(None, description="Left out: today")


async def _answer(unit: Unit, response: Response, row: Statement) -> StatementView:
    response.headers["Location"] = f"/v1/casefile/money/statements/{row.id}"
    set_etag(response, row.version)
    return await queries.shown(unit, row)


@router.post("/money/statements", status_code=201, **may("casefile.statement.make", keyed=True, refusals=(403, 404)))
async def begin_statement(unit: Unit, response: Response, body: NewStatement) -> StatementView:
    """Begin a statement. For advisers of a body that is authorised or exempt, like all that follows."""
    await check_may_advise(unit)
    shared = None
    if body.partner_id is not None:
        asked = [domain.Asked(each.person_id, each.alone_on, each.agreed) for each in body.asked]
        shared = commands.Shared(body.partner_id, asked)
    row = await commands.begin(unit, body.person_id, body.household_id, shared, body.told())
    return await _answer(unit, response, row)


@router.get("/money/statements", **may("casefile.statement.read"))
async def list_statements(unit: Unit, paging: Paging, person_id: UUID) -> Page[StatementView]:
    """A person's statements, the newest first."""
    rows = await queries.of_person(unit, person_id, paging.place, paging.limit + 1)
    return paging.page(rows, queries.place_of)


@router.get("/money/statements/{statement_id}", **may("casefile.statement.read", refusals=(404,)))
async def read_statement(unit: Unit, response: Response, statement_id: UUID) -> StatementView:
    """One statement, its totals and what to look at again."""
    view = await queries.view(unit, statement_id)
    set_etag(response, view.version)
    return view


@router.put("/money/statements/{statement_id}", **may("casefile.statement.make", refusals=(403, 404, 409, 412, 428)))
async def fill_statement(
    unit: Unit, response: Response, statement_id: UUID, expected: Expected, body: Content
) -> StatementView:
    """Its lines are these now; only while it is a draft."""
    await check_may_advise(unit)
    return await _answer(unit, response, await commands.fill(unit, statement_id, expected, body.told()))


@router.post(
    "/money/statements/{statement_id}/agreement",
    **may("casefile.statement.agree", refusals=(403, 404, 409, 412, 428)),
)
async def agree_statement(
    unit: Unit, response: Response, statement_id: UUID, expected: Expected, body: Agreement
) -> StatementView:
    """Agreed with whom it is about: it stands from now on, and the one before gives way."""
    await check_may_advise(unit)
    return await _answer(unit, response, await commands.agree(unit, statement_id, expected, body.agreed_on))
