"""Pages shared with their person: which words open nothing, where the address may go, what is shown to whom."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import KeySet

from kit import chosen_word, clock
from kit.contracts.casefile.papers import SharedPage
from kit.contracts.messages import Addressed
from kit.errors import Invalid
from services.casefile.shares.domain import check_word
from tests.casefile.doors import REGISTRY, Casefile
from tests.casefile.test_messages import PHONE, told_safe
from tests.service_doors import SEALING

TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
WORD = "Blue Kettle"
KNOWN: dict[str, Any] = {
    "births": ["1997-05-02", "2022-03"],
    "names": ["Amina", "Yusuf", "Idris"],
    "places": ["12 Heath Road", "RM8 1AB"],
    "phones": ["+447700900123"],
    "numbers": ["AB123456C", "9434765919"],
}


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        ("1997-05-02", "date-of-birth"), ("02/05/1997", "date-of-birth"), ("020597", "date-of-birth"),
        ("5.2.1997", "date-of-birth"), ("2 May 1997", "date-of-birth"), ("may1997", "date-of-birth"),
        ("２.５.１９９７", "date-of-birth"), ("kettle 02051997", "date-of-birth"), ("25dec2020", "date-of-birth"),
        ("31/12/1999", "date-of-birth"), ("202203", "date-of-birth"),
        ("RM8 1AB", "postcode"), ("rm81ab", "postcode"), ("E1 6AN", "postcode"), ("Heath Road", "postcode"),
        ("07700 900123", "phone"), ("+44 7700 900 123", "phone"), ("kettle07700900123", "phone"),
        ("ab 12 34 56 c", "number"), ("943 476 5919", "number"),
        ("48151623", "not-only-digits"), ("Yusuf!", "name"), ("amina1997", "name"), ("Idris99", "name"),
        ("key", "length"), ("  ...  ", "length"), ("x" * 65, "length"),
        ("password1", "too-easy"), ("aaaaaa", "too-easy"), ("ababab", "too-easy"),
    ],
)  # fmt: skip
def test_a_word_that_others_know_or_guess_is_refused_by_its_rule(word: str, rule: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_word(word, **KNOWN)
    assert caught.value.errors[0].rule == rule
    assert word.casefold() not in caught.value.detail.casefold() or len(word) < 4


@pytest.mark.parametrize("word", [WORD, "purple-tuesday", "Xiddig", "قمرليل", "marzipan", "augustine3", "maybe not"])
def test_a_word_of_their_own_is_taken(word: str) -> None:
    check_word(word, **KNOWN)


def test_capitals_spaces_and_signs_make_no_difference() -> None:
    salt = chosen_word.salt()
    kept = chosen_word.digest("Blue Kettle", salt)
    assert chosen_word.same("  blue-KETTLE ", salt, kept)
    assert not chosen_word.same("blue kettles", salt, kept)


def opened(casefile: Casefile, type_: str, model: Any) -> list[Any]:
    """What the gateway would find."""
    found = []
    for each in casefile.announced(type_):
        plain = jwe.decrypt_compact(each["data"]["jwe"], KeySet([SEALING["gateway"]]), registry=REGISTRY)
        found.append(model.model_validate_json(plain.plaintext or b""))
    return found


async def shared(casefile: Casefile, person: Any, **more: Any) -> Any:
    body = {"person_id": person["id"], "shows": ["looked"], "word": WORD, "chosen": "face_to_face", **more}
    return await casefile("POST", "/shares", body, **TOM)


async def test_the_address_goes_sealed_by_a_way_that_is_theirs_alone(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    made = (await shared(casefile, kelly)).json()
    assert (made["standing"], made["way"], made["allowed"]) == ("ready", "sms", ["address", "withdraw"])
    (message,) = opened(casefile, "message.addressed", Addressed)
    assert (message.to, message.subject) == (("+447700900123",), "Your page")
    # Neither who sends it, nor what about, nor that it is a council.
    assert message.text == "Here is the page you asked for. It opens once, with the word you chose."
    assert message.path.startswith("/pages/")
    token = message.path.removeprefix("/pages/")
    (door,) = opened(casefile, "share.changed", SharedPage)
    assert door.token_digest == hashlib.sha256(token.encode()).hexdigest()
    assert chosen_word.same(WORD, bytes.fromhex(door.word_salt), bytes.fromhex(door.word_digest))
    kept = json.dumps([str(row) for row in casefile.stored.rows("select * from share")])
    outside = json.dumps([str(row) for row in casefile.stored.rows("select envelope from outbox")])
    assert token not in kept + outside
    assert WORD not in kept + outside


@pytest.mark.full
async def test_no_way_that_somebody_else_uses(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    await casefile.person("Wayne", "Pike", household_id=kelly["household_id"], contacts=[PHONE])
    refused = await shared(casefile, kelly)
    assert (refused.status_code, refused.json()["reason"]) == (409, "no_safe_way")
    assert casefile.announced("share.changed") == []
    made = (await shared(casefile, kelly, send=False)).json()
    given = await casefile.good("POST", f"/shares/{made['id']}/address", version=1, **TOM)
    assert given["path"].startswith("/pages/")
    again = await casefile.good("POST", f"/shares/{made['id']}/address", version=2, **TOM)
    assert again["path"] != given["path"]
    assert [each.version for each in opened(casefile, "share.changed", SharedPage)] == [2, 3]
    stale = await casefile("POST", f"/shares/{made['id']}/address", version=2, **TOM)
    assert (stale.status_code, stale.json()["current"]["version"]) == (412, 3)


@pytest.mark.full
async def test_what_they_never_want_is_not_used(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    await casefile.take(told_safe(kelly, never=("text",)))
    assert (await shared(casefile, kelly)).json()["reason"] == "no_safe_way"


async def test_words_are_checked_against_everybody_near(casefile: Casefile) -> None:
    home = {"lines": ["1 Heath Road"], "postcode": "RM10 1AA"}
    kelly = await casefile.person("Kelly", "Pike", date_of_birth="1992-04-09", contacts=[PHONE], addresses=[home])
    await casefile.person("Wayne", "Tull", household_id=kelly["household_id"], date_of_birth="1988-02-29")
    for word, rule in (
        ("9 April 1992", "date-of-birth"), ("290288", "date-of-birth"), ("RM10 1AA", "postcode"),
        ("07700900123", "phone"), ("Wayne", "name"),
    ):  # fmt: skip
        refused = await shared(casefile, kelly, word=word)
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert (error["pointer"], error["rule"]) == ("/word", rule)
        assert word not in refused.text
    assert (await shared(casefile, kelly, chosen="by_phone")).status_code == 422


PAGE: dict[str, Any] = {"roles": ("shared_page",), "purpose": "resident_self"}


@pytest.mark.full
async def test_the_page_shows_their_own_plan_and_who_looked(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    goal = {"words": "I want to sleep", "actions": [{"words": "Ring round", "whose": "ours"}]}
    whose = {"person_id": kelly["id"], "household_id": kelly["household_id"]}
    plan = await casefile.good("POST", "/plans", {**whose, "goals": [goal]}, **TOM)
    wayne = await casefile.person("Wayne", "Pike", household_id=kelly["household_id"])
    of_another = await shared(casefile, wayne, shows=["plan"], plan_id=plan["id"], send=False)
    assert of_another.json()["errors"][0]["rule"] == "their-plan"
    assert (await shared(casefile, kelly, shows=["plan"])).json()["errors"][0]["pointer"] == "/plan_id"
    made = (await shared(casefile, kelly, shows=["plan", "looked"], plan_id=plan["id"])).json()
    place = f"/shares/{made['id']}/page"
    page = await casefile.good("POST", place, actor=f"page:{made['id']}", **PAGE)
    assert page["plan"]["goals"][0]["words"] == "I want to sleep"
    assert page["looked"]["lines"]
    for name in ("Kelly", "Pike", "worker-1", kelly["id"], "New Start"):
        assert name not in json.dumps(page), name
    # Another page's principal, and anybody else, has nothing.
    assert (await casefile("POST", place, actor="page:another", **PAGE)).status_code == 404
    assert (await casefile("POST", place, **TOM)).status_code == 404
    now = await casefile.good("GET", f"/shares/{made['id']}", **TOM)
    assert (now["standing"], now["allowed"]) == ("opened", ["withdraw"])
    refused = await casefile("POST", f"/shares/{made['id']}/address", version=now["version"], **TOM)
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["withdraw"])
    gone = await casefile.good("POST", f"/shares/{made['id']}/withdraw", version=now["version"], **TOM)
    assert gone["standing"] == "withdrawn"
    assert (await casefile("POST", place, actor=f"page:{made['id']}", **PAGE)).status_code == 404
    actors = casefile.stored.rows("select actor, purpose from audit_entry where record = %s", [f"share/{made['id']}"])
    assert {"actor": f"page:{made['id']}", "purpose": "resident_self"} in actors


@pytest.mark.full
async def test_one_that_waited_too_long_shows_nothing(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    made = (await shared(casefile, kelly, days=1)).json()
    clock.set_offset(timedelta(days=1, seconds=5))
    try:
        assert (await casefile.good("GET", f"/shares/{made['id']}", **TOM))["standing"] == "expired"
        place = f"/shares/{made['id']}/page"
        assert (await casefile("POST", place, actor=f"page:{made['id']}", **PAGE)).status_code == 404
    finally:
        clock.set_offset(timedelta())


@pytest.mark.full
async def test_shares_are_inside_the_file(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike", contacts=[PHONE])
    made = (await shared(casefile, kelly)).json()
    other: dict[str, Any] = {"actor": "worker-9", "roles": ("universal_worker",)}
    assert (await casefile("GET", f"/shares/{made['id']}", **other)).status_code == 404
    assert (await casefile.good("GET", f"/shares?person_id={kelly['id']}", **other))["items"] == []
    assert (await casefile.good("GET", f"/shares?person_id={kelly['id']}", **TOM))["items"] == [made]
