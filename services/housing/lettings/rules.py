"""Who may bid for an advertised home, and who comes first by the advert's own rules. Pure.

An advert's rules are published with it and never change while it is open. Nothing here looks at what somebody was
offered, refused or was let before: no past luck is held against anybody, and none is a ban for life. Nothing here knows
of sex, ethnicity or any other protected characteristic but age and disability where the home itself asks for them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from kit.errors import FieldError, Invalid
from services.housing.homes.domain import Access, suits


class For(StrEnum):
    """Whom a rule of the advert is for: nobody in particular, some first, or only some."""

    ANYBODY = "anybody"
    FIRST = "first"
    ONLY = "only"


class Group(StrEnum):
    """Groups that a local lettings plan or a quota may name."""

    RIGHT_TO_RETURN = "right_to_return"
    DECANTED = "decanted"
    WORKING = "working"
    CARE_LEAVER = "care_leaver"
    ARMED_FORCES = "armed_forces"
    TEMPORARY_ACCOMMODATION = "temporary_accommodation"
    COUNCIL_TENANT = "council_tenant"
    UNDER_OCCUPYING = "under_occupying"


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one advert. `bedrooms` are the home's; `people` is the most it may hold."""

    bedrooms: int
    people: int | None = None
    access: Access = Access.GENERAL
    floor: int | None = None
    lift: bool = False
    one_bedroom_short: bool = False
    """Who needs one bedroom more may bid as well (a choice that the scheme allows them)."""
    bands: frozenset[str] = frozenset()
    """Only these; none named: all."""
    access_first: For = For.FIRST
    """For a home with access: who needs it comes first, or alone may bid."""
    somebody_aged: int | None = None
    """Somebody of the household is at least so old, e.g. 55 for sheltered homes."""
    nobody_under: int | None = None
    """No child of the household is younger, e.g. above the fourth floor."""
    plan: For = For.ANYBODY
    """A local lettings plan: `groups` come first, or alone may bid."""
    groups: frozenset[Group] = frozenset()
    income_from_pence: int | None = None
    income_to_pence: int | None = None
    """Gross yearly, evidenced: for homes let at a rent by income."""
    scheme_id: UUID | None = None
    """Of a regeneration scheme: whoever has a right to return to it comes before everybody."""
    quota: str | None = None


class Bidder(NamedTuple):
    """A household as the register has it, when it is looked at. A tuple: hundreds of them make a list."""

    band: str
    band_rank: int
    """The smallest is the most urgent."""
    priority_date: date
    bedrooms: int
    """As many as it needs."""
    people: int
    fewest: int | None = None
    """The smallest home they may choose to live in; None: as many bedrooms as they need."""
    ages: tuple[int, ...] = ()
    """Of its members, in full years on the day the advert closes."""
    access: Access = Access.GENERAL
    highest_floor: int | None = None
    """They cannot climb higher without a lift."""
    groups: frozenset[Group] = frozenset()
    income_pence: int | None = None
    returns_to: frozenset[UUID] = frozenset()
    stands: bool = True
    """Active on the register: may bid and be offered a home."""
    why_not: str = ""
    """Why it does not stand, in words."""


class Refusal(NamedTuple):
    """A rule that a bidder does not meet, in words for them."""

    rule: str
    words: str


def faults(rules: Rules) -> tuple[FieldError, ...]:
    """What is wrong with an advert's rules themselves."""
    found = []
    if not 0 <= rules.bedrooms <= 10:
        found.append(FieldError("/rules/bedrooms", "From none (a studio) to ten.", "bedrooms"))
    if rules.people is not None and not 1 <= rules.people <= 20:
        found.append(FieldError("/rules/people", "From one to twenty.", "people"))
    if (rules.plan is For.ANYBODY) != (not rules.groups):
        found.append(FieldError("/rules/groups", "Name the groups exactly when some come first or alone.", "plan"))
    if rules.quota is not None and rules.plan is For.ANYBODY:
        found.append(FieldError("/rules/quota", "A home of a quota names whom the quota is for.", "quota"))
    for name, age in (("somebody_aged", rules.somebody_aged), ("nobody_under", rules.nobody_under)):
        if age is not None and not 1 <= age <= 100:
            found.append(FieldError(f"/rules/{name}", "An age from 1 to 100.", "age"))
    least, most = rules.income_from_pence, rules.income_to_pence
    if (least or 0) < 0 or (most is not None and most < (least or 0)):
        found.append(FieldError("/rules/income_from_pence", "At least nothing, and not above the most.", "income"))
    return tuple(found)


def check(rules: Rules) -> None:
    """`Invalid` naming every field that is wrong."""
    if found := faults(rules):
        raise Invalid("An advert with these rules cannot be read by anybody", *found)


def asks_words(rules: Rules) -> bool:
    """Whether they look at a bidder's groups or income: what the household said, and what was learned of it."""
    return rules.plan is not For.ANYBODY or rules.income_from_pence is not None or rules.income_to_pence is not None


def asks_ages(rules: Rules) -> bool:
    """Whether they look at how old a bidder's members are; how many they are, all rules may ask."""
    return rules.somebody_aged is not None or rules.nobody_under is not None


def asks_rights(rules: Rules) -> bool:
    """Whether they look at a right to return."""
    return rules.scheme_id is not None or Group.RIGHT_TO_RETURN in rules.groups


