"""The allocation scheme: read from data, asked of a household's facts, answered with reasons in plain words. Pure.

Three answers, never two: a rule holds, does not hold, or cannot be told yet because a fact is missing. Nobody is
refused for what is not known.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

_TESTS: Final = frozenset({"is", "any_of", "at_least", "at_most", "more_than", "less_than"})

Facts = Mapping[str, Any]
"""What is known of a household, by the names that the scheme uses; None, or no entry: not known."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One fact and what it must be."""

    fact: str
    test: str
    value: Any

    def holds(self, facts: Facts) -> bool | None:
        """None: the fact is not known."""
        known = facts.get(self.fact)
        if known is None:
            return None
        match self.test:
            case "is":
                return bool(known == self.value)
            case "any_of":
                return known in self.value
            case "at_least":
                return bool(known >= self.value)
            case "at_most":
                return bool(known <= self.value)
            case "more_than":
                return bool(known > self.value)
            case _:
                return bool(known < self.value)


def all_hold(conditions: Sequence[Condition], facts: Facts) -> bool | None:
    """False if one does not hold; else None if one cannot be told; else True."""
    answers = [each.holds(facts) for each in conditions]
    if False in answers:
        return False
    return None if None in answers else True


@dataclass(frozen=True, slots=True)
class Rule:
    """Who does not qualify."""

    code: str
    words: str
    source: str
    when: tuple[Condition, ...]
    unless: tuple[tuple[Condition, ...], ...] = ()
    since: date | None = None
    until: date | None = None
    lawful: bool = False
    """The law says so, not the scheme: no officer may make an exception."""

    def holds(self, facts: Facts) -> bool | None:
        """True only if it holds and certainly no exception does."""
        answer = all_hold(self.when, facts)
        if answer is False:
            return False
        exceptions = [all_hold(each, facts) for each in self.unless]
        if True in exceptions:
            return False
        return None if answer is None or None in exceptions else True


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a household is in a band."""

    code: str
    band: str
    title: str
    when: tuple[Condition, ...] = ()
    preference: tuple[str, ...] = ()
    by_officer: bool = False
    lowers: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A band; the first of the scheme is the most urgent."""

    code: str
    title: str
    order: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """All of it."""

    title: str
    source: str
    bedroom_rules: str
    renew_months: int
    renewal_notice_days: int
    tell_changes_within_days: int
    review_ask_days: int
    review_decide_days: int
    review_source: str
    bands: Mapping[str, Band]
    rules: tuple[Rule, ...]
    reasons: Mapping[str, Reason]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the scheme says of this household, with the facts it rests on."""

    code: str
    words: str
    source: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the scheme says. `qualifies` None: something must be asked first (`unknown`)."""

    qualifies: bool | None
    against: tuple[Finding, ...]
    unknown: tuple[str, ...]
    band: str | None
    band_order: int | None
    reasons: tuple[Finding, ...]
    preference: tuple[str, ...]


def _conditions(tables: Sequence[Mapping[str, Any]]) -> tuple[Condition, ...]:
    found = []
    for table in tables:
        (test,) = set(table) - {"fact"}
        if test not in _TESTS:
            raise ValueError(f"no such test: {test}")
        found.append(Condition(table["fact"], test, table[test]))
    return tuple(found)


def read(text: str) -> Scheme:
    """A scheme from its data. ValueError or KeyError for one that contradicts itself."""
    data = tomllib.loads(text)
    bands = {each["code"]: Band(each["code"], each["title"], order) for order, each in enumerate(data.pop("bands"))}
    rules = tuple(
        Rule(
            each["code"],
            each["words"],
            each["source"],
            _conditions(each["when"]),
            tuple(_conditions(group) for group in each.get("unless", ())),
            each.get("from"),
            each.get("until"),
            each.get("lawful", False),
        )
        for each in data.pop("qualification")
    )
    reasons: dict[str, Reason] = {}
    for each in data.pop("reasons"):
        if each["band"] not in bands or each["code"] in reasons or ("when" in each) == each.get("by_officer", False):
            raise ValueError(f"{each['code']}: a band of the scheme, once, and facts or an officer")
        reasons[each["code"]] = Reason(
            **{
                "source": data["source"],
                **each,
                "when": _conditions(each.get("when", ())),
                "preference": tuple(each["preference"]),
            }
        )
    return Scheme(bands=bands, rules=rules, reasons=reasons, **data)


@lru_cache
def scheme() -> Scheme:
    """The council's scheme."""
    return read(files(__package__).joinpath("scheme.toml").read_text("utf-8"))


def assess(
    rules: Scheme, facts: Facts, by_officer: Sequence[str] = (), waived: Sequence[str] = (), *, on: date
) -> Assessment:
    """Whether a household with these facts qualifies on that day, and in which band it is, with all reasons.

    `by_officer`: codes of reasons that an officer has found. The best band of all reasons counts; a reason that lowers
    counts above them. `waived`: rules that an officer has made an exception from; the law's own are never waived.
    """
    found = [
        each
        for each in rules.reasons.values()
        if (each.code in by_officer if each.by_officer else all_hold(each.when, facts) is True)
    ]
    raising = [each for each in found if not each.lowers]
    facts = {**facts, "reasons": len(raising)}
    living = [
        each
        for each in rules.rules
        if (each.since is None or each.since <= on)
        and (each.until is None or on < each.until)
        and (each.lawful or each.code not in waived)
    ]
    answers = [(each, each.holds(facts)) for each in living]
    against = tuple(
        Finding(each.code, each.words, each.source, _of(facts, each.when)) for each, holds in answers if holds
    )
    asked = {
        condition.fact
        for each, holds in answers
        if holds is None
        for condition in (*each.when, *(one for group in each.unless for one in group))
        if facts.get(condition.fact) is None
    }
    counted = [each for each in found if each.lowers] or raising
    best = min((rules.bands[each.band] for each in counted), key=lambda band: band.order, default=None)
    return Assessment(
        qualifies=False if against else None if asked else True,
        against=against,
        unknown=tuple(sorted(asked)),
        band=best.code if best else None,
        band_order=best.order if best else None,
        reasons=tuple(Finding(each.code, each.title, each.source, _of(facts, each.when)) for each in found),
        preference=tuple(sorted({group for each in found for group in each.preference})),
    )


def _of(facts: Facts, conditions: Sequence[Condition]) -> dict[str, Any]:
    return {each.fact: facts.get(each.fact) for each in conditions}


def is_lower(rules: Scheme, band: str | None, than: str | None) -> bool:
    """Whether a band is less urgent than another; no band is the least."""
    last = len(rules.bands)
    order = {code: each.order for code, each in rules.bands.items()}
    return order.get(band or "", last) > order.get(than or "", last)
