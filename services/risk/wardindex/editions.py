"""An edition's figures, from values to JSON: the same values under the same weights give the same bytes. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from services.risk.wardindex import domain
from services.risk.wardindex.domain import Framework, Scored, Value

PLACES: Final = 2
Known = Mapping[str, Mapping[str, Mapping[int, float]]]
"""Values by area, indicator and year."""


@dataclass(frozen=True, slots=True)
class Area:
    """A place with its tile."""

    code: str
    name: str
    kind: str
    tile: domain.Tile


@dataclass(slots=True)
class Made:
    """What an edition says."""

    content: dict[str, Any]
    sha256: str
    notes: list[str] = field(default_factory=list)


def standing(framework: Framework, known: Known, year: int) -> dict[str, dict[str, Value]]:
    """By area: the value of each indicator that counts for the year."""
    found: dict[str, dict[str, Value]] = {}
    for area, values in known.items():
        found[area] = {
            code: value
            for code, indicator in framework.indicators.items()
            if (value := domain.value_of(indicator, values.get(code, {}), year)) is not None
        }
    return found


def made(
    framework: Framework,
    weights: Mapping[str, Mapping[str, Any]],
    areas: Sequence[Area],
    known: Known,
    year: int,
    yardstick: str | None,
) -> Made:
    """The whole edition: each area's figures, places among its kind, and the mean of the wards."""
    values = standing(framework, known, year)
    used = {code: list(each["weights"]) for code, each in weights.items()}
    scored = {area.code: domain.scored(framework, used, area.code, values.get(area.code, {}), year) for area in areas}
    ranks: dict[str, int] = {}
    for kind in ("ward", "borough"):
        ranks |= domain.ranks({each.code: scored[each.code].index for each in areas if each.kind == kind})
    wards = [scored[each.code] for each in areas if each.kind == "ward"]
    content: dict[str, Any] = {
        "year": year,
        "titles": _titles(framework),
        "weights": {code: dict(each) for code, each in sorted(weights.items())},
        "average": _average(framework, wards),
        "yardstick": yardstick,
        "areas": [_told(area, scored[area.code], values.get(area.code, {}), ranks) for area in areas],
        "notes": _notes(framework, wards),
    }
    return Made(content, digest(content))


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content as JSON with sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _titles(framework: Framework) -> dict[str, str]:
    dimensions = {each.code: each.title for each in framework.dimensions}
    return {"index": framework.title, **dimensions, **{each.code: each.title for each in framework.components}}


def _told(area: Area, figures: Scored, values: Mapping[str, Value], ranks: Mapping[str, int]) -> dict[str, Any]:
    return {
        "area": area.code,
        "name": area.name,
        "kind": area.kind,
        "column": area.tile.column,
        "row": area.tile.row,
        "index": _round(figures.index),
        "rank": ranks.get(area.code),
        "dimensions": {code: _round(each) for code, each in figures.dimensions.items()},
        "components": {code: _round(each) for code, each in figures.components.items()},
        "indicators": {
            code: {"value": values[code].value, "year": values[code].year, "score": _round(score)}
            for code, score in sorted(figures.indicators.items())
        },
        "missing": sorted(figures.missing),
        "carried": dict(sorted(figures.carried.items())),
        "beyond": sorted(figures.beyond),
    }


def _average(framework: Framework, wards: Sequence[Scored]) -> dict[str, float | None]:
    figures: dict[str, list[float | None]] = {"index": [each.index for each in wards]}
    for dimension in framework.dimensions:
        figures[dimension.code] = [each.dimensions[dimension.code] for each in wards]
    for component in framework.components:
        figures[component.code] = [each.components[component.code] for each in wards]
    return {code: _mean(each) for code, each in figures.items()}


def _mean(figures: Sequence[float | None]) -> float | None:
    there = [each for each in figures if each is not None]
    return _round(sum(there) / len(there)) if there else None


def _notes(framework: Framework, wards: Sequence[Scored]) -> list[str]:
    """What a reader must know of the edition as a whole."""
    notes = []
    for code, indicator in framework.indicators.items():
        without = sum(code in each.missing for each in wards)
        old = sorted({each.carried[code] for each in wards if code in each.carried})
        if wards and without == len(wards):
            notes.append(f"{indicator.title}: no value for any ward.")
        elif without:
            notes.append(f"{indicator.title}: no value for {without} of {len(wards)} wards.")
        if old:
            notes.append(f"{indicator.title}: values of {', '.join(map(str, old))} stand in.")
    for part in framework.components:
        if wards and all(each.components[part.code] is None for each in wards):
            notes.append(f"{part.title} is not given: too little of it is known.")
    if wards and all(each.index is None for each in wards):
        notes.append("There is no index for this year: a dimension is missing everywhere.")
    return notes


def _round(figure: float | None) -> float | None:
    return None if figure is None else round(figure, PLACES)
