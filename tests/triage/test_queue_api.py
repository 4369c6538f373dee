"""The queue through triage's API: who is next and why, rules that go live, clocks, and who may see whom."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.store.db import Database
from kit.store.timers import Timers
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from services.triage.queue import rows
from tests.triage.desk import Desk, events, know, looks, problem, types
from tests.triage.partners import REFERRALS, moved, organisation, partner, referred

QUEUE = "/v1/triage/queue"
RULES = f"{QUEUE}/rules"


async def contact(desk: Desk, *needs: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"channel": "walk_in", "hub": "heath", "needs": list(needs), **more}
    answer = await desk.post("/v1/triage/contacts", body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def queue(desk: Desk, query: str = "") -> list[dict[str, Any]]:
    answer = await desk.get(f"{QUEUE}?{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def manager(desk: Desk) -> Desk:
    return desk.other(worker="manager-1", role="manager", purpose="supervision")


async def ring(store: ServiceDatabase) -> None:
    """Every alarm that is due."""
    opened = Database(store.url, pool=2)
    timers = Timers(opened, "triage", SERVICE.timers)
    while await timers.fire_one():
        pass
    await opened.close()


def delivered() -> dict[str, Any]:
    return rows.delivered().model_dump(mode="json")


@pytest.fixture
def friday(monkeypatch: pytest.MonkeyPatch) -> Iterator[datetime]:
    """Friday 4 December 2026, 16:40, in London; from there on the test moves the clock itself."""

    async def stays(_: Database) -> None:
        pass

    monkeypatch.setattr("kit.store.business_clock.load", stays)
    start = datetime(2026, 12, 4, 16, 40, tzinfo=clock.LONDON)
    clock.set_offset(start - clock.now())
    yield start
    clock.set_offset(timedelta(0))


async def test_who_is_next_and_why(friday: datetime, desk: Desk, store: ServiceDatabase) -> None:
    routine = await contact(desk, {"domain": "money"})
    soon = await contact(desk, {"domain": "money", "urgency": "this_week"})
    now = await contact(desk, {"domain": "health", "urgency": "immediate"}, hub="thames")
    shown = await queue(desk)
    assert [each["subject_id"] for each in shown] == [now["id"], soon["id"], routine["id"]]
    assert [(each["place"], each["band"]) for each in shown] == [(1, "now"), (2, "in_turn"), (3, "in_turn")]
    assert shown[0]["why"][0] == "It stands under “Now” because help is needed immediately."
    assert "It counts as having waited 2 days longer, because help is needed within a week." in shown[1]["why"]
    assert any(each.startswith("If help is needed today: it stands under “Today”") for each in shown[2]["would_change"])
    assert shown[2]["would_change"][-1].startswith("It leaves the queue when every need has a final decision")
    assert [each["subject_id"] for each in await queue(desk, "hub=thames")] == [now["id"]]
    assert [each["subject_id"] for each in await queue(desk, "urgency=routine")] == [routine["id"]]
    one = (await desk.get(f"{QUEUE}/{shown[2]['id']}")).json()
    assert (one["place"], one["why"]) == (3, shown[2]["why"])
    assert looks(store)[-1][:2] == ("triage.queue.read", f"queue/{shown[2]['id']}")


@pytest.mark.full
async def test_it_comes_moves_and_leaves_with_an_event_each(desk: Desk, store: ServiceDatabase) -> None:
    made = await contact(desk, {"domain": "money"})
    assert types(store) == ["need.recorded", "queue_entry.added", "contact.received"]
    need = {"domain": "food_and_fuel", "urgency": "today"}
    answer = await desk.post(f"/v1/triage/contacts/{made['id']}/needs", need)
    assert [each for each in types(store) if "queue" in each] == ["queue_entry.added", "queue_entry.moved"]
    # The same place, another household: told, and not as a move.
    person, household = str(uuid4()), str(uuid4())
    etag = answer.headers["etag"]
    changed = await desk.patch(
        f"/v1/triage/contacts/{made['id']}", {"person_id": person, "household_id": household}, if_match=etag
    )
    assert [each for each in types(store) if "queue" in each][2:] == ["queue_entry.changed"]
    # A word that the queue does not know: nothing to tell.
    again = await desk.patch(
        f"/v1/triage/contacts/{made['id']}", {"what_matters": "sleep"}, if_match=changed.headers["etag"]
    )
    assert len([each for each in types(store) if "queue" in each]) == 3
    assert (await queue(desk, f"household_id={household}"))[0]["person_ids"] == [person]
    await desk.post(
        f"/v1/triage/contacts/{made['id']}/decisions",
        {"outcome": "resolved", "stage": "final", "reason": "food today, a budget made"},
        if_match=again.headers["etag"],
    )
    told = [each for each in events(store) if "queue_entry" in each["type"]]
    assert [each["type"].rpartition(".")[2] for each in told] == ["added", "moved", "changed", "removed"]
    assert [int(each["sequence"]) for each in told] == [1, 2, 3, 4]
    assert (told[-1]["data"]["state"], told[-1]["data"]["reason"]) == ("removed", "decided")
    assert await queue(desk) == []


async def test_help_given_there_and_then_never_waits(desk: Desk, store: ServiceDatabase) -> None:
    await contact(desk, {"domain": "food_and_fuel"}, outcome="resolved")
    assert not [each for each in types(store) if "queue" in each]
    assert (await desk.get(f"{QUEUE}/counts")).json()["waiting"] == 0


async def test_clocks_to_the_minute_and_the_working_day(friday: datetime, desk: Desk, store: ServiceDatabase) -> None:
    sleeps = {"domain": "housing", "where_tonight": "outside", "may_lose_home_within_56_days": True}
    await contact(desk, sleeps)
    await contact(desk, {"domain": "family_and_children", "urgency": "today"})
    homeless, child = sorted(await queue(desk), key=lambda each: each["due_at"])
    assert homeless["due_at"] == "2026-12-04T23:59:00Z"
    assert homeless["clocks"][0]["words"].startswith(
        "Application for help with homelessness opened: due Friday 4 December at 23:59, 7 h 1"
    )
    assert "Housing Act 1996" in homeless["clocks"][0]["basis"]
    assert child["due_at"] == "2026-12-07T17:00:00Z"
    assert homeless["team"] == "housing_options"
    assert any(
        each.startswith("On Friday 4 December at 22:59: it stands under “Now”") for each in homeless["would_change"]
    )

    # An hour before it runs out, it moves by itself.
    clock.set_offset(friday.replace(hour=22, minute=59, second=1) - clock.now())
    await ring(store)
    first = (await queue(desk))[0]
    assert (first["id"], first["band"]) == (homeless["id"], "now")
    moved = [each for each in events(store) if each["type"] == "triage.queue_entry.moved"]
    assert [(each["data"]["entry_id"], each["data"]["reason"]) for each in moved][-1] == (homeless["id"], "clock")
    counts = (await desk.get(f"{QUEUE}/counts")).json()
    assert (counts["waiting"], counts["due_within_an_hour"], counts["overdue"]) == (2, 1, 0)
    clock.set_offset(friday.replace(day=5, hour=0, minute=0) - clock.now())
    counts = (await desk.get(f"{QUEUE}/counts")).json()
    assert (counts["due_within_an_hour"], counts["overdue"]) == (0, 1)
    assert (await queue(desk))[0]["clocks"][0]["words"].count("overdue by 1 min")


async def test_those_kept_back_are_as_unknown_as_strangers(desk: Desk, store: ServiceDatabase) -> None:
    person, hidden = uuid4(), uuid4()
    know(store, person, barred=["officer-2"])
    await contact(desk, {"domain": "money"}, person_id=str(person))
    await contact(desk, {"domain": "money"}, person_id=str(hidden))
    entries = await queue(desk)
    assert len(entries) == 2
    barred = desk.other(worker="officer-2", hide=((hidden, uuid4()),))
    assert await queue(barred) == []
    assert (await barred.get(f"{QUEUE}/counts")).json()["waiting"] == 0
    for each in entries:
        problem(await barred.get(f"{QUEUE}/{each['id']}"), 404, "not-found")
    tried = await manager(barred).other(worker="officer-2").post(f"{RULES}/what-if", delivered())
    assert tried.json()["waiting"] == 0


async def test_pages_go_on_where_they_ended(desk: Desk) -> None:
    made = [(await contact(desk, {"domain": "money"}))["id"] for _ in range(5)]
    first = await desk.get(f"{QUEUE}?limit=2")
    assert [each["place"] for each in first.json()["items"]] == [1, 2]
    second = await desk.get(f"{QUEUE}?limit=2&after={first.json()['next']}")
    assert [each["place"] for each in second.json()["items"]] == [3, 4]
    third = await desk.get(f"{QUEUE}?limit=2&after={second.json()['next']}")
    shown = [each["subject_id"] for page in (first, second, third) for each in page.json()["items"]]
    assert (shown, third.json()["next"]) == (made, None)


@pytest.mark.full
async def test_concerns_wait_for_those_who_may_read_them(friday: datetime, desk: Desk, store: ServiceDatabase) -> None:
    raised = await desk.post("/v1/triage/safeguarding-concerns", {"kind": "child", "level": "amber"})
    staff = await desk.post("/v1/triage/safeguarding-concerns", {"about_staff": True, "what_happened": "shouted"})
    assert (raised.status_code, staff.status_code) == (201, 201)
    contacted = await contact(desk, {"domain": "money"})
    await ring(store)
    lead = desk.other(worker="lead-1", role="safeguarding_lead", purpose="safeguarding")
    shown = await queue(lead)
    assert [(each["kind"], each["subject_id"]) for each in shown] == [
        ("safeguarding", raised.json()["concern_id"]),
        ("contact", contacted["id"]),
    ]
    assert shown[0]["due_at"].startswith("2026-12-05T16:4")
    assert (shown[0]["team"], shown[0]["clocks"][0]["words"][:33]) == (
        "safeguarding_duty", "Safeguarding clock of the concern",
    )  # fmt: skip
    assert shown[0]["would_change"][-1].startswith("It leaves the queue when a named person")
    # For others, and for the same people at another task, there is no such entry.
    for other in (desk, manager(desk).other(purpose="front_door"), lead.other(purpose="front_door")):
        assert [each["kind"] for each in await queue(other)] == ["contact"]
        problem(await other.get(f"{QUEUE}/{shown[0]['id']}"), 404, "not-found")
    address = f"/v1/triage/safeguarding-concerns/{raised.json()['concern_id']}/acknowledgements"
    assert (await lead.post(address, {})).status_code == 201
    await ring(store)
    assert [each["kind"] for each in await queue(lead)] == ["contact"]


# Rules ----------------------------------------------------------------------------------------------------


async def test_the_rules_as_delivered_can_be_read(desk: Desk) -> None:
    reader = desk.other(role="resident", purpose="public")
    listed = (await reader.get(RULES)).json()["items"]
    assert [(each["version"], each["state"]) for each in listed] == [(1, "published")]
    whole = await reader.get(f"{RULES}/1")
    assert whole.headers["etag"] == '"1"'
    assert whole.json()["rules"]["bands"][0] == {"code": "now", "title": "Now"}
    problem(await reader.get(f"{RULES}/2"), 404, "not-found")


@pytest.mark.full
async def test_what_if_shows_who_would_move_and_changes_nothing(desk: Desk, store: ServiceDatabase) -> None:
    money, food = await contact(desk, {"domain": "money"}), await contact(desk, {"domain": "food_and_fuel"})
    assert [each["subject_id"] for each in await queue(desk)] == [food["id"], money["id"]]
    rules = delivered()
    rules["rules"].append(
        {
            "code": "debt",
            "words": "they need help with money",
            "band": "today",
            "when": [{"fact": "domain", "any_of": ["money"]}],
        }
    )
    shown = (await manager(desk).post(f"{RULES}/what-if", rules)).json()
    assert (shown["waiting"], shown["forward"], shown["back"], shown["against_version"]) == (2, 1, 1, 1)
    move = next(each for each in shown["moves"] if each["subject_id"] == money["id"])
    assert (move["from_place"], move["to_place"], move["to_band"]) == (2, 1, "today")
    assert move["why"][0] == "It stands under “Today” because they need help with money."
    assert {each["code"]: (each["waiting"], each["would_wait"]) for each in shown["bands"]}["today"] == (0, 1)
    assert [each["subject_id"] for each in await queue(desk)] == [food["id"], money["id"]]
    assert not store.rows("select 1 from queue_rules")

    # Published, they do just that, each move an event; and the version before can stand again.
    boss = manager(desk)
    drafted = await boss.post(RULES, {"note": "Debt first, for the winter", "rules": rules})
    assert (drafted.status_code, drafted.headers["location"]) == (201, f"{RULES}/2")
    problem(await boss.post(f"{RULES}/2/publish", {"reason": "agreed"}), 428, "precondition-required")
    problem(await boss.post(f"{RULES}/2/publish", {"reason": "agreed"}, if_match='"7"'), 412, "stale")
    live = await boss.post(f"{RULES}/2/publish", {"reason": "agreed on 3 December"}, if_match='"1"')
    assert (live.status_code, live.json()["state"], live.json()["published_by"]) == (200, "published", "manager-1")
    assert [each["subject_id"] for each in await queue(desk)] == [money["id"], food["id"]]
    moved = [each["data"] for each in events(store) if each["type"] == "triage.queue_entry.moved"]
    assert [(each["subject_id"], each["reason"], each["rules_version"]) for each in moved] == [
        (money["id"], "rules_published", 2)
    ]
    problem(await boss.post(f"{RULES}/2/publish", {"reason": "again"}, if_match='"2"'), 409, "conflict")
    first = await boss.get(f"{RULES}/1")
    assert first.json()["state"] == "superseded"
    back = await boss.post(f"{RULES}/1/publish", {"reason": "it did not work"}, if_match=first.headers["etag"])
    assert back.status_code == 200, back.text
    assert [each["subject_id"] for each in await queue(desk)] == [food["id"], money["id"]]


@pytest.mark.parametrize("address", [f"{RULES}/what-if", RULES])
async def test_rules_that_cannot_go_live_are_refused_with_every_fault(desk: Desk, address: str) -> None:
    rules = delivered()
    rules["rules"][0]["any"] = rules["rules"][0].pop("band")
    body: dict[str, Any] = rules if address.endswith("what-if") else {"note": "n", "rules": rules}
    problem(await manager(desk).post(address, body), 422, "invalid")
    rules = delivered()
    rules["rules"][0]["when"][0]["any_of"] = ["at_once"]
    rules["rules"].append({"code": "x", "words": "x", "head_start": 5, "when": [{"fact": "sex", "any_of": ["f"]}]})
    body = rules if address.endswith("what-if") else {"note": "n", "rules": rules}
    refused = problem(await manager(desk).post(address, body), 422, "invalid")
    found = {each["pointer"]: each["rule"] for each in refused["errors"]}
    assert found["/rules/0/when/0/any_of"] == "known-value"
    assert found["/rules"] == "danger-first"
    assert found[f"/rules/{len(rules['rules']) - 1}/when/0/fact"] == "known-fact"


@pytest.mark.full
async def test_nobody_is_placed_by_rules_that_are_being_replaced(desk: Desk, store: ServiceDatabase) -> None:
    boss, rules = manager(desk), delivered()
    rules["rules"].append(
        {"code": "m", "words": "money", "band": "now", "when": [{"fact": "domain", "any_of": ["money"]}]}
    )
    for _ in range(3):
        await boss.post(RULES, {"note": "more", "rules": rules})

    async def live(version: int) -> int:
        while True:
            etag = (await boss.get(f"{RULES}/{version}")).headers["etag"]
            answer = await boss.post(f"{RULES}/{version}/publish", {"reason": "now"}, if_match=etag)
            if answer.status_code != 412:
                return answer.status_code

    async def come() -> None:
        for _ in range(4):
            await contact(desk, {"domain": "money"})

    done = await asyncio.gather(come(), live(2), come(), live(3), come(), live(4))
    assert set(done) == {None, 200}
    standing = store.rows("select version from queue_rules where state = 'published'")
    placed = store.rows("select distinct rules_version, band from queue_entry")
    assert [(each["rules_version"], each["band"]) for each in placed] == [(standing[0]["version"], 0)]
    assert UUID(int=0) not in {each["id"] for each in store.rows("select id from queue_entry")}


# Referrals that came back -----------------------------------------------------------------------------------------


@pytest.mark.full
async def test_a_refusal_waits_until_somebody_has_seen_to_it(
    friday: datetime, desk: Desk, store: ServiceDatabase
) -> None:
    harbour, other = organisation(store), organisation(store)
    referral = await referred(desk, harbour)
    assert await queue(desk) == []
    clock.set_offset(friday + timedelta(days=3) - clock.now())
    await moved(partner(desk, harbour), referral, "rejected", reason="no_capacity")
    (card,) = await queue(desk, "kind=referral")
    assert (card["kind"], card["subject_id"]) == ("referral", referral["id"])
    # They have waited since they were referred, and Tuesday's closing time is a working day after Monday.
    assert card["waiting_minutes"] // 60 in (3 * 24 - 1, 3 * 24)
    assert card["due_at"].startswith("2026-12-08T17:00")
    assert any("a partner could not help" in each for each in card["why"])
    assert card["would_change"][-1].startswith("It leaves the queue when somebody has done what comes next")
    await referred(desk, other, person_id=referral["person_id"], instead_of=referral["id"])
    assert await queue(desk) == []
    assert types(store).count("queue_entry.removed") == 1


@pytest.mark.full
async def test_what_was_done_about_a_refusal_takes_it_out(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    helped, refused = await referred(desk, harbour), await referred(desk, harbour)
    await moved(partner(desk, harbour), helped, "rejected", reason="already_helping")
    assert await queue(desk) == [], "nothing is left to do"
    await moved(partner(desk, harbour), refused, "rejected", reason="wrong_service")
    assert [each["subject_id"] for each in await queue(desk)] == [refused["id"]]
    done = await desk.patch(f"{REFERRALS}/{refused['id']}", {"followed_up": "Decided anew"}, if_match='"2"')
    assert done.status_code == 200
    assert await queue(desk) == []


async def test_a_silence_that_went_to_a_manager_waits_until_the_partner_answers(
    friday: datetime, desk: Desk, store: ServiceDatabase
) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour, urgency="today")
    clock.set_offset(friday + timedelta(days=20) - clock.now())
    await ring(store)
    assert [each["subject_id"] for each in await queue(desk)] == [referral["id"]]
    await moved(partner(desk, harbour), referral, "accepted")
    assert await queue(desk) == []


async def test_whoever_is_kept_back_waits_unseen(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    know(store, UUID(referral["person_id"]), restricted=True)
    await moved(partner(desk, harbour), referral, "rejected", reason="no_capacity")
    assert await queue(desk) == []
