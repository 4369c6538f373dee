"""Reads of the ward index: the newest edition or that of a year, one area in full, and through time."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.risk.wardindex import domain
from services.risk.wardindex.frameworks import framework_of
from services.risk.wardindex.models import IndexEdition, IndexFramework
from services.risk.wardindex.rows import framework_row
from services.risk.wardindex.shapes import (
    AreaFigures,
    AreaView,
    ComponentFigure,
    EditionView,
    FrameworkView,
    HistoryView,
    IndicatorFigure,
    WardsView,
    YearFigures,
)

MISSING = (
    f"A component is given where at least two thirds of its weight is known; what is known then stands for the rest. "
    f"A dimension needs {domain.LEAST_COMPONENTS} of its components, the index every dimension. A value may stand in "
    "for later years only as long as its indicator says. Whatever is missing, old or off the scale is named with the "
    "area. Counts of our own that are small are missing."
)


async def framework(unit: UnitOfWork, number: int | None) -> FrameworkView:
    """A version of the framework, or the newest."""
    return framework_view(await framework_row(unit, number))


def framework_view(row: IndexFramework) -> FrameworkView:
    """As the row has it."""
    return FrameworkView(
        number=row.number,
        title=row.content["title"],
        yardstick=row.content.get("yardstick"),
        missing=MISSING,
        dimensions=row.content["dimensions"],
        weights=row.weights,
        sha256=row.sha256,
        why=row.why,
        made_by=row.made_by,
        made_at=row.made_at,
    )


async def edition(unit: UnitOfWork, edition_id: UUID) -> IndexEdition:
    """One edition. Raises `NotFound`."""
    row = await unit.session.get(IndexEdition, edition_id)
    if row is None:
        raise NotFound("There is no such edition")
    return row


async def editions(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[EditionView]:
    """All of them, the newest year first."""
    query = select(IndexEdition)
    key = tuple_(IndexEdition.year, IndexEdition.id)
    if place is not None:
        query = query.where(key < tuple_(int(place[0]), UUID(place[1])))
    rows = await unit.session.scalars(query.order_by(IndexEdition.year.desc(), IndexEdition.id.desc()).limit(most))
    return [EditionView.of(row) for row in rows]


async def published(unit: UnitOfWork, year: int | None) -> IndexEdition:
    """The year's index, or the newest there is. Raises `NotFound`."""
    query = select(IndexEdition).where(IndexEdition.state == "published")
    if year is not None:
        query = query.where(IndexEdition.year == year)
    row = (await unit.session.scalars(query.order_by(IndexEdition.year.desc()).limit(1))).one_or_none()
    if row is None:
        raise NotFound("No index of that year is published" if year else "No index is published yet")
    return row


def wards_view(row: IndexEdition) -> WardsView:
    """An edition as a map of tiles and a table."""
    content = row.content
    return WardsView(
        year=row.year,
        edition=row.id,
        framework=row.framework,
        state=row.state,
        published_at=row.published_at,
        titles=content["titles"],
        average=content["average"],
        areas=[AreaFigures.model_validate(each) for each in content["areas"]],
        notes=content["notes"],
    )


async def area_view(unit: UnitOfWork, area: str, year: int | None) -> AreaView:
    """One area in full. Raises `NotFound`."""
    row = await published(unit, year)
    areas: list[dict[str, Any]] = row.content["areas"]
    mine = next((each for each in areas if each["area"] == area), None)
    if mine is None:
        raise NotFound("The index has no such area")
    kind = [each for each in areas if each["kind"] == mine["kind"]]
    like = _alike(row.content.get("yardstick"), area, kind)
    others = [each for each in kind if each["area"] in like] or [each for each in kind if each["area"] != area]
    held = framework_of((await framework_row(unit, row.framework)).content)
    parts = []
    for dimension in held.dimensions:
        for component in dimension.components:
            score = mine["components"][component.code]
            parts.append(
                ComponentFigure(
                    code=component.code,
                    title=component.title,
                    dimension=dimension.code,
                    score=score,
                    average=row.content["average"][component.code],
                    beside=domain.beside(score, [each["components"][component.code] for each in others]),
                    indicators=[_indicator(each, mine, others) for each in component.indicators],
                )
            )
    return AreaView(
        year=row.year,
        edition=row.id,
        figures=AreaFigures.model_validate(mine),
        alike=like,
        components=parts,
        through_time=[
            YearFigures(
                year=each.year,
                framework=each.framework,
                **{name: found[name] for name in ("index", "dimensions", "components")},
            )
            for each in await _all_published(unit)
            for found in each.content["areas"]
            if found["area"] == area
        ],
    )


def _alike(yardstick: str | None, area: str, kind: Sequence[dict[str, Any]]) -> list[str]:
    if yardstick is None:
        return []
    known = {each["area"]: each["indicators"][yardstick]["value"] for each in kind if yardstick in each["indicators"]}
    return domain.alike(area, known)


def _indicator(indicator: domain.Indicator, mine: dict[str, Any], others: Sequence[dict[str, Any]]) -> IndicatorFigure:
    found = mine["indicators"].get(indicator.code)
    scores = [each["indicators"].get(indicator.code, {}).get("score") for each in others]
    return IndicatorFigure(
        code=indicator.code,
        title=indicator.title,
        unit=indicator.unit,
        source=indicator.source,
        good=indicator.good,
        worst=indicator.worst,
        best=indicator.best,
        value=found["value"] if found else None,
        of_year=found["year"] if found else None,
        score=found["score"] if found else None,
        beside=domain.beside(found["score"], scores) if found else None,
    )


async def _all_published(unit: UnitOfWork) -> list[IndexEdition]:
    query = select(IndexEdition).where(IndexEdition.state == "published").order_by(IndexEdition.year)
    return list(await unit.session.scalars(query))


async def history(unit: UnitOfWork, of: str) -> HistoryView:
    """One figure of every area through the published years. Raises `NotFound`, `Invalid`."""
    rows = await _all_published(unit)
    if not rows:
        raise NotFound("No index is published yet")
    titles = {code: title for row in rows for code, title in row.content["titles"].items()}
    if of not in titles:
        raise invalid("/of", "index, or the code of a dimension or component.", "known-part")
    found: dict[str, dict[int, float | None]] = {}
    names: dict[str, str] = {}
    for row in rows:
        for each in row.content["areas"]:
            figure = each["index"] if of == "index" else {**each["dimensions"], **each["components"]}.get(of)
            found.setdefault(each["area"], {})[row.year] = figure
            names[each["area"]] = each["name"]
    return HistoryView(
        of=of,
        title=titles[of],
        years=[row.year for row in rows],
        frameworks={row.year: row.framework for row in rows},
        areas=found,
        names=names,
    )
