"""The database's order is Python's, and a queue of 5,000 is quick to read and to place anew."""

import random
import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.dialects import postgresql

from kit import clock
from kit.contracts.codes import QueueKind, Urgency
from kit.ids import new_id
from kit.store.db import Database
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.queue import commands, domain, facts, queries, rows
from services.triage.queue.models import QueueEntry
from tests.triage.desk import Desk
from tests.triage.test_queue_api import QUEUE, RULES, delivered, manager, queue

DELIVERED = rows.delivered().to_rules()
CAUSE = Cause("officer-1", "front_door", "test")


def some(number: int, seed: int = 7) -> list[commands.Waiting]:
    """A morning's worth of very different contacts, the same each time."""
    chance, now = random.Random(seed), clock.business_now()
    found = []
    for _ in range(number):
        known = {
            "kind": frozenset({"contact"}),
            "channel": frozenset({chance.choice(sorted(facts.KNOWN["channel"]))}),
            "urgency": frozenset({chance.choices(list(Urgency), [1, 4, 20, 75])[0].value}),
            "domain": frozenset(chance.sample(sorted(facts.KNOWN["domain"]), chance.randint(1, 3))),
            "homelessness": frozenset({chance.choices(["suggested", "not_ruled_out", "ruled_out"], [1, 2, 17])[0]}),
        }
        arrived = now - timedelta(minutes=chance.randint(0, 9 * 24 * 60))
        found.append(
            commands.Waiting(
                QueueKind.CONTACT,
                new_id(),
                (new_id(),),
                new_id(),
                chance.choice(["heath", "thames", "river"]),
                Urgency(next(iter(known["urgency"]))),
                known,
                arrived,
            )
        )
    return found


async def fill(store: ServiceDatabase, number: int) -> None:
    opened = Database(store.url, pool=2)
    async with unit_of_work(opened, "triage", CAUSE) as unit:
        for each in some(number):
            await commands.enter(unit, each)
    await opened.close()


async def fill_at_once(store: ServiceDatabase, number: int) -> None:
    """What `fill` would leave, without an event and an alarm for each."""
    opened, now = Database(store.url, pool=2), clock.business_now()
    async with opened.sessions.begin() as session:
        for each in some(number):
            row = QueueEntry(
                id=new_id(),
                version=1,
                kind=each.kind,
                subject_id=each.subject_id,
                person_ids=list(each.person_ids),
                household_id=each.household_id,
                hub=each.hub,
                urgency=each.urgency,
                facts=facts.stored(each.facts),
                arrived_at=each.arrived_at,
                state="waiting",
                rules_version=1,
                changed_at=now,
            )
            placed = domain.place(DELIVERED, row.as_rules_see_it(), now)
            row.band, row.stands_since, row.due_at = placed.band, placed.stands_since, placed.due_at
            row.team = DELIVERED.team_of(each.facts)
            session.add(row)
    await opened.close()


def in_python(store: ServiceDatabase, rules: domain.Rules) -> list[UUID]:
    now = clock.business_now()
    placed = [
        (
            row["id"],
            domain.place(rules, facts.entry(row["id"], row["arrived_at"], row["facts"], row["own_due_at"]), now),
        )
        for row in store.rows("select id, arrived_at, facts, own_due_at from queue_entry where state = 'waiting'")
    ]
    return [id_ for id_, place in sorted(placed, key=lambda each: domain.order(each[1], each[0]))]


async def whole(desk: Desk, query: str = "") -> list[dict[str, Any]]:
    found, after = [], ""
    while True:
        page = (await desk.get(f"{QUEUE}?limit=200{query}{after}")).json()
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


async def test_the_order_is_the_same_in_the_database_and_in_python(desk: Desk, store: ServiceDatabase) -> None:
    await fill(store, 120)
    shown = await whole(desk)
    assert [UUID(each["id"]) for each in shown] == in_python(store, DELIVERED)
    assert [each["place"] for each in shown] == list(range(1, 121))
    for query in ("&hub=heath", "&urgency=today", "&team=housing_options"):
        name, value = query[1:].split("=")
        found = await whole(desk, query)
        assert [each["id"] for each in found] == [each["id"] for each in shown if each[name] == value]
        assert found
        assert [each["place"] for each in found] == list(range(1, len(found) + 1))


@pytest.mark.full
async def test_five_thousand_are_listed_counted_and_placed_anew_in_time(desk: Desk, store: ServiceDatabase) -> None:
    await fill_at_once(store, 5000)
    store.execute("analyze queue_entry")
    asked = queries.in_order(CAUSE, queries.Filters(), None, 51).compile(
        dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}
    )
    said = [each["QUERY PLAN"] for each in store.rows(f"explain analyze {asked}")]
    assert any("ix_queue_entry_order" in each for each in said), said
    await queue(desk)

    async def best(asked: Any, times: int = 5) -> float:
        took = []
        for _ in range(times):
            begun = time.perf_counter()
            answer = await asked()
            took.append(time.perf_counter() - begun)
            assert answer.status_code == 200, answer.text
        return 1000 * min(took)

    rules = delivered()
    rules["rules"][6]["head_start"] = 60
    boss = manager(desk)
    figures = {
        "first page of 50": await best(lambda: desk.get(QUEUE)),
        "first page of 50, one hub": await best(lambda: desk.get(f"{QUEUE}?hub=heath")),
        "counts": await best(lambda: desk.get(f"{QUEUE}/counts")),
        "what-if": await best(lambda: boss.post(f"{RULES}/what-if", rules), 2),
    }
    await boss.post(RULES, {"note": "n", "rules": rules})
    figures["publish"] = await best(lambda: boss.post(f"{RULES}/2/publish", {"reason": "r"}, if_match='"1"'), 1)
    figures["first page, the database alone"] = float(said[-1].split()[2])
    print({name: round(took, 1) for name, took in figures.items()})
    moved = store.rows("select count(*) as n from outbox where type = 'triage.queue_entry.moved'")[0]["n"]
    assert moved > 500
    expected = in_python(store, (await _rules(boss)))
    assert [UUID(each["id"]) for each in await whole(desk)] == expected
    assert figures["first page of 50"] < 60
    assert figures["counts"] < 400
    assert figures["publish"] < 8000


async def _rules(boss: Desk) -> domain.Rules:
    from services.triage.queue.shapes import RulesBody

    return RulesBody.model_validate((await boss.get(f"{RULES}/2")).json()["rules"]).to_rules()
