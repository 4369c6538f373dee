"""What each measure counts, and what it does not."""

from collections.abc import Iterable
from datetime import date

import pytest

from kit.errors import Invalid
from services.risk.measures.domain import Item, Log, Quarter, age_band, broad_ethnicity, counted_once
from services.risk.measures.rules import RULES
from tests.risk.measures.telling import contact, duty, log, number, stay, told

QUARTER = Quarter(date(2027, 1, 1))


def counted(rule: str, *all_told: object) -> dict[str, bool]:
    """By household (or thing) number: whether it is so."""
    items: Iterable[Item] = counted_once(RULES[rule](Log(tuple(all_told)), QUARTER))  # type: ignore[arg-type]  # as told
    return {each.whose.partition(":")[2][-4:].lstrip("0-") or "0": each.yes for each in items}


def test_a_quarter_is_one() -> None:
    assert (QUARTER.until, QUARTER.months) == (date(2027, 3, 31), ("2027-01", "2027-02", "2027-03"))
    for day in (date(2027, 2, 1), date(2027, 1, 2)):
        with pytest.raises(Invalid):
            Quarter(day)


def test_duties_count_each_household_once_and_only_those_that_are_counted() -> None:
    told_ = [
        duty(1, "2027-01-01"),
        duty(2, "2026-12-31"),
        duty(3, "2027-03-31", kind="main"),
        duty(4, "2027-02-01", kind="interim"),
        duty(5, "2027-04-01"),
    ]
    assert counted("duties_owed", *told_) == {"1": True, "3": True}
    again = told("duty", 99, 1, 1, duty="main", started_on="2027-03-01", ended_on=None, end_reason=None)
    (first,) = counted_once(RULES["duties_owed"](log(duty(1, "2027-01-01"), again), QUARTER))
    assert first.on == date(2027, 1, 1)


def test_applications_are_not_taken_when_no_case_stands_two_weeks_later() -> None:
    def applied(of: int, on: str) -> object:
        application = str(number("application", of))
        return told("application", of, of, of, application_id=application, contact_id=f"c{of}", made_on=on)

    def answered(of: int, on: str, household: int | None) -> object:
        return told("decision", of, household, household, case_id=str(number("case", of)), notified_on=on)

    def case(of: int) -> object:
        application = str(number("application", of))
        return told("approach", of, case_id=str(number("case", of)), made_on="2027-01-10", application_id=application)

    assert counted(
        "applications_not_taken",
        *[applied(of, "2027-01-10") for of in range(1, 5)],
        answered(1, "2027-01-24", 1),
        answered(2, "2027-01-25", 2),
        # Owed a duty already, and once but no longer.
        duty(3, "2026-12-01"),
        duty(4, "2026-11-01", "2027-01-09"),
        applied(5, "2027-04-02"),
        contact(6, "2027-02-01", "housing", outcome="advice_only", household=6),
        contact(7, "2027-02-01", "housing", outcome="resolved", household=7),
        contact(8, "2027-02-01", "money", outcome="advice_only", household=8),
        # Nobody put a name to it, but its own case was answered.
        told("application", 9, application_id=str(number("application", 9)), contact_id="c9", made_on="2027-01-10"),
        case(9),
        answered(9, "2027-01-11", None),
    ) == {"1": False, "2": True, "3": False, "4": True, "6": True, "9": False}


def test_back_within_six_months_of_an_application_or_of_a_duty_that_ended() -> None:
    def approach(of: int, on: str, household: int) -> object:
        return told("approach", of, household, household, made_on=on, application_id=None)

    assert counted(
        "back_within_six_months",
        approach(1, "2027-02-10", 1),
        approach(11, "2026-08-10", 1),
        approach(2, "2027-02-10", 2),
        approach(12, "2026-08-09", 2),
        approach(3, "2027-02-10", 3),
        duty(3, "2026-06-01", "2026-09-01", "contact_lost"),
        approach(4, "2027-02-10", 4),
        duty(4, "2027-02-10"),
    ) == {"1": True, "2": False, "3": True, "4": False}


