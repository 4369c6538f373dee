"""What a map says: how the columns of one extract become identities and facts. Data; the reader makes SQL of it.

Expressions are DuckDB SQL over the cleaned columns, which have the names of the file's own. They are ours, never a
caller's: nothing of a file is ever part of a statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

SOFT: Final = frozenset({"name", "line", "born", "nino", "nhs", "upn", "uprn", "postcode", "phone", "email", "sex"})
"""Types that say who somebody is: an unreadable one is left out and told, and the row still loads."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its type (see `cleaning`), and whether a row may do without it."""

    type: str
    required: bool = False
    codes: tuple[str, ...] = ()

    @property
    def soft(self) -> bool:
        """Whether an unreadable value costs the field only, not the row."""
        return self.type in SOFT


@dataclass(frozen=True, slots=True)
class Person:
    """One person a row tells of: canonical identity columns, each an expression; `when` says whether there is one."""

    number: int
    when: str
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact a row tells: about its person `number`, dated `on`.

    Record, source, kind and day (and the value, for kinds of which there may be several) make it this very fact; what
    else differs in a later extract corrects it. `blank`: it says "nothing" (no debt), and only corrects an earlier one.
    """

    kind: str
    on: str
    until: str | None = None
    amount: str | None = None
    value: str | None = None
    when: str | None = None
    blank: str | None = None
    number: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """Which ward an address lies in: columns, each an expression."""

    uprn: str
    postcode: str
    ward: str


@dataclass(frozen=True, slots=True)
class Map:
    """How one extract is read.

    `records` is the source whose records the facts are about (a balance is about the account's). A row that holds
    several people numbers them: CT-123#1, CT-123#2; then the first is #1 also where it is alone, so that no id changes
    when somebody joins. `key` makes a row this very row: of two with the same key the later counts. `checks` are more
    rules: a field, the rule, and when it is broken. `lenient`: only the required columns must be there.
    """

    source: str
    records: str
    reference: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    people: tuple[Person, ...] = ()
    facts: tuple[Fact, ...] = ()
    place: Place | None = None
    numbered: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    checks: tuple[tuple[str, str, str], ...] = ()
    lenient: bool = False

    def reference_of(self, number: int) -> str:
        """The reference of a row's person, as an expression."""
        return f"({self.reference} || '#{number}')" if self.numbered else f"({self.reference})"

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns a file must have."""
        return tuple(name for name, column in self.columns.items() if column.required or not self.lenient)
