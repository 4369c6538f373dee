"""The rules of the work against abuse: levels, thresholds, repeats, and two people with two workers."""

from datetime import date, time

import pytest

from kit.errors import Conflict, Invalid
from services.casefile.abuse import domain
from services.casefile.abuse.domain import Flag, Level, Reason, Risk, SafeTime

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("total", "level"),
    [
        (0, Level.NONE),
        (1, Level.STANDARD),
        (9, Level.STANDARD),
        (10, Level.MEDIUM),
        (13, Level.MEDIUM),
        (14, Level.HIGH),
        (24, Level.HIGH),
    ],
)
def test_fourteen_is_high_and_ten_is_medium(total: int, level: Level) -> None:
    assert domain.level_of(total) is level


@pytest.mark.parametrize(
    ("risk", "incidents", "heard", "why"),
    [
        (Risk(13, False, frozenset(), DAY), [], None, []),
        (Risk(14, False, frozenset(), DAY), [], None, [Reason.TOTAL]),
        (Risk(2, True, frozenset(), DAY), [], None, [Reason.JUDGEMENT]),
        (Risk(2, False, frozenset(), DAY), [date(2025, 9, 1), date(2025, 12, 1)], None, [Reason.ESCALATION]),
        (Risk(2, False, frozenset(), DAY), [date(2024, 9, 1), date(2025, 12, 1)], None, []),
        (Risk(0, False, frozenset(), DAY), [], date(2025, 3, 2), [Reason.REPEAT]),
        (Risk(0, False, frozenset(), DAY), [], date(2025, 3, 1), []),
        (Risk(0, False, frozenset(), DAY), [], date(2026, 3, 3), []),
    ],
)
def test_what_goes_to_the_marac(risk: Risk, incidents: list[date], heard: date | None, why: list[Reason]) -> None:
    assert domain.reasons(risk, incidents, heard) == why


def test_a_low_total_with_grave_signs_is_looked_at_again() -> None:
    assert domain.think_again(Risk(5, False, frozenset({Flag.STRANGULATION}), DAY)) != []
    together = frozenset({Flag.SEPARATION, Flag.COERCIVE_CONTROL, Flag.PHYSICAL_VIOLENCE})
    assert domain.think_again(Risk(5, False, together, DAY)) != []
    assert domain.think_again(Risk(5, True, together, DAY)) == []
    assert domain.think_again(Risk(5, False, frozenset({Flag.SEPARATION}), DAY)) == []


@pytest.mark.parametrize(
    ("total", "judgement", "why", "day", "rule"),
    [
        (25, False, "", DAY, "total"),
        (-1, False, "", DAY, "total"),
        (3, True, "", DAY, "reason"),
        (3, False, "", date(2026, 3, 3), "not-in-the-future"),
    ],
)
def test_what_cannot_be_put_down(total: int, judgement: bool, why: str, day: date, rule: str) -> None:
    with pytest.raises(Invalid) as refused:
        domain.check_risk(Risk(total, judgement, frozenset(), day), why, DAY)
    assert [each.rule for each in refused.value.errors] == [rule]


def test_a_referral_needs_a_threshold_and_her_knowing_or_a_reason() -> None:
    with pytest.raises(Conflict):
        domain.check_referral([], True, "")
    with pytest.raises(Invalid):
        domain.check_referral([Reason.TOTAL], False, "")
    domain.check_referral([Reason.TOTAL], False, "He reads her post.")


def test_nobody_works_for_both() -> None:
    with pytest.raises(Invalid):
        domain.check_his_worker("ada", {"ada"})
    with pytest.raises(Invalid):
        domain.check_idva("ben", {"ben"})
    domain.check_his_worker("ben", {"ada"})


def test_now_is_safe_only_when_she_said_so() -> None:
    times = [SafeTime(0, time(9, 30), time(11))]
    assert domain.is_safe(times, 0, time(9, 30))
    assert not domain.is_safe(times, 0, time(11))
    assert not domain.is_safe(times, 1, time(10))
    assert not domain.is_safe([], 0, time(10))
    with pytest.raises(Invalid):
        domain.check_times([SafeTime(0, time(11), time(11))])
