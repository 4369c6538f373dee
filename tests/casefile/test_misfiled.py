"""A misfiled note: moved in one action, blank where it was, everyone who read it found, a breach with 72 hours."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from kit.store.timers import Timers
from services.casefile.app import SERVICE
from services.casefile.notes.moving import UNDECIDED
from tests.casefile.doors import Casefile
from tests.casefile.test_notes import NOTES, PRIYA, TOM, write
from tests.service_doors import MANAGER

GRACE: dict[str, Any] = {
    "actor": "grace",
    "roles": ("information_governance_lead",),
    "purpose": "information_governance",
}
BREACHES = "/breaches"
SECRET = "Her mother rang: she is at 12 Elm Road"


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


async def two_files(casefile: Casefile) -> tuple[Any, Any]:
    return await casefile.person("Kelly", "Pike"), await casefile.person("Rosa", "Achterberg")


async def misfiled(casefile: Casefile, note: Any, right: Any, *, version: int = 1, **more: Any) -> Any:
    body = {"household_id": right["household_id"], "person_ids": [right["id"]], "reason": "two tabs were open"}
    return await casefile.good("POST", f"{NOTES}/{note['id']}/misfiled", body, version=version, **(more or TOM))


@pytest.mark.full
async def test_one_action_moves_it_blanks_it_and_finds_who_read_it(casefile: Casefile) -> None:
    kelly, rosa = await two_files(casefile)
    await casefile.let_in(kelly["household_id"], "priya")
    note = await write(casefile, kelly["household_id"], "Her mother rang", person_ids=[kelly["id"]], kind="call")
    body = {"words": SECRET, "reason": "the address too"}
    await casefile.good("POST", f"{NOTES}/{note['id']}/corrections", body, version=1, **TOM)
    await casefile.good("GET", f"{NOTES}?household_id={kelly['household_id']}", **PRIYA)
    await casefile.good("GET", f"{NOTES}/{note['id']}/earlier", **PRIYA)
    await casefile.good("POST", f"{NOTES}/{note['id']}/pin", version=2, **TOM)
    moved = await misfiled(casefile, note, rosa, version=3)
    # The wrong file: nothing but that something stood here, and digests of it.
    blank = await casefile.good("GET", f"{NOTES}/{note['id']}", **PRIYA)
    assert blank == {**moved["note"], "allowed": []}
    assert (blank["state"], blank["words"], blank["kind"], blank["pinned"]) == ("misfiled", None, "case_note", False)
    assert (blank["earlier"], len(blank["digests"]), len(set(blank["digests"]))) == (0, 2, 2)
    assert (await casefile.good("GET", f"{NOTES}/{note['id']}/earlier", **PRIYA))["items"] == []
    # The right one: all of it, its author, its trace; and an address that nobody of the wrong file has.
    there = await casefile.good("GET", f"{NOTES}/{moved['moved_to']}", **TOM)
    assert (there["words"], there["kind"], there["recorded_by"], there["earlier"]) == (SECRET, "call", "worker-1", 1)
    assert (there["household_id"], there["person_ids"]) == (rosa["household_id"], [rosa["id"]])
    assert there["moved_here_at"] is not None
    (before,) = (await casefile.good("GET", f"{NOTES}/{moved['moved_to']}/earlier", **TOM))["items"]
    assert (before["words"], before["person_ids"]) == ("Her mother rang", [rosa["id"]])
    assert (await casefile("GET", f"{NOTES}/{moved['moved_to']}", **PRIYA)).status_code == 404
    # Information governance: the clock, and everyone who read it there; who only saw the blank did not.
    await casefile.good("GET", f"{NOTES}/{note['id']}", **MANAGER)
    breach = await casefile.good("GET", f"{BREACHES}/{moved['breach_id']}", **GRACE)
    assert (breach["state"], breach["wrong_household_id"], breach["same_words"]) == (
        "open",
        kelly["household_id"],
        True,
    )
    assert (breach["right_household_id"], breach["moved_to_note_id"]) == (rosa["household_id"], moved["moved_to"])
    assert (breach["how"], breach["found_by"]) == ("two tabs were open", "worker-1")
    found, due = (datetime.fromisoformat(breach[name]) for name in ("found_at", "decide_by"))
    assert due - found == timedelta(hours=72)
    assert moved["decide_by"] == breach["decide_by"]
    assert [(each["worker"], each["times"], each["author"]) for each in breach["readers"]] == [
        ("worker-1", 4, True),
        ("priya", 2, False),
    ]
    assert breach["readers"][1]["purposes"] == ["targeted_support"]
    assert SECRET not in str(breach)


@pytest.mark.full
async def test_the_words_leave_no_trace_on_the_wrong_file(casefile: Casefile) -> None:
    """Not in any table, under the wrong household's note: not its wordings, not who might read it, nor why."""
    kelly, rosa = await two_files(casefile)
    note = await write(casefile, kelly["household_id"], SECRET, draft={"key": "n1"})
    reading = {"part": "restricted", "readers": {"workers": ["ewa"]}, "reason": "Elm Road is her mother's"}
    await casefile.good("PUT", f"{NOTES}/{note['id']}/reading", reading, version=1, **TOM)
    await casefile.good("POST", f"{NOTES}/{note['id']}/strike", {"reason": "Elm Road was wrong"}, version=2, **TOM)
    moved = await misfiled(casefile, note, rosa, version=3)
    for table, column in (("note", "id"), ("note_wording", "note_id"), ("note_reading", "note_id")):
        rows = casefile.stored.rows(f"select t::text as all from {table} t where {column} = %s", [note["id"]])
        assert "Elm Road" not in str(rows)
    there = await casefile.good("GET", f"{NOTES}/{moved['moved_to']}", **TOM)
    assert (there["state"], there["strike_reason"], there["part"]) == ("struck", "Elm Road was wrong", "restricted")
    assert there["readers"] == {"workers": ["ewa"], "roles": []}
    # The same draft, sent again by a browser that came back, puts nothing there again.
    body = {"household_id": kelly["household_id"], "words": SECRET, "draft": {"key": "n1"}}
    assert (await casefile("POST", NOTES, body, **TOM)).status_code == 409


