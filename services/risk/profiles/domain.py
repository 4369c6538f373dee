"""What a factor is, when it is in force, what a dispute does to it, and what may be said of abuse. Pure.

A definition is data: a measure over dated facts, how much it counts, and what would lower it. The number is shown
beside the words and nothing else ever happens by it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from kit.errors import Conflict, Forbidden, invalid

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_WORD: Final = re.compile(r"[a-z][a-z0-9_.-]*\Z")


class Role(StrEnum):
    """What a factor is to a household."""

    FACTOR = "factor"
    SHOCK = "shock"
    PROTECTIVE = "protective"
    OUTCOME = "outcome"


class Attribute(StrEnum):
    """SAVVI's types of attribute (Vulnerabilities Data Standard, source-to-lead message)."""

    CIRCUMSTANCE = "Circumstance"
    EVENT = "Event"
    SERVICE = "Service"
    RISK = "Risk"


class Measure(StrEnum):
    """How a rule looks at the facts of its kinds.

    standing: at least one is true today. latest: the newest that is true today has one of the values. recent: enough
    happened within the months. level: the newest month's total, over all records, is at least the amount. trend: the
    least-squares slope of the monthly totals is at least the slope a month (or at most, when the slope is below 0).
    """

    STANDING = "standing"
    LATEST = "latest"
    RECENT = "recent"
    LEVEL = "level"
    TREND = "trend"


MONTHLY: Final = frozenset({Measure.LEVEL, Measure.TREND})
FRESH_MONTHS: Final = 2
"""A monthly sum counts as today's while its newest month is no more than this old: extracts come a month late."""


@dataclass(frozen=True, slots=True)
class Unless:
    """Facts that undo a standing one: within the months before the day, or (`after`) on or after its own day."""

    kinds: tuple[str, ...]
    months: int
    values: tuple[str, ...] = ()
    amount: int | None = None
    after: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A measure over kinds of facts. Amounts and slopes are in hundredths (pence; of a percent)."""

    measure: Measure
    kinds: tuple[str, ...]
    values: tuple[str, ...] = ()
    months: int | None = None
    held_months: int | None = None
    at_least: int = 1
    points: int = 3
    amount: int | None = None
    slope: int | None = None
    shows: str | None = None
    unless: tuple[Unless, ...] = ()

    @property
    def reads(self) -> frozenset[str]:
        """Every kind of fact it looks at."""
        return frozenset(self.kinds) | {kind for each in self.unless for kind in each.kinds}


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of a factor's definition."""

    code: str
    version: int
    valid_from: date
    valid_to: date | None
    role: Role
    attribute: Attribute
    title: str
    weight: int
    lowers: str
    rule: Rule
    offers: frozenset[str] = frozenset()

    def in_force(self, day: date) -> bool:
        """Whether it was the rule on this day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The definitions in force on one day. `version` counts the days on which any definition began or ended."""

    day: date
    version: int
    definitions: tuple[Definition, ...]

    def __getitem__(self, code: str) -> Definition:
        return next(each for each in self.definitions if each.code == code)

    def __contains__(self, code: object) -> bool:
        return any(each.code == code for each in self.definitions)

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of fact that any of them looks at."""
        return frozenset(kind for each in self.definitions for kind in each.rule.reads)

    def codes(self, *roles: Role) -> frozenset[str]:
        """The factors of these roles."""
        return frozenset(each.code for each in self.definitions if each.role in roles)


def rulebook(definitions: Iterable[Definition], day: date) -> Rulebook:
    """What was in force on a day; before the first definition, the first ones: there were no other rules."""
    known = sorted(definitions, key=lambda each: (each.code, each.version))
    first = min((each.valid_from for each in known), default=day)
    on = max(day, first)
    turns = {each.valid_from for each in known} | {each.valid_to for each in known if each.valid_to is not None}
    return Rulebook(day, max(1, sum(turn <= on for turn in turns)), tuple(each for each in known if each.in_force(on)))


# Reading definitions ------------------------------------------------------------------------------------------


def read_definition(table: Mapping[str, Any]) -> Definition:
    """A definition from its TOML table. Raises ValueError naming the definition and what is wrong."""
    code = str(table.get("code"))
    try:
        definition = _read(dict(table))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"definition {code}: {error}") from error
    for fault in _faults(definition):
        raise ValueError(f"definition {code}: {fault}")
    return definition


def _read(table: dict[str, Any]) -> Definition:
    unless = tuple(
        Unless(
            kinds=tuple(each.pop("kinds")),
            months=each.pop("months"),
            values=tuple(each.pop("values", ())),
            amount=_hundredths(each.pop("amount", None)),
            after=each.pop("after", False),
            **each,
        )
        for each in (dict(one) for one in table.pop("unless", ()))
    )
    rule = Rule(
        measure=Measure(table.pop("measure")),
        kinds=tuple(table.pop("kinds")),
        values=tuple(table.pop("values", ())),
        amount=_hundredths(table.pop("amount", None)),
        slope=_hundredths(table.pop("slope", None)),
        unless=unless,
        **{name: table.pop(name) for name in ("months", "held_months", "at_least", "points", "shows") if name in table},
    )
    return Definition(
        role=Role(table.pop("role")),
        attribute=Attribute(table.pop("attribute")),
        valid_to=table.pop("valid_to", None),
        offers=frozenset(table.pop("offers", ())),
        rule=rule,
        **table,
    )


def _faults(definition: Definition) -> Iterable[str]:
    rule = definition.rule
    words = [*rule.reads, *rule.values, *(value for each in rule.unless for value in each.values)]
    # They are written into SQL.
    if not _CODE.match(definition.code) or not all(_WORD.match(word) for word in words):
        yield "a code is lower case letters, digits and underscores"
    if not rule.kinds:
        yield "it names no kinds"
    if rule.measure in MONTHLY | {Measure.RECENT} and rule.months is None:
        yield f"{rule.measure} needs months"
    if rule.measure is Measure.LEVEL and rule.amount is None:
        yield "level needs an amount"
    if rule.measure is Measure.TREND and not rule.slope:
        yield "trend needs a slope"
    if rule.measure is Measure.LATEST and not rule.values:
        yield "latest needs values"
    if rule.unless and rule.measure is not Measure.STANDING:
        yield "only standing takes unless"
    if rule.shows not in (None, "sum", "max"):
        yield "shows is sum or max"
    if definition.valid_to is not None and definition.valid_to <= definition.valid_from:
        yield "it ends before it begins"
    if not definition.lowers and definition.role in (Role.FACTOR, Role.SHOCK):
        yield "say what would lower it"


def _hundredths(amount: float | int | None) -> int | None:
    return None if amount is None else int(Decimal(str(amount)) * 100)


def months_before(day: date, months: int) -> date:
    """The same day `months` earlier, or the month's last when it has no such day."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_index(day: date) -> int:
    """Months since year 0, as the rules count them."""
    return day.year * 12 + day.month


