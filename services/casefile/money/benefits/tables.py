"""The dated national tables: data files with their source and the days they count for; never a constant in code.

A figure that no table holds is `NotInATable`: what needs it cannot be estimated, and says so. Nothing is guessed, and
no table counts past its last day.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "rates"


class NotInATable(Exception):
    """A figure or a whole table is not there; says which, in words."""


@dataclass(frozen=True, slots=True)
class Table:
    """One section of one year."""

    name: str
    since: date
    until: date
    source: str
    figures: Mapping[str, Any]

    def pence(self, name: str) -> int:
        """An amount in whole pence. Raises NotInATable."""
        return in_pence(self._figure(name))

    def percent(self, name: str) -> int:
        """A whole percentage, or another plain number."""
        return int(self._figure(name))

    def ladder(self, name: str) -> list[tuple[int, int]]:
        """[(from, amount)], both in pence, rising."""
        return [(in_pence(start), in_pence(amount)) for start, amount in self._figure(name)]

    def _figure(self, name: str) -> Any:
        if name not in self.figures:
            words = name.replace("_", " ")
            raise NotInATable(f"{self.name.replace('_', ' ')}: no figure for {words} from {self.since.isoformat()} on")
        return self.figures[name]


def in_pence(pounds: str) -> int:
    """Pounds as text to whole pence; more than two places is an error in the file."""
    pence = Decimal(pounds) * 100
    if pence != pence.to_integral_value():
        raise ValueError(f"not whole pence: {pounds}")
    return int(pence)


@lru_cache(maxsize=1)
def all_tables() -> tuple[Table, ...]:
    """Every section of every file."""
    return tuple(_read())


def _read() -> Iterator[Table]:
    for path in sorted(FOLDER.glob("*.toml")):
        for name, section in tomllib.loads(path.read_text()).items():
            figures = {key: value for key, value in section.items() if key not in ("from", "until", "source")}
            yield Table(name, section["from"], section["until"], section["source"], figures)


def table(name: str, on: date) -> Table:
    """The table that counts on that day. Raises NotInATable before the first, after the last, and for unknown ones."""
    for each in all_tables():
        if each.name == name and each.since <= on <= each.until:
            return each
    raise NotInATable(f"{name.replace('_', ' ')}: no table for {on.isoformat()}")
