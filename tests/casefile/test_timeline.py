"""The household timeline: appended once, in one chain, shown in the order things happened, the same when rebuilt."""

import asyncio
import json
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from kit import clock
from kit.testing.databases import ServiceDatabase
from services.casefile.timeline import commands, queries, rebuild
from services.casefile.timeline.handlers import CASE_FACTS
from tests.casefile.doors import Casefile
from tests.casefile.facts import contact, decided, envelope, moment
from tests.contracts.strategies import events
from tests.examples import examples
from tests.service_doors import settings_of


def page_rows(stored: ServiceDatabase) -> str:
    """The page as bytes."""
    rows = stored.rows("select to_jsonb(e) as row from timeline_entry e order by household_id, occurred_at, event_id")
    return json.dumps([each["row"] for each in rows], sort_keys=True)


def log(stored: ServiceDatabase) -> list[dict[str, Any]]:
    return stored.rows("select * from timeline_log order by seq")


def wipe(stored: ServiceDatabase) -> None:
    stored.execute("truncate timeline_log, timeline_entry, timeline_head, inbox, dead_letter")


async def first_break(casefile: Casefile) -> int | None:
    async with casefile.unit() as unit:
        return await queries.first_break(unit)


async def lay_out_anew(casefile: Casefile) -> int:
    async with casefile.unit() as unit:
        return await commands.rebuild(unit)


async def story(casefile: Casefile, household_id: str, **query: Any) -> list[dict[str, Any]]:
    found = await casefile.good(
        "GET", f"/households/{household_id}/timeline", params={"order": "oldest", "limit": 200, **query}
    )
    return list(found["items"])


# Any facts, in any order ----------------------------------------------------------------------------------

POOL = [uuid4() for _ in range(3)]


@st.composite
def any_fact(draw: st.DrawFn) -> dict[str, Any]:
    """One event of a case fact type, about one of a few households."""
    event = draw(st.sampled_from(CASE_FACTS).flatmap(events))
    event["id"] = str(uuid4())
    event["source"] = f"urn:newstart:{event['type'].partition('.')[0]}"
    household = str(draw(st.sampled_from(POOL)))
    if "household_id" in event["data"] or event["type"].startswith(("casefile.case", "casefile.household")):
        event["data"]["household_id"] = household
    for place in event["data"].get("households", ()):
        place["household_id"] = str(draw(st.sampled_from(POOL)))
    return event


def can_be_stored(event: dict[str, Any]) -> bool:
    # No service of ours can store a NUL, so none ever sends one.
    return "\\u0000" not in json.dumps(event)


@pytest.mark.full
def test_any_facts_in_any_order_make_the_same_page_and_a_chain_that_stands(
    database: Callable[[str], ServiceDatabase],
) -> None:
    stored = database("casefile")
    with asyncio.Runner() as runner:
        opened = Casefile.opened(stored)
        casefile = runner.run(opened.__aenter__())

        @settings(max_examples=examples(2, 30), deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(any_fact().filter(can_be_stored), min_size=2, max_size=examples(6, 12)), st.randoms())
        def check(facts: list[dict[str, Any]], chance: random.Random) -> None:
            pages = set()
            for arrival in (facts, chance.sample(facts, len(facts)), facts[::-1] + facts):
                wipe(stored)
                half = chance.randrange(1, len(arrival))
                for batch in (arrival[:half], arrival[half:]):
                    fates = runner.run(casefile.take(*batch, kinds=["reactions"]))
                    # A decision that came before its person is for later, with all it was to bring.
                    assert set(fates) <= {"taken", "later", "dead"}
                told = {str(row["event_id"]) for row in log(stored)}
                # A case of a household that is not here is nobody's: its team cannot be told.
                waits = ("triage.contact.decided", "casefile.case.")
                expected = {each["id"] for each in facts if not each["type"].startswith(waits)}
                assert expected <= told
                pages.add(page_rows(stored))
                assert [row["seq"] for row in log(stored)] == list(range(1, len(told) + 1))
                assert runner.run(first_break(casefile)) is None
            assert len(pages) == 1
            assert runner.run(lay_out_anew(casefile)) == len(log(stored))
            assert {page_rows(stored)} == pages

        try:
            check()
        finally:
            runner.run(opened.__aexit__(None, None, None))


