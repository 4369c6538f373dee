"""The rooms every service has alike: drafts, dead letters by hand and by command, and reading one's own writes."""

import asyncio
import json
import os
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import insert

from kit.contracts.envelope import Event
from kit.errors import Conflict
from kit.events import dead_letters
from kit.events.handlers import KINDS, Handlers, NotYet, handled
from kit.run import dead_letters as command
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.kit import ground
from tests.kit.ground import COUNTER, FORMED, signed
from tests.kit.test_inbox import Paper, choosy, effects, formed, inbox, letters, paper, take

KEEP, MANAGE, READ = "casefile.draft.keep", "casefile.dead_letter.manage", "casefile.thing.read"
DRAFT = "/v1/casefile/drafts/contact/new"


# Drafts -----------------------------------------------------------------------------------------------------


async def save(client: httpx.AsyncClient, body: Any, etag: str | None = None, subject: str = "ada") -> httpx.Response:
    headers = signed(KEEP, subject=subject) | ({"If-Match": etag} if etag else {})
    return await client.put(DRAFT, json=body, headers=headers)


async def load(client: httpx.AsyncClient, subject: str = "ada") -> httpx.Response:
    return await client.get(DRAFT, headers=signed(KEEP, subject=subject))


async def test_a_draft_is_kept_as_it_is_typed(client: httpx.AsyncClient) -> None:
    first = await save(client, {"note": "She s"})
    assert (first.status_code, first.headers["ETag"]) == (200, '"1"')
    second = await save(client, {"note": "She said"}, first.headers["ETag"])
    assert second.headers["ETag"] == '"2"'
    found = await load(client)
    assert (found.json()["body"], found.headers["ETag"]) == ({"note": "She said"}, '"2"')


async def test_a_second_window_does_not_overwrite_the_first(client: httpx.AsyncClient) -> None:
    first = await save(client, {"note": "one"})
    await save(client, {"note": "two"}, first.headers["ETag"])
    for etag in (first.headers["ETag"], None, '"7"'):
        late = await save(client, {"note": "three"}, etag)
        assert late.status_code == 412
        assert late.json()["current"] == {"note": "two"}
        assert late.json()["current_version"] == 2
    assert (await load(client)).json()["body"] == {"note": "two"}


async def test_who_never_heard_the_answer_saves_the_same_words_again(client: httpx.AsyncClient) -> None:
    first = await save(client, {"note": "one"})
    second = await save(client, {"note": "one two"}, first.headers["ETag"])
    for etag in (first.headers["ETag"], None):
        again = await save(client, {"note": "one two"}, etag)
        assert (again.status_code, again.headers["ETag"]) == (200, second.headers["ETag"])


