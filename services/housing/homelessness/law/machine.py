"""The duties as a machine that is read from data (`duties.toml`): what may follow where, on which conditions. Pure.

Positions and duties are two things. A position is where an application stands; a duty is what is owed and has dates.
Each position has at most one duty of its own; interim accommodation and accommodation pending a review run beside it.
"""

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any, Final, Literal

from kit.errors import Conflict, FieldError, Invalid
from services.housing.homelessness.law.clocks import LAW, Law

SAME: Final = "same"
Fact = str | int | None
Facts = Mapping[str, Fact]
BESIDE: Final = frozenset({"interim", "pending_review"})
"""Duties that run beside a position's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Something owed."""

    code: str
    title: str
    section: str
    since: date
    words: str
    clock: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where an application stands."""

    code: str
    title: str
    section: str
    duty: str | None = None
    clock: str | None = None
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """One condition of a transition: a fact, and what it must be. A fact that is not known breaks it."""

    code: str
    fact: str
    words: str
    section: str
    is_: str | None = None
    at_least: str | None = None

    def holds(self, facts: Facts, law: Law, on: date) -> bool:
        """Whether it does on this day."""
        value = facts.get(self.fact)
        if self.at_least is not None:
            least = law.number(self.at_least, on)
            return isinstance(value, int) and least is not None and value >= least.value
        return value == self.is_


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One step the law gives."""

    code: str
    title: str
    from_: tuple[str, ...]
    to: str
    section: str
    effect: Literal["made", "notified"]
    guards: tuple[str, ...]
    starts: tuple[str, ...] = ()
    ends: Mapping[str, str] = field(default_factory=dict)
    since: date = date(1997, 1, 20)
    until: date | None = None
    review: str | None = None
    letter: str | None = None
    second: bool = False
    clock: bool = False
    kind: Mapping[str, str] = field(default_factory=dict)

    def in_force(self, on: date) -> bool:
        """Whether the law gives it on this day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def target(self, position: str) -> str:
        """Where it leads from there."""
        return position if self.to == SAME else self.to


@dataclass(frozen=True, slots=True)
class Open:
    """A transition the position gives, and which of its conditions do not hold yet."""

    transition: Transition
    missing: tuple[Guard, ...]


@dataclass(frozen=True)
class Machine:
    """Duties, positions, guards and transitions, checked against each other."""

    duties: Mapping[str, Duty]
    positions: Mapping[str, Position]
    guards: Mapping[str, Guard]
    transitions: Mapping[str, Transition]
    law: Law

    def open_from(self, position: str, facts: Facts, on: date) -> list[Open]:
        """Every step from here, those that can be taken first."""
        found = [
            Open(each, self.missing(each, facts, on))
            for each in self.transitions.values()
            if position in each.from_ and each.in_force(on)
        ]
        return sorted(found, key=lambda each: bool(each.missing))

    def missing(self, transition: Transition, facts: Facts, on: date) -> tuple[Guard, ...]:
        """The conditions that do not hold."""
        guards = (self.guards[code] for code in transition.guards)
        return tuple(each for each in guards if not each.holds(facts, self.law, on))

    def check(self, code: str, position: str, facts: Facts, on: date) -> Transition:
        """The transition, if it may be taken. `Conflict` with those allowed from here; `Invalid` for each condition."""
        transition = self.transitions.get(code)
        allowed = [each.transition.code for each in self.open_from(position, facts, on)]
        if transition is None:
            raise Invalid("There is no such decision.", FieldError("/transition", "Unknown.", "known-transition"))
        if code not in allowed:
            title = self.positions[position].title
            raise Conflict(
                f"{transition.title!r} does not follow from: {title} ({self.positions[position].section})",
                position=position,
                allowed=allowed,
            )
        if missing := self.missing(transition, facts, on):
            raise Invalid(
                f"{transition.title}: {missing[0].words}",
                *(
                    FieldError(f"/{each.fact}", f"{each.words} ({each.section})", each.code.replace("_", "-"))
                    for each in missing
                ),
                section=transition.section,
            )
        return transition

    def by_clock(self, position: str, facts: Facts, on: date) -> Transition | None:
        """What happens by itself today, because a clock has run out and everything else is decided."""
        for each in self.transitions.values():
            if each.clock and position in each.from_ and each.in_force(on) and not self.missing(each, facts, on):
                return each
        return None


def read(text: str, law: Law) -> Machine:
    """The machine from TOML. ValueError naming what does not fit: a machine at fault is never started."""
    tables = tomllib.loads(text)
    machine = Machine(
        {code: Duty(code=code, **each) for code, each in tables["duty"].items()},
        {code: Position(code=code, **each) for code, each in tables["position"].items()},
        {code: _guard(code, each) for code, each in tables["guard"].items()},
        {code: _transition(code, each) for code, each in tables["transition"].items()},
        law,
    )
    if faults := _faults(machine):
        raise ValueError("; ".join(faults))
    return machine


def _guard(code: str, table: Mapping[str, Any]) -> Guard:
    more = {name: value for name, value in table.items() if name != "is"}
    return Guard(code=code, is_=table.get("is"), **more)


def _transition(code: str, table: Mapping[str, Any]) -> Transition:
    more = {name: value for name, value in table.items() if name not in ("from", "guards", "starts")}
    return Transition(
        code=code,
        from_=tuple(table["from"]),
        guards=tuple(table["guards"]),
        starts=tuple(table.get("starts", ())),
        **more,
    )


def _faults(machine: Machine) -> Sequence[str]:
    """What does not fit together."""
    faults = []
    for each in machine.transitions.values():
        named = {*each.from_, *(() if each.to == SAME else (each.to,))}
        faults += [f"{each.code}: no position {name}" for name in named - set(machine.positions)]
        faults += [f"{each.code}: no guard {name}" for name in set(each.guards) - set(machine.guards)]
        faults += [f"{each.code}: no duty {name}" for name in {*each.starts, *each.ends} - set(machine.duties)]
        if each.review is not None and each.review not in machine.law.review_codes:
            faults.append(f"{each.code}: no review {each.review}")
        if not each.section:
            faults.append(f"{each.code}: cites no section")
        faults += _duties_left(machine, each)
    known = {each.code for each in machine.law.clocks}
    for clock in (
        *(each.clock for each in machine.duties.values()),
        *(each.clock for each in machine.positions.values()),
    ):
        if clock is not None and clock not in known:
            faults.append(f"no clock {clock}")
    return faults


def _duties_left(machine: Machine, each: Transition) -> Sequence[str]:
    """A move ends the duty of the position it leaves and starts that of the one it reaches."""
    if each.to == SAME:
        return [f"{each.code}: {name} is a position's own" for name in {*each.starts, *each.ends} - BESIDE]
    if each.to not in machine.positions:
        return []
    faults = []
    reached = machine.positions[each.to].duty
    if {*each.starts} - BESIDE != ({reached} if reached else set()):
        faults.append(f"{each.code}: reaches {each.to} and starts {sorted(each.starts)}")
    for name in each.from_:
        left = machine.positions[name].duty if name in machine.positions else None
        if left is not None and left not in each.ends:
            faults.append(f"{each.code}: leaves {name} and does not end {left}")
    if machine.positions[each.to].final and each.from_ != ("referral",) and not {"pending_review"} <= set(each.ends):
        faults.append(f"{each.code}: closes and leaves pending_review open")
    return faults


MACHINE: Final = read(
    files("services.housing.homelessness.law").joinpath("duties.toml").read_text(encoding="utf-8"), LAW
)
"""The duties as the law has them."""


@dataclass(frozen=True, slots=True)
class Move:
    """What a transition does to an application that has these duties."""

    position: str
    starts: tuple[str, ...]
    ends: Mapping[str, str]


def move(transition: Transition, position: str, live: Collection[str]) -> Move:
    """What is started and ended: of those that end only what is live."""
    ends = {duty: reason for duty, reason in transition.ends.items() if duty in live}
    return Move(transition.target(position), transition.starts, ends)
