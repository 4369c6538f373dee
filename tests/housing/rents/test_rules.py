"""The rules of rents: golden sums, each worked out here anew and not by the code that is tried."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from kit.errors import Conflict, Invalid
from services.housing.figures.tables import NotInATable, Table, Tables
from services.housing.figures.working import Working
from services.housing.rents import affordability, bands, formula, products, reviews
from services.housing.rents.means import Means, Paper, means_of
from services.housing.rents.products import Charged, HomeFacts, Product
from services.housing.rents.reviews import Standing, Tenancy

ON = date(2026, 12, 14)
TABLES = Tables()
FLAT = HomeFacts(bedrooms=1, market_week_pence=300_00, service_week_pence=22_50, value_1999_pence=49_750_00)
ALONE = affordability.Household(lha_size="1", lha_area=None, family=False)
LINKED = (Product.MARKET_50, Product.MARKET_60, Product.MARKET_80)


def slips(
    gross: int, net: int | None, *, adult: int = 0, months: int = 3, newest: date = ON, job: int = 0
) -> list[Paper]:
    return [
        Paper("payslip", "earnings", adult, "month", gross, net, newest - timedelta(days=30 * each), job)
        for each in range(months)
    ]


def means(*papers: Paper) -> Means:
    return means_of(papers, ON, TABLES, Working())


# £14.80 an hour, 37.5 hours a week: £28,860 a year before tax.
NURSE = slips(2405_00, 2024_90)


def test_formula_rent_by_hand() -> None:
    work = Working()
    rent = formula.formula_rent(formula.Valued(3, 60_000_00), ON, TABLES, work)
    by_earnings = Fraction(5462) * Fraction(7, 10) * Fraction(35410, 31640) * Fraction(105, 100)
    by_value = Fraction(5462) * Fraction(3, 10) * Fraction(60_000, 49_750)
    years = "4.3 2.2 2.2 3.3 3.6 3.2 4.1 4.4 5.5 -0.9 5.1 6.1 3.1 3.7 2.2 -1 -1 -1 -1 2.7 1.5 4.1 11.1 7.7 2.7 4.8"
    for percent in years.split():
        by_earnings, by_value = (each * (1 + Fraction(percent) / 100) for each in (by_earnings, by_value))
    assert rent == int(by_earnings + by_value + Fraction(1, 2)) == 144_66
    assert "bedroom weight, england, from 2000-04-01" in work.unsure
    assert [each.pence for each in work.steps if "April 2000" in each.words][:1] != [None]


def test_formula_of_2000_is_the_published_one() -> None:
    work = Working()
    formula.formula_rent(formula.Valued(2, 49_750_00), date(2000, 6, 1), TABLES, work)
    # 70% of 54.62 x 354.10/316.40 = 42.79; 30% of 54.62 = 16.39.
    assert [each.pence for each in work.steps][:3] == [42_79, 16_39, 59_18]


def test_a_dear_home_is_held_by_the_cap_and_the_council_may_load_its_own() -> None:
    dear = formula.Valued(2, 200_000_00)
    held = formula.social_rent(dear, ON, TABLES, Working())
    assert (held.rent_pence, held.cap_pence) == (216_34, 216_34)
    assert held.formula_pence > 216_34
    own = Table("rent_cap", "england", date(2026, 4, 1), "The regulator's table", {"2": Decimal(210_00)}, loaded=True)
    work = Working()
    assert formula.social_rent(dear, ON, Tables((own,)), work).rent_pence == 210_00
    assert "The regulator's table" in work.sources
    assert not any("cap" in each for each in work.unsure)


def test_flexibility_is_above_the_formula_and_never_above_the_cap() -> None:
    cheap = formula.social_rent(formula.Valued(2, 49_750_00), ON, TABLES, Working(), "general")
    assert (cheap.formula_pence, cheap.rent_pence) == (132_33, 138_95)
    dear = formula.social_rent(formula.Valued(2, 200_000_00), ON, TABLES, Working(), "supported")
    assert dear.rent_pence == dear.cap_pence


def test_a_table_counts_to_its_last_day_and_no_further() -> None:
    short = Table("x", "y", date(2026, 1, 1), "Test", {}, until=date(2026, 3, 31), loaded=True)
    assert Tables((short,)).find("x", date(2026, 3, 31), "y") is short
    for day in (date(2025, 12, 31), date(2026, 4, 1)):
        with pytest.raises(NotInATable, match="no table for y"):
            Tables((short,)).find("x", day, "y")


def test_without_a_table_nothing_is_guessed() -> None:
    with pytest.raises(NotInATable, match=r"rent uplift: no table for April 2027"):
        formula.formula_rent(formula.Valued(2, 49_750_00), date(2027, 4, 1), TABLES, Working())
    missing = products.price(Product.LONDON_LIVING, HomeFacts(2, ward="E05014053"), ON, TABLES)
    assert missing.charged is None
    assert missing.missing == "london living rent: no table for E05014053 on 2026-12-14"


@pytest.mark.parametrize(("percent", "rent"), [(50, 127_50), (60, 157_50), (80, 217_50)])
def test_shares_of_market_have_the_service_charge_inside(percent: int, rent: int) -> None:
    charged = products.of_market(percent, 300_00, 22_50, ON, TABLES, Working())
    assert charged == Charged(rent, 22_50)
    assert charged.week_pence == 300_00 * percent // 100


def test_no_share_of_market_above_80() -> None:
    with pytest.raises(Invalid, match="80%"):
        products.of_market(81, 300_00, 0, ON, TABLES, Working())


def test_london_affordable_rent_has_its_service_charge_on_top() -> None:
    assert products.london_affordable(2, 10_00, date(2017, 6, 1), TABLES, Working()).week_pence == 162_73
    # 152.73 raised by 4.0%, 3.4% and 2.7%, to the penny each year.
    assert products.london_affordable(2, 0, date(2020, 6, 1), TABLES, Working()).rent_pence == 168_67


def test_london_living_rent_by_size_and_under_80_percent() -> None:
    ward = Table("london_living_rent", "E05014053", date(2026, 4, 1), "Test", {"2": Decimal(1_200_00)}, loaded=True)
    own = Tables((ward,))
    months = [products.london_living(n, "E05014053", None, 0, ON, own, Working()).rent_pence for n in (1, 2, 3)]
    assert months == [249_23, 276_92, 304_62]
    assert products.london_living(2, "E05014053", 300_00, 0, ON, own, Working()).rent_pence == 240_00
    # A third of £45,000 in twelve months.
    assert products.third_of_income(45_000_00, ON, TABLES, Working()) == 1_250_00


def test_shared_ownership_adds_up() -> None:
    bought = products.Purchase(300_000_00, Decimal(25), 7_500_00, Decimal("5.0"), 30)
    cost = products.shared_ownership(bought, ON, TABLES, Working())
    # £67,500 over 360 months at 5%: 362.35 (the annuity 5.36822 for each £1,000).
    assert (cost.share_pence, cost.loan_pence, cost.mortgage_month_pence) == (75_000_00, 67_500_00, 362_35)
    assert cost.rent_month_pence == 515_63  # £515.625, half a penny up
    with pytest.raises(Invalid, match="10% to 75%"):
        products.shared_ownership(products.Purchase(300_000_00, Decimal(5), 0, Decimal(5), 30), ON, TABLES, Working())
    assert products.repayment(12_000_00, Decimal(0), 1) == 1_000_00


def test_the_nurses_rent_is_60_percent_of_market_from_her_payslips() -> None:
    proposal = bands.propose(LINKED, FLAT, False, ALONE, means(*NURSE), ON, TABLES)
    assert proposal.product is Product.MARKET_60
    assert proposal.chosen is not None
    assert proposal.chosen.charged == Charged(157_50, 22_50)
    answers = [(each.product, each.answer) for each in proposal.verdicts]
    assert answers == [
        (Product.MARKET_80, "not_affordable"), (Product.MARKET_60, "affordable"), (Product.MARKET_50, "affordable")
    ]  # fmt: skip
    # 40% of £2,024.90 is £809.96; 80% would be £1,040.00 a month.
    assert proposal.verdicts[0].reasons == ("they would pay £1,040.00 a month, £230.04 more than £809.96",)


def test_who_earns_more_pays_more_and_nobody_more_than_they_can() -> None:
    last = 0
    for net in range(1_200_00, 4_000_00, 100_00):
        found = bands.propose(LINKED, FLAT, False, ALONE, means(*slips(net * 5 // 4, net)), ON, TABLES)
        week = found.chosen.charged.week_pence if found.chosen and found.chosen.charged else 0
        assert week >= last
        assert week * 52 / 12 <= net * 0.4 + 1
        last = week
    assert last == 240_00


def test_what_was_only_told_sets_no_rent() -> None:
    told = Paper("declared", "earnings", 0, "month", 2405_00, 2024_90, ON)
    found = bands.propose(LINKED, FLAT, False, ALONE, means(told), ON, TABLES)
    assert found.product is None
    assert "told and not shown" in found.words
    old = means(*slips(2405_00, 2024_90, newest=ON - timedelta(days=63)))
    assert old.faults == ("adult 1: the newest payslip is older than 62 days",)
    assert means(*slips(2405_00, 2024_90, months=2)).faults == ("adult 1: payslips of 3 months are asked for",)
    assert means().faults == ("no evidence of income at all",)


def test_two_jobs_and_two_adults_are_added_and_gross_alone_is_taken_at_70_percent() -> None:
    found = means(*slips(1000_00, 900_00), *slips(500_00, 500_00, job=1), *slips(1000_00, None, adult=1))
    assert (found.gross_month, found.net_month) == (2500_00, 2100_00)


def test_above_the_income_limit_is_not_for_them() -> None:
    rich = means(*slips(7000_00, 5000_00))
    verdict = affordability.judge(Product.MARKET_80, FLAT, False, ALONE, rich, ON, TABLES)
    assert verdict.answer == "not_affordable"
    assert "over the limit of £80,000.00" in verdict.reasons[0]


FAMILY = affordability.Household("2", "outer_north_east_london", True, "full")
AWARD = Paper("award_letter", "benefit", 0, "month", 1_300_00, 1_300_00, ON)


def test_help_with_rent_is_held_by_the_benefit_cap_and_by_the_allowance() -> None:
    two = HomeFacts(2, market_week_pence=400_00, value_1999_pence=49_750_00)
    social = affordability.judge(Product.SOCIAL, two, True, FAMILY, means(AWARD), ON, TABLES)
    # £132.33 a week is £573.43 a month; the cap of £2,110.25 leaves £810.25.
    assert (social.help_month, social.left_to_pay_month, social.answer) == (573_43, 0, "affordable")
    company = affordability.judge(Product.MARKET_80, two, False, FAMILY, means(AWARD), ON, TABLES)
    assert company.answer == "cannot_say"
    assert "lha: no table for outer north east london" in company.reasons[0]
    rates = Table("lha", "outer_north_east_london", date(2024, 4, 1), "Test", {"2": Decimal(250_00)}, loaded=True)
    held = affordability.judge(Product.MARKET_80, two, False, FAMILY, means(AWARD), ON, Tables((rates,)))
    # The rent is £1,386.67, £1,083.33 of it counts, and the cap leaves £810.25.
    assert (held.help_month, held.left_to_pay_month, held.answer) == (810_25, 576_42, "not_affordable")
    excepted = means(AWARD, Paper("award_letter", "disability_benefit", 0, "month", 100_00, 100_00, ON))
    free = affordability.judge(Product.MARKET_80, two, False, FAMILY, excepted, ON, Tables((rates,)))
    assert free.help_month == 1083_33


def standing(**more: Any) -> Standing:
    values = {
        "product": Product.MARKET_60,
        "rent_pence": 157_50,
        "service_pence": 22_50,
        "tenancy": Tenancy.ASSURED_MARKET_LINKED,
        "since": date(2026, 12, 14),
        "risen_on": date(2026, 12, 14),
        **more,
    }
    return Standing(**values)


def test_a_review_lowers_at_once() -> None:
    reviews.check_lowering(standing(), 150_00, date(2027, 2, 1))
    with pytest.raises(Invalid, match="it is a rise"):
        reviews.check_lowering(standing(), 180_00, date(2027, 2, 1))
    with pytest.raises(Invalid, match="began on"):
        reviews.check_lowering(standing(), 150_00, date(2026, 12, 13))


def test_a_rise_by_income_needs_two_months_and_a_year_since_the_last() -> None:
    early = reviews.rise_by_income(standing(), date(2027, 2, 1), TABLES)
    assert early.earliest == date(2027, 12, 13)
    late = reviews.rise_by_income(standing(), date(2027, 11, 30), TABLES)
    assert late.earliest == date(2028, 1, 30)
    reviews.check_rise(late, date(2028, 1, 30))
    with pytest.raises(Invalid) as refused:
        reviews.check_rise(late, date(2028, 1, 29))
    assert "s13" in refused.value.errors[0].rule
    before = reviews.rise_by_income(
        standing(since=date(2024, 1, 1), risen_on=date(2024, 1, 1)), date(2026, 4, 1), TABLES
    )
    assert before.earliest == date(2026, 5, 1)


def test_a_rise_stands_on_a_recent_review_and_a_rent_on_a_near_day() -> None:
    reviews.check_recent(date(2027, 1, 1), date(2027, 7, 3))
    for notice in (date(2027, 7, 4), date(2026, 12, 31)):
        with pytest.raises(Conflict, match="within 183 days"):
            reviews.check_recent(date(2027, 1, 1), notice)
    reviews.check_near(date(2027, 12, 15), ON)
    for far in (date(2027, 12, 16), date(2025, 12, 12)):
        with pytest.raises(Invalid, match="Within a year"):
            reviews.check_near(far, ON)


@pytest.mark.parametrize("product", [Product.SOCIAL, Product.LONDON_AFFORDABLE, Product.LONDON_LIVING])
def test_income_never_raises_a_rent_that_is_not_linked_to_it(product: Product) -> None:
    with pytest.raises(Conflict, match="yearly limit"):
        reviews.rise_by_income(standing(product=product), date(2027, 2, 1), TABLES)
    with pytest.raises(Conflict, match="no rise by income"):
        reviews.rise_by_income(standing(tenancy=Tenancy.SECURE), date(2027, 2, 1), TABLES)


def test_the_yearly_rise_of_a_social_rent_is_within_its_limit() -> None:
    secure = standing(
        product=Product.SOCIAL,
        tenancy=Tenancy.SECURE,
        rent_pence=100_05,
        risen_on=date(2025, 4, 7),
        since=date(2020, 1, 6),
    )
    rise = reviews.yearly_rise(secure, 104_85, date(2026, 4, 1), TABLES, Working())
    assert rise.earliest == date(2026, 4, 29)
    with pytest.raises(Invalid, match=r"£104\.85"):
        reviews.yearly_rise(secure, 104_86, date(2026, 4, 1), TABLES, Working())
    with pytest.raises(Conflict):
        reviews.yearly_rise(standing(), 158_00, date(2026, 4, 1), TABLES, Working())


def test_every_table_that_comes_with_the_program_names_its_source() -> None:
    for table in TABLES.shipped:
        assert len(table.source) > 20, table
        assert table.figures, table
        if table.source.startswith("Ours:"):
            assert table.from_memory, table
