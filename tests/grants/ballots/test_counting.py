"""The counts against their plain definitions, and against official results."""

import time
from collections import Counter
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from services.grants.ballots.counting import pabulib
from services.grants.ballots.counting.add1 import complete
from services.grants.ballots.counting.count import Rule, Why, count
from services.grants.ballots.counting.election import Election, Kind, Paper, Project, approval, points, ranking
from services.grants.ballots.counting.equal_shares import Run, Sides
from services.grants.ballots.counting.greedy import greedy
from services.grants.ballots.counting.phragmen import phragmen
from tests.grants.ballots import plain_counts

FILES = Path(__file__).parents[4] / "shared" / "data" / "pabulib"
reference = pytest.mark.reference_data


def invented(seed: int) -> Election:
    """A small election full of ties: few costs, few voters, many alike."""
    random = Random(seed)
    kind = list(Kind)[seed % 3]
    costs = random.choice(((1, 2, 3), (10, 20, 40), (7, 11, 13, 100), (997, 1009), range(1, 50)))
    projects = [Project(f"p{place}", random.choice(costs)) for place in range(random.randint(1, 7))]
    papers: Counter[Paper] = Counter()
    for _ in range(random.randint(1, 9)):
        named = random.sample(range(len(projects)), random.randint(0, len(projects)))
        if kind is Kind.APPROVAL:
            paper = approval(named)
        elif kind is Kind.POINTS:
            paper = points({place: random.randint(0, 4) for place in named})
        else:
            paper = ranking(named, 3)
        papers[paper] += random.randint(1, 3)
    every = sum(project.cost for project in projects)
    return Election(kind, random.choice((random.randint(1, 2 * every), every // 2 + 1, every)), projects, papers)


def agrees(election: Election) -> None:
    for share in (Fraction(election.budget, election.voters), Fraction(election.budget, election.voters) + 3):
        run = Run(Sides(election), share)
        assert list(run.outcome().order) == plain_counts.equal_shares(election, share)
    step = max(election.budget // 10, 1)
    assert list(complete(election, step=step).outcome.order) == plain_counts.add1(election, step)
    assert list(phragmen(election)) == plain_counts.phragmen(election)


def test_the_count_is_what_the_definition_says() -> None:
    for seed in range(24):
        agrees(invented(seed))


@pytest.mark.full
@pytest.mark.timeout(600)
def test_the_count_is_what_the_definition_says_two_thousand_times() -> None:
    for seed in range(24, 2_000):
        agrees(invented(seed))


def read(name: str) -> pabulib.Read:
    if not (FILES / name).exists():
        pytest.skip("the ballots of Pabulib are not here")
    return pabulib.read((FILES / name).read_text())


def named(election: Election, places: tuple[int, ...]) -> set[str]:
    return {election.projects[place].id for place in places}


@reference
@pytest.mark.parametrize("whole", [True, pytest.param(False, marks=pytest.mark.full)])
@pytest.mark.parametrize("name", ["Netherlands_Assen_2024.pb", "Poland_Wieliczka_2023_Green_Budget.pb"])
def test_official_winners_by_equal_shares(name: str, whole: bool) -> None:
    of = read(name)
    began = time.process_time()
    completed = complete(of.election, whole=whole)
    assert named(of.election, completed.outcome.winners) == of.chosen
    assert time.process_time() - began < 5


@reference
@pytest.mark.full
@pytest.mark.parametrize("name", ["Poland_Warszawa_2020_Mokotow.pb", "Poland_Krakow_2020_Wzgorza_Krzeslawickie.pb"])
def test_official_winners_by_most_wanted_first(name: str) -> None:
    of = read(name)
    assert named(of.election, greedy(of.election)) == of.chosen


@reference
@pytest.mark.full
@pytest.mark.timeout(300)
def test_a_large_city_district() -> None:
    """The next larger share would overspend, this one doesn't; and as many win as the published tool finds."""
    election = read("Poland_Warszawa_2020_Mokotow.pb").election
    completed = complete(election, whole=True)
    assert len(completed.outcome.winners) == 67
    assert completed.outcome.cost <= election.budget < (completed.next_cost or 0)


@reference
def test_a_district_file_comes_back_as_it_was() -> None:
    of = read("Poland_Krakow_2020_Wzgorza_Krzeslawickie.pb").election
    again = pabulib.read(pabulib.write(of, {"max_length": "3", "rule": "greedy"}, ["name"] * 34, greedy(of))).election
    assert (again.papers, again.weights.tolist(), again.projects) == (of.papers, of.weights.tolist(), of.projects)


def test_order_and_repetition_of_ballots_change_nothing() -> None:
    papers = [approval([0, 1]), approval([1]), approval([0, 1]), approval([2])]
    projects = [Project("a", 2), Project("b", 2), Project("c", 1)]
    counts = [
        (complete(each).outcome, phragmen(each), greedy(each))
        for each in (Election(Kind.APPROVAL, 4, projects, order) for order in (papers, papers[::-1]))
    ]
    assert counts[0] == counts[1]


def test_what_floating_point_cannot_tell_apart_is_told_apart() -> None:
    """A point of the first costs a third of a penny more, in a thousand million million pounds."""
    cost = 10**17
    projects = [Project("first", 3 * cost + 1), Project("second", cost)]
    election = Election(Kind.POINTS, 10**19, projects, [points({0: 3}), points({1: 1})])
    assert Run(Sides(election), Fraction(10**19, 2)).outcome().order == (1, 0)


def test_a_pot_may_be_spent_to_the_last_penny() -> None:
    election = Election(Kind.APPROVAL, 20, [Project("a", 10), Project("b", 10)], [approval([0]), approval([0, 1])])
    completed = complete(election)
    assert (completed.outcome.winners, completed.outcome.cost, completed.steps) == ((0, 1), 20, 5)


def test_prices_are_exact() -> None:
    """Three voters share 10. The cheaper of two as wanted goes first; then one gives all the rest, one the open sum."""
    election = Election(
        Kind.APPROVAL, 10, [Project("a", 5), Project("b", 3)], [approval([0]), approval([0, 1]), approval([1])]
    )
    run = Run(Sides(election), Fraction(10, 3))
    run.outcome()
    [first, second] = run.purchases()
    assert (first.place, first.price) == (1, Fraction(3, 2))
    assert (second.place, second.price, second.in_full, second.all_they_had) == (0, Fraction(19, 6), 1, 1)


def test_the_count_says_why_each_won_or_lost() -> None:
    """Four voters, 40 in the pot: three agree on two things, the fourth alone cannot pay for the third."""
    projects = [Project("path", 15), Project("bench", 15), Project("tower", 20), Project("pond", 50), Project("x", 5)]
    papers = {approval([0, 1]): 3, approval([2, 3]): 1}
    election = Election(Kind.APPROVAL, 40, projects, papers)
    fair = count(election, Rule.EQUAL_SHARES)
    path, bench, tower, pond, nobody = fair.reasons
    assert (path.won, path.turn, path.each_paid, path.in_full, bench.won) == (True, 1, 5, 3, True)
    assert (tower.why, tower.supporters_left, tower.short_by, tower.more_voters) == (Why.SHORT, 19, 1, 1)
    assert (pond.why, nobody.why) == (Why.OVER_THE_POT, Why.NOBODY)
    # 40 / 4 = 10 each, and nine more; at ten more the fourth voter's 20 would overspend.
    assert (fair.steps, fair.share, fair.next_cost) == (9, 19, 50)
    most = count(election, Rule.GREEDY).reasons
    assert (most[0].turn, most[2].why, most[2].pot_left) == (1, Why.NO_ROOM, 10)
    assert count(election, Rule.PHRAGMEN).reasons[2].why is Why.ENDED


def test_what_is_left_over_can_go_to_the_most_wanted_that_fit() -> None:
    """Equal shares buy the path and the sign: 24 of 40. The bench fits into the rest, the tower no longer does."""
    projects = [
        Project("path", 15),
        Project("bench", 15),
        Project("tower", 20),
        Project("pond", 50),
        Project("sign", 9),
    ]
    papers = {approval([0, 1]): 3, approval([2, 3]): 1, approval([2, 4]): 1}
    election = Election(Kind.APPROVAL, 40, projects, papers)
    plain, more = (count(election, rule) for rule in (Rule.EQUAL_SHARES, Rule.TOPPED_UP))
    assert (plain.winners, plain.cost, more.winners, more.cost) == ((0, 4), 24, (0, 1, 4), 39)
    assert (more.reasons[1].why, more.reasons[1].turn, more.reasons[2].why) == (Why.TOPPED_UP, 3, Why.SHORT)


def test_voters_with_nothing_in_one_outcome_are_compared_too() -> None:
    """Two of five voters get nothing from the most wanted first, and something from equal shares."""
    election = Election(
        Kind.APPROVAL, 10, [Project("large", 10), Project("small", 4)], {approval([0]): 3, approval([1]): 2}
    )
    counted = count(election, Rule.EQUAL_SHARES)
    assert counted.winners == (1,)
    assert (counted.compared.more_here, counted.compared.more_by_most_wanted, counted.compared.same) == (2, 3, 0)
