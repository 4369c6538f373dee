"""What a benefit check works out: published examples to the penny, the tables' days, and laws of the arithmetic."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Invalid
from services.casefile.money.benefits import cap, check, child_benefit, pension_age, pension_credit, universal_credit
from services.casefile.money.benefits.check import Local, Work, better_off, run
from services.casefile.money.benefits.circumstances import (
    Adult,
    Child,
    Circumstances,
    Home,
    Income,
    NonDependant,
)
from services.casefile.money.benefits.housing import LocalRates, rooms_needed, size_of
from services.casefile.money.benefits.local_reduction import LocalScheme
from services.casefile.money.benefits.pay import after_tax
from services.casefile.money.benefits.steps import LABEL, Estimate, Working
from services.casefile.money.benefits.tables import NotInATable, all_tables, table

DAY = date(2026, 12, 14)
HOME = Home("social_rent", 600_00)
SOUTH_EAST = LocalRates(
    "outer_south_east_london",
    date(2024, 4, 1),
    "Bromley Council, LHA rates from April 2024",
    {"shared": 138_08, "1": 241_64, "2": 299_18, "3": 356_71, "4": 414_22},
)


def one(on: date = DAY, **changes: Any) -> Circumstances:
    told: dict[str, Any] = {"on": on, "adults": (Adult(34),), "home": HOME}
    return Circumstances(**{**told, **changes})


def parent(**changes: Any) -> Circumstances:
    return one(**{"children": (Child(date(2020, 5, 1), "f"),), **changes})


def of(result: check.Result, code: str) -> Estimate:
    return next(each for each in result.estimates if each.benefit == code)


def credit(told: Circumstances, rates: LocalRates | None = None) -> int:
    return universal_credit.estimate(told, rates).estimate.month_pence


def taken(before: Circumstances, **changes: Any) -> int:
    return credit(before) - credit(replace(before, **changes))


# Published examples --------------------------------------------------------------------------------------


def test_of_700_pounds_pay_a_parent_with_rent_keeps_411_and_loses_158_95() -> None:
    """gov.uk, Universal Credit: how your wages affect your payments, 2025 to 2026."""
    told = parent(on=date(2025, 6, 1))
    assert taken(told, adults=(Adult(34, earnings_pence=700_00),)) == 158_95


def test_savings_of_6_300_count_as_8_pounds_70_a_month() -> None:
    """gov.uk, Universal Credit: your savings."""
    assert taken(one(), capital_pence=6_300_00) == 8_70


@pytest.mark.parametrize(
    ("savings", "income"), [(6_000_00, 0), (6_000_01, 4_35), (6_250_00, 4_35), (16_000_00, 174_00)]
)
def test_every_250_pounds_or_part_of_it_counts(savings: int, income: int) -> None:
    assert taken(one(), capital_pence=savings) == income


def test_above_16_000_pounds_nothing_is_paid() -> None:
    found = universal_credit.estimate(one(capital_pence=16_000_01), None).estimate
    assert (found.status, found.month_pence) == ("not_entitled", 0)


@pytest.mark.parametrize(
    ("adults", "amount"),
    [
        ((Adult(24),), 338_58),
        ((Adult(25),), 424_90),
        ((Adult(24), Adult(20)), 528_34),
        ((Adult(24), Adult(25)), 666_97),
    ],
)
def test_the_standard_allowances_of_2026_27(adults: tuple[Adult, ...], amount: int) -> None:
    assert credit(one(adults=adults, home=Home("owner"))) == amount


def test_savings_of_11_000_count_as_2_pounds_a_week_in_pension_credit() -> None:
    """gov.uk, Pension Credit: eligibility."""
    told = one(adults=(Adult(70, pension_age=True),), capital_pence=11_000_00)
    assert pension_credit.income_of(told, table("pension_credit", DAY), Working()) == 2_00


def test_the_largest_savings_credit_is_as_published() -> None:
    """gov.uk, Pension Credit: what you'll get, 2025 to 2026: up to £17.30 and £19.36."""
    on, old = date(2025, 6, 1), Adult(80, pension_age=True, pension_age_before_2016=True)
    alone = one(on=on, adults=(old,), incomes=(Income("private_pension", 227_10, "week"),))
    both = one(on=on, adults=(old, old), incomes=(Income("private_pension", 346_60, "week"),))
    assert [pension_credit.estimate(each).savings_week_pence for each in (alone, both)] == [17_30, 19_36]


