"""What people text back: found who it is from, kept from who should not read it, read once."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from kit.contracts.messages import TextReply
from kit.events.sealed import Keyring
from tests.casefile.doors import Casefile
from tests.casefile.facts import envelope
from tests.casefile.work import STRANGER, case_of, worker
from tests.service_doors import SEALING

TYPE = "gateway.reply.received"
NUMBER = "+447700900123"
WORDS = "Can we meet on Tuesday instead? The baby is ill."
W1 = worker("w1")
DESK: dict[str, Any] = {"actor": "desk-1", "purpose": "front_door", "roles": ("triage_officer",)}


def phone(number: str = NUMBER) -> list[dict[str, str]]:
    return [{"kind": "phone", "value": number}]


def texted(number: str = NUMBER, text: str = WORDS, *, id_: UUID | None = None) -> dict[str, Any]:
    """What the gateway seals for casefile."""
    id_ = id_ or uuid4()
    data = TextReply(reply_id=id_, from_number=number, text=text, received_at=datetime.now(UTC))
    bare = envelope(TYPE, {}, subject=id_, actor="system:gateway", purpose="front_door")
    header = {"event": bare["id"], "type": TYPE, "subject": bare["subject"]}
    ring = Keyring(None, {"casefile": SEALING["casefile"].as_dict(private=False)})
    return {**bare, "data": {"jwe": ring.encrypt("casefile", header, data.model_dump_json().encode())}}


async def listed(casefile: Casefile, who: dict[str, Any], path: str = "/replies", **query: Any) -> list[Any]:
    return list((await casefile.good("GET", path, params=query, **who))["items"])


async def test_words_reach_whoever_works_with_them_and_stand_beside_their_plan(casefile: Casefile) -> None:
    amina = await casefile.person(contacts=phone())
    await case_of(casefile, amina)
    body = {"person_id": amina["id"], "household_id": amina["household_id"]}
    plan = await casefile.good("POST", "/plans", body, **W1)
    assert await casefile.take(texted()) == ["taken"]
    (shown,) = await listed(casefile, W1, plan_id=plan["id"], state="waiting")
    assert (shown["words"], shown["person_id"], shown["state"]) == (WORDS, amina["id"], "waiting")
    assert shown["household_id"] == amina["household_id"]
    # The timeline tells that she answered, and no event tells what.
    await casefile.hear_itself()
    path = f"/households/{amina['household_id']}/timeline"
    entries = (await casefile.good("GET", path, **W1))["items"]
    assert [each["title"] for each in entries if each["type"] == "casefile.reply.received"] == [
        "Answered us by text message"
    ]
    assert "baby" not in str(casefile.announced())

    async def to_read(who: dict[str, Any]) -> int:
        return int((await casefile.good("GET", "/my-work", **who))["texts_to_read"])

    assert (await to_read(W1), await to_read(STRANGER), await to_read(DESK)) == (1, 0, 0)
    read = await casefile.good("POST", f"/replies/{shown['id']}/reading", version=1, **W1)
    assert await to_read(W1) == 0
    assert (read["state"], read["read_by"], read["version"]) == ("read", "w1", 2)
    again = await casefile.refused(409, "POST", f"/replies/{shown['id']}/reading", version=2, **W1)
    assert again["state"] == "read"
    assert (await casefile("POST", f"/replies/{shown['id']}/reading", version=1, **W1)).status_code == 412
    assert await listed(casefile, W1, state="waiting") == []


async def test_who_does_not_work_with_them_finds_nothing(casefile: Casefile) -> None:
    amina = await casefile.person(contacts=phone())
    await case_of(casefile, amina)
    await casefile.take(texted())
    assert await listed(casefile, STRANGER) == []
    assert await listed(casefile, STRANGER, person_id=amina["id"]) == []
    (shown,) = await listed(casefile, W1)
    for path in (f"/replies/{shown['id']}", f"/replies/{uuid4()}"):
        refused = await casefile.refused(404, "GET", path, **STRANGER)
        assert refused["detail"] == "We know of no such message"
    assert (await casefile("POST", f"/replies/{shown['id']}/reading", version=1, **STRANGER)).status_code == 404
    # Nor does the desk find it among those from unknown senders.
    assert await listed(casefile, DESK, "/unknown-replies") == []


async def test_a_number_of_several_puts_words_in_nobodys_mouth_until_the_desk_knows(casefile: Casefile) -> None:
    amina, sami = await casefile.person(contacts=phone()), await casefile.person("Sami", contacts=phone())
    await case_of(casefile, sami)
    await casefile.take(texted())
    assert await listed(casefile, W1) == []
    (unknown,) = await listed(casefile, DESK, "/unknown-replies")
    assert (unknown["from_number"], unknown["words"]) == (NUMBER, WORDS)
    path = f"/unknown-replies/{unknown['id']}/sender"
    nobody = await casefile.refused(404, "POST", path, {"person_id": str(uuid4())}, version=1, **DESK)
    assert nobody["detail"] == "We know of no such person"
    settled = await casefile.good("POST", path, {"person_id": sami["id"]}, version=1, **DESK)
    assert settled["from_number"] is None
    (shown,) = await listed(casefile, W1)
    assert (shown["person_id"], shown["matched_by"]) == (sami["id"], "desk-1")
    assert await listed(casefile, DESK, "/unknown-replies") == []
    # Whose it is is said once.
    assert (await casefile("POST", path, {"person_id": amina["id"]}, version=2, **DESK)).status_code == 404
    assert casefile.stored.rows("select from_number, may_be from reply") == [{"from_number": None, "may_be": []}]


async def test_a_number_that_may_be_a_protected_persons_is_shown_to_nobody_kept_from_them(casefile: Casefile) -> None:
    amina, _ = await casefile.person(contacts=phone()), await casefile.person("Sami", contacts=phone())
    await casefile.take(texted(), texted("+447700900999", "Who is this?"))
    assert len(await listed(casefile, DESK, "/unknown-replies")) == 2
    casefile.restrict(amina["id"])
    (left,) = await listed(casefile, DESK, "/unknown-replies")
    assert left["from_number"] == "+447700900999"
    hidden = casefile.stored.rows("select id from reply where from_number = %s", [NUMBER])[0]["id"]
    path = f"/unknown-replies/{hidden}/sender"
    refused = await casefile.refused(404, "POST", path, {"person_id": amina["id"]}, version=1, **DESK)
    assert refused["detail"] == "We know of no such message"


async def test_words_of_nobody_we_know_are_forgotten_after_ninety_days(casefile: Casefile) -> None:
    await casefile.take(texted("+447700900998"), texted("+447700900999"))
    casefile.stored.execute(
        "update reply set received_at = now() - interval '91 days' where from_number = '+447700900998'"
    )
    await casefile.take(texted("+447700900997"))
    left = {each["from_number"][-1] for each in await listed(casefile, DESK, "/unknown-replies")}
    assert left == {"9", "7"}


async def test_the_same_message_twice_is_one_and_a_merged_person_is_found(casefile: Casefile) -> None:
    amina = await casefile.person(contacts=phone())
    twin = await casefile.person("Amena", contacts=phone())
    body = {"survivor_id": amina["id"], "reason": "The same woman"}
    merged = await casefile("POST", f"/people/{twin['id']}/merge", body, version=twin["version"], purpose="front_door")
    assert merged.is_success, merged.text
    await casefile.take(texted(id_=(id_ := uuid4())), texted(id_=id_))
    (row,) = casefile.stored.rows("select person_id, state, version from reply")
    assert (str(row["person_id"]), row["state"], row["version"]) == (amina["id"], "waiting", 1)
