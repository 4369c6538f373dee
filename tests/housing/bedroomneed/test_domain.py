"""Bedroom need: published vectors, and what must hold for every household."""

from collections.abc import Sequence
from datetime import date
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from services.housing.bedroomneed.domain import (
    Member,
    Place,
    RuleSet,
    Sex,
    age_on,
    may_share,
    need,
    next_birthday_that_counts,
    rule_set,
    rule_sets,
)

F, M, X = Sex.FEMALE, Sex.MALE, Sex.OTHER
ALL = ("hackney", "bedroom_standard", "lha")
LONE = (Member(40, F, Place.APPLICANT),)
COUPLE = (*LONE, Member(41, M, Place.PARTNER))


def children(*said: tuple[Sex, int]) -> tuple[Member, ...]:
    return tuple(Member(age, sex) for sex, age in said)


# The first three are published (spec/domain-facts 2.2); the others follow from the rules' own words.
VECTORS: tuple[tuple[str, tuple[Member, ...], tuple[int, int, int]], ...] = (
    ("couple, M12, F8, F4", (*COUPLE, *children((M, 12), (F, 8), (F, 4))), (3, 3, 3)),
    ("lone parent, M17, M15", (*LONE, *children((M, 17), (M, 15))), (2, 2, 3)),
    ("lone parent, F9, M7", (*LONE, *children((F, 9), (M, 7))), (2, 2, 2)),
    ("alone", LONE, (1, 1, 1)),
    ("couple", COUPLE, (1, 1, 1)),
    ("lone parent, F10, M9", (*LONE, *children((F, 10), (M, 9))), (3, 3, 3)),
    ("lone parent, M16, M15", (*LONE, *children((M, 16), (M, 15))), (2, 2, 3)),
    ("lone parent, M15, M14", (*LONE, *children((M, 15), (M, 14))), (2, 2, 2)),
    ("lone parent, M20, M19", (*LONE, *children((M, 20), (M, 19))), (2, 2, 3)),
    ("lone parent, M21, M19", (*LONE, *children((M, 21), (M, 19))), (3, 3, 3)),
    # Whoever pairs the two youngest first needs a room more.
    ("lone parent, M15, F15, M8, F8", (*LONE, *children((M, 15), (F, 15), (M, 8), (F, 8))), (3, 3, 3)),
    ("five girls under ten and a boy", (*LONE, *children(*[(F, 5)] * 5, (M, 5))), (4, 4, 4)),
    ("nine children, no more than four rooms", (*LONE, *children(*[(M, 17), (F, 17)] * 4, (M, 2))), (6, 6, 4)),
    ("of unknown sex, young and not", (*LONE, *children((X, 8), (M, 8), (X, 12))), (3, 3, 3)),
    (
        "grown-up children who are a couple",
        (*LONE, Member(22, F, couple="a"), Member(23, M, couple="a")),
        (3, 2, 2),
    ),
)


def test_vectors() -> None:
    found = {said: tuple(need(rule_set(code), members).bedrooms for code in ALL) for said, members, _ in VECTORS}
    assert found == {said: rooms for said, _, rooms in VECTORS}


def test_it_says_who_shares_and_why() -> None:
    found = need(rule_set("hackney"), (*COUPLE, *children((M, 12), (F, 8), (F, 4))))
    assert [(room.members, room.because) for room in found.rooms] == [
        ((0, 1), "couple"),
        ((3, 4), "same_sex"),
        ((2,), "nobody_to_share_with"),
    ]
    assert (found.bedrooms, found.fewest) == (3, 2)


def test_who_cannot_share_has_a_room_and_a_carer_another() -> None:
    members = (*LONE, Member(8, F, own_room="disabled_child"), Member(6, F))
    found = need(rule_set("lha"), members, ["overnight_carer"])
    assert [room.because for room in found.rooms] == [
        "adult",
        "disabled_child",
        "nobody_to_share_with",
        "overnight_carer",
    ]


NO_HOUSEHOLDS: list[tuple[tuple[Member, ...], str]] = [
    ((), "one-applicant"),
    ((*LONE, *LONE), "one-applicant"),
    ((*LONE, Member(30, F, couple="a")), "couple-of-two"),
    ((Member(15, F, Place.APPLICANT),), "too-young"),
    ((*LONE, *[Member(1, F)] * 40), "not-too-many"),
]


