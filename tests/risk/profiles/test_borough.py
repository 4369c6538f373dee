"""All profiles at once: only what differs is written, nothing newer is lost, and the copy of facts stays true."""

import asyncio
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from kit.store.jobs import Jobs
from services.risk import work
from services.risk.app import SERVICE
from services.risk.profiles import borough, commands, whole
from services.risk.profiles.borough import Outcome, recompute_all
from services.risk.profiles.columns import Columns
from tests.risk.ground import TODAY, Risk
from tests.risk.profiles.conftest import Linked


def say(done: int, total: int | None = None, message: str = "") -> None:
    """Nobody listens."""


def run(risk: Risk, folder: Path) -> Outcome:
    with psycopg.connect(risk.stored.dsn, autocommit=True) as store:
        return recompute_all(store, Columns(folder), TODAY, say)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def copies(folder: Path) -> dict[str, int]:
    """The copy's files, and when each was made."""
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}


def standing(risk: Risk, household: UUID) -> set[str]:
    rows = risk.stored.rows("select factor from household_factor where household = %s and not disputed", [household])
    return {row["factor"] for row in rows}


@pytest.mark.full
async def test_only_what_differs_is_written(risk: Risk, tmp_path: Path) -> None:
    homes = [uuid4() for _ in range(3)]
    records = [risk.ground.record(home) for home in homes]
    for record in records:
        risk.ground.fact(record, "council_tax.missed", "2026-06-01", amount=10)
    first = run(risk, tmp_path)
    assert (first.households, first.written) == (3, 3)
    assert run(risk, tmp_path).written == 0
    risk.ground.fact(records[0], "council_tax.missed", "2026-07-01", amount=10)
    risk.stored.execute("delete from fact where record = %s", [records[1]])
    again = run(risk, tmp_path)
    assert (again.households, again.written) == (2, 2)
    assert [standing(risk, home) for home in homes] == [{"missed_council_tax"}, set(), {"missed_council_tax"}]
    versions = {row["household"]: row["version"] for row in risk.stored.rows("select household, version from profile")}
    assert [versions[home] for home in homes] == [2, 2, 1]


