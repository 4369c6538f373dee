"""Long work: step by step, going on where it stood, visible to whoever asked for it."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import insert, text

from kit import clock
from kit.errors import Conflict
from kit.ids import new_id
from kit.store import jobs
from kit.store.db import Database
from kit.store.jobs import JobHandler, Jobs, Progress, Step
from kit.store.unit import UnitOfWork, unit_of_work
from kit.testing.databases import ServiceDatabase
from kit.testing.faults import FaultProxy
from tests.kit import ground
from tests.kit.ground import CAUSE, MAKER, signed, until


async def count_up(unit: UnitOfWork, step: Step) -> Progress:
    """One row a step; the result keeps the steps it has seen."""
    cursor = step.cursor or 0
    await unit.session.execute(insert(ground.Effect).values(event_id=step.job_id, note=str(cursor)))
    if cursor == step.parameters.get("fails_at"):
        raise KeyError("Ada Lovelace")
    if cursor == step.parameters.get("refuses_at"):
        raise Conflict("Row 3 names a ward that is not ours")
    seen = [*step.result.get("seen", []), cursor]
    total = step.parameters["steps"]
    following = cursor + 1 if cursor + 1 < total else None
    return Progress(step.done + 10, total * 10, f"{cursor + 1} of {total}", following, {"seen": seen, "_mine": 1})


async def start(store: Database, kind: str = "count", **parameters: Any) -> UUID:
    async with unit_of_work(store, MAKER, CAUSE) as unit:
        return await jobs.start(unit, kind, {"steps": 3, **parameters})


def state(maker: ServiceDatabase) -> dict[str, Any]:
    (row,) = maker.rows("select * from job")
    return row


def notes(maker: ServiceDatabase) -> list[str]:
    return [row["note"] for row in maker.rows("select note from effect order by number")]


class Running:
    """The loop of jobs, while inside."""

    def __init__(self, store: Database, handler: JobHandler = count_up) -> None:
        self._jobs = Jobs(store, MAKER, {"count": handler})
        self.stop = asyncio.Event()

    async def __aenter__(self) -> "Running":
        self.task = asyncio.create_task(self._jobs.run(self.stop))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, 10)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.store.jobs._EVERY_SECONDS", 0.02)
    monkeypatch.setattr("kit.store.jobs._AFTER_FAILURE_SECONDS", 0.02)


def ended(maker: ServiceDatabase, how: str) -> Callable[[], bool]:
    return lambda: state(maker)["state"] == how


async def test_a_job_goes_step_by_step_to_its_end(store: Database, maker: ServiceDatabase) -> None:
    await start(store)
    assert state(maker)["state"] == "queued"
    async with Running(store):
        await until(ended(maker, "succeeded"), "the job to end")
    job = state(maker)
    assert notes(maker) == ["0", "1", "2"]
    assert (job["done"], job["total"], job["message"]) == (30, 30, "3 of 3")
    assert job["result"] == {"seen": [0, 1, 2], "_mine": 1}
    assert job["finished_at"] is not None


async def test_progress_shows_to_whoever_asked_and_to_nobody_else(
    client: httpx.AsyncClient, store: Database, maker: ServiceDatabase
) -> None:
    job_id = await start(store)
    held = asyncio.Event()

    async def wait_in_the_middle(unit: UnitOfWork, step: Step) -> Progress:
        if step.cursor == 1:
            await held.wait()
        return await count_up(unit, step)

    async def ask(subject: str) -> httpx.Response:
        headers = signed("casefile.job.read", subject=subject)
        return await client.get(f"/v1/casefile/jobs/{job_id}", headers=headers)

    async with Running(store, wait_in_the_middle):
        await until(lambda: state(maker)["done"] == 10, "the first step")
        answer = (await ask("ada")).json()
        assert (answer["state"], answer["done"], answer["total"], answer["message"]) == ("running", 10, 30, "1 of 3")
        assert answer["result"] == {"seen": [0]}
        assert (await ask("ben")).status_code == 404
        held.set()
        await until(ended(maker, "succeeded"), "the job to end")
    assert (await ask("ada")).json()["result"] == {"seen": [0, 1, 2]}
    assert (await client.get(f"/v1/casefile/jobs/{new_id()}", headers=signed("casefile.job.read"))).status_code == 404


async def test_a_stop_between_steps_is_taken_up_at_once(store: Database, maker: ServiceDatabase) -> None:
    await start(store, steps=50)
    async with Running(store):
        await until(lambda: len(notes(maker)) >= 2, "some steps")
    assert state(maker)["state"] == "queued"
    done = notes(maker)
    assert len(done) < 50
    async with Running(store):
        await until(ended(maker, "succeeded"), "the job to end")
    assert notes(maker) == [str(number) for number in range(50)]


async def test_a_crash_between_steps_goes_on_where_it_stood(
    store: Database, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def die(unit: UnitOfWork, step: Step) -> Progress:
        progress = await count_up(unit, step)
        if step.cursor == 1:
            raise Killed
        return progress

    await start(store)
    loop = Jobs(store, MAKER, {"count": die})
    with pytest.raises(Killed):
        await loop.run(asyncio.Event())
    assert notes(maker) == ["0"]
    job = state(maker)
    assert (job["state"], job["done"], job["result"]["_cursor"]) == ("running", 10, 1)
    # It looks alive for a minute; then it is taken up.
    monkeypatch.setattr(clock, "now", lambda real=clock.now: real() + timedelta(seconds=61))
    async with Running(store):
        await until(ended(maker, "succeeded"), "the job to end")
    assert notes(maker) == ["0", "1", "2"]


async def test_a_job_that_ends_its_worker_each_time_is_given_up(
    store: Database, maker: ServiceDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def die(unit: UnitOfWork, step: Step) -> Progress:
        raise Killed

    await start(store)
    now = clock.now()
    for life in range(5):
        monkeypatch.setattr(clock, "now", lambda life=life: now + timedelta(seconds=61 * life))
        with pytest.raises(Killed):
            await asyncio.wait_for(Jobs(store, MAKER, {"count": die}).run(asyncio.Event()), 5)
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=61 * 5))
    async with Running(store, die):
        await until(ended(maker, "failed"), "the job to be given up")
    assert "ended its worker" in state(maker)["message"]


async def test_a_fault_is_tried_again_and_then_told_without_its_text(store: Database, maker: ServiceDatabase) -> None:
    await start(store, fails_at=1)
    async with Running(store):
        await until(ended(maker, "failed"), "the job to fail")
    job = state(maker)
    assert job["attempts"] == 5
    assert job["message"] == "A fault on our side (KeyError)"
    assert job["done"] == 10
    assert notes(maker) == ["0"]


async def test_a_refusal_ends_the_job_with_its_reason(store: Database, maker: ServiceDatabase) -> None:
    await start(store, refuses_at=2)
    async with Running(store):
        await until(ended(maker, "failed"), "the job to fail")
    assert state(maker)["message"] == "Row 3 names a ward that is not ours"
    assert state(maker)["attempts"] == 1
    assert notes(maker) == ["0", "1"]


async def test_a_step_that_gets_on_forgets_earlier_faults(store: Database, maker: ServiceDatabase) -> None:
    tries: dict[int, int] = {}

    async def stumble(unit: UnitOfWork, step: Step) -> Progress:
        cursor = step.cursor or 0
        tries[cursor] = tries.get(cursor, 0) + 1
        if tries[cursor] < 4:
            raise KeyError
        return await count_up(unit, step)

    await start(store)
    async with Running(store, stumble):
        await until(ended(maker, "succeeded"), "the job to end")
    assert notes(maker) == ["0", "1", "2"]


async def test_a_step_that_takes_too_long_fails_like_any_other(store: Database, maker: ServiceDatabase) -> None:
    async def dawdle(unit: UnitOfWork, step: Step) -> Progress:
        await unit.session.execute(text("set local statement_timeout = 10"))
        await unit.session.execute(text("select pg_sleep(1)"))
        raise AssertionError

    await start(store)
    async with Running(store, dawdle):
        await until(ended(maker, "failed"), "the job to fail")


async def test_an_outage_does_not_cost_an_attempt_or_a_minute(store: Database, maker: ServiceDatabase) -> None:
    port = int(maker.url.rpartition(":")[2].partition("/")[0])
    await start(store)
    async with FaultProxy(port) as proxy:
        database = Database(maker.url.replace(f":{port}/", f":{proxy.port}/"))

        async def cut_once(unit: UnitOfWork, step: Step) -> Progress:
            if step.cursor == 1 and not proxy_was_cut.is_set():
                proxy_was_cut.set()
                proxy.cut()
            return await count_up(unit, step)

        proxy_was_cut = asyncio.Event()
        async with Running(database, cut_once):
            await asyncio.wait_for(proxy_was_cut.wait(), 5)
            await asyncio.sleep(0.1)
            proxy.heal()
            await until(ended(maker, "succeeded"), "the job to end", 10)
        await database.close()
    assert state(maker)["attempts"] == 0
    assert notes(maker) == ["0", "1", "2"]


async def test_two_workers_do_each_step_once(store: Database, maker: ServiceDatabase) -> None:
    for _ in range(4):
        await start(store, steps=10)
    async with Running(store), Running(store):
        await until(
            lambda: maker.rows("select count(*) as n from job where state = 'succeeded'")[0]["n"] == 4, "all to end"
        )
    assert maker.rows("select count(*) as n from effect") == [{"n": 40}]
    assert maker.rows("select event_id, note from effect group by 1, 2 having count(*) > 1") == []


async def test_one_who_was_cut_off_does_not_work_on_what_ended(store: Database, maker: ServiceDatabase) -> None:
    job_id = await start(store)
    async with Running(store):
        await until(ended(maker, "succeeded"), "the job to end")
    assert await Jobs(store, MAKER, {"count": count_up})._step(job_id) == "ended"
    assert notes(maker) == ["0", "1", "2"]


async def test_an_idle_loop_leaves_no_tasks(store: Database) -> None:
    async with Running(store):
        await asyncio.sleep(0.1)
        before = len(asyncio.all_tasks())
        # Fifteen turns; one may be caught in the middle.
        await asyncio.sleep(0.3)
        assert len(asyncio.all_tasks()) <= before + 2


async def test_a_step_acts_for_whoever_asked(store: Database, maker: ServiceDatabase) -> None:
    async def act(unit: UnitOfWork, step: Step) -> Progress:
        ground.announce(unit, step.job_id)
        unit.accessed("import/1")
        return Progress(1)

    await start(store)
    async with Running(store, act):
        await until(ended(maker, "succeeded"), "the job to end")
    (entry,) = maker.rows("select actor, purpose, action from audit_entry")
    assert entry == {"actor": "ada", "purpose": "front_door", "action": "casefile.count"}
    assert '"actor":"ada"' in maker.rows("select envelope from outbox")[0]["envelope"]