async def test_moved_twice_at_once_it_is_moved_once(casefile: Casefile) -> None:
    kelly, rosa = await two_files(casefile)
    note = await write(casefile, kelly["household_id"], SECRET)
    body = {"household_id": rosa["household_id"], "reason": "wrong file"}
    path = f"{NOTES}/{note['id']}/misfiled"
    answers = await asyncio.gather(*(casefile("POST", path, body, version=1, **TOM) for _ in range(4)))
    assert sorted(each.status_code for each in answers) == [201, 412, 412, 412]
    key = str(uuid4())
    assert (await casefile("POST", path, body, version=2, key=key, **TOM)).status_code == 409
    assert casefile.stored.rows("select count(*) as n from note where words is not null")[0]["n"] == 1
    assert casefile.stored.rows("select count(*) as n from data_breach")[0]["n"] == 1


async def test_a_move_that_the_line_broke_off_answers_the_same_again(casefile: Casefile) -> None:
    kelly, rosa = await two_files(casefile)
    note = await write(casefile, kelly["household_id"], SECRET)
    key = str(uuid4())
    first = await misfiled(casefile, note, rosa, key=key, **TOM)
    assert await misfiled(casefile, note, rosa, key=key, **TOM) == first


@pytest.mark.full
async def test_a_note_moved_to_a_wrong_file_again_is_a_second_breach(casefile: Casefile) -> None:
    kelly, rosa = await two_files(casefile)
    third = await casefile.person("Sam", "Dearing")
    note = await write(casefile, kelly["household_id"], SECRET)
    first = await misfiled(casefile, note, rosa)
    second = await misfiled(casefile, {"id": first["moved_to"]}, third)
    shown = [await casefile.good("GET", f"{BREACHES}/{each['breach_id']}", **GRACE) for each in (first, second)]
    assert [each["same_words"] for each in shown] == [True, True]
    assert [len(each["readers"]) for each in shown] == [1, 1]
    body = {"words": "x", "reason": "not what stood there"}
    await casefile.good("POST", f"{NOTES}/{second['moved_to']}/corrections", body, version=1, **TOM)
    again = await casefile.good("GET", f"{BREACHES}/{first['breach_id']}", **GRACE)
    assert again["same_words"] is True
    casefile.stored.execute("update note_wording set words = 'other words'")
    assert (await casefile.good("GET", f"{BREACHES}/{first['breach_id']}", **GRACE))["same_words"] is False


async def test_where_it_belongs_must_be_known_and_another(casefile: Casefile) -> None:
    kelly, rosa = await two_files(casefile)
    note = await write(casefile, kelly["household_id"], SECRET)
    path = f"{NOTES}/{note['id']}/misfiled"
    same = {"household_id": kelly["household_id"], "reason": "wrong file"}
    assert (await casefile("POST", path, same, version=1, **TOM)).json()["errors"][0]["rule"] == "another-file"
    casefile.restrict(rosa["id"])
    answers = [
        await casefile("POST", path, {"household_id": each, "reason": "wrong file"}, version=1, **TOM)
        for each in (rosa["household_id"], str(uuid4()))
    ]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert (await casefile.good("GET", f"{NOTES}/{note['id']}", **TOM))["words"] == SECRET


