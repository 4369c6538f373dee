"""Who was told of a stay is named to casefile, sealed, when their data was put right, restricted or erased."""

import json
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.rights import ErasureOrdered, NamedRecipient, RecipientsNamed, RightDecided
from kit.events.sealed import Keyring
from tests.casefile import facts
from tests.housing.doors import Housing
from tests.housing.placements.ground import FLAT, PLACING, home, staying
from tests.service_doors import SEALING

FRIDAY = date(2026, 12, 4)


async def told_a_school(housing: Housing) -> dict[str, Any]:
    """A stay with a child, whose school heard of it."""
    housing.on(FRIDAY)
    stay = await housing.good("POST", "/placements", staying(await home(housing, FLAT)), **PLACING)
    path = f"/placements/{stay['id']}"
    await housing.good("PATCH", path, {"agreed_by_parent": True}, version=1, **PLACING)
    (school,) = [each for each in stay["notices"] if each["kind"] == "school"]
    sent = {"sent_on": "2026-12-04", "sent_to": "Heath Primary"}
    return dict(await housing.good("POST", f"{path}/notices/{school['id']}/answers", sent, version=2, **PLACING))


async def decided(housing: Housing, person: str, kind: str = "rectification", state: str = "granted") -> UUID:
    request = uuid4()
    data = RightDecided.model_validate(
        {"request_id": request, "person_id": person, "kind": kind, "state": state, "changed_at": clock.business_now()}
    )
    event = facts.envelope("casefile.rights.decided", data.model_dump(mode="json"), subject=request)
    assert set(await housing.take(event)) == {"taken"}
    return request


def named(housing: Housing) -> list[RecipientsNamed]:
    """What casefile reads of it; nobody else can."""
    ring = Keyring({"keys": [SEALING["casefile"].as_dict(private=True)]}, {})
    rows = housing.stored.rows("select envelope from outbox where type = 'housing.rights.recipients_named' order by id")
    found = [json.loads(row["envelope"]) for row in rows]
    assert not any("Heath Primary" in json.dumps(each) for each in found)
    return [RecipientsNamed.model_validate_json(ring.decrypt(e["data"]["jwe"], {"event": e["id"]})) for e in found]


@pytest.mark.parametrize("kind", ["rectification", "restriction"])
async def test_whom_we_told_of_a_stay_is_named_to_casefile(housing: Housing, kind: str) -> None:
    stay = await told_a_school(housing)
    request = await decided(housing, stay["person_id"], kind)
    (told,) = named(housing)
    assert told.request_id == request
    (each,) = told.recipients
    assert isinstance(each, NamedRecipient)
    assert (each.name, each.kind, each.what, each.told) == ("Heath Primary", "school", kind, "by_hand")
    assert (each.disclosures, str(each.first_on)) == (1, "2026-12-04")


async def test_also_under_an_id_that_was_merged_into_theirs(housing: Housing) -> None:
    stay = await told_a_school(housing)
    survivor = uuid4()
    housing.know(survivor)
    housing.know(stay["person_id"], merged_into=survivor)
    await decided(housing, str(survivor))
    assert len(named(housing)[0].recipients) == 1


async def test_where_nobody_was_told_that_is_said_and_a_refusal_says_nothing(housing: Housing) -> None:
    stay = await told_a_school(housing)
    await decided(housing, str(uuid4()))
    (told,) = named(housing)
    assert told.recipients == ()
    await decided(housing, stay["person_id"], state="refused")
    await decided(housing, stay["person_id"], kind="objection")
    assert len(named(housing)) == 1


async def test_before_a_stay_is_erased_whoever_heard_of_it_is_named(housing: Housing) -> None:
    stay = await told_a_school(housing)
    request = uuid4()
    order = ErasureOrdered(
        request_id=request,
        person_id=UUID(stay["person_id"]),
        household_ids=(UUID(stay["household_id"]),),
        changed_at=clock.business_now(),
    )
    event = facts.envelope("casefile.rights.erasure_requested", order.model_dump(mode="json"), subject=request)
    assert set(await housing.take(event)) == {"taken"}
    (told,) = named(housing)
    assert [(each.name, each.what) for each in told.recipients] == [("Heath Primary", "erasure")]
    assert housing.stored.rows("select 1 from placement_notice") == []
