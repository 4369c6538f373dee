"""His side records something about her: at each door of triage, now and afterwards, the answers are a stranger's.

Ada works with her; Ben with him, and is barred from her. The same is asked and done about her and about a stranger,
and every answer is compared: status, words, and what is in it where whoever is asked about goes by one name.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

import httpx
import pytest
from joserfc.jwk import OKPKey

from kit import clock
from kit.events import sealed
from kit.store.db import Database
from kit.store.timers import Timers
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from tests.triage.desk import SEALING, Desk, events, know, opened, problem
from tests.triage.hub_day.day import Day, put_hub, separate
from tests.triage.partners import CONSENT, body, organisation

__all__ = ["Day"]

Officer = tuple[str, str]
FRONT: Officer = ("triage_officer", "front_door")
OUTREACH: Officer = ("triage_officer", "outreach")
KEYS = OKPKey.generate_key("X25519", {"kid": "triage"}, private=True)


@dataclass(frozen=True)
class Scene:
    """Kelly, whose home we know, protected from Wayne."""

    store: ServiceDatabase
    desk: Desk
    her: UUID
    home: UUID
    partner: UUID
    landlord: UUID

    def ben(self, officer: Officer = FRONT) -> Desk:
        return self.desk.other(worker="ben", role=officer[0], purpose=officer[1])

    def ada(self, officer: Officer = FRONT) -> Desk:
        return self.desk.other(worker="ada", role=officer[0], purpose=officer[1])

    def known(self, *, him: UUID) -> None:
        separate(self.store, self.her, him, barred=["ben"])
        lives = json.dumps([{"household_id": str(self.home), "from": "2020-01-01", "to": None}])
        self.store.execute("update known_person set households = %s where id = %s", [lives, self.her])


@pytest.fixture
async def scene(database: Callable[[str], ServiceDatabase]) -> AsyncIterator[Scene]:
    store = database("triage")
    async with opened(store) as desk:
        sealed.use_keys(
            "triage",
            {"keys": [KEYS.as_dict(private=True)]},
            {"triage": KEYS.as_dict(private=False), "gateway": SEALING.as_dict(private=False)},
        )
        await put_hub(Day(desk, store, None), "heath")  # type: ignore[arg-type]
        made = Scene(store, desk, uuid4(), uuid4(), organisation(store), organisation(store, kind="private_landlord"))
        made.known(him=uuid4())
        yield made


def later(days: int) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


Asked = Callable[[Scene, str, str], dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """One that takes a person: what is sent, and where it is looked for afterwards."""

    path: str
    said: Asked
    looks: tuple[str, ...]
    officer: Officer = FRONT
    read: bool = True


DOORS = {
    "contact": Door(
        "contacts",
        lambda scene, person, _: {
            "person_id": person, "channel": "walk_in", "hub": "heath", "needs": [{"domain": "money"}],
            "safe_contact": {"ways": ["text"], "never": ["call"]}, "language": "so",
        },
        ("contacts?person_id={}", "contacts", "contacts?hub=heath", "known?person_id={}", "queue"),
    ),
    "speaker": Door(
        "speakers",
        lambda scene, person, _: {"person_id": person, "capacity": "themself", "word": "red kettle"},
        ("speakers?person_id={}", "known?person_id={}"),
        read=False,
    ),
    "referral": Door(
        "referrals",
        lambda scene, person, _: body(scene.partner, person_id=person),
        ("referrals?person_id={}", "referrals"),
    ),
    "letter to a landlord": Door(
        "landlord-messages",
        lambda scene, person, _: {
            "organisation_id": str(scene.landlord), "person_id": person, "tenancy": "T-1042",
            "kind": "mediation_offered", "basis": CONSENT,
        },
        ("landlord-messages?person_id={}", "landlord-messages"),
    ),
    "offer": Door(
        "outreach",
        lambda scene, person, home: {
            "person_id": person, "household_id": home, "kind": "first_missed_council_tax",
        },
        ("outreach", "recovery-holds"),
        OUTREACH,
    ),
    "hold": Door(
        "recovery-holds",
        lambda scene, person, _: {"person_id": person, "creditor": "council_tax"},
        ("recovery-holds",),
        OUTREACH,
    ),
    "hold at an address": Door(
        "recovery-holds",
        lambda scene, person, home: {"person_id": person, "household_id": home, "creditor": "council_tax"},
        ("recovery-holds",),
        OUTREACH,
    ),
    "plan for meeting": Door(
        "meeting-plans",
        lambda scene, person, _: {
            "person_id": person, "steps": ["ring_before"], "person_told": True, "review_on": later(90),
        },
        ("meeting-plans?person_id={}",),
    ),
    "visit": Door(
        "lone-visits",
        lambda scene, person, _: {"person_id": person, "hub": "heath", "where_to": "the blue door", "minutes": 30},
        ("lone-visits",),
    ),
    "loan": Door(
        "device-loans",
        lambda scene, person, _: {
            "person_id": person, "device": "TAB-" + person[:4].upper(), "hub": "heath", "due_on": later(30),
        },
        ("device-loans",),
    ),
    "immigration": Door(
        "immigration-answers",
        lambda scene, person, _: {
            "person_id": person, "turns_on": "homelessness_eligibility", "status": "leave_without_recourse",
        },
        ("immigration-answers?person_id={}&turns_on=homelessness_eligibility",),
        read=False,
    ),
    "interpreter": Door(
        "interpreters", lambda scene, person, _: {"person_id": person, "language": "so"}, ("interpreters",)
    ),
    "ticket": Door(
        "hubs/heath/tickets",
        lambda scene, person, _: {"person_id": person},
        ("hubs/heath/tickets",),
    ),
    "objection": Door(
        "objections",
        lambda scene, person, _: {"person_id": person, "said_by": "themselves", "confirmed_by": "in_person"},
        ("objections?person_id={}",),
        OUTREACH,
    ),
}  # fmt: skip

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# As a machine writes a moment, and as the queue says it to a person: a minute may pass between two answers.
_AT = re.compile(r"20\d\d-\d\d-\d\dT[0-9:.]+(Z|\+\d\d:\d\d)|[A-Z][a-z]+day \d+ [A-Z][a-z]+ at \d\d:\d\d")
_ORDINAL = re.compile(r'"(number|place|device|version|reference)":\s*("[^"]*"|\d+)')


def bare(response: httpx.Response, *names: str) -> tuple[int, str]:
    """Status and words, where whoever is asked about goes by one name, and new ids and moments by none."""
    text = response.text
    for name in names:
        text = text.replace(name, "somebody")
    text = _AT.sub("then", _ID.sub("id", text))
    return response.status_code, _ORDINAL.sub("", text)


def whoever(scene: Scene) -> tuple[tuple[str, str], tuple[str, str]]:
    """A stranger and a home nobody knows; then her, and hers."""
    return (str(uuid4()), str(uuid4())), (str(scene.her), str(scene.home))


@pytest.mark.parametrize("door", sorted(DOORS))
async def test_what_he_records_of_her_reads_as_of_a_stranger(scene: Scene, door: str) -> None:
    at = DOORS[door]
    ben = scene.ben(at.officer)
    # Somebody who may know her has said so already: it must neither stand in the way nor show.
    if door != "visit":
        first = await scene.ada(at.officer).post(
            f"/v1/triage/{at.path}", at.said(scene, str(scene.her), str(scene.home))
        )
        assert first.status_code in (200, 201), first.text
        scene.store.execute("delete from device_loan where device like 'TAB-%%'")
    answers = []
    for person, home in whoever(scene):
        here: list[tuple[str, Any]] = []
        made = await ben.post(f"/v1/triage/{at.path}", at.said(scene, person, home))
        here.append(("made", bare(made, person, home)))
        again = await ben.post(f"/v1/triage/{at.path}", at.said(scene, person, home))
        here.append(("again", bare(again, person, home)))
        if at.read and made.status_code == 201:
            here.append(("read", bare(await ben.get(made.headers["location"]), person, home)))
        for look in at.looks:
            seen = await ben.get(f"/v1/triage/{look}".format(person))
            here.append((look.partition("?")[0], (seen.status_code, seen.text.count(person))))
        if door == "visit":
            scene.store.execute("delete from lone_visit")
        answers.append(here)
    strangers, hers = answers
    assert strangers == hers
    assert strangers[0][1][0] in (201, 422), strangers


@pytest.mark.parametrize("door", sorted(each for each, at in DOORS.items() if at.read and each != "hold"))
async def test_nobody_else_who_is_kept_from_her_reads_what_he_typed(scene: Scene, door: str) -> None:
    """But at a hub, where somebody has to call her; there it is a stranger's for all of them."""
    at = DOORS[door]
    scene.store.execute("update known_person set barred_workers = array['ben', 'bob'] where id = %s", [scene.her])
    made = await scene.ben(at.officer).post(f"/v1/triage/{at.path}", at.said(scene, str(scene.her), str(scene.home)))
    assert made.status_code == 201
    bob = scene.desk.other(worker="bob", role=at.officer[0], purpose=at.officer[1])
    seen = await bob.get(made.headers["location"])
    if door in ("ticket", "interpreter"):
        assert str(scene.her) in seen.text
    elif door == "visit":
        # That a colleague went in is everybody's to know, not whom they visit.
        assert (seen.status_code, str(scene.her) in seen.text) == (200, False)
    else:
        # Some are read among others alone.
        assert seen.status_code == 404 or made.json()["id"] not in seen.text
        for look in at.looks:
            listed = await bob.get(f"/v1/triage/{look}".format(scene.her))
            assert made.json()["id"] not in listed.text, look


