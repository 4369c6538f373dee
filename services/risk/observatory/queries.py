"""Reads of the observatory: the log of questions, and what can be asked."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kit.store.unit import UnitOfWork
from services.risk.observatory import releases
from services.risk.observatory.models import AggregateQuery
from services.risk.observatory.shapes import CountableView, DimensionView, QueryView, ReleaseView


async def log(unit: UnitOfWork, asked_by: str | None, place: Sequence[Any] | None, most: int) -> list[QueryView]:
    """Every question that was answered with counts, the newest first: who asked what, for which purpose."""
    query = select(AggregateQuery).order_by(AggregateQuery.id.desc()).limit(most)
    if place:
        query = query.where(AggregateQuery.id < UUID(place[0]))
    if asked_by is not None:
        query = query.where(AggregateQuery.asked_by == asked_by)
    unit.accessed("aggregate/log")
    return [QueryView.model_validate(each) for each in await unit.session.scalars(query)]


async def countable(unit: UnitOfWork, month: str | None) -> ReleaseView:
    """What can be asked of a month. `NotFound`, or `Conflict` when none is counted yet."""
    row = await releases.release(unit, month)
    snapshot = await releases.ready(unit, row)
    months = sorted({name.rpartition(" ")[2] for name in snapshot.events})

    def of(count: str, kinds: list[str], in_months: list[str]) -> CountableView:
        universe = snapshot.residents if count == "residents" else snapshot.households
        dimensions = [DimensionView(code=code, categories=list(each)) for code, each in universe.categories.items()]
        return CountableView(count=count, kinds=kinds, months=in_months, dimensions=dimensions)

    return ReleaseView(
        month=f"{row.month:%Y-%m}",
        as_of=row.as_of,
        made_at=row.made_at,
        hidden=row.hidden,
        countable=[
            of("households", [], []),
            of("residents", [], []),
            of("events", sorted({name.partition(" ")[0] for name in snapshot.events}), months),
            of("amounts", sorted(snapshot.amounts), []),
        ],
    )