def test_savings_credit_falls_by_40_per_cent_of_income_above_the_guarantee() -> None:
    old = Adult(80, pension_age=True, pension_age_before_2016=True)
    told = one(adults=(old,), incomes=(Income("private_pension", 250_00, "week"),))
    # 17.96 at most, less 40% of the 12.00 that is above 238.00.
    assert pension_credit.estimate(told).savings_week_pence == 17_96 - 4_80
    younger = replace(told, adults=(replace(old, pension_age_before_2016=False),))
    assert pension_credit.estimate(younger).savings_week_pence == 0


@pytest.mark.parametrize(("children", "week"), [(1, 27_05), (2, 44_95), (3, 62_85), (7, 134_45)])
def test_child_benefit_by_number_of_children(children: int, week: int) -> None:
    """Published weekly totals of 2026 to 2027."""
    assert child_benefit.estimate(one(children=(Child(date(2020, 1, 1)),) * children)).week_pence == week


@pytest.mark.parametrize(("on", "pounds"), [(date(2025, 6, 1), 846), (DAY, 881)])
def test_the_caps_earnings_threshold_is_16_hours_at_the_living_wage(on: date, pounds: int) -> None:
    """gov.uk, Benefit cap: 846 pounds a month from April 2025."""
    assert cap.earnings_threshold(one(on=on)) == pounds * 100


def test_childcare_is_85_per_cent_up_to_its_limit() -> None:
    told = parent(adults=(Adult(34, earnings_pence=100_00),), childcare_pence=1_000_00, childcare_children=1)
    assert universal_credit.estimate(told, None).childcare_pence == 850_00
    dear = replace(told, childcare_pence=3_000_00)
    assert universal_credit.estimate(dear, None).childcare_pence == 1_071_09
    idle = replace(told, adults=(Adult(34),))
    assert universal_credit.estimate(idle, None).childcare_pence == 0


@pytest.mark.parametrize(
    ("gross", "net"), [(1_047_50, 1_047_50), (1_800_00, 1_589_30), (4_189_16, 3_309_50), (10_000_00, 6_346_45)]
)
def test_pay_after_tax_and_insurance(gross: int, net: int) -> None:
    """Worked by hand from the thresholds of 2026 to 2027; the last one in the higher band, with less allowance."""
    assert after_tax(gross, DAY, Working()) == net


# Rooms, rates and rent ------------------------------------------------------------------------------------


def born(age: int, sex: Any) -> Child:
    return Child(date(2026 - age, 1, 1), sex)


@pytest.mark.parametrize(
    ("adults", "children", "rooms"),
    [
        (2, (born(12, "m"), born(8, "f"), born(4, "f")), 3),
        (1, (born(17, "m"), born(15, "m")), 3),
        (1, (born(9, "f"), born(7, "m")), 2),
        (1, (born(11, "f"), born(9, "f"), born(4, "m")), 3),
        (1, (born(11, "f"), born(9, "f")), 2),
        (1, (born(11, "f"), born(9, "m")), 3),
        (1, (born(12, None), born(3, None), born(5, None)), 3),
        (2, (), 1),
    ],
)
def test_rooms_by_the_size_criteria(adults: int, children: tuple[Child, ...], rooms: int) -> None:
    assert rooms_needed(one(adults=(Adult(34),) * adults, children=children)) == rooms


def test_one_alone_under_35_has_the_shared_rate() -> None:
    assert size_of(one(adults=(Adult(34),)), 1) == "shared"
    assert size_of(one(adults=(Adult(35),)), 1) == "1"
    assert size_of(parent(), 6) == "4"


