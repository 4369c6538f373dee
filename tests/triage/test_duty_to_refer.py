"""Public bodies' referrals (Housing Act 1996 s213B): agreement, the area chosen, and one of us who holds it."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from kit.testing.databases import ServiceDatabase
from services.triage.contacts.domain import HomelessnessSign, Tonight
from services.triage.duty_to_refer import domain
from services.triage.duty_to_refer.domain import ListedBody, Reason
from tests.triage.desk import Desk, events, know, looks, problem

DOOR = "/v1/triage/duty-to-refer"
PERSON = uuid4()
NAME = "Amina of the blue door"


def sent(**parts: Any) -> dict[str, Any]:
    return {
        "body": "hospital_inpatient",
        "reference": "ward-7",
        "referrer": {"name": "Sister Okoro", "phone": "020 7946 0100"},
        "person": {"name": NAME, "phone": "07700 900123", "safe_to_contact": "text only"},
        "consent": {"to_refer": True, "to_share_contact": True, "given_on": str(clock.today()), "how": "in_person"},
        "area_chosen": domain.US,
        "reason": "homeless",
        "where_tonight": "hospital_or_prison",
        "homeless_on": str(clock.today() + timedelta(days=1)),
        **parts,
    }


@pytest.fixture
def ward(desk: Desk) -> Desk:
    return desk.other(worker="ward-system", role="partner", purpose="duty_to_refer")


def knows_worker(store: ServiceDatabase, principal: str, role: str, *, suspended: bool = False) -> None:
    store.execute(
        "insert into known_worker (id, sequence, principal, roles, active, suspended) values (%s, 1, %s, %s, true, %s)",
        [uuid4(), principal, [role], suspended],
    )


async def test_it_becomes_a_contact_that_one_of_us_holds(ward: Desk, desk: Desk, store: ServiceDatabase) -> None:
    knows_worker(store, "marcus", "housing_officer")
    knows_worker(store, "away", "housing_officer", suspended=True)
    answer = await ward.post(DOOR, sent())
    assert answer.status_code == 201, answer.text
    receipt = answer.json()
    assert set(receipt) == {"id", "reference", "received_at", "next"}, "the body learns that it came, and no more"
    view = (await desk.get(f"{DOOR}/{receipt['id']}")).json()
    assert view["person"]["name"] == NAME
    contact = (await desk.get(f"/v1/triage/contacts/{view['contact_id']}")).json()
    assert (contact["channel"], contact["held_by"], contact["person_id"]) == ("duty_to_refer", "marcus", None)
    (need,) = contact["needs"]
    assert (need["domain"], need["urgency"], need["may_be_homeless"]) == ("housing", "today", True)
    assert need["homelessness_signs"] == ["leaving_hospital_prison_or_care"]
    told = [each for each in events(store) if "duty_to_refer" in each["type"]]
    assert [each["data"]["body"] for each in told] == ["hospital_inpatient"]
    assert NAME not in str(events(store))
    assert "Okoro" not in str(events(store))
    # A referral is not yet an application.
    application = await desk.get(f"/v1/triage/contacts/{contact['id']}/homelessness-application")
    problem(application, 404, "not-found")
    assert NAME not in str((await desk.get(DOOR)).json()), "a list shows no names"


async def test_the_holder_is_who_holds_least(ward: Desk, desk: Desk, store: ServiceDatabase) -> None:
    for each in ("ann", "ben"):
        knows_worker(store, each, "housing_officer")
    held = []
    for _ in range(4):
        view = (await desk.get(f"{DOOR}/{(await ward.post(DOOR, sent())).json()['id']}")).json()
        held.append((await desk.get(f"/v1/triage/contacts/{view['contact_id']}")).json()["held_by"])
    assert sorted(held) == ["ann", "ann", "ben", "ben"]


async def test_a_repeat_of_the_webhook_is_the_same_referral(ward: Desk, store: ServiceDatabase) -> None:
    answers = [await ward.post(DOOR, sent(), key="webhook-1") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert store.rows("select count(*) as n from duty_to_refer") == [{"n": 1}]


@pytest.mark.parametrize(
    ("parts", "rules"),
    [
        ({"consent": {"to_refer": False}}, ["consent-to-refer"]),
        ({"consent": {"to_share_contact": False}}, ["consent-to-contact"]),
        ({"consent": {"given_on": str(clock.today() + timedelta(days=2))}}, ["consent-given"]),
        ({"area_chosen": "E09000025"}, ["area-chosen"]),
        ({"person": {"name": NAME}}, ["a-way-to-reach"]),
        ({"reason": "threatened", "homeless_on": str(clock.today() - timedelta(days=2))}, ["reason-and-day"]),
        (
            {"consent": {"to_refer": False, "to_share_contact": False}, "area_chosen": "E09000025"},
            ["consent-to-refer", "consent-to-contact", "area-chosen"],
        ),
    ],
)
async def test_what_the_law_asks_is_named_all_at_once(
    ward: Desk, store: ServiceDatabase, parts: dict[str, Any], rules: list[str]
) -> None:
    body = sent(**{name: value for name, value in parts.items() if name != "consent"})
    body["consent"] |= parts.get("consent", {})
    document = problem(await ward.post(DOOR, body), 422, "invalid")
    assert [each["rule"] for each in document["errors"]] == rules
    assert store.rows("select 1 from contact") == []


@pytest.mark.parametrize("body", [{"body": "food_bank"}, {"where_tonight": "home"}, {"consent": None}])
async def test_other_bodies_and_contradictions(ward: Desk, body: dict[str, Any]) -> None:
    problem(await ward.post(DOOR, sent(**body)), 422, "invalid")


async def test_housing_hears_who_it_was_once_they_are_found(ward: Desk, desk: Desk, store: ServiceDatabase) -> None:
    view = (await desk.get(f"{DOOR}/{(await ward.post(DOOR, sent())).json()['id']}")).json()
    contact = f"/v1/triage/contacts/{view['contact_id']}"
    version = (await desk.get(contact)).headers["etag"]
    linked = await desk.patch(contact, {"person_id": str(PERSON)}, if_match=version)
    assert linked.status_code == 200, linked.text
    told = [each for each in events(store) if "duty_to_refer" in each["type"]]
    assert [(each["type"].rpartition(".")[2], each["data"]["person_id"]) for each in told] == [
        ("received", None),
        ("matched", str(PERSON)),
    ]
    know(store, PERSON, restricted=True)
    problem(await desk.get(f"{DOOR}/{view['id']}"), 404, "not-found")
    assert (await desk.get(DOOR)).json()["items"] == []
    assert [people for _, record, people in looks(store) if record == f"duty_to_refer/{view['id']}"][-1] == [PERSON]


@pytest.mark.parametrize(
    ("reason", "where", "days", "wanted"),
    [
        ("homeless", Tonight.NOWHERE, None, True),
        ("homeless", Tonight.HOSPITAL_OR_PRISON, None, False),
        ("homeless", Tonight.HOSPITAL_OR_PRISON, 1, True),
        ("threatened", Tonight.HOME, 2, False),
        ("threatened", Tonight.HOME, 0, True),
        ("threatened", Tonight.HOME, None, False),
    ],
)
def test_who_must_be_reached_today(reason: Reason, where: Tonight, days: int | None, wanted: bool) -> None:
    today = date(2026, 12, 4)
    last = None if days is None else today + timedelta(days=days)
    assert domain.urgent_today(reason, where, last, today) is wanted


def test_every_referral_suggests_homelessness() -> None:
    for body in ListedBody:
        assert domain.signs(body, "homeless")
        assert HomelessnessSign.LOSE_HOME_WITHIN_56_DAYS in domain.signs(body, "threatened")


async def test_housing_keeps_what_it_hears(
    ward: Desk, desk: Desk, store: ServiceDatabase, database: Callable[[str], ServiceDatabase]
) -> None:
    """Through the contract: what triage announces, housing's projections read; again and out of order too."""
    from kit.contracts.catalogue import CATALOGUE
    from kit.events.effects import dispatch
    from kit.events.handlers import handled
    from kit.store.db import Database
    from kit.store.unit import Cause, unit_of_work
    from services.housing.app import SERVICE as HOUSING

    view = (await desk.get(f"{DOOR}/{(await ward.post(DOOR, sent())).json()['id']}")).json()
    contact = f"/v1/triage/contacts/{view['contact_id']}"
    asked = await desk.send("POST", f"{contact}/homelessness-application", idempotency_key="a")
    linked = await desk.patch(contact, {"person_id": str(PERSON)}, if_match=(await desk.get(contact)).headers["etag"])
    assert (asked.status_code, linked.status_code) == (201, 200)
    heard = [
        CATALOGUE[each["type"]].parse(json.dumps(each))
        for each in events(store)
        if "housing" in CATALOGUE[each["type"]].consumers
    ]
    assert len(heard) == 4
    theirs = database("housing")
    opened = Database(theirs.url, pool=1)
    try:
        async with unit_of_work(opened, "housing", Cause.system("housing", "test")) as unit:
            await dispatch(unit, handled(HOUSING.handlers, "projections"), [*heard[::-1], *heard])
    finally:
        await opened.close()
    (referral,) = theirs.rows("select * from known_duty_to_refer")
    assert (str(referral["id"]), referral["person_id"], referral["reason"]) == (view["id"], PERSON, "homeless")
    (application,) = theirs.rows("select * from known_application")
    assert (application["person_id"], application["made_on"]) == (PERSON, clock.today())
