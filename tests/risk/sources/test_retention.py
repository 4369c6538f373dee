"""Facts go when their time is over, and a count of them stays."""

from datetime import UTC, date, datetime

import pytest

from kit.clock import LONDON
from services.risk.sources import retention
from tests.risk.ground import TODAY
from tests.risk.sources.ground import Loading


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention.clock, "business_now", lambda: datetime(2026, 12, 7, 12, tzinfo=LONDON))


async def test_what_is_over_goes_and_what_lasts_stays(loading: Loading) -> None:
    ground = loading.risk.ground
    record = ground.record(None)
    old, ended = date(2019, 12, 6), date(2020, 1, 5)
    ground.fact(record, "council_tax.missed", old, amount=1)
    ground.fact(record, "council_tax.missed", date(2019, 12, 7), amount=2)
    ground.fact(record, "council_tax.account", old, until=ended)
    ground.fact(record, "casefile.need", date(2020, 12, 6), value="money")
    ground.fact(record, "social_care.child_looked_after", old)
    async with loading.risk.unit() as unit:
        assert await retention.dispose(unit) is False
    assert [(each["kind"], each["amount"]) for each in loading.facts()] == [
        ("council_tax.account", None),
        ("council_tax.missed", 2),
        ("social_care.child_looked_after", None),
    ]
    proofs = (await loading.get("/v1/risk/disposals"))["items"]
    assert {(each["source"], each["kind"], each["before"], each["facts"]) for each in proofs} == {
        ("council_tax_arrears", "council_tax.missed", "2019-12-07", 1),
        ("casefile", "casefile.need", "2020-12-07", 1),
    }


async def test_more_than_one_turn_is_told_and_the_alarm_rings_again(
    loading: Loading, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_MOST_AT_ONCE", 2)
    ground = loading.risk.ground
    record = ground.record(None)
    for day in range(1, 6):
        ground.fact(record, "council_tax.missed", date(2010, 1, day))
    for left, soon in ((3, True), (1, True), (0, False)):
        async with loading.risk.unit() as unit:
            await retention.run(unit, retention.KEY)
        assert len(loading.facts()) == left
        (alarm,) = loading.risk.stored.rows("select due_at from timer where fired_at is null")
        assert (alarm["due_at"] < datetime(2026, 12, 7, 13, tzinfo=UTC)) is soon


def test_months_before() -> None:
    moment = datetime(2026, 5, 31, tzinfo=LONDON)
    assert retention.months_before(moment, 3).date() == date(2026, 2, 28)
    assert retention.months_before(moment, 17).date() == date(2024, 12, 31)
    assert TODAY.year == 2026
