"""What is said after trouble is true, in the smallest settings that show it. Quick: part of the ordinary suite."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Response
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert
from starlette.types import Message

from gateway.answers import Answer
from gateway.bodies import RequestBody
from gateway.proxy import HttpUpstream, Passage
from gateway.refusals import ServiceUnavailable
from kit.contracts.casefile.people import HouseholdState
from kit.contracts.envelope import Event, envelope_json
from kit.errors import Conflict
from kit.events import dead_letters
from kit.events.handlers import KINDS, Handlers, NotYet, handled
from kit.events.inbox import Inbox
from kit.events.republish import republish
from kit.ids import new_id
from kit.run.embedded.ports import HOST
from kit.service import Service
from kit.store.db import Database
from kit.store.tables import METADATA, draft
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import FaultProxy
from kit.web.app import build_app
from kit.web.problems import of_domain_error
from kit.web.routing import Unit, UnitRoute, may
from tests.kit.ground import settings, signed

FORMED = "casefile.household.formed"
Databases = Callable[[str], ServiceDatabase]

router = APIRouter(route_class=UnitRoute)


def keyed(key: str = "the-same-key") -> dict[str, str]:
    """The header of a request as it is sent now: what the gateway signs lives for seconds."""
    return signed("casefile.note.make") | {"Idempotency-Key": key}


@router.post("/notes", status_code=201, response_model=None, **may("casefile.note.make", keyed=True))
async def make_note(unit: Unit) -> dict[str, str] | Response:
    """There is one note. The second is refused by an answer, not by an exception."""
    note = {"owner": "ada", "kind": "note", "key": "the", "body": {}, "version": 1}
    made = await unit.session.scalar(insert(draft).values(note).on_conflict_do_nothing().returning(draft.c.key))
    return {"made": made} if made else of_domain_error(Conflict("There is a note"), "unknown")


@asynccontextmanager
async def door(url: str) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    app = build_app(Service("casefile", summary="Notes", metadata=METADATA, routers=(router,)), settings(url))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://casefile")
    async with app.router.lifespan_context(app), client:
        yield app, client


@asynccontextmanager
async def behind_a_proxy(database: ServiceDatabase) -> AsyncIterator[tuple[FaultProxy, str]]:
    port = database.url.rpartition(":")[2].partition("/")[0]
    async with FaultProxy(int(port)) as proxy:
        yield proxy, database.url.replace(f":{port}/", f":{proxy.port}/")


async def test_a_commit_whose_answer_was_lost_is_never_told_as_not_saved(database: Databases) -> None:
    """The database did it, the line broke, and the look-up for an earlier answer breaks too: nobody can say."""
    casefile = database("casefile")
    async with behind_a_proxy(casefile) as (proxy, url), door(url) as (app, client):

        def swallow(_: Any) -> None:
            proxy.drop("down")
            asyncio.get_running_loop().call_later(0.3, proxy.cut)

        event.listen(app.state.database.engine.sync_engine, "commit", swallow, once=True)
        answer = await client.post("/v1/casefile/notes", headers=keyed())
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "cannot say whether it was saved" in answer.json()["detail"]
        proxy.heal()
        again = await client.post("/v1/casefile/notes", headers=keyed())
        assert (again.status_code, again.json()) == (201, {"made": "the"})
        assert again.headers["idempotent-replay"] == "true"
    assert len(casefile.rows("select * from draft")) == 1


async def test_a_repeat_that_meets_its_own_first_try_gets_the_first_answer(database: Databases) -> None:
    async with door(database("casefile").url) as (_, client):
        first = await client.post("/v1/casefile/notes", headers=keyed())
        again = await client.post("/v1/casefile/notes", headers=keyed())
        other = await client.post("/v1/casefile/notes", headers=keyed("another"))
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 409)
    assert first.content == again.content


async def test_what_was_sent_once_is_never_told_as_not_sent() -> None:
    """The service takes the request and dies; the second try finds nobody. The first may have done it."""
    taken = asyncio.Event()

    async def die(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        taken.set()
        server.close()
        writer.close()

    server = await asyncio.start_server(die, HOST, 0)
    upstream = HttpUpstream("casefile", f"http://{HOST}:{server.sockets[0].getsockname()[1]}")
    await upstream.start()
    try:
        with pytest.raises(ServiceUnavailable) as refused:
            await upstream.carry(_passage())
        assert taken.is_set()
        assert "It may or may not have done what was asked" in refused.value.detail
        with pytest.raises(ServiceUnavailable, match="Nothing was sent"):
            await upstream.carry(_passage())
    finally:
        await upstream.stop()
        server.close()


def _passage() -> Passage:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_: Message) -> None:
        raise AssertionError("nothing was answered")

    body = RequestBody(receive, {}, "none")
    return Passage(method="POST", target="/", fields=[], body=body, answer=Answer(send, []), repeatable=True)


class Paper:
    """A delivery on paper."""

    subject = f"newstart.{FORMED}"
    settled = False

    def __init__(self, body: bytes, subject: str = subject) -> None:
        self.body = body
        self.subject = subject
        self.deliveries = 1
        self.said = ""

    async def ack(self) -> None:
        self.said = "ack"

    async def retry(self, delay_seconds: float) -> None:
        self.said = "retry"

    async def drop(self) -> None:
        self.said = "drop"


async def test_an_outage_does_not_use_up_the_patience_with_an_event(database: Databases) -> None:
    """Given back twenty times for want of a database, it still has all its tries for what it waits for."""
    casefile = database("casefile")
    group = Handlers()

    @group.reaction(FORMED)
    async def wait(unit: UnitOfWork, event: Event[HouseholdState]) -> None:
        raise NotYet("something else must come first")

    async with behind_a_proxy(casefile) as (proxy, url):
        store = Database(url, pool=1)
        inbox = Inbox(store, "casefile", "reactions", handled([group], "reactions"))
        delivery = Paper(_formed(new_id()))
        proxy.cut()
        for _ in range(20):
            assert not await inbox.take([delivery])  # type: ignore[list-item]  # on paper
            delivery.deliveries += 1
        proxy.heal()
        said = []
        for _ in range(12):
            assert await inbox.take([delivery])  # type: ignore[list-item]  # on paper
            said.append(delivery.said)
            delivery.deliveries += 1
        await store.close()
    assert said == ["retry"] * 11 + ["drop"]


@pytest.mark.parametrize("subject", ["newstart.triage.need.recorded", "newstart.vault.casefile.triage"])
async def test_a_retry_takes_no_owner_s_word_for_another_s(database: Databases, subject: str) -> None:
    """Triage says something in casefile's name. The inbox refuses it, and so must the person's retry."""
    casefile = database("casefile")
    effects: list[UUID] = []
    group = Handlers()

    @group.reaction(FORMED)
    async def take_effect(unit: UnitOfWork, event: Event[HouseholdState]) -> None:
        effects.append(event.id)

    store = Database(casefile.url, pool=2)
    inbox = Inbox(store, "casefile", "reactions", handled([group], "reactions"))
    # It reads as either.
    need = {"need_id": str(new_id()), "contact_id": str(new_id()), "domain": "money"}
    body = json.loads(_formed(new_id()))
    body["data"] |= {**need, "kind": "presenting", "urgency": "routine"}
    forged = Paper(json.dumps(body).encode(), subject)
    assert await inbox.take([forged])  # type: ignore[list-item]  # on paper
    assert forged.said == "drop"
    (letter,) = casefile.rows("select id from dead_letter")
    by_kind = {kind: handled([group], kind) for kind in KINDS}
    with pytest.raises(dead_letters.StillFails):
        async with unit_of_work(store, "casefile", Cause.system("casefile", "retry")) as unit:
            await dead_letters.retry(unit, letter["id"], by_kind)
    await store.close()
    assert effects == []


def _formed(household_id: UUID) -> bytes:
    now = datetime.now(UTC)
    return envelope_json(
        id=uuid4(),
        type=FORMED,
        subject=household_id,
        time=now,
        actor="ada",
        purpose="front_door",
        sequence=1,
        correlationid=uuid4(),
        data_json=HouseholdState(household_id=household_id, changed_at=now).model_dump_json(),
    )


async def test_republishing_marks_what_is_asked_for(database: Databases) -> None:
    """What went out since a moment waits again, in its order and with its id; sealed events only when asked for."""
    casefile = database("casefile")
    for number, (kind, age, sent) in enumerate(
        [(FORMED, "10 days", True), (FORMED, "1 day", True), (FORMED, "1 day", False), ("sealed", "1 day", True)]
    ):
        subject = f"newstart.{kind}" if kind == FORMED else "newstart.vault.risk.casefile"
        casefile.execute(
            "insert into outbox (event_id, type, subject, aggregate_id, sequence, envelope, created_at, published_at)"
            " values (%s, %s, %s, gen_random_uuid(), 1, '{}', now() - %s::interval, case when %s then now() end)",
            [UUID(int=number), kind, subject, age, sent],
        )
    store = Database(casefile.url, pool=1)
    cause = Cause("operator:ada", "system_operations", "casefile.event.republish")
    since = datetime.now(UTC).replace(microsecond=0)
    query = "select event_id from outbox where published_at is null order by id"

    def waiting() -> list[int]:
        return [row["event_id"].int for row in casefile.rows(query)]

    try:
        assert await republish(store, "casefile", cause, since) == 0
        assert await republish(store, "casefile", cause, since.replace(year=since.year - 1), sealed_to="grants") == 0
        assert waiting() == [2]
        two_days_ago = casefile.rows("select now() - interval '2 days' as at")[0]["at"]
        assert await republish(store, "casefile", cause, two_days_ago) == 1
        assert waiting() == [1, 2]
        assert await republish(store, "casefile", cause, two_days_ago, sealed_to="risk") == 1
        assert waiting() == [1, 2, 3]
    finally:
        await store.close()
    acts = casefile.rows("select actor, action, record from audit_entry")
    assert {(row["actor"], row["action"]) for row in acts} == {("operator:ada", "casefile.event.republish")}
    assert [row["record"].partition("/")[0] for row in acts] == ["outbox", "outbox"]
