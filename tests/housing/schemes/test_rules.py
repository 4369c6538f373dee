"""The rules of schemes: gateways in order, money that adds up, rates that are found again, scenarios side by side."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Conflict, Invalid
from services.housing.schemes import domain, money, scenarios
from services.housing.schemes.appraisal import Assumptions, Unit, appraise, by_year
from services.housing.schemes.domain import Milestone, MixLine, Phase, Reached, State, Tenure

TODAY = date(2026, 12, 14)
PHASES = (Phase(1, date(2027, 1, 15), date(2028, 6, 30), 24),)
ASSUMED = Assumptions(
    land_pence=1_000_000_00, demolition_pence=600_000_00, build_m2_pence=3_200_00,
    management_home_year_pence=900_00, maintenance_home_year_pence=1_100_00,
)  # fmt: skip


def unit(tenure: Tenure, homes: int, bedrooms: int = 2, rent: int = 0, value: int = 0, grant: int = 0) -> Unit:
    return Unit(MixLine(1, bedrooms, tenure, homes), 70, rent, value, grant)


# The published example: 24 homes become 64.
EXAMPLE = (
    unit(Tenure.SOCIAL, 20, rent=132_33, grant=150_000_00),
    unit(Tenure.MARKET_80, 15, rent=290_00, grant=60_000_00),
    unit(Tenure.SHARED_OWNERSHIP, 29, value=380_000_00, grant=30_000_00),
)


@given(st.integers(-(10**12), 10**12), st.integers(1, 60))
def test_a_total_in_parts_adds_up(total: int, parts: int) -> None:
    found = money.spread(total, parts)
    assert sum(found) == total
    assert max(found) - min(found) <= 1


def test_present_value_and_rate_of_return_by_hand() -> None:
    # £1,000 today for £1,100 in four quarters: 10% a year, worth nothing at 10%.
    flows = [-100_000, 0, 0, 0, 110_000]
    assert money.present_value(flows, Decimal(10)) == 0
    assert money.present_value(flows, Decimal(0)) == 10_000
    assert money.present_value(flows, Decimal("3.5")) == round(-100_000 + 110_000 / 1.035)
    assert money.rate_of_return(flows) == Decimal("10.000")
    # Level payments of £100 for ten years against £800: 4.278% each year if yearly (a textbook annuity).
    yearly = [-80_000, *([0, 0, 0, 10_000] * 10)]
    rate = money.rate_of_return(yearly)
    assert rate is not None
    assert abs(sum(10_000 / (1 + float(rate) / 100) ** year for year in range(1, 11)) - 80_000) < 5


def test_no_rate_where_there_is_none_or_where_there_are_two() -> None:
    assert money.rate_of_return([100, 200]) is None
    assert money.rate_of_return([100, -300, 250]) is None
    assert money.rate_of_return([-100, 330, -250]) is None
    assert money.rate_of_return([0, 0]) is None
    # Money in first and out later: a rate of borrowing, not of return.
    assert money.rate_of_return([100, -110]) is None


@given(st.integers(1, 10**9), st.lists(st.integers(0, 10**8), min_size=1, max_size=80))
def test_at_its_rate_of_return_a_flow_is_worth_nothing(out: int, back: list[int]) -> None:
    flows = [-out, *back]
    rate = money.rate_of_return(flows)
    if rate is not None:
        # The rate has three places: between its neighbours the value changes sign.
        above, below = (money.present_value(flows, rate + step) for step in (Decimal("0.001"), Decimal("-0.001")))
        assert above <= 1
        assert below >= -1


def test_the_cash_flow_is_the_sum_of_its_lines_and_loses_no_penny() -> None:
    found = appraise(PHASES, EXAMPLE, ASSUMED)
    assert len(found.flow) == 6 + 40 * 4
    assert sum(found.flow) == sum(sum(line) for line in found.lines.values())
    years = by_year(found)
    assert sum(row["flow"] for row in years.values()) == sum(found.flow)
    assert sum(found.lines["grant"]) == (20 * 150_000 + 15 * 60_000 + 29 * 30_000) * 100 == found.grant_pence
    building = sum(found.lines["building"])
    # 64 homes of 70 m2 at £3,200, each sixth dearer by half a per cent a quarter.
    assert building == pytest.approx(-64 * 70 * 3_200_00 * sum(1.02 ** (q / 4) for q in range(6)) / 6, abs=10)
    assert sum(found.lines["fees"]) == pytest.approx(building / 10, abs=6)
    assert sum(found.lines["contingency"]) == pytest.approx(building / 20, abs=6)
    assert found.net_cost_pence == found.cost_pence - found.grant_pence - found.receipts_pence
    assert found.npv_pence == money.present_value(found.flow, Decimal("3.5"))
    assert found.irr_percent is not None
    assert abs(money.present_value(found.flow, found.irr_percent)) < 20_000_00


def test_nothing_comes_in_before_a_home_is_complete() -> None:
    found = appraise(PHASES, EXAMPLE, ASSUMED)
    for name in ("rents", "sales", "management", "maintenance"):
        assert not any(found.lines[name][:6]), name
    let = (20 * 132_33 + 15 * 290_00) * 52 * 0.98 + 29 * 380_000_00 * 0.75 * 0.0275
    assert found.lines["rents"][6] == pytest.approx(let / 4 * 1.03**1.5, abs=2)


def test_the_example_of_24_homes_to_64() -> None:
    plan = scenarios.Plan(PHASES, EXAMPLE, ASSUMED)
    base, _ = scenarios.summarise(plan, {1: 10, 2: 30})
    assert (base.homes, base.demolished, base.more_homes) == (64, 24, 40)
    assert base.shares == {"council_equivalent": 20, "under_market": 15, "shared_ownership": 29, "market_sale": 0}
    assert (base.waiting_met, base.council_by_size) == ({1: 0, 2: 30}, {2: 20})


def test_a_scenario_shows_what_it_changes() -> None:
    plan = scenarios.Plan(PHASES, EXAMPLE, ASSUMED)
    base, _ = scenarios.summarise(plan, {2: 50})
    more_council = scenarios.Plan(
        PHASES, (replace(EXAMPLE[0], line=MixLine(1, 2, Tenure.SOCIAL, 30)), EXAMPLE[1],
                 replace(EXAMPLE[2], line=MixLine(1, 2, Tenure.SHARED_OWNERSHIP, 19))), ASSUMED,
    )  # fmt: skip
    other, _ = scenarios.summarise(more_council, {2: 50})
    told = scenarios.difference(base, other)
    assert (told["shares.council_equivalent"], told["shares.shared_ownership"]) == ("+10", "-10")
    assert told["waiting_met"] == "+10"
    assert "homes" not in told
    late, _ = scenarios.summarise(replace(plan, phases=scenarios.delayed(PHASES, 12)), {2: 50})
    assert scenarios.difference(base, late)["last_completion_days"] == "+365"
    assert scenarios.difference(base, base) == {}


def passed(*steps: tuple[Milestone, int, date]) -> list[Reached]:
    return [Reached(*each) for each in steps]


def test_gateways_come_in_order_and_by_phase() -> None:
    whole = passed(*((each, 0, date(2026, 1, 1 + place)) for place, each in enumerate(domain.OF_THE_WHOLE)))
    assert domain.next_milestones([], 2) == [(Milestone.FEASIBILITY, 0)]
    assert domain.next_milestones(whole, 2) == [(Milestone.START_ON_SITE, 1), (Milestone.START_ON_SITE, 2)]
    with pytest.raises(Conflict) as refused:
        domain.check_reach(whole[:2], Reached(Milestone.FULL_CASE, 0, TODAY), 1, TODAY)
    assert refused.value.extra["allowed"] == ["planning:0"]
    with pytest.raises(Invalid, match="passed on 2026-01-04"):
        domain.check_reach(whole, Reached(Milestone.START_ON_SITE, 1, date(2026, 1, 3)), 1, TODAY)
    with pytest.raises(Invalid, match="not come yet"):
        domain.check_reach(whole, Reached(Milestone.START_ON_SITE, 1, date(2026, 12, 15)), 1, TODAY)


def test_a_scheme_stands_where_its_gateways_say_on_any_day() -> None:
    whole = passed(*((each, 0, date(2026, 1, 1)) for each in domain.OF_THE_WHOLE))
    site = [*whole, *passed((Milestone.START_ON_SITE, 1, date(2026, 3, 1)))]
    done = [*site, *passed((Milestone.PRACTICAL_COMPLETION, 1, date(2026, 9, 1)), (Milestone.HANDOVER, 1, TODAY))]
    assert domain.state_of(done, 1, stopped=False) is State.COMPLETED
    assert domain.state_of(done, 2, stopped=False) is State.ON_SITE
    assert domain.state_of(done, 1, stopped=False, on=date(2026, 2, 1)) is State.APPROVED
    assert domain.state_of(done, 1, stopped=False, on=date(2025, 2, 1)) is State.PIPELINE
    assert domain.state_of(done, 1, stopped=True) is State.STOPPED


def test_the_panel_is_asked_and_whoever_departs_from_it_says_why() -> None:
    with pytest.raises(Invalid, match="advice comes before"):
        domain.check_advice(Milestone.FULL_CASE, None, "proceed", None)
    with pytest.raises(Invalid, match="say why"):
        domain.check_advice(Milestone.FULL_CASE, "stop", "proceed", None)
    domain.check_advice(Milestone.FULL_CASE, "stop", "proceed", "The grant came after the panel met")
    domain.check_advice(Milestone.PLANNING, None, "proceed", None)


def test_all_faults_of_a_programme_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        domain.check(
            [Phase(2, date(2027, 1, 1), date(2026, 1, 1))],
            [MixLine(1, 2, Tenure.SOCIAL, 3), MixLine(2, 2, Tenure.SOCIAL, 3), MixLine(2, 2, Tenure.SOCIAL, 4)],
        )
    assert [each.rule for each in refused.value.errors] == ["phases", "order-of-days", "phase", "once"]


def test_only_homes_of_the_mix_are_handed_over() -> None:
    mix = [MixLine(1, 2, Tenure.SOCIAL, 3), MixLine(2, 2, Tenure.SOCIAL, 9)]
    domain.check_handover(mix, 1, {(2, Tenure.SOCIAL): 2}, {(2, Tenure.SOCIAL): 1})
    with pytest.raises(Invalid, match="not those of the mix"):
        domain.check_handover(mix, 1, {(2, Tenure.SOCIAL): 3}, {(2, Tenure.SOCIAL): 1})
    with pytest.raises(Invalid):
        domain.check_handover(mix, 1, {(3, Tenure.SOCIAL): 1}, {})
