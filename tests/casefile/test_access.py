"""Every read and write of somebody's record is on record, and who may ask sees who looked."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from kit.ids import new_id
from kit.store import audit
from tests.casefile.doors import Casefile
from tests.casefile.facts import decided, envelope, moment
from tests.service_doors import MANAGER


@dataclass
class Scene:
    """Someone with a household, a case and a namesake."""

    person: Any
    other: Any
    case: Any


@pytest.fixture
async def scene(casefile: Casefile) -> Scene:
    person, other = await casefile.person("Amina", "Yusuf"), await casefile.person("Aamina", "Yousuf")
    await casefile.take(decided(person=person["id"]))
    (case,) = (await casefile.good("GET", "/cases"))["items"]
    return Scene(person, other, case)


WRITES: dict[tuple[str, str], tuple[str, Any, int | None]] = {
    ("POST", "/people/search"): ("/people/search", {"name": "Amina Yusuf"}, None),
    ("POST", "/people"): ("/people", {"names": [{"given": "Jo"}], "household_id": "{household}"}, None),
    ("PATCH", "/people/{person_id}"): ("/people/{person}", {"languages": ["so"]}, 1),
    ("POST", "/people/{person_id}/merge"): ("/people/{person}/merge", {"survivor_id": "{other}", "reason": "yes"}, 1),
    ("POST", "/people/{person_id}/relationships"): (
        "/people/{person}/relationships",
        {"other_id": "{other}", "kind": "friend"},
        None,
    ),
    ("POST", "/households"): ("/households", {"person_ids": ["{person}"]}, None),
    ("POST", "/households/{household_id}/members"): (
        "/households/{other_household}/members",
        {"person_id": "{person}"},
        None,
    ),
    ("POST", "/cases/{case_id}/allocations"): ("/cases/{case}/allocations", {"lead": "w"}, 1),
}


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: filled(each, names) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    return value.format(**names) if isinstance(value, str) else value


@pytest.mark.parametrize("write", WRITES, ids=" ".join)
async def test_every_write_of_a_person_is_on_record(casefile: Casefile, scene: Scene, write: tuple[str, str]) -> None:
    names = {
        "person": scene.person["id"],
        "household": scene.person["household_id"],
        "other": scene.other["id"],
        "other_household": scene.other["household_id"],
        "case": scene.case["id"],
    }
    path, body, version = WRITES[write]
    await casefile.let_in(scene.person["household_id"], "writer")
    answer = await casefile.good(write[0], path.format(**names), filled(body, names), version=version, actor="writer")
    rows = casefile.stored.rows("select * from audit_entry where actor = 'writer'")
    about = {str(each) for row in rows for each in row["person_ids"]}
    # Registering is about the new person.
    assert (answer["id"] if write == ("POST", "/people") else scene.person["id"]) in about
    # What goes sealed to the vault is on record on both sides.
    assert len({row["action"] for row in rows} - {"casefile.sealed_event.seal"}) == 1


async def test_taking_back_is_on_record_too(casefile: Casefile, scene: Scene) -> None:
    merging = {"survivor_id": scene.other["id"], "reason": "the same"}
    await casefile.good("POST", f"/people/{scene.person['id']}/merge", merging, version=1)
    unmerging = {"reason": "not the same"}
    await casefile.good("POST", f"/people/{scene.person['id']}/unmerge", unmerging, version=2, actor="writer")
    await casefile.good("POST", f"/cases/{scene.case['id']}/close", {"reason": "died"}, version=1)
    await casefile.good("POST", f"/cases/{scene.case['id']}/reopen", version=2, **{**MANAGER, "actor": "writer"})
    rows = casefile.stored.rows("select * from audit_entry where actor = 'writer' order by id")
    by_action: dict[str, set[str]] = {}
    for row in rows:
        by_action.setdefault(row["action"], set()).update(str(each) for each in row["person_ids"])
    assert by_action["casefile.person.unmerge"] == {scene.person["id"], scene.other["id"]}
    assert by_action["casefile.case.reopen"] == {scene.person["id"]}


async def test_a_case_opened_by_a_decision_is_on_record_as_the_deciders(casefile: Casefile, scene: Scene) -> None:
    (row,) = casefile.stored.rows(
        "select * from audit_entry where record = %s and actor = 'triage-7'", [f"case/{scene.case['id']}"]
    )
    assert [str(each) for each in row["person_ids"]] == [scene.person["id"]]


async def test_a_list_records_what_it_shows_and_no_more(casefile: Casefile, scene: Scene) -> None:
    await casefile.take(decided(person=scene.other["id"], at=moment(1)))
    await casefile.good("GET", "/cases?limit=1", actor="reader")
    rows = casefile.stored.rows("select * from audit_entry where actor = 'reader'")
    assert [row["record"] for row in rows] == [f"case/{scene.case['id']}"]


async def test_who_is_not_found_leaves_no_row_and_who_may_not_leaves_a_refusal(casefile: Casefile) -> None:
    missing = uuid4()
    await casefile("GET", f"/people/{missing}", actor="reader")
    person = await casefile.person()
    headers = {"Authorization": f"Bearer {Casefile.token('casefile.case.read', actor='reader')}"}
    refused = await casefile.client.get(f"/v1/casefile/people/{person['id']}", headers=headers)
    assert refused.status_code == 403
    assert person["id"] not in refused.text
    assert casefile.stored.rows("select * from audit_entry where actor = 'reader' and outcome = 'done'") == []


# The list of reads ----------------------------------------------------------------------------------------


async def reads(casefile: Casefile, person_id: str, **query: Any) -> list[Any]:
    found = await casefile.good("GET", "/access/reads", params={"person_id": person_id, **query}, actor="reviewer")
    return list(found["items"])


async def test_the_list_of_reads_says_who_why_and_when(casefile: Casefile, scene: Scene) -> None:
    await casefile.good("GET", f"/people/{scene.person['id']}", actor="w5", purpose="safeguarding")
    newest = (await reads(casefile, scene.person["id"]))[0]
    assert (newest["actor"], newest["purpose"]) == ("w5", "safeguarding")
    assert (newest["action"], newest["record"]) == ("casefile.person.read", f"person/{scene.person['id']}")
    assert (newest["outcome"], newest["sealed"], newest["organisation"]) == ("done", False, "council")
    # This read is on record as well.
    again = await reads(casefile, scene.person["id"])
    assert (again[0]["actor"], again[0]["action"]) == ("reviewer", "casefile.access.review")
    assert {each["actor"] for each in await reads(casefile, scene.other["id"])} == {"worker-1"}
    assert await reads(casefile, str(uuid4())) == []


async def test_the_list_of_reads_turns_pages(casefile: Casefile, scene: Scene) -> None:
    id_ = scene.person["id"]
    for number in range(7):
        await casefile.good("GET", f"/people/{id_}", actor=f"w{number}")
    whole = [each["entry"] for each in await reads(casefile, id_)]
    seen: list[int] = []
    path = f"/v1/casefile/access/reads?person_id={id_}&limit=3"
    while path:
        # Asked by the first page's reader, so that the pages themselves come before what is being read.
        response = await casefile("GET", path, actor="reviewer")
        seen += [each["entry"] for each in response.json()["items"]]
        link = response.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
    assert [entry for entry in seen if entry in whole] == whole
    assert len(set(seen)) == len(seen)


async def test_a_sealed_read_says_so(casefile: Casefile, scene: Scene) -> None:
    await audit.seal(casefile.database, "casefile")
    assert all(each["sealed"] for each in await reads(casefile, scene.person["id"]))
    assert await audit.verify(casefile.database) is None


# Seals ----------------------------------------------------------------------------------------------------


def seal(service: str, batch: int, **more: Any) -> dict[str, Any]:
    digests = {"digest": f"{batch:064x}", "previous_digest": f"{batch - 1:064x}"}
    data = {"batch": batch, "first_entry": batch, "last_entry": batch, "count": 1, "sealed_at": moment()}
    return envelope(f"{service}.access.recorded", {**data, **digests, **more}, subject=new_id())


def kept(casefile: Casefile) -> Iterable[tuple[str, int, str]]:
    rows = casefile.stored.rows("select * from known_seal order by service, batch")
    return [(row["service"], row["batch"], row["digest"]) for row in rows]


async def test_every_services_seals_are_kept_in_any_order_once(casefile: Casefile) -> None:
    services = ("triage", "casefile", "risk", "grants", "housing", "gateway")
    seals = [seal(service, batch) for service in services for batch in (1, 2)]
    assert set(await casefile.take(*seals[::-1])) == {"taken"}
    wanted = sorted((each, batch, f"{batch:064x}") for each in services for batch in (1, 2))
    assert kept(casefile) == wanted
    await casefile.take(*seals)
    assert kept(casefile) == wanted


async def test_a_seal_rewritten_later_does_not_replace_the_copy(casefile: Casefile) -> None:
    first = seal("housing", 1)
    await casefile.take(first)
    forged = {**seal("housing", 1, digest="f" * 64), "subject": first["subject"]}
    await casefile.take(forged)
    assert kept(casefile) == [("housing", 1, f"{1:064x}")]


async def test_its_own_seals_come_back_to_it(casefile: Casefile) -> None:
    await casefile.person()
    sealed = await audit.seal(casefile.database, "casefile")
    await casefile.hear_itself()
    (row,) = casefile.stored.rows("select * from known_seal")
    assert (row["service"], row["batch"], row["entries"]) == ("casefile", 1, sealed)
