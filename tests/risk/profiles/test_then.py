"""A past day's profile is of who lived there then: moves are remembered, corrections are not held against anybody."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from tests.risk.ground import TODAY, Risk
from tests.risk.profiles.conftest import Linked

MOVED = date(2026, 12, 1)
BEFORE, AFTER = date(2026, 11, 28), date(2026, 12, 3)


class Street:
    """Two homes: in the first a parent who owes money, and a grown child who lost a job."""

    def __init__(self, risk: Risk, linked: Linked) -> None:
        self.risk = risk
        self.first, self.second = uuid4(), uuid4()
        self.addresses = {home: linked.household(home) for home in (self.first, self.second)}
        self.parent, self.child = uuid4(), uuid4()
        owes = risk.ground.record(self.first, resident=self.parent)
        risk.ground.balances(owes, "debt.total", [100, 200, 300, 400])
        self.lost = risk.ground.record(self.first, source="hub_contacts", resident=self.child)
        risk.ground.fact(self.lost, "job_loss.shock", "2026-10-05")

    def move(self, resident: UUID, to: UUID | None, on: date = MOVED) -> None:
        self.risk.stored.execute("update placed set household = %s where resident = %s", [to, resident])
        # The database dates a move by the calendar, and the tests' calendar is another.
        self.risk.stored.execute("update lived_before set until = %s where until >= %s", [on, date(2026, 11, 15)])

    async def shows(self, home: UUID, day: date, **more: str) -> list[str]:
        return codes(await self.profile(home, day, **more))

    async def profile(self, home: UUID, day: date, **more: str) -> Any:
        query = "".join(f"&{name}={value}" for name, value in more.items())
        return await self.risk.get(f"/v1/risk/households/{self.addresses[home]}/profile?as_of={day}{query}")


def codes(profile: Any) -> list[str]:
    return sorted(each["code"] for each in profile["factors"])


@pytest.fixture
def street(risk: Risk, linked: Linked) -> Street:
    return Street(risk, linked)


async def test_before_the_move_it_is_the_first_homes_and_after_it_the_seconds(street: Street) -> None:
    both, parents, childs = ["debt", "rising_debt", "shock_job_loss"], ["debt", "rising_debt"], ["shock_job_loss"]
    assert await street.shows(street.first, BEFORE) == both
    street.move(street.child, street.second)
    for day, first, second in ((BEFORE, both, []), (AFTER, parents, childs), (TODAY, parents, childs)):
        assert (await street.shows(street.first, day), await street.shows(street.second, day)) == (first, second), day
    # What a factor rests on is told by the same rule.
    then = await street.profile(street.first, BEFORE)
    (shock,) = (each for each in then["factors"] if each["code"] == "shock_job_loss")
    assert [each["occurred_on"] for each in shock["evidence"]] == ["2026-10-05"]


async def test_of_several_moves_the_one_after_the_day_counts(street: Street) -> None:
    street.move(street.child, street.second, date(2026, 10, 20))
    street.risk.stored.execute("update placed set household = null where resident = %s", [street.child])
    street.risk.stored.execute("update lived_before set until = %s where until > %s", [MOVED, date(2026, 10, 31)])
    assert await street.shows(street.first, date(2026, 10, 10)) == ["debt", "shock_job_loss"]
    assert await street.shows(street.second, BEFORE) == ["shock_job_loss"]
    assert await street.shows(street.second, AFTER) == []


async def test_a_record_that_was_somebody_elses_never_was_the_homes(street: Street) -> None:
    street.move(street.child, street.second)
    stranger = uuid4()
    street.risk.stored.execute(
        "update placed set resident = %s, household = %s where record = %s", [stranger, uuid4(), street.lost]
    )
    assert await street.shows(street.first, BEFORE) == ["debt", "rising_debt"]
    assert street.risk.stored.rows("select 1 from lived_before") == []


async def test_an_erased_resident_leaves_no_past(street: Street) -> None:
    street.move(street.child, street.second)
    assert len(street.risk.stored.rows("select 1 from lived_before")) == 1
    street.risk.stored.execute("delete from placed where resident = %s", [street.child])
    assert street.risk.stored.rows("select 1 from lived_before") == []


async def test_somebody_kept_back_who_lived_there_then_keeps_back_that_day(
    street: Street,
) -> None:
    street.move(street.child, street.second)
    person = uuid4()
    assert street.risk.stored.vault is not None
    street.risk.stored.vault.execute(
        "insert into resident (pseudonym, person_id) values (%s, %s)", [street.child, person]
    )
    assert "shock_job_loss" in await street.shows(street.first, BEFORE)
    street.risk.know_person(person, restricted=True)
    assert await street.shows(street.first, BEFORE) == []
    assert await street.shows(street.first, AFTER) == ["debt", "rising_debt"]


async def test_abuse_is_not_told_beside_a_stranger_of_a_day_on_which_a_perpetrator_lived_there(
    street: Street, linked: Linked
) -> None:
    risk = street.risk
    for resident, value in ((street.parent, "victim"), (street.child, "perpetrator")):
        record = risk.ground.record(street.first, source="domestic_abuse", resident=resident)
        risk.ground.fact(record, "domestic_abuse.incident", "2026-11-01", value=value)
    street.risk = risk.other(purpose="domestic_abuse", role="targeted_specialist")
    street.move(street.child, street.second)
    stranger, perpetrator = str(uuid4()), str(linked.person(street.child))
    shock = "shock_domestic_abuse"
    assert shock in await street.shows(street.first, BEFORE)
    assert shock not in await street.shows(street.first, BEFORE, person_id=perpetrator)
    assert shock not in await street.shows(street.first, AFTER, person_id=perpetrator)
    assert shock not in await street.shows(street.first, BEFORE, person_id=stranger)
    assert shock in await street.shows(street.first, AFTER, person_id=stranger)


async def test_the_database_dates_a_move_by_the_councils_calendar(street: Street) -> None:
    ahead = timedelta(days=40)
    street.risk.stored.execute(
        "insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)", [uuid4(), ahead.total_seconds()]
    )
    around = {(clock.now() + ahead).astimezone(clock.LONDON).date()}
    street.risk.stored.execute("update placed set household = %s where resident = %s", [street.second, street.child])
    around.add((clock.now() + ahead).astimezone(clock.LONDON).date())
    (row,) = street.risk.stored.rows("select until, household from lived_before")
    assert (row["household"], row["until"] in around) == (street.first, True)