# A contact, whole -----------------------------------------------------------------------------------------


async def whole_path(scene: Scene, person: str, home: str) -> list[tuple[str, Any]]:
    """What an officer does with somebody at the desk: every answer on the way, and what they read at its end."""
    ben, here = scene.ben(), list[tuple[str, Any]]()

    async def did(what: str, sent: Any) -> httpx.Response:
        answer = await sent
        here.append((what, bare(answer, person, home)))
        return cast(httpx.Response, answer)

    asked = {"person_id": person, "channel": "walk_in", "hub": "heath", "needs": [{"domain": "housing"}]}
    contact = (await did("recorded", ben.post("/v1/triage/contacts", asked))).headers["location"]
    need = (await ben.get(contact)).json()["needs"][0]["id"]
    told = [{"need_id": need, "where_tonight": "nowhere", "may_lose_home_within_56_days": True}]
    await did("changed", ben.patch(contact, {"answers": told, "language": "so"}, if_match='"1"'))
    await did("one more need", ben.post(f"{contact}/needs", {"domain": "money"}))
    task = {"kind": "bill", "how": "booked", "reference": "R-1"}
    booked = (await did("task", ben.post(f"{contact}/everyday-tasks", task))).headers["location"]
    await did("task read", ben.get(booked))
    await did("tasks", ben.get(f"/v1/triage/everyday-tasks?contact_id={contact.rpartition('/')[2]}"))
    await did("chased", ben.post(f"{booked}/chases", {}, if_match='"1"'))
    await did("task done", ben.post(f"{booked}/result", {"result": "done"}, if_match='"2"'))
    await did("application", ben.get(f"{contact}/homelessness-application"))
    version = (await ben.get(contact)).headers["etag"]
    over = {"to_worker": "cem", "resident": "told", "reason": "knows the ward"}
    offered = (await did("handed over", ben.post(f"{contact}/handovers", over, if_match=version))).headers["location"]
    await did("handover", ben.get(offered))
    await did("taken back", ben.post(f"{offered}/withdrawal", {"reason": "mine after all"}))
    decision = {"outcome": "targeted", "specialism": "housing", "reason": "Sleeps outside"}
    version = (await ben.get(contact)).headers["etag"]
    await did("decided", ben.post(f"{contact}/decisions", decision, if_match=version))
    await did("read", ben.get(contact))
    for look in (
        f"contacts?person_id={person}", f"known?person_id={person}", "queue", f"households/{home}/handovers",
        "homelessness-applications", "handovers",
    ):  # fmt: skip
        seen = await ben.get(f"/v1/triage/{look}")
        here.append((look.partition("?")[0].replace(home, ""), (seen.status_code, seen.text.count(person))))
    return here


