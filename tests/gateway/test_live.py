"""Live updates through the real door: who hears what, in time, again after a break, and what a slow client costs."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest

from gateway.app import SERVICE, Gateway, api
from gateway.issuer import choose
from gateway.live import api as live_api
from gateway.live import feed as feeding
from gateway.live.kept_back import guards
from gateway.live.listener import MOST_WAITING, Caller, Change, Listener
from gateway.live.lists import LISTS, there
from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event
from kit.events.effects import dispatch
from kit.events.handlers import handled
from kit.store import access
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.gateway.doors import listening
from tests.gateway.test_workers import settings

OFFICER = ("triage_officer", "front_door")
BY_TYPE = handled(SERVICE.handlers, "reactions")


class Ground:
    """A gateway that listens, and its database, into which events come as the worker would take them."""

    def __init__(self, gateway: Gateway, store: ServiceDatabase, http: aiohttp.ClientSession, address: str) -> None:
        self.gateway = gateway
        self.store = store
        self.http = http
        self.address = address
        self.tokens: dict[str, str] = {}
        self.database = Database(store.url, pool=3)

    async def headers(self, role: str, purpose: str) -> dict[str, str]:
        if role not in self.tokens:
            async with self.http.post(f"{self.address}/demo/token", json={"role": role}) as got:
                self.tokens[role] = (await got.json())["access_token"]
        return {"Authorization": f"Bearer {self.tokens[role]}", "Newstart-Purpose": purpose}

    @asynccontextmanager
    async def follows(
        self, who: tuple[str, str] = OFFICER, query: str = "", after: str | None = None
    ) -> AsyncIterator["Ear"]:
        headers = await self.headers(*who)
        if after is not None:
            headers["Last-Event-ID"] = after
        async with self.http.get(f"{self.address}/v1/live?{query}", headers=headers) as answer:
            yield Ear(answer)

    async def refused(self, who: tuple[str, str], query: str) -> tuple[int, str]:
        async with self.http.get(f"{self.address}/v1/live?{query}", headers=await self.headers(*who)) as answer:
            document = await answer.json(content_type="application/problem+json")
            return answer.status, document["detail"]

    async def happens(self, *told: Event[Any]) -> None:
        async with unit_of_work(self.database, "gateway", Cause.system("gateway", "test")) as unit:
            await dispatch(unit, BY_TYPE, told)


class Ear:
    """What one client hears."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer
        self.last_id = ""

    async def next(self, seconds: float = 5.0) -> tuple[str, Any]:
        """The next event with data: its name and what it says."""
        name, data = "", None
        async with asyncio.timeout(seconds):
            async for raw in self.answer.content:
                field, _, value = raw.decode().strip().partition(": ")
                if field == "id":
                    self.last_id = value
                elif field == "event":
                    name = value
                elif field == "data":
                    data = json.loads(value)
                elif not field and data is not None:
                    return name, data
        raise EOFError

    async def silent(self, seconds: float = 0.6) -> bool:
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False


def entry(
    event: str = "added", *, kind: str = "contact", people: tuple[UUID, ...] = (), id_: UUID | None = None
) -> Any:
    now = datetime.now(UTC).isoformat()
    entry_id = str(id_ or uuid4())
    data = {
        "entry_id": entry_id,
        "kind": kind,
        "subject_id": str(uuid4()),
        "person_ids": [str(each) for each in people],
        "urgency": "today",
        "state": "waiting",
        "band": "today",
        "stands_since": now,
        "arrived_at": now,
        "rules_version": 1,
        "changed_at": now,
    }
    body = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": "urn:newstart:triage",
        "type": f"triage.queue_entry.{event}",
        "subject": entry_id,
        "time": now,
        "actor": "officer-1",
        "purpose": "front_door",
        "sequence": "1".zfill(20),
        "correlationid": str(uuid4()),
        "data": data,
    }
    return CATALOGUE[f"triage.queue_entry.{event}"].parse(json.dumps(body))


@pytest.fixture
async def ground(database: Callable[[str], ServiceDatabase], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ground]:
    monkeypatch.setattr(feeding, "_EVERY_SECONDS", 0.05)
    store = database("gateway")
    gateway = api(settings(store.url))
    async with listening(gateway, lifespan=True) as address, aiohttp.ClientSession() as http:
        made = Ground(gateway, store, http, address)
        yield made
        gateway.stopping()
        await made.database.close()


@pytest.mark.full
async def test_two_users_hear_of_a_change_within_two_seconds(ground: Ground) -> None:
    async with ground.follows() as one, ground.follows(("housing_officer", "homelessness")) as two:
        assert (await one.next())[0] == (await two.next())[0] == "hello"
        told = entry("moved")
        await ground.happens(told)
        for ear in (one, two):
            name, change = await ear.next(2.0)
            assert (name, change["list"], change["kind"], change["id"]) == (
                "change", "triage.queue", "moved", str(told.subject),
            )  # fmt: skip
            assert set(change) == {"list", "kind", "id", "at"}
        assert one.answer.headers["Content-Type"].startswith("text/event-stream")
        assert "no-store" in one.answer.headers["Cache-Control"]


