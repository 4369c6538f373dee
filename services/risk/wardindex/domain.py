"""The rules of the ward index, by the Social Progress method (risk-facts.md 5; domain-facts.md 3.4). Pure.

Values become scores between a worst and a best case, high always being good; scores become components by weights,
components dimensions and dimensions the index by plain means. What is missing is said wherever it is missing, and a
figure that would rest on too little is not given. The numbers behind the weights are in `weighing.py`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Final

from kit.errors import FieldError, Invalid, invalid


class Good(StrEnum):
    """Whether more of it is better or worse."""

    HIGH = "high"
    LOW = "low"


class Weighting(StrEnum):
    """Where a component's weights come from."""

    FIRST_COMPONENT = "first_component"
    GIVEN = "given"
    EQUAL = "equal"


FEWEST_AREAS: Final = 10
"""Of fewer areas no weights are learned: a first component of a handful of points is chance."""
LEAST_SHARE: Final = 2 / 3
"""How much of a component's weight must be known for the component to be given."""
LEAST_COMPONENTS: Final = 3
"""How many components of a dimension must be given for the dimension to be (or all, where it has fewer)."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One thing that is measured: which way is good, and the two ends of its scale, that stay as they are for years."""

    code: str
    title: str
    unit: str
    source: str
    good: Good
    worst: float
    best: float
    weight: float | None = None
    lasts_years: int = 0
    """For how many years after its own a value may still be used; then it is missing."""

    def score(self, value: float) -> float:
        """0 at the worst case or beyond it, 100 at the best or beyond; in between in proportion."""
        worst, best, x = (self.worst, self.best, value) if self.good is Good.HIGH else (-self.worst, -self.best, -value)
        return min(100.0, max(0.0, 100.0 * (x - worst) / (best - worst)))

    def is_beyond(self, value: float) -> bool:
        """Whether a value lies outside its scale, so that the score says less than the value."""
        low, high = sorted((self.worst, self.best))
        return not low <= value <= high


@dataclass(frozen=True, slots=True)
class Component:
    """A few indicators of one thing. Given weights are taken as they are; they need not come to exactly one."""

    code: str
    title: str
    indicators: tuple[Indicator, ...]
    weighting: Weighting = Weighting.FIRST_COMPONENT


@dataclass(frozen=True, slots=True)
class Dimension:
    """A part of the index: the plain mean of its components."""

    code: str
    title: str
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """What is measured and how it comes together."""

    title: str
    dimensions: tuple[Dimension, ...]

    @property
    def components(self) -> tuple[Component, ...]:
        """All of them, in order."""
        return tuple(each for dimension in self.dimensions for each in dimension.components)

    @property
    def indicators(self) -> dict[str, Indicator]:
        """All of them by code."""
        return {each.code: each for component in self.components for each in component.indicators}


@dataclass(frozen=True, slots=True)
class Value:
    """What was measured for one area in one year."""

    year: int
    value: float


@dataclass(slots=True)
class Scored:
    """One area's figures, with what is missing, old or off the scale; None is a figure that is not given."""

    area: str
    index: float | None = None
    dimensions: dict[str, float | None] = field(default_factory=dict)
    components: dict[str, float | None] = field(default_factory=dict)
    indicators: dict[str, float] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    carried: dict[str, int] = field(default_factory=dict)
    """Indicators whose value is of an earlier year, and of which."""
    beyond: list[str] = field(default_factory=list)

    @property
    def partial(self) -> bool:
        """Whether it rests on fewer indicators than the framework has."""
        return bool(self.missing)


def check(framework: Framework) -> None:
    """Refuse a framework that could not be worked out; every fault is named with its place."""
    faults = list(_faults(framework))
    if faults:
        raise Invalid("The framework can't be worked out as it stands", *faults)


def _faults(framework: Framework) -> Iterable[FieldError]:
    codes: list[str] = []
    for at, dimension in enumerate(framework.dimensions):
        for number, component in enumerate(dimension.components):
            place = f"/dimensions/{at}/components/{number}"
            codes.append(component.code)
            given = component.weighting is Weighting.GIVEN
            for turn, each in enumerate(component.indicators):
                here = f"{place}/indicators/{turn}"
                codes.append(each.code)
                if (each.best > each.worst) != (each.good is Good.HIGH) or each.best == each.worst:
                    words = f"The best case must lie {'above' if each.good is Good.HIGH else 'below'} the worst."
                    yield FieldError(f"{here}/best", words, "best-is-better")
                if given and (each.weight is None or each.weight < 0):
                    yield FieldError(f"{here}/weight", "Given weights are given for each, none below 0.", "weights")
            if given and sum(each.weight or 0 for each in component.indicators) <= 0:
                yield FieldError(f"{place}/indicators", "Some indicator must weigh something.", "weights")
    ordered = sorted([*codes, *(each.code for each in framework.dimensions)])
    for one, other in pairwise(ordered):
        if one == other:
            yield FieldError("/dimensions", f"{one} is there twice.", "each-code-once")