def refusals(rules: Rules, bidder: Bidder) -> tuple[Refusal, ...]:
    """Every rule that this bidder does not meet; none: they may bid. All of them, so that nobody learns one a week."""
    found: list[Refusal] = []
    if not bidder.stands:
        found.append(Refusal("active", bidder.why_not or "Your application is not active at the moment."))
    needs, has = bidder.bedrooms, rules.bedrooms
    returning = rules.scheme_id is not None and rules.scheme_id in bidder.returns_to
    least = needs if bidder.fewest is None else bidder.fewest
    if not least <= has <= needs and needs not in needs_of(rules):
        found.append(Refusal("bedrooms", f"You need {_rooms(needs)}; this home has {_rooms(has)}."))
    if rules.people is not None and bidder.people > rules.people:
        found.append(Refusal("people", f"You are {bidder.people} people; this home may hold {rules.people}."))
    if rules.bands and bidder.band not in rules.bands and not returning:
        named = ", ".join(sorted(rules.bands))
        found.append(Refusal("band", f"You are in band {bidder.band}; this home is for band {named}."))
    if not suits(rules.access, bidder.access):
        found.append(Refusal("access", "You need a home that is easier to get into and around than this one."))
    too_high = rules.floor is not None and bidder.highest_floor is not None and rules.floor > bidder.highest_floor
    if too_high and not rules.lift:
        found.append(Refusal("floor", f"It is on floor {rules.floor} without a lift, higher than you can climb."))
    if rules.access_first is For.ONLY and rules.access is not Access.GENERAL and bidder.access is Access.GENERAL:
        found.append(Refusal("access-only", "This home is adapted, and kept for people who need that."))
    if rules.somebody_aged is not None and not any(age >= rules.somebody_aged for age in bidder.ages):
        found.append(Refusal("age", f"Somebody of the household has to be {rules.somebody_aged} or older."))
    if rules.nobody_under is not None and any(age < rules.nobody_under for age in bidder.ages):
        found.append(Refusal("children", f"This home is not for children under {rules.nobody_under}."))
    if rules.plan is For.ONLY and not (rules.groups & bidder.groups) and not returning:
        named = " or ".join(sorted(each.value.replace("_", " ") for each in rules.groups))
        found.append(Refusal("plan", f"By its lettings plan this home is for: {named}."))
    found += _income(rules, bidder)
    return tuple(found)


def needs_of(rules: Rules) -> frozenset[int]:
    """The numbers of bedrooms that a household may need to bid. A studio is for who needs one bedroom."""
    found = {rules.bedrooms}
    if rules.bedrooms == 0:
        found.add(1)
    if rules.one_bedroom_short:
        found.add(max(1, rules.bedrooms) + 1)
    return frozenset(found)


def _income(rules: Rules, bidder: Bidder) -> list[Refusal]:
    least, most = rules.income_from_pence, rules.income_to_pence
    if least is None and most is None:
        return []
    if bidder.income_pence is None:
        return [Refusal("income", "The rent of this home goes by income: show us yours first.")]
    if least is not None and bidder.income_pence < least:
        return [Refusal("income", f"The rent asks for an income of at least {_pounds(least)} a year.")]
    if most is not None and bidder.income_pence > most:
        return [Refusal("income", f"This home is for incomes up to {_pounds(most)} a year.")]
    return []


def _rooms(count: int) -> str:
    return {0: "one room for everything", 1: "1 bedroom"}.get(count, f"{count} bedrooms")


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}"


class Step(StrEnum):
    """What puts a bidder before others whatever the band, in this order."""

    RETURNS = "returns"
    PLAN = "plan"
    ACCESS = "access"


STEPS: Final[Mapping[Step, str]] = {
    Step.RETURNS: "a right to return to this scheme",
    Step.PLAN: "the home's lettings plan",
    Step.ACCESS: "a need for a home with access",
}


def steps(rules: Rules, bidder: Bidder) -> frozenset[Step]:
    """Which of the advert's rules put this bidder first."""
    found = set()
    if rules.scheme_id is not None and rules.scheme_id in bidder.returns_to:
        found.add(Step.RETURNS)
    if rules.plan is For.FIRST and rules.groups & bidder.groups:
        found.add(Step.PLAN)
    if rules.access is not Access.GENERAL and rules.access_first is For.FIRST and bidder.access is not Access.GENERAL:
        found.add(Step.ACCESS)
    return frozenset(found)


@dataclass(frozen=True, slots=True, order=True)
class Standing:
    """What orders bidders: the steps first, then band, then priority date. Equal is a tie."""

    behind: tuple[bool, ...]
    """For each step, in order: whether they are behind those who have it."""
    band_rank: int
    priority_date: date
    has: frozenset[Step] = field(compare=False, default=frozenset())

    @property
    def order(self) -> tuple[tuple[bool, ...], int, date]:
        """The same order for a long list: a tuple is compared several times as fast."""
        return self.behind, self.band_rank, self.priority_date


def standing(rules: Rules, bidder: Bidder) -> Standing:
    """Where a bidder stands by this advert's rules."""
    has = steps(rules, bidder)
    behind = tuple(each not in has for each in Step) if has else _BEHIND_ALL
    return Standing(behind, bidder.band_rank, bidder.priority_date, has)


_BEHIND_ALL: Final = (True,) * len(Step)
