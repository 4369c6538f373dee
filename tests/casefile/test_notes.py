"""Notes through casefile's doors: kept while typed, finished once, corrected with a trace, read by those named."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from kit import clock
from tests.casefile.doors import Casefile, counted
from tests.service_doors import MANAGER

NOTES = "/notes"
TOM: dict[str, Any] = {"actor": "worker-1", "roles": ("universal_worker",)}
PRIYA: dict[str, Any] = {"actor": "priya", "roles": ("targeted_specialist",), "purpose": "targeted_support"}
STRANGER: dict[str, Any] = {"actor": "stranger", "roles": ("universal_worker",)}


async def write(casefile: Casefile, home: Any, words: str = "She was at home.", **more: Any) -> Any:
    who: dict[str, Any] = {
        name: more.pop(name) for name in ("actor", "roles", "purpose", "hide", "key") if name in more
    }
    return await casefile.good("POST", NOTES, {"household_id": home, "words": words, **more}, **(who or TOM))


async def keep(casefile: Casefile, words: str, version: int | None = None, key: str = "n1", **who: Any) -> Any:
    body = {"words": words, "household_id": "as it was typed"}
    return await casefile("PUT", f"/drafts/note/{key}", body, version=version, **(who or TOM))


# Never lost --------------------------------------------------------------------------------------------------------


async def test_what_was_typed_is_back_word_for_word(casefile: Casefile) -> None:
    """The browser dies after the answer was lost: a new one finds the draft, types on, and finishes it once."""
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    typed = "  «She said: “no”»\n\tthree   spaces, é, 🙂 and a last line\n"
    assert (await keep(casefile, "She")).status_code == 200
    # The answer to this one never came: the same words are sent again, on the version before.
    assert (await keep(casefile, typed, version=1)).status_code == 200
    assert (await keep(casefile, typed, version=1)).headers["etag"] == '"2"'
    (mine,) = (await casefile.good("GET", f"{NOTES}/unfinished", **TOM))["items"]
    assert (mine["key"], mine["version"], mine["finished_as"]) == ("n1", 2, None)
    assert mine["opening"] == typed[:120]
    back = (await casefile.good("GET", "/drafts/note/n1", **TOM))["body"]["words"]
    assert back == typed
    draft = {"key": "n1", "version": 2}
    note = await write(casefile, home, back, draft=draft)
    assert note["words"] == typed
    assert (await casefile.good("GET", f"{NOTES}/unfinished", **TOM))["items"] == []
    # The answer was lost again, and so was the key: it is the same note.
    again = await write(casefile, home, back, draft=draft)
    assert again["id"] == note["id"]
    shown = await casefile.good("GET", f"{NOTES}?household_id={home}", **TOM)
    assert [each["words"] for each in shown["items"]] == [typed]


async def test_two_windows_finish_one_draft_once(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    await keep(casefile, "Said on the phone")
    made = await asyncio.gather(
        *(write(casefile, home, "Said on the phone", draft={"key": "n1", "version": 1}) for _ in range(4))
    )
    assert len({each["id"] for each in made}) == 1
    assert casefile.stored.rows("select count(*) as n from note")[0]["n"] == 1


async def test_a_draft_typed_on_in_another_window_is_not_thrown_away(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    await keep(casefile, "one")
    await keep(casefile, "one and two", version=1)
    body = {"household_id": home, "words": "one", "draft": {"key": "n1", "version": 1}}
    late = await casefile("POST", NOTES, body, **TOM)
    assert (late.status_code, late.json()["current"]["words"]) == (412, "one and two")
    assert casefile.stored.rows("select 1 from note") == []
    assert (await casefile.good("GET", "/drafts/note/n1", **TOM))["body"]["words"] == "one and two"


@pytest.mark.full
async def test_what_was_typed_after_it_was_finished_becomes_a_correction(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    note = await write(casefile, home, "one", draft={"key": "n1"})
    await keep(casefile, "one and two")
    (mine,) = (await casefile.good("GET", f"{NOTES}/unfinished", **TOM))["items"]
    assert mine["finished_as"] == note["id"]
    other = await casefile("POST", NOTES, {"household_id": home, "words": "one and two", "draft": {"key": "n1"}}, **TOM)
    assert (other.status_code, other.json()["note_id"]) == (409, note["id"])
    assert (await casefile.good("GET", "/drafts/note/n1", **TOM))["body"]["words"] == "one and two"
    body = {"words": "one and two", "reason": "typed on in another window", "draft": {"key": "n1", "version": 1}}
    after = await casefile.good("POST", f"{NOTES}/{note['id']}/corrections", body, version=1, **TOM)
    assert (after["words"], after["earlier"]) == ("one and two", 1)
    assert (await casefile.good("GET", f"{NOTES}/unfinished", **TOM))["items"] == []


async def test_a_file_closed_while_typing_refuses_as_for_a_stranger_and_the_draft_stays(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    await keep(casefile, "She told me where she goes")
    casefile.restrict(kelly["id"])
    body = {"household_id": kelly["household_id"], "words": "x", "draft": {"key": "n1", "version": 1}}
    unknown = {**body, "household_id": str(uuid4())}
    answers = [await casefile("POST", NOTES, each, **TOM) for each in (body, unknown)]
    assert [each.status_code for each in answers] == [404, 404]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]
    assert (await casefile.good("GET", "/drafts/note/n1", **TOM))["body"]["words"] == "She told me where she goes"


async def test_unfinished_notes_are_their_owners_alone_and_counted_for_the_manager(casefile: Casefile) -> None:
    await keep(casefile, "mine")
    await keep(casefile, "mine too", key="n2")
    await keep(casefile, "hers", **PRIYA)
    (hers,) = (await casefile.good("GET", f"{NOTES}/unfinished", **PRIYA))["items"]
    assert hers["opening"] == "hers"
    first = await casefile.good("GET", f"{NOTES}/unfinished?limit=1", **TOM)
    (last,) = (await casefile.good("GET", f"{NOTES}/unfinished?limit=1&after={first['next']}", **TOM))["items"]
    assert [first["items"][0]["opening"], last["opening"]] == ["mine too", "mine"]
    counts = (await casefile.good("GET", f"{NOTES}/unfinished/counts", **MANAGER))["items"]
    assert {each["worker"]: each["notes"] for each in counts} == {"worker-1": 2, "priya": 1}
    assert "mine" not in str(counts)


# Words and their trace ---------------------------------------------------------------------------------------------


@pytest.mark.full
async def test_corrected_words_stay_readable_with_who_and_why(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    note = await write(casefile, kelly["household_id"], "Rent £95", kind="visit", person_ids=[kelly["id"]])
    path = f"{NOTES}/{note['id']}/corrections"
    after = await casefile.good("POST", path, {"words": "Rent £59", "reason": "typed wrongly"}, version=1, **TOM)
    assert (after["words"], after["kind"], after["version"], after["earlier"]) == ("Rent £59", "visit", 2, 1)
    await casefile.good("POST", path, {"kind": "call", "person_ids": [], "reason": "it was a call"}, version=2, **TOM)
    trace = (await casefile.good("GET", f"{NOTES}/{note['id']}/earlier", **TOM))["items"]
    assert [(each["number"], each["words"], each["kind"]) for each in trace] == [
        (2, "Rent £59", "visit"),
        (1, "Rent £95", "visit"),
    ]
    assert [(each["replaced_by"], each["reason"], each["person_ids"]) for each in trace] == [
        ("worker-1", "it was a call", [kelly["id"]]),
        ("worker-1", "typed wrongly", [kelly["id"]]),
    ]
    stale = await casefile("POST", path, {"words": "x", "reason": "too late"}, version=2, **TOM)
    assert (stale.status_code, stale.json()["your_version"], stale.json()["current_version"]) == (412, 2, 3)
    assert stale.json()["current"]["words"] == "Rent £59"
    assert (await casefile("POST", path, {"reason": "no change at all"}, version=3, **TOM)).status_code == 422


@pytest.mark.full
async def test_two_who_correct_at_once_leave_one_correction(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    note = await write(casefile, home)
    path = f"{NOTES}/{note['id']}/corrections"
    bodies = [{"words": str(number), "reason": "at once"} for number in range(4)]
    answers = await asyncio.gather(*(casefile("POST", path, each, version=1, **TOM) for each in bodies))
    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412]
    assert (await casefile.good("GET", f"{NOTES}/{note['id']}", **TOM))["earlier"] == 1


@pytest.mark.full
async def test_a_struck_note_stays_legible_and_changes_no_more(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    note = await write(casefile, home, "Wrong door")
    path = f"{NOTES}/{note['id']}"
    await casefile.let_in(home, "ewa")
    ewa: dict[str, Any] = {"actor": "ewa", "roles": ("universal_worker",)}
    steps: list[tuple[str, Any]] = [("strike", {"reason": "again"}), ("corrections", {"words": "x", "reason": "again"})]
    for step, body in steps:
        assert (await casefile("POST", f"{path}/{step}", body, version=1, **ewa)).status_code == 403
    struck = await casefile.good("POST", f"{path}/strike", {"reason": "another family"}, version=1, **MANAGER)
    assert (struck["state"], struck["words"], struck["struck_by"]) == ("struck", "Wrong door", "manager-1")
    for step, body in [*steps, ("pin", None)]:
        refused = await casefile("POST", f"{path}/{step}", body, version=2, **TOM)
        assert (refused.status_code, refused.json()["allowed"]) == (409, ["say_who_reads", "move"])


@pytest.mark.full
async def test_pinned_notes_come_first_and_are_few(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    days = [(clock.business_now() - timedelta(days=number)).isoformat() for number in range(7)]
    notes = [await write(casefile, home, f"{number} days ago", occurred_at=day) for number, day in enumerate(days)]
    await casefile.good("POST", f"{NOTES}/{notes[4]['id']}/pin", version=1, **TOM)
    pages: list[str] = []
    after: str | None = ""
    while after is not None:
        page = await casefile.good("GET", f"{NOTES}?household_id={home}&limit=2{after and f'&after={after}'}", **TOM)
        pages += [each["words"][0] for each in page["items"]]
        after = page["next"]
    assert pages == list("4012356")
    for each in notes[:4]:
        await casefile.good("POST", f"{NOTES}/{each['id']}/pin", version=1, **TOM)
    full = await casefile("POST", f"{NOTES}/{notes[5]['id']}/pin", version=1, **TOM)
    assert full.status_code == 409
    again = await casefile("POST", f"{NOTES}/{notes[4]['id']}/pin", version=2, **TOM)
    assert (again.status_code, "unpin" in again.json()["allowed"]) == (409, True)
    await casefile.good("POST", f"{NOTES}/{notes[4]['id']}/unpin", version=2, **TOM)
    await casefile.good("POST", f"{NOTES}/{notes[5]['id']}/pin", version=1, **TOM)


@pytest.mark.full
@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"words": "   "}, "/words"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, "/occurred_at"),
        ({"person_ids": [str(uuid4())]}, "/person_ids"),
        ({"part": "restricted"}, "/readers"),
        ({"part": "abuse", "readers": {"workers": ["w"]}}, "/readers"),
        ({"part": "restricted", "readers": {"roles": ["king"]}}, "/readers/roles"),
        ({"part": "front"}, "/part"),
    ],
)
async def test_a_refusal_names_field_and_rule(casefile: Casefile, fields: dict[str, Any], pointer: str) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    refused = await casefile("POST", NOTES, {"household_id": home, "words": "x", **fields}, **TOM)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"].startswith(pointer)
    assert refused.json()["errors"][0]["rule"]


async def test_supervision_is_recorded_by_those_who_supervise(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    body = {"household_id": home, "words": "We spoke about the next step", "kind": "supervision"}
    assert (await casefile("POST", NOTES, body, **TOM)).status_code == 403
    assert (await casefile("POST", NOTES, body, **MANAGER)).status_code == 201


# Who may read ------------------------------------------------------------------------------------------------------


async def listed_for(casefile: Casefile, note: Any, **who: Any) -> set[str]:
    """The notes of its household that somebody finds in the list."""
    found = await casefile("GET", f"{NOTES}?household_id={note['household_id']}", **who)
    return {each["id"] for each in found.json()["items"]} if found.is_success else set()


async def seen_by(casefile: Casefile, note: Any, **who: Any) -> bool:
    """Whether somebody reads it; list and page say the same, and whoever may not is told nothing at all."""
    one = await casefile("GET", f"{NOTES}/{note['id']}", **who)
    there = note["id"] in await listed_for(casefile, note, **who)
    assert there == one.is_success
    if not there:
        strange = await casefile("GET", f"{NOTES}/{uuid4()}", **who)
        assert (one.status_code, one.json()["detail"]) == (strange.status_code, strange.json()["detail"])
        for way in ("earlier", "readings"):
            assert (await casefile("GET", f"{NOTES}/{note['id']}/{way}", **who)).status_code == 404
        strike = await casefile("POST", f"{NOTES}/{note['id']}/strike", {"reason": "let me see"}, version=1, **who)
        assert strike.status_code == 404
    return there


@pytest.mark.full
async def test_whoever_is_outside_may_leave_a_note_and_reads_none(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    note = await write(casefile, home)
    left = await write(casefile, home, "She rang, please ring back", **STRANGER)
    assert not await seen_by(casefile, note, **STRANGER)
    assert not await seen_by(casefile, left, **STRANGER)
    assert await seen_by(casefile, left, **TOM)
    await casefile.let_in(home, "stranger")
    assert await seen_by(casefile, note, **STRANGER)


async def test_a_restricted_note_is_read_by_those_named_and_nobody_else(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    people = {
        "priya": PRIYA,
        "ewa": {"actor": "ewa", "roles": ("universal_worker",)},
        "kofi": {"actor": "kofi", "roles": ("personal_adviser",), "purpose": "leaving_care"},
    }
    for worker in people:
        await casefile.let_in(home, worker)
    readers = {"workers": ["ewa"], "roles": ["personal_adviser"]}
    note = await write(casefile, home, "Her brother works here", part="restricted", readers=readers)

    async def who_reads() -> set[str]:
        everybody = {**people, "author": TOM, "manager": MANAGER, "lead": LEAD}
        return {name for name, who in everybody.items() if note["id"] in await listed_for(casefile, note, **who)}

    assert await who_reads() == {"author", "ewa", "kofi", "lead"}
    assert not await seen_by(casefile, note, **PRIYA)
    # Named, and not around the household (any more): the name alone opens nothing.
    casefile.stored.execute("update circle_place set until = now() - interval '1 day' where worker = 'ewa'")
    assert await who_reads() == {"author", "kofi", "lead"}
    body = {"part": "restricted", "readers": {"workers": ["priya"]}, "reason": "the adviser left"}
    shown = await casefile.good("PUT", f"{NOTES}/{note['id']}/reading", body, version=1, **TOM)
    assert shown["readers"] == {"workers": ["priya"], "roles": []}
    assert await who_reads() == {"author", "priya", "lead"}
    (before,) = (await casefile.good("GET", f"{NOTES}/{note['id']}/readings", **TOM))["items"]
    assert (before["reader_workers"], before["reader_roles"]) == (["ewa"], ["personal_adviser"])
    opened = {"part": "inside", "reason": "it is over"}
    await casefile.good("PUT", f"{NOTES}/{note['id']}/reading", opened, version=2, **TOM)
    assert await who_reads() == {"author", "priya", "kofi", "manager", "lead"}


LEAD: dict[str, Any] = {"actor": "ruth", "roles": ("safeguarding_lead",), "purpose": "safeguarding"}


@pytest.mark.full
async def test_broken_glass_opens_a_restricted_note_where_that_was_asked_for(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    home = kelly["household_id"]
    readers = {"roles": ["safeguarding_lead"]}
    note = await write(casefile, home, "Her brother works here", part="restricted", readers=readers)
    asked = {"person_id": kelly["id"], "reason": "A neighbour rang: she is on the floor, door locked"}
    await casefile.good("POST", "/access/break-glass", {**asked, "parts": ["inside"]}, **STRANGER)
    assert not await seen_by(casefile, note, **STRANGER)
    other = {**STRANGER, "actor": "another"}
    await casefile.good("POST", "/access/break-glass", {**asked, "parts": ["inside", "restricted"]}, **other)
    assert await seen_by(casefile, note, **other)
    casefile.stored.execute("update broken_glass set until = now() - interval '1 second'")
    assert not await seen_by(casefile, note, **other)


async def test_each_compartment_opens_to_its_own_and_to_no_other(casefile: Casefile) -> None:
    home = (await casefile.person("Kelly", "Pike"))["household_id"]
    parts = ("abuse", "safeguarding", "drugs_and_alcohol", "immigration", "crime")
    notes = {part: await write(casefile, home, f"About {part}", part=part) for part in parts}
    inside = await write(casefile, home)
    for part in parts:
        worker = {"actor": f"of-{part}", "roles": ("triage_officer",), "purpose": "front_door"}
        await casefile.let_in(home, f"of-{part}", part)
        assert await listed_for(casefile, notes[part], **worker) == {notes[part]["id"], inside["id"]}
        assert await seen_by(casefile, notes[part], **worker)


@pytest.mark.full
async def test_a_note_about_somebody_kept_from_you_is_not_there(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    wayne = await casefile.person("Wayne", "Pike", household_id=kelly["household_id"])
    about = await write(casefile, kelly["household_id"], "Wayne was not there", person_ids=[wayne["id"]])
    other = await write(casefile, kelly["household_id"])
    hide = [(wayne["id"], uuid4())]
    assert not await seen_by(casefile, about, **TOM, hide=hide)
    assert await seen_by(casefile, other, **TOM, hide=hide)


async def test_every_read_is_on_record_by_note_and_person(casefile: Casefile) -> None:
    kelly = await casefile.person("Kelly", "Pike")
    wayne = await casefile.person("Wayne", "Pike", household_id=kelly["household_id"])
    one = await write(casefile, kelly["household_id"], person_ids=[wayne["id"]])
    both = await write(casefile, kelly["household_id"])
    casefile.stored.execute("delete from audit_entry")
    await casefile.good("GET", f"{NOTES}?household_id={kelly['household_id']}", **TOM)
    rows = casefile.stored.rows("select record, person_ids, purpose from audit_entry")
    people = {row["record"]: {str(each) for each in row["person_ids"]} for row in rows}
    assert people == {f"note/{one['id']}": {wayne["id"]}, f"note/{both['id']}": {kelly["id"], wayne["id"]}}


@pytest.mark.full
async def test_a_list_costs_as_many_statements_for_many_as_for_few(casefile: Casefile) -> None:
    counts = []
    for number in (1, 6):
        kelly = await casefile.person("Kelly", "Pike")
        for _ in range(number):
            await write(casefile, kelly["household_id"], person_ids=[kelly["id"]])
        async with counted(casefile.database) as said:
            await casefile.good("GET", f"{NOTES}?household_id={kelly['household_id']}", **TOM)
        counts.append(len([each for each in said if "business_clock" not in each]))
    assert counts[0] == counts[1] <= 10
