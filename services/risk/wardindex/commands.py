"""Writes of the ward index: frameworks, areas, values, and editions that are made, looked at and published."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.risk import IndexState, WardFigure
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.risk.wardindex import domain, editions, own_figures
from services.risk.wardindex.frameworks import counted, framework_of
from services.risk.wardindex.models import IndexArea, IndexEdition, IndexFramework, IndexValue
from services.risk.wardindex.rows import framework_row
from services.risk.wardindex.shapes import Areas, NewEdition, NewFramework, Values

_LICENCE = re.compile(
    r"open government licence|ogl|creative commons|cc0|cc[ -]by(?!-n)|mit|public domain|own", re.IGNORECASE
)


async def write_framework(unit: UnitOfWork, new: NewFramework) -> IndexFramework:
    """A new version; earlier ones and what was made by them stay as they are. Raises `Invalid`."""
    content = new.model_dump(mode="json", exclude={"why"}, exclude_none=True)
    framework = framework_of(content)
    domain.check(framework)
    if new.yardstick is not None and new.yardstick not in framework.indicators:
        raise invalid("/yardstick", "It is one of the indicators.", "known-indicator")
    await framework_row(unit)
    last = await unit.session.scalar(select(func.max(IndexFramework.number)))
    row = IndexFramework(
        number=(last or 0) + 1,
        content=content,
        sha256=editions.digest(content),
        why=new.why,
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"index_framework/{row.number}")
    return row


async def keep_areas(unit: UnitOfWork, areas: Areas) -> int:
    """Areas with their tiles, each in the place of what was said before. Raises `Invalid` for two on one tile."""
    codes = {each.code for each in areas.areas}
    standing = await unit.session.scalars(
        select(IndexArea).where(IndexArea.code.not_in(codes), IndexArea.tile_column.is_not(None))
    )
    taken = {(each.kind, each.tile_column, each.tile_row) for each in standing}
    rows: dict[str, dict[str, object]] = {}
    for at, each in enumerate(areas.areas):
        if (each.column is None) != (each.row is None):
            raise invalid(f"/areas/{at}/row", "A tile has a column and a row.", "whole-tile")
        if each.code in rows:
            raise invalid(f"/areas/{at}/code", "This area is named twice.", "named-once")
        place = (each.kind, each.column, each.row)
        if each.column is not None and place in taken:
            raise invalid(f"/areas/{at}/column", "Another area has this tile.", "tile-free")
        taken.add(place)
        tile = {"tile_column": each.column, "tile_row": each.row}
        rows[each.code] = {"code": each.code, "name": each.name, "kind": each.kind, **tile}
    # Two areas may change places: none of them holds a tile while the others get theirs.
    gone = update(IndexArea).where(IndexArea.code.in_(codes)).values(tile_column=None, tile_row=None)
    await unit.session.execute(gone)
    statement = insert(IndexArea).values([rows[code] for code in sorted(rows)])
    changes = {name: statement.excluded[name] for name in ("name", "kind", "tile_column", "tile_row")}
    await unit.session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=changes))
    unit.accessed("index/areas")
    return len(areas.areas)


async def keep_values(unit: UnitOfWork, values: Values) -> int:
    """What a source says, with the day it speaks of and the licence it is given under. Raises `Invalid`.

    Published editions stay as they are; the next one counts with the new values.
    """
    if not _LICENCE.search(values.licence):
        raise invalid("/licence", "Only what may be given on goes into an index that is published.", "licence-allows")
    if values.dated > clock.today():
        raise invalid("/dated", "A source speaks of a day that has been.", "not-in-the-future")
    row = await framework_row(unit)
    indicators = framework_of(row.content).indicators
    own = counted(row.content)
    areas = set(await unit.session.scalars(select(IndexArea.code)))
    now = clock.business_now()
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for at, each in enumerate(values.values):
        if each.indicator not in indicators:
            raise invalid(f"/values/{at}/indicator", "The framework has no such indicator.", "known-indicator")
        if each.indicator in own:
            raise invalid(f"/values/{at}/indicator", "This one is counted from our own facts.", "given-from-outside")
        if each.area not in areas:
            raise invalid(f"/values/{at}/area", "Say first which area this is.", "known-area")
        rows[each.indicator, each.area, each.year] = {
            **each.model_dump(),
            "source": values.source,
            "licence": values.licence,
            "dated": values.dated,
            "given_by": unit.cause.actor,
            "given_at": now,
        }
    await _put(unit, list(rows.values()))
    unit.accessed("index/values")
    return len(rows)


async def _put(unit: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    keys = ["indicator", "area", "year"]
    for start in range(0, len(rows), 2_000):
        statement = insert(IndexValue).values(rows[start : start + 2_000])
        changes = {
            name: statement.excluded[name] for name in ("value", "source", "licence", "dated", "given_by", "given_at")
        }
        await unit.session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes))


async def make_edition(unit: UnitOfWork, new: NewEdition) -> IndexEdition:
    """Work a year out and keep it as a draft. Raises `Conflict` while there are no areas or nothing is known."""
    if new.year > clock.today().year:
        raise invalid("/year", "A year that has not begun has no figures.", "not-in-the-future")
    row = await framework_row(unit, new.framework)
    framework = framework_of(row.content)
    areas = await _areas(unit)
    if not areas:
        raise Conflict("Say first which areas there are", allowed=["areas"])
    await _count_our_own(unit, row.content, new.year, {each.code for each in areas if each.kind == "ward"})
    known = await _known(unit, new.year)
    values = editions.standing(framework, known, new.year)
    if not any(values.values()):
        raise Conflict("Nothing is known of any area for this year", allowed=["values"])
    if row.weights is None:
        row.weights = _learned(framework, values)
    edition = editions.made(framework, row.weights, areas, known, new.year, row.content.get("yardstick"))
    made = IndexEdition(
        id=new_id(),
        version=1,
        year=new.year,
        framework=row.number,
        state="draft",
        content=edition.content,
        sha256=edition.sha256,
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
    )
    unit.session.add(made)
    await unit.session.flush()
    unit.accessed(f"index_edition/{made.id}")
    return made


def _learned(framework: domain.Framework, values: Mapping[str, Mapping[str, domain.Value]]) -> dict[str, Any]:
    """The weights of every component from the areas of the first edition, wards and boroughs alike."""
    # Only here: NumPy is for whoever makes an edition.
    from services.risk.wardindex.weighing import scores_by_area, weigh

    bare = {area: {code: each.value for code, each in known.items()} for area, known in values.items()}
    found = {}
    for component in framework.components:
        weighed = weigh(component, scores_by_area(component, bare))
        found[component.code] = {
            "indicators": [each.code for each in component.indicators],
            "weights": list(weighed.weights),
            "how": weighed.how,
            "areas": weighed.areas,
            "explained": weighed.explained,
            "alpha": weighed.alpha,
            "kmo": weighed.kmo,
        }
    return found


async def _areas(unit: UnitOfWork) -> list[editions.Area]:
    rows = (await unit.session.scalars(select(IndexArea).order_by(IndexArea.code))).all()
    found = []
    for kind in ("ward", "borough"):
        tiles = {
            row.code: None
            if row.tile_column is None or row.tile_row is None
            else domain.Tile(row.tile_column, row.tile_row)
            for row in rows
            if row.kind == kind
        }
        places = domain.laid_out(tiles)
        found += [editions.Area(row.code, row.name, row.kind, places[row.code]) for row in rows if row.kind == kind]
    return found


async def _count_our_own(unit: UnitOfWork, content: Mapping[str, Any], year: int, wards: set[str]) -> None:
    figures = await own_figures.figures(unit, counted(content), year)
    now, today = clock.business_now(), clock.today()
    rows = [
        {
            "indicator": indicator,
            "area": ward,
            "year": year,
            "value": value,
            "source": own_figures.SOURCE,
            "licence": "The council's own",
            "dated": today,
            "given_by": unit.cause.actor,
            "given_at": now,
        }
        for indicator, by_ward in figures.items()
        for ward, value in sorted(by_ward.items())
        if ward in wards
    ]
    if rows:
        await _put(unit, rows)


async def _known(unit: UnitOfWork, year: int) -> dict[str, dict[str, dict[int, float]]]:
    found: dict[str, dict[str, dict[int, float]]] = {}
    query = select(IndexValue.area, IndexValue.indicator, IndexValue.year, IndexValue.value)
    for area, indicator, of, value in await unit.session.execute(query.where(IndexValue.year <= year)):
        found.setdefault(area, {}).setdefault(indicator, {})[of] = value
    return found


async def publish(unit: UnitOfWork, edition_id: UUID, expected: int) -> IndexEdition:
    """A draft becomes the year's index, in the place of the one before, and the others hear of it."""
    row = await unit.session.get(IndexEdition, edition_id, with_for_update=True)
    if row is None:
        raise NotFound("There is no such edition")
    check_version(row.version, expected)
    if row.state != "draft":
        raise Conflict("This edition was published already", state=row.state, allowed=[])
    if all(each["index"] is None for each in row.content["areas"]) and not any(
        figure is not None for each in row.content["areas"] for figure in each["components"].values()
    ):
        raise Conflict("There is no figure in it to publish", allowed=["values"])
    query = select(IndexEdition).where(IndexEdition.year == row.year, IndexEdition.state == "published")
    before = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if before is not None:
        before.state, before.version = "replaced", before.version + 1
        await unit.session.flush()
    row.state, row.version = "published", row.version + 1
    row.published_by, row.published_at = unit.cause.actor, clock.business_now()
    await unit.session.flush()
    unit.emit("risk.index.published", _state(row), aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"index_edition/{row.id}")
    return row


def _state(row: IndexEdition) -> IndexState:
    return IndexState(
        edition_id=row.id,
        year=row.year,
        framework=row.framework,
        sha256=row.sha256,
        wards=tuple(
            WardFigure(
                ward=each["area"], index=each["index"], rank=each["rank"],
                dimensions={code: score for code, score in each["dimensions"].items() if score is not None},
            )
            for each in row.content["areas"]
            if each["kind"] == "ward"
        ),
        published_by=row.published_by or "",
        published_at=row.published_at or row.made_at,
    )  # fmt: skip
