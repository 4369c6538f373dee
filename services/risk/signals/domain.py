"""What a signal is, when a fact is fresh enough for one, and what holds it back. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kit.contracts.codes import SignalKind

MOST_FRESH_DAYS: Final = 35
"""Nothing older calls for an offer (spec: risk 8)."""


class Measure(StrEnum):
    """First: the first of its kind for a while. Jump: so much more than the month before."""

    FIRST = "first"
    JUMP = "jump"


class State(StrEnum):
    """Introducing: casefile is asked who it is. Held: a Breathing Space. Lapsed: no longer fresh when it could go."""

    INTRODUCING = "introducing"
    HELD = "held"
    RAISED = "raised"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a signal's definition; `amount` in pounds."""

    kind: SignalKind
    version: int
    valid_from: date
    title: str
    measure: Measure
    fact: str
    fresh_days: int
    offer: str
    valid_to: date | None = None
    clear_months: int = 12
    quiet_days: int = 90
    amount: Decimal = Decimal(0)

    def in_force(self, day: date) -> bool:
        """Whether it holds on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)

    def fresh_from(self, today: date) -> date:
        """The oldest day that a fact may be dated."""
        return today - timedelta(days=self.fresh_days)

    def is_fresh(self, observed_on: date, today: date) -> bool:
        """Whether a fact may still call for an offer. One dated ahead of the calendar may not yet."""
        return self.fresh_from(today) <= observed_on <= today


def read_definition(table: Mapping[str, Any]) -> Definition:
    """A definition from its TOML table. Raises ValueError with what is wrong."""
    told = dict(table)
    try:
        found = Definition(
            kind=SignalKind(told.pop("kind")),
            measure=Measure(told.pop("measure")),
            amount=Decimal(str(told.pop("amount", 0))),
            **told,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"signal {table.get('kind')}: {error}") from error
    if not 1 <= found.fresh_days <= MOST_FRESH_DAYS:
        raise ValueError(f"signal {found.kind}: only facts of the last {MOST_FRESH_DAYS} days may call for an offer")
    if found.measure is Measure.JUMP and found.amount <= 0:
        raise ValueError(f"signal {found.kind}: say by how much it must rise")
    return found


def occurrence(observed_on: date) -> str:
    """What makes a signal one: a household has one of a kind for a month."""
    return f"{observed_on:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Breathing:
    """A Breathing Space that stands."""

    ends_on: date | None


def held_until(spaces: Iterable[Breathing], today: date) -> tuple[bool, date | None]:
    """Whether a Breathing Space holds a signal back today, and its last day if that is known.

    One that was entered and begins tomorrow holds already: the day between is no day for a letter about debt.
    """
    standing = [each for each in spaces if each.ends_on is None or each.ends_on >= today]
    if not standing:
        return False, None
    ends = [each.ends_on for each in standing]
    return True, None if None in ends else max(each for each in ends if each is not None)
