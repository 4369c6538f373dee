"""The rules of Breathing Space: whose it is, how long it runs, how often (SI 2020/1311)."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.errors import Conflict, Invalid
from services.casefile.money.breathing import domain
from services.casefile.money.breathing.domain import Days, Earlier, Entry

TODAY = date(2026, 12, 14)


def entry(**changes: Any) -> Entry:
    told: dict[str, Any] = {
        "kind": "standard",
        "entered_on": TODAY,
        "certified_as": "local_authority_adviser",
        "lives_in_england_or_wales": True,
        "insolvent": False,
    }
    return Entry(**{**told, **changes})


CRISIS = {"kind": "mental_health_crisis", "certified_as": "approved_mental_health_professional"}


def test_kelly_has_60_days_from_the_day_after_and_a_review_in_the_middle() -> None:
    days = domain.enter(entry(), [], TODAY)
    assert days == Days(date(2026, 12, 15), date(2027, 2, 12), date(2027, 1, 8), date(2027, 1, 18))


def test_a_crisis_lasts_as_long_as_the_treatment_and_30_days() -> None:
    assert domain.enter(entry(**CRISIS), [], TODAY) == Days(date(2026, 12, 15), None)
    ended = date(2027, 1, 31)
    assert domain.days_of("mental_health_crisis", TODAY, ended).ends_on == date(2027, 3, 2)


@given(st.dates(date(2021, 5, 4), date(2040, 1, 1)))
def test_60_days_are_60_days_whenever(entered_on: date) -> None:
    days = domain.days_of("standard", entered_on, None)
    assert days.ends_on is not None
    assert (days.ends_on - entered_on).days == 60
    assert days.review_from is not None
    assert days.review_to is not None
    assert days.starts_on < days.review_from < days.review_to < days.ends_on


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"lives_in_england_or_wales": False}, "eligibility"),
        ({"insolvent": True}, "eligibility"),
        ({"certified_as": "approved_mental_health_professional"}, "who-may-certify"),
        ({**CRISIS, "certified_as": "fca_authorised_adviser"}, "who-may-certify"),
        ({"entered_on": TODAY + timedelta(days=1)}, "not-in-the-future"),
        ({"entered_on": date(2021, 5, 3)}, "before-the-scheme"),
    ],
)
def test_who_cannot_have_one(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.enter(entry(**changes), [], TODAY)
    assert [each.rule for each in refused.value.errors] == [rule]


def test_insolvency_does_not_stand_in_the_way_of_a_crisis() -> None:
    domain.enter(entry(**CRISIS, insolvent=True), [], TODAY)


@pytest.mark.parametrize(
    ("earlier", "refused"),
    [
        (Earlier("standard", "active", None), True),
        (Earlier("mental_health_crisis", "active", None), True),
        (Earlier("standard", "ended", date(2025, 12, 15)), True),
        (Earlier("standard", "cancelled", date(2026, 12, 1)), True),
        (Earlier("standard", "ended", date(2025, 12, 14)), False),
        (Earlier("mental_health_crisis", "ended", date(2026, 12, 1)), False),
    ],
)
def test_a_standard_one_once_in_12_months(earlier: Earlier, refused: bool) -> None:
    if refused:
        with pytest.raises(Conflict):
            domain.enter(entry(), [earlier], TODAY)
    else:
        domain.enter(entry(), [earlier], TODAY)


def test_a_crisis_has_no_such_limit() -> None:
    domain.enter(entry(**CRISIS), [Earlier("standard", "ended", date(2026, 12, 1))], TODAY)


def test_twelve_months_before_a_leap_day() -> None:
    leap = date(2028, 2, 29)
    ended = [Earlier("standard", "ended", date(2027, 2, 28))]
    assert domain.enter(entry(entered_on=leap), ended, leap).starts_on == date(2028, 3, 1)
    with pytest.raises(Conflict):
        domain.enter(entry(entered_on=leap), [Earlier("standard", "ended", date(2027, 3, 1))], leap)


@pytest.mark.parametrize(
    ("kind", "state", "before", "ended_on"),
    [
        ("standard", "active", None, TODAY),
        ("mental_health_crisis", "ended", None, TODAY),
        ("mental_health_crisis", "active", TODAY, TODAY),
        ("mental_health_crisis", "active", None, TODAY + timedelta(days=1)),
        ("mental_health_crisis", "active", None, date(2026, 11, 1)),
    ],
)
def test_when_a_treatment_cannot_end(kind: str, state: str, before: date | None, ended_on: date) -> None:
    with pytest.raises((Conflict, Invalid)):
        domain.end_treatment(kind, state, before, ended_on, date(2026, 12, 1), TODAY)


def test_a_cancellation_says_why() -> None:
    domain.check_cancel("asked_by_them")
    with pytest.raises(Invalid):
        domain.check_cancel("because")
    domain.check_active("active")
    for state in ("ended", "cancelled"):
        with pytest.raises(Conflict):
            domain.check_active(state)
