"""Subject access and erasure through casefile's doors; the other owners are played by sealed events."""

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.contracts.catalogue import OWNERS
from kit.contracts.envelope import EventData
from kit.contracts.rights import ErasureProof, NamedRecipient, Package, PackageItem, RecipientsNamed, TableProof
from kit.events.sealed import Keyring
from kit.ids import new_id
from kit.store.holdings import digest_of
from services.casefile.rights import commands, packages
from services.casefile.timeline import commands as timeline
from services.casefile.timeline import queries as story
from tests.casefile import facts
from tests.casefile.doors import Casefile
from tests.service_doors import SEALING

GOVERN: dict[str, Any] = {
    "purpose": "information_governance",
    "roles": ["information_governance_lead"],
    "actor": "ines",
}
LEAD: dict[str, Any] = {"purpose": "information_governance", "roles": ["safeguarding_lead"], "actor": "ruth"}
REVIEWER: dict[str, Any] = {"purpose": "supervision", "roles": ["reviewing_officer"], "actor": "omar"}
ACCESS = "/subject-access-requests"
RIGHTS = "/rights-requests"
OTHERS = tuple(each for each in OWNERS if each != "casefile")


def sealed_package(owner: str, request: Any, items: Iterable[PackageItem] = (), part: int = 1, parts: int = 1) -> bytes:
    """What another owner sends back."""
    inside = Package(
        request_id=UUID(request["id"]),
        person_id=UUID(request["person_id"]),
        part=part,
        parts=parts,
        items=tuple(items),
        collected_at=clock.business_now(),
    )
    return sealed_event(f"{owner}.rights.package_returned", request, inside)


def sealed_event(type_: str, request: Any, inside: EventData) -> bytes:
    """Sealed for casefile, as `kit.events.sealed` does it at another owner's."""
    id_, subject = new_id(), UUID(request["id"])
    ring = Keyring(None, {"casefile": SEALING["casefile"].as_dict(private=False)})
    header = {"event": str(id_), "type": type_, "subject": str(subject)}
    jwe = ring.encrypt("casefile", header, inside.model_dump_json().encode())
    raw = facts.envelope(type_, {"jwe": jwe}, subject=subject)
    return json.dumps({**raw, "id": str(id_)}).encode()


async def everyone_answers(casefile: Casefile, request: Any, **items: list[PackageItem]) -> Any:
    await hear_all(casefile)
    for owner in OTHERS:
        assert await casefile.take(sealed_package(owner, request, items.get(owner, []))) == ["taken"]
    return await casefile.good("GET", f"{ACCESS}/{request['id']}", **GOVERN)


async def items_of(casefile: Casefile, request: Any, **who: Any) -> list[Any]:
    found: list[Any] = (await casefile.good("GET", f"{ACCESS}/{request['id']}/items?limit=200", **who))["items"]
    return found


async def check_all(casefile: Casefile, request: Any, **who: Any) -> Any:
    """Everything is given, with a reason where one is needed."""
    words = [
        {"item_id": each["id"], "verdict": "give", "reason": "Theirs; nobody else is named"}
        for each in await items_of(casefile, request, **who)
        if each["verdict"] is None
    ]
    now = await casefile.good("GET", f"{ACCESS}/{request['id']}", **GOVERN)
    body = {"items": words}
    return await casefile.good("POST", f"{ACCESS}/{request['id']}/checks", body, version=now["version"], **who)


async def hear_all(casefile: Casefile) -> None:
    """What it announces on hearing itself comes back to it too."""
    for _ in range(3):
        await casefile.hear_itself()


def held(title: str, part: str = "ordinary", **fields: Any) -> PackageItem:
    return PackageItem(table="contact", record=str(uuid4()), title=title, part=part, on=date(2026, 3, 2), fields=fields)


