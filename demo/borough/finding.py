"""What the truth says of the published structure: prevalence, share known to services, relative risk of care."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet

from demo.borough.structure import FOLLOW_MONTHS
from demo.borough.world import Array

_95 = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """A share with its 95% interval (Wilson)."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """part / whole"""
        return self.part / self.whole if self.whole else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, so that small numbers have a fair one."""
        if not self.whole:
            return 0.0, 1.0
        n, z = self.whole, _95
        centre = (self.value + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(self.value * (1 - self.value) / n + z * z / (4 * n * n))
        return float(centre - half), float(centre + half)


@dataclass(frozen=True)
class Risk:
    """A relative risk with its 95% interval (Katz), from households with and without, and events in each."""

    events_with: int
    households_with: int
    events_without: int
    households_without: int

    @property
    def value(self) -> float:
        """Risk with over risk without; infinite where nothing happened without."""
        without = self.events_without / max(self.households_without, 1)
        return self.events_with / max(self.households_with, 1) / without if without else float("inf")

    @property
    def interval(self) -> tuple[float, float]:
        """Katz's, on the logarithm; from 0 to infinity where a cell is empty."""
        if not (self.events_with and self.events_without):
            return 0.0, float("inf")
        spread = np.sqrt(
            1 / self.events_with - 1 / self.households_with + 1 / self.events_without - 1 / self.households_without
        )
        return float(self.value * np.exp(-_95 * spread)), float(self.value * np.exp(_95 * spread))


@dataclass(frozen=True)
class Finding:
    """The combination "private rent, low or no pay, rising debt, a shock" in the last month, and what followed it."""

    prevalence: Share
    known: Share
    relative_risk: Risk


def find(columns: Mapping[str, Array]) -> Finding:
    """From truth/households: household, month (any order that sorts), combination, known, into_care.

    The relative risk follows all households of each earlier year's last month for twelve months: did a child come into
    care in them? Years are added up.
    """
    months, month = np.unique(columns["month"], return_inverse=True)
    household, holds = columns["household"], columns["combination"].astype(bool)
    now = month == len(months) - 1
    entered = np.flatnonzero(columns["into_care"].astype(bool))
    cells = np.zeros(4, np.int64)
    for base in range(len(months) - 1 - FOLLOW_MONTHS, -1, -FOLLOW_MONTHS):
        at = np.flatnonzero(month == base)
        within = entered[(month[entered] > base) & (month[entered] <= base + FOLLOW_MONTHS)]
        event, exposed = np.isin(household[at], household[within]), holds[at]
        cells += [(event & exposed).sum(), exposed.sum(), (event & ~exposed).sum(), (~exposed).sum()]
    return Finding(
        Share(int(holds[now].sum()), int(now.sum())),
        Share(int((holds & columns["known"].astype(bool))[now].sum()), int(holds[now].sum())),
        Risk(*(int(cell) for cell in cells)),
    )


def find_in(folder: Path) -> Finding:
    """Of a borough that was written: `folder` is where its extracts are."""
    names = ["household", "month", "combination", "known", "into_care"]
    table = pyarrow.parquet.read_table(folder / "truth" / "households.parquet", columns=names)
    return find({name: table[name].to_numpy() for name in names})
