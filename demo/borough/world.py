"""The state of the borough: spaces to live in, households, people, accounts, and the log of what happened.

Rows are never removed, and a row's number is its identity. NEVER stands for a month that has not come, LONG_AGO for one
that never was. Days are counted from 1 January 1970 as in numpy, months from the first month of the 36 (it is 0).
"""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.borough.draws import Draws

Array = NDArray[Any]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEVER, LONG_AGO = 32_000, -999
OPEN_END = 2**31 - 1
NOBODY = -1
WOMAN, MAN = 0, 1
HEAD, PARTNER, CHILD, ADULT = range(4)
OTHER_INCOME, LOW_PAY, NO_PAY, PENSIONER = range(4)
LIVES, DIED, MOVED_OUT = range(3)


@dataclass(frozen=True)
class Calendar:
    """Months counted from the first of the history."""

    first: date

    def starts(self, month: Any) -> Any:
        """The day number of the month's first day."""
        index = (self.first.year - 1970) * 12 + self.first.month - 1 + np.asarray(month, np.int64)
        return index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)

    def ends(self, month: Any) -> Any:
        """The day number of the month's last day."""
        return self.starts(np.asarray(month) + 1) - 1

    def day(self, month: Any, part: Any) -> Any:
        """A day of the month: part 0 is the first, 0.999 the last."""
        start = self.starts(month)
        return start + np.floor(np.asarray(part) * (self.starts(np.asarray(month) + 1) - start)).astype(np.int64)

    def word(self, month: int) -> str:
        """yyyy-mm"""
        return str(np.datetime64(int(self.starts(month)), "D"))[:7]

    def of_year(self, month: int) -> int:
        """1 to 12"""
        return (self.first.month - 1 + month) % 12 + 1

    def year(self, month: int) -> int:
        """The calendar year."""
        return self.first.year + (self.first.month - 1 + month) // 12


def extend(rows: Any, count: int, **values: Any) -> Numbers:
    """Add rows to a table of arrays; a column that is not named takes its default. Returns the new rows' numbers."""
    start = len(rows)
    for column in fields(rows):
        standing: Array = getattr(rows, column.name)
        value = values.pop(column.name, column.metadata["default"])
        setattr(rows, column.name, np.concatenate([standing, np.broadcast_to(value, count).astype(standing.dtype)]))
    if values:
        raise TypeError(f"no such columns: {sorted(values)}")
    return np.arange(start, start + count)


def _column(kind: type, default: float) -> Any:
    return field(default_factory=lambda: np.empty(0, kind), metadata={"default": default})


def number(default: int = 0) -> Any:
    """A column of 32-bit whole numbers."""
    return _column(np.int32, default)


def small(default: int = 0) -> Any:
    """A column of 16-bit whole numbers: months, codes."""
    return _column(np.int16, default)


def real(default: float = 0.0) -> Any:
    """A column of amounts."""
    return _column(np.float64, default)


@dataclass
class Spaces:
    """Places a household can live in. Several spaces may share an address (rooms in a shared house, a hostel)."""

    area: Array = small()
    tenure: Array = small()
    building: Array = small()
    bedrooms: Array = small()
    temporary: Array = small()
    address: Array = number()
    household: Array = number(NOBODY)

    def __len__(self) -> int:
        return len(self.area)


@dataclass
class Households:
    """A household is its head and whoever lives with them; it keeps its number when it moves."""

    head: Array = number(NOBODY)
    partner: Array = number(NOBODY)
    space: Array = number(NOBODY)
    community: Array = small()
    deprived: Array = small()
    frailty: Array = real()
    formed: Array = small(LONG_AGO)
    ended: Array = small(NEVER)
    income: Array = small()
    income_since: Array = small(LONG_AGO)
    behind: Array = small()
    behind_since: Array = small(NEVER)
    rent_behind: Array = small()
    council_tax: Array = real()
    rent: Array = real()
    owed_1: Array = real()
    owed_2: Array = real()
    owed_3: Array = real()
    missed: Array = small()
    stage: Array = small()
    account: Array = number(NOBODY)
    tenancy: Array = number(NOBODY)
    claim: Array = number(NOBODY)
    benefit: Array = number(NOBODY)
    help_until: Array = small(LONG_AGO)
    duty: Array = number(NOBODY)

    def __len__(self) -> int:
        return len(self.head)


