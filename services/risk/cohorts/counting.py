"""Conditions put to PostgreSQL, and who is known: the one way in which households are counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Text,
    Uuid,
    all_,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.risk.cohorts.domain import KNOWN_MONTHS, LASTING, Condition
from services.risk.cohorts.models import IS_OF_KNOWN_KIND
from services.risk.facts.models import Fact, Home, Placing
from services.risk.profiles.domain import months_before
from services.risk.profiles.models import HouseholdFactor

STANDING: Final[FromClause] = HouseholdFactor.__table__


@dataclass(frozen=True, slots=True)
class Look:
    """How conditions are read: on which day, from which factors, by which sources, with or without uncertain links.

    `admitted` names for each factor the sources that may be used: one that rests on any other does not count.
    """

    today: date
    admitted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    certain_only: bool = False
    factors: FromClause = STANDING
    sealed: frozenset[UUID] = frozenset()
    """Homes of nobody's count: of somebody restricted or kept apart from somebody (`looking.look`)."""


def certain(look: Look) -> Look:
    """The same without what rests on an uncertain link."""
    return replace(look, certain_only=True)


def counted(look: Look) -> ColumnElement[bool]:
    """Whether a household is counted at all: a difference of two counts must not say where somebody went."""
    return Home.household != all_(literal(sorted(look.sealed), ARRAY(Uuid)))


def holds(condition: Condition, look: Look) -> ColumnElement[bool]:
    """Whether a household (a row of `home`) meets the condition."""
    if condition.every is not None:
        return and_(true(), *(holds(part, look) for part in condition.every))
    if condition.some is not None:
        return or_(false(), *(holds(part, look) for part in condition.some))
    if condition.no is not None:
        return not_(holds(condition.no, look))
    if condition.factor is not None:
        return Home.household.in_(_with_factor(condition, condition.factor, look))
    if condition.wards is not None:
        return and_(Home.ward.is_not(None), Home.ward.in_(condition.wards))
    return and_(true(), *_composition(condition.composition))


def _with_factor(condition: Condition, factor: str, look: Look) -> Any:
    row = look.factors.c
    rules: list[ColumnElement[bool]] = [row.factor == factor, not_(row.disputed)]
    if look.certain_only:
        rules.append(row.certainty != "probable")
    if factor in look.admitted:
        rules.append(row.sources.contained_by(cast(list(look.admitted[factor]), ARRAY(Text))))
    if condition.amount_at_least is not None:
        rules.append(row.amount >= condition.amount_at_least)
    if condition.held_months is not None:
        rules.append(row.since <= months_before(look.today, condition.held_months))
    if condition.within_months is not None:
        rules.append(row.latest_on > months_before(look.today, condition.within_months))
    return select(row.household).where(*rules)


def _composition(asked: Mapping[str, int]) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = []
    for name, number in asked.items():
        column = Home.adults if name.startswith("adults") else Home.children
        rules.append(column >= number if name.endswith("at_least") else column <= number)
    return rules


def is_known(today: date) -> ColumnElement[bool]:
    """Whether services know the household: casefile has it, or somebody met them in the last 24 months.

    The definition for the whole of risk. What has not ended counts as today.
    """
    since = months_before(today, KNOWN_MONTHS)
    # The list of kinds stands in the text as it stands in the index, or the planner would not use it.
    met = and_(
        text(f"fact.{IS_OF_KNOWN_KIND}"),
        Fact.occurred_on <= today,
        or_(Fact.occurred_on > since, Fact.until > since, and_(Fact.until.is_(None), Fact.kind.in_(LASTING))),
    )
    households = (
        select(Placing.household).join(Fact, Fact.record == Placing.record).where(Placing.household.is_not(None), met)
    )
    return or_(Home.registered, Home.household.in_(households))


# A population's sketch (observatory/disclosure.py): the last 64 bits of each pseudonym, one mark of 256 each.
_BITS: Final = "('x' || right(replace(cast({of} as text), '-', ''), 16))::bit(64)::bigint"


def mark(of: str = "home.household") -> ColumnElement[int]:
    """Which of the sketch's marks a household belongs to."""
    return literal_column(f"({_BITS.format(of=of)} & 255)", BigInteger)


def marked(of: str = "home.household") -> ColumnElement[int]:
    """What the households of a mark come to."""
    return literal_column(f"bit_xor({_BITS.format(of=of)})", BigInteger)


def household_count() -> ColumnElement[int]:
    """How many rows."""
    return func.count(literal(1))