@pytest.mark.full
async def test_one_hears_of_the_lists_one_may_read_for_the_purpose(ground: Ground) -> None:
    async with ground.follows() as officer, ground.follows(("safeguarding_lead", "safeguarding")) as lead:
        heard = (await officer.next())[1]["lists"]
        assert "triage.queue" in heard
        assert "triage.queue.concerns" not in heard
        assert "triage.queue.concerns" in (await lead.next())[1]["lists"]
        await ground.happens(entry(kind="safeguarding"))
        assert (await lead.next())[1]["list"] == "triage.queue.concerns"
        assert await officer.silent()
    status, words = await ground.refused(OFFICER, "list=triage.queue.concerns")
    assert (status, "triage.queue.concerns" in words) == (403, True)
    assert (await ground.refused(OFFICER, "list=triage.nothing"))[0] == 422
    assert (await ground.refused(("analyst", "research_statistics"), ""))[0] == 403


async def test_who_is_kept_back_is_kept_back_here_too(ground: Ground) -> None:
    restricted, barred, merged, known = (uuid4() for _ in range(4))
    officer = str(choose("triage_officer", None).id)
    for id_, closed, workers, into in (
        (restricted, True, [], None),
        (barred, False, [officer], None),
        (merged, False, [], restricted),
        (known, False, [], None),
    ):
        ground.store.execute(
            "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers,"
            " merged_into) values (%s, 1, '[]', %s, '{}', %s, %s)",
            [id_, closed, workers, into],
        )
    async with ground.follows() as ear, ground.follows(("manager", "supervision")) as manager:
        await ear.next()
        await manager.next()
        for person in (restricted, barred, merged, known):
            await ground.happens(entry(people=(person,), id_=person))
        assert (await ear.next())[1]["id"] == str(known)
        assert [(await manager.next())[1]["id"] for _ in range(2)] == [str(barred), str(known)]

    # The rule written for many listeners is the rule of the services.
    cause = Cause(actor=officer, purpose="front_door", hidden=frozenset({known}))
    async with ground.database.engine.connect() as connection:
        from sqlalchemy import literal, select

        found = await guards(connection, [restricted, barred, merged, known, stranger := uuid4()])
        for person in (restricted, barred, merged, known, stranger):
            theirs = await connection.scalar(select(access.kept_back(cause, literal(person))))
            assert found[person].keeps_from(officer, cause.hidden) == theirs, person


async def test_whoever_raised_a_concern_hears_of_it_whoever_it_is_about(ground: Ground) -> None:
    """The receipt says as much to them: silence about somebody kept from them would tell that it is such a one."""
    barred, boss = uuid4(), str(choose("manager", None).id)
    ground.store.execute(
        "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers)"
        " values (%s, 1, '[]', false, '{}', %s)",
        [barred, [boss]],
    )

    def concern(by: str) -> Any:
        now = datetime.now(UTC).isoformat()
        data = {"concern_id": str(uuid4()), "kind": "child", "person_ids": [str(barred)], "state": "acknowledged",
                "raised_by": by, "raised_at": now, "changed_at": now}  # fmt: skip
        envelope = json.loads(entry().model_dump_json()) | {"type": "triage.safeguarding.acknowledged", "data": data}
        return CATALOGUE["triage.safeguarding.acknowledged"].parse(
            json.dumps(envelope | {"id": str(uuid4()), "subject": data["concern_id"], "sequence": "1".zfill(20)})
        )

    others, own = concern("ada"), concern(boss)
    async with ground.follows(("manager", "supervision"), query="list=triage.safeguarding") as manager:
        await manager.next()
        await ground.happens(others, own)
        name, told = await manager.next()
        assert (name, told["id"], told["kind"]) == ("change", str(own.subject), "acknowledged")
        assert await manager.silent()


async def test_nothing_is_missed_after_a_break(ground: Ground) -> None:
    async with ground.follows() as ear:
        await ear.next()
        await ground.happens(entry())
        await ear.next()
        last = ear.last_id
    missed = [entry() for _ in range(3)]
    await ground.happens(*missed)
    async with ground.follows(after=last) as ear:
        name, said = await ear.next()
        assert (name, said["resumed"]) == ("hello", True)
        assert [(await ear.next())[1]["id"] for _ in range(3)] == [str(each.subject) for each in missed]
        await ground.happens(entry("removed"))
        assert (await ear.next())[1]["kind"] == "removed"
    # What nobody knows any more: read your lists again.
    ground.store.execute("delete from live_change where id <= %s", [int(last) + 1])
    for forgotten in (last, "999999999"):
        async with ground.follows(after=forgotten) as ear:
            assert (await ear.next())[1]["resumed"] is False
            assert (await ear.next())[0] == "reset"


