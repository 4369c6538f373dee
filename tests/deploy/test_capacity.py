"""The arithmetic behind docs/capacity.md, and that the page is what the figures give."""

from dataclasses import replace

import pytest

from deploy.capacity import __main__ as capacity
from deploy.capacity import needs
from deploy.capacity.costs import Costs, Council

MEASURED = {
    "requests_per_contact": 6,
    "processor_ms_per_contact": 300.0,
    "idle_processor_share": 0.2,
    "events_per_contact": 10.0,
    "database_bytes_per_contact": 100_000,
    "outbox_bytes_per_contact": 20_000,
    "stream_bytes_per_contact": 13_000,
}


def test_one_council_by_hand() -> None:
    one = needs.of_one(Council(), Costs(), MEASURED)

    assert one.contacts_a_day == 480
    assert one.contacts_a_minute == pytest.approx(4.8), "a fifth of the day in an hour, three times its mean"
    assert one.requests_a_second == pytest.approx(4.8 / 60 * 18)
    assert one.events_a_second == pytest.approx(4.8 / 60 * 40)
    assert one.cores == pytest.approx(one.cores_at_work / 0.6)
    # Of 100 kB a contact and three times as much that follows, a fifth is the outbox and goes again.
    assert one.database_gib_a_year == pytest.approx((120_000 * 320_000 + 3_600_000 * 900) / 2**30)


def test_twice_the_contacts_are_twice_the_work_and_the_rest_stays() -> None:
    once = needs.of_one(Council(), Costs(), MEASURED)
    twice = needs.of_one(replace(Council(), contacts_a_year=240_000), Costs(), MEASURED)

    assert twice.requests_a_second == pytest.approx(2 * once.requests_a_second)
    assert twice.cores_at_work - 0.2 == pytest.approx(2 * (once.cores_at_work - 0.2))
    assert twice.linking_core_minutes == once.linking_core_minutes


def test_many_are_the_sum_and_their_observatories() -> None:
    one = needs.of_one(Council(), Costs(), MEASURED)
    floor, region = needs.Cluster(39, 6.0, 32, 500), needs.Cluster(11, 2.0, 3, 80)

    alone, london, england = (needs.many(count, one, floor, region) for count in (1, 33, 330))

    assert (alone["observatories"], london["observatories"], england["observatories"]) == (0, 1, 11)
    assert london["cores reserved"] == pytest.approx(33 * 6 + 2)
    assert england["requests a second, busiest minute"] == pytest.approx(330 * one.requests_a_second)


@pytest.mark.full
def test_the_page_is_what_the_figures_give() -> None:
    assert capacity.PAGE.read_text() == capacity.page(), "run `make capacity`"