async def test_asked_collected_checked_released_once(casefile: Casefile) -> None:
    person = await casefile.person(contacts=[{"kind": "phone", "value": "07700 900123"}])
    await casefile.hear_itself()
    request = await casefile.good("POST", ACCESS, {"person_id": person["id"]}, **GOVERN)
    assert (request["state"], request["due_on"] is not None) == ("collecting", True)

    secret = held("What you told us", words="My neighbour Gary saw it", goal="A lock that works")
    grave = held("A concern", part="safeguarding", words="She fears him")
    request = await everyone_answers(casefile, request, triage=[secret, grave])
    assert request["state"] == "checking"

    # The reviewing officer sees what is theirs to check, and no compartment.
    seen = await items_of(casefile, request, **REVIEWER)
    assert {each["what"] for each in seen} >= {"What you told us", "Who you are, as you told us"}
    assert "A concern" not in {each["what"] for each in seen}

    release = f"{ACCESS}/{request['id']}/release"
    early = await casefile("POST", release, version=request["version"], **GOVERN)
    assert early.status_code == 409

    word = {
        "item_id": next(each["id"] for each in seen if each["what"] == "What you told us"),
        "verdict": "redact",
        "fields": ["words"],
        "exemption": "another_person",
        "reason": "The neighbour spoke in confidence",
    }
    body = {"items": [word]}
    request = await casefile.good(
        "POST", f"{ACCESS}/{request['id']}/checks", body, version=request["version"], **REVIEWER
    )
    everything = await items_of(casefile, request, **LEAD)
    concern = next(each["id"] for each in everything if each["what"] == "A concern")
    refused = {"items": [{"item_id": concern, "verdict": "withhold", "reason": "She would be in danger"}]}
    path = f"{ACCESS}/{request['id']}/checks"
    assert (await casefile("POST", path, refused, version=request["version"], **LEAD)).status_code == 422
    refused["items"][0]["exemption"] = "serious_harm"
    request = await casefile.good("POST", path, refused, version=request["version"], **LEAD)
    request = await check_all(casefile, request, **LEAD)

    request = await casefile.good("POST", release, version=request["version"], **GOVERN)
    again = await casefile("POST", release, version=request["version"], **GOVERN)
    assert again.status_code == 409

    given = await casefile.good("GET", release, **GOVERN)
    text = json.dumps(given)
    assert "A lock that works" in text
    assert "7700900123" in text.replace(" ", "")
    assert "Gary" not in text
    assert "She fears him" not in text
    assert "A concern" not in text
    # What was left out leaves no mark, and no id of anybody else's.
    assert "withh" not in text.replace(given["notice"], "")
    assert request["digest"] == given["digest"]


async def test_words_lie_sealed_and_go_after_ninety_days(casefile: Casefile) -> None:
    person = await casefile.person()
    request = await casefile.good("POST", ACCESS, {"person_id": person["id"]}, **GOVERN)
    request = await everyone_answers(casefile, request, triage=[held("What you told us", words="Mulberry Lane")])
    rows = casefile.stored.rows("select sealed::text as sealed from rights_item")
    assert rows
    assert not any("Mulberry" in row["sealed"] for row in rows)
    request = await check_all(casefile, request, **LEAD)
    await casefile.good("POST", f"{ACCESS}/{request['id']}/release", version=request["version"], **GOVERN)
    async with casefile.unit() as unit:
        await packages.forget(unit, UUID(request["id"]))
    assert casefile.stored.rows("select 1 from rights_item where sealed is not null") == []
    gone = await casefile("GET", f"{ACCESS}/{request['id']}/release", **GOVERN)
    assert gone.status_code == 409


async def test_a_package_in_parts_counts_when_all_have_come_and_once(casefile: Casefile) -> None:
    person = await casefile.person()
    request = await casefile.good("POST", ACCESS, {"person_id": person["id"]}, **GOVERN)
    await hear_all(casefile)
    for owner in OTHERS[1:]:
        await casefile.take(sealed_package(owner, request))
    second = sealed_package(OTHERS[0], request, [held("Second", a=2)], part=2, parts=2)
    await casefile.take(second)
    await casefile.take(second)
    now = await casefile.good("GET", f"{ACCESS}/{request['id']}", **GOVERN)
    assert now["state"] == "collecting"
    # The same part under another id: sent again by its owner.
    await casefile.take(sealed_package(OTHERS[0], request, [held("Second", a=2)], part=2, parts=2))
    await casefile.take(sealed_package(OTHERS[0], request, [held("First", a=1)], part=1, parts=2))
    now = await casefile.good("GET", f"{ACCESS}/{request['id']}", **GOVERN)
    assert now["state"] == "checking"
    titles = [each["what"] for each in await items_of(casefile, request, **LEAD)]
    assert sorted(each for each in titles if each in {"First", "Second"}) == ["First", "Second"]


