"""Loading a feed: the same again changes nothing, faults are put aside by field and rule, others' stay untouched."""

import copy
from typing import Any
from uuid import uuid4

import pytest

from demo.directory import feed
from kit.testing.databases import ServiceDatabase
from services.triage.directory import commands
from tests.triage.desk import Desk, events, problem
from tests.triage.directory.guide import PREFIX, anyone, keeper, load, put, services, slugs, work_off

THREE = ("debt-advice", "food-club", "crisis-line")


def everything(store: ServiceDatabase) -> list[Any]:
    tables = ("directory_service", "directory_place", "directory_opening", "organisation", "taxonomy_term")
    # Which load saw an entry last is the only thing that a load of the same changes.
    rows = (
        "select md5(string_agg((to_jsonb(t) - 'seen_in')::text, '' order by (to_jsonb(t) - 'seen_in')::text)) from {} t"
    )
    return [store.rows(rows.format(each)) for each in tables]


def said(store: ServiceDatabase) -> list[str]:
    return [each["type"] for each in events(store)]


@pytest.mark.full
async def test_a_feed_becomes_entries_and_the_same_again_changes_nothing(desk: Desk, store: ServiceDatabase) -> None:
    first = await load(keeper(desk), store, services(*THREE))
    assert first == {"changed": 3, "same": 0, "quarantined": 0, "ended": 0, "held": 0}
    before, announced = everything(store), len(events(store))
    again = await load(keeper(desk), store, services(*reversed(THREE)))
    assert again == {"changed": 0, "same": 3, "quarantined": 0, "ended": 0, "held": 0}
    assert everything(store) == before
    assert len(events(store)) == announced
    assert said(store).count("triage.directory_service.changed") == 3
    assert store.rows("select count(*) as n from directory_received")[0]["n"] == 0


async def test_a_feed_comes_as_a_page_as_pages_or_as_a_list_and_nothing_else_ends_it(
    desk: Desk, store: ServiceDatabase
) -> None:
    whole = services(*THREE)["contents"]
    results = [
        await load(keeper(desk), store, form)
        for form in ({"contents": whole}, [{"contents": whole[:2]}, {"contents": whole[2:]}], whole)
    ]
    assert [(each["changed"], each["same"], each["ended"]) for each in results] == [(3, 0, 0), (0, 3, 0), (0, 3, 0)]
    for body in ({"contents": []}, {"services": [1]}, "text", 3, None, {"contents": {}}):
        answer = await keeper(desk).post(f"{PREFIX}/feeds/{feed.FEED}/loads", body)
        assert answer.status_code == 422
    await work_off(store)
    assert (await anyone(desk).get(f"{PREFIX}/services")).json()["total_items"] == 3


def _spoilt(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(feed.service("food-club", feed.date(2026, 11, 1))), **changes}


FAULTS: dict[str, tuple[Any, str, str]] = {
    "name": (_spoilt(name=None), "/name", "missing"),
    "id": (_spoilt(id="7"), "/id", "uuid_parsing"),
    "status": (_spoilt(status="open"), "/status", "enum"),
    "url": (_spoilt(url="javascript:alert(1)"), "/url", "string_pattern_mismatch"),
    "ages": (_spoilt(minimum_age=60, maximum_age=18), "/maximum_age", "ages-in-order"),
    "assured": (_spoilt(assured_date="2999-01-01"), "/assured_date", "not-in-the-future"),
    "organisation": (_spoilt(organization=None), "/organization", "organisation-of-a-service"),
    "days": (
        _spoilt(schedules=[{"id": str(uuid4()), "byday": "FRI"}]),
        "/schedules/0/byday",
        "string_pattern_mismatch",
    ),
    "text": ("a text", "", "model_type"),
    "null": (None, "", "model_type"),
}


@pytest.mark.full
async def test_what_breaks_a_rule_is_put_aside_until_it_comes_right(desk: Desk, store: ServiceDatabase) -> None:
    admin = keeper(desk)
    records = []
    for name, (record, _, _) in FAULTS.items():
        if isinstance(record, dict) and name != "id":
            record["id"] = str(feed.id_of("service", name))
        records.append(record)
    result = await load(admin, store, [*services("debt-advice")["contents"], *records])
    assert (result["changed"], result["quarantined"]) == (1, len(FAULTS))
    aside = (await admin.get(f"{PREFIX}/quarantine")).json()["items"]
    for record, pointer, rule in FAULTS.values():
        [found] = [each["faults"] for each in aside if each["record"] == record]
        assert (pointer, rule) in [(each["pointer"], each["rule"]) for each in found]
    assert slugs((await anyone(desk).get(f"{PREFIX}/services")).json()) == ["debt-advice"]
    right = {**feed.service("food-club", feed.date(2026, 11, 1)), "id": str(feed.id_of("service", "ages"))}
    await load(admin, store, [*services("debt-advice")["contents"], right])
    left = (await admin.get(f"{PREFIX}/quarantine?feed_id={feed.FEED}")).json()["items"]
    assert len(left) == len(FAULTS) - 1
    assert right["id"] not in {each["record_id"] for each in left}


