"""Drug and alcohol work is sealed: who may not open it finds nothing that tells of it, wherever they look."""

import json
from typing import Any

import pytest

from services.casefile.cases.domain import SEALED
from tests.casefile.doors import Casefile
from tests.casefile.facts import contact, decided, envelope, moment
from tests.casefile.work import LEAD, STRANGER, case_of, sealed_case, team, worker
from tests.service_doors import MANAGER

W1 = worker("w1")
RECOVERY = worker("recovery-1", "targeted_specialist", "targeted_support")
IDS = ("id", "event_id", "causationid", "correlationid", "household_id", "person_id", "decision_id", "contact_id")


async def looks(casefile: Casefile, home: str, who: Any) -> dict[str, Any]:
    """Everything of the household that this caller can read."""
    pages = {
        "cases": f"/cases?household_id={home}",
        "all cases": "/cases",
        "timeline": f"/households/{home}/timeline",
        "tasks": "/tasks",
        "approvals": "/approvals",
        "steps": "/steps",
        "caseloads": "/caseloads",
        "summary": "/caseloads/summary",
        "my work": "/my-work",
    }
    found = {name: await casefile.good("GET", path, **who) for name, path in pages.items()}
    for each in ("summary", "my work"):
        found[each].pop("as_of")
    return found


async def test_the_open_case_is_as_if_there_were_nothing_else(casefile: Casefile) -> None:
    person = await casefile.person()
    case = await case_of(casefile, person)
    await casefile.hear_itself()
    home = person["household_id"]
    before = {who["actor"]: await looks(casefile, home, who) for who in (W1, MANAGER, LEAD)}
    id_ = await sealed_case(casefile, person)
    body = {"words": "Bloods on Friday", "case_id": id_, "due_on": case["next_review_on"]}
    await casefile.good("POST", "/tasks", body, **RECOVERY)
    await casefile.good("POST", f"/cases/{id_}/rating", {"rag": "red", "reason": "Relapse"}, version=2, **RECOVERY)
    await casefile.good("POST", f"/cases/{id_}/approvals", {"kind": "spending", "words": "A taxi"}, **RECOVERY)
    need = {
        "need_id": person["id"],
        "contact_id": person["id"],
        "household_id": home,
        "domain": "drugs_and_alcohol",
        "kind": "underlying",
        "urgency": "today",
        "status": "open",
        "changed_at": moment(),
    }
    await casefile.take(envelope("triage.need.recorded", need))
    await casefile.hear_itself()
    for who in (W1, MANAGER, LEAD):
        after = await looks(casefile, home, who)
        for page, shown in before[who["actor"]].items():
            assert after[page] == shown, (who["actor"], page)
        for path in (f"/cases/{id_}", f"/cases/{id_}/members", f"/cases/{id_}/reviews"):
            hidden = await casefile("GET", path, **who)
            stranger = await casefile("GET", path.replace(id_, home), **who)
            assert hidden.status_code == stranger.status_code == 404
            assert {**hidden.json(), "instance": ""} == {**stranger.json(), "instance": ""}
    # Its version too is what it was: nobody is told 412 for a change they may not know of.
    assert (await casefile.good("GET", f"/cases/{case['id']}", **W1))["version"] == case["version"]
    await casefile.let_in(home, "recovery-1")
    mine = await looks(casefile, home, RECOVERY)
    assert {each["id"] for each in mine["cases"]["items"]} == {case["id"], id_}
    assert len(mine["tasks"]["items"]) == len(mine["approvals"]["items"]) == 1
    assert (mine["my work"]["caseload"]["open"], mine["my work"]["caseload"]["red"]) == (1, 1)


@pytest.mark.full
async def test_every_write_on_it_answers_a_stranger_as_for_nothing(casefile: Casefile) -> None:
    person = await casefile.person()
    await case_of(casefile, person)
    id_ = await sealed_case(casefile, person)
    writes: list[tuple[str, Any]] = [
        ("allocations", {"lead": "w1"}),
        ("members", {"worker": "w1", "role": "friend"}),
        ("rating", {"rag": "green"}),
        ("reviews", {"words": "x", "next_review_on": "2027-01-01"}),
        ("close", {"reason": "died"}),
        ("reopen", None),
        ("approvals", {"kind": "closing", "words": "x"}),
        (
            "steps",
            {
                "direction": "up",
                "statutory_service": "police",
                "layer": "statutory",
                "to_worker": "w1",
                "resident": "told",
                "reason": "x",
            },
        ),
    ]
    for who in (W1, MANAGER, LEAD, STRANGER):
        for what, body in writes:
            for version in (2, 9):
                answer = await casefile("POST", f"/cases/{id_}/{what}", body, version=version, **who)
                assert answer.status_code == 404, (who["actor"], what, answer.text)
        made = await casefile("POST", "/tasks", {"case_id": id_, "words": "x", "due_on": "2027-01-01"}, **who)
        assert made.status_code == 404
        moved = {"from_worker": "recovery-1", "to_workers": ["w2"], "reason": "absence", "words": "x"}
        if who is MANAGER:
            answer = await casefile.good("POST", "/reallocations", moved, **who)
            assert (answer["moved"], answer["not_moved"]) == ({}, [])
            named = await casefile("POST", "/reallocations", {**moved, "case_ids": [id_]}, **who)
            unknown = await casefile("POST", "/reallocations", {**moved, "case_ids": [person["id"]]}, **who)
            assert named.json()["errors"] == unknown.json()["errors"]


