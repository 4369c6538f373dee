"""The state of the borough: spaces to live in, households, people, accounts, and the log of what happened.

Rows are never removed, and a row's number is its identity. NEVER stands for a month that has not come, LONG_AGO for one
that never was. Days are counted from 1 January 1970 as in numpy, months from the first month of the 36 (it is 0).
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Annotated, Any, get_type_hints

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


Link = Annotated[Array, np.int32, NOBODY]
Number = Annotated[Array, np.int32, 0]
Small = Annotated[Array, np.int16, 0]
Amount = Annotated[Array, np.float64, 0]
Never = Annotated[Array, np.int16, NEVER]
LongAgo = Annotated[Array, np.int16, LONG_AGO]
OpenEnd = Annotated[Array, np.int32, OPEN_END]


class Rows:
    """A table of equally long arrays; each column's annotation says its kind and default."""

    def __init__(self) -> None:
        for name, (kind, _) in self.columns().items():
            setattr(self, name, np.empty(0, kind))

    @classmethod
    @cache
    def columns(cls) -> dict[str, tuple[type, int]]:
        """Kind and default by column."""
        hints = get_type_hints(cls, include_extras=True)
        return {name: (hint.__metadata__[0], hint.__metadata__[1]) for name, hint in hints.items()}

    def __len__(self) -> int:
        return len(getattr(self, next(iter(self.columns()))))


def extend(rows: Rows, count: int, **values: Any) -> Numbers:
    """Add rows to a table; a column that is not named takes its default. Returns the new rows' numbers."""
    start = len(rows)
    for name, (kind, default) in rows.columns().items():
        standing: Array = getattr(rows, name)
        added: Array = np.broadcast_to(values.pop(name, default), count).astype(kind)
        setattr(rows, name, np.concatenate([standing, added]))
    if values:
        raise TypeError(f"no such columns: {sorted(values)}")
    return np.arange(start, start + count)


class Spaces(Rows):
    """Places a household can live in. Several spaces may share an address (rooms in a shared house, a hostel)."""

    area: Small
    tenure: Small
    building: Small
    bedrooms: Small
    temporary: Small
    address: Number
    household: Link


class Households(Rows):
    """A household is its head and whoever lives with them; it keeps its number when it moves."""

    head: Link
    partner: Link
    space: Link
    community: Small
    deprived: Small
    frailty: Amount
    formed: LongAgo
    ended: Never
    income: Small
    income_since: LongAgo
    behind: Small
    behind_since: Never
    rent_behind: Small
    council_tax: Amount
    rent: Amount
    owed_1: Amount
    owed_2: Amount
    owed_3: Amount
    owed_4: Amount
    owed_5: Amount
    missed: Small
    stage: Small
    account: Link
    tenancy: Link
    claim: Link
    benefit: Link
    help_until: LongAgo
    duty: Link


class People(Rows):
    """A person; names are numbers of the name book."""

    household: Link
    role: Small
    sex: Small
    born: Number
    community: Small
    given: Number
    middle: Link
    family: Number
    former: Link
    renamed: Never
    mother: Link
    disabled: Small
    came: LongAgo
    went: Never
    fate: Small
    served: LongAgo
    shocked: LongAgo
    lived_shock: LongAgo
    discharged: LongAgo
    abused: LongAgo
    plan: Small
    in_care: Never


class Accounts(Rows):
    """Council tax accounts, tenancies and claims: who, which space, from and to which day."""

    household: Number
    space: Number
    first: Number
    second: Link
    opened: Number
    closed: OpenEnd
    month: LongAgo
    month_closed: Never
    kind: Small
    amount: Amount


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
    telephones: dict[int, int] = field(default_factory=dict)
    """People whose telephone is another number than their own place gives: the cast's (`cast`)."""

    def living(self) -> Numbers:
        """Numbers of the households that live in the borough."""
        return np.flatnonzero(self.households.space >= 0)

    def here(self) -> Numbers:
        """Numbers of the people who live in the borough."""
        return np.flatnonzero(self.people.household >= 0)

    def age(self, people: Array, month: int) -> Numbers:
        """Whole years at the month's first day."""
        return np.asarray((self.calendar.starts(month) - self.people.born[people]) / 365.25, np.int64)

    def count_in(self, people: Array) -> Numbers:
        """How many of these people each household has."""
        return np.bincount(self.people.household[people], minlength=len(self.households))

    def latest(self, column: Array, members: Array) -> Array:
        """The largest value of a column of people over each household's members."""
        top = np.full(len(self.households), LONG_AGO, column.dtype)
        np.maximum.at(top, self.people.household[members], column[members])
        return top