async def test_from_the_desk_to_the_decision_he_is_answered_as_of_a_stranger(scene: Scene) -> None:
    hers = {"person_id": str(scene.her), "channel": "phone", "hub": "heath", "needs": [{"domain": "money"}]}
    assert (await scene.ada().post("/v1/triage/contacts", hers)).status_code == 201
    strangers, about_her = [await whole_path(scene, *each) for each in whoever(scene)]
    assert strangers == about_her
    assert {each[1][0] for each in strangers} <= {200, 201}, strangers


async def test_no_event_of_it_is_about_her_and_each_about_the_same_stranger(scene: Scene) -> None:
    before = len(events(scene.store))
    await whole_path(scene, str(scene.her), str(scene.home))
    told = [each for each in events(scene.store)[before:] if "person_id" in each["data"]]
    assert len(told) > 8
    # To housing alone as whom: what he finds there stands under the id that he typed, and nothing follows from it.
    as_whom = {each["type"] for each in told if each["data"].pop("told_person_id", None) == str(scene.her)}
    assert as_whom == {"triage.homelessness_application.opened"}
    assert str(scene.her) not in json.dumps(told)
    (stand_in,) = {each["data"]["person_id"] for each in told}
    assert UUID(stand_in).version == 7
    assert str(scene.home) not in json.dumps(told)