async def test_both_are_closed_each_by_itself_and_reopened(casefile: Casefile) -> None:
    person = await casefile.person()
    case = await case_of(casefile, person)
    id_ = await sealed_case(casefile, person)
    due = case["next_review_on"]
    await casefile.good("POST", "/tasks", {"case_id": id_, "words": "Script", "due_on": due}, **RECOVERY)
    # An open task of the sealed case does not stand in the way of closing the one in the open.
    await casefile.good("POST", f"/cases/{case['id']}/close", {"reason": "goals_met"}, version=2, **W1)
    open_still = await casefile.good("GET", f"/cases/{id_}", **RECOVERY)
    assert open_still["state"] == "open"
    # A new decision opens a new case in the open, and joins the sealed one where it is about that.
    await casefile.take(decided(person=person["id"], outcome="universal"))
    await casefile.take(decided(person=person["id"], outcome="targeted", specialism="drugs_and_alcohol"))
    shown = (await casefile.good("GET", "/cases", params={"state": "open"}, **RECOVERY))["items"]
    assert sorted(each["compartment"] or "" for each in shown) == ["", "drugs_and_alcohol"]
    (sealed,) = [each for each in shown if each["compartment"]]
    assert (sealed["id"], len(sealed["workstreams"])) == (id_, 2)


async def test_while_nobody_has_it_its_team_sees_it_and_nobody_else(casefile: Casefile) -> None:
    person = await casefile.person()
    await team(casefile, "drugs_and_alcohol", "recovery-1", "recovery-2", manager="recovery-manager")
    await team(casefile, "account_managers", "w1", manager="manager-1")
    await casefile.take(decided(person=person["id"], outcome="targeted", specialism="drugs_and_alcohol"))
    second = worker("recovery-2", "targeted_specialist", "targeted_support")
    runs = worker("recovery-manager", "manager", "supervision")

    async def seen(who: Any) -> list[Any]:
        return [each for each in (await casefile.good("GET", "/cases", **who))["items"] if each["compartment"]]

    assert [len(await seen(who)) for who in (RECOVERY, second, runs)] == [1, 1, 1]
    assert [len(await seen(who)) for who in (W1, MANAGER, LEAD, STRANGER)] == [0, 0, 0, 0]
    ((waiting,), nothing) = await seen(RECOVERY), await seen(W1)
    assert nothing == []
    await casefile.good("POST", f"/cases/{waiting['id']}/allocations", {"lead": "recovery-1"}, version=1, **RECOVERY)
    # From then on it is for who works on it, and for whoever answers for them.
    assert [len(await seen(who)) for who in (RECOVERY, second, runs)] == [1, 0, 1]


async def test_without_such_a_team_safeguarding_leads_find_it_a_worker(casefile: Casefile) -> None:
    person = await casefile.person()
    await casefile.take(decided(person=person["id"], outcome="targeted", specialism="drugs_and_alcohol"))
    for who, sees in ((LEAD, 1), (MANAGER, 0), (W1, 0), (STRANGER, 0)):
        assert len((await casefile.good("GET", "/cases", **who))["items"]) == sees, who["actor"]
    await team(casefile, "drugs_and_alcohol", "recovery-1")
    assert (await casefile.good("GET", "/cases", **LEAD))["items"] == []


async def test_the_page_tells_its_lines_to_those_who_may_open_it(casefile: Casefile) -> None:
    person = await casefile.person()
    home = person["household_id"]
    await case_of(casefile, person)
    await casefile.let_in(home, "recovery-1")
    await sealed_case(casefile, person)
    came = contact("received", household=home, needs=("drugs_and_alcohol", "housing"))
    await casefile.take(came)
    await casefile.hear_itself()
    told = json.dumps(await casefile.good("GET", f"/households/{home}/timeline", **MANAGER))
    assert "drugs" not in told
    assert "sealed" not in told
    assert "about housing" in told
    mine = (await casefile.good("GET", f"/households/{home}/timeline", **RECOVERY))["items"]
    assert {"casefile.sealed_case.opened", "casefile.sealed_case.allocated"} <= {each["type"] for each in mine}
    assert any("drugs and alcohol" in each["title"] for each in mine)


async def test_nobody_but_the_case_file_is_told_of_it(casefile: Casefile) -> None:
    from kit.contracts.catalogue import CATALOGUE

    person = await casefile.person()
    before = len(casefile.announced())
    id_ = await sealed_case(casefile, person)
    for event in casefile.announced()[before:]:
        readers = CATALOGUE[event["type"]].consumers
        if id_ in json.dumps(event) or "drugs" in json.dumps(event):
            assert readers == {"casefile"}, event["type"]
        else:
            # What others hear is that somebody's caseload changed: no case, no household, nobody who lives there.
            assert set(event["data"]) == {"worker_id", "changed_at"}


@pytest.mark.parametrize("specialism", sorted(SEALED))
async def test_replayed_reordered_and_at_once_there_is_one_sealed_case(casefile: Casefile, specialism: str) -> None:
    import asyncio

    person = await casefile.person()
    await team(casefile, SEALED[specialism], "recovery-1")
    tellings = [decided(person=person["id"], outcome="targeted", specialism=specialism) for _ in range(2)]
    tellings += [decided(person=person["id"], outcome="universal") for _ in range(2)]
    await asyncio.gather(*(casefile.take(each, kinds=["reactions"]) for each in tellings))
    await casefile.take(*reversed(tellings), kinds=["reactions"])
    rows = casefile.stored.rows("select compartment, cardinality(decision_ids) as brought from case_file order by 1")
    assert [(row["compartment"], row["brought"]) for row in rows] == [("", 2), (SEALED[specialism], 2)]
