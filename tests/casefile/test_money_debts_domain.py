"""Statements to the penny, debts and their stages, offers pro rata, support plans, who may advise."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from kit.errors import Conflict, DomainError, Forbidden, Invalid
from services.casefile.money.advisers import domain as advisers
from services.casefile.money.arrangements import domain as offers
from services.casefile.money.breathing import domain as breathing
from services.casefile.money.debts import domain as debts
from services.casefile.money.debts.kinds import KINDS
from services.casefile.money.localtables import domain as localtables
from services.casefile.money.pounds import A_YEAR, a_month, pounds
from services.casefile.money.statements import domain as statements
from services.casefile.money.statements.categories import CATEGORIES
from services.casefile.money.support import domain as support

TODAY = date(2026, 12, 14)
PENCE = st.integers(0, 1_000_000_00)
Line = statements.Line

KELLY = [
    Line("earnings", "salary", 1_213_00, "month"),
    Line("benefits", "universal_credit", 511_78, "month"),
    Line("benefits", "child_benefit", 108_20, "four_weeks"),
    Line("home_and_contents", "rent", 265_00, "week"),
    Line("home_and_contents", "council_tax", 136_00, "month"),
    Line("utilities", "gas", 58_00, "month"),
    Line("utilities", "electricity", 64_00, "month"),
    Line("utilities", "water", 102_00, "quarter"),
    Line("transport_and_travel", "public_transport", 92_00, "month"),
    Line("communications_and_leisure", "mobile_phone", 24_00, "month"),
    Line("food_and_housekeeping", "groceries", 92_00, "week"),
    Line("personal", "clothing_and_footwear", 56_50, "month"),
]


# Statements -----------------------------------------------------------------------------------------------


def test_what_kelly_has_and_spends_to_the_penny() -> None:
    found = statements.totals(KELLY)
    assert (found.income_pence, found.spending_pence, found.surplus_pence) == (1_842_00, 2_011_50, -169_50)
    assert found.words == "£1,842.00 in, £2,011.50 out, minus £169.50"


@given(st.lists(st.tuples(st.sampled_from(sorted(CATEGORIES)), PENCE, st.sampled_from(sorted(A_YEAR))), max_size=40))
def test_what_is_shown_adds_up(rows: list[tuple[str, int, str]]) -> None:
    lines = [Line(code, CATEGORIES[code].items[0], pence, every) for code, pence, every in rows]
    found = statements.totals(lines)
    shown = sum(line.month_pence for line in lines)
    assert found.income_pence + found.spending_pence == shown == sum(found.by_category.values())
    assert found.surplus_pence == found.income_pence - found.spending_pence


@given(PENCE, st.sampled_from(sorted(A_YEAR)))
def test_a_month_is_the_nearest_penny_of_the_year_over_12(pence: int, every: str) -> None:
    assert abs(a_month(pence, every) * 12 - pence * A_YEAR[every]) <= 6


@pytest.mark.parametrize(
    ("pence", "text"), [(0, "£0.00"), (5, "£0.05"), (1_234_567_89, "£1,234,567.89"), (-169_50, "minus £169.50")]
)
def test_pounds_as_people_write_them(pence: int, text: str) -> None:
    assert pounds(pence) == text


def test_every_wrong_line_is_named() -> None:
    wrong = [
        Line("food", "groceries", 1, "week"),
        Line("utilities", "rent", 1, "week"),
        Line("school", "other", 100, "week"),
        Line("school", "uniform", -1, "year"),
    ]
    with pytest.raises(Invalid) as refused:
        statements.check_lines(wrong)
    assert [(each.pointer, each.rule) for each in refused.value.errors] == [
        ("/lines/0/category", "sfs-category"),
        ("/lines/1/item", "item-of-its-category"),
        ("/lines/2/note", "other-in-words"),
        ("/lines/3/amount_pence", "amount"),
    ]


ONE, TWO = uuid4(), uuid4()
BOTH = [statements.Asked(ONE, TODAY, True), statements.Asked(TWO, TODAY, True)]


def test_two_share_a_statement_when_each_agreed_asked_alone() -> None:
    statements.check_shared(ONE, TWO, BOTH, TODAY, may_share=True)
    for asked in (BOTH[:1], [], [BOTH[0], BOTH[0]], [BOTH[0], statements.Asked(uuid4(), TODAY, True)]):
        with pytest.raises(Invalid):
            statements.check_shared(ONE, TWO, asked, TODAY, may_share=True)
    with pytest.raises(Invalid):
        statements.check_shared(ONE, ONE, BOTH, TODAY, may_share=True)


def test_the_refusal_never_tells_why() -> None:
    """One of them said no, or abuse is known: the same words, so that neither is learnt from them."""
    said_no = [BOTH[0], replace(BOTH[1], agreed=False)]
    answers = []
    for asked, may_share in ((said_no, True), (BOTH, False), (said_no, False)):
        with pytest.raises(Invalid) as refused:
            statements.check_shared(ONE, TWO, asked, TODAY, may_share=may_share)
        answers.append((refused.value.detail, refused.value.errors))
    assert answers[0] == answers[1] == answers[2]


def test_more_than_a_tenth_put_aside_is_looked_at_again() -> None:
    lines = [Line("earnings", "salary", 1_000_00, "month"), Line("savings", "monthly_saving", 20_01, "month")]
    assert any("put aside" in each for each in statements.warnings(lines, statements.totals(lines)))
    lines[1] = replace(lines[1], amount_pence=20_00)
    assert not any("put aside" in each for each in statements.warnings(lines, statements.totals(lines)))


def test_spending_over_a_loaded_guideline_shows_by_how_much() -> None:
    row = {"first_adult": 300_00, "further_adult": 200_00, "younger_child": 90_00, "older_child": 120_00}
    figures = {"food_and_housekeeping": row}
    found = statements.totals(KELLY)
    assert statements.over_guideline(found, figures, 1, {"younger_child": 1, "older_child": 0}) == {
        "food_and_housekeeping": 398_67 - 390_00
    }
    assert statements.over_guideline(found, figures, 1, {"younger_child": 2, "older_child": 0}) == {}


# Debts ----------------------------------------------------------------------------------------------------


def test_what_comes_first_does_by_its_kind_and_otherwise_only_with_a_reason() -> None:
    assert debts.debt("council_tax", 100, None, None, None).priority
    assert not debts.debt("credit_card", 100, None, None, None).priority
    assert debts.debt("credit_card", 100, None, True, "It pays for the carer's taxi").priority
    with pytest.raises(Invalid) as refused:
        debts.debt("credit_card", -1, "warrant", True, " ")
    assert {each.rule for each in refused.value.errors} == {"amount", "stage-of-its-kind", "reason-for-priority"}


def test_every_kind_that_comes_first_says_what_is_at_stake_and_by_which_law() -> None:
    for code, kind in KINDS.items():
        assert kind.stages
        assert kind.priority == (kind.law is not None), code
    left_out = {code for code, kind in KINDS.items() if not kind.breathing_space}
    assert left_out == {"court_fine", "child_maintenance", "student_loan", "social_fund", "universal_credit_advance"}


def test_stages_are_dated_in_order_and_of_their_kind() -> None:
    before = debts.debt("rent_private", 1_200_00, None, None, None)
    after = debts.at_stage(before, "notice", TODAY, TODAY - timedelta(days=9), TODAY)
    assert (after.stage, debts.how_far("rent_private", "notice")) == ("notice", 33)
    for stage, on in (
        ("summons", TODAY),
        ("notice", TODAY + timedelta(days=1)),
        ("notice", TODAY - timedelta(days=10)),
    ):
        with pytest.raises(Invalid):
            debts.at_stage(before, stage, on, TODAY - timedelta(days=9), TODAY)


def test_those_that_come_first_stand_first_and_the_furthest_gone_before_the_rest() -> None:
    card = debts.debt("credit_card", 9_000_00, None, None, None)
    tax = debts.debt("council_tax", 300_00, "reminder", None, None)
    rent = debts.debt("rent_private", 200_00, "claim", None, None)
    assert debts.in_order([card, tax, rent]) == [rent, tax, card]
    assert debts.total([card, replace(tax, state="settled"), rent]) == 9_200_00


class LifeOfADebt(RuleBasedStateMachine):
    """Whatever is tried, in whatever order: only what may follow does, and what is over stays as it was."""

    def __init__(self) -> None:
        super().__init__()
        self.debt = debts.debt("loan", 500_00, None, None, None)

    @rule(state=st.sampled_from(sorted(debts.ALLOWED)), by_hand=st.booleans())
    def move(self, state: debts.State, by_hand: bool) -> None:
        before = self.debt
        move_to = debts.ended_by_hand if by_hand else debts.moved
        by_its_arrangement = state == "arranged" or (before.state, state) == ("arranged", "owed")
        if state in debts.ALLOWED[before.state] and not (by_hand and by_its_arrangement):
            self.debt = move_to(before, state)
            return
        with pytest.raises(Conflict) as refused:
            move_to(before, state)
        assert set(refused.value.extra["allowed"]) <= set(debts.ALLOWED[before.state]) - {state}

    @rule(pence=PENCE)
    @precondition(lambda self: self.debt.state in debts.OVER)
    def nothing_changes_what_is_over(self, pence: int) -> None:
        with pytest.raises(Conflict):
            debts.owing(self.debt, pence)

    @invariant()
    def settled_is_paid(self) -> None:
        assert self.debt.state != "settled" or self.debt.owed_pence == 0
        assert self.debt.state != "owed" or self.debt.state not in debts.OVER


TestLifeOfADebt = LifeOfADebt.TestCase
TestLifeOfADebt.settings = settings(settings.default, stateful_step_count=15)


def test_ways_out_by_what_is_known() -> None:
    def fits(**changes: object) -> dict[str, str]:
        known = debts.Circumstances(owed_pence=8_000_00, spare_pence=-169_50)
        return {each.code: each.fits for each in debts.options(replace(known, **changes), TODAY)}  # type: ignore[arg-type]  # any field

    assert fits()["debt_relief_order"] == "ask"
    assert fits()["arrangements"] == "does_not_fit"
    assert fits()["token_payments"] == "fits"
    known = {"assets_pence": 0, "owns_home": False, "relief_order_in_six_years": False}
    assert fits(**known)["debt_relief_order"] == "fits"
    for against in (
        {"owed_pence": 50_000_01},
        {"owns_home": True},
        {"spare_pence": 75_01},
        {"assets_pence": 2_000_01},
        {"relief_order_in_six_years": True},
    ):
        assert fits(**{**known, **against})["debt_relief_order"] == "does_not_fit", against
    assert fits(breathing_space_in_a_year=True)["breathing_space"] == "does_not_fit"
    assert fits(spare_pence=None)["arrangements"] == "ask"
    # Before its limits were in a table nothing is said of them.
    early = debts.options(debts.Circumstances(1, 0), date(2024, 6, 27))
    assert {each.code: each.fits for each in early}["debt_relief_order"] == "ask"


# Offers ---------------------------------------------------------------------------------------------------


def owed(pence: int, priority: bool = False) -> offers.Owed:
    return offers.Owed(uuid4(), pence, priority)


def test_what_is_left_is_shared_by_what_is_owed() -> None:
    tax, card, loan = owed(400_00, True), owed(3_000_00), owed(1_000_00)
    found = {each.debt_id: each for each in offers.plan(100_00, [tax, card, loan], {tax.debt_id: 40_00})}
    assert [found[each.debt_id].month_pence for each in (tax, card, loan)] == [40_00, 45_00, 15_00]
    assert found[card.debt_id].words == "£60.00 left over x £3,000.00 of £4,000.00 owed"


def test_with_nothing_left_everybody_gets_a_token() -> None:
    card, loan = owed(3_000_00), owed(50)
    found = offers.plan(-169_50, [card, loan], {})
    assert [(each.kind, each.month_pence) for each in found] == [("token", 1_00), ("token", 50)]


def test_what_comes_first_is_settled_first_and_never_more_than_there_is() -> None:
    tax, card = owed(400_00, True), owed(3_000_00)
    for first, rule_ in (
        ({}, "first-things-first"),
        ({card.debt_id: 1}, "comes-first"),
        ({tax.debt_id: 100_01}, "within-what-is-left"),
    ):
        with pytest.raises(Invalid) as refused:
            offers.plan(100_00, [tax, card], first)
        assert rule_ in {each.rule for each in refused.value.errors}


@given(st.integers(0, 5_000_00), st.lists(st.integers(1, 20_000_00), min_size=1, max_size=12))
def test_shares_add_up_to_the_penny_and_are_fair(rest: int, debts_: list[int]) -> None:
    shares = offers.pro_rata(rest, debts_)
    assert sum(shares) == min(rest, sum(debts_))
    assert all(0 <= share <= debt for share, debt in zip(shares, debts_, strict=True))
    if rest < sum(debts_):
        # Nobody is a whole penny away from their exact share.
        assert all(
            abs(share * sum(debts_) - rest * debt) < sum(debts_) for share, debt in zip(shares, debts_, strict=True)
        )
        for one, other in ((a, b) for a in range(len(debts_)) for b in range(len(debts_)) if debts_[a] > debts_[b]):
            assert shares[one] >= shares[other]


def test_the_steps_of_an_offer() -> None:
    step = offers.Step("accepted", TODAY, first_due_on=TODAY)
    assert offers.step("pro_rata", "offered", 45_00, replace(step, amount_pence=50_00), TODAY) == 50_00
    with pytest.raises(Conflict) as refused:
        offers.step("pro_rata", "drafted", 45_00, step, TODAY)
    assert refused.value.extra["allowed"] == ["offered", "withdrawn"]
    for kind, state, wrong in (
        ("pro_rata", "offered", replace(step, first_due_on=None)),
        ("pro_rata", "offered", replace(step, on=TODAY + timedelta(days=1))),
        ("pro_rata", "offered", offers.Step("refused", TODAY)),
        ("pro_rata", "accepted", offers.Step("completed", TODAY, amount_pence=1)),
    ):
        with pytest.raises(Invalid):
            offers.step(kind, state, 1, wrong, TODAY)  # type: ignore[arg-type]  # codes as text
    assert offers.after("write_off", "accepted") == "written_off"
    assert offers.after("hold", "accepted") is None
    assert offers.after("full_and_final", "completed") == "settled"


# Support plans, advisers, Breathing Space, tables -----------------------------------------------------------

STEPS = [support.Step("Pay £20 a week", "theirs"), support.Step("Ask for a hold", "ours")]


def test_a_support_plan_has_steps_of_both_and_a_day_to_come() -> None:
    debt = {uuid4(): "rent_private"}
    support.check_plan("rent", debt, STEPS, TODAY + timedelta(days=28), TODAY)
    with pytest.raises(Invalid) as refused:
        support.check_plan("council_tax", debt, STEPS[:1], TODAY, TODAY)
    assert {each.rule for each in refused.value.errors} == {"debt-of-its-kind", "both-sides", "review-to-come"}


def test_an_eviction_is_prevented_once_and_never_of_council_tax() -> None:
    told = support.Prevented(TODAY, "notice", "arrangement_kept", "landlord_in_writing", TODAY - timedelta(days=30))
    support.check_prevented("rent", "active", told, False, TODAY)
    for about, state, already, day in (
        ("council_tax", "active", False, TODAY),
        ("rent", "ended", False, TODAY),
        ("rent", "active", True, TODAY),
        ("rent", "active", False, TODAY - timedelta(days=1)),
    ):
        with pytest.raises(DomainError):
            support.check_prevented(about, state, told, already, day)  # type: ignore[arg-type]  # codes as text


def test_only_a_body_in_the_register_advises_and_only_while_it_stands() -> None:
    council = advisers.entry(
        advisers.Body("exempt_local_authority", TODAY, exemption="FSMA 2000 (Exemption) Order 2001")
    )
    advisers.check_may_advise(council, "tom", TODAY)
    charity = advisers.entry(
        advisers.Body("fca_authorised", TODAY, TODAY + timedelta(days=30), "618904", advisers=frozenset({"ada"}))
    )
    advisers.check_may_advise(charity, "ada", TODAY)
    for body, worker, day in (
        (None, "tom", TODAY),
        (council, "tom", TODAY - timedelta(days=1)),
        (charity, "tom", TODAY),
        (charity, "ada", TODAY + timedelta(days=31)),
    ):
        with pytest.raises(Forbidden):
            advisers.check_may_advise(body, worker, day)


@pytest.mark.parametrize(
    ("body", "rule_"),
    [
        (advisers.Body("fca_authorised", TODAY, fca_number="12345"), "fca-number"),
        (advisers.Body("fca_authorised", TODAY, fca_number="618904", exemption="x"), "one-ground"),
        (advisers.Body("exempt_professional", TODAY), "exemption-named"),
        (advisers.Body("exempt_local_authority", TODAY, fca_number="618904", exemption="x"), "one-ground"),
        (advisers.Body("fca_authorised", TODAY, TODAY - timedelta(days=1), "618904"), "dates-in-order"),
    ],
)
def test_an_entry_names_its_number_or_its_exemption(body: advisers.Body, rule_: str) -> None:
    with pytest.raises(Invalid) as refused:
        advisers.entry(body)
    assert rule_ in {each.rule for each in refused.value.errors}


def test_the_days_of_kellys_midway_review_and_of_her_creditors() -> None:
    days = breathing.days_of("standard", TODAY, None)
    assert (days.review_from, days.review_to) == (date(2027, 1, 8), date(2027, 1, 18))
    assert breathing.creditor_until(TODAY) == date(2027, 1, 3)
    assert breathing.decide_by(TODAY) == date(2027, 1, 18)
    for on, today in (
        (date(2027, 1, 7), date(2027, 1, 20)),
        (date(2027, 1, 19), date(2027, 1, 20)),
        (date(2027, 1, 8), date(2027, 1, 7)),
    ):
        with pytest.raises(Invalid):
            breathing.check_midway("standard", "active", None, on, days, today, None)
    breathing.check_midway("standard", "active", None, date(2027, 1, 8), days, date(2027, 1, 8), None)
    for kind, state, before in (
        ("mental_health_crisis", "active", None),
        ("standard", "ended", None),
        ("standard", "active", TODAY),
    ):
        with pytest.raises(Conflict):
            breathing.check_midway(kind, state, before, date(2027, 1, 8), days, date(2027, 1, 8), None)


@pytest.mark.parametrize(
    ("kind", "figures"),
    [
        ("lha", {"shared": 1, "1": 2, "2": 3, "3": 4}),
        ("lha", {"shared": 5, "1": 2, "2": 3, "3": 4, "4": 6}),
        ("lha", {"shared": 1, "1": 2, "2": 3, "3": 4, "4": 5, "5": 6}),
        ("lha", {"shared": 1.5, "1": 2, "2": 3, "3": 4, "4": 5}),
        ("council_tax_reduction", {"capital_limit_pence": 1, "counts": ["luck"], "bands": []}),
        ("council_tax_reduction", {"capital_limit_pence": 1, "counts": ["earnings"], "bands": [{"percent": 101}]}),
        ("spending_guidelines", {"personal": {"first_adult": 1}}),
    ],
)
def test_a_table_that_is_not_whole_is_refused(kind: localtables.Kind, figures: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        localtables.check(kind, figures)


def test_ids_in_faults_are_ids() -> None:
    """No creditor's name ever stands in a refusal."""
    with pytest.raises(Invalid) as refused:
        breathing.check_covers({str(UUID(int=1)): (True, False), str(UUID(int=2)): (False, True)})
    assert [each.rule for each in refused.value.errors] == ["qualifying-debt"] * 2