async def test_somebody_unknown_reads_like_anybody(casefile: Casefile) -> None:
    known = await casefile.person()
    hidden = await casefile.person("Nadia", "Green")
    casefile.restrict(hidden["id"])
    answers = []
    for id_ in (known["id"], str(uuid4()), hidden["id"]):
        response = await casefile("POST", ACCESS, {"person_id": id_, "identity_shown": False}, **GOVERN)
        body = response.json()
        read = await casefile("GET", f"{ACCESS}/{body['id']}", **GOVERN)
        assert read.status_code == 200
        answers.append((response.status_code, {**body, "id": "", "person_id": ""}))
    assert answers[0] == answers[1] == answers[2]
    # What is held about somebody restricted is not shown to whoever took the request in.
    assert (await casefile("GET", f"{ACCESS}/{body['id']}/items", **REVIEWER)).status_code == 404


async def test_a_separated_persons_request_goes_to_the_specialist_first(casefile: Casefile) -> None:
    him = await casefile.person("Wayne", "Pike")
    casefile.stored.execute("update person set separated_from = array[%s]::uuid[] where id = %s", [uuid4(), him["id"]])
    request = await casefile.good("POST", ACCESS, {"person_id": him["id"]}, **GOVERN)
    # Nothing was asked of any service yet, and the officer is told nothing of why.
    assert casefile.announced("rights.access_requested") == []
    assert request["specialist_first"] is False
    waiting = await casefile.good("GET", f"{ACCESS}?specialist=true", **LEAD)
    assert [each["id"] for each in waiting["items"]] == [request["id"]]
    assert (await casefile.good("GET", f"{ACCESS}?specialist=true", **GOVERN))["items"] == []
    clear = f"{RIGHTS}/{request['id']}/clearance"
    body = {"reason": "Nothing of her new address, school or worker"}
    assert (await casefile("POST", clear, body, version=request["version"], **GOVERN)).status_code == 403
    cleared = await casefile.good("POST", clear, body, version=request["version"], **LEAD)
    assert cleared["state"] == "collecting"
    assert len(casefile.announced("rights.access_requested")) == 1
    request = await everyone_answers(casefile, cleared)
    # Every item of theirs is the safeguarding lead's to check.
    assert (await casefile("GET", f"{ACCESS}/{request['id']}/items", **REVIEWER)).status_code == 404
    assert await items_of(casefile, request, **LEAD)


async def test_a_separation_that_comes_after_the_request_stops_it_too(casefile: Casefile) -> None:
    him = await casefile.person("Wayne", "Pike")
    request = await casefile.good("POST", ACCESS, {"person_id": him["id"]}, **GOVERN)
    request = await everyone_answers(casefile, request)
    request = await check_all(casefile, request, **LEAD)
    casefile.stored.execute("update person set separated_from = array[%s]::uuid[] where id = %s", [uuid4(), him["id"]])
    release = f"{ACCESS}/{request['id']}/release"
    assert (await casefile("POST", release, version=request["version"], **GOVERN)).status_code == 409
    assert (await casefile("GET", f"{ACCESS}/{request['id']}/items", **REVIEWER)).status_code == 404
    async with casefile.unit() as unit:
        await commands.guard(unit, [UUID(him["id"])])
    waiting = await casefile.good("GET", f"{ACCESS}?specialist=true", **LEAD)
    assert [each["id"] for each in waiting["items"]] == [request["id"]]
    body = {"reason": "Nothing here tells of her"}
    version = waiting["items"][0]["version"]
    cleared = await casefile.good("POST", f"{RIGHTS}/{request['id']}/clearance", body, version=version, **LEAD)
    assert cleared["state"] == "checking"
    cleared = await check_all(casefile, cleared, **LEAD)
    done = await casefile.good("POST", release, version=cleared["version"], **GOVERN)
    assert done["state"] == "released"


