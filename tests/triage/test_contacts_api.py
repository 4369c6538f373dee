"""Contacts through the HTTP door, on a real database."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit import clock
from kit.testing.databases import ServiceDatabase
from tests.triage import desk as at_the_desk
from tests.triage.desk import Desk, know, looks, problem

CONTACTS = "/v1/triage/contacts"
PERSON, HOUSEHOLD = uuid4(), uuid4()
HOUSING = {"domain": "housing", "where_tonight": "home", "may_lose_home_within_56_days": False}
# Said by people: must never be on the bus.
SAID = "the blue door by the mosque"


def events(store: ServiceDatabase) -> list[dict[str, Any]]:
    """What contacts announce themselves; those that listen to them have tests of their own."""
    return [each for each in at_the_desk.events(store) if each["type"].split(".")[1] in {"contact", "need"}]


def types(store: ServiceDatabase) -> list[str]:
    return [each["type"].removeprefix("triage.") for each in events(store)]


async def recorded(desk: Desk, **body: Any) -> dict[str, Any]:
    answer = await desk.post(CONTACTS, {"channel": "walk_in", **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at(contact: dict[str, Any]) -> str:
    return f"{CONTACTS}/{contact['id']}"


def etag(contact: dict[str, Any]) -> str:
    return f'"{contact["version"]}"'


# Recording ------------------------------------------------------------------------------------------------------


async def test_unnamed_help_is_one_request(desk: Desk, store: ServiceDatabase) -> None:
    answer = await desk.post(
        CONTACTS,
        {"channel": "walk_in", "hub": "heath", "needs": [{"domain": "food_and_fuel"}], "outcome": "resolved"},
    )
    contact = answer.json()
    assert answer.status_code == 201, answer.text
    assert (answer.headers["location"], answer.headers["etag"]) == (at(contact), '"2"')
    assert (contact["state"], contact["stage"], contact["person_id"]) == ("closed", "final", None)
    assert contact["needs"][0]["status"] == "met"
    assert (contact["decisions"][0]["outcome"], contact["decisions"][0]["decided_by"]) == ("resolved", "officer-1")
    assert types(store) == ["need.recorded", "contact.received", "need.met", "contact.decided"]
    assert answer.headers["event-id"] == events(store)[-1]["id"]
    assert [each["sequence"][-1] for each in events(store)] == ["1", "1", "2", "2"]


async def test_everything_a_conversation_tells(desk: Desk, store: ServiceDatabase) -> None:
    need = {**HOUSING, "kind": "underlying", "urgency": "today", "goal": SAID, "strengths": SAID, "tried": SAID}
    speaker = {"capacity": "attorney", "name": SAID, "scope": SAID, "proof_seen": SAID, "expires_on": "2030-01-31"}
    told: dict[str, Any] = {
        "channel": "phone",
        "hub": "heath",
        "person_id": str(PERSON),
        "household_id": str(HOUSEHOLD),
        "language": "bn",
        "interpreter": {"kind": "phone", "dialect": SAID, "gender": "woman"},
        "safe_contact": {"ways": ["text"], "never": ["letter", "call"], "times": SAID, "note": SAID},
        "speaks_for": speaker,
        "what_matters": SAID,
    }
    contact = await recorded(desk, **told, needs=[need])
    shown = (await desk.get(at(contact))).json()
    assert shown == contact
    assert told.items() <= shown.items()
    assert need.items() <= shown["needs"][0].items()
    assert shown["urgency"] == "today"
    assert SAID not in str(events(store))
    received = events(store)[-1]["data"]
    assert (received["person_id"], received["household_id"]) == (str(PERSON), str(HOUSEHOLD))
    assert looks(store) == [
        ("triage.contact.record", f"contact/{contact['id']}", [PERSON]),
        ("triage.contact.read", f"contact/{contact['id']}", [PERSON]),
    ]


async def test_in_summer_an_answer_reads_as_it_will_later(desk: Desk) -> None:
    to_july = datetime(clock.today().year + 1, 7, 1, 12, tzinfo=clock.LONDON) - clock.business_now()
    clock.set_offset(to_july)
    try:
        contact = await recorded(desk, needs=[{"domain": "money"}], outcome="resolved")
        assert (await desk.get(at(contact))).json() == contact
    finally:
        clock.set_offset(timedelta(0))


async def test_an_unknown_person_is_accepted(desk: Desk) -> None:
    contact = await recorded(desk, person_id=str(uuid4()))
    assert (await desk.get(at(contact))).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/channel"),
        ({"channel": "pigeon"}, "/channel"),
        ({"channel": "phone", "person_id": "PERSON-1"}, "/person_id"),
        ({"channel": "phone", "wat_matters": "a slip"}, "/wat_matters"),
        ({"channel": "phone", "needs": [{"domain": "housing"}, {"domain": "gout"}]}, "/needs/1/domain"),
        ({"channel": "phone", "safe_contact": {"ways": ["text"], "never": ["text"]}}, "/safe_contact"),
        ({"channel": "phone", "outcome": "universal"}, "/outcome"),
        ({"channel": "phone", "occurred_at": "2020-01-01T10:00:00"}, "/occurred_at"),
        ({"channel": "phone", "what_matters": ""}, "/what_matters"),
        ({"channel": "phone", "language": "Bengali!"}, "/language"),
    ],
)
async def test_a_bad_field_is_named(desk: Desk, store: ServiceDatabase, body: dict[str, Any], pointer: str) -> None:
    document = problem(await desk.post(CONTACTS, body), 422, "invalid")
    assert [each["pointer"] for each in document["errors"]] == [pointer]
    assert events(store) == []


async def test_the_future_by_the_business_clock(desk: Desk) -> None:
    tomorrow = (clock.business_now() + timedelta(days=1)).isoformat()
    document = problem(await desk.post(CONTACTS, {"channel": "phone", "occurred_at": tomorrow}), 422, "invalid")
    assert document["errors"][0]["pointer"] == "/occurred_at"
    clock.set_offset(timedelta(days=2))
    try:
        assert (await desk.post(CONTACTS, {"channel": "phone", "occurred_at": tomorrow})).status_code == 201
    finally:
        clock.set_offset(timedelta(0))


async def test_homelessness_is_not_settled_in_one_request(desk: Desk, store: ServiceDatabase) -> None:
    body = {"channel": "walk_in", "needs": [{"domain": "housing"}], "outcome": "advice_only", "reason": "leaflet"}
    document = problem(await desk.post(CONTACTS, body), 422, "may-be-homeless")
    assert document["allowed_outcomes"] == ["universal", "targeted", "statutory"]
    assert store.rows("select 1 from contact") == []


async def test_a_named_outcome_needs_a_reason(desk: Desk) -> None:
    body = {"channel": "walk_in", "person_id": str(PERSON), "needs": [{"domain": "money"}], "outcome": "resolved"}
    assert problem(await desk.post(CONTACTS, body), 422, "invalid")["missing"] == ["reason"]


async def test_a_repeat_is_the_first_answer(desk: Desk, store: ServiceDatabase) -> None:
    body = {"channel": "phone"}
    first, second = [await desk.post(CONTACTS, body, key="k") for _ in range(2)]
    assert (first.content, second.status_code) == (second.content, 201)
    assert types(store) == ["contact.received"]
    answer = await desk.send("POST", CONTACTS, b'{"channel": "phone"}', content_type="application/json")
    problem(answer, 400, "idempotency-key-missing")


async def test_the_draft_goes_when_it_was_sent(desk: Desk) -> None:
    draft = "/v1/triage/drafts/contact/desk-1"
    put = await desk.send("PUT", draft, b'{"what_matters": "a room"}', content_type="application/json")
    assert put.status_code == 200
    unfinished = (await desk.get("/v1/triage/unfinished-contacts")).json()["items"]
    assert [(each["key"], each["about"]) for each in unfinished] == [("desk-1", "a room")]
    refused = {"channel": "walk_in", "draft": {"kind": "contact", "key": "desk-1"}, "hub": "No such"}
    assert (await desk.post(CONTACTS, refused)).status_code == 422
    assert (await desk.get(draft)).status_code == 200
    await recorded(desk, draft={"kind": "contact", "key": "desk-1"})
    assert (await desk.get(draft)).status_code == 404
    assert (await desk.get("/v1/triage/unfinished-contacts")).json()["items"] == []


# Needs ----------------------------------------------------------------------------------------------------------


async def test_a_need_is_a_new_version_of_its_contact(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, person_id=str(PERSON))
    answer = await desk.post(f"{at(contact)}/needs", {"domain": "money", "urgency": "today"})
    assert answer.status_code == 201, answer.text
    assert (answer.headers["location"], answer.headers["etag"]) == (at(contact), '"2"')
    assert [each["domain"] for each in answer.json()["needs"]] == ["money"]
    assert types(store) == ["contact.received", "need.recorded", "contact.changed"]
    need, changed = events(store)[1:]
    assert need["data"]["person_id"] == str(PERSON)
    assert changed["data"]["needs"][0]["need_id"] == need["subject"]
    assert changed["data"]["urgency"] == "today"


@pytest.mark.full
async def test_two_desks_may_add_needs_at_once(desk: Desk) -> None:
    contact = await recorded(desk)
    kinds = ["money", "health", "loneliness", "food_and_fuel"]
    answers = await asyncio.gather(*(desk.post(f"{at(contact)}/needs", {"domain": each}) for each in kinds))
    assert [each.status_code for each in answers] == [201] * 4
    shown = (await desk.get(at(contact))).json()
    assert shown["version"] == 5
    assert {each["domain"] for each in shown["needs"]} == set(kinds)


async def test_a_closed_contact_takes_no_need(desk: Desk) -> None:
    contact = await recorded(desk, outcome="resolved")
    document = problem(await desk.post(f"{at(contact)}/needs", {"domain": "money"}), 409, "conflict")
    assert (document["state"], document["allowed"]) == ("closed", [])


# Decisions --------------------------------------------------------------------------------------------------------


async def test_a_decision_from_contact_to_final(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, person_id=str(PERSON), household_id=str(HOUSEHOLD), needs=[{"domain": "money"}])
    path = f"{at(contact)}/decisions"
    first = await desk.post(
        path, {"outcome": "universal", "stage": "screening", "reason": SAID}, if_match=etag(contact)
    )
    assert first.status_code == 201, first.text
    assert (first.json()["state"], first.json()["stage"]) == ("open", "screening")
    back = await desk.post(path, {"outcome": "universal", "stage": "contact", "reason": "x"}, if_match='"2"')
    assert problem(back, 409, "conflict")["allowed"] == ["screening", "final"]
    targeted = {"outcome": "targeted", "specialism": "debt", "reason": SAID}
    last = await desk.post(path, targeted, if_match='"2"')
    assert (last.json()["state"], last.json()["stage"], last.headers["etag"]) == ("closed", "final", '"3"')
    closed = await desk.post(path, targeted, if_match='"3"')
    assert problem(closed, 409, "conflict")["state"] == "closed"

    assert types(store) == ["need.recorded", "contact.received", "contact.decided", "contact.decided"]
    decided = events(store)[-1]
    assert (decided["actor"], decided["purpose"]) == ("officer-1", "front_door")
    assert decided["data"]["decision"] == decided["data"]["decisions"][-1]
    assert decided["data"]["decision"]["need_ids"] == [contact["needs"][0]["id"]]
    assert decided["data"]["household_id"] == str(HOUSEHOLD)
    assert SAID not in str(events(store))


async def test_needs_go_different_ways(desk: Desk) -> None:
    contact = await recorded(desk, person_id=str(PERSON), needs=[{"domain": "money"}, {"domain": "housing"}])
    money, home = [each["id"] for each in contact["needs"]]
    path = f"{at(contact)}/decisions"
    settled = {"outcome": "resolved", "reason": "reduction claimed together", "need_ids": [money]}
    first = await desk.post(path, settled, if_match=etag(contact))
    assert (first.json()["state"], first.json()["needs"][1]["may_be_homeless"]) == ("open", True)
    advice = await desk.post(path, {"outcome": "advice_only", "reason": "x"}, if_match='"2"')
    document = problem(advice, 422, "may-be-homeless")
    assert (document["need_ids"], document["unasked_need_ids"]) == ([home], [home])
    statutory = {"outcome": "statutory", "statutory_service": "homelessness", "reason": "nowhere tonight"}
    assert (await desk.post(path, statutory, if_match='"2"')).json()["state"] == "closed"


async def test_a_decision_needs_what_was_seen(desk: Desk) -> None:
    contact = await recorded(desk, what_matters=SAID)
    path = f"{at(contact)}/decisions"
    decision = {"outcome": "no_further_action", "reason": "left"}
    problem(await desk.post(path, decision), 428, "precondition-required")
    await desk.post(f"{at(contact)}/needs", {"domain": "health"})
    document = problem(await desk.post(path, decision, if_match=etag(contact)), 412, "stale")
    assert (document["your_version"], document["current_version"]) == (1, 2)
    assert document["current"] == (await desk.get(at(contact))).json()
    assert (await desk.post(path, decision, if_match='"2"')).status_code == 201


async def test_a_case_needs_a_named_person(desk: Desk) -> None:
    contact = await recorded(desk, needs=[{"domain": "money"}])
    path = f"{at(contact)}/decisions"
    document = problem(
        await desk.post(path, {"outcome": "targeted", "reason": "x"}, if_match=etag(contact)), 422, "invalid"
    )
    assert document["missing"] == ["person_id", "specialism"]
    linked = await desk.patch(at(contact), {"person_id": str(PERSON)}, if_match=etag(contact))
    assert linked.status_code == 200
    targeted = {"outcome": "targeted", "specialism": "debt", "reason": "x"}
    assert (await desk.post(path, targeted, if_match=linked.headers["etag"])).status_code == 201


@pytest.mark.full
@pytest.mark.parametrize(
    ("households", "found"),
    [
        ([(HOUSEHOLD, "2020-01-01", None)], HOUSEHOLD),
        ([(uuid4(), "2019-01-01", "2020-01-01"), (HOUSEHOLD, "2020-01-01", None)], HOUSEHOLD),
        ([(HOUSEHOLD, "2019-01-01", "2020-01-01")], None),
        # A child of two homes: which one this is about is not ours to guess.
        ([(uuid4(), "2020-01-01", None), (HOUSEHOLD, "2020-01-01", None)], None),
        ([], None),
    ],
)
async def test_the_household_we_know_the_person_in(
    desk: Desk, store: ServiceDatabase, households: list[tuple[UUID, str, str | None]], found: UUID | None
) -> None:
    survivor = uuid4()
    know(store, PERSON, merged_into=survivor)
    know(store, survivor, households=households)
    contact = await recorded(desk, person_id=str(PERSON))
    decided = await desk.post(
        f"{at(contact)}/decisions", {"outcome": "universal", "reason": "x"}, if_match=etag(contact)
    )
    assert decided.status_code == 201
    assert events(store)[-1]["data"]["household_id"] == (str(found) if found else None)


# Changing ---------------------------------------------------------------------------------------------------------


async def test_the_loser_of_two_edits_gets_both(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, what_matters="a garden")
    problem(await desk.patch(at(contact), {"language": "bn"}, if_match=None), 428, "precondition-required")
    won = await desk.patch(at(contact), {"what_matters": SAID, "hub": "heath"}, if_match=etag(contact))
    assert (won.json()["what_matters"], won.headers["etag"]) == (SAID, '"2"')
    lost = await desk.patch(at(contact), {"what_matters": "a dog"}, if_match=etag(contact))
    document = problem(lost, 412, "stale")
    assert (document["your_version"], document["current_version"]) == (1, 2)
    assert document["current"]["what_matters"] == SAID
    assert types(store) == ["contact.received", "contact.changed"]


async def test_what_is_left_out_stays_and_null_takes_away(desk: Desk) -> None:
    contact = await recorded(desk, hub="heath", language="bn", safe_contact={"ways": ["text"]})
    changed = (await desk.patch(at(contact), {"language": None}, if_match=etag(contact))).json()
    assert (changed["hub"], changed["language"], changed["safe_contact"]["ways"]) == ("heath", None, ["text"])
    problem(await desk.patch(at(contact), {"channel": None}, if_match='"2"'), 422, "invalid")


async def test_a_person_is_linked_later_also_when_closed(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, needs=[{"domain": "money"}], outcome="resolved")
    linked = await desk.patch(at(contact), {"person_id": str(PERSON)}, if_match=etag(contact))
    assert linked.json()["person_id"] == str(PERSON)
    assert types(store)[-2:] == ["need.recorded", "contact.changed"]
    need, changed = events(store)[-2:]
    assert need["data"]["person_id"] == changed["data"]["person_id"] == str(PERSON)
    assert (need["data"]["status"], need["sequence"][-1]) == ("met", "3")
    assert looks(store)[-1][2] == [PERSON]


async def test_the_person_of_a_case_is_not_exchanged(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, person_id=str(PERSON), household_id=str(HOUSEHOLD))
    other = {"person_id": str(uuid4())}
    corrected = await desk.patch(at(contact), other, if_match=etag(contact))
    # Somebody else's household is not theirs.
    assert corrected.json()["household_id"] is None
    assert [people for _, _, people in looks(store)[1:]] == [[PERSON], [UUID(other["person_id"])]]
    decided = await desk.post(f"{at(contact)}/decisions", {"outcome": "universal", "reason": "x"}, if_match='"2"')
    assert decided.status_code == 201
    for person in (str(PERSON), None):
        refused = await desk.patch(at(contact), {"person_id": person}, if_match='"3"')
        problem(refused, 409, "conflict")


async def test_asking_later_where_they_sleep(desk: Desk) -> None:
    contact = await recorded(desk, needs=[{"domain": "housing"}])
    answers = [{"need_id": contact["needs"][0]["id"], "where_tonight": "home", "may_lose_home_within_56_days": False}]
    asked = await desk.patch(at(contact), {"answers": answers}, if_match=etag(contact))
    assert asked.json()["needs"][0]["may_be_homeless"] is False
    talked_away = [{"need_id": contact["needs"][0]["id"], "homelessness_signs": ["notice_served"]}]
    noted = await desk.patch(at(contact), {"answers": talked_away}, if_match='"2"')
    assert noted.json()["needs"][0]["may_be_homeless"] is True
    nobody = await desk.patch(at(contact), {"answers": [{"need_id": str(uuid4())}]}, if_match='"3"')
    assert problem(nobody, 422, "invalid")["errors"][0]["pointer"] == "/answers/0/need_id"


# Lists ------------------------------------------------------------------------------------------------------------


async def test_pages_reach_every_contact_once(desk: Desk) -> None:
    moments = ["2026-01-03T10:00:00Z", "2026-01-01T10:00:00Z", "2026-01-03T10:00:00Z", "2026-01-02T10:00:00Z"]
    made = [await recorded(desk, occurred_at=each) for each in moments]
    seen: list[str] = []
    path: str | None = f"{CONTACTS}?limit=3"
    while path:
        answer = await desk.get(path)
        page = answer.json()
        seen += [each["id"] for each in page["items"]]
        path = answer.headers["link"].split(">")[0][1:] if page["next"] else None
    wanted = sorted(made, key=lambda each: (each["occurred_at"], each["id"]), reverse=True)
    assert seen == [each["id"] for each in wanted]
    problem(await desk.get(f"{CONTACTS}?after=made-up"), 422, "invalid")


async def test_a_list_is_narrowed_and_shows_no_words(desk: Desk, store: ServiceDatabase) -> None:
    mine = await recorded(desk, person_id=str(PERSON), hub="heath", what_matters=SAID, needs=[{"domain": "money"}])
    closed = await recorded(desk, hub="heath", outcome="resolved")
    for query, wanted in (
        (f"person_id={PERSON}", [mine]),
        ("state=closed", [closed]),
        ("hub=heath", [closed, mine]),
        ("hub=heath&state=open", [mine]),
        ("hub=thames", []),
        (f"person_id={uuid4()}", []),
    ):
        page = (await desk.get(f"{CONTACTS}?{query}")).json()
        assert [each["id"] for each in page["items"]] == [each["id"] for each in wanted], query
        assert SAID not in str(page)
    assert ("triage.contact.read", "contacts", [PERSON]) in looks(store)


async def test_a_merged_person_has_one_list(desk: Desk, store: ServiceDatabase) -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    for person, survivor in ((first, second), (second, third), (third, None)):
        know(store, person, merged_into=survivor)
    made = [await recorded(desk, person_id=str(each)) for each in (first, second, third)]
    page = (await desk.get(f"{CONTACTS}?person_id={third}")).json()
    assert {each["id"] for each in page["items"]} == {each["id"] for each in made}
    # Rows keep the id they were written with.
    assert {each["person_id"] for each in page["items"]} == {str(first), str(second), str(third)}


# Who may see --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["restricted", "barred", "hidden", "merged", "hidden_merged"])
async def test_people_kept_back_are_as_unknown_as_strangers(desk: Desk, store: ServiceDatabase, how: str) -> None:
    contact = await recorded(desk, person_id=str(PERSON), needs=[{"domain": "money", "tried": SAID}])
    unnamed = await recorded(desk)
    survivor = uuid4()
    match how:
        case "restricted":
            know(store, PERSON, restricted=True)
        case "barred":
            know(store, PERSON, barred=[desk.worker])
        case "hidden":
            desk = desk.other(hide=((PERSON, uuid4()),))
        case "merged":
            know(store, PERSON, merged_into=survivor)
            know(store, survivor, restricted=True)
        case "hidden_merged":
            know(store, PERSON, merged_into=survivor)
            know(store, survivor)
            desk = desk.other(hide=((survivor, uuid4()),))
    nobody = f"{CONTACTS}/{uuid4()}"
    for path in (at(contact), nobody):
        for answer in (
            await desk.get(path),
            await desk.patch(path, {"hub": "heath"}, if_match='"1"'),
            await desk.post(f"{path}/needs", {"domain": "money"}),
            await desk.post(f"{path}/decisions", {"outcome": "universal", "reason": "x"}, if_match='"1"'),
        ):
            assert problem(answer, 404, "not-found")["detail"] == "We know of no such contact"
    for query in ("", f"?person_id={PERSON}", f"?person_id={survivor}"):
        ids = [each["id"] for each in (await desk.get(f"{CONTACTS}{query}")).json()["items"]]
        assert ids == ([unnamed["id"]] if not query else [])
    assert (await desk.get(f"/v1/triage/known?person_id={PERSON}")).json() == []


async def test_a_bar_is_one_workers_own(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, person_id=str(PERSON))
    know(store, PERSON, barred=["officer-2"])
    assert (await desk.get(at(contact))).status_code == 200
    assert (await desk.other(worker="officer-2").get(at(contact))).status_code == 404


# Answer once ---------------------------------------------------------------------------------------------------------


async def test_what_was_told_before_is_known(desk: Desk, store: ServiceDatabase) -> None:
    await recorded(
        desk,
        person_id=str(PERSON),
        occurred_at="2026-01-01T10:00:00Z",
        language="pl",
        interpreter={"kind": "phone"},
        safe_contact={"ways": ["text"], "times": "mornings"},
        what_matters="a garden",
        needs=[{"domain": "money", "tried": "asked my sister", "where_tonight": "home"}],
    )
    await recorded(desk, person_id=str(PERSON), occurred_at="2026-01-02T10:00:00Z", language="bn")
    await recorded(desk, occurred_at="2026-01-03T10:00:00Z", language="fr")
    answers = (await desk.other(purpose="universal_support").get(f"/v1/triage/known?person_id={PERSON}")).json()
    assert {each["question"]: (each["value"], each["at"][:10], each["source"]) for each in answers} == {
        "accommodation.tonight": ("home", "2026-01-01", "triage"),
        "contact.safe_times": ("mornings", "2026-01-01", "triage"),
        "contact.safe_ways": ({"ways": ["text"]}, "2026-01-01", "triage"),
        "needs.tried_already": (["asked my sister"], "2026-01-01", "triage"),
        "help.workers": (["officer-1"], str(clock.now().date()), "triage"),
        "needs.what_matters": ("a garden", "2026-01-01", "triage"),
        "person.interpreter": ({"kind": "phone", "dialect": None, "gender": "any"}, "2026-01-01", "triage"),
        "person.languages": (["bn"], "2026-01-02", "triage"),
    }
    row = store.rows("select purpose, record, person_ids from audit_entry order by id desc limit 1")[0]
    assert row == {"purpose": "universal_support", "record": "known", "person_ids": [PERSON]}


async def test_what_is_confirmed_is_known_as_of_then(desk: Desk) -> None:
    told = {"person_id": str(PERSON), "language": "so", "what_matters": SAID}
    await recorded(desk, **told, occurred_at="2026-01-01T10:00:00Z")
    need = {"domain": "housing", "homelessness_signs": ["notice_served"], "priority_signs": ["pregnant"]}
    confirmed = ["person.languages", "accommodation.arrears"]
    second = await recorded(
        desk, person_id=str(PERSON), occurred_at="2026-02-01T10:00:00Z", confirmed=confirmed, needs=[need]
    )
    answers = (await desk.get(f"/v1/triage/known?person_id={PERSON}")).json()
    shown = {
        each["question"]: (each["value"], each["at"][:10]) for each in answers if each["question"] != "help.workers"
    }
    assert shown == {
        "person.languages": (["so"], "2026-02-01"),
        "needs.what_matters": (SAID, "2026-01-01"),
        "accommodation.notice": (True, "2026-02-01"),
        "person.pregnant": (True, "2026-02-01"),
    }
    again = {"asked_again": ["person.languages"]}
    document = problem(
        await desk.patch(at(second), {**again, "confirmed": confirmed}, if_match=etag(second)), 422, "invalid"
    )
    assert document["errors"][0]["pointer"] == ""
    kept = (await desk.patch(at(second), again, if_match=etag(second))).json()
    kept = (await desk.patch(at(second), {"asked_again": None}, if_match=etag(kept))).json()
    assert kept["asked_again"] == ["person.languages"], "what was asked again stays counted"
    unknown = await desk.patch(at(second), {"confirmed": ["immigration.status"]}, if_match=etag(kept))
    problem(unknown, 422, "invalid")