async def test_whoever_may_know_her_sees_it_and_does_not_write_in_it(scene: Scene) -> None:
    await whole_path(scene, str(scene.her), str(scene.home))
    asked = DOORS["contact"].said(scene, str(scene.her), str(scene.home))
    contact = (await scene.ben().post("/v1/triage/contacts", asked)).headers["location"]
    ada = scene.ada()
    listed = (await ada.get(f"/v1/triage/contacts?person_id={scene.her}")).json()["items"]
    assert len(listed) == 2
    refused = problem(
        await ada.patch(contact, {"what_matters": "that he never finds out"}, if_match='"1"'), 409, "conflict"
    )
    assert "may not know" in refused["detail"]
    # Nothing that he typed is an answer of hers, and nothing of it waits in anybody's queue but his.
    assert (await ada.get(f"/v1/triage/known?person_id={scene.her}")).json() == []
    assert str(scene.her) not in (await ada.get("/v1/triage/queue")).text
    # A third, who has to do with neither of them, is barred from nobody and sees what Ada sees.
    assert (await scene.desk.other(worker="cem").get(contact)).status_code == 200


async def test_a_word_he_chose_for_her_opens_no_door(scene: Scene) -> None:
    speaker = DOORS["speaker"].said(scene, str(scene.her), "")
    assert (await scene.ben().post("/v1/triage/speakers", speaker)).status_code == 201
    call = {"person_id": str(scene.her), "word": "red kettle"}
    assert (await scene.ada().post("/v1/triage/speakers/checks", call)).json()["confirmed"] is False
    assert (await scene.ben().post("/v1/triage/speakers/checks", call)).json()["confirmed"] is True


async def test_a_contact_that_he_gives_to_her_later_is_taken_blindly_too(scene: Scene) -> None:
    unnamed = {"channel": "walk_in", "hub": "heath", "needs": [{"domain": "money"}]}
    answers = []
    for person, home in whoever(scene):
        contact = (await scene.ben().post("/v1/triage/contacts", unnamed)).headers["location"]
        given = await scene.ben().patch(contact, {"person_id": person}, if_match='"1"')
        answers.append([bare(given, person, home), bare(await scene.ben().get(contact), person, home)])
    assert answers[0] == answers[1]
    assert str(scene.her) not in json.dumps([each["data"] for each in events(scene.store)])
    # What counts is who he may know now: given to somebody else it is an ordinary contact.
    know(scene.store, stranger := uuid4())
    given = await scene.ben().patch(contact, {"person_id": str(stranger)}, if_match='"2"')
    assert given.status_code == 200
    (row,) = scene.store.rows("select blind_by from contact where person_id = %s", [stranger])
    assert row["blind_by"] is None