async def test_an_event_that_is_no_case_fact_leaves_no_trace(casefile: Casefile) -> None:
    counts = {"rows": 1, "people_created": 1, "people_matched": 0, "households_created": 1, "rows_refused": 0}
    done = {"import_id": str(uuid4()), **counts, "started_at": moment(), "finished_at": moment()}
    await casefile.take(envelope("casefile.import.completed", done))
    seal = {"batch": 1, "first_entry": 1, "last_entry": 2, "count": 2}
    digests = {"digest": "a" * 64, "previous_digest": "0" * 64, "sealed_at": moment()}
    assert await casefile.take(envelope("triage.access.recorded", {**seal, **digests})) == ["taken"]
    assert log(casefile.stored) == []


async def test_the_same_event_twice_is_one_line(casefile: Casefile) -> None:
    person = await casefile.person()
    fact = contact("received", household=person["household_id"])
    assert set(await casefile.take(fact, fact)) == {"taken"}
    assert set(await casefile.take(fact)) == {"taken"}
    assert len(log(casefile.stored)) == 1
    assert len(await story(casefile, person["household_id"])) == 1


# The page -------------------------------------------------------------------------------------------------


async def test_the_story_of_a_walk_in(casefile: Casefile) -> None:
    person = await casefile.person()
    await casefile.hear_itself()
    home, id_ = person["household_id"], str(uuid4())
    await casefile.take(contact("received", person=person["id"], at=moment(), contact_id=id_))
    await casefile.take(decided(person=person["id"], contact_id=id_))
    await casefile.hear_itself()
    items = await story(casefile, home)
    assert [each["title"] for each in items] == [
        "Person registered",
        "Household formed",
        "Contact: walked in at barking learning centre about housing",
        "Decision (final): an account manager will work through it (universal)",
        "Case opened (universal)",
    ]
    received = items[2]
    assert (received["actor"], received["purpose"]) == ("triage-7", "universal_support")
    assert received["record"] == f"/v1/triage/contacts/{id_}"
    assert received["person_ids"] == [person["id"]]
    assert received["facts"]["channel"] == "walk_in"
    # The case was opened on behalf of whoever decided.
    assert items[4]["actor"] == "triage-7"


async def test_lines_stand_in_the_order_things_happened_not_in_that_of_arrival(casefile: Casefile) -> None:
    home = (await casefile.person())["household_id"]
    at = moment(2)
    same = [contact("received", household=home, at=at) for _ in range(3)]
    facts = [
        contact("received", household=home, at=moment(1)),
        *same,
        contact("received", household=home, at=moment(5)),
    ]
    await casefile.take(*facts)
    oldest = [each["event_id"] for each in await story(casefile, home)]
    assert oldest == [facts[4]["id"], *sorted(each["id"] for each in same), facts[0]["id"]]
    newest = [each["event_id"] for each in await story(casefile, home, order="newest")]
    assert newest == oldest[::-1]


@pytest.mark.full
@pytest.mark.parametrize("order", ["newest", "oldest"])
async def test_pages_turn_without_loss_or_repeat(casefile: Casefile, order: str) -> None:
    home = (await casefile.person())["household_id"]
    at = moment(2)
    await casefile.take(*(contact("received", household=home, at=at) for _ in range(7)))
    await casefile.take(*(contact("received", household=home, at=moment(day)) for day in range(6)))
    whole = [each["event_id"] for each in await story(casefile, home, order=order)]
    seen: list[str] = []
    path = f"/v1/casefile/households/{home}/timeline?limit=4&order={order}"
    while path:
        response = await casefile("GET", path)
        seen += [each["event_id"] for each in response.json()["items"]]
        link = response.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
        assert bool(path) == (response.json()["next"] is not None)
    assert seen == whole
    assert len(seen) == 13


