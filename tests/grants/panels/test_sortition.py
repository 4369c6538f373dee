"""The fairest chances, tried against every panel there is; what is listed, relaxed, filled again, held back."""

import csv
import hashlib
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from kit.errors import Invalid
from services.grants.panels.sortition.fairest import Fairest, NoPanel, fairest
from services.grants.panels.sortition.question import Question, Quota, Volunteer, breaches, check, uprn
from services.grants.panels.sortition.relax import relaxation, relaxed
from services.grants.panels.sortition.reserves import chance_of, reserves
from services.grants.panels.sortition.shape import Shape, shape_of
from services.grants.panels.sortition.thousand import Listed, listed
from services.grants.panels.sortition.vacancies import vacancies
from tests.grants.panels.pools import every_panel, leximin, small

DATA = Path(__file__).parents[4] / "shared" / "data" / "sortition"
ODD = [
    *(pytest.param(seed, False, id=f"loose-{seed}") for seed in range(8)),
    # Pools where fractions of people could do better than whole panels: only cuts find the truth.
    *(pytest.param(seed, True, id=f"tight-{seed}") for seed in (0, 1, 120, 157, 371, 847)),
]
MANY = [
    *(pytest.param(seed, False, marks=pytest.mark.full, id=f"loose-{seed}") for seed in range(100, 250)),
    *(pytest.param(seed, True, marks=pytest.mark.full, id=f"tight-{seed}") for seed in range(100, 250)),
]


def chances(question: Question) -> dict[str, float]:
    shape = shape_of(question)
    found = fairest(shape)
    return {
        token: float(chance)
        for kind, chance in zip(shape.kinds, found.chances, strict=True)
        for home in kind.homes
        for token in home
    }


@pytest.mark.parametrize(("seed", "tight"), [*ODD, *MANY])
def test_chances_are_leximin_over_every_panel_there_is(seed: int, tight: bool) -> None:
    question = small(seed, tight=tight)
    panels = every_panel(question)
    if not panels:
        with pytest.raises(NoPanel):
            fairest(shape_of(question))
        return
    found = fairest(shape_of(question))
    assert found.leximin
    assert found.at_most >= found.smallest - 1e-9
    wanted = leximin(panels, sorted(each.token for each in question.volunteers))
    assert chances(question) == pytest.approx(dict(wanted), abs=2e-6)


def test_where_fractions_lie_a_cut_says_so() -> None:
    assert fairest(shape_of(small(157, tight=True))).cuts > 0


def pool(name: str, apart: bool = False) -> Question:
    """A pool of the shared folder."""
    if not DATA.is_dir():
        pytest.skip(f"The shared data are not at {DATA}")
    with (DATA / name / "categories.csv").open(encoding="utf-8-sig") as file:
        quotas = [
            Quota(row["category"], row["feature"], int(row["min"]), int(row["max"])) for row in csv.DictReader(file)
        ]
    categories = {quota.category for quota in quotas}
    with (DATA / name / "respondents.csv").open(encoding="utf-8-sig") as file:
        people = [
            Volunteer(
                row.get("id") or f"r{number:04}", {each: row[each] for each in categories}, row.get("address") or None
            )
            for number, row in enumerate(csv.DictReader(file))
        ]
    return Question(people, quotas, int(name.rsplit("_", 1)[1]), apart=apart)


# The references' smallest chances, as fractions that their quotas explain, e.g. seven places for 128 people.
REFERENCE = {
    "example_small_20": Fraction(1, 10),
    "sfscot_22": Fraction(1, 11),
    "synth_mass_24": Fraction(2, 11),
    "synth_sf_a_35": Fraction(8, 95),
    "synth_hd_30": Fraction(7, 128),
    "synth_nexus_170": Fraction(141, 425),
    "synth_cca_75": Fraction(16, 617),
}


@pytest.mark.full
@pytest.mark.reference_data
@pytest.mark.parametrize("apart", [False, True], ids=["by-quotas", "and-homes"])
@pytest.mark.parametrize("name", REFERENCE)
def test_each_pool_has_the_reference_minimum_and_leximin_is_proved(name: str, apart: bool) -> None:
    question = pool(name, apart)
    shape = shape_of(question)
    found = fairest(shape)
    assert found.leximin
    assert found.gap <= 1e-6
    assert found.missing <= 1e-6
    if not apart:
        assert found.smallest == pytest.approx(float(REFERENCE[name]), abs=1e-6)
    checked(question, listed(shape, found), found.smallest)


def checked(question: Question, made: Listed, smallest: float) -> None:
    """A thousand panels that hold, counted person by person; nobody far below the smallest chance."""
    assert len(made.panels) == 1000
    assert [fault for panel in made.panels for fault in breaches(question, panel)] == []
    counts = Counter(token for panel in made.panels for token in panel)
    assert made.counts == {each.token: counts[each.token] for each in question.volunteers}
    assert min(counts.values()) >= 1000 * smallest - 4