def test_a_private_rent_counts_up_to_its_rate() -> None:
    told = parent(home=Home("private_rent", 1_500_00, lha_area=SOUTH_EAST.area))
    assert universal_credit.estimate(told, SOUTH_EAST).housing_pence == 1_296_45
    cheap = replace(told, home=replace(told.home, rent_pence=900_00))
    assert universal_credit.estimate(cheap, SOUTH_EAST).housing_pence == 900_00


@pytest.mark.parametrize(("bedrooms", "counts"), [(None, 600_00), (2, 600_00), (3, 516_00), (4, 450_00), (6, 450_00)])
def test_spare_rooms_of_social_rent(bedrooms: int | None, counts: int) -> None:
    told = parent(home=replace(HOME, bedrooms=bedrooms))
    assert universal_credit.estimate(told, None).housing_pence == counts


def test_other_adults_pay_towards_the_rent_unless_somebody_is_disabled() -> None:
    told = parent(non_dependants=(NonDependant(), NonDependant(exempt=True)))
    assert universal_credit.estimate(told, None).housing_pence == 600_00 - 96_55
    disabled = replace(told, adults=(Adult(34, disability_benefit=True),))
    assert universal_credit.estimate(disabled, None).housing_pence == 600_00


# Children, health and care ---------------------------------------------------------------------------------


def test_the_limit_of_two_children_ended_in_april_2026() -> None:
    three = tuple(Child(date(2018 + year, 1, 1)) for year in range(3))
    before = credit(one(on=date(2026, 4, 5), children=three)) - credit(one(on=date(2026, 4, 5)))
    after = credit(one(on=date(2026, 4, 6), children=three)) - credit(one(on=date(2026, 4, 6)))
    assert (before, after) == (2 * 292_81, 3 * 303_94)


def test_the_eldest_born_before_april_2017_has_more() -> None:
    older = one(children=(Child(date(2020, 1, 1)), Child(date(2017, 4, 5))))
    assert credit(older) - credit(one()) == 351_88 + 303_94


def test_health_is_one_amount_an_award_and_never_with_that_of_a_carer() -> None:
    base = one(adults=(Adult(40), Adult(40)))
    ill = replace(base, adults=(Adult(40, health="new"), Adult(40, health="protected")))
    assert credit(ill) - credit(base) == 429_80
    both = replace(base, adults=(Adult(40, health="new", carer=True), Adult(40, carer=True)))
    assert credit(both) - credit(base) == 217_26 + 209_34


# The cap --------------------------------------------------------------------------------------------------


def family(**changes: Any) -> Circumstances:
    children = tuple(Child(date(2019 + year, 1, 1)) for year in range(4))
    return one(**{"children": children, "home": Home("social_rent", 1_000_00), **changes})


def test_the_cap_takes_what_is_over_it() -> None:
    result = run(family(), Local())
    benefits = of(result, "universal_credit").month_pence + of(result, "child_benefit").month_pence
    assert benefits == 2_110_25
    elsewhere = run(family(home=Home("social_rent", 1_000_00, london=False)), Local())
    assert of(elsewhere, "universal_credit").month_pence + of(elsewhere, "child_benefit").month_pence == 1_835_00


@pytest.mark.parametrize(
    "changes",
    [
        {"adults": (Adult(34, health="new"),)},
        {"adults": (Adult(34, carer=True),)},
        {"adults": (Adult(34, disability_benefit=True),)},
        {"adults": (Adult(34, earnings_pence=881_00),)},
        {"cap_grace_period": True},
    ],
)
def test_who_is_not_capped(changes: dict[str, Any]) -> None:
    told = family(**changes)
    assert of(run(told, Local()), "universal_credit").month_pence == credit(told)


def test_childcare_is_paid_on_top_of_the_cap() -> None:
    told = family(adults=(Adult(34, earnings_pence=100_00),), childcare_pence=400_00, childcare_children=2)
    result = run(told, Local())
    benefits = of(result, "universal_credit").month_pence + of(result, "child_benefit").month_pence
    assert benefits == 2_110_25 + 340_00


# Pension age ----------------------------------------------------------------------------------------------

OLD = Adult(70, pension_age=True, pension_age_before_2021=True)