async def test_the_clock_stops_and_the_alarm_rings(casefile: Casefile, monkeypatch: pytest.MonkeyPatch) -> None:
    person = await casefile.person()
    today = clock.today()
    received = today - timedelta(days=7)
    body = {"person_id": person["id"], "received_on": received.isoformat()}
    request = await casefile.good("POST", RIGHTS, {**body, "kind": "rectification", "details": "My name"}, **GOVERN)
    due = date.fromisoformat(request["due_on"])
    path = f"{RIGHTS}/{request['id']}"
    question = {"about": "clarification", "question": "Which?", "asked_on": (today - timedelta(days=5)).isoformat()}
    request = await casefile.good("POST", f"{path}/questions", question, version=request["version"], **GOVERN)
    assert (request["paused"], request["due_on"]) == (True, None)
    wrong = await casefile("POST", f"{path}/decision", {"reason": "Put right"}, version=request["version"], **GOVERN)
    assert wrong.status_code == 409
    assert wrong.json()["allowed"] == ["answer", "refuse", "withdraw"]
    request = await casefile.good("POST", f"{path}/answers", {}, version=request["version"], **GOVERN)
    assert date.fromisoformat(request["due_on"]) >= due + timedelta(days=5)
    stale = await casefile("POST", f"{path}/extensions", {"reason": "Many records"}, version=1, **GOVERN)
    assert stale.status_code == 412
    monkeypatch.setattr(clock, "today", lambda: date.fromisoformat(request["due_on"]) + timedelta(days=1))
    async with casefile.unit() as unit:
        await commands.ring(unit, UUID(request["id"]))
    late = await casefile.good("GET", f"{RIGHTS}?overdue=true", **GOVERN)
    assert [each["id"] for each in late["items"]] == [request["id"]]


async def test_a_restriction_is_told_to_the_front_door(casefile: Casefile) -> None:
    person = await casefile.person()
    body = {"person_id": person["id"], "kind": "objection", "details": "No more offers", "purposes": ["outreach"]}
    request = await casefile.good("POST", RIGHTS, body, **GOVERN)
    decided = {"reason": "It rests on a public task; nothing outweighs it"}
    await casefile.good("POST", f"{RIGHTS}/{request['id']}/decision", decided, version=request["version"], **GOVERN)
    (told,) = casefile.announced("rights.decided")
    assert told["data"]["kind"] == "objection"
    assert told["data"]["purposes"] == ["outreach"]
    assert "No more offers" not in json.dumps(told)


async def test_the_person_who_asks_is_told_who_had_a_copy(casefile: Casefile) -> None:
    person = await casefile.person()
    body = {"person_id": person["id"], "kind": "rectification", "details": "My name is spelt with a w"}
    request = await casefile.good("POST", RIGHTS, body, **GOVERN)
    path = f"{RIGHTS}/{request['id']}"
    assert (await casefile.good("GET", f"{path}/recipients", **GOVERN))["known_at"] is None
    await casefile.good("POST", f"{path}/decision", {"reason": "It is"}, version=request["version"], **GOVERN)
    organisation = str(uuid4())
    recipient = {
        "organisation_id": organisation,
        "what": "rectification",
        "disclosures": 2,
        "first_on": "2026-03-02",
        "last_on": "2026-05-01",
        "told": "impossible",
        "because": "organisation_ended",
    }
    told = {"request_id": request["id"], "recipients": [recipient], "changed_at": clock.business_now().isoformat()}
    for _ in range(2):
        await casefile.take(facts.envelope("triage.rights.recipients_told", told, subject=request["id"]))
    shown = await casefile.good("GET", f"{path}/recipients", **GOVERN)
    (had,) = shown["recipients"]
    assert shown["known_at"] is not None
    assert (had["organisation_id"], had["told"], had["because"]) == (organisation, "impossible", "organisation_ended")


