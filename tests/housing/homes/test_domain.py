"""The rules of homes."""

from datetime import date

import pytest

from kit.errors import Conflict, Invalid
from services.housing.homes.domain import (
    NEXT,
    Access,
    HomeState,
    Standing,
    Vacancy,
    allowed_from,
    move,
    suits,
)

TODAY = date(2026, 12, 4)
EMPTY = Standing(HomeState.VOID, void_since=date(2026, 11, 2), vacancy=Vacancy.TO_PRIVATE)


def test_every_state_has_a_way_out_but_the_last() -> None:
    assert [state for state in HomeState if not NEXT[state]] == [HomeState.DEMOLISHED]
    reached = {HomeState.VOID}
    while more := {each for state in reached for each in NEXT[state]} - reached:
        reached |= more
    assert reached == set(HomeState)


def test_works_are_done_on_the_day_it_is_ready() -> None:
    works = move(EMPTY, HomeState.WORKS, date(2026, 11, 5), None, today=TODAY)
    ready = move(works, HomeState.AVAILABLE, date(2026, 11, 30), None, today=TODAY)
    assert (ready.void_since, ready.works_done_on, ready.available_on) == (
        date(2026, 11, 2),
        date(2026, 11, 30),
        date(2026, 11, 30),
    )


def test_a_first_let_has_no_works_before_it() -> None:
    new = Standing(HomeState.WORKS, void_since=date(2026, 11, 2), vacancy=Vacancy.FIRST_LET_NEW_BUILD)
    assert move(new, HomeState.AVAILABLE, TODAY, None, today=TODAY).works_done_on is None


def test_only_a_letting_lets_a_home_and_gives_it_back() -> None:
    ready = move(EMPTY, HomeState.AVAILABLE, TODAY, None, today=TODAY)
    with pytest.raises(Conflict) as refused:
        move(ready, HomeState.LET, TODAY, None, today=TODAY)
    assert refused.value.extra["allowed"] == ["void", "works", "temporary", "out_of_use"]
    let = move(ready, HomeState.LET, date(2026, 12, 14), None, today=TODAY, by_lettings=True)
    assert allowed_from(let.state) == ["void"]
    assert move(let, HomeState.AVAILABLE, TODAY, None, today=TODAY, by_lettings=True).let_on is None


def test_whoever_leaves_says_why_and_not_before_they_came() -> None:
    let = Standing(HomeState.LET, let_on=date(2026, 6, 1))
    with pytest.raises(Invalid, match="why the last tenancy"):
        move(let, HomeState.VOID, TODAY, Vacancy.FIRST_LET_NEW_BUILD, today=TODAY)
    with pytest.raises(Invalid, match="not before that"):
        move(let, HomeState.VOID, date(2026, 5, 31), Vacancy.ABANDONED, today=TODAY)
    left = move(let, HomeState.VOID, TODAY, Vacancy.ABANDONED, today=TODAY)
    assert left == Standing(HomeState.VOID, void_since=TODAY, vacancy=Vacancy.ABANDONED)


def test_no_day_that_has_not_come() -> None:
    with pytest.raises(Invalid, match="not come yet"):
        move(EMPTY, HomeState.AVAILABLE, date(2026, 12, 5), None, today=TODAY)


def test_a_better_category_is_good_enough() -> None:
    assert suits(Access.WHEELCHAIR, Access.STEP_FREE)
    assert not suits(Access.GENERAL, Access.STEP_FREE)
