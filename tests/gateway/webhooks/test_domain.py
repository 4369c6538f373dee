"""When a delivery is tried again, and when an endpoint is given up."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.webhooks import domain
from gateway.webhooks.domain import Answer, DeliveryState

NOW = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)
FAILED = Answer(500)


def test_it_is_tried_for_a_little_over_three_days_and_then_dead() -> None:
    waits = [domain.after(FAILED, tries, NOW, 0).at for tries in range(1, 10)]
    in_all = sum((at - NOW for at in waits if at is not None), timedelta())
    assert timedelta(days=3) < in_all < timedelta(days=3.5)
    assert domain.after(FAILED, 10, NOW, 0).state is DeliveryState.DEAD


def test_what_failed_together_does_not_come_back_together() -> None:
    at = [domain.after(FAILED, 3, NOW, chance).at for chance in (0.0, 0.5, 0.999)]
    assert len(set(at)) == 3
    assert max(each - NOW for each in at if each) <= timedelta(minutes=36)


@pytest.mark.parametrize(("status", "taken"), [(200, True), (204, True), (299, True), (301, False), (404, False)])
def test_only_2xx_is_success(status: int, taken: bool) -> None:
    assert (domain.after(Answer(status), 1, NOW, 0).state is DeliveryState.DELIVERED) is taken


def test_a_slow_success_is_a_success() -> None:
    assert domain.after(Answer(200, milliseconds=14_900), 1, NOW, 0.9).state is DeliveryState.DELIVERED


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_time_gets_it(status: int) -> None:
    asked = Answer(status, retry_after=timedelta(minutes=10))
    assert domain.after(asked, 1, NOW, 0).at == NOW + timedelta(minutes=10)
    # Never sooner than it would be anyway, and never later than a day.
    assert domain.after(Answer(status, retry_after=timedelta(seconds=1)), 2, NOW, 0).at == NOW + timedelta(minutes=5)
    assert domain.after(Answer(status, retry_after=timedelta(days=9)), 1, NOW, 0).at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (None, None),
        ("", None),
        ("120", timedelta(minutes=2)),
        ("99999999999999", timedelta(days=1)),
        ("Fri, 04 Dec 2026 16:45:00 GMT", timedelta(minutes=5)),
        ("Fri, 04 Dec 2020 16:45:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("٣", None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(text: str | None, wanted: timedelta | None) -> None:
    assert domain.retry_after(text, NOW) == wanted


def test_nobody_there_for_five_days() -> None:
    assert not domain.give_up(None, NOW)
    assert not domain.give_up(NOW - timedelta(days=4, hours=23), NOW)
    assert domain.give_up(NOW - timedelta(days=5), NOW)
