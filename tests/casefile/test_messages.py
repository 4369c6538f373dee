"""From a request to a sealed address: by the register's own people, through casefile's two doors."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwe
from joserfc.jwk import KeySet

from kit.contracts.messages import PLAIN, Addressed
from kit.ids import new_id
from tests.casefile.doors import REGISTRY, Casefile
from tests.service_doors import SEALING

Json = dict[str, Any]
MOBILE = "+447700900123"
PHONE = {"kind": "phone", "value": MOBILE}
HOME = {"lines": ["1 Heath Road"], "postcode": "RM10 1AA"}


def envelope(type_: str, data: Json, *, subject: UUID | str, sequence: int = 1) -> Json:
    return {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": f"urn:newstart:{type_.partition('.')[0]}",
        "type": type_,
        "subject": str(subject),
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "actor": "worker-1",
        "purpose": "front_door",
        "sequence": f"{sequence:020d}",
        "correlationid": str(new_id()),
        "data": data,
    }


def request(person: Any, template: str = "appointment.cancelled", *, owner: str = "triage", **more: Any) -> Json:
    message_id = str(new_id())
    codes = more.pop("codes", {"date": "2026-12-04"})
    data = {
        "message_id": message_id,
        "person_id": str(person["id"] if isinstance(person, dict) else person),
        "template": template,
        "codes": [{"code": code, "value": value} for code, value in codes.items()],
        "requested_at": datetime.now(UTC).isoformat(),
        **more,
    }
    return envelope(f"{owner}.message.requested", data, subject=message_id)


def told_safe(person: Any, *, ways: tuple[str, ...] = (), never: tuple[str, ...] = (), sequence: int = 1) -> Json:
    contact_id = uuid4()
    data = {
        "contact_id": str(contact_id),
        "person_id": person["id"],
        "ways": list(ways),
        "never": list(never),
        "told_at": datetime.now(UTC).isoformat(),
    }
    return envelope("triage.safe_contact.told", data, subject=contact_id, sequence=sequence)


def need(person: Any, domain: str = "domestic_abuse") -> Json:
    need_id = uuid4()
    data = {
        "need_id": str(need_id),
        "contact_id": str(uuid4()),
        "person_id": person["id"],
        "household_id": person["households"][0]["household_id"] if person.get("households") else None,
        "domain": domain,
        "kind": "presenting",
        "urgency": "today",
        "changed_at": datetime.now(UTC).isoformat(),
    }
    return envelope("triage.need.recorded", data, subject=need_id)


def opened(casefile: Casefile) -> list[Addressed]:
    """What the gateway would find."""
    keys = KeySet([SEALING["gateway"]])
    found = []
    for each in casefile.announced("message.addressed"):
        inside = jwe.decrypt_compact(each["data"]["jwe"], keys, registry=REGISTRY)
        found.append(Addressed.model_validate_json(inside.plaintext or b""))
    return found


def failed(casefile: Casefile) -> list[tuple[str, str]]:
    told = [each["data"] for each in casefile.announced("message.failed")]
    return [(each["message_id"], each["reason"]) for each in told]


async def test_it_is_sealed_for_the_gateway_with_one_address(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE], addresses=[HOME])
    asked = request(kelly)
    await casefile.take(asked)
    (found,) = opened(casefile)
    assert (found.way, found.to, found.asked_by, found.plain) == ("sms", (MOBILE,), "triage", False)
    assert "Friday 4 December" in found.text
    assert [str(each) for each in found.household_ids] == [kelly["households"][0]["household_id"]]
    # Neither the number nor a word stands anywhere in the clear.
    rows = casefile.stored.rows("select envelope from outbox where strpos(type, 'message') > 0")
    rows += casefile.stored.rows("select to_jsonb(message)::text as envelope from message")
    assert not [row for row in rows if MOBILE in row["envelope"] or "Friday" in row["envelope"]]


async def test_a_repeat_of_the_event_and_of_the_message_goes_once(casefile: Casefile) -> None:
    kelly = await casefile.person(contacts=[PHONE])
    about = str(uuid4())
    asked, again = request(kelly, about_id=about), request(kelly, about_id=about)
    await casefile.take(asked)
    await casefile.take(asked)
    await casefile.take(again)
    assert len(opened(casefile)) == 1
    assert failed(casefile) == [(again["subject"], "duplicate")]
    # About another thing it is another message.
    await casefile.take(request(kelly, about_id=str(uuid4())))
    assert len(opened(casefile)) == 2


async def test_two_at_once_are_one_after_the_other(casefile: Casefile) -> None:
    kelly = await casefile.person(contacts=[PHONE])
    about = str(uuid4())
    both = [request(kelly, about_id=about), request(kelly, about_id=about)]
    await asyncio.gather(*(casefile.take(each) for each in both))
    assert (len(opened(casefile)), [reason for _, reason in failed(casefile)]) == (1, ["duplicate"])


async def test_abuse_anywhere_in_the_household_means_plain_words_by_a_named_way(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE], addresses=[HOME])
    await casefile.take(need(kelly))
    await casefile.take(request(kelly))
    assert [reason for _, reason in failed(casefile)] == ["no_safe_way"]
    await casefile.take(told_safe(kelly, ways=("text",)))
    await casefile.take(request(kelly))
    (found,) = opened(casefile)
    assert (found.plain, found.text) == (True, PLAIN.text)


async def test_another_need_is_no_reason(casefile: Casefile) -> None:
    kelly = await casefile.person(contacts=[PHONE])
    await casefile.take(need(kelly, "money"))
    await casefile.take(request(kelly))
    assert not opened(casefile)[0].plain


async def test_the_last_word_on_what_is_safe_counts(casefile: Casefile) -> None:
    kelly = await casefile.person(contacts=[PHONE], addresses=[HOME])
    await casefile.take(told_safe(kelly, never=("text",)))
    await casefile.take(request(kelly))
    assert opened(casefile)[0].way == "letter"
    await casefile.take(told_safe(kelly, ways=("text",)))
    await casefile.take(request(kelly, about_id=str(uuid4())))
    assert opened(casefile)[1].way == "sms"


async def test_somebody_who_must_not_find_them_has_that_number_too(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    wayne = await casefile.person("Wayne", "Hall", contacts=[PHONE])
    await casefile.hear_itself()
    casefile.stored.execute(
        "update known_person set separated_from = %s where id = %s", [[UUID(wayne["id"])], UUID(kelly["id"])]
    )
    await casefile.take(told_safe(kelly, ways=("text",)))
    await casefile.take(request(kelly))
    assert [reason for _, reason in failed(casefile)] == ["no_safe_way"]


@pytest.mark.full
@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"template": "appointment.unheard"}, "unknown_template"),
        ({"codes": {"date": "tomorrow"}}, "unknown_template"),
        ({"useless_after": (datetime.now(UTC) - timedelta(minutes=1)).isoformat()}, "too_late"),
    ],
)
async def test_what_cannot_be_said(casefile: Casefile, more: Json, reason: str) -> None:
    kelly = await casefile.person(contacts=[PHONE])
    asked = request(kelly, **more)
    await casefile.take(asked)
    assert failed(casefile) == [(asked["subject"], reason)]
    assert not opened(casefile)


async def test_nobody_and_somebody_without_a_way(casefile: Casefile) -> None:
    kelly = await casefile.person()
    await casefile.take(request(uuid4()), request(kelly))
    assert sorted(reason for _, reason in failed(casefile)) == ["no_address", "unknown_person"]


@pytest.mark.full
async def test_a_merged_person_is_reached_as_the_one_who_stands(casefile: Casefile) -> None:
    old = await casefile.person("Kelly", "Pyke")
    stands = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    await casefile.good(
        "POST",
        f"/people/{old['id']}/merge",
        {"survivor_id": stands["id"], "reason": "one and the same, seen with papers"},
        version=old["version"],
        roles=("universal_worker",),
    )
    await casefile.take(told_safe(old, ways=("text",)))
    await casefile.take(request(old))
    assert opened(casefile)[0].to == (MOBILE,)


async def test_what_became_of_it_shows(casefile: Casefile) -> None:
    kelly = await casefile.person(contacts=[PHONE])
    asked = request(kelly)
    await casefile.take(asked)
    path = f"/messages?person_id={kelly['id']}"
    (shown,) = (await casefile.good("GET", path))["items"]
    assert (shown["state"], shown["way"], shown["title"]) == ("addressed", "sms", "Your appointment is cancelled")
    data = asked["data"]
    result = {
        "message_id": asked["subject"],
        "person_id": data["person_id"],
        "template": data["template"],
        "asked_by": "triage",
        "state": "failed",
        "reason": "undeliverable",
        "changed_at": datetime.now(UTC).isoformat(),
    }
    await casefile.take(envelope("gateway.message.failed", result, subject=asked["subject"], sequence=4))
    (shown,) = (await casefile.good("GET", path))["items"]
    assert (shown["state"], shown["reason"]) == ("failed", "undeliverable")
    assert MOBILE not in json.dumps(shown)
    casefile.restrict(kelly["id"])
    assert (await casefile.good("GET", path))["items"] == []