def test_stays() -> None:
    stays = [
        stay(1, "2026-05-01"),
        stay(2, "2027-01-10", "2027-03-31"),
        stay(3, "2027-01-10", "2027-04-01", out_of_area=True),
        stay(4, "2027-02-01", end_reason="recorded_by_mistake"),
        stay(5, "2027-04-01"),
        stay(6, "2027-02-01", out_of_area=None),
        stay(7, "2026-12-04", family=True, bed_and_breakfast=True, breached_on="2027-01-15"),
        stay(8, "2027-03-01", family=True, bed_and_breakfast=True),
    ]
    assert set(counted("temporary_accommodation", *stays)) == {"1", "3", "6", "7", "8"}
    assert counted("out_of_borough", *stays) == {"2": False, "3": True, "8": False}
    assert counted("past_six_weeks", *stays) == {"7": True, "8": False}


def test_the_front_door() -> None:
    handed = told(
        "handover",
        3,
        3,
        3,
        contact_id=str(number("contact", 3)),
        state="accepted",
        retold=True,
        changed_at="2027-01-05T09:00:00Z",
    )
    everything = [
        contact(1, "2027-01-04", "money", "food_and_fuel", household=1),
        contact(2, "2027-01-04", "money", outcome="universal", household=2),
        contact(3, "2027-01-04", "money", household=3),
        handed,
        told("handover", 4, 4, 4, contact_id="x", state="declined", retold=None, changed_at="2027-01-05T09:00:00Z"),
        contact(5, "2027-01-04", "money"),
        contact(6, "2027-03-20", "money", household=1),
    ]
    assert counted("resolved_there_and_then", *everything) == {"1": True, "2": False, "3": False, "5": True}
    assert counted("handovers_avoided", *everything) == {"1": True}
    assert counted("told_twice", *everything) == {"3": True}
    # Five gave no name, and can't be seen to come again.
    assert counted("back_at_the_door", *everything) == {"1": True}


def test_outcomes_reviews_work_and_hours() -> None:
    def outcome(of: int, kind: str, state: str, achieved: str, checked: str | None = None) -> object:
        return told("outcome", of, of, of, kind=kind, state=state, achieved_on=achieved, checked_on=checked)

    everything = [
        outcome(1, "employment", "recorded", "2027-01-05"),
        outcome(2, "employment", "struck", "2027-01-05"),
        outcome(3, "employment", "sustained", "2026-07-05", "2027-01-05"),
        outcome(4, "home_kept", "not_known", "2026-07-05", "2027-02-05"),
        told("work_journey", 1, 1, 1, in_work_since="2027-01-05"),
        told("work_journey", 6, 6, 6, in_work_since="2027-02-05"),
        told("support_plan", 7, 7, 7, prevented_on="2027-03-05"),
        told("review", 8, 8, 8, state="decided", outcome="overturned", decided_on="2027-03-05"),
        told("review", 9, 9, 9, state="decided", outcome="stands", decided_on="2027-03-05"),
        told("review", 10, 10, 10, state="open", outcome=None, decided_on=None),
    ]
    assert counted("into_work", *everything) == {"1": True, "6": True}
    assert counted("still_in_work", *everything) == {"3": True}
    assert counted("outcomes_sustained", *everything) == {"3": True, "4": False}
    assert counted("homes_kept", *everything) == {"7": True}
    assert counted("reviews_won", *everything) == {"8": True, "9": False}
    given = told("volunteer_session", 1, hub="heath", held_on="2027-01-09", state="given", minutes=90)
    (hours,) = RULES["volunteer_hours"](log(given), QUARTER)
    assert (hours.much, hours.place) == (90, "heath")


def test_groups() -> None:
    on = date(2027, 1, 1)
    assert [age_band(born, on) for born in (date(2009, 1, 2), date(2009, 1, 1), date(1962, 1, 1), None)] == [
        "under_18",
        "18_to_24",
        "65_and_over",
        "not_known",
    ]
    told_ = ["WBRI", "WIRI", "BAFR", "CHNE", "MWBC", "REFU", "A", "J", "N", "Z", "black", None]
    assert [broad_ethnicity(each) for each in told_] == [
        *("white_british", "white_other", "black", "asian", "mixed", "not_known"),
        *("white_british", "asian", "black", "not_known", "black", "not_known"),
    ]
