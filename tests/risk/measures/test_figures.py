"""A quarter's figures: companions, intervals, savings, and a group of seven that nobody finds."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from kit.errors import Invalid
from services.risk.measures.definitions import BOARD, definitions, with_companions
from services.risk.measures.domain import By, Groups, Log, Quarter
from services.risk.measures.figures import canonical, count, figures
from services.risk.measures.intervals import poisson, wilson
from services.risk.measures.savings import Baseline, Cash, UnitCost, check_cost, saving
from tests.late import Late
from tests.risk.measures.telling import WARDS, duty, number, stay

programming = Late("scipy.optimize")
QUARTER = Quarter(date(2027, 1, 1))
NAMES = dict.fromkeys(WARDS, "A ward")
NIGHT = UnitCost(
    "night", "temporary_accommodation", "A night", 5_000, 7_000, 9_000, date(2026, 4, 1), "Ours", Cash.CASHABLE, "Ours"
)  # fmt: skip


def made(groups: dict[str, Groups], *, near: Any = None, baselines: Any = None) -> dict[str, Any]:
    """A quarter in which every household of `groups` was owed a duty and stays in temporary accommodation."""
    told = [each for whose in groups for each in (duty(int(whose), "2027-01-10"), stay(int(whose), "2027-01-10"))]
    by_name = {f"household:{number('household', int(whose))}": each for whose, each in groups.items()}
    counted = count(Log(tuple(told)), QUARTER)
    return figures(counted, QUARTER, NAMES, by_name, near or {}, [NIGHT], baselines or {})


def borough(*, seven: str = WARDS[0], others: tuple[int, ...] = (0, 140, 133)) -> dict[str, Groups]:
    """Seven Black women of one ward, and others elsewhere."""
    groups = [Groups(ward=seven, sex="female", ethnicity="black", age="25_to_34")] * 7
    for ward, many in zip(WARDS, others, strict=True):
        for at in range(many):
            groups.append(
                Groups(
                    ward=ward,
                    sex=("female", "male")[at % 2],
                    ethnicity=("black", "white_british", "asian")[at % 3],
                    age=("25_to_34", "35_to_49", "65_and_over")[at % 5 % 3],
                )
            )
    return {str(at): each for at, each in enumerate(groups, start=1)}


def test_duties_and_temporary_accommodation_never_stand_alone() -> None:
    assert set(definitions()["temporary_accommodation"].beside) == BOARD
    assert {"applications_not_taken", "back_within_six_months"} <= set(definitions()["duties_owed"].beside)
    assert with_companions(frozenset({"duties_owed"}))[:3] == [
        "duties_owed",
        "applications_not_taken",
        "back_within_six_months",
    ]
    for each in definitions().values():
        assert each.beside
        assert each.code not in each.beside


def test_intervals_are_those_of_the_books() -> None:
    # Newcombe 1998, table I: 81 of 263 by Wilson's method; Byar's limits of 10.
    assert [round(each, 4) for each in wilson(81, 263)] == [0.2553, 0.3662]
    assert [round(each, 2) for each in poisson(10)] == [4.79, 18.39]
    assert (wilson(0, 10)[0], wilson(10, 10)[1], poisson(0)[0]) == pytest.approx((0.0, 1.0, 0.0))


def test_what_is_shown_is_rounded_and_a_ward_of_seven_is_not_shown() -> None:
    told = made(borough())["measures"]["duties_owed"]
    assert told["all"]["total"] == {"count": 280, "interval": [248, 315]}
    wards = {name: each["count"] for name, each in told["ward"]["rows"].items()}
    assert wards == {WARDS[0]: None, WARDS[1]: 140, WARDS[2]: None, "not_known": None}
    assert [each["count"] for each in told["month"]["rows"].values()] == [280, 0, 0]


def shown(content: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    for by, table in content["measures"]["duties_owed"].items():
        yield by, "", table["total"]["count"]
        for name, each in table["rows"].items():
            if each["count"] is not None:
                yield by, name, each["count"]


def test_no_two_answers_tell_of_seven() -> None:
    """The difference of any two shown counts is none, or of at least ten: with rounding it may be nineteen numbers."""
    content = made(borough())
    told = list(shown(content))
    assert len({by for by, _, _ in told}) > 3
    rounding = content["rounding"]
    for (_, _, one), (_, _, other) in combinations(told, 2):
        assert abs(one - other) % rounding == 0


@pytest.mark.full
def test_not_even_all_answers_together_with_linear_programming() -> None:
    """All tables of the measure share the total; every shown count is known to within half its rounding."""
    content = made(borough())
    tables = content["measures"]["duties_owed"]
    cells = [(by, name) for by, table in tables.items() for name in table["rows"]]
    at = {cell: turn for turn, cell in enumerate(cells)}
    half = content["rounding"] / 2
    upper, limits, equal, sums = [], [], [], []
    total = np.zeros(len(cells) + 1)
    total[-1] = 1
    rows = [(total, tables["all"]["total"]["count"])]
    for by, table in tables.items():
        line = np.zeros(len(cells) + 1)
        for name, each in table["rows"].items():
            line[at[by, name]] = 1
            if each["count"] is not None:
                one = np.zeros(len(cells) + 1)
                one[at[by, name]] = 1
                rows.append((one, each["count"]))
        line[-1] = -1
        equal.append(line)
        sums.append(0)
    for line, value in rows:
        # A half goes up, a shown nought is none at all, and nothing under the threshold is shown.
        low, high = (max(10, value - half), value + half - 1) if value else (0, 0)
        upper += [line, -line]
        limits += [high, -low]
    for cell in [("ward", WARDS[0]), ("ward", "not_known")]:
        aim = np.zeros(len(cells) + 1)
        aim[at[cell]] = 1
        ends = [
            programming.linprog(sign * aim, A_ub=upper, b_ub=limits, A_eq=equal, b_eq=sums, bounds=(0, None))
            for sign in (1, -1)
        ]
        low, high = ends[0].fun, -ends[1].fun
        assert low <= {WARDS[0]: 7, "not_known": 0}[cell[1]] <= high
        assert high - low >= 9, cell


def test_what_is_near_to_something_shown_before_is_hidden_whatever_it_is_told_apart_by() -> None:
    near = {"duties_owed": [(None, None)]}
    told = made(borough(), near=near)["measures"]
    assert {each["total"]["count"] for each in told["duties_owed"].values()} == {None}
    assert told["temporary_accommodation"]["all"]["total"]["count"] == 280


def test_savings_have_a_method_a_range_and_a_baseline() -> None:
    baselines = {"temporary_accommodation": Baseline("temporary_accommodation", 300, "A year before", "manager-1")}
    (told,) = made(borough(), baselines=baselines)["savings"]
    assert told["pence"] == {"low": 100_000, "central": 140_000, "high": 180_000}
    assert (told["count"], told["difference"], told["cash"], told["source"]) == (280, 20, "cashable", "Ours")
    (without,) = made(borough())["savings"]
    assert (without["pence"], without["why_not"]) == (None, "No baseline is stated for this quarter.")
    hidden = saving(NIGHT, None, baselines["temporary_accommodation"], more_saves=False)
    assert (hidden.central, hidden.why_not) == (None, "The count is not shown: too few.")
    worse = saving(NIGHT, 310, baselines["temporary_accommodation"], more_saves=False)
    assert (worse.low, worse.central, worse.high) == (-90_000, -70_000, -50_000)


def test_what_residents_gain_is_no_saving() -> None:
    assert definitions()["into_work"].gain == "residents"
    with pytest.raises(Invalid, match="residents gain"):
        check_cost(NIGHT, gain_of_residents=True, today=date(2027, 4, 21))


def test_the_same_log_in_any_order_gives_the_same_bytes() -> None:
    groups = borough()
    told = [each for whose in groups for each in (duty(int(whose), "2027-01-10"), stay(int(whose), "2027-01-10"))]
    by_name = {f"household:{number('household', int(whose))}": each for whose, each in groups.items()}
    one, other = (
        canonical(figures(count(Log(tuple(order)), QUARTER), QUARTER, NAMES, by_name, {}, [NIGHT], {}))
        for order in (told, list(reversed(told)))
    )
    assert one == other
    assert By.ALL.value in one.decode()
