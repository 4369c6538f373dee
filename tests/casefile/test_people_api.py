"""Registering, reading and changing people through the HTTP door."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.casefile.people import commands
from services.casefile.people.duplicates import likely_duplicates
from tests.casefile.doors import Casefile
from tests.service_doors import POOL

NHS, OTHER_NHS = "9434765919", "4505577104"
NINO = "AB123456C"
AMINA: dict[str, Any] = {
    "names": [{"given": " Amina ", "family": "Yusuf"}, {"given": "Mina", "family": "Yusuf", "kind": "known_as"}],
    "date_of_birth": "1997-05-02",
    "nhs_number": "943 476 5919",
    "nino": "ab 12 34 56 c",
    "addresses": [
        {"lines": ["1 Ripple Road"], "postcode": "ig117ls", "uprn": "000100023336956", "since": "2020-01-31"},
        {"lines": ["Flat 2", "9 Old Street"], "postcode": "RM8 2AB", "since": "2018-01-01", "until": "2020-01-31"},
    ],
    "contacts": [
        {"kind": "phone", "value": "07700 900123"},
        {"kind": "email", "value": "amina@example.org", "safe": False, "note": "read by others"},
    ],
    "languages": ["so", "en-GB"],
    "communication_needs": ["large_print"],
}
STRANGER = {
    **AMINA,
    "names": [{"given": "Bartholomew", "family": "Quigley"}, {"given": "Bart", "kind": "known_as"}],
    "date_of_birth": "1951-11-30",
    "nhs_number": OTHER_NHS,
    "nino": "CE654321D",
    "addresses": [{**AMINA["addresses"][0], "postcode": "E1 1AA", "uprn": "7"}, AMINA["addresses"][1]],
    "contacts": [{"kind": "phone", "value": "07700 900999"}, {"kind": "email", "value": "bart@example.org"}],
}


async def test_a_person_is_registered_with_a_household_of_their_own(casefile: Casefile) -> None:
    response = await casefile("POST", "/people", AMINA)
    assert response.status_code == 201
    person = response.json()
    assert response.headers["location"] == f"/v1/casefile/people/{person['id']}"
    assert response.headers["etag"] == '"1"'
    assert [each["household_id"] for each in person["households"]] == [person["household_id"]]
    household = await casefile.good("GET", f"/households/{person['household_id']}")
    assert [member["person_id"] for member in household["members"]] == [person["id"]]
    registered = casefile.announced("person.registered")[0]
    assert response.headers["event-id"] == registered["id"]
    assert casefile.announced("household.formed")[0]["subject"] == person["household_id"]


async def test_what_was_typed_is_kept_in_its_normal_form(casefile: Casefile) -> None:
    made = await casefile.good("POST", "/people", AMINA)
    person = await casefile.good("GET", f"/people/{made['id']}")
    assert person["names"][0] == {"given": "Amina", "family": "Yusuf", "kind": "current"}
    assert (person["nhs_number"], person["nino"]) == (NHS, NINO)
    assert person["addresses"][0]["postcode"] == "IG11 7LS"
    assert person["addresses"][0]["uprn"] == "100023336956"
    assert person["addresses"][1]["until"] == "2020-01-31"
    assert person["contacts"][0] == {"kind": "phone", "value": "+447700900123", "safe": True, "note": ""}
    assert person["contacts"][1]["safe"] is False
    assert {name: value for name, value in made.items() if name != "household_id"} == person


async def test_joining_a_household_known_to_us(casefile: Casefile) -> None:
    mother = await casefile.person()
    child = await casefile.person("Idris", "Yusuf", household_id=mother["household_id"])
    assert child["household_id"] == mother["household_id"]
    household = await casefile.good("GET", f"/households/{mother['household_id']}")
    assert {member["person_id"] for member in household["members"]} == {mother["id"], child["id"]}
    assert household["version"] == 2
    assert len(casefile.announced("household.formed")) == 1


async def test_an_unknown_household_saves_nothing(casefile: Casefile) -> None:
    response = await casefile("POST", "/people", {**AMINA, "household_id": str(uuid4())})
    assert response.status_code == 404
    for table in ("person", "person_search", "name_token", "membership", "household", "outbox", "idempotency"):
        assert casefile.stored.rows(f"select 1 from {table}") == [], table


async def test_the_same_key_registers_once(casefile: Casefile) -> None:
    first = await casefile("POST", "/people", AMINA, key="one")
    again = await casefile("POST", "/people", AMINA, key="one")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotent-replay"] == "true"
    assert len(casefile.stored.rows("select 1 from person")) == 1


async def test_every_fault_is_named_at_once_with_field_and_rule(casefile: Casefile) -> None:
    body = {
        "names": [{"given": "  ", "family": "?"}, {"given": "Amina"}],
        "date_of_birth": "2999-01-01",
        "nhs_number": "9434765918",
        "nino": "BG123456A",
        "upn": "A12345678901X2",
        "addresses": [
            {"postcode": "IG11 7LS"},
            {"postcode": "nowhere", "uprn": "12x", "since": "2020-01-02", "until": "2020-01-01"},
        ],
        "contacts": [{"kind": "email", "value": "a@b@c"}, {"kind": "phone", "value": "12"}],
    }
    response = await casefile("POST", "/people", body)
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert {(each["pointer"], each["rule"]) for each in response.json()["errors"]} == {
        ("/names/0", "name-not-empty"),
        ("/date_of_birth", "birth-not-future"),
        ("/nhs_number", "nhs-number-check-digit"),
        ("/nino", "nino-prefix"),
        ("/upn", "upn-form"),
        ("/addresses/1/postcode", "postcode-form"),
        ("/addresses/1/uprn", "uprn-form"),
        ("/addresses/1/until", "dates-in-order"),
        ("/contacts/0/value", "email-form"),
        ("/contacts/1/value", "phone-length"),
    }
    assert "9434765918" not in response.text
    assert casefile.stored.rows("select 1 from person") == []


@pytest.mark.full
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Zoë", "Zoë"),
        ("Nguyễn\u2028Văn", "Nguyễn Văn"),
        ("李小龍", "李小龍"),
        ("\u0645\u062d\u0645\u062f", "\u0645\u062d\u0645\u062f"),
        ("😀 Jo", "😀 Jo"),
        ("O'Neil\u200b", "O'Neil\u200b"),
        ("e\u0301", "e\u0301"),
        ("x" * 190, "x" * 190),
    ],
)
async def test_a_name_may_hold_any_letter_there_is(casefile: Casefile, given: str, kept: str) -> None:
    person = await casefile.person(given, "Ünal")
    assert (await casefile.good("GET", f"/people/{person['id']}"))["names"][0]["given"] == kept
    found = await casefile.good("POST", "/people/search", {"name": f"{given} Ünal"})
    assert [each["person_id"] for each in found["people"]] == [person["id"]]


@pytest.mark.parametrize(
    "broken",
    [
        {"names": [{"given": "A\u0000mina"}]},
        {"names": [{"given": "Amina"}], "contacts": [{"kind": "email", "value": "a@b", "note": "\u0000"}]},
        {"names": [{"given": "x" * 201}]},
        {"names": []},
        {"names": [{"given": "\u200b"}]},
        {"names": [{"given": "Amina"}], "surname": "Yusuf"},
        {"names": [{"given": "Amina"}], "date_of_birth": "1997-02-30"},
        {"names": [{"given": "Amina"}], "addresses": [{"ward": "Gascoigne"}]},
        {"names": [{"given": "Amina"}], "household_id": "none"},
    ],
)
async def test_what_cannot_be_stored_is_refused_and_nothing_is_saved(casefile: Casefile, broken: Any) -> None:
    response = await casefile("POST", "/people", broken)
    assert response.status_code == 422, response.text
    assert casefile.stored.rows("select 1 from person union all select 1 from household") == []


async def test_half_a_surrogate_pair_is_refused(casefile: Casefile) -> None:
    raw = rb'{"names": [{"given": "\ud800", "family": "Yusuf"}]}'
    response = await casefile("POST", "/people", content=raw, headers={"Content-Type": "application/json"})
    assert response.status_code in (400, 422)


# Likely duplicates ----------------------------------------------------------------------------------------


async def test_a_likely_duplicate_shows_masked_and_commits_only_the_audit_row(casefile: Casefile) -> None:
    known = await casefile.good("POST", "/people", AMINA)
    before = casefile.stored.rows("select * from person"), len(casefile.announced())
    response = await casefile("POST", "/people", AMINA, key="again")
    assert response.status_code == 409
    problem = response.json()
    assert problem["type"].endswith("/likely-duplicate")
    (card,) = problem["candidates"]
    assert (card["person_id"], card["initials"], card["birth_year"]) == (known["id"], "A. Y.", 1997)
    assert card["unmasked"] is False
    assert "names agree" in card["reasons"]
    assert "score" not in card
    assert card["name"] is card["date_of_birth"] is card["address"] is None
    for told in ("Amina", "Yusuf", "1997-05-02", NHS, NINO, "Ripple", "IG11", "900123"):
        assert told not in response.text
    assert (casefile.stored.rows("select * from person"), len(casefile.announced())) == before
    (shown,) = casefile.stored.rows("select * from audit_entry where record = 'people/duplicates'")
    assert shown["person_ids"] == [UUID(known["id"])]
    assert casefile.stored.rows("select 1 from idempotency where key = 'again'") == []


@pytest.mark.full
async def test_more_refusals_at_once_than_connections_are_all_answered(casefile: Casefile) -> None:
    # Each puts what it shows on record in a transaction of its own: none may hold a connection while it waits for one.
    await casefile.good("POST", "/people", AMINA)
    answers = await asyncio.gather(*(casefile("POST", "/people", AMINA) for _ in range(POOL + 2)))
    assert {each.status_code for each in answers} == {409}
    assert len(casefile.stored.rows("select 1 from audit_entry where record = 'people/duplicates'")) == POOL + 2


async def test_confirmed_new_registers_beside_the_likely_duplicate(casefile: Casefile) -> None:
    known = await casefile.good("POST", "/people", AMINA)
    twin = await casefile.good("POST", "/people", {**AMINA, "confirmed_new": True})
    assert twin["id"] != known["id"]
    assert casefile.stored.rows("select 1 from match_review") == []


async def test_a_stranger_is_registered_without_a_word(casefile: Casefile) -> None:
    await casefile.good("POST", "/people", AMINA)
    assert (await casefile("POST", "/people", STRANGER)).status_code == 201


@pytest.mark.parametrize("why", ["restricted", "hidden"])
async def test_a_match_nobody_may_see_answers_as_to_a_stranger_and_goes_to_the_safeguarding_lead(
    casefile: Casefile, why: str
) -> None:
    secret = await casefile.good("POST", "/people", AMINA)
    other = await casefile.person("Somebody", "Else")
    hide = [(secret["id"], other["id"])] if why == "hidden" else []
    if why == "restricted":
        casefile.restrict(secret["id"])
    plain = await casefile("POST", "/people", STRANGER, hide=hide)
    match = await casefile("POST", "/people", AMINA, hide=hide)
    assert (match.status_code, plain.status_code) == (201, 201)
    assert shape(match.json()) == shape(plain.json())
    assert match.headers.keys() == plain.headers.keys()
    assert secret["id"] not in match.text
    (review,) = casefile.stored.rows("select * from match_review")
    assert str(review["existing_person_id"]) == secret["id"]
    assert str(review["new_person_id"]) == match.json()["id"]


async def test_of_two_matches_only_the_one_who_may_be_seen_shows(casefile: Casefile) -> None:
    secret = await casefile.good("POST", "/people", AMINA)
    shown = await casefile.good("POST", "/people", {**AMINA, "confirmed_new": True})
    casefile.restrict(secret["id"])
    refused = await casefile("POST", "/people", AMINA)
    assert [each["person_id"] for each in refused.json()["candidates"]] == [shown["id"]]
    await casefile.good("POST", "/people", {**AMINA, "confirmed_new": True})
    assert len(casefile.stored.rows("select 1 from match_review")) == 1


async def test_a_match_with_someone_merged_away_shows_the_one_who_stands(casefile: Casefile) -> None:
    first = await casefile.good("POST", "/people", AMINA)
    stands = await casefile.person("Aamina", "Yousuf")
    await casefile.good(
        "POST", f"/people/{first['id']}/merge", {"survivor_id": stands["id"], "reason": "same"}, version=1
    )
    refused = await casefile("POST", "/people", AMINA)
    assert refused.status_code == 409
    assert [each["person_id"] for each in refused.json()["candidates"]] == [stands["id"]]
    assert casefile.stored.rows("select 1 from match_review") == []


def shape(value: Any) -> Any:
    """A JSON value without its contents."""
    if isinstance(value, dict):
        return {name: shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shape(each) for each in value]
    return type(value).__name__


def test_the_rule_about_duplicates_is_the_real_one() -> None:
    assert commands.likely_duplicates is likely_duplicates


# Search ---------------------------------------------------------------------------------------------------


async def test_a_search_shows_initials_birth_year_and_ward(casefile: Casefile) -> None:
    ward = {**AMINA["addresses"][0], "ward": "E05014053"}
    person = await casefile.good("POST", "/people", {**AMINA, "addresses": [ward]})
    response = await casefile("POST", "/people/search", {"name": "Aamina Yousuf"})
    (card,) = response.json()["people"]
    assert (card["person_id"], card["initials"], card["birth_year"]) == (person["id"], "A. Y.", 1997)
    assert (card["ward"], card["unmasked"], card["household_ids"]) == ("E05014053", False, [])
    for told in ("Amina", "Mina", "05-02", NHS, NINO, "Ripple", "IG11", "900123"):
        assert told not in response.text


@pytest.mark.full
@pytest.mark.parametrize(
    "second",
    [
        {"date_of_birth": "1997-05-02"},
        {"postcode": "IG11 7LS"},
        {"uprn": "100023336956"},
        {"phone": "07700 900 123"},
        {"nhs_number": NHS},
        {"nino": NINO},
    ],
)
async def test_a_second_identifier_in_the_same_search_unmasks(casefile: Casefile, second: dict[str, str]) -> None:
    person = await casefile.good("POST", "/people", AMINA)
    await casefile.person("Amina", "Yusuf", date_of_birth="1961")
    found = (await casefile.good("POST", "/people/search", {"name": "Amina Yusuf", **second}))["people"]
    whole, masked = found[0], found[1:]
    assert whole["person_id"] == person["id"]
    assert whole["unmasked"] is True
    assert (whole["name"], whole["date_of_birth"]) == ("Amina Yusuf", "1997-05-02")
    assert whole["address"] == "1 Ripple Road, IG11 7LS"
    assert whole["household_ids"] == [person["household_id"]]
    assert all(each["unmasked"] is False and each["name"] is None for each in masked)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({}, "/name"),
        ({"name": "  "}, "/name"),
        ({"date_of_birth": "1997"}, "/name"),
        ({"name": "A", "date_of_birth": "1997-13-01"}, "/date_of_birth"),
        ({"name": "A", "postcode": "x"}, "/postcode"),
        ({"name": "A", "phone": "x"}, "/phone"),
        ({"nhs_number": "9434765918"}, "/nhs_number"),
        ({"name": "A", "limit": 51}, "/limit"),
    ],
)
async def test_a_search_that_cannot_be_done_says_why(casefile: Casefile, query: Any, pointer: str) -> None:
    response = await casefile("POST", "/people/search", query)
    assert response.status_code == 422
    assert [each["pointer"] for each in response.json()["errors"]] == [pointer]


@pytest.mark.full
@pytest.mark.parametrize("name", ["\u0000", "%_\\", "'; drop table person; --", "🙂", "\u202e", "a" * 200, "- - -"])
async def test_any_text_may_be_searched_for(casefile: Casefile, name: str) -> None:
    await casefile.person()
    assert (await casefile("POST", "/people/search", {"name": name})).status_code in (200, 422)


async def test_a_search_is_one_row_on_record_with_the_ids_shown(casefile: Casefile) -> None:
    people = [await casefile.person("Amina", "Yusuf", date_of_birth=str(1960 + i)) for i in range(3)]
    await casefile("POST", "/people/search", {"name": "Amina Yusuf", "limit": 2}, actor="w9", purpose="safeguarding")
    (row,) = casefile.stored.rows("select * from audit_entry where action = 'casefile.person.search'")
    assert len(row["person_ids"]) == 2
    assert {str(each) for each in row["person_ids"]} < {each["id"] for each in people}
    assert (row["actor"], row["purpose"], row["record"]) == ("w9", "safeguarding", "people/search")


# Several people -------------------------------------------------------------------------------------------


async def test_people_by_id_in_the_order_asked_for(casefile: Casefile) -> None:
    ids = [(await casefile.person(name, "Yusuf"))["id"] for name in ("Amina", "Idris", "Sahra")]
    asked = [ids[2], str(uuid4()), ids[0], ids[2]]
    found = await casefile.good("GET", "/people?" + "&".join(f"ids={each}" for each in asked))
    assert [each["id"] for each in found] == [ids[2], ids[0]]


@pytest.mark.parametrize(("count", "status"), [(0, 422), (100, 200), (101, 422)])
async def test_at_most_a_hundred_ids(casefile: Casefile, count: int, status: int) -> None:
    response = await casefile("GET", "/people?" + "&".join(f"ids={uuid4()}" for _ in range(count)))
    assert response.status_code == status


# Changes --------------------------------------------------------------------------------------------------


async def test_a_change_names_its_version(casefile: Casefile) -> None:
    person = await casefile.good("POST", "/people", AMINA)
    response = await casefile("PATCH", f"/people/{person['id']}", {"languages": ["fr"]})
    assert response.status_code == 428
    changed = await casefile("PATCH", f"/people/{person['id']}", {"languages": ["fr"]}, version=1)
    assert changed.headers["etag"] == '"2"'
    kept = {name: value for name, value in person.items() if name not in ("household_id", "version", "languages")}
    assert changed.json() == {**kept, "version": 2, "languages": ["fr"]}
    (event,) = casefile.announced("person.changed")
    assert (event["sequence"], event["subject"]) == (f"{2:020d}", person["id"])


async def test_the_loser_of_two_edits_gets_both_versions_and_the_read_is_on_record(casefile: Casefile) -> None:
    person = await casefile.good("POST", "/people", AMINA)
    path = f"/people/{person['id']}"
    await casefile.good("PATCH", path, {"languages": ["fr"]}, version=1, actor="first")
    response = await casefile("PATCH", path, {"languages": ["de"]}, version=1, actor="second")
    assert response.status_code == 412
    problem = response.json()
    assert (problem["your_version"], problem["current_version"]) == (1, 2)
    assert problem["current"]["languages"] == ["fr"]
    assert (await casefile.good("GET", path))["languages"] == ["fr"]
    rows = casefile.stored.rows("select * from audit_entry where actor = 'second'")
    assert [row["person_ids"] for row in rows] == [[UUID(person["id"])]]
    assert len(casefile.announced("person.changed")) == 1


@pytest.mark.full
@pytest.mark.parametrize("version", ["x", "", "1, 2", "9" * 30])
async def test_an_etag_not_ours_is_refused(casefile: Casefile, version: str) -> None:
    person = await casefile.person()
    response = await casefile("PATCH", f"/people/{person['id']}", {}, headers={"If-Match": version})
    assert response.status_code == 422


async def test_lists_are_replaced_and_null_clears(casefile: Casefile) -> None:
    person = await casefile.good("POST", "/people", AMINA)
    changes = {"addresses": None, "contacts": [], "nhs_number": None, "date_of_birth": ""}
    changed = await casefile.good("PATCH", f"/people/{person['id']}", changes, version=1)
    assert (changed["addresses"], changed["contacts"]) == ([], [])
    assert changed["nhs_number"] is changed["date_of_birth"] is None
    assert changed["nino"] == NINO
    refused = await casefile("PATCH", f"/people/{person['id']}", {"names": None}, version=2)
    assert [each["rule"] for each in refused.json()["errors"]] == ["name-required"]


async def test_a_changed_name_is_found_and_the_old_one_is_not(casefile: Casefile) -> None:
    person = await casefile.person("Amina", "Yusuf")
    names = [{"given": "Beatrix", "family": "Okonkwo"}]
    await casefile.good("PATCH", f"/people/{person['id']}", {"names": names}, version=1)
    found = await casefile.good("POST", "/people/search", {"name": "Beatrix Okonkwo"})
    assert [each["person_id"] for each in found["people"]] == [person["id"]]
    assert (await casefile.good("POST", "/people/search", {"name": "Amina Yusuf"}))["people"] == []


async def test_an_unknown_person_is_404(casefile: Casefile) -> None:
    missing = uuid4()
    assert (await casefile("GET", f"/people/{missing}")).status_code == 404
    assert (await casefile("PATCH", f"/people/{missing}", {}, version=1)).status_code == 404


# Answer once ----------------------------------------------------------------------------------------------


async def test_known_tells_what_was_answered_before_and_only_what_is_safe(casefile: Casefile) -> None:
    person = await casefile.good("POST", "/people", AMINA)
    answers = await casefile.good("GET", f"/known?person_id={person['id']}")
    told = {each["question"]: each["value"] for each in answers}
    assert told["person.name"] == "Amina Yusuf"
    assert told["person.known_as"] == ["Mina"]
    assert told["person.date_of_birth"] == "1997-05-02"
    assert told["contact.phone"] == ["+447700900123"]
    # The only e-mail address is not safe to use.
    assert "contact.email" not in told
    assert told["accommodation.address"]["postcode"] == "IG11 7LS"
    assert {each["source"] for each in answers} == {"casefile"}
    assert await casefile.good("GET", f"/known?person_id={uuid4()}") == []
