"""People whom risk introduces: for outreach alone, ordinary once met, else forgotten, never again if they object."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwe

from kit import clock
from kit.contracts.risk import Introduction
from kit.events.sealed import Keyring
from kit.store.timers import Timers
from services.casefile.app import SERVICE
from services.casefile.introductions import digests
from services.casefile.timeline import queries as story
from tests.casefile.doors import Casefile
from tests.casefile.facts import contact, decided, envelope, moment
from tests.service_doors import SEALING

TYPE = "risk.resident.introduced"
KELLY: dict[str, Any] = {
    "given": "Kelly",
    "family": "Pike",
    "born": "1991-03-04",
    "lines": ["12 Heath Road"],
    "postcode": "RM10 7XS",
    "uprn": "100023336956",
    "ward": "E05014061",
    "phone": "07700 900111",
    "source": "council_tax_accounts",
}
REGISTERED: dict[str, Any] = {
    "names": [{"given": "Kelly", "family": "Pike"}],
    "date_of_birth": "1991-03-04",
    "addresses": [{"lines": ["12 Heath Road"], "postcode": "RM10 7XS", "uprn": "100023336956"}],
}
OUTREACH: dict[str, Any] = {"purpose": "outreach"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


def introduced(resident: UUID, home: UUID, **told: Any) -> dict[str, Any]:
    """What risk's vault seals for casefile."""
    data = Introduction.model_validate({**KELLY, **told, "resident_id": resident, "home_id": home})
    bare = envelope(TYPE, {}, subject=resident, actor="system:risk", purpose="data_linkage")
    header = {"event": bare["id"], "type": TYPE, "subject": bare["subject"]}
    ring = Keyring(None, {"casefile": SEALING["casefile"].as_dict(private=False)})
    return {**bare, "data": {"jwe": ring.encrypt("casefile", header, data.model_dump_json().encode())}}


async def introduce(casefile: Casefile, resident: UUID | None = None, home: UUID | None = None, **told: Any) -> Any:
    """Tell casefile of a resident; its answer, or None."""
    before = len(casefile.announced("introduction.answered"))
    assert await casefile.take(introduced(resident or uuid4(), home or uuid4(), **told)) == ["taken"]
    answers = casefile.announced("introduction.answered")[before:]
    return answers[0]["data"] if answers else None


def objection(person: str, event: str = "recorded", *, id_: UUID, sequence: int = 1, purpose: str = "outreach") -> Any:
    state = "standing" if event == "recorded" else "withdrawn"
    data = {"objection_id": str(id_), "person_id": person, "purpose": purpose, "state": state, "changed_at": moment()}
    return envelope(f"triage.objection.{event}", data, subject=id_, sequence=sequence)


async def later(casefile: Casefile, days: int) -> int:
    clock.set_offset(timedelta(days=days))
    alarms = Timers(casefile.database, SERVICE.name, SERVICE.timers)
    fired = 0
    while await alarms.fire_one():
        fired += 1
    return fired


# For outreach alone ---------------------------------------------------------------------------------------


