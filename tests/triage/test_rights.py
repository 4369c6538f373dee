"""What the front door holds about somebody is given and erased; a restriction that was granted stops offers here."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.envelope import Event
from kit.contracts.rights import ErasureOrdered, RightDecided
from kit.events.effects import dispatch
from kit.events.handlers import KINDS, handled
from kit.store.db import Database
from kit.store.holdings import Whose
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from services.triage.holdings import RIGHTS
from services.triage.objections.handlers import follow_right
from tests.triage import partners
from tests.triage.desk import Desk, events, know

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
    # Also of somebody whose record is restricted: it is their right, and the platform that writes it down.
    know(store, ZEB, restricted=True)
    await do(store, lambda unit: follow_right(unit, event))
    await do(store, lambda unit: follow_right(unit, event))
    assert store.rows("select blind from objection where blind") == []
    assert [row["purpose"] for row in store.rows("select purpose from objection where state = 'standing'")] == stands


def decided(kind: str, state: str = "granted", person: UUID = ZEB) -> Event[RightDecided]:
    data = RightDecided.model_validate(
        {"request_id": uuid4(), "person_id": person, "kind": kind, "state": state, "changed_at": clock.business_now()}
    )
    return Event(
        id=uuid4(), type="casefile.rights.decided", subject=data.request_id, time=clock.now(), actor="ines",
        purpose="information_governance", sequence=1, correlationid=uuid4(), source="urn:newstart:casefile", data=data,
    )  # fmt: skip


def ordered() -> Event[ErasureOrdered]:
    data = ErasureOrdered(request_id=uuid4(), person_id=ZEB, changed_at=clock.business_now())
    return Event(
        id=uuid4(), type="casefile.rights.erasure_requested", subject=data.request_id, time=clock.now(), actor="ines",
        purpose="information_governance", sequence=1, correlationid=uuid4(), source="urn:newstart:casefile", data=data,
    )  # fmt: skip


async def hear(store: ServiceDatabase, event: Event[Any]) -> None:
    for kind in KINDS:
        by_type = handled(SERVICE.handlers, kind)
        await do(store, lambda unit, by_type=by_type: dispatch(unit, by_type, [event]))


def recipients(store: ServiceDatabase) -> list[dict[str, Any]]:
    """The last that casefile was told of them, by organisation."""
    told = [each["data"]["recipients"] for each in events(store) if each["type"].endswith("recipients_told")]
    last: list[dict[str, Any]] = told[-1]
    return sorted(last, key=lambda each: str(each["organisation_id"]))


async def test_each_recipient_hears_once_that_something_was_put_right(desk: Desk, store: ServiceDatabase) -> None:
    """By mailbox, by its own system, or on record that it was not possible; nothing says of whom."""
    mailbox, system, neither, other = (
        partners.organisation(store, answers_by=each) for each in ("link", "webhook", "link", "api")
    )
    for organisation in (mailbox, system, neither):
        await partners.referred(desk, organisation, person_id=str(ZEB))
    store.execute("update organisation set answer_email = null where id = any(%s)", [[system, neither]])
    await partners.referred(desk, other, person_id=str(AMINA))
    event = decided("rectification")
    await hear(store, event)
    await hear(store, event)
    told = {each["organisation_id"]: (each["told"], each["because"]) for each in recipients(store)}
    assert told == {
        str(mailbox): ("mailbox", None),
        str(system): ("system", None),
        str(neither): ("impossible", "no_mailbox_and_no_system"),
    }
    notices = [each for each in events(store) if each["type"] == "triage.disclosure_notice.sent"]
    assert len(notices) == 3
    assert str(ZEB) not in json.dumps([notices, recipients(store)])
    # A partner's own system reads what to do; no other one's does.
    (mine,) = (each["data"]["notice_id"] for each in notices if each["data"]["organisation_id"] == str(system))
    seen = await partners.partner(desk, system).get(f"/v1/triage/disclosure-notices/{mine}")
    assert seen.status_code == 200, seen.text
    assert (seen.json()["what"], len(seen.json()["references"])) == ("rectification", 1)
    assert partners.NAME not in seen.text
    assert (await partners.partner(desk, mailbox).get(f"/v1/triage/disclosure-notices/{mine}")).status_code == 404


@pytest.mark.full
async def test_before_it_is_erased_whoever_has_a_copy_hears(desk: Desk, store: ServiceDatabase) -> None:
    organisation = partners.organisation(store)
    await partners.referred(desk, organisation, person_id=str(ZEB))
    event = ordered()
    await hear(store, event)
    (told,) = recipients(store)
    assert (told["organisation_id"], told["what"], told["told"]) == (str(organisation), "erasure", "mailbox")
    assert store.rows("select 1 from referral") == []
    # What stays of it names nobody.
    assert [row["request_id"] for row in store.rows("select request_id from disclosure_notice")] == [event.subject]


@pytest.mark.full
async def test_where_nobody_has_a_copy_that_is_said_too_and_a_refusal_tells_nobody(
    desk: Desk, store: ServiceDatabase
) -> None:
    await partners.referred(desk, partners.organisation(store), person_id=str(AMINA))
    await hear(store, decided("rectification"))
    assert recipients(store) == []
    count = len(events(store))
    for kind, state in (("rectification", "refused"), ("objection", "granted")):
        await hear(store, decided(kind, state, AMINA))
    assert [each["type"] for each in events(store)[count:] if "recipients" in each["type"]] == []