@lru_cache
def best() -> tuple[Shape, Fairest]:
    """Of the mixed pool."""
    shape = shape_of(mixed())
    return shape, fairest(shape)


def mixed(number: int = 60) -> Question:
    """A pool with groups of unequal size and shared homes."""
    people = [
        Volunteer(
            f"p{each:03}",
            {"age": ("young", "middle", "old")[each % 7 % 3], "tenure": ("own", "rent")[each % 5 % 2]},
            f"{each // 2}" if each % 6 < 2 else None,
        )
        for each in range(number)
    ]
    quotas = [
        Quota("age", "young", 3, 4), Quota("age", "middle", 3, 4), Quota("age", "old", 3, 4),
        Quota("tenure", "own", 5, 5), Quota("tenure", "rent", 5, 5),
    ]  # fmt: skip
    return Question(people, quotas, 10)


def test_a_thousand_panels_keep_every_chance_and_every_home() -> None:
    question = mixed()
    shape, found = best()
    made = listed(shape, found)
    checked(question, made, found.smallest)
    for kind, chance in zip(shape.kinds, found.chances, strict=True):
        for token in (token for home in kind.homes for token in home):
            assert abs(made.counts[token] - 1000 * chance) < 4


_SCRIPT = """
import hashlib, json, sys
from tests.grants.panels.test_sortition import mixed
from services.grants.panels.sortition.fairest import fairest
from services.grants.panels.sortition.shape import Shape, shape_of
from services.grants.panels.sortition.thousand import listed
shape = shape_of(mixed())
print(hashlib.sha256(json.dumps(listed(shape, fairest(shape)).panels).encode()).hexdigest())
"""


