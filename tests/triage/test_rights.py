"""What the front door holds about somebody is given and erased; a restriction that was granted stops offers here."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.envelope import Event
from kit.contracts.rights import RightDecided
from kit.store.db import Database
from kit.store.holdings import Whose
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.holdings import RIGHTS
from services.triage.objections.handlers import follow_right
from tests.triage.desk import Desk

ZEB, AMINA = uuid4(), uuid4()
NEED = {"domain": "housing", "kind": "presenting", "urgency": "today", "where_tonight": "home", "goal": "A lock"}


async def told(desk: Desk, person_id: UUID, words: str) -> None:
    body = {"person_id": str(person_id), "channel": "walk_in", "what_matters": words, "needs": [NEED]}
    answer = await desk.post("/v1/triage/contacts", body)
    assert answer.status_code == 201, answer.text


async def do(store: ServiceDatabase, what: Any) -> Any:
    opened = Database(store.url, pool=2)
    try:
        async with unit_of_work(opened, "triage", Cause("ines", "information_governance", "triage.test")) as unit:
            return await what(unit)
    finally:
        await opened.close()


async def test_given_with_what_hangs_on_it_and_nobody_elses(desk: Desk, store: ServiceDatabase) -> None:
    await told(desk, ZEB, "Mulberry Lane")
    await told(desk, AMINA, "Somewhere else")
    items = await do(store, lambda unit: RIGHTS.collect(unit, Whose(frozenset({ZEB}))))
    assert {"contact", "need"} <= {each.table for each in items}
    said = json.dumps([each.fields for each in items])
    assert "Mulberry Lane" in said
    assert "Somewhere else" not in said
    # No worker, and no id that says nothing to them.
    assert "officer-1" not in said
    assert str(ZEB) not in said


async def test_erased_with_what_hangs_on_it_and_nobody_elses(desk: Desk, store: ServiceDatabase) -> None:
    await told(desk, ZEB, "Mulberry Lane")
    await told(desk, AMINA, "Somewhere else")
    store.execute("update outbox set published_at = now()")
    proofs = await do(store, lambda unit: RIGHTS.erase(unit, Whose(frozenset({ZEB})), ["safeguarding"]))
    went = {each.table: each.deleted for each in proofs}
    assert (went["contact"], went["need"]) == (1, 1)
    assert went["outbox"] >= 1
    assert [row["what_matters"] for row in store.rows("select what_matters from contact")] == ["Somewhere else"]
    assert not [row for row in store.rows("select envelope from outbox") if str(ZEB) in row["envelope"]]


async def test_who_is_named_beside_others_is_taken_out_of_the_row(desk: Desk, store: ServiceDatabase) -> None:
    concern = {"kind": "adult", "level": "amber", "what_happened": "Shouting", "person_ids": [str(ZEB), str(AMINA)]}
    answer = await desk.post("/v1/triage/safeguarding-concerns", concern)
    assert answer.status_code in {201, 202}, answer.text
    kept = await do(store, lambda unit: RIGHTS.erase(unit, Whose(frozenset({ZEB})), ["safeguarding"]))
    assert next(each.kept for each in kept if each.table == "safeguarding_concern") == 1
    await do(store, lambda unit: RIGHTS.erase(unit, Whose(frozenset({ZEB})), []))
    assert [row["person_ids"] for row in store.rows("select person_ids from safeguarding_concern")] == [[AMINA]]


@pytest.mark.parametrize(
    ("kind", "state", "purposes", "stands"),
    [
        ("objection", "granted", ["outreach"], ["outreach"]),
        ("restriction", "granted_in_part", [], ["outreach"]),
        ("objection", "granted", ["safeguarding"], []),
        ("objection", "refused", ["outreach"], []),
        ("rectification", "granted", [], []),
    ],
)
async def test_a_restriction_that_was_granted_stands_as_an_objection(
    store: ServiceDatabase, kind: str, state: str, purposes: list[str], stands: list[str]
) -> None:
    data = RightDecided.model_validate(
        {
            "request_id": uuid4(),
            "person_id": ZEB,
            "kind": kind,
            "state": state,
            "purposes": purposes,
            "changed_at": clock.business_now(),
        }
    )
    event = Event(
        id=uuid4(), type="casefile.rights.decided", subject=data.request_id, time=clock.now(), actor="ines",
        purpose="information_governance", sequence=1, correlationid=uuid4(), source="urn:newstart:casefile", data=data,
    )  # fmt: skip
    await do(store, lambda unit: follow_right(unit, event))
    await do(store, lambda unit: follow_right(unit, event))
    assert [row["purpose"] for row in store.rows("select purpose from objection where state = 'standing'")] == stands
