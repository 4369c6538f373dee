"""The register as a sealed source: every change of who someone is, for risk's vault and nobody else."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.contracts.casefile.people import Identity
from kit.errors import DomainError
from kit.events.republish import republish
from kit.events.sealed import LARGEST_BYTES
from kit.store.unit import Cause
from services.casefile.people import sealed_register, tell_again
from tests.casefile.doors import Casefile
from tests.casefile.test_imports import as_csv, load, row

KELLY: dict[str, Any] = {
    "names": [
        {"given": "Kelly", "family": "Pike"},
        {"given": "Kels", "family": "Pike", "kind": "known_as"},
        {"given": "Kelly", "family": "Doyle", "kind": "former"},
    ],
    "date_of_birth": "1991-03-04",
    "nhs_number": "943 476 5919",
    "addresses": [
        {"lines": ["12 Heath Road"], "postcode": "RM10 7XS", "uprn": "100023336956", "ward": "E05014061"},
        {"lines": ["Her old place"], "postcode": "E1 1AA", "until": "2020-01-01"},
    ],
    "contacts": [
        {"kind": "phone", "value": "07700 900111", "safe": False},
        {"kind": "phone", "value": "07700 900222"},
        {"kind": "email", "value": "kelly@example.org"},
    ],
}


def latest(casefile: Casefile) -> dict[UUID, Identity]:
    """What a vault that keeps the highest version of each person would hold."""
    kept: dict[UUID, Identity] = {}
    for event in casefile.sealed_for_risk():
        for each in event:
            before = kept.get(each.person_id)
            if before is None or before.version <= each.version:
                kept[each.person_id] = each
    return kept


async def test_someone_registered_is_told_whole(casefile: Casefile) -> None:
    made = await casefile.good("POST", "/people", KELLY)
    ((told,),) = casefile.sealed_for_risk()
    assert told.model_dump(mode="json", exclude={"changed_at"}) == {
        "person_id": made["id"],
        "version": 1,
        "household_id": made["household_id"],
        "given": "Kelly",
        "family": "Pike",
        "former_family": "Doyle",
        "known_as": "Kels",
        "born": "1991-03-04",
        "nhs_number": "9434765919",
        "nino": None,
        "upn": None,
        "lines": ["12 Heath Road"],
        "postcode": "RM10 7XS",
        "uprn": "100023336956",
        "ward": "E05014061",
        # The number that is not safe may be somebody else's: it never leaves.
        "phone": "+447700900222",
        "email": "kelly@example.org",
        "merged_into": None,
        "introduced": False,
    }


async def test_nothing_of_it_can_be_read_by_others(casefile: Casefile) -> None:
    await casefile.good("POST", "/people", KELLY)
    (event,) = casefile.announced("identity.changed")
    assert event["data"].keys() == {"jwe"}
    for sent in casefile.stored.rows("select envelope from outbox"):
        assert not any(each in sent["envelope"] for each in ("Kelly", "Pike", "1991", "9434765919", "Heath"))
    (sealed,) = casefile.stored.rows("select person_ids from audit_entry where action = 'casefile.sealed_event.seal'")
    assert len(sealed["person_ids"]) == 1


async def test_every_change_is_told(casefile: Casefile) -> None:
    kelly, wayne = await casefile.person("Kelly", "Pike"), await casefile.person("Wayne", "Pike")
    await casefile.good("PATCH", f"/people/{kelly['id']}", {"nino": "AB123456C"}, version=1)
    await casefile.good("POST", f"/households/{wayne['household_id']}/members", {"person_id": kelly["id"]})
    told = latest(casefile)
    assert told[UUID(kelly["id"])].nino == "AB123456C"
    assert told[UUID(kelly["id"])].version == 3
    assert str(told[UUID(kelly["id"])].household_id) == wayne["household_id"]
    await casefile.good(
        "POST", f"/people/{kelly['id']}/merge", {"survivor_id": wayne["id"], "reason": "the same"}, version=3
    )
    assert str(latest(casefile)[UUID(kelly["id"])].merged_into) == wayne["id"]
    await casefile.good("POST", f"/people/{kelly['id']}/unmerge", {"reason": "not the same"}, version=4)
    assert latest(casefile)[UUID(kelly["id"])].merged_into is None
    home = {"person_id": kelly["id"], "until": "2026-01-01"}
    refused = await casefile("POST", f"/households/{wayne['household_id']}/members", home)
    assert refused.status_code == 422
    versions = [
        each.version for event in casefile.sealed_for_risk() for each in event if str(each.person_id) == kelly["id"]
    ]
    assert versions == [1, 2, 3, 4, 5]


async def test_a_child_of_two_homes_is_told_without_one(casefile: Casefile) -> None:
    mother, father = await casefile.person("Amina", "Yusuf"), await casefile.person("Omar", "Ali")
    child = await casefile.person("Idris", "Yusuf", household_id=mother["household_id"])
    both = {"person_id": child["id"], "moving": False}
    await casefile.good("POST", f"/households/{father['household_id']}/members", both)
    assert latest(casefile)[UUID(child["id"])].household_id is None


async def test_a_load_travels_together(casefile: Casefile) -> None:
    rows = [row(number, household_reference=f"H{number // 2}", date_of_birth="1980-01-01") for number in range(1000)]
    await load(casefile, as_csv(rows))
    events = casefile.sealed_for_risk()
    assert [len(each) for each in events] == [400, 400, 200]
    people = {str(each["id"]): each for each in casefile.stored.rows("select id, names from person")}
    told = [each for event in events for each in event]
    assert {str(each.person_id) for each in told} == people.keys()
    assert all(people[str(each.person_id)]["names"][0]["given"] == each.given for each in told)
    homes = casefile.stored.rows("select person_id, household_id from membership")
    assert {each.person_id: each.household_id for each in told} == {
        each["person_id"]: each["household_id"] for each in homes
    }
    # Loading it again tells nothing anew.
    await load(casefile, as_csv(rows))
    assert len(casefile.announced("identity.changed")) == 3


@pytest.mark.full
async def test_a_load_of_long_names_is_divided_until_it_fits(casefile: Casefile) -> None:
    rows = [
        row(number, given="\u1e9e" * 200, family="Q" * 200, address=";".join(["\u1e9e" * 200] * 6))
        for number in range(450)
    ]
    await load(casefile, as_csv(rows))
    events = casefile.sealed_for_risk()
    assert sum(map(len, events)) == 450
    assert len({each.person_id for event in events for each in event}) == 450
    for each in casefile.announced("identity.changed"):
        assert len(each["data"]["jwe"]) < LARGEST_BYTES * 4 / 3 + 2000


async def test_one_person_too_large_for_an_event_is_refused_not_lost(casefile: Casefile) -> None:
    huge = Identity(person_id=uuid4(), given="x" * LARGEST_BYTES, changed_at="2026-12-07T09:00:00Z")
    with pytest.raises(DomainError):
        async with casefile.unit() as unit:
            sealed_register.tell_load(unit, [huge])
    assert casefile.announced("identity.changed") == []


async def test_restricted_people_are_unlisted(casefile: Casefile) -> None:
    kelly, alias = await casefile.good("POST", "/people", KELLY), await casefile.person("K", "Pike")
    await casefile.good(
        "POST", f"/people/{alias['id']}/merge", {"survivor_id": kelly["id"], "reason": "the same"}, version=1
    )
    casefile.restrict(kelly["id"])
    await tell_again.run(casefile.database)
    told = latest(casefile)
    for each in (kelly["id"], alias["id"]):
        kept = told[UUID(each)].model_dump(exclude_defaults=True)
        assert kept.keys() - {"version", "changed_at"} == {"person_id"}, kept


async def test_the_whole_register_told_again_is_what_it_was(casefile: Casefile) -> None:
    await load(casefile, as_csv([row(number) for number in range(30)]))
    kelly = await casefile.good("POST", "/people", KELLY)
    await casefile.good("PATCH", f"/people/{kelly['id']}", {"languages": ["so"]}, version=1)
    before = latest(casefile)
    casefile.stored.execute("truncate outbox")
    assert await tell_again.run(casefile.database) == 1
    assert latest(casefile) == before
    assert len(casefile.announced("identity.changed")) == 1


async def test_what_a_lost_vault_needs_is_sent_again(casefile: Casefile) -> None:
    await casefile.good("POST", "/people", KELLY)
    casefile.stored.execute("update outbox set published_at = now()")
    cause = Cause.system("casefile", "test")
    assert (
        await republish(casefile.database, "casefile", cause, datetime(2020, 1, 1, tzinfo=UTC), sealed_to="risk") == 1
    )
    waiting = casefile.stored.rows("select envelope from outbox where published_at is null")
    assert [json.loads(each["envelope"])["type"] for each in waiting] == ["casefile.identity.changed"]