async def test_someone_unknown_is_made_for_outreach_alone(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    assert answer["outcome"] == "introduced"
    assert answer["expires_on"] == (clock.today() + timedelta(days=90)).isoformat()
    person, home = answer["person_id"], answer["household_id"]
    shown = await casefile.good("GET", f"/people/{person}", **OUTREACH)
    assert (shown["names"][0]["family"], shown["contacts"][0]["value"]) == ("Pike", "+447700900111")
    assert (await casefile.good("GET", f"/households/{home}", **OUTREACH))["members"][0]["person_id"] == person
    found = await casefile.good("POST", "/people/search", {"name": "Kelly Pike"}, **OUTREACH)
    assert [each["person_id"] for each in found["people"]] == [person]
    # Nobody but risk hears, and the vault is not told what it told us.
    assert [each["type"] for each in casefile.announced()] == ["casefile.introduction.answered"]
    assert casefile.announced("identity.changed") == []


@pytest.mark.full
@pytest.mark.parametrize("purpose", ["front_door", "universal_support", "safeguarding", "supervision"])
async def test_for_every_other_purpose_nobody_is_there(casefile: Casefile, purpose: str) -> None:
    answer = await introduce(casefile)
    person, home, stranger = answer["person_id"], answer["household_id"], str(uuid4())
    for path in ("/people/{}", "/people?ids={}", "/households?person_id={}", "/known?person_id={}"):
        mine = await casefile("GET", path.format(person), purpose=purpose)
        theirs = await casefile("GET", path.format(stranger), purpose=purpose)
        assert (mine.status_code, mine.text.replace(person, "")[:40]) == (
            theirs.status_code,
            theirs.text.replace(stranger, "")[:40],
        ), path
    for path in (f"/households/{home}", f"/households/{home}/timeline"):
        assert (await casefile("GET", path, purpose=purpose)).status_code == 404
    for query in ({"name": "Kelly Pike"}, {"postcode": "RM10 7XS"}, {"phone": "07700 900111"}):
        assert await casefile.good("POST", "/people/search", query, purpose=purpose) == {"people": []}
    change = await casefile("PATCH", f"/people/{person}", {"languages": ["so"]}, version=1, purpose=purpose)
    assert change.status_code == 404


async def test_registering_them_tells_nothing_of_them(casefile: Casefile) -> None:
    await introduce(casefile)
    made = await casefile("POST", "/people", REGISTERED)
    assert made.status_code == 201, made.text
    assert casefile.stored.rows("select * from match_review") == []


async def test_the_people_of_a_home_share_a_household(casefile: Casefile) -> None:
    home = uuid4()
    kelly = await introduce(casefile, home=home)
    wayne = await introduce(casefile, home=home, given="Wayne", born="1989-01-01")
    other = await introduce(casefile, given="Gloria", family="Mensah", uprn="7", phone=None, born=None)
    assert kelly["household_id"] == wayne["household_id"] != other["household_id"]


@pytest.mark.full
async def test_a_home_told_of_by_many_at_once_is_one_household(casefile: Casefile) -> None:
    home, resident = uuid4(), uuid4()
    events = [introduced(uuid4(), home, given=f"Given{n}", born=f"199{n}-01-01") for n in range(4)]
    events += [introduced(resident, home, given="Twice") for _ in range(2)]
    fates = await asyncio.gather(*(casefile.take(each) for each in events))
    assert {fate for each in fates for fate in each} == {"taken"}
    assert len(casefile.stored.rows("select id from household")) == 1
    assert len(casefile.stored.rows("select id from person")) == 5
    answers = [each["data"] for each in casefile.announced("introduction.answered")]
    assert len({each["person_id"] for each in answers if each["resident_id"] == str(resident)}) == 1


async def test_asked_again_the_answer_is_the_same(casefile: Casefile) -> None:
    resident, home = uuid4(), uuid4()
    first, second = await introduce(casefile, resident, home), await introduce(casefile, resident, home)
    assert first == second
    sequences = [int(each["sequence"]) for each in casefile.announced("introduction.answered")]
    assert sequences == [1, 2]
    assert len(casefile.stored.rows("select id from person")) == 1


@pytest.mark.full
async def test_asked_again_after_a_move_the_answer_names_the_new_home(casefile: Casefile) -> None:
    resident, home = uuid4(), uuid4()
    first = await introduce(casefile, resident, home)
    other = await casefile.person("Somebody", "Else")
    await casefile.take(contact("received", person=first["person_id"]))
    moving = {"person_id": first["person_id"]}
    await casefile.good("POST", f"/households/{other['household_id']}/members", moving)
    second = await introduce(casefile, resident, home)
    assert (second["outcome"], second["household_id"]) == ("known", other["household_id"])


async def test_what_a_source_holds_in_no_known_form_is_left_out(casefile: Casefile) -> None:
    answer = await introduce(casefile, postcode="nowhere", uprn="x", phone="12", born="31/02/1990")
    shown = await casefile.good("GET", f"/people/{answer['person_id']}", **OUTREACH)
    assert (shown["date_of_birth"], shown["contacts"]) == (None, [])
    assert shown["addresses"][0]["lines"] == ["12 Heath Road"]


async def test_the_sealed_word_is_on_record_and_nowhere_in_the_clear(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    rows = casefile.stored.rows("select action, record, person_ids from audit_entry order by id")
    assert [each["action"] for each in rows] == ["casefile.sealed_event.open", "introduce_resident"]
    assert str(rows[1]["person_ids"][0]) == answer["person_id"]
    assert "Kelly" not in json.dumps([each["envelope"] for each in casefile.stored.rows("select envelope from outbox")])


async def test_another_services_key_opens_nothing() -> None:
    told = introduced(uuid4(), uuid4())
    with pytest.raises(Exception, match=r".*"):
        jwe.decrypt_compact(told["data"]["jwe"], SEALING["risk"], algorithms=["ECDH-ES+A256KW", "A256GCM"])


# Whom the register has ------------------------------------------------------------------------------------


async def test_whom_the_register_certainly_has_is_known(casefile: Casefile) -> None:
    kelly = await casefile.good("POST", "/people", REGISTERED)
    answer = await introduce(casefile)
    assert (answer["outcome"], answer["person_id"], answer["household_id"], answer["expires_on"]) == (
        "known",
        kelly["id"],
        kelly["household_id"],
        None,
    )
    assert await later(casefile, 100) == 0
    assert (await casefile("GET", f"/people/{kelly['id']}")).status_code == 200


@pytest.mark.full
@pytest.mark.parametrize(
    "differs",
    [
        {"born": "1991-03-05"},
        {"born": None},
        {"given": "Kylie"},
        {"uprn": "7", "postcode": "E1 1AA", "phone": None},
    ],
)
async def test_in_doubt_they_are_introduced(casefile: Casefile, differs: dict[str, Any]) -> None:
    kelly = await casefile.good("POST", "/people", REGISTERED)
    answer = await introduce(casefile, **differs)
    assert answer["outcome"] == "introduced"
    assert answer["person_id"] != kelly["id"]


async def test_of_two_who_fit_neither_is_certain(casefile: Casefile) -> None:
    for _ in range(2):
        await casefile.good("POST", "/people", {**REGISTERED, "confirmed_new": True})
    assert (await introduce(casefile))["outcome"] == "introduced"


async def test_who_may_be_somebody_restricted_is_not_introduced(casefile: Casefile) -> None:
    kelly = await casefile.good("POST", "/people", REGISTERED)
    casefile.restrict(kelly["id"])
    assert await introduce(casefile) is None
    assert len(casefile.stored.rows("select id from person")) == 1


# Met ------------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_met_they_become_one_like_all_others(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    person, home = answer["person_id"], answer["household_id"]
    await casefile.take(contact("received", person=person, household=home))
    assert [each["type"].removeprefix("casefile.") for each in casefile.announced()] == [
        "introduction.answered",
        "household.formed",
        "person.registered",
        "introduction.answered",
    ]
    last = casefile.announced("introduction.answered")[-1]["data"]
    assert (last["outcome"], last["expires_on"]) == ("known", None)
    ((sealed,),) = casefile.sealed_for_risk()
    assert (str(sealed.person_id), sealed.family, sealed.introduced) == (person, "Pike", False)
    assert (await casefile.good("GET", f"/people/{person}"))["names"][0]["given"] == "Kelly"
    found = await casefile.good("POST", "/people/search", {"name": "Kelly Pike"})
    assert [each["person_id"] for each in found["people"]] == [person]
    assert await later(casefile, 200) == 0
    assert (await casefile("GET", f"/people/{person}")).status_code == 200
    # A second contact is nothing new.
    await casefile.take(contact("received", person=person, household=home))
    assert len(casefile.announced("person.registered")) == 1


@pytest.mark.full
async def test_of_a_home_only_who_was_met_is_told_of(casefile: Casefile) -> None:
    home = uuid4()
    kelly = await introduce(casefile, home=home)
    wayne = await introduce(casefile, home=home, given="Wayne", born="1989-01-01")
    await casefile.take(contact("received", person=kelly["person_id"]))
    (formed,) = casefile.announced("household.formed")
    assert [each["person_id"] for each in formed["data"]["members"]] == [kelly["person_id"]]
    household = await casefile.good("GET", f"/households/{kelly['household_id']}")
    assert [each["person_id"] for each in household["members"]] == [kelly["person_id"]]
    # Ninety days on, only he is forgotten.
    assert await later(casefile, 91) == 1
    assert (await casefile("GET", f"/people/{wayne['person_id']}", **OUTREACH)).status_code == 404
    assert (await casefile("GET", f"/people/{kelly['person_id']}")).status_code == 200


@pytest.mark.full
async def test_both_met_one_after_the_other(casefile: Casefile) -> None:
    home = uuid4()
    kelly = await introduce(casefile, home=home)
    wayne = await introduce(casefile, home=home, given="Wayne", born="1989-01-01")
    for each in (kelly, wayne):
        await casefile.take(contact("received", person=each["person_id"]))
    (changed,) = casefile.announced("household.changed")
    assert len(changed["data"]["members"]) == 2


async def test_a_decision_after_the_contact_opens_a_case(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    person, home = answer["person_id"], answer["household_id"]
    await casefile.take(contact("received", person=person, household=home), decided(person=person, household=home))
    (case,) = (await casefile.good("GET", "/cases"))["items"]
    assert case["household_id"] == home


@pytest.mark.full
async def test_before_anybody_met_them_nothing_is_built_on_them(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    other = await casefile.person("Somebody", "Else")
    person = answer["person_id"]
    for path, body, version in (
        (f"/people/{person}/merge", {"survivor_id": other["id"], "reason": "the same"}, 1),
        (f"/people/{other['id']}/merge", {"survivor_id": person, "reason": "the same"}, 1),
        (f"/people/{person}/relationships", {"other_id": other["id"], "kind": "friend"}, None),
        ("/households", {"person_ids": [person]}, None),
        (f"/households/{other['household_id']}/members", {"person_id": person}, None),
        (
            f"/households/{answer['household_id']}/members",
            {"person_id": person, "until": clock.today().isoformat()},
            None,
        ),
    ):
        answered = await casefile("POST", path, body, version=version, **OUTREACH)
        assert answered.status_code == 409, (path, answered.text)
    # A number that turned out wrong is put right, and stays between us.
    mended = await casefile("PATCH", f"/people/{person}", {"contacts": []}, version=1, **OUTREACH)
    assert mended.status_code == 200, mended.text
    assert casefile.announced("person.changed") == []
    assert [[str(each.person_id) for each in event] for event in casefile.sealed_for_risk()] == [[other["id"]]]
    assert await casefile.good("POST", "/people/search", {"name": "Kelly Pike"}) == {"people": []}


# Forgotten ------------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_nobody_met_them_and_nothing_of_them_is_left(casefile: Casefile) -> None:
    resident, home = uuid4(), uuid4()
    answer = await introduce(casefile, resident, home)
    await introduce(casefile, home=home, given="Wayne", born="1989-01-01")
    offered = {
        "offer_id": str(uuid4()),
        "kind": "first_missed_council_tax",
        "offer": "money_help",
        "person_id": answer["person_id"],
        "household_id": answer["household_id"],
        "status": "offered",
        "offered_at": moment(),
        "changed_at": moment(),
    }
    await casefile.take(envelope("triage.outreach.offered", offered))
    await casefile.let_in(answer["household_id"], "worker-1")
    page = await casefile.good("GET", f"/households/{answer['household_id']}/timeline", **OUTREACH)
    assert len(page["items"]) == 1
    assert await later(casefile, 89) == 0
    assert await later(casefile, 91) == 2
    for table in ("person", "household", "membership", "person_search", "timeline_entry", "outreach_objection"):
        assert casefile.stored.rows(f"select * from {table}") == [], table
    for row in casefile.stored.rows("select payload, salt from timeline_log"):
        assert (row["payload"], row["salt"]) == (None, None)
    async with casefile.unit() as unit:
        assert await story.first_break(unit) is None
    erased = [each["data"] for each in casefile.announced("introduction.answered")][-2:]
    assert {each["outcome"] for each in erased} == {"erased"}
    assert casefile.stored.rows("select token from name_token") != []
    assert await later(casefile, 93) == 1
    assert casefile.stored.rows("select token from name_token") == []
    # A new fact may introduce them anew: another person, for other 90 days.
    anew = await introduce(casefile, resident, home)
    assert anew["person_id"] != answer["person_id"]


async def test_an_alarm_that_lost_the_race_erases_nobody(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    casefile.stored.execute("create table kept as select * from timer")
    await casefile.take(contact("received", person=answer["person_id"]))
    casefile.stored.execute("insert into timer select * from kept")
    casefile.stored.execute("drop table kept")
    assert await later(casefile, 91) == 1
    assert (await casefile("GET", f"/people/{answer['person_id']}")).status_code == 200


# Objections -----------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_who_objected_is_never_introduced_again(casefile: Casefile) -> None:
    resident, home = uuid4(), uuid4()
    answer = await introduce(casefile, resident, home)
    await casefile.take(objection(answer["person_id"], id_=uuid4()))
    # Not while they are here, not once they are forgotten, not under another id, not at another address.
    assert await introduce(casefile, resident, home) is None
    assert await introduce(casefile, given="KELLY", uprn="7", postcode="E1 1AA", phone=None) is None
    assert await later(casefile, 91) == 1
    assert casefile.stored.rows("select * from person") == []
    assert await introduce(casefile, resident, home, given="Changed", born=None, uprn=None, phone=None) is None
    assert await introduce(casefile) is None
    assert await introduce(casefile, born=None) is None
    # What is kept tells nothing of them.
    kept = casefile.stored.rows("select * from outreach_objection")
    assert len(kept) >= 4
    assert not any(each in str(kept) for each in ("Kelly", "kelly", "pike", "1991", "100023336956"))


@pytest.mark.full
async def test_a_son_of_the_same_name_is_not_his_father(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    await casefile.take(objection(answer["person_id"], id_=uuid4()))
    await later(casefile, 91)
    assert (await introduce(casefile, born="2005-01-01", phone=None))["outcome"] == "introduced"
    # With no date of birth nobody can tell: then the objection counts.
    assert await introduce(casefile, born=None) is None


async def test_an_ordinary_person_who_objected_is_not_introduced_by_a_doubtful_match(casefile: Casefile) -> None:
    kelly = await casefile.good("POST", "/people", REGISTERED)
    await casefile.take(objection(kelly["id"], id_=uuid4()))
    assert await introduce(casefile, born=None) is None
    assert await introduce(casefile, uprn="7", postcode="E1 1AA", phone=None) is None
    # Certainly they: risk may know who it is, and triage offers nothing.
    assert len(casefile.stored.rows("select id from person")) == 1


async def test_an_objection_taken_back_counts_no_more_in_whatever_order_it_comes(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    id_ = uuid4()
    await casefile.take(objection(answer["person_id"], "withdrawn", id_=id_, sequence=2))
    await casefile.take(objection(answer["person_id"], id_=id_, sequence=1))
    assert casefile.stored.rows("select * from outreach_objection") == []
    await later(casefile, 91)
    assert (await introduce(casefile))["outcome"] == "introduced"


async def test_an_objection_to_something_else_forbids_nothing(casefile: Casefile) -> None:
    answer = await introduce(casefile)
    await casefile.take(objection(answer["person_id"], id_=uuid4(), purpose="participation"))
    await later(casefile, 91)
    assert (await introduce(casefile))["outcome"] == "introduced"


async def test_another_key_recognises_nobody_and_that_shows(
    casefile: Casefile, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = await introduce(casefile)
    await casefile.take(objection(answer["person_id"], id_=uuid4()))
    async with casefile.unit() as unit:
        assert await digests.stale(unit) == 0
    digests.use_key("another key of the tests, as long as the first one was")
    async with casefile.unit() as unit:
        assert await digests.stale(unit) > 0
