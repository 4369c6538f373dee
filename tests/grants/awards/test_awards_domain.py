"""What may be adopted, paid and reported, as rules."""

from datetime import date
from uuid import UUID

import pytest

from kit.errors import Conflict, Forbidden, Invalid
from services.grants.awards import domain
from services.grants.awards.domain import (
    AwardState,
    Decision,
    Instalment,
    InstalmentState,
    Item,
    Outcome,
    Subsidy,
)

A, B, C = UUID(int=1), UUID(int=2), UUID(int=3)
ADOPT = Decision(A, Outcome.ADOPTED, None, "Demands", Subsidy.NOT_A_SUBSIDY)
RETURN = Decision(A, Outcome.RETURNED, "The land is sold")


def test_no_award_is_stuck() -> None:
    assert set(domain.ALLOWED) == set(AwardState)
    with pytest.raises(Conflict):
        domain.move(AwardState.MADE, AwardState.COMPLETED)


UNFIT: tuple[tuple[list[Item], str], ...] = (
    ([Item(B, True, 5, "why")], "in-round"),
    ([Item(A, True, 101, "why")], "within-asked"),
    ([Item(A, True, 0, "why")], "within-asked"),
    ([Item(A, False, 5, "why")], "nothing"),
    ([Item(A, False, 0, "why"), Item(A, False, 0, "why")], "once"),
    ([Item(A, True, 61, "why"), Item(C, True, 60, "why")], "within-round"),
)
LACKING = (
    (Decision(B, Outcome.ADOPTED), "every-item"),
    (Decision(A, Outcome.RETURNED), "public-reason"),
    (Decision(A, Outcome.ADOPTED, None, None, Subsidy.NOT_A_SUBSIDY), "regulation-59f"),
    (Decision(A, Outcome.ADOPTED, None, "Demands", None), "subsidy"),
    (Decision(A, Outcome.ADOPTED, None, "Demands", Subsidy.MINIMAL), "subsidy"),
    (Decision(A, Outcome.ADOPTED, None, "Demands", Subsidy.NEEDS_ADVICE, "Ask"), "subsidy-advice"),
)


def test_a_recommendation_fits_its_round() -> None:
    for items, rule in UNFIT:
        with pytest.raises(Invalid) as refused:
            domain.check_items(items, {A: 100, C: 60}, 120)
        assert [each.rule for each in refused.value.errors] == [rule]


def test_a_decision_stands_on_what_the_law_asks_for() -> None:
    for decision, rule in LACKING:
        with pytest.raises(Invalid) as refused:
            domain.check_adoption({A: 50}, [decision], set(), 0, 1_000)
        assert [each.rule for each in refused.value.errors] == [rule]


def test_it_is_returned_once_and_approved_within_the_delegation() -> None:
    domain.check_adoption({A: 50}, [RETURN], set(), 0, 1_000)
    with pytest.raises(Conflict, match="returned once"):
        domain.check_adoption({A: 50}, [RETURN], {A}, 0, 1_000)
    domain.check_adoption({A: 50}, [ADOPT], {A}, 950, 1_000)
    with pytest.raises(Conflict, match="Cabinet"):
        domain.check_adoption({A: 50}, [ADOPT], set(), 951, 1_000)


def test_who_recommends_or_has_an_interest_does_not_adopt() -> None:
    for actor in ("maker", "interested"):
        with pytest.raises(Forbidden):
            domain.check_decider(actor, "maker", {"interested"})
    domain.check_decider("director", "maker", {"interested"})


def test_instalments_are_the_award_to_the_penny() -> None:
    early, late = date(2027, 5, 1), date(2027, 9, 1)
    domain.check_agreement(100, [Instalment(60, "a", early), Instalment(40, "b", late)], early, late)
    for instalments in ([Instalment(99, "a", early)], [Instalment(60, "a", late), Instalment(40, "b", early)]):
        with pytest.raises(Invalid):
            domain.check_agreement(100, instalments, early, late)
    with pytest.raises(Invalid):
        domain.check_agreement(100, [Instalment(100, "a", early)], late, early)


def test_nothing_is_paid_before_it_may_be() -> None:
    def check(state: AwardState = AwardState.AGREED, late: int = 0, missing: tuple[str, ...] = ()) -> None:
        domain.check_payable(state, InstalmentState.PLANNED, late, missing, True)

    check()
    for wrong in ({"state": AwardState.MADE}, {"late": 1}, {"missing": ("bank_account",)}):
        with pytest.raises(Conflict):
            check(**wrong)
    with pytest.raises(Invalid):
        domain.check_payable(AwardState.AGREED, InstalmentState.PLANNED, 0, (), False)
    with pytest.raises(Forbidden):
        domain.check_release("a", "a", InstalmentState.REQUESTED, 0)
    with pytest.raises(Conflict, match="late"):
        domain.check_release("b", "a", InstalmentState.REQUESTED, 1)


def test_reports_are_due_by_the_month() -> None:
    assert domain.reports_due(date(2027, 8, 31), [6, 12]) == [date(2028, 2, 29), date(2028, 8, 31)]