async def put_right(casefile: Casefile, kind: str = "rectification") -> Any:
    person = await casefile.person()
    body = {"person_id": person["id"], "kind": kind, "details": "My name is spelt with a w"}
    request = await casefile.good("POST", RIGHTS, body, **GOVERN)
    path = f"{RIGHTS}/{request['id']}/decision"
    return await casefile.good("POST", path, {"reason": "It is"}, version=request["version"], **GOVERN)


async def housing_names(casefile: Casefile, request: Any, *named: dict[str, Any]) -> None:
    """As housing seals it: to whom it sent a notice of a stay of theirs."""
    on = date(2026, 3, 2)
    told = RecipientsNamed(
        request_id=UUID(request["id"]),
        recipients=tuple(
            NamedRecipient(
                organisation_id=uuid4(), what="rectification", disclosures=1, first_on=on, last_on=on, told="by_hand",
                **each,
            )
            for each in named
        ),
        changed_at=clock.business_now(),
    )  # fmt: skip
    assert await casefile.take(sealed_event("housing.rights.recipients_named", request, told)) == ["taken"]


SCHOOL = {"name": "Sunny Lane School", "kind": "school"}


async def test_whom_housing_told_is_told_by_hand_or_on_record_with_why_not(casefile: Casefile) -> None:
    request = await put_right(casefile)
    path = f"{RIGHTS}/{request['id']}/recipients"
    await housing_names(casefile, request, SCHOOL, {"name": "Surgery of Dr Low", "kind": "gp"})
    shown = await casefile.good("GET", path, **GOVERN)
    assert shown["waiting_for"] == ["triage"]
    surgery, school = sorted(shown["recipients"], key=lambda each: str(each["kind"]))
    assert (school["name"], school["told"], school["to_do"]) == ("Sunny Lane School", "by_hand", True)
    assert "has been put right" in school["words"]
    assert "our notice of 2026-03-02" in school["words"]
    settle = f"{path}/{{}}/settlement"
    told = await casefile.good(
        "POST", settle.format(school["organisation_id"]), {"outcome": "told", "how": "letter"}, **GOVERN
    )
    assert (told["settled_as"], told["settled_how"], told["to_do"], told["words"]) == ("told", "letter", False, None)
    # UK GDPR Article 19: unless it proves impossible or involves disproportionate effort. That takes a reason.
    bare = await casefile("POST", settle.format(surgery["organisation_id"]), {"outcome": "disproportionate"}, **GOVERN)
    assert (bare.status_code, bare.json()["errors"][0]["rule"]) == (422, "reason-for-not-telling")
    why = {"outcome": "disproportionate", "reason": "The surgery closed; its records went to forty others"}
    done = await casefile.good("POST", settle.format(surgery["organisation_id"]), why, **GOVERN)
    assert (done["settled_as"], done["settled_reason"]) == ("disproportionate", why["reason"])
    assert done["settled_by"] is not None
    again = await casefile("POST", settle.format(surgery["organisation_id"]), why, **GOVERN)
    assert again.status_code == 409
    assert not any(each["to_do"] for each in (await casefile.good("GET", path, **GOVERN))["recipients"])


@pytest.mark.parametrize(
    ("told", "body", "status", "rule"),
    [
        ("mailbox", {"outcome": "told", "how": "phone"}, 409, None),
        ("system", {"outcome": "impossible", "reason": "They closed years ago"}, 409, None),
        ("impossible", {"outcome": "told"}, 422, "way-of-telling"),
        ("impossible", {"outcome": "impossible", "how": "phone", "reason": "Nobody answers"}, 422, "way-of-telling"),
        ("impossible", {"outcome": "impossible"}, 422, "reason-for-not-telling"),
        ("impossible", {"outcome": "told", "how": "phone"}, 201, None),
    ],
)
async def test_who_has_heard_is_not_told_again(
    casefile: Casefile, told: str, body: dict[str, str], status: int, rule: str | None
) -> None:
    request = await put_right(casefile)
    recipient = {
        "organisation_id": str(uuid4()), "what": "rectification", "disclosures": 1, "first_on": "2026-03-02",
        "last_on": "2026-03-02", "told": told, "because": "organisation_ended" if told == "impossible" else None,
    }  # fmt: skip
    data = {"request_id": request["id"], "recipients": [recipient], "changed_at": clock.business_now().isoformat()}
    await casefile.take(facts.envelope("triage.rights.recipients_told", data, subject=request["id"]))
    path = f"{RIGHTS}/{request['id']}/recipients/{recipient['organisation_id']}/settlement"
    answer = await casefile("POST", path, body, **GOVERN)
    assert answer.status_code == status, answer.text
    if rule:
        assert answer.json()["errors"][0]["rule"] == rule