def test_guarantee_credit_makes_up_what_lacks_and_opens_all_of_rent_and_council_tax() -> None:
    told = one(
        adults=(OLD,),
        incomes=(Income("state_pension", 184_90, "week"),),
        home=Home("social_rent", 120_00, "week"),
        council_tax_year_pence=1_460_00,
    )
    result = run(told, Local())
    assert of(result, "pension_credit").week_pence == 238_00 - 184_90
    assert of(result, "housing_benefit").week_pence == 120_00
    assert of(result, "council_tax_reduction").week_pence == 28_00
    assert of(result, "universal_credit").status == "not_entitled"


def test_above_the_laws_amount_65_per_cent_of_rent_help_and_20_of_council_tax_are_taken() -> None:
    told = one(
        adults=(OLD,),
        incomes=(Income("private_pension", 266_00, "week"),),
        home=Home("social_rent", 120_00, "week"),
        council_tax_year_pence=1_460_00,
    )
    result = run(told, Local())
    assert of(result, "housing_benefit").week_pence == 120_00 - 6_50
    assert of(result, "council_tax_reduction").week_pence == 28_00 - 2_00


def test_a_couple_of_whom_one_is_under_pension_age_has_universal_credit() -> None:
    told = one(adults=(OLD, Adult(60)))
    assert pension_credit.estimate(told).estimate.status == "not_entitled"
    assert credit(told) == 666_97 + 600_00


def test_other_adults_lower_rent_help_by_what_they_earn() -> None:
    told = one(
        adults=(OLD,), non_dependants=(NonDependant(in_work=True, gross_week_pence=300_00), NonDependant()),
        incomes=(Income("state_pension", 150_00, "week"),), home=Home("social_rent", 150_00, "week"),
    )  # fmt: skip
    found = pension_age.housing_benefit(told, pension_credit.estimate(told), None)
    assert found.week_pence == 150_00 - 64_35 - 20_40


# What is in no table --------------------------------------------------------------------------------------


def test_a_day_without_a_table_is_said_and_nothing_is_guessed() -> None:
    result = run(parent(on=date(2027, 4, 21), council_tax_year_pence=1_400_00, council="E09000002"), Local())
    assert {each.benefit: each.status for each in result.estimates if each.benefit != "pension_credit"} == {
        "universal_credit": "cannot_be_estimated",
        "child_benefit": "cannot_be_estimated",
        "housing_benefit": "not_entitled",
        "council_tax_reduction": "cannot_be_estimated",
        "housing_payment": "cannot_be_estimated",
    }
    assert (result.month_pence, result.complete) == (0, False)
    assert "universal credit: no table for 2027-04-21" in result.missing


def test_no_rate_of_the_area_and_no_scheme_of_the_council_are_said() -> None:
    told = parent(
        home=Home("private_rent", 1_200_00, lha_area="outer_north_east_london"),
        council_tax_year_pence=1_400_00,
        council="E09000002",
    )
    result = run(told, Local())
    assert not result.complete
    assert list(result.missing) == [
        "Local Housing Allowance: no table for outer_north_east_london on 2026-12-14",
        "council tax reduction: no table of E09000002 for 2026-12-14",
    ]
    # What could be estimated is there all the same.
    assert result.month_pence == of(result, "child_benefit").month_pence == 117_22


def test_a_missing_figure_stops_only_what_needs_it() -> None:
    """No source had what a child adds to rent help over pension age in 2026 to 2027."""
    told = one(adults=(replace(OLD, pension_age_before_2016=False),), children=(Child(date(2020, 1, 1)),))
    rich = replace(told, incomes=(Income("private_pension", 400_00, "week"),))
    found = pension_age.housing_benefit(rich, pension_credit.estimate(rich), None)
    assert found.status == "cannot_be_estimated"
    assert found.missing == ("pension age housing: no figure for child from 2026-04-06 on",)
    with pytest.raises(NotInATable):
        table("window_tax", DAY)


def test_temporary_housing_is_for_the_councils_benefit_office() -> None:
    told = parent(home=Home("temporary", 300_00, "week"))
    assert of(run(told, Local()), "housing_benefit").status == "cannot_be_estimated"


