"""Reads of statements; each goes on record for everybody it is about."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import or_, select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.localtables import queries as localtables
from services.casefile.money.pounds import Every
from services.casefile.money.statements import domain, rows
from services.casefile.money.statements.categories import CATEGORIES, Side
from services.casefile.money.statements.models import Statement
from services.casefile.people.aliases import all_ids


class LineView(BaseModel):
    category: str
    item: str
    amount_pence: int
    every: Every
    month_pence: int = Field(description="In a calendar month, rounded here once")
    note: str | None


class CategoryTotal(BaseModel):
    category: str
    title: str
    side: Side
    month_pence: int


class StatementView(BaseModel):
    """What comes in and goes out each month, in the categories of the Standard Financial Statement."""

    id: UUID
    version: int
    person_id: UUID
    partner_id: UUID | None = Field(description="Shares it: both agreed, asked alone")
    household_id: UUID
    state: domain.State
    lines: list[LineView]
    categories: list[CategoryTotal]
    children_younger: int
    children_older: int
    income_pence: int
    spending_pence: int
    surplus_pence: int = Field(description="Left over each month; below nothing: missing")
    words: str
    look_at: list[str] = Field(description="What to look at again; none of it stops anybody")
    guidelines: str = Field(description="Compared with which guideline figures; members load them, none are shipped")
    over_guideline_pence: dict[str, int]
    agreed_on: date | None
    agreed_by: str | None
    superseded_by: UUID | None
    allowed: list[str]


async def shown(unit: UnitOfWork, row: Statement) -> StatementView:
    """As its adviser sees it."""
    told = row.told()
    found = domain.totals(told)
    table = await localtables.standing(unit, "spending_guidelines", "sfs", clock.today())
    over: dict[str, int] = {}
    if table is None:
        guidelines = "No guideline figures are loaded: nothing is compared"
    else:
        children = {"younger_child": row.children_younger, "older_child": row.children_older}
        over = domain.over_guideline(found, table.figures, 2 if row.partner_id else 1, children)
        guidelines = f"{table.source}, from {table.effective_from.isoformat()}"
    return StatementView(
        **{name: getattr(row, name) for name in StatementView.model_fields if name != "lines" and hasattr(row, name)},
        lines=[
            LineView.model_validate({**each, "month_pence": line.month_pence})
            for each, line in zip(row.lines, told, strict=True)
        ],
        categories=[
            CategoryTotal(category=code, title=each.title, side=each.side, month_pence=found.by_category[code])
            for code, each in CATEGORIES.items()
            if code in found.by_category
        ],
        words=found.words,
        look_at=domain.warnings(told, found),
        guidelines=guidelines,
        over_guideline_pence=over,
        allowed=list(domain.ALLOWED[row.state]),
    )


async def view(unit: UnitOfWork, statement_id: UUID) -> StatementView:
    """One of them."""
    query = select(Statement).where(Statement.id == statement_id, await rows.visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such statement")
    unit.accessed(f"statement/{row.id}", [each for each in (row.person_id, row.partner_id) if each])
    return await shown(unit, row)


async def of_person(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[StatementView]:
    """A person's, also those they share, the newest first."""
    whole = await all_ids(unit.session, [person_id])
    theirs = or_(Statement.person_id.in_(whole), Statement.partner_id.in_(whole))
    query = select(Statement).where(theirs, await rows.visible_to(unit)).order_by(Statement.id.desc()).limit(limit)
    if after is not None:
        query = query.where(Statement.id < UUID(after[0]))
    found = (await unit.session.scalars(query)).all()
    unit.accessed(
        "statements", {person_id} | {each for row in found for each in (row.person_id, row.partner_id) if each}
    )
    return [await shown(unit, row) for row in found]


def place_of(shown: StatementView) -> list[Any]:
    """Where it stands in the list."""
    return [str(shown.id)]


async def spare_of(unit: UnitOfWork, person_id: UUID) -> int | None:
    """What the agreed statement leaves each month; None without one."""
    whole = await all_ids(unit.session, [person_id])
    query = select(Statement.surplus_pence).where(
        Statement.person_id.in_(whole), Statement.state == "agreed", await rows.visible_to(unit)
    )
    found: int | None = await unit.session.scalar(query.order_by(Statement.id.desc()).limit(1))
    return found