# Concerns -------------------------------------------------------------------------------------------------

CONCERNS = "/v1/triage/safeguarding-concerns"
MANAGER: Officer = ("manager", "supervision")


async def keep_up(store: ServiceDatabase) -> None:
    """The queue follows a concern in a transaction of its own."""
    database = Database(store.url, pool=2)
    alarms = Timers(database, SERVICE.name, SERVICE.timers)
    while await alarms.fire_one():
        pass
    await database.close()


@pytest.mark.parametrize("named", ["people", "home"])
async def test_a_manager_reads_of_his_own_concern_what_he_wrote_whoever_it_is_about(scene: Scene, named: str) -> None:
    ben, lead = scene.ben(MANAGER), scene.desk.other(worker="lead", role="safeguarding_lead", purpose="safeguarding")
    words = {"what_happened": "she shouts at the boy", "level": "amber", "kind": "child", "fgm_under_18": True}

    def whom(person: str, home: str) -> dict[str, Any]:
        return {"person_ids": [str(uuid4()), person], "household_id": home} if named == "people" else {
            "household_id": home
        }  # fmt: skip

    async def raised(by: Desk, **sent: Any) -> httpx.Response:
        return await by.send("POST", CONCERNS, json.dumps(sent).encode())

    async def looked(concern: str) -> list[tuple[str, Any]]:
        await keep_up(scene.store)
        id_ = concern.rpartition("/")[2]
        found: list[tuple[str, Any]] = []
        for what, path in (("read", concern), ("receipt", f"{concern}/receipt")):
            found.append((what, bare(await ben.get(path), *known)))
        for path in (CONCERNS, f"{CONCERNS}?state=acknowledged", "/v1/triage/queue?kind=safeguarding"):
            mine = [
                each for each in (await ben.get(path)).json()["items"] if id_ in (each["id"], each.get("subject_id"))
            ]
            found.append((path, bare(httpx.Response(200, json=mine), *known)))
        return found

    answers = []
    for person, home in whoever(scene):
        known = (person, home)
        # What somebody wrote who may know her is not there for him; of a stranger there is nothing.
        first = (await raised(scene.ada(), **whom(person, home), what_happened="before")).headers["location"]
        made = await raised(ben, **whom(person, home), **words)
        concern = made.headers["location"]
        here: list[tuple[str, Any]] = [("made", bare(made, person, home)), *await looked(concern)]
        if home != str(scene.home):
            assert (await ben.get(first)).status_code == 200
        else:
            problem(await ben.get(first), 404, "not-found")
            assert first.rpartition("/")[2] not in (await ben.get(CONCERNS)).text
        taken = await lead.post(f"{concern}/acknowledgements", {"note": "Nobody yet"})
        assert taken.status_code == 201
        here += await looked(concern)
        assert (await lead.post(f"{concern}/police-report", {"reference": "P-1"})).status_code == 204
        answers.append(here)
    strangers, hers = answers
    # A note of the team's and who told the police are words that others wrote about her: he reads his own alone.
    plain = re.compile(r'"acknowledgement_note":("[^"]*"|null)')
    assert [(each, plain.sub("", str(said))) for each, said in strangers] == [
        (each, plain.sub("", str(said))) for each, said in hers
    ]
    (_, said) = hers[1]
    assert (said[0], "she shouts at the boy" in said[1]) == (200, True)
    read, whole = (await ben.get(concern)).json(), (await lead.get(concern)).json()
    assert (read["acknowledgement_note"], whole["acknowledgement_note"]) == (None, "Nobody yet")
    assert (read["police_reference"], whole["police_reference"]) == (None, "P-1")
    assert (read["police_report_owed"], whole["police_report_owed"]) == (True, False)
    assert (read["acknowledged_by"], read["state"]) == ("lead", "acknowledged")
    # Nothing stood in its way: the team has it with her id, and so has whoever else may know of her.
    assert whole["household_id"] == str(scene.home)
    assert (await scene.ada(MANAGER).get(concern)).json()["acknowledgement_note"] == "Nobody yet"
    # A report of his own is his to read.
    assert (await ben.post(f"{concern}/police-report", {"reference": "P-2"})).status_code == 204
    assert (await ben.get(concern)).json()["police_reference"] == "P-2"
    # What he raised before he was kept from her is as gone as anything else of hers.
    scene.store.execute("update safeguarding_concern set blind_by = null where raised_by = 'ben'")
    problem(await ben.get(concern), 404, "not-found")