def test_what_is_no_household() -> None:
    for members, rule in NO_HOUSEHOLDS:
        with pytest.raises(Invalid) as refused:
            need(rule_set("lha"), members)
        assert refused.value.errors[0].rule == rule


def test_ages_and_the_next_birthday_that_counts() -> None:
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18
    born = [date(2008, 2, 29), date(2017, 5, 2)]
    hackney, lha = rule_set("hackney"), rule_set("lha")
    assert next_birthday_that_counts(hackney, born, date(2026, 12, 4)) == date(2027, 5, 2)
    assert next_birthday_that_counts(hackney, born, date(2027, 5, 2)) == date(2029, 3, 1)
    assert next_birthday_that_counts(lha, [date(1990, 1, 1)], date(2026, 12, 4)) is None


# What must hold -------------------------------------------------------------------------------------------

_child = st.builds(Member, st.integers(0, 30), st.sampled_from(Sex))
_rules = st.sampled_from(list(rule_sets().values()))


@given(rules=_rules, kids=st.lists(_child, max_size=9), one_more=_child)
def test_another_person_never_lowers_the_need(rules: RuleSet, kids: list[Member], one_more: Member) -> None:
    before = need(rules, (*LONE, *kids)).bedrooms
    assert before <= need(rules, (*LONE, *kids, one_more)).bedrooms <= before + 1


@given(rules=_rules, kids=st.lists(_child, max_size=7), older=st.integers(0, 6))
def test_a_birthday_never_lowers_the_need(rules: RuleSet, kids: list[Member], older: int) -> None:
    later = [Member(each.age + (number == older), each.sex) for number, each in enumerate(kids)]
    assert need(rules, (*LONE, *kids)).bedrooms <= need(rules, (*LONE, *later)).bedrooms


@given(rules=_rules, kids=st.lists(_child, max_size=8), order=st.randoms(use_true_random=False))
def test_the_order_in_which_they_are_named_does_not_matter(rules: RuleSet, kids: list[Member], order: Any) -> None:
    mixed = list(kids)
    order.shuffle(mixed)
    assert need(rules, (*LONE, *kids)).bedrooms == need(rules, (*LONE, *mixed)).bedrooms


@given(rules=_rules, kids=st.lists(_child, max_size=8))
def test_rooms_are_as_few_as_any_choice_gives_and_hold_everybody_once(rules: RuleSet, kids: list[Member]) -> None:
    found = need(rules, (*LONE, *kids))
    assert sorted(who for room in found.rooms for who in room.members) == list(range(len(kids) + 1))
    for room in found.rooms[1:]:
        if len(room.members) == 2:
            assert may_share(rules, *(kids[who - 1] for who in room.members))
    assert len(found.rooms) == 1 + _fewest(rules, kids)


def _fewest(rules: RuleSet, kids: Sequence[Member]) -> int:
    """Every way of sharing, tried."""
    if not kids:
        return 0
    first, *rest = kids
    alone = 1 + _fewest(rules, rest)
    together = (
        1 + _fewest(rules, [*rest[:number], *rest[number + 1 :]])
        for number, other in zip(count(), rest, strict=False)
        if may_share(rules, first, other)
    )
    return min([alone, *together])


@given(kids=st.lists(st.builds(Member, st.integers(0, 30), st.sampled_from([F, M])), max_size=10))
def test_hackneys_own_steps_give_the_same(kids: list[Member]) -> None:
    """Adults alone, the same sex by twos from the eldest, two left over who are both under ten, then each alone."""
    rooms = sum(each.age >= 21 for each in kids)
    left = []
    for sex in (F, M):
        ages = sorted((each.age for each in kids if each.sex is sex and each.age < 21), reverse=True)
        rooms += len(ages) // 2
        left += ages[len(ages) // 2 * 2 :]
    young = sum(age < 10 for age in left)
    rooms += len(left) - young + (young + 1) // 2
    assert need(rule_set("hackney"), (*LONE, *kids)).bedrooms == 1 + rooms
