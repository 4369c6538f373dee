"""How many bedrooms a household needs, by a rule set: who has their own room, who shares, and with whom. Pure.

Where a rule set leaves a choice who shares with whom, the answer is the fewest rooms that any choice needs: nobody is
given a number that depends on the order in which children are named. Among the choices with as few rooms, children of
the same sex share before others do, and the eldest first with whoever is nearest to them in age.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from itertools import product
from typing import Final

from kit.errors import invalid

MOST_PEOPLE: Final = 40


class Sex(StrEnum):
    """As the rules ask it; not known, or neither: nobody is said to be of the same."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Place(StrEnum):
    """Who somebody is in the household, to the rules."""

    APPLICANT = "applicant"
    PARTNER = "partner"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One way of counting; `rulesets.toml` says what each value means."""

    code: str
    title: str
    source: str
    since: date
    own_room_from: int
    mixed_below: int
    pairs_partners: bool
    most: int | None = None
    unborn_weeks: int | None = None
    smaller_by: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is to live there. `couple` is shared by the two of a couple; the applicant's partner needs none."""

    age: int
    sex: Sex
    place: Place = Place.OTHER
    couple: str | None = None
    own_room: str | None = None
    """Why they cannot be asked to share (a code), e.g. a disabled child."""


@dataclass(frozen=True, slots=True)
class Room:
    """A bedroom: who has it (places in the list of members) and why."""

    members: tuple[int, ...]
    because: str


@dataclass(frozen=True, slots=True)
class Need:
    """The answer of one rule set."""

    rules: RuleSet
    rooms: tuple[Room, ...]

    @property
    def bedrooms(self) -> int:
        """How many, up to the most the rules give."""
        count = len(self.rooms)
        return count if self.rules.most is None else min(count, self.rules.most)

    @property
    def capped(self) -> bool:
        """They would need more than the rules give."""
        return len(self.rooms) > self.bedrooms

    @property
    def fewest(self) -> int:
        """The smallest home that they may bid for."""
        return max(1, self.bedrooms - self.rules.smaller_by) if self.bedrooms else 0


@lru_cache
def rule_sets() -> Mapping[str, RuleSet]:
    """All of them, by their codes."""
    found = {}
    for code, table in tomllib.loads(files(__package__).joinpath("rulesets.toml").read_text("utf-8")).items():
        found[code] = RuleSet(code=code, since=table.pop("from"), **table)
    return found


def rule_set(code: str) -> RuleSet:
    """One of them. `Invalid` for a code that is none."""
    try:
        return rule_sets()[code]
    except KeyError:
        known = ", ".join(rule_sets())
        raise invalid("/rules", f"We have no such rule set: {known}.", "rule-set") from None