async def test_a_cursor_of_another_household_is_refused(casefile: Casefile) -> None:
    homes = [(await casefile.person(name))["household_id"] for name in ("Amina", "Sahra")]
    await casefile.take(*(contact("received", household=homes[0]) for _ in range(3)))
    page = await casefile.good("GET", f"/households/{homes[0]}/timeline?limit=1")
    for path, after in ((homes[1], page["next"]), (homes[0], page["next"][:-2] + "xx"), (homes[0], "")):
        response = await casefile("GET", f"/households/{path}/timeline", params={"after": after})
        assert response.status_code == 422


@pytest.mark.full
async def test_a_page_shows_what_was_asked_for(casefile: Casefile) -> None:
    person = await casefile.person()
    home = person["household_id"]
    await casefile.hear_itself()
    await casefile.take(contact("received", household=home), decided(household=home))
    await casefile.hear_itself()
    kinds = {"kind": "contact"}, {"service": "triage"}, {"kind": "case"}, {"service": "casefile", "kind": "person"}
    found = [[each["type"] for each in await story(casefile, home, **query)] for query in kinds]
    assert sorted(found[0]) == sorted(found[1]) == ["triage.contact.decided", "triage.contact.received"]
    assert found[2:] == [["casefile.case.opened"], ["casefile.person.registered"]]
    assert await story(casefile, home, service="housing") == []
    for wrong in ({"kind": "X!"}, {"limit": 0}, {"limit": 201}, {"order": "sideways"}):
        assert (await casefile("GET", f"/households/{home}/timeline", params=wrong)).status_code == 422


async def test_an_unknown_household_has_no_timeline(casefile: Casefile) -> None:
    assert (await casefile("GET", f"/households/{uuid4()}/timeline")).status_code == 404


# Which household a fact belongs to ------------------------------------------------------------------------


async def homes_told(casefile: Casefile, fact: dict[str, Any]) -> set[str]:
    assert set(await casefile.take(fact)) == {"taken"}
    rows = casefile.stored.rows("select household_id from timeline_entry where event_id = %s", [fact["id"]])
    return {str(row["household_id"]) for row in rows}


@pytest.mark.full
async def test_a_fact_about_someone_who_moved_stays_with_the_home_of_its_day(casefile: Casefile) -> None:
    mover, host = await casefile.person("Amina"), await casefile.person("Sahra")
    long_ago = clock.today() - timedelta(days=30)
    casefile.stored.execute("update membership set since = %s", [long_ago])
    moved = (clock.today() - timedelta(days=3)).isoformat()
    body = {"person_id": mover["id"], "since": moved}
    await casefile.good("POST", f"/households/{host['household_id']}/members", body)
    for days, home in ((4, mover), (2, host), (60, mover)):
        fact = contact("received", person=mover["id"], at=moment(days))
        assert await homes_told(casefile, fact) == {home["household_id"]}, days


async def test_a_fact_about_someone_in_two_households_is_told_in_both(casefile: Casefile) -> None:
    child, father = await casefile.person("Idris"), await casefile.person("Omar")
    body = {"person_id": child["id"], "moving": False}
    await casefile.good("POST", f"/households/{father['household_id']}/members", body)
    told = await homes_told(casefile, contact("received", person=child["id"]))
    assert told == {child["household_id"], father["household_id"]}
    assert await first_break(casefile) is None


async def test_a_fact_that_names_its_household_goes_there(casefile: Casefile) -> None:
    one, other = await casefile.person("Amina"), await casefile.person("Sahra")
    fact = contact("received", person=one["id"], household=other["household_id"])
    assert await homes_told(casefile, fact) == {other["household_id"]}