@pytest.mark.full
@pytest.mark.parametrize("hashing", ["0", "1", "random"])
def test_another_process_lists_the_same_panels_byte_for_byte(hashing: str) -> None:
    import json

    shape = shape_of(mixed())
    here = hashlib.sha256(json.dumps(listed(shape, fairest(shape)).panels).encode()).hexdigest()
    there = subprocess.run(
        [sys.executable, "-c", _SCRIPT],
        env={**os.environ, "PYTHONHASHSEED": hashing},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert there.stdout.strip() == here


@pytest.mark.full
def test_the_order_people_are_listed_in_changes_nothing() -> None:
    question = mixed()
    turned = replace(question, volunteers=list(reversed(question.volunteers)))
    one, other = shape_of(question), shape_of(turned)
    assert one == other
    assert listed(one, fairest(one), 50) == listed(other, fairest(other), 50) == listed(*best(), 50)


@pytest.mark.full
def test_out_of_time_it_says_by_how_much_it_may_fall_short() -> None:
    """A clock that runs out after some questions to it: what was found holds, and the bound still is one."""
    shape, whole = best()
    for ticks in (1, 20):
        left = iter([0.0] * ticks)
        found = fairest(shape, 1.0, lambda left=left: next(left, 2.0))  # type: ignore[misc]  # a clock in a lambda
        assert float(found.weights.sum()) == pytest.approx(1.0)
        assert found.smallest <= whole.smallest + 1e-9 <= found.at_most + 2e-9
        assert found.smallest + found.gap == pytest.approx(found.at_most)
        assert not (found.leximin and found.gap > 1e-6)
        for panel in listed(shape, found, 50).panels:
            assert breaches(mixed(), panel) == []


def test_the_bound_is_a_proof_without_a_solver() -> None:
    """At most four places for the old: their chance is at most four by their number, whatever a solver says."""
    question, (_, found) = mixed(), best()
    numbers = Counter(each.features["age"] for each in question.volunteers)
    assert found.at_most <= 4 / max(numbers.values()) + 1e-9
    assert found.gap <= 1e-9


def test_who_can_never_sit_is_told_and_holds_nobody_back() -> None:
    people = [Volunteer(f"p{each}", {"age": "young" if each else "child"}) for each in range(5)]
    question = Question(people, [Quota("age", "young", 2, 2), Quota("age", "child", 0, 0)], 2)
    found = fairest(shape_of(question))
    assert chances(question)["p0"] == 0.0
    assert found.smallest == pytest.approx(0.5)
    assert found.leximin


def test_one_home_gives_one_and_an_unknown_home_is_nobodys() -> None:
    people = [Volunteer(f"p{each}", {"a": "x"}, "7" if each < 3 else None) for each in range(5)]
    question = Question(people, [Quota("a", "x", 0, 9)], 3)
    assert chances(question) == pytest.approx({"p0": 1 / 3, "p1": 1 / 3, "p2": 1 / 3, "p3": 1.0, "p4": 1.0})
    assert chances(replace(question, apart=False)) == pytest.approx(dict.fromkeys(["p0", "p1", "p2", "p3", "p4"], 0.6))


@pytest.mark.parametrize(
    ("typed", "found"),
    [("100 0123 4567", "10001234567"), ("000100", "100"), ("１２３", "123"), ("", None), ("  ", None), (None, None)],
)
def test_a_uprn_is_its_digits(typed: str | None, found: str | None) -> None:
    assert uprn(typed) == found


def test_what_is_no_uprn_is_refused() -> None:
    with pytest.raises(ValueError, match="UPRN"):
        uprn("12 High Street")


def test_quotas_nobody_can_meet_are_answered_with_the_smallest_change() -> None:
    question = mixed()
    quotas = [replace(each, least=6, most=6) if each.feature == "own" else each for each in question.quotas]
    changes = relaxation(replace(question, quotas=quotas))
    assert changes is not None
    assert sum(c.asked.least - c.possible.least + c.possible.most - c.asked.most for c in changes) == 1
    possible = relaxed(replace(question, quotas=quotas), changes)
    assert not breaches(possible, listed(shape_of(possible), fairest(shape_of(possible)), 1).panels[0])
    assert relaxation(question) == []


@pytest.mark.parametrize("seed", range(4))
def test_no_smaller_change_would_do(seed: int) -> None:
    question = small(seed)
    first = question.quotas[0]
    question = replace(
        question, quotas=[replace(first, least=first.most + 1, most=first.most + 2), *question.quotas[1:]]
    )
    if every_panel(question):
        return
    changes = relaxation(question)
    if changes is None:
        return
    assert every_panel(relaxed(question, changes))
    if sum(c.asked.least - c.possible.least + c.possible.most - c.asked.most for c in changes) > 1:
        for place, quota in enumerate(question.quotas):
            for other in (replace(quota, least=max(0, quota.least - 1)), replace(quota, most=quota.most + 1)):
                nearer = [*question.quotas[:place], other, *question.quotas[place + 1 :]]
                assert not every_panel(replace(question, quotas=nearer))


def test_too_few_homes_is_no_question_of_quotas() -> None:
    people = [Volunteer(f"p{each}", {"a": "x"}, "7") for each in range(3)]
    assert relaxation(Question(people, [Quota("a", "x", 0, 9)], 2)) is None


def test_empty_places_are_filled_by_the_same_rules() -> None:
    question = mixed()
    panel = listed(*best(), 10).panels[0]
    gone, spent = panel[:2], [each.token for each in question.volunteers if each.token not in panel][:3]
    open_ = vacancies(question, panel, gone, spent)
    assert open_.size == 2
    assert {each.token for each in open_.volunteers}.isdisjoint({*panel, *spent})
    other = shape_of(open_)
    for come in listed(other, fairest(other), 20).panels:
        assert breaches(question, [*panel[2:], *come]) == []
    with pytest.raises(Invalid):
        vacancies(question, panel, spent, [])


@pytest.mark.full
def test_reserves_keep_the_quotas_when_members_drop_out() -> None:
    question = mixed()
    panel = listed(*best(), 10).panels[0]
    found = reserves(question, panel, 4, lambda one: chance_of(one, 0.02, {("age", "young"): 0.9}), lambda token: token)
    assert len(found.tokens) == 4
    assert set(found.tokens).isdisjoint(panel)
    assert found.expected_loss < found.without / 2
    by_token = {each.token: each for each in question.volunteers}
    # The young drop out, so the young stand by.
    assert sum(by_token[token].features["age"] == "young" for token in found.tokens) >= 3
    homes = [by_token[token].home for token in (*found.tokens, *panel) if by_token[token].home]
    assert len(homes) == len(set(homes))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"size": 61}, "/size"),
        ({"quotas": [Quota("age", "young", 3, 2)]}, "/quotas/0"),
        ({"quotas": [Quota("age", "young", 1, 2)]}, "/quotas"),
        ({"volunteers": [*mixed().volunteers, mixed().volunteers[0]]}, "/pool"),
    ],
)
def test_what_cannot_be_asked(change: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(replace(mixed(), **change))  # type: ignore[arg-type]  # one field at a time
    assert pointer in [each.pointer for each in refused.value.errors]


def test_the_list_rounds_towards_the_chances() -> None:
    """Of a thousand panels nobody's share is off by more than a few; a list of ten is as near as ten can be."""
    shape, found = best()
    for number, off in ((200, 0.02), (100, 0.04)):
        made = listed(shape, found, number)
        shares = np.array(
            [made.counts[token] / number for kind in shape.kinds for home in kind.homes for token in home]
        )
        wanted = np.repeat(found.chances, shape.people.astype(int))
        assert float(np.abs(shares - wanted).max()) < off