def age_on(born: date, day: date) -> int:
    """Completed years. Somebody born on 29 February is a year older on 1 March of other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def need(rules: RuleSet, members: Sequence[Member], extra: Sequence[str] = ()) -> Need:
    """The rooms that these people need; `extra` are rooms on other grounds (codes), e.g. an overnight carer.

    `Invalid` when the household is larger than we count, or has no applicant or more than one.
    """
    check(members)
    rooms: list[Room] = []
    left = set(range(len(members)))

    def room(who: Sequence[int], because: str) -> None:
        rooms.append(Room(tuple(who), because))
        left.difference_update(who)

    for who in _couples(rules, members):
        room(who, "couple" if len(who) > 1 else "adult")
    for each in sorted(left):
        if members[each].own_room is not None:
            room([each], str(members[each].own_room))
    for each in sorted(left, key=lambda number: -members[number].age):
        if members[each].age >= rules.own_room_from:
            room([each], "adult")
    for who in _shared(rules, members, sorted(left)):
        if len(who) == 1:
            room(who, "nobody_to_share_with")
        else:
            one, other = (members[number] for number in who)
            room(who, "same_sex" if _alike(one, other) else "both_young")
    rooms.extend(Room((), ground) for ground in extra)
    return Need(rules, tuple(rooms))


def check(members: Sequence[Member]) -> None:
    """Refuses a household that cannot be counted."""
    if len(members) > MOST_PEOPLE:
        raise invalid("/people", f"At most {MOST_PEOPLE} people.", "not-too-many")
    if sum(each.place is Place.APPLICANT for each in members) != 1:
        raise invalid("/people", "Exactly one of them is the main applicant.", "one-applicant")
    for label in {each.couple for each in members if each.couple is not None}:
        two = [each for each in members if each.couple == label]
        if len(two) != 2:
            raise invalid("/people", "A couple is two people.", "couple-of-two")
        if any(each.place is not Place.OTHER for each in two):
            raise invalid("/people", "The applicant's partner is said by `place`, not by `couple`.", "couple-of-others")
    for number, each in enumerate(members):
        if each.age < 16 and (each.couple is not None or each.place is not Place.OTHER):
            raise invalid(f"/people/{number}", "Nobody under 16 applies or is of a couple.", "too-young")


def _couples(rules: RuleSet, members: Sequence[Member]) -> list[list[int]]:
    """The applicant with their partner; where the rules say so, partners by twos, and no other couples."""
    first = [number for number, each in enumerate(members) if each.place is not Place.OTHER]
    first.sort(key=lambda number: members[number].place is not Place.APPLICANT)
    found = [first[start : start + 2] for start in range(0, len(first), 2)]
    if rules.pairs_partners:
        return found
    labels = sorted({each.couple for each in members if each.couple is not None})
    return found + [[number for number, each in enumerate(members) if each.couple == label] for label in labels]


def _alike(one: Member, other: Member) -> bool:
    return one.sex is other.sex and one.sex is not Sex.OTHER


def may_share(rules: RuleSet, one: Member, other: Member) -> bool:
    """Whether the rules ask these two to share a room."""
    if max(one.age, other.age) >= rules.own_room_from:
        return False
    return _alike(one, other) or max(one.age, other.age) < rules.mixed_below


def _shared(rules: RuleSet, members: Sequence[Member], left: Sequence[int]) -> list[list[int]]:
    """Rooms for those who share, as few as there can be.

    Two may share when they are of the same sex, or both young. So the choice is only how many girls and boys who are
    young go into the one pool in which any two share; trying every number of each finds the fewest rooms for certain.
    """

    def oldest_first(numbers: Sequence[int]) -> list[int]:
        return sorted(numbers, key=lambda number: (-members[number].age, number))

    young = [number for number in left if members[number].age < rules.mixed_below]
    of_sex = {sex: oldest_first([n for n in left if members[n].sex is sex]) for sex in (Sex.FEMALE, Sex.MALE)}
    others = oldest_first([number for number in left if members[number].sex is Sex.OTHER])
    pool_of_others = [number for number in others if number in young]
    alone = [number for number in others if number not in young]
    # The youngest go into the pool: they stand last.
    most = {sex: sum(number in young for number in numbers) for sex, numbers in of_sex.items()}
    best: tuple[int, int] | None = None
    chosen = (0, 0)
    for girls, boys in product(range(most[Sex.FEMALE] + 1), range(most[Sex.MALE] + 1)):
        kept = [len(of_sex[Sex.FEMALE]) - girls, len(of_sex[Sex.MALE]) - boys]
        pool = girls + boys + len(pool_of_others)
        rooms = sum(_halves(count) for count in (*kept, pool))
        if best is None or (rooms, pool) < best:
            best, chosen = (rooms, pool), (girls, boys)
    girls, boys = chosen
    kept_girls = of_sex[Sex.FEMALE][: len(of_sex[Sex.FEMALE]) - girls]
    kept_boys = of_sex[Sex.MALE][: len(of_sex[Sex.MALE]) - boys]
    pool_members = [*of_sex[Sex.FEMALE][len(kept_girls) :], *of_sex[Sex.MALE][len(kept_boys) :], *pool_of_others]
    groups = [kept_girls, kept_boys, oldest_first(pool_members)]
    found = [list(group[start : start + 2]) for group in groups for start in range(0, len(group), 2)]
    return found + [[number] for number in alone]


def _halves(count: int) -> int:
    return (count + 1) // 2


def counts_unborn(rules: RuleSet, due_on: date, on: date) -> bool:
    """Whether a child who is expected on `due_on` counts already: a pregnancy has forty weeks."""
    if rules.unborn_weeks is None:
        return False
    return (due_on - on).days <= (40 - rules.unborn_weeks) * 7


def next_birthday_that_counts(rules: RuleSet, born: Sequence[date], after: date) -> date | None:
    """The first day after `after` on which somebody comes to an age that the rules name; None: never again."""
    ages = {rules.own_room_from, rules.mixed_below} - {0}
    days = [birthday(each, age) for each in born for age in ages]
    return min((day for day in days if day > after), default=None)


def unborn_counts_from(rules: RuleSet, due_on: date) -> date | None:
    """The day from which the expected child counts; None where the rules wait for the birth."""
    return None if rules.unborn_weeks is None else due_on - timedelta(weeks=40 - rules.unborn_weeks)


def birthday(born: date, age: int) -> date:
    """The day on which somebody is that old."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