async def test_a_fact_about_nobody_we_know_is_kept_and_shown_nowhere(casefile: Casefile) -> None:
    assert await homes_told(casefile, contact("received", person=uuid4())) == set()
    assert await homes_told(casefile, contact("received")) == set()
    assert len(log(casefile.stored)) == 2


@pytest.mark.full
async def test_merged_people_have_one_story(casefile: Casefile) -> None:
    a, b, c = [await casefile.person(name) for name in ("Amina", "Aamina", "Amena")]
    await casefile.hear_itself()
    for one, into in ((a, b), (b, c)):
        body = {"survivor_id": into["id"], "reason": "the same"}
        await casefile.good("POST", f"/people/{one['id']}/merge", body, version=1)
        await casefile.hear_itself()
    told = await homes_told(casefile, contact("received", person=a["id"]))
    assert told == {each["household_id"] for each in (a, b, c)}
    # The page of the one who stands says that the records were found to be one.
    assert [each["title"] for each in await story(casefile, c["household_id"])].count(
        "Two records found to be one person"
    ) == 1
    assert await homes_told(casefile, contact("received", person=c["id"])) == {c["household_id"]}


# The chain ------------------------------------------------------------------------------------------------


@pytest.fixture
async def told(casefile: Casefile) -> Casefile:
    """Six facts in the log."""
    home = (await casefile.person())["household_id"]
    for day in range(6):
        await casefile.take(contact("received", household=home, at=moment(day)))
    assert await first_break(casefile) is None
    return casefile


SHIFT = "update timeline_log set seq = seq + 100 where seq >= 4;update timeline_log set seq = seq - 99 where seq > 100"


@pytest.mark.full
@pytest.mark.parametrize(
    ("statements", "broken"),
    [
        ("update timeline_log set payload = replace(payload, 'walk_in', 'phone') where seq = 3", 3),
        (
            "update timeline_log set payload = '{}', digest = sha256(salt || convert_to('{}', 'UTF8')) where seq = 3",
            3,
        ),
        ("update timeline_log set salt = decode('00', 'hex') where seq = 2", 2),
        ("update timeline_log set chain = sha256(chain) where seq = 5", 5),
        ("update timeline_log set household_ids = '{}' where seq = 4", 4),
        ("update timeline_log set event_id = gen_random_uuid() where seq = 4", 4),
        ("update timeline_log set payload = null where seq = 4", 4),
        ("update timeline_log set salt = null where seq = 4", 4),
        ("delete from timeline_log where seq = 3", 3),
        ("delete from timeline_log where seq = 1", 1),
        ("delete from timeline_log where seq = 6", 6),
        ("delete from timeline_log where seq > 2", 3),
        ("delete from timeline_log", 1),
        (
            "update timeline_log set seq = 100 where seq = 3;update timeline_log set seq = 3 where seq = 4;"
            "update timeline_log set seq = 4 where seq = 100",
            3,
        ),
        (
            SHIFT + ";insert into timeline_log select 4, gen_random_uuid(), household_ids, payload, salt, digest,"
            " chain, received_at from timeline_log where seq = 3",
            4,
        ),
        (
            "insert into timeline_log select 7, gen_random_uuid(), household_ids, payload, salt, digest,"
            " sha256(chain || digest), received_at from timeline_log where seq = 6",
            7,
        ),
        ("update timeline_head set seq = 5", 5),
        ("update timeline_head set chain = sha256(chain)", 6),
        ("delete from timeline_head", 1),
    ],
)
async def test_tampering_is_found_where_it_begins(told: Casefile, statements: str, broken: int) -> None:
    for statement in statements.split(";"):
        assert told.stored.execute(statement) > 0
    assert await first_break(told) == broken


