"""The record of access is one, wherever somebody looked: each service tells casefile of its own rows, sealed."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.access import ReadsTold, ReadTold
from kit.events import reads as told_by_the_kit
from kit.events import sealed
from kit.events.sealed import Keyring
from kit.store import audit
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope
from tests.service_doors import MANAGER, SEALING

TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
REVIEWER: dict[str, Any] = {
    "actor": "iris", "roles": ("information_governance_lead",), "purpose": "information_governance"
}  # fmt: skip


def read(*people: str, **more: Any) -> ReadTold:
    made: dict[str, Any] = {
        "entry": 7, "at": clock.now(), "actor": "marcus", "organisation": "council", "roles": ("housing_officer",),
        "purpose": "homelessness", "action": "housing.homelessness.read", "record": f"homelessness_case/{uuid4()}",
        "person_ids": tuple(map(UUID, people)), "outcome": "done", **more,
    }  # fmt: skip
    return ReadTold(**made)


def told(service: str, *reads: ReadTold) -> dict[str, Any]:
    bare = envelope(f"{service}.access.told", {}, subject=uuid4(), actor=f"system:{service}")
    header = {"event": bare["id"], "type": bare["type"], "subject": bare["subject"]}
    ring = Keyring(None, {"casefile": SEALING["casefile"].as_dict(private=False)})
    inside = ReadsTold(batch=1, reads=reads).model_dump_json().encode()
    return {**bare, "data": {"jwe": ring.encrypt("casefile", header, inside)}}


async def test_the_person_and_the_reviewer_see_who_looked_elsewhere(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    event = told("housing", read(kelly["id"]), read(str(uuid4()), actor="nobody-of-hers"))
    # Delivered twice, it is one read.
    assert await casefile.take(event) == ["taken"]
    assert await casefile.take(event) == ["taken"]
    view = await casefile.good("GET", f"/looked?person_id={kelly['id']}", **TOM)
    assert [each["team"] for each in view["lines"]].count("Housing") == 1
    page = await casefile.good("GET", f"/access/reads?person_id={kelly['id']}", **REVIEWER)
    elsewhere = [each for each in page["items"] if each["service"] == "housing"]
    assert [(each["actor"], each["action"], each["sealed"]) for each in elsewhere] == [
        ("marcus", "housing.homelessness.read", True)
    ]
    assert elsewhere[0]["entry"] < 0
    assert "nobody-of-hers" not in str(page)


async def test_what_could_betray_her_is_kept_back_wherever_it_was_read(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    before = await casefile.good("GET", f"/looked?person_id={kelly['id']}", **TOM)
    again = await casefile.good("GET", f"/looked?person_id={kelly['id']}", **TOM)
    await casefile.take(
        told(
            "triage",
            read(kelly["id"], purpose="safeguarding", action="triage.concern.read"),
            read(kelly["id"], purpose="front_door", action="triage.immigration.read"),
            read(kelly["id"], outcome="refused"),
        )
    )
    after = await casefile.good("GET", f"/looked?person_id={kelly['id']}", **TOM)
    assert after["lines"] == again["lines"]
    assert {each["team"] for each in before["lines"]} <= {each["team"] for each in after["lines"]}


async def test_pages_of_the_whole_record_leave_nothing_out(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    at = clock.now()
    # One moment for all of them: a page may end between two.
    await casefile.take(
        told("risk", *(read(kelly["id"], entry=number, at=at, actor=f"a-{number}") for number in range(1, 8)))
    )
    seen: list[int] = []
    path = f"/access/reads?person_id={kelly['id']}&limit=3"
    for _ in range(10):
        page = await casefile.good("GET", path, **REVIEWER)
        seen += [each["entry"] for each in page["items"]]
        if page["next"] is None:
            break
        path = f"/access/reads?person_id={kelly['id']}&limit=3&after={page['next']}"
    assert len(seen) == len(set(seen))
    assert len([each for each in seen if each < 0]) == 7


async def test_a_service_tells_of_what_somebody_read_as_it_is_sealed(database: Any) -> None:
    store: ServiceDatabase = database("housing")
    housing = Database(store.url, pool=2, name="test")
    keys = {"casefile": SEALING["casefile"].as_dict(private=False)}
    sealed.use_keys("housing", None, keys)
    people = [uuid4() for _ in range(1100)]
    try:
        async with unit_of_work(housing, "housing", Cause("marcus", "homelessness", "housing.case.read")) as unit:
            unit.accessed("case/1", people[:1])
            unit.accessed("list/1", people)
            unit.accessed("list/of-none", [])
        async with unit_of_work(housing, "housing", Cause.system("housing", "tidy")) as unit:
            unit.accessed("case/2", people[:1])
        assert await audit.seal(housing, "housing", told_by_the_kit.tell) == 4
        rows = store.rows("select envelope from outbox where type = 'housing.access.told' order by id")
        casefiles = Keyring({"keys": [SEALING["casefile"].as_dict(private=True)]}, {})
        opened = [
            ReadsTold.model_validate_json(casefiles.decrypt(each["data"]["jwe"], {"event": each["id"]}))
            for each in (json.loads(row["envelope"]) for row in rows)
        ]
        assert len(opened) == 3
        reads = [each for part in opened for each in part.reads]
        assert {each.record for each in reads} == {"case/1", "list/1"}
        assert [each for read in reads if read.record == "list/1" for each in read.person_ids] == people
        # Sealing it is on record as the platform's own, and that ends it.
        await audit.seal(housing, "housing", told_by_the_kit.tell)
        assert await audit.seal(housing, "housing", told_by_the_kit.tell) == 0
        assert len(store.rows("select from outbox where type = 'housing.access.told'")) == len(rows)
    finally:
        await housing.close()


@pytest.mark.parametrize("who", [TOM, MANAGER])
async def test_only_reviewers_read_the_record_itself(casefile: Casefile, who: dict[str, Any]) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await casefile.take(told("housing", read(kelly["id"])))
    view = await casefile.good("GET", f"/looked?person_id={kelly['id']}", **who)
    assert "marcus" not in str(view)
