"""The unit of work: all of it stands before the answer, or none of it."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import insert, text

from kit.contracts.access import AccessBatch
from kit.contracts.casefile.people import HouseholdState, PersonState
from kit.contracts.envelope import Sealed
from kit.ids import new_id
from kit.store import unit as unit_module
from kit.store.db import Database
from kit.store.unit import Answer, CommitUnknown, KeyAlreadyUsed, UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from tests.kit import ground
from tests.kit.ground import CAUSE, MAKER, signed

MAKE = "casefile.thing.make"


def post(client: httpx.AsyncClient, name: str, **headers: str) -> Any:
    return client.post(
        "/v1/casefile/things", json={"name": name}, headers={**signed(MAKE), "Idempotency-Key": str(uuid4()), **headers}
    )


def saved(maker: ServiceDatabase) -> dict[str, int]:
    counts = "thing", "outbox", "audit_entry", "idempotency"
    return {table: maker.rows(f"select count(*) as n from {table}")[0]["n"] for table in counts}


NOTHING = {"thing": 0, "outbox": 0, "audit_entry": 0, "idempotency": 0}


async def test_effect_event_audit_and_answer_stand_together(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    answer = await post(client, "one")
    assert answer.status_code == 201
    assert saved(maker) == dict.fromkeys(NOTHING, 1)
    (event,) = maker.rows("select * from outbox")
    assert answer.headers["Event-Id"] == str(event["event_id"])
    assert event["subject"] == "newstart.casefile.household.formed"
    assert str(event["aggregate_id"]) == answer.json()["id"]
    (entry,) = maker.rows("select * from audit_entry")
    assert (entry["actor"], entry["purpose"], entry["action"], entry["outcome"]) == ("ada", "front_door", MAKE, "done")
    assert entry["record"] == f"thing/{answer.json()['id']}"
    assert entry["request_id"] == answer.headers["X-Request-Id"]


async def test_the_answer_is_sent_after_the_commit(maker: ServiceDatabase) -> None:
    """What FastAPI's `yield` dependencies stopped doing (findings.md 1)."""
    app = ground.app_on(maker.url)
    there_when_sent: list[int] = []
    body = b'{"name": "one"}'
    headers = {**signed(MAKE), "Idempotency-Key": "k", "Content-Type": "application/json"}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 201
            there_when_sent.append(saved(maker)["thing"])

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/casefile/things",
        "raw_path": b"/v1/casefile/things",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        "server": ("casefile", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    assert there_when_sent == [1]


async def test_a_commit_that_fails_is_never_a_201(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    answer = await post(client, "doomed")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "doomed" not in answer.text
    assert "Event-Id" not in answer.headers
    assert saved(maker) == NOTHING


async def test_a_connection_lost_in_the_commit_is_told_as_not_known(
    client: httpx.AsyncClient, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(session: Any) -> None:
        raise psycopg.OperationalError("the line broke")

    monkeypatch.setattr("sqlalchemy.ext.asyncio.AsyncSession.commit", broken)
    answer = await post(client, "one")
    assert answer.status_code == 503
    assert "cannot say whether it was saved" in answer.json()["detail"]


async def test_commit_unknown_is_a_lost_connection(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(session: Any) -> None:
        raise psycopg.OperationalError("the line broke")

    monkeypatch.setattr("sqlalchemy.ext.asyncio.AsyncSession.commit", broken)
    with pytest.raises(CommitUnknown):
        await ground.emit_formed(store, new_id())


async def test_a_refusal_leaves_nothing(client: httpx.AsyncClient, maker: ServiceDatabase) -> None:
    answer = await post(client, "refused")
    assert answer.status_code == 409
    assert answer.json()["type"] == "https://newstart.example/problems/conflict"
    assert saved(maker) == NOTHING


async def test_a_forbidden_act_leaves_its_refusal_on_record_only(
    client: httpx.AsyncClient, maker: ServiceDatabase
) -> None:
    answer = await post(client, "forbidden")
    assert answer.status_code == 403
    assert saved(maker) == NOTHING | {"audit_entry": 1}
    (entry,) = maker.rows("select * from audit_entry")
    assert (entry["outcome"], entry["actor"], entry["action"]) == ("refused", "ada", MAKE)
    assert (entry["record"], entry["person_ids"]) == ("/v1/casefile/things", [])


async def test_a_fault_leaves_nothing(store: Database, maker: ServiceDatabase) -> None:
    async def act() -> None:
        async with unit_of_work(store, MAKER, CAUSE) as unit:
            ground.announce(unit, new_id())
            unit.accessed("thing/1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await act()
    assert saved(maker) == NOTHING


HOUSEHOLD = HouseholdState(household_id=new_id(), changed_at=datetime.now(UTC))
SEAL = AccessBatch(
    batch=1,
    first_entry=1,
    last_entry=1,
    count=1,
    digest="a" * 64,
    previous_digest="0" * 64,
    sealed_at=datetime.now(UTC),
)


@pytest.mark.parametrize(
    ("type_", "data", "why"),
    [
        ("triage.access.recorded", SEAL, "belongs to triage"),
        ("casefile.plan.agreed", HOUSEHOLD, "not live"),
        (ground.FORMED, PersonState(person_id=new_id(), changed_at=datetime.now(UTC)), "not live with PersonState"),
        ("casefile.message.addressed", Sealed(jwe="a.b.c.d.e"), "use kit.events.sealed"),
    ],
    ids=["another's", "planned", "wrong model", "sealed"],
)
async def test_emit_refuses_what_is_not_ours_to_say(store: Database, type_: str, data: Any, why: str) -> None:
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        with pytest.raises(ValueError, match=why):
            unit.emit(type_, data, aggregate_id=new_id(), sequence=1)
        assert unit.event_ids == []


async def test_emit_refuses_an_unknown_type(store: Database) -> None:
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        with pytest.raises(KeyError):
            unit.emit("casefile.nothing.happened", Sealed(jwe="a"), aggregate_id=new_id(), sequence=1)


async def test_nothing_is_staged_that_the_bus_could_not_carry(store: Database) -> None:
    members = tuple({"person_id": new_id(), "from": "2026-01-01"} for _ in range(8000))
    large = HouseholdState(household_id=new_id(), members=members, changed_at="2026-01-01T00:00:00Z")
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        with pytest.raises(ValueError, match="larger than"):
            unit.emit(ground.FORMED, large, aggregate_id=large.household_id, sequence=1)
        assert unit.event_ids == []


async def test_one_statement_carries_events_audit_and_answer(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[int, int, bool]] = []
    original = UnitOfWork._write

    async def watch(self: UnitOfWork, outbox: Any, audit: Any, last: Any = (), answer: Any = None) -> bool:
        written.append((len(outbox), len(audit), answer is not None))
        return await original(self, outbox, audit, last, answer)

    monkeypatch.setattr(UnitOfWork, "_write", watch)
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        ground.announce(unit, new_id())
        ground.announce(unit, new_id())
        unit.accessed("thing/1")
        unit.keep(Answer("ada", "k", b"f", 201, {}, b"{}"))
    assert written == [(2, 1, True)]


async def test_a_large_unit_keeps_its_order(store: Database, maker: ServiceDatabase) -> None:
    many = 2 * unit_module._ROWS_A_STATEMENT + 7
    households = [new_id() for _ in range(many)]
    events = await ground.emit_formed(store, *households)
    rows = maker.rows("select event_id, aggregate_id from outbox order by id")
    assert [row["event_id"] for row in rows] == events
    assert [row["aggregate_id"] for row in rows] == households


async def test_a_used_key_rolls_back_the_second_effect(store: Database, maker: ServiceDatabase) -> None:
    async def act() -> None:
        async with unit_of_work(store, MAKER, CAUSE) as unit:
            ground.announce(unit, new_id())
            unit.accessed("thing/1")
            unit.keep(Answer("ada", "k", b"f", 201, {}, b"{}"))

    await act()
    with pytest.raises(KeyAlreadyUsed):
        await act()
    assert saved(maker) == {"thing": 0, "outbox": 1, "audit_entry": 1, "idempotency": 1}


async def test_no_connection_stays_out_of_the_pool(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever fails, and wherever: before a statement, in one, in the last one, in the commit, or by a cancel."""

    async def act(how: str) -> None:
        async with unit_of_work(store, MAKER, CAUSE) as unit:
            ground.announce(unit, new_id())
            if how == "early":
                raise ZeroDivisionError
            if how == "statement":
                await unit.session.execute(text("select 1/0"))
            name = "doomed" if how == "commit" else f"{how} {new_id()}"
            await unit.session.execute(insert(ground.Thing).values(id=new_id(), name=name, version=1))
            if how == "late":
                raise ZeroDivisionError
            if how == "last":
                unit._outbox.append(unit._outbox[0])
            if how == "cancel":
                await asyncio.sleep(30)

    for how in ("early", "statement", "late", "last", "commit", "cancel", "well") * 4:
        task = asyncio.create_task(act(how))
        await asyncio.wait({task}, timeout=0.05 if how == "cancel" else 10)
        task.cancel()
        (failed,) = await asyncio.gather(task, return_exceptions=True)
        assert (failed is None) == (how == "well"), how
    assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]  # the queue pool has it
    async with store.engine.connect() as connection:
        found = await connection.exec_driver_sql("select count(*) from thing")
        assert found.scalar_one() == 4


async def test_a_unit_that_asks_nothing_needs_no_database(maker: ServiceDatabase) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    async with unit_of_work(nowhere, MAKER, CAUSE):
        pass
    await nowhere.close()


async def test_what_was_only_staged_is_written_too(store: Database, maker: ServiceDatabase) -> None:
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        unit.accessed("thing/1")
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        unit.session.add(ground.Thing(id=new_id(), name="by the session alone", version=1))
    assert saved(maker) == NOTHING | {"audit_entry": 1, "thing": 1}


async def test_the_session_options_stand(store: Database) -> None:
    async with store.engine.connect() as connection:
        for name, value in {"lock_timeout": "5s", "statement_timeout": "15s", "tcp_keepalives_idle": "10"}.items():
            found = (await connection.exec_driver_sql(f"show {name}")).scalar_one()
            assert found == value, name