async def test_a_heartbeat_tells_how_far_one_has_come(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "HEARTBEAT_SECONDS", 0.1)
    async with ground.follows(query="list=triage.queue") as ear:
        await ear.next()
        before = ear.last_id
        await ground.happens(entry(kind="safeguarding"))
        assert await ear.silent(0.7)
        assert int(ear.last_id) > int(before)


async def test_one_caller_has_so_many_ears(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "MOST_OF_ONE_CALLER", 2)
    async with ground.follows() as one, ground.follows() as two:
        await one.next()
        await two.next()
        status, _ = await ground.refused(OFFICER, "")
        assert status == 429
        async with ground.follows(("manager", "supervision")) as other:
            assert (await other.next())[0] == "hello"
    # Whoever leaves makes room.
    for _ in range(40):
        async with ground.http.get(f"{ground.address}/v1/live", headers=await ground.headers(*OFFICER)) as again:
            if again.status == 200:
                return
        await asyncio.sleep(0.05)
    pytest.fail("a place was not given back")


@pytest.mark.full
async def test_a_suspended_worker_hears_no_more(ground: Ground) -> None:
    async with ground.follows() as ear:
        await ear.next()
        headers = await ground.headers("administrator", "administration")
        officer = choose("triage_officer", None).id
        entry_ = {"name": "Sade", "roles": ["triage_officer"], "suspended": True}
        async with ground.http.put(f"{ground.address}/v1/workers/{officer}", json=entry_, headers=headers) as put:
            assert put.status == 201
        with pytest.raises(EOFError):
            await ear.next(4.0)


@pytest.mark.full
async def test_it_ends_when_the_process_is_to_stop(ground: Ground) -> None:
    async with ground.follows() as ear:
        await ear.next()
        ground.gateway.stopping()
        with pytest.raises(EOFError):
            await ear.next(2.0)
    assert (await ground.refused(OFFICER, ""))[0] == 503


@pytest.mark.full
async def test_a_connection_lasts_its_time_and_no_longer(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "LONGEST_SECONDS", 0.2)
    async with ground.follows() as ear:
        await ear.next()
        with pytest.raises(EOFError):
            await ear.next(2.0)


async def test_a_slow_listener_holds_little_and_learns_that_it_missed_something() -> None:
    listener = Listener(Caller("w", frozenset()), frozenset({"triage.queue"}))
    listener.start(0, [], resumed=False)
    await listener.take(0)
    for number in range(1, 10 * MOST_WAITING):
        listener.offer(Change.of(number, "triage.queue", "moved", uuid4(), datetime.now(UTC), ()))
        assert listener.waiting <= MOST_WAITING
    assert (listener.waiting, (await listener.take(0)).count(b"event: reset")) == (0, 1)
    listener.offer(Change.of(9999, "triage.queue", "moved", uuid4(), datetime.now(UTC), ()))
    assert (await listener.take(0)).count(b"event: change") == 1


@pytest.mark.full
async def test_a_client_that_takes_nothing_is_let_go(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_api, "STUCK_SECONDS", 0.3)
    everybody = ground.gateway._live._everybody
    headers = await ground.headers(*OFFICER)
    host, port = ground.address.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=1024)
    fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"GET /v1/live HTTP/1.1\r\nHost: door\r\n{fields}\r\n".encode())
    assert b"200" in await reader.readline()
    large = Change(1, "triage.queue", b": " + b"x" * 100_000 + b"\n\n", ())
    async with asyncio.timeout(20):
        while everybody:
            for listener in list(everybody):
                listener.offer(large)
            await asyncio.sleep(0.01)
    writer.close()


async def test_numbers_come_in_the_order_of_the_commits(ground: Ground) -> None:
    """Or who reads "after the last I saw" would never see a lower one that came later."""
    first, second = entry(), entry()
    async with unit_of_work(ground.database, "gateway", Cause.system("gateway", "test")) as unit:
        await dispatch(unit, BY_TYPE, [first])
        later = asyncio.create_task(ground.happens(second))
        await asyncio.sleep(0.3)
        assert not later.done()
    await later
    kept = ground.store.rows("select subject from live_change order by id")
    assert [each["subject"] for each in kept] == [first.subject, second.subject]


def test_every_list_that_is_there_is_read_at_its_address() -> None:
    from gateway.matching import RouteIndex
    from gateway.routes import table

    index = RouteIndex(table(demo=False))
    assert {"triage.queue", "triage.queue.concerns"} <= there()
    for name in there():
        route = index.find("GET", LISTS[name].address.partition("?")[0])
        assert route.action == LISTS[name].action or name == "triage.queue.concerns"
