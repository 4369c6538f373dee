"""Every order of raising, waiting, taking, crashing: nothing is lost, nothing is taken twice, nothing stays quiet."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from kit import clock
from kit.store import business_clock
from kit.store.db import Database
from kit.store.timers import Timers
from kit.store.unit import Cause, unit_of_work
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from services.triage.safeguarding import commands
from tests.triage.desk import Desk, events
from tests.triage.signals import envelope, listening

CONCERNS = "/v1/triage/safeguarding-concerns"
TEAM, STAFF = "safeguarding_lead", "designated_officer"
Step = tuple[str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            ["raise", "raise_staff", "again", "wait", "alarms", "take", "take_wrongly", "crash", "crash_taking"]
        ),
        st.integers(0, 40),
    ),
    min_size=3,
    max_size=14,
)


@pytest.fixture
async def opened(store: ServiceDatabase) -> AsyncIterator[Database]:
    made = Database(store.url, pool=4)
    yield made
    await made.close()


async def _as_it_is(_: Database) -> None:
    """The clock stays."""


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # The app under test follows a row of its database every second: here the test alone moves the clock.
    monkeypatch.setattr(business_clock, "load", _as_it_is)
    yield
    clock.set_offset(timedelta(0))


@dataclass
class Known:
    """What whoever raised it knows of a concern: its body, and what must have become of it."""

    id: str
    body: bytes
    staff: bool
    raised_at: int
    taken_by: str | None = None
    rung: bool = False
    escalated: bool = False


@dataclass
class Story:
    """One order of steps, on the real API, the real alarms and a real database."""

    desk: Desk
    opened: Database
    minute: int = 0
    known: list[Known] = field(default_factory=list)

    def move(self, minutes: int) -> None:
        """The business clock moves on."""
        self.minute += minutes
        clock.set_offset(timedelta(minutes=self.minute))

    async def step(self, name: str, number: int) -> None:
        chosen = self.known[number % len(self.known)] if self.known else None
        match name:
            case "raise" | "raise_staff":
                await self._raise(name == "raise_staff")
            case "again" if chosen:
                answer = await self.desk.send("POST", CONCERNS, chosen.body)
                assert (answer.status_code, answer.json()["concern_id"]) == (201, chosen.id)
                assert answer.json()["delivered"] == (chosen.taken_by is not None)
            case "wait":
                self.move(number)
            case "alarms":
                await self.alarms()
            case "take" if chosen:
                await self._take(chosen, STAFF if chosen.staff else TEAM)
            case "take_wrongly" if chosen:
                answer = await self._try(chosen, TEAM if chosen.staff else STAFF, "wrong-1")
                assert answer.status_code == 404
            case "crash":
                with pytest.raises(ZeroDivisionError):
                    await self._dies_raising()
            case "crash_taking" if chosen and not chosen.taken_by:
                with pytest.raises(ZeroDivisionError):
                    await self._dies_taking(chosen)

    async def _dies_raising(self) -> None:
        async with self._unit("raiser") as unit:
            await commands.raise_concern(unit, b"never answered")
            raise ZeroDivisionError

    async def _dies_taking(self, concern: Known) -> None:
        async with self._unit("lead-x", STAFF if concern.staff else TEAM) as unit:
            await commands.acknowledge(unit, UUID(concern.id), None)
            raise ZeroDivisionError

    def _unit(self, actor: str, role: str = "triage_officer") -> Any:
        cause = Cause(actor, "safeguarding", "triage.test", roles=(role,))
        return unit_of_work(self.opened, "triage", cause)

    async def _raise(self, staff: bool) -> None:
        body = json.dumps({"reference": str(uuid4()), "about_staff": staff, "what_happened": "words"}).encode()
        answer = await self.desk.send("POST", CONCERNS, body)
        assert answer.status_code == 201
        assert not answer.json()["delivered"]
        assert answer.json()["phone"]
        self.known.append(Known(answer.json()["concern_id"], body, staff, self.minute))

    async def _try(self, concern: Known, role: str, who: str) -> Any:
        desk = self.desk.other(worker=who, role=role, purpose="safeguarding")
        return await desk.post(f"{CONCERNS}/{concern.id}/acknowledgements", {})

    async def _take(self, concern: Known, role: str) -> None:
        who = f"taker-{self.minute}"
        answer = await self._try(concern, role, who)
        assert answer.status_code == (409 if concern.taken_by else 201)
        concern.taken_by = concern.taken_by or who

    async def alarms(self) -> None:
        """The worker catches up, as it does whenever it comes back."""
        timers = Timers(self.opened, SERVICE.name, SERVICE.timers)
        while await timers.fire_one():
            pass
        for each in self.known:
            if each.taken_by is None:
                each.rung |= self.minute >= each.raised_at + 15
                each.escalated |= self.minute >= each.raised_at + 30


def holds(story: Story, store: ServiceDatabase) -> None:
    """What must be true after any order."""
    rows = {str(row["id"]): row for row in store.rows("select * from safeguarding_concern")}
    # All that was answered with 201 is there, and nothing that was not.
    assert set(rows) == {each.id for each in story.known}
    told: dict[str, list[str]] = {}
    numbers: dict[str, list[int]] = {}
    for event in events(store):
        told.setdefault(event["subject"], []).append(event["type"].removeprefix("triage."))
        numbers.setdefault(event["subject"], []).append(int(event["sequence"]))
    for each in story.known:
        row = rows[each.id]
        assert row["acknowledged_by"] == each.taken_by
        assert (row["rung_at"] is not None) == each.rung
        assert (row["escalated_at"] is not None) == each.escalated
        state = "acknowledged" if each.taken_by else "escalated" if each.escalated else "raised"
        assert row["state"] == state
        kind = "staff_concern" if each.staff else "safeguarding"
        wanted = Counter({f"{kind}.raised": 1})
        wanted["safeguarding.rung"] += int(each.rung and not each.staff)
        wanted[f"{kind}.escalated"] += int(each.escalated)
        wanted[f"{kind}.acknowledged"] += int(each.taken_by is not None)
        assert Counter(told[each.id]) == +wanted
        assert numbers[each.id] == sorted(set(numbers[each.id]))


async def _in_every_order(desk: Desk, opened: Database, store: ServiceDatabase, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=STEPS)
    def orders(steps: list[Step]) -> None:
        stories.append(steps)

    # Hypothesis makes the orders, this loop runs them: it does not mix with a running event loop.
    async with listening(store) as ears:
        data = {"worker_id": "lado", "roles": [STAFF], "changed_at": clock.business_now().isoformat()}
        await ears(envelope("gateway.worker.changed", data))
    stories: list[list[Step]] = []
    orders()
    for steps in stories:
        story = Story(desk, opened)
        for name, number in [*steps, ("alarms", 0)]:
            await story.step(name, number)
        holds(story, store)
        story.move(-story.minute)
        store.execute("truncate safeguarding_concern, timer, outbox, audit_entry, idempotency")


async def test_in_some_orders(desk: Desk, opened: Database, store: ServiceDatabase) -> None:
    await _in_every_order(desk, opened, store, 8)


@pytest.mark.full
@pytest.mark.timeout(240)
async def test_in_many_orders(desk: Desk, opened: Database, store: ServiceDatabase) -> None:
    await _in_every_order(desk, opened, store, 60)
