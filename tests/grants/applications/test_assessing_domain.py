"""States of applications, and how scores become one."""

import pytest

from kit.errors import Conflict, Forbidden, Invalid
from services.grants.applications import domain
from services.grants.applications.domain import Score, State
from tests.grants.rounds.ground import RULES

CRITERIA = RULES["criteria"]


def sheet(need: int, reach: int) -> list[Score]:
    return [Score("need", need, "why"), Score("reach", reach, "why")]


def test_no_state_is_a_dead_end_unless_it_is_an_answer() -> None:
    assert set(domain.ALLOWED) == set(State)
    assert {State.INELIGIBLE, State.AWARDED, State.DECLINED, State.WITHDRAWN} == domain.ENDED
    with pytest.raises(Conflict) as refused:
        domain.move(State.SUBMITTED, State.AWARDED)
    assert refused.value.extra["allowed"] == [State.ELIGIBLE, State.INELIGIBLE, State.WITHDRAWN]


def test_a_score_is_the_weighted_mean_in_thousandths() -> None:
    assert domain.total(CRITERIA, [sheet(5, 5), sheet(5, 5)]) == 1000
    assert domain.total(CRITERIA, [sheet(4, 3), sheet(5, 3)]) == 800
    assert domain.total(CRITERIA, [sheet(0, 1), sheet(0, 0)]) == 33
    assert domain.widest_gap([sheet(4, 3), sheet(1, 5)]) == 3


def test_scores_fit_the_rounds_criteria() -> None:
    given = sheet(4, 3)
    wrong = (sheet(6, 3), given[:1], [*given, Score("need", 1, "why")], [*given, Score("other", 1, "why")])
    for scores in wrong:
        with pytest.raises(Invalid):
            domain.check_scores(CRITERIA, scores)


def test_who_may_not_assess() -> None:
    with pytest.raises(Forbidden, match="typed"):
        domain.check_assessor("a", "a", [], [])
    with pytest.raises(Forbidden, match="interest"):
        domain.check_assessor("a", "b", ["a"], [])
    with pytest.raises(Conflict, match="already"):
        domain.check_assessor("a", "b", [], ["a"])


def test_nobody_waives_a_rule_and_nobody_invents_one_in_silence() -> None:
    with pytest.raises(Conflict):
        domain.decide_eligibility(["amount"], True, "They are nice")
    with pytest.raises(Invalid):
        domain.decide_eligibility([], False, None)
    assert domain.decide_eligibility(["amount"], False, None) is State.INELIGIBLE