async def test_a_request_of_somebody_kept_back_has_no_recipients_for_whoever_may_not_know(casefile: Casefile) -> None:
    request = await put_right(casefile)
    await housing_names(casefile, request, SCHOOL)
    path = f"{RIGHTS}/{request['id']}/recipients"
    (each,) = (await casefile.good("GET", path, **GOVERN))["recipients"]
    casefile.restrict(request["person_id"])
    body = {"outcome": "told", "how": "letter"}
    theirs = await casefile("POST", f"{path}/{each['organisation_id']}/settlement", body, **GOVERN)
    nobodys = await casefile("POST", f"{RIGHTS}/{uuid4()}/recipients/{uuid4()}/settlement", body, **GOVERN)
    assert (theirs.status_code, theirs.json()["detail"]) == (nobodys.status_code, nobodys.json()["detail"])
    assert theirs.status_code == 404


def proof(owner: str, request: Any) -> Any:
    tables = (TableProof(table="contact", deleted=2, digest=digest_of(["a", "b"])),)
    data: EventData = ErasureProof(
        request_id=UUID(request["id"]), tables=tables, digest=digest_of([owner]), changed_at=clock.business_now()
    )
    return facts.envelope(f"{owner}.rights.erased", data.model_dump(mode="json"), subject=request["id"])


async def ordered(casefile: Casefile, person: Any, **more: Any) -> Any:
    body = {"person_id": person["id"], "kind": "erasure", "details": "Forget me, Mulberry Lane"}
    request = await casefile.good("POST", RIGHTS, body, **GOVERN)
    decision = {"reason": "No longer needed for anything", "ground": "no_longer_needed", **more}
    path = f"{RIGHTS}/{request['id']}/decision"
    return await casefile.good("POST", path, decision, version=request["version"], **GOVERN)


async def test_erased_with_proof_and_nothing_brings_them_back(casefile: Casefile) -> None:
    person = await casefile.person("Zebedee", "Quill", contacts=[{"kind": "phone", "value": "07700 900321"}])
    other = await casefile.person("Amina", "Yusuf")
    contact = facts.contact("received", person=person["id"], household=person["household_id"])
    await casefile.take(contact)
    await casefile.hear_itself()
    before = casefile.stored.rows("select envelope from outbox order by id")
    request = await ordered(casefile, person)
    assert request["state"] == "erasing"
    await hear_all(casefile)
    for owner in OTHERS:
        await casefile.take(proof(owner, request))
    shown = await casefile.good("GET", f"{RIGHTS}/{request['id']}/proof", **GOVERN)
    assert (shown["done"], shown["state"], shown["missing"]) == (True, "erased", [])
    mine = next(each for each in shown["services"] if each["service"] == "casefile")
    went = {each["table"]: each for each in mine["tables"]}
    assert went["person"]["deleted"] == 1
    assert went["membership"]["deleted"] == 1
    assert went["timeline_log"]["blanked"] >= 2
    assert went["audit_entry"]["why"] == "access_record"
    assert went["rights_request"]["kept"] == 1

    # No word of theirs is anywhere, the chain stands, and the other person's story is whole.
    for table in ("person", "person_search", "timeline_log", "timeline_entry", "rights_request", "outbox", "household"):
        rows = casefile.stored.rows(f"select cast(t as text) as row from {table} as t")
        assert not [row for row in rows if "Zebedee" in row["row"] or "Mulberry" in row["row"]], table
    async with casefile.unit() as unit:
        assert await story.first_break(unit) is None
    assert casefile.stored.rows("select 1 from timeline_log where payload is not null")

    # Sent again, and told anew: nothing of it has an effect.
    await casefile.take(*(row["envelope"] for row in before))
    await casefile.take(facts.contact("received", person=person["id"], household=person["household_id"]))
    async with casefile.unit() as unit:
        await timeline.rebuild(unit)
        assert await story.first_break(unit) is None
    for table in ("known_person", "timeline_entry", "person"):
        rows = casefile.stored.rows(f"select cast(t as text) as row from {table} as t")
        assert not [row for row in rows if person["id"] in row["row"]], table
    page = await casefile.good("GET", f"/people/{other['id']}")
    assert page["names"][0]["given"] == "Amina"


