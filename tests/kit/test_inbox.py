"""The inbox: each event takes effect once, and what cannot is told, without holding up the others."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel
from sqlalchemy import insert, text

from kit.contracts.casefile.people import HouseholdState
from kit.contracts.envelope import Event
from kit.errors import Conflict
from kit.events.handlers import Handlers, Kind, NotYet, handled
from kit.events.inbox import Inbox, delay
from kit.ids import new_id
from kit.store.db import Database
from kit.store.unit import UnitOfWork
from kit.testing.bus import BusServer
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import FaultProxy
from tests.kit import ground
from tests.kit.child import Children
from tests.kit.ground import COUNTER, FORMED, MAKER, until


class Paper:
    """A delivery on paper: remembers what was said of it."""

    def __init__(self, body: bytes, *, deliveries: int = 1, subject: str = f"newstart.{FORMED}") -> None:
        self.body = body
        self.deliveries = deliveries
        self.subject = subject
        self.said: list[str] = []

    @property
    def settled(self) -> bool:
        return bool(set(self.said) & {"ack", "retry", "drop"})

    async def ack(self) -> None:
        self.said.append("ack")

    async def retry(self, delay_seconds: float) -> None:
        self.said.append("retry")

    async def drop(self) -> None:
        self.said.append("drop")

    async def working(self) -> None:
        self.said.append("working")


def formed(household_id: UUID | None = None, **changes: Any) -> dict[str, Any]:
    subject = household_id or new_id()
    event = Event[HouseholdState](
        id=new_id(),
        type=FORMED,
        source="urn:newstart:casefile",
        subject=subject,
        time=datetime.now(UTC),
        actor="ada",
        purpose="front_door",
        sequence=1,
        correlationid=uuid4(),
        data=HouseholdState(household_id=subject, changed_at=datetime.now(UTC)),
    )
    return {**json.loads(event.to_json()), **changes}


def paper(event: dict[str, Any], **how: Any) -> Paper:
    return Paper(json.dumps(event).encode(), **how)


def inbox(database: Database, *groups: Handlers, kind: Kind = "reactions") -> Inbox:
    return Inbox(database, COUNTER, kind, handled(groups or (ground.handlers,), kind))


async def take(made: Inbox, batch: Sequence[Paper]) -> bool:
    return await made.take(batch)  # type: ignore[arg-type]  # paper deliveries


def effects(counter: ServiceDatabase) -> dict[str, int]:
    found = counter.rows("select event_id, count(*) as n from effect group by 1")
    return {str(row["event_id"]): row["n"] for row in found}


def letters(counter: ServiceDatabase) -> list[dict[str, Any]]:
    return counter.rows("select * from dead_letter order by created_at")


def choosy(bad: Any, error: Exception | None = None, statement: str = "") -> Handlers:
    """Counts every event, but fails for those of one household."""
    group = Handlers()

    @group.reaction(FORMED)
    async def react(unit: UnitOfWork, event: Event[Any]) -> None:
        await unit.session.execute(insert(ground.Effect).values(event_id=event.id, note="formed"))
        if event.subject == bad:
            if statement:
                await unit.session.execute(text("set local statement_timeout = 20"))
                await unit.session.execute(text(statement))
            if error:
                raise error

    return group


async def test_a_batch_takes_effect_once(counted: Database, counter: ServiceDatabase) -> None:
    events = [formed() for _ in range(5)]
    first = [paper(each) for each in events]
    again = [paper(each, deliveries=2) for each in events[2:]] + [paper(formed())]
    made = inbox(counted)
    assert await take(made, first)
    assert await take(made, again)
    assert await take(inbox(counted), first)
    assert set(effects(counter).values()) == {1}
    assert len(effects(counter)) == 6
    assert all(each.said[0] == "ack" for each in [*first, *again])


async def test_one_event_twice_in_a_batch_is_one_effect_and_two_words(
    counted: Database, counter: ServiceDatabase
) -> None:
    event = formed()
    batch = [paper(event), paper(event)]
    await take(inbox(counted), batch)
    assert list(effects(counter).values()) == [1]
    assert [each.said for each in batch] == [["ack"], ["ack"]]


async def test_two_workers_with_the_same_batch_are_one_effect(counted: Database, counter: ServiceDatabase) -> None:
    events = [formed() for _ in range(20)]
    batches = [[paper(each) for each in order] for order in (events, events[::-1], events[5:])]
    await asyncio.gather(*(take(inbox(counted), batch) for batch in batches))
    assert set(effects(counter).values()) == {1}
    assert len(effects(counter)) == 20
    assert {word for batch in batches for each in batch for word in each.said} == {"ack"}


async def test_nothing_is_acknowledged_before_the_commit(
    counted: Database, counter: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[int] = []

    async def look(self: Paper) -> None:
        there.append(len(effects(counter)))

    monkeypatch.setattr(Paper, "ack", look)
    await take(inbox(counted), [paper(formed()), paper(formed())])
    assert there == [2, 2]


async def test_projections_and_reactions_each_take_it(counted: Database, counter: ServiceDatabase) -> None:
    person = new_id()
    event = formed(person) | {"type": ground.REGISTERED}
    event["data"] = {"person_id": str(person), "changed_at": "2026-01-01T00:00:00Z"}
    subject = f"newstart.{ground.REGISTERED}"
    await take(inbox(counted, kind="projections"), [paper(event, subject=subject)])
    await take(inbox(counted, kind="reactions"), [paper(event, subject=subject)])
    assert counter.rows("select consumer from inbox order by 1") == [
        {"consumer": "projections"},
        {"consumer": "reactions"},
    ]
    assert [row["id"] for row in counter.rows("select id from known_person")] == [person]


async def test_an_effect_acts_for_whoever_caused_the_event(counted: Database, counter: ServiceDatabase) -> None:
    group = Handlers()

    @group.reaction(FORMED)
    async def answer(unit: UnitOfWork, event: Event[Any]) -> None:
        unit.accessed(f"household/{event.subject}", [event.subject])
        assert unit.cause.causation_id == event.id

    event = formed(actor="ben", purpose="housing_register")
    await take(inbox(counted, group), [paper(event)])
    (entry,) = counter.rows("select actor, purpose, action, request_id from audit_entry")
    assert entry == {
        "actor": "ben",
        "purpose": "housing_register",
        "action": "answer",
        "request_id": event["correlationid"],
    }


# What cannot take effect ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "statement", "said"),
    [
        (Conflict("The household is closed"), "", "drop"),
        (KeyError("Ada Lovelace"), "", "retry"),
        (NotYet(), "", "retry"),
        (None, "select pg_sleep(1)", "retry"),
        (None, "select 1/0", "retry"),
    ],
    ids=["refused", "fault", "not yet", "time limit", "bad statement"],
)
async def test_one_bad_event_does_not_hold_up_the_others(
    counted: Database, counter: ServiceDatabase, error: Exception | None, statement: str, said: str
) -> None:
    bad = new_id()
    events = [formed() for _ in range(3)] + [formed(bad)] + [formed() for _ in range(3)]
    batch = [paper(each) for each in events]
    assert await take(inbox(counted, choosy(bad, error, statement)), batch)
    assert [each.said for each in batch] == [["ack"]] * 3 + [[said]] + [["ack"]] * 3
    good = {each["id"] for each in events if each["subject"] != str(bad)}
    assert effects(counter) == dict.fromkeys(good, 1)
    assert len(letters(counter)) == (1 if said == "drop" else 0)


class Body(BaseModel):
    number: int


def invalid() -> Exception:
    try:
        Body.model_validate({"number": "Ada Lovelace"})
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Conflict("The household is closed"), "conflict: The household is closed"),
        (KeyError("Ada Lovelace"), "KeyError"),
        (invalid(), "number: int_parsing"),
    ],
    ids=["refused", "fault", "invalid"],
)
async def test_a_dead_letter_says_why_without_what(
    counted: Database, counter: ServiceDatabase, error: Exception, reason: str
) -> None:
    event = formed()
    batch = [paper(event, deliveries=5)]
    await take(inbox(counted, choosy(UUID(event["subject"]), error)), batch)
    (letter,) = letters(counter)
    assert batch[0].said == ["drop"]
    assert letter["reason"] == reason
    assert (str(letter["event_id"]), letter["type"], letter["consumer"]) == (event["id"], FORMED, "reactions")
    assert json.loads(letter["envelope"]) == event
    assert (letter["state"], letter["deliveries"]) == ("open", 5)
    assert effects(counter) == {}
    assert counter.rows("select * from inbox_attempt") == []


async def test_a_fault_is_tried_a_few_times_and_not_yet_for_longer(counted: Database, counter: ServiceDatabase) -> None:
    for error, patience in ((KeyError(), 5), (NotYet(), 12)):
        event = formed()
        made = inbox(counted, choosy(UUID(event["subject"]), error))
        for deliveries in range(1, patience):
            batch = [paper(event, deliveries=deliveries)]
            await take(made, batch)
            assert batch[0].said == ["retry"], (error, deliveries)
        batch = [paper(event, deliveries=patience)]
        await take(made, batch)
        assert batch[0].said == ["drop"]
    assert [letter["reason"] for letter in letters(counter)] == ["KeyError", "NotYet"]


def unreadable() -> dict[str, tuple[bytes, str]]:
    good = formed()
    registered = f"newstart.{ground.REGISTERED}"
    subject = f"newstart.{FORMED}"

    def body(**changes: Any) -> bytes:
        return json.dumps({**good, **changes}).encode()

    return {
        "no JSON": (b"\xff\x00nonsense", subject),
        "no object": (b"[1, 2]", subject),
        "deeper than a reader goes": (b"[" * 100_000, subject),
        "vault, deeper than a reader goes": (b"[" * 100_000, "newstart.vault.housing.casefile"),
        "a field is missing": (json.dumps({k: v for k, v in good.items() if k != "actor"}).encode(), subject),
        "a value is wrong": (body(data={"household_id": "Ada Lovelace"}), subject),
        "another spec": (body(specversion="2.0"), subject),
        "nobody declared it": (body(type="casefile.household.sung"), "newstart.casefile.household.sung"),
        "only planned": (body(type="casefile.plan.agreed"), "newstart.casefile.plan.agreed"),
        "under another type's subject": (body(), registered),
        "another owner's type under one's own subject": (body(type="triage.need.recorded"), subject),
        "vault, no JSON": (b"{", "newstart.vault.housing.casefile"),
        "vault, no object": (b"[]", "newstart.vault.housing.casefile"),
        "vault, not sealed": (body(), "newstart.vault.housing.casefile"),
    }


@pytest.mark.parametrize("kind", unreadable())
async def test_what_cannot_be_read_is_buried_and_the_others_go_on(
    counted: Database, counter: ServiceDatabase, kind: str
) -> None:
    body, subject = unreadable()[kind]
    batch = [paper(formed()), Paper(body, subject=subject), paper(formed())]
    assert await take(inbox(counted), batch)
    assert [each.said for each in batch] == [["ack"], ["drop"], ["ack"]]
    assert len(effects(counter)) == 2
    (letter,) = letters(counter)
    assert letter["reason"].startswith("It can't be read: ")
    assert "Ada" not in letter["reason"]
    assert letter["type"] == subject.removeprefix("newstart.") or subject.startswith("newstart.vault.")


async def test_a_dead_letter_is_open_once(counted: Database, counter: ServiceDatabase) -> None:
    event = formed()
    made = inbox(counted, choosy(UUID(event["subject"]), Conflict("no")))
    for _ in range(3):
        await take(made, [paper(event)])
    assert len(letters(counter)) == 1


async def test_unknown_fields_are_no_fault(counted: Database, counter: ServiceDatabase) -> None:
    event = formed(later="added") | {"data": formed()["data"] | {"later": {"deep": [1]}}}
    batch = [paper(event)]
    await take(inbox(counted), batch)
    assert batch[0].said == ["ack"]


# What ends the process --------------------------------------------------------------------------------------


async def test_what_was_started_and_never_came_back_is_buried(
    counted: Database, counter: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    event = formed()
    group = Handlers()

    @group.reaction(FORMED)
    async def choke(unit: UnitOfWork, event: Event[Any]) -> None:
        raise Killed

    for deliveries in range(1, 6):
        with pytest.raises(Killed):
            await take(inbox(counted, group), [paper(event, deliveries=deliveries)])
    batch = [paper(event, deliveries=6)]
    assert await take(inbox(counted, group), batch)
    assert batch[0].said == ["drop"]
    assert "never came back" in letters(counter)[0]["reason"]
    assert counter.rows("select * from inbox_attempt") == []


async def test_an_outage_is_no_poison(counted: Database, counter: ServiceDatabase) -> None:
    """The same event is in hand each time the database goes away: that does not make it a poison."""
    event = formed()
    port = int(counter.url.rpartition(":")[2].partition("/")[0])
    async with FaultProxy(port) as proxy:
        database = Database(counter.url.replace(f":{port}/", f":{proxy.port}/"))
        group = Handlers()

        @group.reaction(FORMED)
        async def cut(unit: UnitOfWork, event: Event[Any]) -> None:
            proxy.cut()
            await ground.count_effect(unit, event)

        made = inbox(database, group)
        for deliveries in range(3, 12):
            batch = [paper(event, deliveries=deliveries)]
            assert not await take(made, batch)
            assert batch[0].said == ["retry"]
            proxy.heal()
        await database.close()
    assert letters(counter) == []
    batch = [paper(event, deliveries=12)]
    assert await take(inbox(counted), batch)
    assert effects(counter) == {event["id"]: 1}


async def test_a_lost_database_gives_everything_back(counter: ServiceDatabase) -> None:
    port = int(counter.url.rpartition(":")[2].partition("/")[0])
    bad = new_id()
    async with FaultProxy(port) as proxy:
        database = Database(counter.url.replace(f":{port}/", f":{proxy.port}/"))
        made = inbox(database, choosy(bad, Conflict("no")))
        proxy.cut()
        batch = [
            paper(formed()),
            paper(formed(bad)),
            Paper(b"{", subject=f"newstart.{FORMED}"),
            paper(formed(), deliveries=4),
        ]
        assert not await take(made, batch)
        assert [each.said for each in batch] == [["retry"]] * 4
        proxy.heal()
        for each in batch:
            each.said.clear()
        assert await take(made, batch)
        assert [each.said for each in batch] == [["ack"], ["drop"], ["drop"], ["ack"]]
        await database.close()


async def test_long_work_asks_for_more_time(
    counted: Database, counter: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kit.events.inbox._WORKING_EVERY_SECONDS", 0.05)
    group = Handlers()

    @group.reaction(FORMED)
    async def dawdle(unit: UnitOfWork, event: Event[Any]) -> None:
        await asyncio.sleep(0.2)

    batch = [paper(formed()), paper(formed())]
    await take(inbox(counted, group), batch)
    for each in batch:
        assert each.said[:2] == ["working", "working"]
        assert each.said[-1] == "ack"
        assert each.said.count("ack") == 1


def test_the_delay_grows_to_a_minute() -> None:
    for deliveries, seconds in {1: 1, 2: 2, 3: 4, 6: 32, 7: 60, 50: 60}.items():
        assert 0.8 * seconds <= delay(deliveries) <= 1.2 * seconds


# With real processes and a real bus -------------------------------------------------------------------------


@pytest.fixture
async def laid_out(bus: BusServer, monkeypatch: pytest.MonkeyPatch) -> BusServer:
    """A bus with the streams and durables of the two halves, that delivers again after a second."""
    monkeypatch.setattr("kit.events.topology._ACK_WAIT_SECONDS", 1)
    await ground.lay_out(bus.url("topology"), ground.counter())
    return bus


@pytest.mark.full
@pytest.mark.parametrize("point", ["inbox:before-commit", "inbox:after-commit-before-ack"])
async def test_a_crash_in_the_middle_is_one_effect(
    store: Database,
    maker: ServiceDatabase,
    counter: ServiceDatabase,
    laid_out: BusServer,
    children: Children,
    point: str,
) -> None:
    children.work(MAKER, maker.url, laid_out.url(MAKER))
    events = await ground.emit_formed(store, *(new_id() for _ in range(10)))
    first = children.work(COUNTER, counter.url, laid_out.url(COUNTER), crash_at=point)
    assert await first.ended() == 9, first.said()
    children.work(COUNTER, counter.url, laid_out.url(COUNTER))
    await until(lambda: len(effects(counter)) == 10, "every event to take effect")
    await asyncio.sleep(1.5)
    assert effects(counter) == {str(event): 1 for event in events}


@pytest.mark.full
async def test_a_poison_is_buried_and_the_others_take_effect(
    store: Database, maker: ServiceDatabase, counter: ServiceDatabase, laid_out: BusServer, children: Children
) -> None:
    children.work(MAKER, maker.url, laid_out.url(MAKER))
    events = await ground.emit_formed(store, new_id(), UUID(int=666), new_id())
    deaths = 0
    worker = children.work(COUNTER, counter.url, laid_out.url(COUNTER), body="poison")
    while not letters(counter):
        if worker.code is not None:
            assert worker.code == 11, worker.said()
            deaths += 1
            worker = children.work(COUNTER, counter.url, laid_out.url(COUNTER), body="poison")
        await asyncio.sleep(0.05)
    (letter,) = letters(counter)
    assert letter["event_id"] == events[1]
    assert deaths <= 6
    await until(lambda: len(effects(counter)) == 2, "the others to take effect")
    assert effects(counter) == {str(events[0]): 1, str(events[2]): 1}
    assert worker.code is None
