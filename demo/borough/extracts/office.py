"""What every maker of an extract needs: the world, the last month, whether only one month's news is wanted."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from demo.borough.identifiers import padded
from demo.borough.noise import Residences, Scribe
from demo.borough.world import Accounts, Array, Flags, Numbers, World
from demo.borough.writing import Extract, Named

_ODD = 7_919_327


@dataclass
class Office:
    """`until` is the last month lived; `only` a month whose new and changed rows alone are wanted, or None for all."""

    world: World
    until: int
    only: int | None = None

    @cached_property
    def stays(self) -> Residences:
        """Where households lived when."""
        return Residences.of(self.world)

    def scribe(self, source: str, accents: bool = False) -> Scribe:
        """The hand of one system."""
        return Scribe(self.world, self.stays, source, accents)

    def news(self, extract: Extract, *months: Array) -> Extract:
        """The extract, or its rows that changed in the one month (any of these months is it)."""
        if self.only is None:
            return extract
        changed = np.zeros(len(extract), bool)
        for month in months:
            changed |= np.asarray(month) == self.only
        return extract.only(np.flatnonzero(changed))

    @property
    def last_day(self) -> int:
        """The day the extracts are drawn."""
        return int(self.world.calendar.ends(self.until))

    def table(self, kind: str, *columns: str) -> dict[str, Array]:
        """The log of one kind."""
        return self.world.log.table(kind, *columns)


def reference(prefix: str, number: Array, digits: int = 7) -> Array:
    """A system's own number: not in the order things happened."""
    modulus = 10**digits
    return np.char.add(prefix, padded(np.asarray(number, np.int64) * _ODD % modulus, digits))


def named(
    ref: Array, no: int, person: Array, household: Array, since: Array, until: Array, suffix: bool = False
) -> Named:
    """Truth rows for the people there are; with `suffix` the reference gets `#1`, `#2`."""
    rows = np.flatnonzero(np.asarray(person) >= 0)
    number = np.full(len(rows), no)
    written = np.char.add(np.asarray(ref)[rows], f"#{no}") if suffix else np.asarray(ref)[rows]
    return Named(written, number, person[rows], household[rows], since[rows], until[rows])


def written_of(accounts: Accounts, first_month: int = 0) -> Numbers:
    """Numbers of the accounts that the extract still shows: not those closed before the history began."""
    return np.flatnonzero(accounts.month_closed >= first_month)


def nowhere(length: int) -> Flags:
    """No row at all."""
    return np.zeros(length, bool)