# A home without a name --------------------------------------------------------------------------------------


async def of_a_home(scene: Scene, home: str) -> list[tuple[str, Any]]:
    """What an officer says and asks of a home alone: every answer on the way."""
    ben, here = scene.ben(), list[tuple[str, Any]]()

    async def did(what: str, sent: Any) -> httpx.Response:
        answer = await sent
        here.append((what, bare(answer, home)))
        return cast(httpx.Response, answer)

    asked = {"household_id": home, "channel": "walk_in", "hub": "heath", "needs": [{"domain": "housing"}]}
    contact = (await did("recorded", ben.post("/v1/triage/contacts", asked))).headers["location"]
    need = (await ben.get(contact)).json()["needs"][0]["id"]
    told = [{"need_id": need, "where_tonight": "nowhere", "may_lose_home_within_56_days": True}]
    await did("changed", ben.patch(contact, {"answers": told, "asked_again": ["person.languages"]}, if_match='"1"'))
    booked = await did(
        "task", ben.post(f"{contact}/everyday-tasks", {"kind": "bill", "how": "booked", "reference": "R-1"})
    )
    await did("task read", ben.get(booked.headers["location"]))
    await did("application", ben.get(f"{contact}/homelessness-application"))
    version = (await ben.get(contact)).headers["etag"]
    over = {"to_worker": "cem", "resident": "told", "reason": "knows the ward"}
    offered = (await did("handed over", ben.post(f"{contact}/handovers", over, if_match=version))).headers["location"]
    await did("handover", ben.get(offered))
    # Given the home later, and given somebody else's.
    unnamed = {"channel": "phone", "hub": "heath", "needs": [{"domain": "money"}]}
    other = (await ben.post("/v1/triage/contacts", unnamed)).headers["location"]
    await did("given", ben.patch(other, {"household_id": home}, if_match='"1"'))
    await did("given read", ben.get(other))
    # An offer answers with the open one of that home, whoever is named.
    call = {"person_id": str(uuid4()), "household_id": home, "kind": "first_missed_council_tax"}
    outreach = scene.ben(OUTREACH)
    made = await did("offered", outreach.post("/v1/triage/outreach", call))
    here.append(("whose offer", made.json().get("person_id") == call["person_id"]))
    held = {"kind": "time_only", "hub": "heath", "worker": "cem", "household_id": home, "about": "money",
            "starts_at": f"{later(8)}T10:00:00+00:00", "ends_at": f"{later(8)}T10:30:00+00:00"}  # fmt: skip
    held.pop("ends_at")
    time = await did("held", ben.post("/v1/triage/appointments", held))
    await did("held read", ben.get(time.headers["location"]))
    scene.store.execute("update appointment set state = 'cancelled' where id = %s", [time.json()["id"]])
    await keep_up(scene.store)
    for look in (f"queue?household_id={home}", f"households/{home}/handovers"):
        await did(look.replace(home, ""), ben.get(f"/v1/triage/{look}"))
    for look in (
        "contacts", "queue", "homelessness-applications", "handovers", "outreach", "appointments", "everyday-tasks",
    ):  # fmt: skip
        seen = await (outreach if look == "outreach" else ben).get(f"/v1/triage/{look}")
        here.append((look, (seen.status_code, seen.text.count(home))))
    return here


