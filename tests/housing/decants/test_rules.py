"""The rules of decants: the ledger balances whatever happens, nobody is out for ever, payments to the penny."""

from datetime import date
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Conflict, Forbidden, Invalid
from services.housing.decants import domain
from services.housing.decants.domain import NEXT, Move, NewHome, Right, Standing, Tenure, Waiting
from services.housing.decants.payments import home_loss
from services.housing.figures.tables import Tables

DAY = date(2026, 12, 14)


def test_every_state_has_a_way_on_and_none_is_out_for_ever() -> None:
    for state, following in NEXT.items():
        if state is Right.NONE:
            continue
        assert following, state
        reached: set[Right] = {state}
        waiting: list[Right] = [state]
        while waiting:
            for each in NEXT[waiting.pop()]:
                if each not in reached:
                    reached.add(each)
                    waiting.append(each)
        assert Right.RETURNED in reached, state


def test_a_step_that_does_not_follow_names_those_that_do() -> None:
    with pytest.raises(Conflict) as refused:
        domain.check_step(Right.WAIVED, Right.OFFERED)
    assert refused.value.extra["allowed"] == ["waiting"]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(list(Right))), max_size=60))
def test_the_ledger_balances_after_any_steps_that_are_allowed(tries: list[tuple[int, Right]]) -> None:
    rights = [Right.WAITING] * 5 + [Right.NONE]
    steps: list[tuple[Right | None, Right]] = [(None, each) for each in rights]
    for who, to in tries:
        if to in NEXT[rights[who]]:
            steps.append((rights[who], to))
            rights[who] = to
    found = domain.ledger(rights, steps)
    assert found.balanced
    assert found.recorded == 6 == found.without_right + sum(found.standing.values())


def test_a_household_that_vanishes_is_found() -> None:
    steps: list[tuple[Right | None, Right]] = [(None, Right.WAITING), (None, Right.WAITING)]
    lost = domain.ledger([Right.WAITING], steps)
    assert not lost.balanced
    assert lost.differences == ("waiting: 1 stand, 2 by the steps",)
    crossed = domain.ledger([Right.RETURNED, Right.WAITING], [*steps, (Right.OFFERED, Right.RETURNED)])
    assert "more left offered than were there" in crossed.differences


def test_a_right_lapses_by_no_clock_and_by_no_one_officer() -> None:
    tried = [date(2026, 11, 1), date(2026, 11, 8), date(2026, 11, 15)]
    domain.check_lapse_asked(date(2026, 12, 13), tried, DAY)
    for deadline, attempts in ((DAY, tried), (None, tried), (date(2026, 12, 13), [tried[0]] * 3)):
        with pytest.raises(Conflict):
            domain.check_lapse_asked(deadline, attempts, DAY)
    domain.check_another("officer-1", "officer-2")
    with pytest.raises(Forbidden):
        domain.check_another("officer-1", "officer-1")
    with pytest.raises(Conflict):
        domain.check_another(None, "officer-2")


def test_a_waiver_is_told_first_and_taken_back_freely_for_a_fortnight() -> None:
    domain.check_waiver(date(2026, 12, 1), date(2026, 12, 14), DAY)
    with pytest.raises(Invalid):
        domain.check_waiver(date(2026, 12, 2), date(2026, 12, 1), DAY)
    domain.check_waiver_withdrawn(date(2026, 11, 30), DAY, None)
    with pytest.raises(Invalid, match="2026-12-13"):
        domain.check_waiver_withdrawn(date(2026, 11, 29), DAY, None)
    domain.check_waiver_withdrawn(date(2026, 1, 1), DAY, "They did not understand the letter")


def test_demand_is_held_against_homes_of_the_size() -> None:
    households = [Standing(Right.WAITING, 2), Standing(Right.OFFERED, 2), Standing(Right.RETURNED, 3)]
    households += [Standing(Right.WAIVED, 2), Standing(Right.LAPSED, 3), Standing(Right.NONE, 1)]
    found = domain.demand(households, {2: 1, 3: 4})
    assert [(each.bedrooms, each.rights, each.homes, each.short) for each in found] == [(2, 2, 1, 1), (3, 1, 4, 0)]


@given(st.data())
def test_matching_places_as_many_as_can_be_and_keeps_the_order(data: Any) -> None:
    sizes, count = st.integers(1, 2), st.integers(0, 4)
    homes = [NewHome(f"h{n}", data.draw(sizes), data.draw(st.booleans())) for n in range(data.draw(count))]
    waiting = [Waiting(f"w{n}", data.draw(sizes), data.draw(st.booleans())) for n in range(data.draw(count))]
    found = domain.match(waiting, homes)
    by = {each.id: each for each in homes}
    assert len(set(found.values())) == len(found)
    for each in waiting:
        if each.id in found:
            home = by[found[each.id]]
            assert home.bedrooms == each.bedrooms
            assert home.wheelchair or not each.wheelchair

    def fits(household: Waiting, home: NewHome) -> bool:
        return home.bedrooms == household.bedrooms and (home.wheelchair or not household.wheelchair)

    # Tried out: every way to give homes to households; the best one by how many, then by who stands first.
    padded: list[NewHome | None] = [*homes, *[None] * len(waiting)]
    best = max(
        tuple(home is not None and fits(household, home) for household, home in zip(waiting, way, strict=False))
        for way in permutations(padded, len(waiting))
    )
    assert tuple(each.id in found for each in waiting) == best


@pytest.mark.parametrize(
    ("tenure", "move", "since", "value", "pence"),
    [
        (Tenure.SECURE, Move.PERMANENT, date(2020, 1, 1), None, 8_100_00),
        (Tenure.ASSURED, Move.SINGLE, date(2025, 12, 14), None, 8_100_00),
        (Tenure.SECURE, Move.PERMANENT, date(2025, 12, 15), None, 0),
        (Tenure.SECURE, Move.TEMPORARY, date(2020, 1, 1), None, 0),
        (Tenure.LEASEHOLDER, Move.PERMANENT, date(2020, 1, 1), 300_000_00, 30_000_00),
        (Tenure.LEASEHOLDER, Move.PERMANENT, date(2020, 1, 1), 50_000_00, 8_100_00),
        (Tenure.FREEHOLDER, Move.PERMANENT, date(2020, 1, 1), 900_000_00, 81_000_00),
        (Tenure.LICENCE, Move.PERMANENT, date(2020, 1, 1), None, 0),
    ],
)
def test_home_loss(tenure: Tenure, move: Move, since: date, value: int | None, pence: int) -> None:
    found = home_loss(tenure, move, since, DAY, value, Tables())
    assert found.pence == pence
    assert found.words
    assert found.unsure == ["home loss, england, from 2023-10-01"]


def test_home_loss_goes_by_the_day_of_the_move() -> None:
    before = home_loss(Tenure.SECURE, Move.PERMANENT, date(2020, 1, 1), date(2023, 9, 30), None, Tables())
    assert (before.pence, before.unsure) == (7_800_00, [])