@dataclass
class People:
    """A person; names are numbers of the name book."""

    household: Array = number(NOBODY)
    role: Array = small()
    sex: Array = small()
    born: Array = number()
    community: Array = small()
    given: Array = number()
    middle: Array = number(NOBODY)
    family: Array = number()
    former: Array = number(NOBODY)
    renamed: Array = small(NEVER)
    mother: Array = number(NOBODY)
    disabled: Array = small()
    came: Array = small(LONG_AGO)
    went: Array = small(NEVER)
    fate: Array = small()
    served: Array = small(LONG_AGO)
    shocked: Array = small(LONG_AGO)
    lived_shock: Array = small(LONG_AGO)
    abused: Array = small(LONG_AGO)
    plan: Array = small()
    in_care: Array = small(NEVER)

    def __len__(self) -> int:
        return len(self.household)


@dataclass
class Accounts:
    """Council tax accounts, tenancies and claims: who, which space, from and to which day."""

    household: Array = number()
    space: Array = number()
    first: Array = number()
    second: Array = number(NOBODY)
    opened: Array = number()
    closed: Array = number(OPEN_END)
    month: Array = small(LONG_AGO)
    month_closed: Array = small(NEVER)
    kind: Array = small()
    amount: Array = real()

    def __len__(self) -> int:
        return len(self.household)


@dataclass
class Log:
    """What happened, as columns by kind; the extracts and the truth are written from it."""

    parts: dict[str, list[dict[str, Array]]] = field(default_factory=dict)

    def add(self, what: str, /, **columns: Any) -> None:
        """Note rows of one kind. Single values are repeated."""
        length = max(np.size(column) for column in columns.values())
        if any(np.ndim(column) and len(column) == 0 for column in columns.values()):
            return
        rows = {name: np.ascontiguousarray(np.broadcast_to(column, length)) for name, column in columns.items()}
        self.parts.setdefault(what, []).append(rows)

    def table(self, kind: str, *columns: str) -> dict[str, Array]:
        """All rows of a kind, in the order they happened; `columns` name them for a kind that never happened."""
        parts = self.parts.get(kind, [])
        if not parts:
            return {name: np.empty(0, np.int64) for name in columns}
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def count(self, kind: str) -> int:
        """How many rows of a kind."""
        return sum(len(next(iter(part.values()))) for part in self.parts.get(kind, []))


@dataclass
class Addresses:
    """One row an address; street and building names are texts, the rest numbers."""

    street: Array
    name: Array
    house: Array
    flat: Array
    postcode: Array
    area: Array


@dataclass
class World:
    """Everything, and chance."""

    draws: Draws
    calendar: Calendar
    spaces: Spaces
    addresses: Addresses
    households: Households = field(default_factory=Households)
    people: People = field(default_factory=People)
    council_tax: Accounts = field(default_factory=Accounts)
    tenancies: Accounts = field(default_factory=Accounts)
    claims: Accounts = field(default_factory=Accounts)
    log: Log = field(default_factory=Log)

    def living(self) -> Numbers:
        """Numbers of the households that live in the borough."""
        return np.flatnonzero(self.households.space >= 0)

    def here(self) -> Numbers:
        """Numbers of the people who live in the borough."""
        return np.flatnonzero(self.people.household >= 0)

    def age(self, people: Array, month: int) -> Numbers:
        """Whole years at the month's first day."""
        return ((self.calendar.starts(month) - self.people.born[people]) / 365.25).astype(np.int64)

    def count_in(self, people: Array) -> Numbers:
        """How many of these people each household has."""
        return np.bincount(self.people.household[people], minlength=len(self.households))

    def latest(self, column: Array, members: Array) -> Array:
        """The largest value of a column of people over each household's members."""
        top = np.full(len(self.households), LONG_AGO, column.dtype)
        np.maximum.at(top, self.people.household[members], column[members])
        return top
