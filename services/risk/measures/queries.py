"""Reads of measures: a closed quarter's, one through time, packs, costs. Only what was closed is ever shown."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import defer

from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.risk.measures.definitions import definitions, with_companions
from services.risk.measures.domain import By
from services.risk.measures.models import BaselineRow, BoardPack, UnitCostRow
from services.risk.measures.shapes import (
    METHOD,
    BaselineView,
    CompanionView,
    CostView,
    MeasureFigures,
    MeasuresView,
    MeasureView,
    PackView,
    PointView,
    SeriesView,
)


async def pack(unit: UnitOfWork, first_day: date | None) -> BoardPack:
    """A closed quarter, or the newest. `NotFound` for one that is not closed."""
    query = select(BoardPack).order_by(BoardPack.first_day.desc()).limit(1)
    if first_day is not None:
        query = select(BoardPack).where(BoardPack.first_day == first_day)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("No figures are shown of a quarter until a named officer has closed it")
    unit.accessed(f"board_pack/{row.first_day}")
    return row


async def packs(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[PackView]:
    """Closed quarters, the newest first."""
    # The figures of twenty quarters are megabytes, and the list shows none of them.
    query = select(BoardPack).options(defer(BoardPack.content, raiseload=True))
    if place is not None:
        query = query.where(BoardPack.first_day < date.fromisoformat(place[0]))
    return [
        PackView.of(row) for row in await unit.session.scalars(query.order_by(BoardPack.first_day.desc()).limit(most))
    ]


def method_of(content: dict[str, Any]) -> str:
    """How it was counted, in words."""
    return METHOD.format(threshold=content["threshold"], rounding=content["rounding"])


def measures_view(row: BoardPack, by: By, codes: Collection[str], ward: str | None) -> MeasuresView:
    """The measures asked for, each with what stands beside it; none at all asked for: all of them.

    Raises `Invalid` for a measure that there is not, or a ward that is not told apart.
    """
    known = definitions()
    for each in codes:
        if each not in known:
            raise invalid("/measure", "There is no such measure.", "known-measure")
    if ward is not None and (by is not By.WARD or ward not in row.content["wards"]):
        raise invalid("/ward", "One of the wards, with by=ward.", "known-ward")
    told = row.content["measures"]
    wanted = with_companions(frozenset(codes)) if codes else list(known)
    views = []
    for code in wanted:
        found = told.get(code, {}).get(by.value)
        # What can't be told apart so (hours by ward) is shown whole.
        shown = found or {"total": told[code][By.ALL.value]["total"], "rows": {}} if code in told else None
        if shown is None:
            continue
        rows = {name: each for name, each in shown["rows"].items() if ward is None or name == ward}
        views.append(
            MeasureFigures.model_validate(
                {"measure": MeasureView.of(known[code]), "total": shown["total"], "rows": rows}
            )
        )
    return MeasuresView(
        quarter=row.first_day,
        until=date.fromisoformat(row.content["until"]),
        by=by,
        method=method_of(row.content),
        closed_at=row.closed_at,
        sha256=row.sha256,
        wards=row.content["wards"],
        measures=views,
        savings=[each for each in row.content["savings"] if each["measure"] in wanted],
    )


async def series(unit: UnitOfWork, code: str, by: By) -> SeriesView:
    """One measure through every closed quarter, and its companions through the same. Raises `NotFound`, `Invalid`."""
    definition = definitions().get(code)
    if definition is None:
        raise NotFound("There is no such measure")
    if by not in definition.bys:
        raise invalid("/by", f"It is told apart by {', '.join(definition.bys)}.", "known-group")
    rows = (await unit.session.scalars(select(BoardPack).order_by(BoardPack.first_day))).all()
    unit.accessed("aggregate/measures")

    def points(of: str) -> list[PointView]:
        return [
            PointView.model_validate({"quarter": row.first_day, **row.content["measures"][of][by.value]})
            for row in rows
            if by.value in row.content["measures"].get(of, {})
        ]

    return SeriesView(
        measure=MeasureView.of(definition),
        by=by,
        points=points(code),
        beside=[
            CompanionView(measure=MeasureView.of(definitions()[each]), points=points(each))
            for each in definition.beside
        ],
    )


async def costs(unit: UnitOfWork) -> list[CostView]:
    """All unit costs."""
    return [CostView.of(row) for row in await unit.session.scalars(select(UnitCostRow).order_by(UnitCostRow.code))]


async def baselines(unit: UnitOfWork, first_day: date) -> list[BaselineView]:
    """A quarter's baselines."""
    query = select(BaselineRow).where(BaselineRow.first_day == first_day).order_by(BaselineRow.measure)
    return [BaselineView.of(row) for row in await unit.session.scalars(query)]