async def test_a_profile_that_moved_on_meanwhile_is_left_alone(
    risk: Risk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A late fact is worked in while the run computes: what the run read is older, so it gives way."""
    home, other = uuid4(), uuid4()
    record = risk.ground.record(home)
    risk.ground.fact(risk.ground.record(other), "council_tax.missed", "2026-06-01", amount=10)
    real = borough.found
    loop = asyncio.get_running_loop()

    async def meanwhile() -> None:
        risk.ground.fact(record, "council_tax.summons", "2026-06-01", value="summons")
        async with risk.unit() as unit:
            await commands.recompute(unit, [home])

    def found(engine: object, rulebook: object) -> int:
        asyncio.run_coroutine_threadsafe(meanwhile(), loop).result(20)
        return real(engine, rulebook)  # type: ignore[arg-type]  # passed through

    risk.ground.fact(record, "council_tax.missed", "2026-06-01", amount=10)
    monkeypatch.setattr(borough, "found", found)
    outcome = await asyncio.to_thread(run, risk, tmp_path)
    assert standing(risk, home) == {"missed_council_tax", "council_tax_summons"}
    assert standing(risk, other) == {"missed_council_tax"}
    assert (outcome.households, outcome.written) == (2, 1)
    waiting = risk.stored.rows("select distinct household from profile_difference")
    assert [row["household"] for row in waiting] == [other]


@pytest.mark.full
async def test_a_dispute_holds_in_the_whole_borough_too(risk: Risk, linked: Linked, tmp_path: Path) -> None:
    home = uuid4()
    record = risk.ground.record(home)
    risk.ground.fact(record, "council_tax.missed", "2026-12-01", amount=10)
    run(risk, tmp_path)
    household_id = linked.household(home)
    (factor,) = (await risk.get(f"/v1/risk/households/{household_id}/profile"))["factors"]
    assert (await risk.post(factor["disputes"], {"reason": "Paid"})).status_code == 201
    assert run(risk, tmp_path).written == 0
    assert standing(risk, home) == set()


@pytest.mark.full
async def test_the_copy_of_facts_is_made_again_only_where_they_changed(risk: Risk, tmp_path: Path) -> None:
    home, loads = uuid4(), [uuid4(), uuid4()]
    record = risk.ground.record(home)
    for load in loads:
        risk.ground.fact(record, "council_tax.missed", "2026-06-01", amount=10, load_id=load)
    risk.ground.fact(record, "council_tax.missed", "2026-07-01", amount=10)
    run(risk, tmp_path)
    files = copies(tmp_path)
    assert {f"{load}.parquet" for load in loads} < set(files)
    assert len(files) == 3
    # A correction changes neither how many there are nor when they came.
    risk.stored.execute("update fact set amount = 11 where load_id = %s", [loads[0]])
    risk.stored.execute("delete from fact where load_id = %s", [loads[1]])
    run(risk, tmp_path)
    again = copies(tmp_path)
    assert set(again) == set(files) - {f"{loads[1]}.parquet"}
    changed = {name for name in again if again[name] != files[name]}
    assert changed == {f"{loads[0]}.parquet"}
    (row,) = risk.stored.rows("select amount, facts from household_factor")
    assert (row["amount"], row["facts"]) == (21, 2)
    # Lost altogether, it is made anew.
    Columns(tmp_path).forget()
    assert run(risk, tmp_path).written == 0
    # Nobody else may look into it, and nothing but the copy stays behind.
    assert names(tmp_path) - set(again) == {"manifest.json"}


async def test_what_a_run_changed_is_announced_step_by_step(
    risk: Risk, linked: Linked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole, "_HOUSEHOLDS_A_STEP", 2)
    homes = [uuid4() for _ in range(5)]
    for home in homes:
        risk.ground.fact(risk.ground.record(home), "council_tax.missed", "2026-06-01", amount=10)
    known = {linked.household(home) for home in homes[:4]}
    run(risk, tmp_path)
    async with risk.unit("system_operations") as unit:
        await whole.done(unit, {})
    jobs = Jobs(risk.database, "risk", {whole.ANNOUNCING: whole.announce})
    job_id = await jobs._claim()
    assert job_id is not None
    while await jobs._step(job_id) == "more":
        pass
    told = risk.events("household.profile_changed")
    assert {UUID(each["data"]["household_id"]) for each in told} == known
    assert {tuple(each["data"]["factors"]) for each in told} == {("missed_council_tax",)}
    assert risk.stored.rows("select 1 from profile_difference") == []
    assert len(risk.stored.rows("select 1 from factor_definition")) > 20
    (alarm,) = risk.stored.rows("select name, due_at from timer where name = 'profiles.nightly'")
    assert alarm["due_at"].day == 8


async def test_an_unchanged_profile_is_not_announced_again(risk: Risk, linked: Linked) -> None:
    home = uuid4()
    record = risk.ground.record(home)
    linked.household(home)
    risk.ground.fact(record, "council_tax.missed", "2026-06-01", amount=10)
    for _ in range(2):
        async with risk.unit() as unit:
            await commands.recompute(unit, [home], tell_all=True)
    risk.ground.fact(record, "council_tax.missed", "2026-07-01", amount=10)
    async with risk.unit() as unit:
        assert await commands.recompute(unit, [home]) == 1
    assert len(risk.events("household.profile_changed")) == 1
    risk.stored.execute("delete from fact")
    async with risk.unit() as unit:
        await commands.recompute(unit, [home])
    events = risk.events("household.profile_changed")
    assert [(each["data"]["factors"], int(each["sequence"])) for each in events] == [
        (["missed_council_tax"], 1),
        ([], 2),
    ]


async def test_a_household_that_lives_apart_is_told_as_one(risk: Risk, linked: Linked) -> None:
    """Both homes are the same household to casefile: the one where most of it lives speaks for it, and no other."""
    home, elsewhere = uuid4(), uuid4()
    for each, kind in ((home, "council_tax.missed"), (elsewhere, "council_tax.summons")):
        risk.ground.fact(risk.ground.record(each), kind, "2026-06-01")
    household_id = linked.household(home)
    linked.also[elsewhere] = household_id
    for households in ([elsewhere, home], [elsewhere], [home]):
        async with risk.unit() as unit:
            await commands.recompute(unit, households, tell_all=True)
    told = [each["data"]["factors"] for each in risk.events("household.profile_changed")]
    assert told == [["missed_council_tax"]]


async def test_two_facts_at_once_are_both_seen(risk: Risk) -> None:
    """Each in a transaction of its own, neither seeing the other's fact: the later working out sees both."""
    home = uuid4()
    record = risk.ground.record(home)
    ready = asyncio.Barrier(2)

    async def late(kind: str, value: str | None) -> None:
        async with risk.unit() as unit:
            connection = await unit.session.connection()
            await connection.exec_driver_sql(
                "insert into fact (id, record, source, kind, occurred_on, value)"
                " values (%s, %s, 'council_tax_arrears', %s, '2026-06-01', %s)",
                (uuid4(), record, kind, value),
            )
            await ready.wait()
            await commands.recompute(unit, [home])

    await asyncio.gather(late("council_tax.missed", None), late("council_tax.summons", "summons"))
    assert standing(risk, home) == {"missed_council_tax", "council_tax_summons"}


def test_the_verb_and_the_jobs_are_where_the_frame_looks() -> None:
    assert work.verb("profiles") is borough.work
    assert {whole.JOB, whole.ANNOUNCING} <= set(SERVICE.jobs)
    assert SERVICE.timers[whole.ALARM] is whole.ring
