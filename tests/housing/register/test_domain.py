"""The scheme, the states, the priority date, the letters and the waiting times: rules without a database."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Conflict
from services.housing.register import letters, scheme, states
from services.housing.register.priority import Stay, priority_on
from services.housing.register.scheme import Assessment
from services.housing.register.states import BIDS, ENDED, NEXT, Standing
from services.housing.register.waiting import Wait, figures, quantile

DAY = date(2026, 12, 4)
KNOWN: dict[str, Any] = {
    "eligible": True,
    "applicant_age": 34,
    "years_resident": 11,
    "residence_exception": "none",
    "income_year_pence": 24_000_00,
    "capital_pence": 0,
    "owned_within_5_years": False,
    "other_register": False,
    "arrears_weeks": 0,
    "everybody_55": False,
    "tenancy_fraud": False,
    "antisocial_order": False,
    "homeless_duty": "none",
    "decant": "none",
    "medical": "no_medical",
    "fleeing_abuse": False,
    "armed_forces": False,
    "urgent_need": False,
    "care_leaver": False,
    "fosters": False,
    "hardship": False,
    "hazard": "none",
    "tenure": "private_rent",
    "rooms_lacking": 2,
    "rooms_spare": 0,
}


def assess(*by_officer: str, on: date = DAY, **facts: Any) -> Assessment:
    return scheme.assess(scheme.scheme(), KNOWN | facts, by_officer, on=on)


# The scheme -----------------------------------------------------------------------------------------------


# Facts that differ from KNOWN, and the codes of what stands against them.
QUALIFYING: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"eligible": False}, ["not_eligible"]),
    ({"applicant_age": 17}, ["under_age"]),
    ({"applicant_age": 17, "care_leaver": True}, []),
    ({"years_resident": 2}, ["residence"]),
    ({"years_resident": 3}, []),
    ({"years_resident": 0, "residence_exception": "fleeing_violence"}, []),
    ({"years_resident": 0, "homeless_duty": "main"}, []),
    ({"income_year_pence": 80_000_00}, []),
    ({"income_year_pence": 80_000_01}, ["income"]),
    ({"income_year_pence": 80_000_01, "medical": "b_medical"}, []),
    ({"capital_pence": 80_000_01, "everybody_55": True}, []),
    ({"owned_within_5_years": True}, ["owner"]),
    ({"arrears_weeks": 4, "agreement_kept_months": 5, "arrears_from_benefit_delay": False}, ["arrears"]),
    ({"arrears_weeks": 4, "agreement_kept_months": 6, "arrears_from_benefit_delay": False}, []),
    ({"arrears_weeks": 4, "agreement_kept_months": 0, "arrears_from_benefit_delay": True}, []),
    ({"tenancy_fraud": True, "antisocial_order": True}, ["tenancy_fraud", "antisocial"]),
    ({"rooms_lacking": 0}, ["no_need"]),
]


def test_who_qualifies() -> None:
    found = [assess(**facts) for facts, _ in QUALIFYING]
    assert [[each.code for each in answer.against] for answer in found] == [against for _, against in QUALIFYING]
    assert all(answer.qualifies is (not answer.against) for answer in found)


BANDS: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"decant": "permanent"}, "a", ["permanent_decant", "b_overcrowded"]),
    ({"medical": "a_medical"}, "a", ["a_medical", "b_overcrowded"]),
    ({"rooms_lacking": 3}, "a", ["a_overcrowded"]),
    ({"rooms_lacking": 0, "rooms_spare": 1, "tenure": "council_tenant"}, "a", ["gives_up_rooms"]),
    ({"rooms_lacking": 0, "homeless_duty": "main"}, "b", ["main_duty"]),
    ({"rooms_lacking": 0, "homeless_duty": "intentional"}, "c", ["homeless"]),
    ({"rooms_lacking": 1}, "c", ["c_overcrowded"]),
    ({"rooms_lacking": 0, "hardship": True}, "c", ["hardship"]),
]


def test_bands_and_their_reasons() -> None:
    found = [assess(**facts) for facts, _, _ in BANDS]
    assert [(each.band, [reason.code for reason in each.reasons]) for each in found] == [each[1:] for each in BANDS]


def test_an_officer_finds_what_no_fact_gives_and_may_lower() -> None:
    assert assess("a_social").band == "a"
    assert assess("a_social", "worsened_own").band == "reduced"
    # An officer's code is not a fact, and a fact's reason is not an officer's to give.
    assert assess("a_medical").band == "b"


def test_what_is_not_known_is_asked_and_never_refuses() -> None:
    found = assess(years_resident=None, arrears_weeks=None)
    assert (found.qualifies, found.unknown) == (
        None,
        ("agreement_kept_months", "arrears_from_benefit_delay", "arrears_weeks", "years_resident"),
    )
    assert assess(years_resident=None, homeless_duty="main").qualifies is True


def test_a_rule_holds_in_its_days_alone() -> None:
    facts = {"years_since_intentional": 1, "homeless_duty": "intentional"}
    assert [each.code for each in assess(on=date(2022, 3, 31), **facts).against] == ["intentionally_homeless"]
    assert assess(on=date(2022, 4, 1), **facts).against == ()


def test_every_reasonable_preference_group_of_the_act_has_a_reason() -> None:
    groups = {group for each in scheme.scheme().reasons.values() for group in each.preference}
    assert groups == {"rp_homeless", "rp_insan_unsat", "rp_medwel", "rp_hardship"}


@pytest.mark.parametrize(
    "wrong",
    [
        'band = "z"\ntitle = ""\npreference = []\nby_officer = true',
        'band = "a"\ntitle = ""\npreference = []',
        'band = "a"\ntitle = ""\npreference = []\nwhen = [{ fact = "x", near = 3 }]',
    ],
)
def test_a_scheme_that_contradicts_itself_is_not_read(wrong: str) -> None:
    rest = 'title=""\nsource=""\n[[bands]]\ncode="a"\ntitle="A"\n'
    qualification = '[[qualification]]\ncode="q"\nwords=""\nsource=""\nwhen=[]\n'
    with pytest.raises(ValueError, match=r"z|x|such test|a band"):
        scheme.read(f'{rest}{qualification}[[reasons]]\ncode = "x"\n{wrong}\n')


# States ---------------------------------------------------------------------------------------------------


def test_every_state_has_a_way_out_and_a_way_in() -> None:
    assert all(NEXT[state] for state in Standing)
    reached = {Standing.DRAFT}
    while more := {each for state in reached for each in NEXT[state]} - reached:
        reached |= more
    assert reached == set(Standing)
    assert not BIDS & ENDED


def test_a_refused_step_names_those_allowed() -> None:
    for state in Standing:
        refused = next(each for each in Standing if each not in NEXT[state])
        with pytest.raises(Conflict) as found:
            states.step(state, refused)
        assert found.value.extra["allowed"] == [each.value for each in NEXT[state]]


# The priority date ----------------------------------------------------------------------------------------


def test_priority_dates() -> None:
    b, a = Stay(1, date(2024, 1, 1)), Stay(0, date(2025, 1, 1))
    assert priority_on([], 1, DAY) == DAY
    assert priority_on([b], 0, DAY) == DAY
    assert priority_on([b, a], 1, DAY) == date(2024, 1, 1)
    assert priority_on([a], 2, DAY) == date(2025, 1, 1)
    # Without the need for a while: what stood before has ended.
    assert priority_on([b, Stay(2, date(2025, 6, 1))], 1, DAY) == DAY


@given(
    orders=st.lists(st.integers(0, 4), min_size=1, max_size=8),
    days=st.lists(st.integers(0, 3000), min_size=9, max_size=9, unique=True),
)
def test_nobody_waits_from_later_in_a_less_urgent_band(orders: list[int], days: list[int]) -> None:
    told = [date.fromordinal(730_000 + day) for day in sorted(days)]
    stays = [Stay(order, day) for order, day in zip(orders, told, strict=False)]
    dates = [priority_on(stays, order, told[-1]) for order in range(5)]
    assert all(later <= earlier for earlier, later in pairwise(dates))
    assert all(each <= told[-1] for each in dates)


# Letters --------------------------------------------------------------------------------------------------


def test_a_letter_that_hurts_says_reasons_and_how_to_object() -> None:
    said: dict[str, Any] = {"reasons": ["You have savings over £80,000."], "standing": [], "words": None}
    hard = letters.letter(scheme.scheme(), "disqualify", "1234567", ask_by=date(2026, 12, 24), **said)
    assert "You have savings over £80,000." in hard
    assert "by 24 December 2026" in hard
    assert "Another officer, who had no part in this decision" in hard
    assert "within 8 weeks" in hard
    assert "Another officer" not in letters.letter(scheme.scheme(), "restore", "1234567", ask_by=None, **said)


# Waiting times --------------------------------------------------------------------------------------------


def test_who_still_waits_counts() -> None:
    housed = [Wait(days, True) for days in (100, 200, 300, 400)]
    assert quantile(housed, 0.5) == 200
    # Four more who wait longer than any of those: half are housed only on day 400.
    assert quantile([*housed, *[Wait(500, False)] * 4], 0.5) == 400
    assert quantile([*housed, *[Wait(500, False)] * 5], 0.5) is None


def test_kaplan_and_meiers_own_way_with_those_who_left() -> None:
    # Eight: housed on days 6 and 7, one left on day 6; then survival is 7/8, then 7/8 * 5/6.
    waits = [Wait(6, True), Wait(6, False), Wait(7, True), *[Wait(30, False)] * 5]
    assert quantile(waits, 0.125) == 6
    assert quantile(waits, 0.27) == 7
    assert quantile(waits, 0.28) is None


def test_small_groups_are_hidden() -> None:
    def shown(housed: int, waiting: int) -> bool:
        waits = [Wait(10, True)] * housed + [Wait(20, False)] * waiting
        return figures(waits, [20] * waiting) is not None

    assert [shown(0, 9), shown(9, 20), shown(20, 9), shown(10, 10)] == [False, False, False, True]
