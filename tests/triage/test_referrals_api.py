"""Referrals through the HTTP door, on a real database."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from kit.testing.databases import ServiceDatabase
from tests.triage.desk import Desk, events, know, looks, problem, types
from tests.triage.partners import CONSENT, NAME, REFERRALS, SAID, body, moved, organisation, partner, referred


def at(referral: dict[str, Any]) -> str:
    return f"{REFERRALS}/{referral['id']}"


# Asking ---------------------------------------------------------------------------------------------------------


async def test_help_is_asked_and_exactly_what_was_told_is_on_record(desk: Desk, store: ServiceDatabase) -> None:
    harbour, person = organisation(store), uuid4()
    answer = await desk.post(REFERRALS, body(harbour, person_id=str(person), tell_person=True))
    referral = answer.json()
    assert (answer.status_code, answer.headers["location"], answer.headers["etag"]) == (201, at(referral), '"1"')
    assert (referral["state"], referral["turn"], referral["version"]) == ("requested", "receiver", 1)
    assert (await desk.get(at(referral))).json() == referral
    (told,) = referral["disclosures"]
    assert told["shared"]["name"] == NAME
    assert told["basis"]["consent"]["words"] == "referral_1"
    assert (told["sharing_for"], told["purpose"], told["by"]) == ("to advise on debts", "front_door", "officer-1")
    # Given no field, nothing: neither a birth date nor an address.
    assert {name for name, value in told["shared"].items() if value} == {"name", "phone", "safe_contact"}
    assert types(store) == ["message.requested", "referral.requested"]
    assert answer.headers["event-id"] == events(store)[-1]["id"]
    assert not {SAID, NAME, "900123"} & {word for word in (SAID, NAME, "900123") if word in str(events(store))}
    assert looks(store)[:1] == [("triage.referral.refer", f"referral/{referral['id']}", [person])]


@pytest.mark.parametrize(
    ("change", "pointer", "rule"),
    [
        ({"basis": None}, "/basis", "lawful-basis"),
        ({"basis": {"basis": "consent"}}, "/basis/consent", "consent-recorded"),
        ({"basis": {"basis": "public_task"}}, "/basis/power", "power-named"),
        (
            {"domain": "mental_health", "basis": {"basis": "public_task", "power": "Care Act 2014 s6"}},
            "/basis/condition",
            "condition",
        ),
        ({"sharing_for": None}, "/sharing_for", "purpose-named"),
        ({"share": {"phone": "07700 900123", "safe_contact": "text"}}, "/share/name", "name-shared"),
        ({"share": {"name": NAME}}, "/share", "way-shared"),
        ({"share": {"name": NAME, "phone": "07700 900123"}}, "/share/safe_contact", "safe-way-shared"),
        ({"need_id": str(uuid4())}, "/need_id", "need-of-a-contact"),
    ],
)
@pytest.mark.full
async def test_what_is_missing_is_named(
    desk: Desk, store: ServiceDatabase, change: dict[str, Any], pointer: str, rule: str
) -> None:
    refused = problem(await desk.post(REFERRALS, body(organisation(store), **change)), 422, "invalid")
    assert {"pointer": pointer, "rule": rule}.items() <= refused["errors"][0].items()
    assert events(store) == []
    assert store.rows("select 1 from referral") == []


async def test_everything_that_is_missing_is_named_at_once(desk: Desk, store: ServiceDatabase) -> None:
    bare = {
        "organisation_id": str(organisation(store)),
        "person_id": str(uuid4()),
        "domain": "money",
        "request": "Help",
    }
    refused = problem(await desk.post(REFERRALS, bare), 422, "invalid")
    assert [each["pointer"] for each in refused["errors"]] == ["/basis", "/sharing_for", "/share/name", "/share"]
    draft = (await desk.post(REFERRALS, {**bare, "draft": True})).json()
    assert (draft["state"], draft["turn"], draft["disclosures"]) == ("draft", "sender", [])
    assert types(store) == []
    problem(await desk.post(f"{at(draft)}/transitions", {"to": "requested"}), 422, "invalid")


@pytest.mark.parametrize("kind", ["private_landlord", "housing_association"])
async def test_a_landlord_is_never_referred_to(desk: Desk, store: ServiceDatabase, kind: str) -> None:
    refused = problem(await desk.post(REFERRALS, body(organisation(store, kind=kind))), 422, "invalid")
    assert refused["errors"][0]["rule"] == "landlord-messages-only"


@pytest.mark.full
async def test_who_takes_no_referrals_or_is_unknown(desk: Desk, store: ServiceDatabase) -> None:
    silent = organisation(store, answers_by="not_at_all")
    refused = problem(await desk.post(REFERRALS, body(silent)), 422, "invalid")
    assert refused["errors"][0]["rule"] == "takes-referrals"
    refused = problem(await desk.post(REFERRALS, body(uuid4())), 422, "invalid")
    assert refused["errors"][0]["rule"] == "known-organisation"


async def test_a_draft_is_changed_and_sent(desk: Desk, store: ServiceDatabase) -> None:
    draft = await referred(desk, organisation(store), draft=True, basis=None)
    problem(await desk.patch(at(draft), {"basis": CONSENT}, if_match=None), 428, "precondition-required")
    changed = (await desk.patch(at(draft), {"basis": CONSENT, "urgency": "today"}, if_match='"1"')).json()
    assert (changed["version"], changed["urgency"]) == (2, "today")
    stale = problem(await desk.patch(at(draft), {"urgency": "routine"}, if_match='"1"'), 412, "stale")
    assert stale["current"]["urgency"] == "today"
    sent = await moved(desk, draft, "requested")
    assert (sent["state"], sent["version"]) == ("requested", 3)
    assert types(store) == ["referral.requested"]


async def test_what_was_sent_is_changed_with_a_reason_and_told_anew(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    more = {"share": {"name": NAME, "through_us": True}}
    refused = problem(await desk.patch(at(referral), more, if_match='"1"'), 422, "invalid")
    assert refused["errors"][0]["rule"] == "reason-for-change"
    changed = (await desk.patch(at(referral), {**more, "why": "She has a new phone"}, if_match='"1"')).json()
    first, second = changed["disclosures"]
    assert (first["shared"]["phone"], second["shared"]["phone"]) == ("07700 900123", None)
    assert (first["why"], second["why"]) == (None, "She has a new phone")
    shown = (await partner(desk, harbour).get(at(referral))).json()
    assert (shown["shared"]["phone"], shown["shared"]["through_us"]) == (None, True)
    assert types(store) == ["referral.requested", "referral.changed"]
    await moved(desk, referral, "cancelled", reason="consent_withdrawn")
    problem(await desk.patch(at(referral), {**more, "why": "x"}, if_match='"3"'), 409, "conflict")


# Answering ------------------------------------------------------------------------------------------------------


async def test_a_partner_sees_what_was_disclosed_to_them_and_no_more(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    theirs = partner(desk, harbour)
    (listed,) = (await theirs.get(REFERRALS)).json()["items"]
    assert (listed["id"], listed["person_id"], listed["household_id"]) == (referral["id"], None, None)
    shown = (await theirs.get(at(referral))).json()
    assert shown["shared"]["name"] == NAME
    assert shown["allowed"] == ["accepted", "received", "rejected"]
    assert not {"person_id", "basis", "steps", "disclosures", "sent_by"} & set(shown)
    other = partner(desk, organisation(store))
    assert (await other.get(REFERRALS)).json()["items"] == []
    problem(await other.get(at(referral)), 404, "not-found")
    problem(await other.post(f"{at(referral)}/transitions", {"to": "accepted"}), 404, "not-found")
    nobody = theirs.other(organisation=None)
    problem(await nobody.get(at(referral)), 404, "not-found")
    draft = await referred(desk, harbour, draft=True)
    problem(await theirs.get(at(draft)), 404, "not-found")


async def test_the_whole_way(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    theirs = partner(desk, harbour)
    await moved(theirs, referral, "received")
    accepted = await moved(theirs, referral, "accepted", note="We ring on Monday")
    assert accepted["shared"]["name"] == NAME
    assert accepted["allowed"] == ["completed", "failed", "in_progress", "on_hold"]
    await moved(theirs, referral, "in_progress")
    await moved(theirs, referral, "completed", reason="need_met")
    ended = (await desk.get(at(referral))).json()
    assert [each["state"] for each in ended["steps"]] == [
        "requested", "received", "accepted", "in_progress", "completed",
    ]  # fmt: skip
    assert (ended["turn"], ended["reason"], ended["steps"][2]["note"]) == (None, "need_met", "We ring on Monday")
    assert (await theirs.get(at(referral))).json()["shared"] is None
    told = [each for each in types(store) if each.startswith("referral")]
    assert told == [f"referral.{each['state']}" for each in ended["steps"]]
    assert [int(each["sequence"]) for each in events(store) if "referral" in each["type"]] == [1, 2, 3, 4, 5]
    assert "message.requested" in types(store), "they hear that help can begin"


async def test_an_impossible_move_names_what_is_allowed(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    refused = problem(
        await partner(desk, harbour).post(f"{at(referral)}/transitions", {"to": "completed"}), 409, "conflict"
    )
    assert (refused["state"], refused["allowed"]) == ("requested", ["accepted", "received", "rejected"])
    theirs = partner(desk, harbour)
    problem(await theirs.post(f"{at(referral)}/transitions", {"to": "cancelled", "reason": "other"}), 403, "forbidden")
    ours = {"to": "accepted", "heard_by": "phone", "note": "Said by Jo"}
    problem(await desk.post(f"{at(referral)}/transitions", {"to": "accepted"}), 422, "invalid")
    assert (await desk.post(f"{at(referral)}/transitions", ours)).status_code == 201
    step = (await desk.get(at(referral))).json()["steps"][-1]
    assert (step["heard_by"], step["by"]) == ("phone", "officer-1")


async def test_two_partners_answer_at_once_and_one_of_them_counts(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    theirs = partner(desk, harbour)
    yes = {"to": "accepted"}
    no = {"to": "rejected", "reason": "no_capacity"}
    answers = await asyncio.gather(
        *(
            theirs.other(worker=f"w{n}").post(f"{at(referral)}/transitions", each)
            for n, each in enumerate((yes, no) * 3)
        )
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409, 409, 409]
    said = [each for each in types(store) if each in ("referral.accepted", "referral.rejected")]
    assert len(said) == 1


async def test_an_answer_sent_twice_counts_once_and_another_under_its_key_is_refused(
    desk: Desk, store: ServiceDatabase
) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    theirs, path, key = partner(desk, harbour), f"{at(referral)}/transitions", str(uuid4())
    first = await theirs.post(path, {"to": "accepted"}, key=key)
    again = await theirs.post(path, {"to": "accepted"}, key=key)
    assert (first.status_code, again.status_code, again.headers["idempotent-replay"]) == (201, 201, "true")
    assert again.json() == first.json()
    problem(await theirs.post(path, {"to": "rejected", "reason": "other"}, key=key), 422, "invalid")
    assert types(store).count("referral.accepted") == 1


async def test_an_answer_after_it_was_withdrawn_finds_it_withdrawn(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    await moved(desk, referral, "cancelled", reason="consent_withdrawn")
    refused = problem(
        await partner(desk, harbour).post(f"{at(referral)}/transitions", {"to": "accepted"}), 409, "conflict"
    )
    assert (refused["state"], refused["allowed"]) == ("cancelled", [])
    assert (await partner(desk, harbour).get(at(referral))).json()["shared"] is None
    assert store.rows("select 1 from timer where fired_at is null") == []


@pytest.mark.full
async def test_a_version_that_is_named_counts(desk: Desk, store: ServiceDatabase) -> None:
    referral = await referred(desk, organisation(store))
    cancel = {"to": "cancelled", "reason": "sent_by_mistake"}
    problem(await desk.post(f"{at(referral)}/transitions", cancel, if_match='"7"'), 412, "stale")
    assert (await desk.post(f"{at(referral)}/transitions", cancel, if_match='"1"')).status_code == 201


# What a refusal changes -----------------------------------------------------------------------------------------


@pytest.mark.full
async def test_a_refusal_changes_what_is_offered_next(desk: Desk, store: ServiceDatabase) -> None:
    harbour, quay, pier = (organisation(store) for _ in range(3))
    person = str(uuid4())
    first = await referred(desk, harbour, person_id=person)
    await moved(partner(desk, harbour), first, "rejected", reason="not_eligible")
    refused = (await desk.get(at(first))).json()
    assert (refused["turn"], refused["next_step"]) == ("sender", "other_partner")
    # Quay and Pier have said that they have room; Harbour too, and is left out all the same.
    for each in (harbour, quay, pier):
        question = {"organisation_id": str(each), "domain": "money"}
        asked = (await desk.post("/v1/triage/capacity-questions", question)).json()
        path = f"/v1/triage/capacity-questions/{asked['id']}/answers"
        said = {"answer": "waiting_list", "wait_days": 9} if each == quay else {"answer": "yes", "places": 2}
        assert (await partner(desk, each).post(path, said)).status_code == 201
    offers = (await desk.get(f"{at(first)}/next-offers")).json()
    assert (offers["step"], offers["same_partner"]) == ("other_partner", "never")
    assert offers["excluded"] == [
        {"organisation_id": str(harbour), "reason": "not_eligible", "ask_again_on": None},
    ]
    assert [each["organisation_id"] for each in offers["capacity"]] == [str(pier), str(quay)]
    # Harbour is not asked again for them, but for somebody else, or when somebody says what has changed.
    problem(await desk.post(REFERRALS, body(harbour, person_id=person)), 409, "conflict")
    await referred(desk, harbour)
    await referred(desk, harbour, person_id=person, domain="housing")
    second = await referred(desk, pier, person_id=person, instead_of=first["id"])
    after = (await desk.get(at(first))).json()
    assert (after["turn"], after["followed_by"]) == (None, second["id"])
    await referred(desk, harbour, person_id=person, asked_again_because="They have moved into the area")


async def test_no_room_now_means_later(desk: Desk, store: ServiceDatabase) -> None:
    harbour, person = organisation(store), str(uuid4())
    referral = await referred(desk, harbour, person_id=person)
    await moved(partner(desk, harbour), referral, "rejected", reason="no_capacity")
    (excluded,) = (await desk.get(f"{at(referral)}/next-offers")).json()["excluded"]
    assert excluded["ask_again_on"] is not None
    refused = problem(await desk.post(REFERRALS, body(harbour, person_id=person)), 409, "conflict")
    assert refused["ask_again_on"] == excluded["ask_again_on"]


@pytest.mark.full
async def test_we_have_the_ball_until_we_say_what_was_done(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    referral = await referred(desk, harbour)
    await moved(partner(desk, harbour), referral, "rejected", reason="wrong_service")
    ours = f"{REFERRALS}?turn=sender"
    assert [each["id"] for each in (await desk.get(ours)).json()["items"]] == [referral["id"]]
    done = (await desk.patch(at(referral), {"followed_up": "Decided anew: targeted"}, if_match='"2"')).json()
    assert (done["turn"], done["steps"][-1]["kind"]) == (None, "followed_up")
    assert (await desk.get(ours)).json()["items"] == []


async def test_one_partner_is_asked_once_however_many_desks_ask(desk: Desk, store: ServiceDatabase) -> None:
    harbour, person = organisation(store), str(uuid4())
    answers = await asyncio.gather(*(desk.post(REFERRALS, body(harbour, person_id=person)) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409, 409]
    assert types(store) == ["referral.requested"]


# Who is kept back -----------------------------------------------------------------------------------------------


async def test_who_is_kept_back_is_as_unknown_as_a_stranger_and_their_answer_is_not_lost(
    desk: Desk, store: ServiceDatabase
) -> None:
    harbour, person = organisation(store), uuid4()
    referral = await referred(desk, harbour, person_id=str(person))
    know(store, person, restricted=True)
    for path in (at(referral), f"{at(referral)}/next-offers"):
        problem(await desk.get(path), 404, "not-found")
    problem(await desk.post(f"{at(referral)}/transitions", {"to": "cancelled", "reason": "other"}), 404, "not-found")
    assert (await desk.get(REFERRALS)).json()["items"] == []
    theirs = partner(desk, harbour)
    problem(await theirs.get(at(referral)), 404, "not-found")
    answer = await moved(theirs, referral, "accepted")
    assert (answer["state"], answer["shared"], answer["request"]) == ("accepted", None, None)


async def test_under_an_older_id_it_is_the_same_person(desk: Desk, store: ServiceDatabase) -> None:
    harbour, old, new = organisation(store), uuid4(), uuid4()
    referral = await referred(desk, harbour, person_id=str(old))
    know(store, old, merged_into=new)
    know(store, new)
    found = (await desk.get(f"{REFERRALS}?person_id={new}")).json()["items"]
    assert [each["id"] for each in found] == [referral["id"]]
    problem(await desk.post(REFERRALS, body(harbour, person_id=str(new))), 409, "conflict")


async def test_a_contact_of_somebody_else_is_not_theirs(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    made = await desk.post(
        "/v1/triage/contacts", {"channel": "phone", "person_id": str(uuid4()), "needs": [{"domain": "money"}]}
    )
    contact = made.json()
    refused = problem(await desk.post(REFERRALS, body(harbour, contact_id=contact["id"])), 422, "invalid")
    assert refused["errors"][0]["rule"] == "same-person"
    right = {"contact_id": contact["id"], "person_id": contact["person_id"], "need_id": contact["needs"][0]["id"]}
    assert (await referred(desk, harbour, **right))["need_id"] == right["need_id"]
    refused = problem(
        await desk.post(REFERRALS, body(organisation(store), **{**right, "need_id": str(uuid4())})), 422, "invalid"
    )
    assert refused["errors"][0]["rule"] == "need-of-this-contact"


@pytest.mark.full
async def test_lists_page_and_narrow(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    made = [(await referred(desk, harbour))["id"] for _ in range(5)]
    seen: list[str] = []
    path = f"{REFERRALS}?limit=2&organisation_id={harbour}&turn=receiver&sent_by=officer-1"
    while path:
        page = await desk.get(path)
        seen += [each["id"] for each in page.json()["items"]]
        path = page.headers["link"].split(">")[0][1:] if "link" in page.headers else ""
    assert seen == made[::-1]
    assert (await desk.get(f"{REFERRALS}?state=draft")).json()["items"] == []
