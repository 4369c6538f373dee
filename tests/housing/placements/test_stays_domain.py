"""The rules of stays: what is bed and breakfast, when somebody is rung, what a night costs, what the table counts."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.clock import period_beginning_with
from kit.errors import Conflict, Invalid
from services.housing.placements import domain, rules
from services.housing.placements.counting import Counted, count
from services.housing.placements.domain import Kind, Managed, Notice, NoticeState, Party, Place, Rate, Shared, Stay
from services.housing.placements.queries import days_between

FRIDAY = date(2026, 12, 4)
ROOM = Place(Kind.BED_AND_BREAKFAST, False, frozenset({Shared.COOKING}), Managed.PRIVATE, False)
FAMILY = Party(children=1, pregnant=True, young_applicant=False)


def test_a_family_placed_on_4_december_rings_on_31_december_7_and_14_january() -> None:
    rung = domain.alarms((28, 35, 42), FRIDAY, 0, FRIDAY)
    assert [each.on for each in rung] == [date(2026, 12, 31), date(2027, 1, 7), date(2027, 1, 14)]
    assert domain.breach_on(42, FRIDAY, 0, FRIDAY) == date(2027, 1, 15)
    assert domain.due_on(FRIDAY, 14) == date(2026, 12, 17)


@given(st.lists(st.integers(0, 20), max_size=4), st.integers(0, 60))
def test_the_six_weeks_are_a_total_whatever_the_moves(lengths: list[int], later: int) -> None:
    """Stays one after the other count like one: the end does not move by moving."""
    stays, day = [], FRIDAY
    for nights in lengths:
        stays.append(Stay(day, day + timedelta(days=nights)))
        day += timedelta(days=nights)
    before = domain.days_before(stays, day, FRIDAY)
    assert before == sum(lengths)
    whole = domain.breach_on(42, FRIDAY, 0, FRIDAY)
    assert domain.breach_on(42, day, before, FRIDAY) == max(whole, day)
    assert domain.reached(day + timedelta(days=later), day, before, FRIDAY) == (day - FRIDAY).days + later + 1


def test_days_before_there_was_a_family_do_not_count_and_none_counts_twice() -> None:
    born = FRIDAY + timedelta(days=5)
    twice = [Stay(FRIDAY, FRIDAY + timedelta(days=10)), Stay(FRIDAY + timedelta(days=8), FRIDAY + timedelta(days=12))]
    assert domain.days_before(twice, FRIDAY + timedelta(days=20), born) == 7


@pytest.mark.parametrize(
    ("place", "law"),
    [
        (ROOM, True),
        (Place(Kind.NIGHTLY_PAID, True, frozenset(), Managed.PRIVATE, False), False),
        (Place(Kind.HOSTEL, False, frozenset({Shared.TOILET}), Managed.COUNCIL, False), False),
        (Place(Kind.HOSTEL, False, frozenset({Shared.TOILET}), Managed.VOLUNTARY, False), False),
        (Place(Kind.OTHER, False, frozenset({Shared.TOILET}), Managed.PRIVATE, True), False),
    ],
)
def test_what_the_order_calls_bed_and_breakfast(place: Place, law: bool) -> None:
    today = rules.on(rules.standing().bed_and_breakfast, FRIDAY)
    assert domain.is_bed_and_breakfast(place, today.private_homes_count) is law
    domain.check_place(place, today.private_homes_count)


def test_a_room_in_somebodys_own_home_counted_until_june_2022() -> None:
    lodging = Place(Kind.OTHER, False, frozenset({Shared.TOILET}), Managed.PRIVATE, True)
    before, after = (rules.on(rules.standing().bed_and_breakfast, day) for day in (date(2022, 5, 31), date(2022, 6, 1)))
    assert domain.is_bed_and_breakfast(lodging, before.private_homes_count)
    assert not domain.is_bed_and_breakfast(lodging, after.private_homes_count)


def test_bed_and_breakfast_under_another_name_is_refused() -> None:
    with pytest.raises(Invalid, match="that is bed and breakfast"):
        domain.check_place(Place(Kind.OTHER, False, frozenset({Shared.COOKING}), Managed.PRIVATE, False), False)


def test_a_family_goes_into_bed_and_breakfast_only_when_nothing_else_is_there() -> None:
    with pytest.raises(Invalid, match="SI 2003/3326") as refused:
        domain.check_suitable(True, FAMILY, None)
    assert [each.pointer for each in refused.value.errors] == ["/nothing_else"]
    domain.check_suitable(True, FAMILY, "Rang nine landlords and two other councils")
    domain.check_suitable(True, Party(0, False, False), None)
    with pytest.raises(Invalid, match="16 or 17"):
        domain.check_suitable(True, Party(0, False, True), None)


def test_nobody_is_placed_before_they_applied_nor_while_prevention_is_owed() -> None:
    with pytest.raises(Invalid, match="ss183 and 188"):
        domain.check_after_application(FRIDAY, FRIDAY + timedelta(days=1))
    owed = (FRIDAY, FRIDAY + timedelta(days=30), FRIDAY)
    with pytest.raises(Invalid, match="s195"):
        domain.check_not_in_prevention(FRIDAY + timedelta(days=29), *owed)
    domain.check_not_in_prevention(FRIDAY + timedelta(days=30), *owed)
    domain.check_not_in_prevention(FRIDAY - timedelta(days=1), *owed)


def test_what_a_stay_costs_through_a_change_of_price() -> None:
    stay = Stay(FRIDAY, FRIDAY + timedelta(days=10))
    rates = [Rate(FRIDAY, 9_500, 400), Rate(FRIDAY + timedelta(days=3), 8_000, 0)]
    assert domain.cost_of(stay, rates, FRIDAY, date(2027, 1, 31)) == (10, 3 * 9_500 + 7 * 8_000, 3 * 400)
    one = domain.cost_of(stay, rates, FRIDAY + timedelta(days=3), FRIDAY + timedelta(days=4))
    assert one == (1, 8_000, 0)


def test_the_bodies_around_a_child_are_told_with_agreement_and_never_of_a_sealed_stay() -> None:
    due, no, hidden = NoticeState.DUE, NoticeState.NOT_AGREED, NoticeState.WITHHELD
    away = {Notice.OUT_OF_AREA: due}
    assert domain.notices_for(FAMILY, True, False, None) == away | dict.fromkeys(domain.TO_BODIES, due)
    assert domain.notices_for(FAMILY, False, False, False) == dict.fromkeys(domain.TO_BODIES, no)
    assert domain.notices_for(FAMILY, True, True, True) == away | dict.fromkeys(domain.TO_BODIES, hidden)
    assert domain.notices_for(Party(0, True, False), False, False, True) == {}
    with pytest.raises(Invalid, match="agreement comes first"):
        domain.check_sending(Notice.SCHOOL, due, False, None)
    with pytest.raises(Conflict, match="sealed"):
        domain.check_sending(Notice.SCHOOL, due, True, True)
    with pytest.raises(Conflict):
        domain.check_sending(Notice.OUT_OF_AREA, NoticeState.SENT, False, None)


def test_the_table_counts_a_night_once_and_six_weeks_from_the_day_after() -> None:
    def stay(kind: Kind, entered: date, left: date | None = None, **more: object) -> Counted:
        told: dict[str, object] = {
            "children": 0,
            "family": False,
            "young_applicant": False,
            "out_of_area": False,
            **more,
        }
        bnb = kind is Kind.BED_AND_BREAKFAST
        return Counted(uuid4(), kind, bnb, entered, left, **told)  # type: ignore[arg-type]  # made up by name

    past = date(2027, 1, 15)
    stays = [
        stay(Kind.BED_AND_BREAKFAST, FRIDAY, children=2, family=True, past_from=past, out_of_area=True),
        stay(Kind.BED_AND_BREAKFAST, FRIDAY, family=True, past_from=past, review_pending=True),
        stay(Kind.BED_AND_BREAKFAST, FRIDAY, young_applicant=True),
        stay(Kind.LEASED, FRIDAY, past, children=1, family=True),
        stay(Kind.HOSTEL, past),
    ]
    before, on = count(date(2027, 1, 14), stays), count(past, stays)
    assert (before.households, before.bed_and_breakfast_past_six_weeks) == (4, 0)
    assert (on.households, on.with_children, on.children, on.in_another_area) == (4, 2, 2, 1)
    assert (on.bed_and_breakfast, on.bed_and_breakfast_with_children) == (3, 2)
    assert (on.bed_and_breakfast_past_six_weeks, on.of_which_review_pending) == (2, 1)
    assert on.bed_and_breakfast_aged_16_or_17 == 1
    assert sum(row.households for row in on.kinds.values()) == on.households


def test_the_days_of_a_dashboard_over_time() -> None:
    days = days_between(date(2026, 10, 15), date(2027, 1, 5), "month")
    assert days == [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 5)]
    assert days_between(FRIDAY, FRIDAY, "quarter") == [FRIDAY]


def test_every_rule_says_where_it_comes_from_and_the_newest_that_has_begun_counts() -> None:
    standing = rules.standing()
    for entries in (standing.six_weeks, standing.bed_and_breakfast, standing.out_of_area_notice, standing.child_notice):
        assert all(each.source for each in entries)
        assert rules.on(entries, date(1990, 1, 1)) == min(entries, key=lambda each: each.since)
    days = rules.on(standing.out_of_area_notice, FRIDAY).days
    assert period_beginning_with(FRIDAY, days) == date(2026, 12, 17)
