"""Dated tables of rents: data with a source and the day they count from; never a constant in code. Pure.

The files in `shipped/` come with the program; a council loads its own beside them, and those count first. A figure that
no table holds is `NotInATable`: what needs it cannot be worked out, and says so. Nothing is guessed. A table whose
figures nobody has read in their source says `memory = true`, and everything worked out from it says so too.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from kit.errors import Invalid

FOLDER: Final = Path(__file__).parent / "shipped"
MOST_BEDROOMS: Final = 6
"""The tables end with "6", which means six or more."""


class NotInATable(Invalid):
    """A figure or a whole table is not there; says which, in words. At the door it is a refusal like any other."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table from one day on. Amounts are whole pence, everything else a plain number."""

    kind: str
    area: str
    since: date
    source: str
    figures: Mapping[str, Decimal]
    until: date | None = None
    from_memory: bool = False
    loaded: bool = False

    @property
    def named(self) -> str:
        """Which table this is, in words."""
        return f"{self.kind.replace('_', ' ')}, {self.area.replace('_', ' ')}, from {self.since.isoformat()}"

    def number(self, name: str) -> Decimal:
        """A plain number, such as a percentage. Raises NotInATable."""
        if name not in self.figures:
            raise NotInATable(f"{self.named}: no figure for {name.replace('_', ' ')}")
        return self.figures[name]

    def exact(self, name: str) -> Fraction:
        """As `number`, to count on with."""
        return Fraction(self.number(name))

    def pence(self, name: str) -> int:
        """An amount in whole pence. Raises NotInATable."""
        return int(self.number(name))

    def of_size(self, bedrooms: int) -> int:
        """The amount for so many bedrooms, pence. Raises NotInATable."""
        return self.pence(size(bedrooms))


def size(bedrooms: int) -> str:
    """The key of a size: "0" is a bedsit, "6" six or more."""
    return str(min(bedrooms, MOST_BEDROOMS))


@lru_cache(maxsize=1)
def shipped_tables() -> tuple[Table, ...]:
    """Every table of every file that comes with the program."""
    return tuple(_read(FOLDER.glob("*.toml")))


def _read(paths: Iterable[Path]) -> Iterator[Table]:
    for path in sorted(paths):
        for row in tomllib.loads(path.read_text())["table"]:
            yield Table(
                kind=row["kind"],
                area=row.get("area", "england"),
                since=row["from"],
                until=row.get("until"),
                source=row["source"],
                from_memory=row.get("memory", False),
                figures={name: _figure(value) for name, value in row["figures"].items()},
            )


def _figure(value: Any) -> Decimal:
    """`"£54.62"` is 5462 pence; anything else is a plain number as text."""
    text = str(value)
    if not text.startswith("£"):
        return Decimal(text)
    pence = Decimal(text[1:].replace(",", "")) * 100
    if pence != pence.to_integral_value():
        raise ValueError(f"not whole pence: {text}")
    return pence


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables there are: those that come with the program, and those a council loaded (they count first)."""

    loaded: tuple[Table, ...] = ()
    shipped: tuple[Table, ...] = field(default_factory=shipped_tables)

    def find(self, kind: str, on: date, area: str = "england") -> Table:
        """The newest table of that kind and area that counts on that day; a loaded one first. Raises NotInATable."""
        for these in (self.loaded, self.shipped):
            counting = [
                each
                for each in these
                if (each.kind, each.area) == (kind, area)
                and each.since <= on
                and (each.until is None or on <= each.until)
            ]
            if counting:
                return max(counting, key=lambda each: each.since)
        where = "" if area == "england" else f" for {area.replace('_', ' ')}"
        raise NotInATable(f"{kind.replace('_', ' ')}: no table{where} on {on.isoformat()}")

    def until(self, kind: str, on: date, area: str = "england") -> Iterator[Table]:
        """Every table of that kind that began by that day, the oldest first."""
        both = (each for these in (self.shipped, self.loaded) for each in these)
        found = {each.since: each for each in both if (each.kind, each.area) == (kind, area)}
        yield from (found[since] for since in sorted(found) if since <= on)


def rent_year(on: date) -> date:
    """1 April of the rent year that the day belongs to."""
    return date(on.year if on >= date(on.year, 4, 1) else on.year - 1, 4, 1)