async def test_who_shares_a_home_keeps_their_story(casefile: Casefile) -> None:
    first = await casefile.person("Zebedee", "Quill")
    second = await casefile.person("Dora", "Quill", household_id=first["household_id"])
    await casefile.hear_itself()
    request = await ordered(casefile, first)
    await hear_all(casefile)
    homes = casefile.announced("household.changed")
    assert [each["person_id"] for each in homes[-1]["data"]["members"]] == [second["id"]]
    shown = await casefile.good("GET", f"{RIGHTS}/{request['id']}/proof", **GOVERN)
    (mine,) = shown["services"]
    log = next(each for each in mine["tables"] if each["table"] == "timeline_log")
    assert log["why"] == "anothers_story_too"
    assert casefile.stored.rows("select 1 from household where id = %s", [first["household_id"]])
    async with casefile.unit() as unit:
        assert await story.first_break(unit) is None


async def test_a_legal_hold_stops_it(casefile: Casefile) -> None:
    person = await casefile.person()
    body = {"person_id": person["id"], "authority": "East London Family Court", "reason": "Proceedings"}
    hold = await casefile.good("POST", "/legal-holds", body, **GOVERN)
    request = await casefile.good(
        "POST", RIGHTS, {"person_id": person["id"], "kind": "erasure", "details": "Forget me"}, **GOVERN
    )
    decision = {"reason": "They ask", "ground": "unlawful"}
    path = f"{RIGHTS}/{request['id']}/decision"
    assert (await casefile("POST", path, decision, version=request["version"], **GOVERN)).status_code == 409
    lift = f"/legal-holds/{hold['id']}/lift"
    await casefile.good("POST", lift, {"reason": "It ended"}, version=hold["version"], **GOVERN)
    done = await casefile.good("POST", path, decision, version=request["version"], **GOVERN)
    assert done["state"] == "erasing"
    # Too late now.
    assert (await casefile("POST", "/legal-holds", body, **GOVERN)).status_code == 409


async def test_the_schedule_is_there_to_read(casefile: Casefile) -> None:
    lines = (await casefile.good("GET", "/retention-schedule", **GOVERN))["items"]
    assert {"casework", "safeguarding", "access_record"} <= {each["code"] for each in lines}


async def test_whose_time_is_over_is_found_and_nobody_else(casefile: Casefile) -> None:
    old, recent, held, active = [await casefile.person(name, "Quill") for name in ("Old", "New", "Held", "Active")]
    await casefile.good(
        "POST", "/legal-holds", {"person_id": held["id"], "authority": "Court", "reason": "Claim"}, **GOVERN
    )
    ids = [old["id"], held["id"], active["id"]]
    casefile.stored.execute(
        "update person set changed_at = now() - interval '9 years' where id = any(%s::uuid[])", [ids]
    )
    await casefile.take(facts.contact("received", person=active["id"], household=active["household_id"]))
    found = (await casefile.good("GET", "/retention-over", **GOVERN))["items"]
    assert [each["person_id"] for each in found] == [old["id"]]
    assert recent["id"] not in json.dumps(found)
    await ordered(casefile, old, ground="retention_over")
    assert (await casefile.good("GET", "/retention-over", **GOVERN))["items"] == []