def value_of(indicator: Indicator, known: Mapping[int, float], year: int) -> Value | None:
    """The value that counts for a year: its own, or the newest before it that still lasts."""
    years = [each for each in known if year - indicator.lasts_years <= each <= year]
    return Value(max(years), known[max(years)]) if years else None


def check_weights(component: Component, weights: Sequence[float]) -> tuple[float, ...]:
    """Learned weights as they are used. An indicator that pulls against the others makes no component with them."""
    against = [each.title for each, weight in zip(component.indicators, weights, strict=True) if weight < 0]
    if against:
        raise invalid(
            f"/components/{component.code}",
            f"{' and '.join(against)} pull(s) against the rest of {component.title}: move it, or give the weights.",
            "one-direction",
        )
    return tuple(weights)


def plain_weights(component: Component) -> tuple[float, ...] | None:
    """The weights that nothing has to be learned for; None: they are to be learned."""
    if component.weighting is Weighting.GIVEN:
        return tuple(each.weight or 0.0 for each in component.indicators)
    if component.weighting is Weighting.EQUAL or len(component.indicators) < 3:
        # Of two standardised indicators the first component weighs both alike whatever they are.
        return (1 / len(component.indicators),) * len(component.indicators)
    return None


def scored(
    framework: Framework,
    weights: Mapping[str, Sequence[float]],
    area: str,
    values: Mapping[str, Value],
    year: int,
) -> Scored:
    """One area's figures for one year from the values that count for it (`value_of`)."""
    found = Scored(area)
    for dimension in framework.dimensions:
        for component in dimension.components:
            found.components[component.code] = _component(component, weights[component.code], values, year, found)
        given = [found.components[each.code] for each in dimension.components]
        found.dimensions[dimension.code] = _mean(given, min(LEAST_COMPONENTS, len(given)))
    parts = list(found.dimensions.values())
    found.index = _mean(parts, len(parts))
    return found


def _component(
    component: Component, weights: Sequence[float], values: Mapping[str, Value], year: int, found: Scored
) -> float | None:
    whole, known, total = 0.0, 0.0, 0.0
    for indicator, weight in zip(component.indicators, weights, strict=True):
        whole += weight
        value = values.get(indicator.code)
        if value is None:
            found.missing.append(indicator.code)
            continue
        if value.year != year:
            found.carried[indicator.code] = value.year
        if indicator.is_beyond(value.value):
            found.beyond.append(indicator.code)
        found.indicators[indicator.code] = indicator.score(value.value)
        known += weight
        total += weight * found.indicators[indicator.code]
    if known < LEAST_SHARE * whole or known == 0:
        return None
    # What is known stands for the rest: the weights keep their sum.
    return total * whole / known


def _mean(given: Sequence[float | None], fewest: int) -> float | None:
    there = [each for each in given if each is not None]
    return sum(there) / len(there) if there and len(there) >= fewest else None


def ranks(figures: Mapping[str, float | None]) -> dict[str, int]:
    """Places, the highest first; equals share the better one, and who has no figure has no place."""
    there = sorted((each for each in figures.values() if each is not None), reverse=True)
    return {area: there.index(each) + 1 for area, each in figures.items() if each is not None}


def alike(area: str, yardstick: Mapping[str, float], how_many: int = 5) -> list[str]:
    """The areas nearest to one by a yardstick (income, as a rule): fairer company than the borough as a whole."""
    if area not in yardstick:
        return []
    near = sorted((abs(value - yardstick[area]), other) for other, value in yardstick.items() if other != area)
    return [other for _, other in near[:how_many]]


class Beside(StrEnum):
    """How an area does beside others."""

    BETTER = "better"
    AS_EXPECTED = "as_expected"
    WORSE = "worse"


def beside(figure: float | None, others: Sequence[float | None]) -> Beside | None:
    """Better or worse than others by more than one standard deviation of theirs; None: too few to compare with."""
    there = [each for each in others if each is not None]
    if figure is None or len(there) < LEAST_COMPONENTS:
        return None
    mean = sum(there) / len(there)
    spread: float = (sum((each - mean) ** 2 for each in there) / (len(there) - 1)) ** 0.5
    if abs(figure - mean) <= max(spread, 1.0):
        return Beside.AS_EXPECTED
    return Beside.BETTER if figure > mean else Beside.WORSE


# Tiles ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tile:
    """Where an area stands on the tile map: columns from the west, rows from the north."""

    column: int
    row: int


def laid_out(areas: Mapping[str, Tile | None], wide: int = 6) -> dict[str, Tile]:
    """A place for every area: those that have one keep it; the others follow below by code, `wide` to a row."""
    found = {code: tile for code, tile in areas.items() if tile is not None}
    below = max((tile.row for tile in found.values()), default=-1) + 1
    for turn, code in enumerate(sorted(code for code, tile in areas.items() if tile is None)):
        found[code] = Tile(turn % wide, below + turn // wide)
    return found