async def by_those_who_may_know(scene: Scene, home: str) -> list[str]:
    """What stands of a home before: Ada's, who may know of whoever lives there."""
    ada, made = scene.ada(), list[httpx.Response]()
    asked = {"household_id": home, "channel": "phone", "hub": "heath", "asked_again": ["person.languages"],
             "needs": [{"domain": "housing", "homelessness_signs": ["notice_served"]}]}  # fmt: skip
    made.append(await ada.post("/v1/triage/contacts", asked))
    contact = made[0].headers["location"]
    made.append(await ada.post(f"{contact}/everyday-tasks", {"kind": "bill", "how": "booked", "reference": "R-1"}))
    over = {"to_worker": "cem", "resident": "told", "reason": "knows the ward"}
    made.append(await ada.post(f"{contact}/handovers", over, if_match=(await ada.get(contact)).headers["etag"]))
    call = {"person_id": str(scene.her), "household_id": home, "kind": "first_missed_council_tax"}
    offer = await scene.ada(OUTREACH).post("/v1/triage/outreach", call)
    assert offer.status_code == 201
    held = {"kind": "time_only", "hub": "heath", "worker": "dora", "household_id": home, "about": "money",
            "starts_at": f"{later(9)}T10:00:00+00:00"}  # fmt: skip
    time = await ada.post("/v1/triage/appointments", held)
    concern = await ada.send("POST", CONCERNS, json.dumps({"household_id": home}).encode())
    assert [each.status_code for each in (*made, time, concern)] == [201] * 5
    seen = (await scene.ben().get(time.headers["location"])).json()
    assert (seen["household_id"], seen["about"], seen["kind"]) == (None, None, "time_only")
    assert (await ada.get(time.headers["location"])).json()["household_id"] == home
    return [each.headers["location"] for each in made]


async def test_of_a_home_alone_he_is_answered_as_of_a_strangers(scene: Scene) -> None:
    theirs = await by_those_who_may_know(scene, str(scene.home))
    for each in theirs:
        problem(await scene.ben().get(each), 404, "not-found")
        assert (await scene.ada().get(each)).status_code == 200
        assert (await scene.desk.other(worker="cem").get(each)).status_code == 200
    await keep_up(scene.store)
    before = len(events(scene.store))
    strangers, hers = [await of_a_home(scene, home) for _, home in whoever(scene)]
    assert strangers == hers
    assert {each[1][0] for each in strangers if isinstance(each[1], tuple)} <= {200, 201}, strangers
    told = [each["data"] for each in events(scene.store)[before:]]
    assert [each.pop("told_household_id", None) for each in told].count(str(scene.home)) == 1
    assert str(scene.home) not in json.dumps(told)
    # His own manager's list of what waits: neither his words nor Ada's stand there under her home.
    boss = scene.desk.other(worker="ada", role="manager", purpose="supervision")
    assert str(scene.home) in (await boss.get("/v1/triage/queue?kind=safeguarding")).text
    ben = scene.ben(MANAGER)
    assert str(scene.home) not in (await ben.get("/v1/triage/queue?kind=safeguarding")).text


async def test_a_home_she_has_left_stays_hers_until_others_live_there(scene: Scene) -> None:
    asked = {"household_id": str(scene.home), "channel": "phone", "needs": [{"domain": "money"}]}
    contact = (await scene.ada().post("/v1/triage/contacts", asked)).headers["location"]
    problem(await scene.ben().get(contact), 404, "not-found")
    left = json.dumps([{"household_id": str(scene.home), "from": "2020-01-01", "to": "2024-01-01"}])
    scene.store.execute("update known_person set households = %s where id = %s", [left, scene.her])
    problem(await scene.ben().get(contact), 404, "not-found")
    assert (await scene.ada().get(contact)).status_code == 200
    know(scene.store, uuid4(), households=[(scene.home, "2024-01-01", None)])
    assert (await scene.ben().get(contact)).status_code == 200


async def test_whoever_works_with_him_is_not_hindered_where_they_lived_together(scene: Scene) -> None:
    """A record that names him is his, at whichever home."""
    him = scene.store.rows("select separated_from[1] as id from known_person where id = %s", [scene.her])[0]["id"]
    asked = {"person_id": str(him), "household_id": str(scene.home), "channel": "phone", "needs": [{"domain": "money"}]}
    contact = (await scene.ben().post("/v1/triage/contacts", asked)).headers["location"]
    assert (await scene.desk.other(worker="cem").get(contact)).status_code == 200
    (row,) = scene.store.rows("select blind_by from contact where person_id = %s", [him])
    assert row["blind_by"] is None
