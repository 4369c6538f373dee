"""Capacity questions, discharges from hospital and messages to landlords, through the HTTP door and their alarms."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import clock
from kit.contracts.codes import DischargeCheck, LandlordMessageKind, NeedDomain
from kit.errors import Invalid
from kit.testing.databases import ServiceDatabase
from services.triage.capacity.models import CapacityQuestion
from services.triage.discharges import reading
from services.triage.landlords import domain as landlords
from tests.triage.desk import Desk, events, know, looks, problem, types
from tests.triage.partners import CONSENT, NAME, organisation, partner
from tests.triage.test_referral_alarms import Alarms, alarms, at, letters, line, move_clock

CAPACITY, DISCHARGES, LANDLORDS = (
    f"/v1/triage/{each}" for each in ("capacity-questions", "discharge-notices", "landlord-messages")
)
START = datetime(2026, 12, 4, 10, tzinfo=clock.LONDON)
HOME = START + timedelta(days=1)
__all__ = ["alarms"]


@pytest.fixture(autouse=True)
def _clock(request: pytest.FixtureRequest) -> Iterator[None]:
    if "store" in request.fixturenames:
        move_clock(request.getfixturevalue("store"), START)
    yield
    clock.set_offset(timedelta(0))


# Capacity -------------------------------------------------------------------------------------------------------


def test_no_column_could_hold_a_word_about_anybody() -> None:
    names = {column.key for column in CapacityQuestion.__table__.columns}
    assert not {name for name in names if re.search(r"person|household|contact|need|name|note|text|phone", name)}


async def test_a_partner_is_asked_about_nobody_and_answers_once(desk: Desk, store: ServiceDatabase) -> None:
    harbour = organisation(store, answers_by="link")
    asked = await desk.post(CAPACITY, {"organisation_id": str(harbour), "domain": "money", "language": "so"})
    question = asked.json()
    assert (asked.status_code, question["state"]) == (201, "asked")
    problem(await desk.post(CAPACITY, {**asked.request.headers, "note": "for Amina"}), 422, "invalid")
    (letter,) = letters(store)
    assert (letter.link_kind, letter.person_id) == ("capacity_question", None)
    path = f"{CAPACITY}/{question['id']}"
    theirs = partner(desk, harbour)
    problem(await partner(desk, organisation(store)).get(path), 404, "not-found")
    problem(await theirs.post(f"{path}/answers", {"answer": "no", "places": 2}), 422, "invalid")
    answered = await theirs.post(f"{path}/answers", {"answer": "waiting_list", "wait_days": 10})
    assert (answered.status_code, answered.json()["wait_days"]) == (201, 10)
    problem(await theirs.post(f"{path}/answers", {"answer": "yes"}), 409, "conflict")
    assert [each for each in types(store) if "capacity" in each] == [
        "capacity_question.asked",
        "capacity_question.answered",
    ]
    assert [each["id"] for each in (await theirs.get(CAPACITY)).json()["items"]] == [question["id"]]
    assert (await desk.get(f"{CAPACITY}?state=asked")).json()["items"] == []
    assert all(people == [] for _, _, people in looks(store))


async def test_no_answer_is_one_too_and_a_late_one_counts(desk: Desk, alarms: Alarms, store: ServiceDatabase) -> None:
    harbour = organisation(store)
    body = {"organisation_id": str(harbour), "domain": "money", "urgency": "today"}
    question = (await desk.post(CAPACITY, body)).json()
    assert await at(alarms, START + timedelta(minutes=121)) == 1
    path = f"{CAPACITY}/{question['id']}"
    assert (await desk.get(path)).json()["state"] == "unanswered"
    assert (await partner(desk, harbour).post(f"{path}/answers", {"answer": "yes"})).json()["state"] == "answered"
    assert await at(alarms, START + timedelta(days=30)) == 0


# Discharges -----------------------------------------------------------------------------------------------------


def bundle(*more: dict[str, Any], home: datetime = HOME, message: str = "m-1", **ready: bool) -> dict[str, Any]:
    items = [{"linkId": name, "answer": [{"valueBoolean": value}]} for name, value in ready.items()]
    resources = [
        {"resourceType": "MessageHeader", "eventCoding": {"code": "discharge-notice"}},
        {
            "resourceType": "Patient",
            "name": [{"given": ["Amina"], "family": "Yusuf"}],
            "birthDate": "1997-02-03",
            "telecom": [{"system": "phone", "value": "07700 900123"}],
            "address": [{"line": ["1 Heath Street"], "postalCode": "RM8 1AA"}],
        },
        {"resourceType": "Encounter", "period": {"end": home.isoformat()}, "reasonCode": [{"text": "SECRET hip"}]},
        {"resourceType": "QuestionnaireResponse", "item": items},
        *more,
    ]
    return {
        "resourceType": "Bundle",
        "type": "message",
        "identifier": {"value": message},
        "entry": [{"resource": each} for each in resources],
    }


def hospital(desk: Desk) -> Desk:
    return desk.other(worker="hospital", role="partner", purpose="partner_referral", organisation=str(uuid4()))


async def noticed(desk: Desk, *more: dict[str, Any], **parts: Any) -> dict[str, Any]:
    answer = await hospital(desk).post(DISCHARGES, bundle(*more, **parts))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_hospital_tells_us_and_no_clinical_word_is_kept(desk: Desk, store: ServiceDatabase) -> None:
    clinical = {"resourceType": "Condition", "code": {"text": "SECRET fracture"}}
    taken = await noticed(desk, clinical, heating=True, key=True, falls_check=True)
    # The falls check and the call are ours, whatever the hospital says of them.
    assert taken["open_checks"] == ["home_ready", "food", "falls_check", "call"]
    assert taken["left_out"] == ["Condition"]
    view = (await desk.get(f"{DISCHARGES}/{taken['id']}")).json()
    assert view["told"] == {
        "name": "Amina Yusuf",
        "born_on": "1997-02-03",
        "phone": "07700 900123",
        "address": "1 Heath Street, RM8 1AA",
    }
    assert datetime.fromisoformat(view["call_by"]) == HOME + timedelta(hours=72)
    kept = "".join(
        str(store.rows(f"select * from {table}")) for table in ("discharge", "outbox", "audit_entry", "timer")
    )
    assert "SECRET" not in kept
    assert "Yusuf" not in str(events(store))


@pytest.mark.full
async def test_one_message_is_one_discharge(desk: Desk, store: ServiceDatabase) -> None:
    first, again = await noticed(desk), await noticed(desk, heating=True)
    assert (first["id"], first["open_checks"]) == (again["id"], again["open_checks"])
    assert (await noticed(desk, message="m-2"))["id"] != first["id"]
    assert types(store) == ["discharge.received", "discharge.received"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"identifier": None}, "message-id"),
        ({"entry": bundle()["entry"][:2]}, "home-at"),
        ({"entry": bundle()["entry"][2:]}, "patient-found"),
        ({"entry": bundle(home=HOME + timedelta(days=400))["entry"]}, "day-near-today"),
    ],
)
@pytest.mark.full
async def test_a_notice_that_is_none(desk: Desk, change: dict[str, Any], rule: str) -> None:
    refused = problem(await hospital(desk).post(DISCHARGES, {**bundle(), **change}), 422, "invalid")
    assert [each["rule"] for each in refused["errors"]] == [rule]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["resourceType", "name", "period", "end", "item", "linkId", "answer", "telecom", "system", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(entries=st.lists(_JSON, max_size=4))
def test_whatever_a_hospital_sends_is_read_or_refused(entries: list[Any]) -> None:
    sent = {**bundle(), "entry": [{"resource": each} for each in entries]}
    with pytest.raises(Invalid):
        reading.read(sent)
    whole = {**bundle(), "entry": [*bundle()["entry"], *({"resource": each} for each in entries)]}
    assert reading.read(whole).told["name"] == "Amina Yusuf"


async def test_what_must_be_ready_is_settled_and_the_call_comes_last(desk: Desk, store: ServiceDatabase) -> None:
    taken, person = await noticed(desk), uuid4()
    path = f"{DISCHARGES}/{taken['id']}"
    found = await desk.patch(path, {"person_id": str(person)}, if_match='"1"')
    assert (found.status_code, found.json()["person_id"]) == (200, str(person))
    problem(await desk.patch(path, {"person_id": str(person)}, if_match='"1"'), 412, "stale")
    refused = problem(await desk.post(f"{path}/checks", {"check": "call", "state": "not_needed"}), 422, "invalid")
    assert refused["errors"][0]["rule"] == "always-needed"
    refused = problem(await desk.post(f"{path}/checks", {"check": "call", "state": "done"}), 422, "invalid")
    assert refused["errors"][0]["rule"] == "call-at-home"
    for check in DischargeCheck:
        if check is not DischargeCheck.CALL:
            assert (await desk.post(f"{path}/checks", {"check": check, "state": "done"})).status_code == 201
    move_clock(store, HOME + timedelta(hours=3))
    settled = (await desk.post(f"{path}/checks", {"check": "call", "state": "done", "note": "All well"})).json()
    assert (settled["state"], settled["open_checks"]) == ("settled", [])
    problem(await desk.post(f"{path}/checks", {"check": "food", "state": "done"}), 409, "conflict")
    assert types(store)[-1] == "discharge.settled"
    assert store.rows("select 1 from timer where fired_at is null") == []
    assert (await desk.get(DISCHARGES)).json()["items"] == []


async def test_a_cold_home_and_a_call_not_made_go_to_a_manager(
    desk: Desk, alarms: Alarms, store: ServiceDatabase
) -> None:
    line(store, "any-manager", manages=True)
    taken = await noticed(desk)
    assert await at(alarms, HOME - timedelta(hours=4, minutes=1)) == 0
    assert await at(alarms, HOME - timedelta(hours=3, minutes=59)) == 1
    view = (await desk.get(f"{DISCHARGES}?overdue=true")).json()["items"][0]
    assert (view["id"], view["escalated_to"]) == (taken["id"], "any-manager")
    assert await at(alarms, HOME + timedelta(hours=71)) == 0
    assert await at(alarms, HOME + timedelta(hours=73)) == 1
    assert types(store) == ["discharge.received", "discharge.overdue", "discharge.overdue"]


async def test_who_does_not_come_home_is_forgotten(desk: Desk, alarms: Alarms, store: ServiceDatabase) -> None:
    taken = await noticed(desk)
    path = f"{DISCHARGES}/{taken['id']}"
    gone = (await desk.patch(path, {"cancelled": "died"}, if_match='"1"')).json()
    assert (gone["state"], gone["told"]) == ("cancelled", {})
    assert await at(alarms, HOME + timedelta(days=9)) == 0
    problem(await desk.patch(path, {"home_at": HOME.isoformat()}, if_match='"2"'), 409, "conflict")
    assert "Yusuf" not in str(store.rows("select * from discharge"))


@pytest.mark.full
async def test_somebody_kept_back_comes_home_unseen(desk: Desk, store: ServiceDatabase) -> None:
    taken, person = await noticed(desk), uuid4()
    await desk.patch(f"{DISCHARGES}/{taken['id']}", {"person_id": str(person)}, if_match='"1"')
    know(store, person, restricted=True)
    problem(await desk.get(f"{DISCHARGES}/{taken['id']}"), 404, "not-found")
    assert (await desk.get(DISCHARGES)).json()["items"] == []


# Landlords ------------------------------------------------------------------------------------------------------

DETAILS: dict[LandlordMessageKind, dict[str, Any]] = {
    LandlordMessageKind.MEDIATION_OFFERED: {},
    LandlordMessageKind.MEDIATION_MEETING: {"on": "2026-12-14"},
    LandlordMessageKind.TIME_ASKED: {"on": "2027-01-06"},
    LandlordMessageKind.PLAN_PROPOSED: {"amount_pence": 2_500, "every": "week", "on": "2026-12-14"},
    LandlordMessageKind.PAYMENT_MADE: {"amount_pence": 184_200, "on": "2026-12-04"},
    LandlordMessageKind.PAYMENT_COMING: {"amount_pence": 5_000, "on": "2026-12-14"},
}
NEVER = re.compile(
    r"benefit|abuse|risk|universal credit|debt|mental|health|pregnan|child|homeless|police|social|drug|alcohol|support|"
    + "|".join(each.value.replace("_", " ") for each in NeedDomain),
    re.IGNORECASE,
)


def writing(landlord: Any, kind: str, **details: Any) -> dict[str, Any]:
    person, basis = str(uuid4()), {**CONSENT}
    return {
        "organisation_id": str(landlord), "person_id": person, "tenancy": "T-1042", "kind": kind, "basis": basis,
        **details,
    }  # fmt: skip


@pytest.mark.parametrize("kind", LandlordMessageKind)
@pytest.mark.full
async def test_a_landlord_reads_of_mediation_and_payment_only(
    desk: Desk, store: ServiceDatabase, kind: LandlordMessageKind
) -> None:
    landlord = organisation(store, kind="private_landlord")
    sent = await desk.post(LANDLORDS, writing(landlord, kind, **DETAILS[kind]))
    assert sent.status_code == 201, sent.text
    (letter,) = letters(store)
    assert letter.text == sent.json()["text"], "what is on record is what was sent"
    assert not NEVER.search(letter.text + letter.subject), letter.text
    assert (letter.link_kind, "{" in letter.text) == (None, False)
    assert (await desk.get(f"{LANDLORDS}/{sent.json()['id']}")).json() == sent.json()
    assert types(store) == ["partner_message.addressed", "landlord_message.sent"]


def test_every_kind_has_its_words_and_none_says_more() -> None:
    assert set(landlords.FORMS) == set(LandlordMessageKind)
    for form in landlords.FORMS.values():
        assert not NEVER.search(form.words)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"kind": "eviction_advice"}, "enum"),
        ({"note": "She is fleeing her husband"}, "extra_forbidden"),
        ({"tenancy": "the lady with the depression"}, "string_pattern_mismatch"),
        ({"amount_pence": 5}, "no-such-detail"),
        ({"kind": "payment_made"}, "detail-of-this-kind"),
        ({"basis": {"basis": "consent"}}, "consent-recorded"),
    ],
)
async def test_nothing_else_can_be_said(desk: Desk, store: ServiceDatabase, change: dict[str, Any], rule: str) -> None:
    landlord = organisation(store, kind="housing_association")
    refused = problem(await desk.post(LANDLORDS, {**writing(landlord, "mediation_offered"), **change}), 422, "invalid")
    assert rule in {each["rule"] for each in refused["errors"]}
    assert letters(store) == []


@pytest.mark.full
async def test_only_landlords_are_written_to(desk: Desk, store: ServiceDatabase) -> None:
    body = writing(organisation(store), "mediation_offered")
    assert problem(await desk.post(LANDLORDS, body), 422, "invalid")["errors"][0]["rule"] == "landlord"
    assert NAME not in str(events(store))