async def test_two_windows_at_the_same_moment_save_one(client: httpx.AsyncClient) -> None:
    etag = (await save(client, {"note": "one"})).headers["ETag"]
    answers = await asyncio.gather(*(save(client, {"note": str(number)}, etag) for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_a_draft_is_its_owners_alone(client: httpx.AsyncClient) -> None:
    await save(client, {"note": "hers"})
    assert (await load(client, "ben")).status_code == 404
    assert (await save(client, {"note": "his"}, subject="ben")).status_code == 200
    await client.delete(DRAFT, headers=signed(KEEP, subject="ben"))
    assert (await load(client, "ben")).status_code == 404
    assert (await load(client)).json()["body"] == {"note": "hers"}


async def test_a_draft_thrown_away_is_gone(client: httpx.AsyncClient) -> None:
    etag = (await save(client, {"note": "one"})).headers["ETag"]
    assert (await client.delete(DRAFT, headers=signed(KEEP))).status_code == 204
    assert (await load(client)).status_code == 404
    assert (await save(client, {"note": "two"}, etag)).status_code == 404
    assert (await client.delete(DRAFT, headers=signed(KEEP))).status_code == 204


@pytest.mark.parametrize("body", [{"note": "x" * 100_001}, [], "text", None])
async def test_what_is_no_draft_is_refused(client: httpx.AsyncClient, body: Any) -> None:
    assert (await save(client, body)).status_code == 422


@pytest.mark.parametrize("place", ["Contact/new", "contact/a b", "contact/" + "x" * 65, "contact/..%2F"])
async def test_a_draft_has_a_plain_name(client: httpx.AsyncClient, place: str) -> None:
    answer = await client.put(f"/v1/casefile/drafts/{place}", json={}, headers=signed(KEEP))
    assert answer.status_code in {404, 422}


# Dead letters -----------------------------------------------------------------------------------------------


async def bury(database: Database, event: dict[str, Any], error: Exception | None = None) -> None:
    group = choosy(UUID(event["subject"]), error or Conflict("The household is closed"))
    await take(inbox(database, group), [paper(event, deliveries=12)])


def room(*groups: Handlers) -> dict[str, Any]:
    return {"handlers": groups or (ground.handlers,)}


async def test_a_person_reads_retries_and_drops_them(store: Database, maker: ServiceDatabase) -> None:
    events = [formed() for _ in range(3)]
    for event in events:
        await bury(store, event)
    app = ground.app_on(maker.url, **room())
    async with ground.running(app) as client:
        listed = (await client.get("/v1/casefile/dead-letters", headers=signed(MANAGE))).json()
        assert [each["event_id"] for each in listed] == [event["id"] for event in events[::-1]]
        assert all(each["reason"] == "conflict: The household is closed" for each in listed)
        assert all("envelope" not in each for each in listed)
        _, second, first = (f"/v1/casefile/dead-letters/{each['id']}" for each in listed)
        shown = (await client.get(first, headers=signed(MANAGE))).json()
        assert json.loads(shown["envelope"]) == events[0]
        assert (await client.post(f"{first}/retry", headers=signed(MANAGE))).status_code == 204
        assert (await client.delete(second, headers=signed(MANAGE))).status_code == 204
        left = (await client.get("/v1/casefile/dead-letters", headers=signed(MANAGE))).json()
        assert [each["event_id"] for each in left] == [events[2]["id"]]
        for again in (
            client.post(f"{first}/retry", headers=signed(MANAGE)),
            client.delete(first, headers=signed(MANAGE)),
        ):
            assert (await again).status_code == 409
        strange = f"/v1/casefile/dead-letters/{uuid4()}"
        for missing in (
            client.get(strange, headers=signed(MANAGE)),
            client.post(f"{strange}/retry", headers=signed(MANAGE)),
            client.delete(strange, headers=signed(MANAGE)),
        ):
            assert (await missing).status_code == 404
    assert effects(maker) == {events[0]["id"]: 1}
    settled = {row["event_id"]: (row["state"], row["settled_by"]) for row in letters(maker)}
    assert settled == {
        UUID(events[0]["id"]): ("retried", "ada"),
        UUID(events[1]["id"]): ("dropped", "ada"),
        UUID(events[2]["id"]): ("open", None),
    }
    records = [row["record"] for row in maker.rows("select record from audit_entry order by id")]
    assert len(records) == 3
    assert all(record.startswith("dead_letter/") for record in records)


@pytest.mark.full
@pytest.mark.parametrize("error", [Conflict("still closed"), KeyError("Ada Lovelace"), NotYet()])
async def test_a_retry_that_fails_leaves_it_open_and_nothing_else(
    store: Database, maker: ServiceDatabase, error: Exception
) -> None:
    event = formed()
    await bury(store, event)
    app = ground.app_on(maker.url, **room(choosy(UUID(event["subject"]), error)))
    async with ground.running(app) as client:
        (letter,) = (await client.get("/v1/casefile/dead-letters", headers=signed(MANAGE))).json()
        answer = await client.post(f"/v1/casefile/dead-letters/{letter['id']}/retry", headers=signed(MANAGE))
        assert answer.status_code == 409
        assert answer.json()["type"].endswith("/still-fails")
        assert "Ada" not in answer.text
    assert effects(maker) == {}
    assert [row["state"] for row in letters(maker)] == ["open"]
    assert maker.rows("select * from inbox") == []


async def test_effect_inbox_and_settlement_commit_together(
    store: Database, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = formed()
    await bury(store, event)
    cause = Cause("ada", "system_operations", MANAGE)

    async def act() -> None:
        async with unit_of_work(store, COUNTER, cause) as unit:
            await dead_letters.retry(unit, letters(maker)[0]["id"], by_kind)
            raise ZeroDivisionError

    by_kind = {kind: handled([ground.handlers], kind) for kind in KINDS}
    with pytest.raises(ZeroDivisionError):
        await act()
    assert effects(maker) == {}
    assert [row["state"] for row in letters(maker)] == ["open"]


async def test_what_has_taken_effect_meanwhile_is_not_done_twice(store: Database, maker: ServiceDatabase) -> None:
    event = formed()
    await bury(store, event)
    await take(inbox(store), [paper(event)])
    app = ground.app_on(maker.url, **room())
    async with ground.running(app) as client:
        (letter,) = letters(maker)
        answer = await client.post(f"/v1/casefile/dead-letters/{letter['id']}/retry", headers=signed(MANAGE))
        assert answer.status_code == 204
    assert effects(maker) == {event["id"]: 1}
    # And what a retry did is not done again when it is delivered once more.
    other = formed()
    await bury(store, other)
    async with ground.running(app) as client:
        await client.post(f"/v1/casefile/dead-letters/{letters(maker)[1]['id']}/retry", headers=signed(MANAGE))
    await take(inbox(store), [paper(other)])
    assert effects(maker)[other["id"]] == 1


async def test_what_could_never_be_read_can_be_shown_and_dropped(store: Database, maker: ServiceDatabase) -> None:
    await take(inbox(store), [Paper(b'{"id": "x\x00\xff', subject=f"newstart.{FORMED}")])
    app = ground.app_on(maker.url, **room())
    async with ground.running(app) as client:
        (letter,) = (await client.get("/v1/casefile/dead-letters", headers=signed(MANAGE))).json()
        assert letter["type"] == FORMED
        address = f"/v1/casefile/dead-letters/{letter['id']}"
        assert (await client.get(address, headers=signed(MANAGE))).status_code == 200
        assert (await client.post(f"{address}/retry", headers=signed(MANAGE))).status_code == 409
        assert (await client.delete(address, headers=signed(MANAGE))).status_code == 204


async def test_a_projection_that_was_buried_can_be_retried(store: Database, maker: ServiceDatabase) -> None:
    person = str(uuid4())
    event = formed() | {"type": ground.REGISTERED, "subject": person}
    event["data"] = {"person_id": person, "changed_at": "2026-01-01T00:00:00Z"}
    await dead_letters.bury(
        store, "projections", UUID(event["id"]), ground.REGISTERED, json.dumps(event), "KeyError", 5
    )
    async with ground.running(ground.app_on(maker.url, **room())) as client:
        (letter,) = letters(maker)
        answer = await client.post(f"/v1/casefile/dead-letters/{letter['id']}/retry", headers=signed(MANAGE))
        assert answer.status_code == 204
    assert [str(row["id"]) for row in maker.rows("select id from known_person")] == [person]


async def test_the_command_does_what_the_room_does(
    counted: Database,
    counter: ServiceDatabase,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    events = [formed() for _ in range(2)]
    for event in events:
        await bury(counted, event)
    given = ground.settings(counter.url)
    monkeypatch.setattr(command, "load", lambda kind: given)
    monkeypatch.setattr(command, "service_named", lambda name: ground.counter())

    async def said(verb: str, id_: UUID | None = None) -> list[dict[str, Any]]:
        await command.act(COUNTER, verb, id_)
        text = capsys.readouterr().out
        return [json.loads(text)] if verb == "show" else [json.loads(line) for line in text.splitlines()]

    capsys.readouterr()
    listed = await said("list")
    assert [each["event_id"] for each in listed] == [event["id"] for event in events[::-1]]
    newest, oldest = (UUID(each["id"]) for each in listed)
    assert json.loads((await said("show", oldest))[0]["envelope"]) == events[0]
    assert await said("retry", oldest) == [{"id": str(oldest), "done": "retry"}]
    assert await said("drop", newest) == [{"id": str(newest), "done": "drop"}]
    assert await said("list") == []
    assert effects(counter) == {events[0]["id"]: 1}
    assert {row["settled_by"].partition(":")[0] for row in letters(counter)} == {"operator"}
    with pytest.raises(Conflict):
        await command.act(COUNTER, "drop", oldest)
    assert len(counter.rows("select * from audit_entry where starts_with(record, 'dead_letter/')")) == 3


@pytest.mark.parametrize("words", ["", "housing", "housing sing", "housing show", "housing show x", "housing list 1"])
def test_a_wrong_command_says_how_it_goes(words: str) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(words.split())
    assert "list|show|retry|drop" in str(end.value) or "The id is a UUID" in str(end.value)


def test_the_command_says_which_settings_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("NEWSTART_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(command, "service_named", lambda name: ground.counter())
    with pytest.raises(SystemExit, match="NEWSTART_DATABASE_URL"):
        command.main(["housing", "list"])


# One's own writes -------------------------------------------------------------------------------------------


async def test_a_read_waits_for_the_event_it_names(store: Database, client: httpx.AsyncClient) -> None:
    event = formed()
    headers = signed(READ) | {"After-Event": event["id"]}
    asking = asyncio.ensure_future(client.get("/v1/casefile/things", headers=headers))
    await asyncio.sleep(0.15)
    assert not asking.done()
    await take(inbox(store), [paper(event)])
    answer = await asyncio.wait_for(asking, 2)
    assert (answer.status_code, "Stale" in answer.headers) == (200, False)


async def test_a_read_after_ones_own_event_does_not_wait(store: Database, client: httpx.AsyncClient) -> None:
    (event_id,) = await ground.emit_formed(store, uuid4())
    headers = signed(READ) | {"After-Event": str(event_id)}
    answer = await asyncio.wait_for(client.get("/v1/casefile/things", headers=headers), 0.9)
    assert "Stale" not in answer.headers


async def test_a_read_after_ones_own_event_waits_for_ones_own_handlers(
    store: Database, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timeline is written by a reaction to the service's own events."""
    monkeypatch.setattr("kit.web.waiting.PATIENCE_SECONDS", 0.1)
    group = Handlers()
    group.projection(FORMED)(lambda unit, events: asyncio.sleep(0))
    group.reaction(FORMED)(lambda unit, event: asyncio.sleep(0))
    (event_id,) = await ground.emit_formed(store, uuid4())
    (row,) = maker.rows("select envelope from outbox")
    event = json.loads(row["envelope"])
    headers = signed(READ) | {"After-Event": str(event_id)}
    async with ground.running(ground.app_on(maker.url, handlers=(group,))) as client:
        for kind, stale in (("", True), ("projections", True), ("reactions", False)):
            if kind in KINDS:
                await take(inbox(store, group, kind=kind), [paper(event)])
            answer = await client.get("/v1/casefile/things", headers=headers)
            assert ("Stale" in answer.headers) == stale, kind


async def test_a_read_says_when_it_is_too_early(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.web.waiting.PATIENCE_SECONDS", 0.1)
    headers = signed(READ) | {"After-Event": str(uuid4())}
    answer = await client.get("/v1/casefile/things", headers=headers)
    assert (answer.status_code, answer.headers["Stale"]) == (200, "true")
    nonsense = await client.get("/v1/casefile/things", headers=signed(READ) | {"After-Event": "yesterday"})
    assert nonsense.status_code == 422
    # Nobody unknown makes us wait.
    assert (await client.get("/v1/casefile/things", headers={"After-Event": "yesterday"})).status_code == 401


# Registering handlers ---------------------------------------------------------------------------------------


def test_nobody_listens_for_what_is_only_planned_or_unknown() -> None:
    group = Handlers()
    with pytest.raises(ValueError, match="only planned"):
        group.projection("casefile.consent.recorded")(lambda unit, events: asyncio.sleep(0))
    with pytest.raises(KeyError):
        group.reaction("casefile.nothing.happened")(lambda unit, event: asyncio.sleep(0))


async def test_a_batched_reaction_gets_its_share_at_once(store: Database, maker: ServiceDatabase) -> None:
    group = Handlers()
    shares: list[int] = []

    @group.batched_reaction(FORMED)
    async def count(unit: UnitOfWork, events: Any) -> None:
        shares.append(len(events))
        for event in events:
            await unit.session.execute(insert(ground.Effect).values(event_id=event.id, note="batch"))

    events = [formed() for _ in range(4)]
    await take(inbox(store, group), [paper(each) for each in events])
    await take(inbox(store, group), [paper(each) for each in [*events, formed()]])
    assert shares == [4, 1]
    assert all(isinstance(each, Event) for each in [Event[Any].model_validate_json(json.dumps(events[0]))])