# The 72 hours -----------------------------------------------------------------------------------------------------

DECISION: dict[str, Any] = {"risk": "unlikely", "report": False, "tell": False, "why": "One colleague read a street"}


async def breach_of(casefile: Casefile) -> Any:
    kelly, rosa = await two_files(casefile)
    moved = await misfiled(casefile, await write(casefile, kelly["household_id"], SECRET), rosa)
    return await casefile.good("GET", f"{BREACHES}/{moved['breach_id']}", **GRACE)


async def ring(casefile: Casefile, hours: float, breach: Any) -> int:
    """The business clock moves on; how many alarms of this breach then have rung."""
    clock.set_offset(timedelta(hours=hours))
    alarms = Timers(casefile.database, SERVICE.name, {UNDECIDED: SERVICE.timers[UNDECIDED]})
    while await alarms.fire_one():
        pass
    rung = "select count(*) as n from timer where name = %s and key = %s and fired_at is not null"
    return int(casefile.stored.rows(rung, [UNDECIDED, breach["id"]])[0]["n"])


@pytest.mark.full
async def test_undecided_after_72_hours_it_is_overdue_and_stays_so(casefile: Casefile) -> None:
    breach = await breach_of(casefile)
    path = f"{BREACHES}/{breach['id']}"
    assert breach["seconds_left"] in range(72 * 3600 - 60, 72 * 3600 + 1)
    assert await ring(casefile, 71.9, breach) == 0
    assert await ring(casefile, 72.1, breach) == 1
    late = await casefile.good("GET", path, **GRACE)
    assert (late["overdue_at"] is not None, late["seconds_left"] < 0, late["version"]) == (True, True, 2)
    report = {**DECISION, "risk": "likely", "report": True}
    refused = await casefile("POST", f"{path}/decisions", report, version=2, **GRACE)
    assert refused.json()["errors"][0]["pointer"] == "/why_late"
    decided = await casefile.good("POST", f"{path}/decisions", {**report, "why_late": "on leave"}, version=2, **GRACE)
    assert (decided["state"], decided["overdue_at"]) == ("decided", late["overdue_at"])


@pytest.mark.full
async def test_decided_in_time_it_never_becomes_overdue(casefile: Casefile) -> None:
    breach = await breach_of(casefile)
    path = f"{BREACHES}/{breach['id']}"
    first = await casefile.good("POST", f"{path}/decisions", DECISION, version=1, **GRACE)
    assert (first["state"], first["allowed"]) == ("decided", ["decide", "close"])
    assert await ring(casefile, 80, breach) == 0
    assert (await casefile("POST", f"{path}/decisions", DECISION, version=1, **GRACE)).status_code == 412
    high = {"risk": "high", "report": True, "tell": True, "why": "He read it", "why_late": "learnt today"}
    again = await casefile.good("POST", f"{path}/decisions", high, version=2, **GRACE)
    assert [(each["risk"], each["by"]) for each in again["decisions"]] == [("unlikely", "grace"), ("high", "grace")]
    closing: dict[str, Any] = {"measures": "One tab at a time", "reported_on": "2026-12-08", "reference": "IC-1"}
    early = await casefile("POST", f"{path}/close", closing, version=3, **GRACE)
    assert early.json()["errors"][0]["pointer"] == "/told_on"
    closed = await casefile.good("POST", f"{path}/close", {**closing, "told_on": "2026-12-08"}, version=3, **GRACE)
    assert (closed["state"], closed["closed_by"], closed["allowed"]) == ("closed", "grace", [])
    done = await casefile("POST", f"{path}/decisions", high, version=4, **GRACE)
    assert (done.status_code, done.json()["allowed"]) == (409, [])
    (listed,) = (await casefile.good("GET", f"{BREACHES}?state=closed", **GRACE))["items"]
    assert listed["id"] == breach["id"]
    assert (await casefile.good("GET", f"{BREACHES}?state=open", **GRACE))["items"] == []


async def test_a_breach_of_a_restricted_record_has_the_same_72_hours(casefile: Casefile) -> None:
    breach = await breach_of(casefile)
    casefile.stored.execute("update person set restricted = true")
    assert (await casefile.good("GET", f"{BREACHES}/{breach['id']}", **GRACE))["state"] == "open"
    people = casefile.stored.rows("select id from person order by id")
    hide = [(people[0]["id"], uuid4())]
    assert (await casefile("GET", f"{BREACHES}/{breach['id']}", **GRACE, hide=hide)).status_code == 404
    assert (await casefile.good("GET", BREACHES, **GRACE, hide=hide))["items"] == []