@pytest.mark.full
async def test_what_a_whole_feed_no_longer_names_has_ended_and_may_come_back(
    desk: Desk, store: ServiceDatabase
) -> None:
    await load(keeper(desk), store, services(*THREE))
    assert (await load(keeper(desk), store, services(*THREE[:2]), whole=False))["ended"] == 0
    assert (await load(keeper(desk), store, services(*THREE[:2])))["ended"] == 1
    gone = feed.id_of("service", "crisis-line")
    assert sorted(slugs((await anyone(desk).get(f"{PREFIX}/services")).json())) == sorted(THREE[:2])
    assert (await anyone(desk).get(f"{PREFIX}/services/{gone}")).json()["status"] == "inactive"
    assert (await load(keeper(desk), store, services(*THREE)))["changed"] == 1
    assert len(slugs((await anyone(desk).get(f"{PREFIX}/services")).json())) == 3


@pytest.mark.full
async def test_a_feed_that_lost_too_much_ends_nothing(desk: Desk, store: ServiceDatabase) -> None:
    many = list(feed.written())[:12]
    await load(keeper(desk), store, services(*many))
    result = await load(keeper(desk), store, services(*many[:8]))
    assert (result["ended"], result["held"]) == (0, 4)
    assert (await anyone(desk).get(f"{PREFIX}/services")).json()["total_items"] == 12
    assert (await load(keeper(desk), store, services(*many[:9])))["ended"] == 3


async def test_a_feed_never_takes_over_what_is_anothers(desk: Desk, store: ServiceDatabase) -> None:
    await load(keeper(desk), store, services("debt-advice"))
    theirs = services("debt-advice", "food-club")["contents"]
    theirs[0]["name"] = "Ring me instead"
    theirs[0]["organization"]["name"] = "Somebody else"
    result = await load(keeper(desk), store, theirs, id_=uuid4())
    assert (result["changed"], result["quarantined"]) == (1, 1)
    kept = (await anyone(desk).get(f"{PREFIX}/services/{theirs[0]['id']}")).json()
    assert (kept["name"], kept["organization"]["name"]) == ("Debt and money advice", "Harbour Advice")


@pytest.mark.full
async def test_markup_and_nulls_of_a_feed_are_left_out(desk: Desk, store: ServiceDatabase) -> None:
    record = _spoilt(description="<p>Cheap <b>food</b></p><script>alert(1)</script>", email=None, alert="")
    await load(keeper(desk), store, [record])
    shown = (await anyone(desk).get(f"{PREFIX}/services/{record['id']}")).json()
    assert shown["description"] == "Cheap food alert(1)"
    assert {"email", "alert"}.isdisjoint(shown)


@pytest.mark.full
async def test_a_feed_switched_off_and_one_nobody_knows_load_nothing(desk: Desk, store: ServiceDatabase) -> None:
    admin = keeper(desk)
    problem(await admin.post(f"{PREFIX}/feeds/{uuid4()}/loads", services(*THREE)), 404, "not-found")
    made = await put(admin, f"{PREFIX}/feeds/{feed.FEED}", {"name": "A", "licence": "OGL", "active": False})
    assert made.status_code == 201
    problem(await admin.post(f"{PREFIX}/feeds/{feed.FEED}/loads", services(*THREE)), 409, "conflict")
    stale = await put(admin, f"{PREFIX}/feeds/{feed.FEED}", {"name": "A", "licence": "OGL"})
    problem(stale, 428, "precondition-required")


@pytest.mark.full
async def test_a_load_broken_off_between_two_steps_goes_on_and_ends_the_same(
    desk: Desk, store: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    from services.triage.directory import feeds

    monkeypatch.setattr(feeds, "_A_STEP", 1)
    taken, real = 0, commands.take_in

    async def dies_once(*what: Any) -> bool:
        nonlocal taken
        taken += 1
        if taken == 2:
            raise ConnectionError("the line is cut")
        return await real(*what)

    monkeypatch.setattr(commands, "take_in", dies_once)
    admin = keeper(desk)
    await put(admin, f"{PREFIX}/feeds/{feed.FEED}", {"name": "A", "licence": "OGL"})
    sent = await admin.post(f"{PREFIX}/feeds/{feed.FEED}/loads", services(*THREE))
    with pytest.raises(ConnectionError):
        await work_off(store)
    store.execute("update job set state = 'queued'")
    await work_off(store)
    job = (await admin.get(sent.headers["location"])).json()
    assert (job["state"], job["result"]["changed"]) == ("succeeded", 3)
    assert said(store).count("triage.directory_service.changed") == 3