def test_every_table_has_its_days_and_its_source_and_no_two_of_a_kind_overlap() -> None:
    tables = all_tables()
    assert {each.name for each in tables} == {
        "universal_credit",
        "pension_credit",
        "pension_age_housing",
        "benefit_cap",
        "minimum_wage",
        "child_benefit",
        "pay",
    }
    for each in tables:
        assert each.since < each.until
        assert len(each.source) > 20
        same = [other for other in tables if other.name == each.name and other is not each]
        assert all(other.until < each.since or other.since > each.until for other in same), each.name


# A council's own scheme, a shortfall, work -----------------------------------------------------------------

SCHEME = LocalScheme(
    "E09000002",
    date(2026, 4, 1),
    "a made-up scheme for a test",
    {
        "capital_limit_pence": 10_000_00,
        "counts": ["earnings", "universal_credit"],
        "bands": [
            {"adults": 1, "children": 1, "up_to_week_pence": 250_00, "percent": 80},
            {"adults": 1, "children": 1, "up_to_week_pence": 400_00, "percent": 40},
        ],
    },
)


def test_a_councils_scheme_by_the_band_their_income_is_in() -> None:
    told = parent(council_tax_year_pence=1_500_00, council="E09000002", home=Home("owner"))
    result = run(told, Local(scheme=SCHEME))
    assert of(result, "council_tax_reduction").month_pence == 100_00
    more = replace(told, home=HOME)
    assert of(run(more, Local(scheme=SCHEME)), "council_tax_reduction").month_pence == 50_00
    rich = replace(told, capital_pence=10_000_01)
    assert of(run(rich, Local(scheme=SCHEME)), "council_tax_reduction").status == "not_entitled"


def test_a_shortfall_may_be_asked_for_and_is_in_no_total() -> None:
    result = run(parent(home=replace(HOME, bedrooms=3)), Local())
    found = of(result, "housing_payment")
    assert (found.status, found.month_pence) == ("estimated", 84_00)
    others = [each.month_pence for each in result.estimates if each.benefit != "housing_payment"]
    assert result.month_pence == sum(others)
    assert of(run(parent(), Local()), "housing_payment").status == "not_entitled"
    # What the cap takes is a shortfall too.
    assert of(run(family(), Local()), "housing_payment").month_pence > 0


def test_better_off_in_work_after_tax_taper_and_costs() -> None:
    told = parent(adults=(Adult(34),))
    found = better_off(told, Work(1_800_00, costs_pence=60_00), Local())
    # 1,589.30 in hand; 427 is kept whole, 55% of the rest is taken: 639.27 (a half penny up); 60 for travel.
    assert found.better_pence == 1_589_30 - 639_27 - 60_00
    assert found.label == LABEL
    unpaid = better_off(told, Work(0), Local())
    assert unpaid.better_pence == 0


def test_a_gain_is_against_what_they_get_now() -> None:
    result = run(parent(gets={"universal_credit": 1_000_00, "pension_credit": 10_00}), Local())
    gains = {each.benefit: each.more_pence for each in result.gains}
    assert gains == {
        "universal_credit": 424_90 + 303_94 + 600_00 - 1_000_00,
        "child_benefit": 117_22,
        "pension_credit": -10_00,
    }


def test_circumstances_that_cannot_be_are_refused_all_at_once() -> None:
    told = one(adults=(Adult(60, pension_age=True),), children=(Child(date(2027, 1, 1)),), childcare_pence=1)
    with pytest.raises(Invalid) as refused:
        run(told, Local())
    assert {each.pointer for each in refused.value.errors} == {
        "/adults/0/pension_age",
        "/children/0/born",
        "/childcare_children",
    }


# Laws -----------------------------------------------------------------------------------------------------

