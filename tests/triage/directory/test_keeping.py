"""Keeping the directory by hand: entries, confirmations, free places, organisations; and who wins when two write."""

from typing import Any
from uuid import uuid4

import pytest

from demo.directory import feed
from kit.testing.databases import ServiceDatabase
from tests.triage.desk import Desk, events, problem
from tests.triage.directory.guide import PREFIX, anyone, keeper, load, put, services

ORGANISATION = feed.organisation_id("breadline")
PATH = f"/v1/triage/organisations/{ORGANISATION}"


def organisation(**changes: Any) -> dict[str, Any]:
    return {"name": "Breadline", "kind": "voluntary", **changes}


def entry(**changes: Any) -> dict[str, Any]:
    made = feed.service("food-club", feed.date(2026, 11, 1))
    made = {name: each for name, each in made.items() if name not in {"organization", "assured_date"}}
    return {**made, "organization_id": str(ORGANISATION), **changes}


async def test_an_organisation_is_made_once_and_changed_by_who_read_it(desk: Desk, store: ServiceDatabase) -> None:
    admin = keeper(desk)
    made = await put(admin, PATH, organisation())
    assert (made.status_code, made.headers["etag"], made.headers["location"]) == (201, '"1"', PATH)
    problem(await put(admin, PATH, organisation()), 428, "precondition-required")
    changed = await put(admin, PATH, organisation(kind="private_landlord", listed=False), if_match='"1"')
    assert (changed.status_code, changed.json()["kind"]) == (200, "private_landlord")
    stale = problem(await put(admin, PATH, organisation(), if_match='"1"'), 412, "stale")
    assert stale["current"]["version"] == 2
    listed = (await admin.get("/v1/triage/organisations?kind=private_landlord")).json()["items"]
    assert [each["id"] for each in listed] == [str(ORGANISATION)]
    told = [each["data"]["kind"] for each in events(store)]
    assert told == ["voluntary", "private_landlord"]
    assert "Breadline" not in str(events(store))
    refused = problem(await put(admin, PATH, organisation(answers_by="link"), if_match='"2"'), 422, "invalid")
    assert refused["errors"][0]["rule"] == "mailbox-for-links"


async def test_an_entry_by_hand_is_confirmed_by_whoever_puts_it(desk: Desk, store: ServiceDatabase) -> None:
    admin = keeper(desk)
    path = f"{PREFIX}/entries/{entry()['id']}"
    refused = problem(await put(admin, path, entry()), 422, "invalid")
    assert refused["errors"][0] | {"detail": ""} == {
        "pointer": "/organization_id",
        "detail": "",
        "rule": "known-organisation",
    }
    await put(admin, PATH, organisation())
    made = await put(admin, path, entry())
    assert (made.status_code, made.json()["confirmed_by"]) == (201, "admin-1")
    shown = (await anyone(desk).get(f"{PREFIX}/services/{entry()['id']}")).json()
    assert (shown["newstart"]["confirmed_by"], shown["newstart"]["fresh"]) == ("council", True)
    assert "admin-1" not in str(shown)
    other = problem(await put(admin, path, entry(id=str(uuid4())), if_match='"1"'), 422, "invalid")
    assert other["errors"][0]["rule"] == "same-id"
    wrong = problem(await put(admin, path, entry(minimum_age=9, maximum_age=3), if_match='"1"'), 422, "invalid")
    assert wrong["errors"][0]["rule"] == "ages-in-order"
    # One address, two writers: the second has not seen the first's.
    assert (await put(admin, path, entry(name="Food for all"), if_match='"1"')).status_code == 200
    problem(await put(admin, path, entry(name="Club"), if_match='"1"'), 412, "stale")
    hidden = await put(admin, PATH, organisation(listed=False), if_match='"1"')
    assert hidden.status_code == 200
    problem(await anyone(desk).get(f"{PREFIX}/services/{entry()['id']}"), 404, "not-found")


async def test_a_worker_confirms_and_says_how_many_places_are_free(desk: Desk, store: ServiceDatabase) -> None:
    await load(keeper(desk), store, services("food-club", "debt-advice"))
    id_ = feed.id_of("service", "food-club")
    path = f"{PREFIX}/entries/{id_}"
    read = await desk.get(path)
    assert read.json()["confirmed_by"] == "provider"
    problem(await desk.post(f"{path}/confirm", {}), 428, "precondition-required")
    confirmed = await desk.post(f"{path}/confirm", {}, if_match=read.headers["etag"])
    assert confirmed.json()["confirmed_by"] == "officer-1"
    told = await desk.post(f"{path}/places", {"places_free": 4}, if_match=confirmed.headers["etag"])
    assert told.json()["entry"]["newstart"]["places_free"] == 4
    problem(await desk.post(f"{path}/places", {"places_free": 9}, if_match=confirmed.headers["etag"]), 412, "stale")
    unknown = await desk.post(f"{path}/places", {"places_free": None}, if_match=told.headers["etag"])
    assert "places_free" not in unknown.json()["entry"]["newstart"]
    states = [each["data"] for each in events(store) if each["subject"] == str(id_)]
    assert [each["places"] for each in states] == [None, None, 4, None]
    # What a feed tells is put right at its source; a confirmation outlives a load that says the same.
    problem(await put(keeper(desk), path, entry(), if_match=unknown.headers["etag"]), 409, "conflict")
    await load(keeper(desk), store, services("food-club", "debt-advice"))
    assert (await desk.get(path)).json()["confirmed_by"] == "officer-1"


@pytest.mark.full
@pytest.mark.parametrize("path", ["entries", "organisations"])
async def test_what_nobody_put_in_is_not_found(desk: Desk, path: str) -> None:
    where = "/v1/triage" if path == "organisations" else PREFIX
    problem(await desk.get(f"{where}/{path}/{uuid4()}"), 404, "not-found")
