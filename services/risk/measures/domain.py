"""The rules of measures: what is counted from the log, once for each household or person in a quarter. Pure.

The log is what the services told, each aggregate in its newest state as of the closing. A rule turns it into items:
whose, on which day, and whether what is asked of it is so. An item counts in the quarter of its day and, within it,
once for whoever it is about: in the month of the first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from kit.clock import LONDON, months_after
from kit.errors import invalid


class By(StrEnum):
    """What a measure is told apart by; one thing at a time, for two at once make groups of a few."""

    ALL = "all"
    MONTH = "month"
    WARD = "ward"
    AGE = "age"
    SEX = "sex"
    ETHNICITY = "ethnicity"
    DISABILITY = "disability"
    HUB = "hub"


NOT_KNOWN: Final = "not_known"
"""Who did not say, was not asked, or is no single person."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months that begin in January, April, July or October."""

    first_day: date

    def __post_init__(self) -> None:
        if self.first_day.day != 1 or self.first_day.month not in (1, 4, 7, 10):
            raise invalid("/quarter", "A quarter begins on the first of January, April, July or October.", "quarter")

    @property
    def after(self) -> date:
        """The first day that is no longer of it."""
        return months_after(self.first_day, 3)

    @property
    def until(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)

    @property
    def months(self) -> tuple[str, ...]:
        """Its months, as 2027-01."""
        return tuple(f"{months_after(self.first_day, each):%Y-%m}" for each in range(3))

    def has(self, day: date | None) -> bool:
        """Whether a day is of it."""
        return day is not None and self.first_day <= day < self.after


@dataclass(frozen=True, slots=True)
class Told:
    """One aggregate as of the closing: which kind, which one, about whom, and its state as it was told."""

    kind: str
    id: UUID
    person: UUID | None
    household: UUID | None
    data: Mapping[str, Any]

    @property
    def whose(self) -> str:
        """Whom it counts for: the household, else the person, else only itself."""
        return f"household:{self.household}" if self.household else self.alone

    @property
    def alone(self) -> str:
        return f"person:{self.person}" if self.person else f"{self.kind}:{self.id}"

    def day(self, name: str) -> date | None:
        """A day of its state; of a moment, the day in London."""
        value = self.data.get(name)
        if value is None:
            return None
        if len(value) == 10:
            return date.fromisoformat(value)
        return datetime.fromisoformat(value).astimezone(LONDON).date()


@dataclass(frozen=True, slots=True)
class Item:
    """Something that counts: whose, of which person, on which day, whether it is so, and how much (hours: minutes)."""

    whose: str
    on: date
    yes: bool = True
    person: UUID | None = None
    household: UUID | None = None
    much: int = 1
    place: str | None = None


@dataclass(frozen=True)
class Log:
    """Everything told, by kind."""

    told: tuple[Told, ...]

    @cached_property
    def _kinds(self) -> dict[str, list[Told]]:
        found: dict[str, list[Told]] = {}
        for each in sorted(self.told, key=lambda each: (each.kind, each.id)):
            found.setdefault(each.kind, []).append(each)
        return found

    def of(self, kind: str) -> Sequence[Told]:
        """All of one kind, in one order whatever the order they came in."""
        return self._kinds.get(kind, ())


def counted_once(items: Iterable[Item]) -> list[Item]:
    """Each of whom something counts, once: on the first day, and so where any of theirs is so."""
    found: dict[str, Item] = {}
    for each in sorted(items, key=lambda item: (item.on, item.whose, not item.yes, str(item.person))):
        first = found.setdefault(each.whose, each)
        if each.yes and not first.yes:
            found[each.whose] = Item(
                first.whose, first.on, True, first.person or each.person, first.household, first.much, first.place
            )
    return [found[whose] for whose in sorted(found)]


# Groups --------------------------------------------------------------------------------------------------------------

AGES: Final = ((18, "under_18"), (25, "18_to_24"), (35, "25_to_34"), (50, "35_to_49"), (65, "50_to_64"))
OLDEST: Final = "65_and_over"
GROUPS: Final[Mapping[By, tuple[str, ...]]] = {
    By.AGE: (*(name for _, name in AGES), OLDEST, NOT_KNOWN),
    By.SEX: ("female", "male", NOT_KNOWN),
    By.ETHNICITY: ("asian", "black", "mixed", "white_british", "white_other", "other", NOT_KNOWN),
    By.DISABILITY: ("disabled", "not_disabled", NOT_KNOWN),
}

# The school census' codes begin with the group's letter; the NHS' are one letter of its own order.
_NHS: Final = {
    **dict.fromkeys("A", "white_british"), **dict.fromkeys("BC", "white_other"), **dict.fromkeys("DEFG", "mixed"),
    **dict.fromkeys("HJKLR", "asian"), **dict.fromkeys("MNP", "black"), **dict.fromkeys("S", "other"),
}  # fmt: skip
_SCHOOL: Final = {"A": "asian", "B": "black", "M": "mixed", "C": "asian", "O": "other"}


def age_band(born: date | None, on: date) -> str:
    """The age on a day, in a band."""
    if born is None:
        return NOT_KNOWN
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next((name for most, name in AGES if age < most), OLDEST) if age >= 0 else NOT_KNOWN


def broad_ethnicity(said: str | None) -> str:
    """The broad group of what a source says: a code of the school census or of the NHS, or a plain word."""
    word = (said or "").strip().lower().replace(" ", "_")
    if word in GROUPS[By.ETHNICITY]:
        return word
    code = (said or "").strip().upper()
    if len(code) == 1:
        return _NHS.get(code, NOT_KNOWN)
    if len(code) != 4 or code in {"NOBT", "REFU"}:
        return NOT_KNOWN
    if code.startswith("W"):
        return "white_british" if code == "WBRI" else "white_other"
    return _SCHOOL.get(code[0], NOT_KNOWN)


@dataclass(frozen=True, slots=True)
class Groups:
    """What is known of whoever an item is about, as it was when the quarter was closed."""

    ward: str = NOT_KNOWN
    age: str = NOT_KNOWN
    sex: str = NOT_KNOWN
    ethnicity: str = NOT_KNOWN
    disability: str = NOT_KNOWN


@dataclass(slots=True)
class Counts:
    """One measure told apart by one thing: rows, columns (so and not so, or only counted), and who is in each cell."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    @property
    def numbers(self) -> tuple[tuple[int, ...], ...]:
        """The counts."""
        return tuple(
            tuple(len(self.cells.get((row, column), ())) for column in range(len(self.columns)))
            for row in range(len(self.rows))
        )


def counts(items: Sequence[Item], by: By, rows: Sequence[str], groups: Mapping[str, Groups], *, share: bool) -> Counts:
    """Items in rows. Whoever is in none of them (a ward of another borough) is counted as not known."""
    found = Counts(tuple(rows), ("yes", "no") if share else ("counted",))
    for each in items:
        row = _row_of(each, by, groups)
        at = found.rows.index(row if row in found.rows else NOT_KNOWN)
        found.cells.setdefault((at, 0 if each.yes or not share else 1), []).append(each.whose)
    return found


def _row_of(item: Item, by: By, groups: Mapping[str, Groups]) -> str:
    if by is By.ALL:
        return By.ALL.value
    if by is By.MONTH:
        return f"{item.on:%Y-%m}"
    if by is By.HUB:
        return item.place or NOT_KNOWN
    said: str = getattr(groups.get(item.whose, Groups()), by.value)
    return said