@pytest.mark.full
async def test_a_row_put_in_at_the_end_by_someone_who_knows_the_rule_shows(told: Casefile) -> None:
    told.stored.execute(
        "insert into timeline_log select 7, e.id, household_ids, p.payload, salt,"
        " sha256(salt || convert_to(p.payload, 'UTF8')),"
        " sha256(chain || sha256(salt || convert_to(p.payload, 'UTF8'))), received_at"
        " from timeline_log, lateral (select gen_random_uuid() as id) e,"
        " lateral (select replace(payload, event_id::text, e.id::text) as payload) p where seq = 6"
    )
    assert await first_break(told) == 7


async def test_erasure_blanks_a_fact_and_the_chain_stands(told: Casefile) -> None:
    told.stored.execute("update timeline_log set payload = null, salt = null where seq in (2, 6)")
    assert await first_break(told) is None
    assert await lay_out_anew(told) == 6
    assert len(told.stored.rows("select 1 from timeline_entry")) == 4


@pytest.mark.full
async def test_two_processes_keep_one_chain(casefile: Casefile) -> None:
    home = (await casefile.person())["household_id"]
    batches = [[contact("received", household=home) for _ in range(5)] for _ in range(12)]
    fates = await asyncio.gather(*(casefile.take(*batch) for batch in batches))
    assert {fate for each in fates for fate in each} == {"taken"}
    assert [row["seq"] for row in log(casefile.stored)] == list(range(1, 61))
    assert await first_break(casefile) is None
    # A batch stays together: its events came in that order.
    order = [str(row["event_id"]) for row in log(casefile.stored)]
    for batch in batches:
        start = order.index(batch[0]["id"])
        assert order[start : start + 5] == [each["id"] for each in batch]


async def test_a_batch_that_fails_leaves_no_gap(casefile: Casefile) -> None:
    home = (await casefile.person())["household_id"]
    # Nobody knows the person: the decision is for later, and what came with it stands.
    fates = await casefile.take(contact("received", household=home), decided(person=uuid4()), kinds=["reactions"])
    assert fates == ["taken", "later"]
    await casefile.take(contact("received", household=home))
    assert [row["seq"] for row in log(casefile.stored)] == [1, 2]
    assert await first_break(casefile) is None


# Rebuilding -----------------------------------------------------------------------------------------------


async def test_a_page_laid_out_anew_is_the_same_bytes(told: Casefile) -> None:
    before = page_rows(told.stored)
    told.stored.execute("update timeline_entry set title = 'Something else' where household_id is not null")
    told.stored.execute("delete from timeline_entry where occurred_at < now() - interval '3 days'")
    assert page_rows(told.stored) != before
    logged = log(told.stored)
    assert await lay_out_anew(told) == 6
    assert page_rows(told.stored) == before
    assert log(told.stored) == logged


async def test_a_long_log_is_read_in_parts(told: Casefile, monkeypatch: pytest.MonkeyPatch) -> None:
    before = page_rows(told.stored)
    monkeypatch.setattr(commands, "_REBUILD_BATCH", 2)
    monkeypatch.setattr(queries, "_VERIFY_BATCH", 4)
    assert await lay_out_anew(told) == 6
    assert page_rows(told.stored) == before
    assert await first_break(told) is None


async def test_the_command_checks_the_chain_and_rebuilds(
    told: Casefile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**settings_of("casefile"), "database_url": told.stored.url}.items():
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        monkeypatch.setenv(f"NEWSTART_{name.upper()}", text)
    before = page_rows(told.stored)
    told.stored.execute("delete from timeline_entry")
    await rebuild.run()
    assert "from 6 facts" in capsys.readouterr().out
    assert page_rows(told.stored) == before
    told.stored.execute("update timeline_log set payload = '{}' where seq = 2")
    told.stored.execute("delete from timeline_entry")
    with pytest.raises(SystemExit, match="entry 2 breaks the chain"):
        await rebuild.run()
    assert page_rows(told.stored) == "[]"


async def test_no_two_facts_share_a_salt(told: Casefile) -> None:
    salts = {bytes(row["salt"]) for row in log(told.stored)}
    assert len(salts) == 6
    assert all(len(each) == 16 for each in salts)
