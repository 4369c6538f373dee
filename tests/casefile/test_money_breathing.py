"""Breathing Space through casefile's doors: entered, ended by its day, cancelled; told without its kind on the page."""

import asyncio
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from kit import clock
from kit.store.timers import Timers
from services.casefile.app import SERVICE
from services.casefile.money.alarms import TIMERS
from tests.casefile.doors import Casefile
from tests.casefile.money import ADVISER, move_clock, register

SPACES = "/money/breathing-spaces"
BODY: dict[str, Any] = {
    "certified_by": "Stepwise Debt Advice",
    "certified_as": "fca_authorised_adviser",
    "reference": "BS-2026-1",
    "lives_in_england_or_wales": True,
    "insolvent": False,
}
CRISIS = {"kind": "mental_health_crisis", "certified_as": "approved_mental_health_professional"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


@pytest.fixture(autouse=True)
async def _in_the_register(casefile: Casefile) -> None:
    # A migration puts an alarm in, so the table of alarms is not emptied between tests: earlier ones would ring here.
    casefile.stored.execute("delete from timer where name = any(%s)", [list(TIMERS)])
    await register(casefile)


async def later(casefile: Casefile, days: int) -> int:
    """The business clock moves on; how many alarms then fire."""
    move_clock(casefile, timedelta(days=days))
    alarms = Timers(casefile.database, SERVICE.name, TIMERS)
    fired = 0
    while await alarms.fire_one():
        fired += 1
    return fired


def told(casefile: Casefile) -> list[tuple[str, str, str | None]]:
    events = [each for each in casefile.announced() if ".breathing_space." in each["type"]]
    return [(each["type"].rpartition(".")[2], each["data"]["state"], each["data"]["ends_on"]) for each in events]


async def test_it_ends_by_itself_when_its_last_day_is_over(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.let_in(kelly["household_id"], "worker-1")
    today = clock.today()
    last = (today + timedelta(days=60)).isoformat()
    made = await casefile("POST", SPACES, {**BODY, "person_id": kelly["id"]}, purpose="debt_advice")
    assert made.status_code == 201, made.text
    space = made.json()
    assert (space["household_id"], space["ends_on"]) == (kelly["household_id"], last)
    assert space["starts_on"] == (today + timedelta(days=1)).isoformat()
    assert made.headers["location"] == f"/v1/casefile{SPACES}/{space['id']}"
    # All of its last day long it runs.
    assert await later(casefile, 60) == 0
    assert await later(casefile, 61) == 1
    shown = await casefile.good("GET", f"{SPACES}/{space['id']}")
    assert (shown["state"], shown["ended_on"], shown["version"]) == ("ended", last, 2)
    assert told(casefile) == [("started", "active", last), ("ended", "ended", last)]


@pytest.mark.full
async def test_a_crisis_waits_for_the_treatment_to_end(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.let_in(kelly["household_id"], "worker-1")
    space = await casefile.good("POST", SPACES, {**BODY, **CRISIS, "person_id": kelly["id"]})
    assert (space["ends_on"], space["review_from"]) == (None, None)
    assert await later(casefile, 400) == 0
    ended = clock.today()
    path = f"{SPACES}/{space['id']}/treatment-end"
    body = {"treatment_ended_on": ended.isoformat()}
    changed = await casefile.good("POST", path, body, version=1)
    last = (ended + timedelta(days=30)).isoformat()
    assert changed["ends_on"] == last
    assert (await casefile("POST", path, body, version=2)).status_code == 409
    assert (await casefile("POST", path, body, version=1)).status_code == 412
    assert await later(casefile, 400 + 30) == 0
    assert await later(casefile, 400 + 32) == 1
    assert told(casefile) == [("started", "active", None), ("changed", "active", last), ("ended", "ended", last)]


async def test_a_cancelled_one_ends_today_and_never_again(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.let_in(kelly["household_id"], "worker-1")
    space = await casefile.good("POST", SPACES, {**BODY, "person_id": kelly["id"]})
    path = f"{SPACES}/{space['id']}/cancel"
    assert (await casefile("POST", path, {"reason": "because"}, version=1)).status_code == 422
    cancelled = await casefile.good("POST", path, {"reason": "asked_by_them"}, version=1)
    assert (cancelled["state"], cancelled["ended_on"]) == ("cancelled", clock.today().isoformat())
    assert await later(casefile, 100) == 0
    assert (await casefile("POST", path, {"reason": "died"}, version=2)).status_code == 409
    assert [each[:2] for each in told(casefile)] == [("started", "active"), ("ended", "cancelled")]


async def test_one_at_a_time_also_when_two_advisers_enter_it_at_once(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    for n in range(3):
        await casefile.let_in(kelly["household_id"], f"adviser-{n}")
    answers = await asyncio.gather(
        *(casefile("POST", SPACES, {**BODY, "person_id": kelly["id"]}, actor=f"adviser-{n}") for n in range(3))
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert len(told(casefile)) == 1


@pytest.mark.full
async def test_not_twice_in_a_year_under_either_of_their_ids(casefile: Casefile) -> None:
    kelly, double = await casefile.person("Kelly", "Pike"), await casefile.person("Kelley", "Pike")
    space = await casefile.good("POST", SPACES, {**BODY, "person_id": double["id"]})
    await casefile.good("POST", f"{SPACES}/{space['id']}/cancel", {"reason": "asked_by_them"}, version=1)
    merge = {"survivor_id": kelly["id"], "reason": "the same"}
    await casefile.good("POST", f"/people/{double['id']}/merge", merge, version=1)
    again = await casefile("POST", SPACES, {**BODY, "person_id": kelly["id"]})
    assert again.status_code == 409
    assert "12 months" in again.json()["detail"]
    assert (await casefile("POST", SPACES, {**BODY, **CRISIS, "person_id": kelly["id"]})).status_code == 201
    listed = (await casefile.good("GET", f"{SPACES}?person_id={kelly['id']}"))["items"]
    assert len(listed) == 2


@pytest.mark.full
async def test_of_two_households_one_must_be_named(casefile: Casefile) -> None:
    kelly, other = await casefile.person("Kelly", "Pike"), await casefile.person("Wayne", "Pike")
    both = {"person_id": kelly["id"], "moving": False}
    await casefile.good("POST", f"/households/{other['household_id']}/members", both)
    body = {**BODY, "person_id": kelly["id"]}
    assert (await casefile("POST", SPACES, body)).status_code == 422
    stranger = await casefile.person("Somebody", "Else")
    assert (await casefile("POST", SPACES, body | {"household_id": stranger["household_id"]})).status_code == 422
    named = await casefile.good("POST", SPACES, body | {"household_id": other["household_id"]})
    assert named["household_id"] == other["household_id"]


async def test_who_may_not_be_shown_has_none(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    space = await casefile.good("POST", SPACES, {**BODY, "person_id": kelly["id"]})
    casefile.restrict(kelly["id"])
    assert (await casefile("GET", f"{SPACES}/{space['id']}")).status_code == 404
    assert (await casefile.good("GET", f"{SPACES}?person_id={kelly['id']}"))["items"] == []
    cancel = await casefile("POST", f"{SPACES}/{space['id']}/cancel", {"reason": "died"}, version=1)
    assert cancel.status_code == 404
    assert (await casefile("POST", SPACES, {**BODY, "person_id": kelly["id"]})).status_code == 404


async def test_the_page_shows_it_without_its_kind(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.good("POST", SPACES, {**BODY, **CRISIS, "person_id": kelly["id"]})
    await casefile.hear_itself()
    page = await casefile("GET", f"/households/{kelly['household_id']}/timeline")
    start = date.fromisoformat((clock.today() + timedelta(days=1)).isoformat())
    assert f"Breathing Space from {start.day} {start:%B %Y}" in page.text
    assert "mental" not in page.text
    assert "crisis" not in page.text


@pytest.mark.full
async def test_its_midway_review_its_creditors_and_debts_found_later(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.let_in(kelly["household_id"], "worker-1")

    async def owes(kind: str) -> str:
        body = {"person_id": kelly["id"], "kind": kind, "owed_pence": 500_00}
        return str((await casefile.good("POST", "/money/debts", body))["id"])

    tax, fine = await owes("council_tax"), await owes("court_fine")
    refused = await casefile("POST", SPACES, {**BODY, "person_id": kelly["id"], "debt_ids": [fine]}, **ADVISER)
    assert (refused.status_code, refused.json()["errors"][0]["rule"]) == (422, "qualifying-debt")
    space = await casefile.good("POST", SPACES, {**BODY, "person_id": kelly["id"]}, **ADVISER)
    assert (space["debt_ids"], space["review_due"]) == ([tax], False)
    path = f"{SPACES}/{space['id']}"
    # A card turns up.
    card = await owes("credit_card")
    wider = await casefile.good("POST", f"{path}/debts", {"debt_ids": [card]}, version=1, **ADVISER)
    assert set(wider["debt_ids"]) == {tax, card}
    too_early = await casefile("POST", f"{path}/midway-review", {}, version=2, **ADVISER)
    assert (too_early.status_code, too_early.json()["errors"][0]["rule"]) == (422, "midway-days")
    await later(casefile, 10)
    asked = {"debt_id": card, "ground": "has_the_funds", "asked_on": clock.today().isoformat()}
    noted = await casefile.good("POST", f"{path}/creditor-reviews", asked, version=2, **ADVISER)
    assert noted["creditor_reviews"][0]["decision"] is None
    told = asked | {"decision": "debt_removed", "decided_on": clock.today().isoformat()}
    removed = await casefile.good("POST", f"{path}/creditor-reviews", told, version=3, **ADVISER)
    assert (removed["debt_ids"], len(removed["creditor_reviews"])) == ([tax], 1)
    await later(casefile, 25)
    assert (await casefile.good("GET", path, **ADVISER))["review_due"]
    late = asked | {"debt_id": tax, "asked_on": clock.today().isoformat()}
    assert (await casefile("POST", f"{path}/creditor-reviews", late, version=4, **ADVISER)).status_code == 422
    goes_on = await casefile.good("POST", f"{path}/midway-review", {}, version=4, **ADVISER)
    assert (goes_on["review_outcome"], goes_on["state"], goes_on["review_due"]) == ("goes_on", "active", False)
    assert (await casefile("POST", f"{path}/midway-review", {}, version=5, **ADVISER)).status_code == 409


async def test_only_an_adviser_of_a_body_in_the_register(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    casefile.stored.execute("update debt_body set until = current_date - 1000")
    refused = await casefile("POST", SPACES, {**BODY, "person_id": kelly["id"]}, **ADVISER)
    assert refused.status_code == 403
    assert "register" in refused.json()["detail"]
    assert told(casefile) == []