amounts = st.integers(0, 4_000_00)
ages = st.integers(18, 65)
children = st.lists(
    st.builds(
        Child,
        st.dates(date(2008, 1, 1), date(2025, 8, 1)),
        st.sampled_from(["f", "m", None]),
        st.sampled_from([None, "lower", "higher"]),
    ),
    max_size=4,
).map(tuple)
adults = st.lists(
    st.builds(
        Adult,
        age=ages,
        earnings_pence=amounts,
        carer=st.booleans(),
        health=st.sampled_from([None, "new", "protected"]),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
homes = st.builds(
    Home,
    st.sampled_from(["social_rent", "private_rent", "owner"]),
    st.integers(0, 2_500_00),
    st.sampled_from(["week", "month"]),
    st.integers(1, 5),
    st.just(SOUTH_EAST.area),
    st.booleans(),
    st.booleans(),
)
households = st.builds(
    Circumstances,
    on=st.sampled_from([DAY, date(2025, 9, 1)]),
    adults=adults,
    home=homes,
    children=children,
    capital_pence=st.integers(0, 18_000_00),
    council_tax_year_pence=st.none(),
    childcare_pence=st.just(0),
)
LOCAL = Local(lha=SOUTH_EAST)


def with_pay(told: Circumstances, more: int) -> Circumstances:
    first, *others = told.adults
    return replace(told, adults=(replace(first, earnings_pence=first.earnings_pence + more), *others))


@given(households, st.integers(1, 1_500_00))
def test_a_pound_more_pay_never_costs_more_than_its_taper(told: Circumstances, more: int) -> None:
    """Before the cap: Universal Credit never rises with pay, and falls by 55% of it at most (a penny of rounding)."""
    before, after = (
        universal_credit.estimate(each, SOUTH_EAST).estimate.month_pence for each in (told, with_pay(told, more))
    )
    assert after <= before
    assert 100 * (before - after) <= 55 * more + 100


@given(households, st.integers(1, 1_500_00))
def test_more_pay_never_leaves_less_in_hand(told: Circumstances, more: int) -> None:
    """With the cap too: pay and benefits together never fall when pay rises, for the cap only ever lifts with pay."""
    richer = with_pay(told, more)
    before, after = (each.earnings + run(each, LOCAL).month_pence for each in (told, richer))
    assert after >= before - 1


@given(households, st.integers(1, 2_000_00))
def test_other_income_is_taken_in_full_at_most(told: Circumstances, more: int) -> None:
    richer = replace(told, incomes=(Income("other_counted", more),))
    before, after = run(told, LOCAL).month_pence, run(richer, LOCAL).month_pence
    assert before - more <= after <= before


@given(households, st.integers(1, 3_000_00))
def test_more_savings_never_bring_more(told: Circumstances, more: int) -> None:
    richer = replace(told, capital_pence=told.capital_pence + more)
    assert run(richer, LOCAL).month_pence <= run(told, LOCAL).month_pence


@given(households)
def test_what_is_shown_is_what_is_counted(told: Circumstances) -> None:
    """The steps of the most there can be add up to it; every step has words and a rule; nothing is below nothing."""
    result = run(told, LOCAL)
    found = of(result, "universal_credit")
    words = [each.words for each in found.steps]
    for each in result.estimates:
        assert each.month_pence >= 0
        assert all(step.words and step.rule for step in each.steps)
        assert each.status != "estimated" or each.month_pence > 0
    if any(text.startswith("The most it can be") for text in words):
        place = next(n for n, text in enumerate(words) if text.startswith("The most it can be"))
        parts = ("Standard", "The eldest", "A child", "Addition", "Limited", "Carer of", "Help with")
        listed = sum(step.pence or 0 for step in found.steps[:place] if step.words.startswith(parts))
        assert listed == found.steps[place].pence


@given(households)
def test_a_capped_household_has_no_more_than_the_cap(told: Circumstances) -> None:
    result = run(told, LOCAL)
    excepted = any(each.health or each.carer for each in told.adults) or any(c.disability for c in told.children)
    if excepted or told.earnings >= cap.earnings_threshold(told):
        return
    rows = table("benefit_cap", told.on)
    where, who = (
        ("london" if told.home.london else "elsewhere"),
        ("family" if told.couple or told.children else "single"),
    )
    family_money = of(result, "child_benefit").month_pence
    assert of(result, "universal_credit").month_pence <= max(0, rows.pence(f"{where}_{who}") - family_money)