# Disputes -----------------------------------------------------------------------------------------------------


class DisputeState(StrEnum):
    """Open: disputed, somebody else is to look. Set aside: a worker took it off with a reason, also to be looked at."""

    OPEN = "open"
    SET_ASIDE = "set_aside"
    UPHELD = "upheld"
    REJECTED = "rejected"


STANDS_ASIDE: Final = frozenset({DisputeState.OPEN, DisputeState.SET_ASIDE, DisputeState.UPHELD})
"""In these states the factor is off the profile, until facts come that are newer than the dispute."""


class SaidBy(StrEnum):
    """Who says that it is wrong."""

    WORKER = "worker"
    RESIDENT = "resident"


def stands_aside(state: DisputeState, disputed_on: date, latest_on: date) -> bool:
    """Whether a factor is off the profile: its newest fact is no newer than the dispute."""
    return state in STANDS_ASIDE and latest_on <= disputed_on


def check_resolver(disputed_by: str, resolver: str) -> None:
    """Whoever disputed it does not judge it too."""
    if resolver == disputed_by:
        raise Forbidden("Another person than the one who recorded the dispute must settle it")


def settle(state: DisputeState, verdict: DisputeState) -> DisputeState:
    """The state after somebody else looked. `Conflict` when that has happened already."""
    if verdict not in (DisputeState.UPHELD, DisputeState.REJECTED):
        raise invalid("/state", "A dispute is settled as upheld or rejected", "verdict")
    if state not in (DisputeState.OPEN, DisputeState.SET_ASIDE):
        raise Conflict("This dispute is settled already", state=state, allowed=[])
    return verdict


# Abuse --------------------------------------------------------------------------------------------------------

ABUSE_PURPOSES: Final = frozenset({"domestic_abuse", "safeguarding"})
"""The work of abuse specialists, who see a home's abuse facts unless they stand beside the perpetrator."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Beside whom a profile is read: nobody named, or a person with what is known of them."""

    person_named: bool
    linked: bool
    perpetrator: bool


def shows_abuse(purpose: str, beside: Beside, *, perpetrator_lives_here: bool) -> bool:
    """Whether abuse facts may stand on this page.

    Never beside a perpetrator, whatever the purpose; nor beside somebody we can't place in a home where one lives.
    With nobody named only for the specialists' purposes. A "no" looks the same as a home without such facts.
    """
    if beside.person_named:
        return not beside.perpetrator and (beside.linked or not perpetrator_lives_here)
    return purpose in ABUSE_PURPOSES


def announced(codes: Collection[str], delicate: Collection[str]) -> tuple[str, ...]:
    """What an event may say of a profile: the factors that rest on ordinary facts alone, in order."""
    return tuple(sorted(set(codes) - set(delicate)))


def rule_as_data(rule: Rule) -> dict[str, Any]:
    """A rule as it is kept and shown: what is not set is left out, and words are words."""
    told = {name: value for name, value in asdict(rule).items() if value not in (None, (), "")}
    told["measure"] = rule.measure.value
    told["unless"] = [
        {name: value for name, value in each.items() if value not in (None, (), False)}
        for each in told.pop("unless", ())
    ]
    return told
