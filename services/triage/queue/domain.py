"""Where an entry stands in the queue, and by which published rules. Pure.

Every rule does one of two things: it puts an entry into a *band* (bands stand one after the other), or gives it a
*head start*: it then counts as having waited that much longer. Within a band the one who counts as having waited the
longest is next. So the order of two entries changes only when something happens or a clock comes to a named moment,
never by time alone: it is a column with an index, and the same everywhere. And nobody waits for ever: whoever stays
in a band is overtaken by no more than the head starts there are.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from kit.clock import LONDON, add_working_days

END_OF_DAY: Final = time(23, 59)
ANY_CLOCK: Final = "any"

Facts = Mapping[str, frozenset[str]]
"""What the rules may know of an entry: codes by the name of the fact."""


class Until(StrEnum):
    """How a clock runs."""

    MINUTES = "minutes"
    SAME_DAY = "same_day"
    WORKING_DAYS = "working_days"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the entry has one of these values."""

    fact: str
    any_of: frozenset[str]

    def holds(self, facts: Facts) -> bool:
        return not self.any_of.isdisjoint(facts.get(self.fact, frozenset()))


@dataclass(frozen=True, slots=True)
class Clock:
    """A time by which something must have been done: a statute's, or the council's own word."""

    code: str
    title: str
    until: Until
    amount: int = 0  # minutes or working days
    closes: time = END_OF_DAY  # on the last working day, London time
    basis: str | None = None  # the statute and section; None: the council's own word
    when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Trigger:
    """The moment from which a rule holds: `minutes` before that clock (or any clock) runs out."""

    clock: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Rule:
    """When it holds, an entry belongs in `band` at the latest, or counts as having waited `head_start` minutes longer.

    `words` go on with "because ..." and "if ...", so that one text serves what is and what would be.
    """

    code: str
    words: str
    when: tuple[Condition, ...] = ()
    clock: Trigger | None = None
    band: str | None = None
    head_start: int = 0


@dataclass(frozen=True, slots=True)
class Band:
    """A part of the queue."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Team:
    """Whose list an entry is on: the first team whose conditions hold."""

    team: str
    when: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the rules, whole."""

    bands: tuple[Band, ...]
    rules: tuple[Rule, ...]
    clocks: tuple[Clock, ...] = ()
    teams: tuple[Team, ...] = ()

    def band_number(self, code: str) -> int:
        return next(number for number, band in enumerate(self.bands) if band.code == code)

    def team_of(self, facts: Facts) -> str | None:
        """The team whose list this is on, or None: everybody's."""
        return next((each.team for each in self.teams if all(one.holds(facts) for one in each.when)), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as the rules see it."""

    id: UUID
    arrived_at: datetime
    facts: Facts
    own_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs for an entry."""

    clock: Clock
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule of those that concern an entry, as it stands for it."""

    rule: Rule
    holds: bool
    from_: datetime | None = None  # a clock's moment, past or to come
    clock: Running | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands. Order is (`band`, `stands_since`, id); `next_step` is when time alone changes it."""

    band: int
    stands_since: datetime
    next_step: datetime | None = None
    standings: tuple[Standing, ...] = ()
    clocks: tuple[Running, ...] = field(default=())

    @property
    def due_at(self) -> datetime | None:
        """The first of its clocks to run out."""
        return min((each.due_at for each in self.clocks), default=None)


def due_at(clock: Clock, arrived_at: datetime, own_due_at: datetime | None = None) -> datetime | None:
    """When a clock runs out that began with the arrival; to the minute, or at closing time of a working day.

    The day of arrival is not counted (so a contact of a Friday evening has until Monday's closing time for one working
    day); weekends and England's bank holidays are none. None: the entry brings no time of its own.
    """
    if clock.until is Until.MINUTES:
        return arrived_at.astimezone(UTC) + timedelta(minutes=clock.amount)
    if clock.until is Until.OWN:
        return own_due_at.astimezone(UTC) if own_due_at else None
    day = arrived_at.astimezone(LONDON).date()
    if clock.until is Until.SAME_DAY:
        return datetime.combine(day, END_OF_DAY, LONDON).astimezone(UTC)
    return datetime.combine(add_working_days(day, clock.amount), clock.closes, LONDON).astimezone(UTC)


def running(rules: Rules, entry: Entry) -> tuple[Running, ...]:
    """The clocks that run for an entry, the first to run out first."""
    found = []
    for clock in rules.clocks:
        if all(each.holds(entry.facts) for each in clock.when):
            due = due_at(clock, entry.arrived_at, entry.own_due_at)
            if due is not None:
                found.append(Running(clock, due))
    return tuple(sorted(found, key=lambda each: (each.due_at, each.clock.code)))


def place(rules: Rules, entry: Entry, now: datetime) -> Place:
    """Where the rules put an entry at `now`."""
    # Everything in UTC: between two moments of one zone Python counts by the clock on the wall, and the night on which
    # that is put back has an hour more.
    now, arrived_at = now.astimezone(UTC), entry.arrived_at.astimezone(UTC)
    clocks = running(rules, entry)
    standings = tuple(_standings(rules, entry, clocks, now))
    holding = [each.rule for each in standings if each.holds]
    last = len(rules.bands) - 1
    band = min((rules.band_number(rule.band) for rule in holding if rule.band is not None), default=last)
    head_start = timedelta(minutes=sum(rule.head_start for rule in holding))
    steps = [each.from_ for each in standings if not each.holds and each.from_ is not None]
    return Place(band, arrived_at - head_start, min(steps, default=None), standings, clocks)


def order(placed: Place, id_: UUID) -> tuple[int, datetime, UUID]:
    """What the queue is sorted by; the database sorts by the same three columns."""
    return placed.band, placed.stands_since, id_


def _standings(rules: Rules, entry: Entry, clocks: tuple[Running, ...], now: datetime) -> Iterator[Standing]:
    for rule in rules.rules:
        fits = all(each.holds(entry.facts) for each in rule.when)
        if rule.clock is None:
            yield Standing(rule, fits)
        elif fits:
            # Without such a clock there is nothing to wait for, nor anything that a fact would change.
            named = [each for each in clocks if rule.clock.clock in (ANY_CLOCK, each.clock.code)]
            if named:
                first = named[0]
                moment = first.due_at - timedelta(minutes=rule.clock.minutes)
                yield Standing(rule, moment <= now, moment, first)
