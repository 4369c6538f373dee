"""The whole borough at once: the same as one by one, and nothing when nothing changed."""

import asyncio
import json
from datetime import date
from typing import Any

import psycopg
import pytest

from kit.testing.databases import ServiceDatabase
from services.risk.linkage import commands
from services.risk.linkage.domain import ErasureReason, RuleKind
from services.risk.linkage.whole import run
from services.risk.vault import pseudonyms, records
from tests.risk.linkage.ground import Risk
from tests.risk.linkage.people import borough


def load(vault: ServiceDatabase, rows: list[dict[str, Any]], whole: str | None = None) -> None:
    """As a source's child process brings its records in: not linked yet."""
    with psycopg.connect(vault.dsn) as connection, connection.cursor() as cursor:
        cursor.execute(records.STAGE)
        with cursor.copy(f"copy staged ({', '.join(records.COLUMNS)}) from stdin") as copy:
            for row in rows:
                more = {
                    "digest": records.digest_of(row),
                    "pseudonym": pseudonyms.of_record(row["source"], row["reference"]),
                }
                copy.write_row([{**row, **more}.get(column) for column in records.COLUMNS])
        records.taken_over(cursor)
        if whole is not None:
            cursor.execute(records.TOLD)
            cursor.executemany("insert into told (reference) values (%s)", [(row["reference"],) for row in rows])
            records.withdraw(cursor, whole, date(2100, 1, 1), None)


def link(risk: Risk) -> dict[str, Any]:
    """One run, as the child process does it."""
    return run(risk.vault.dsn, risk.stored.dsn, lambda done, total=None, message="": None)


def truth(rows: list[dict[str, Any]]) -> list[list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["reference"].partition(".")[0], []).append(row["reference"])
    return sorted(sorted(each) for each in found.values())


def shown(risk: Risk) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The analytics zone."""
    return (
        risk.stored.rows("select * from placed order by record"),
        risk.stored.rows("select * from home order by household"),
    )


@pytest.mark.full
async def test_people_are_found_and_a_second_run_changes_nothing(risk: Risk) -> None:
    rows = borough(60)
    load(risk.vault, rows)
    first = link(risk)
    groups = risk.groups()
    assert len([each for each in truth(rows) if each in groups]) >= 55
    assert (first["records"], first["residents_joined"], first["residents_split"]) == (180, 0, 0)
    before = shown(risk), risk.vault.rows("select * from assertion order by id"), risk.vault.rows("table home_member")
    again = link(risk)
    assert (again["records_moved"], again["residents_new"], again["placings_changed"]) == (0, 0, 0)
    assert again["homes_changed"] == 0
    after = shown(risk), risk.vault.rows("select * from assertion order by id"), risk.vault.rows("table home_member")
    assert after == before
    assert len(risk.vault.rows("select 1 from linking_run")) == 2


@pytest.mark.full
async def test_one_by_one_gives_the_same_people_households_and_picture(risk: Risk) -> None:
    rows = borough(25, seed=3, slips=0)
    load(risk.vault, rows)
    link(risk)
    batch = risk.groups()
    assert batch == truth(rows)
    placed = risk.stored.rows("select resident, household from placed")
    homes = sorted((row["adults"], row["children"]) for row in risk.stored.rows("select * from home"))
    together = risk.stored.rows("select count(distinct household) as n from placed where household is not null")
    # The same records into the same vault again, one at a time, after all that linking made was taken out.
    risk.vault.execute("truncate record, resident, assertion, home cascade")
    risk.vault.execute("truncate record_resident, review_item")
    risk.stored.execute("truncate placed, home")
    for row in rows:
        await risk.place(row)
    assert risk.groups() == batch
    assert len(risk.stored.rows("select resident, household from placed")) == len(placed)
    assert sorted((row["adults"], row["children"]) for row in risk.stored.rows("select * from home")) == homes
    again = risk.stored.rows("select count(distinct household) as n from placed where household is not null")
    assert again == together
    # And a run over it all has nothing to add.
    last = link(risk)
    assert (last["records_moved"], last["placings_changed"], last["homes_changed"]) == (0, 0, 0)


@pytest.mark.full
async def test_ids_stay_when_records_come_and_go(risk: Risk) -> None:
    rows = borough(40, seed=5)
    later = [row for row in rows if row["reference"].endswith(".2")]
    load(risk.vault, [row for row in rows if row not in later])
    link(risk)
    before = risk.residents()
    load(risk.vault, later)
    figures = link(risk)
    after = risk.residents()
    changed = {reference for reference, resident in before.items() if after[reference] != resident}
    assert len(changed) <= figures["residents_joined"] + figures["residents_split"]
    assert len(changed) <= 2
    # A source that sends its whole file without some of them withdraws those: nobody's id changes.
    load(risk.vault, [row for row in rows if row["source"] == "rent_accounts"][5:], whole="rent_accounts")
    link(risk)
    assert risk.residents() == after


async def test_rules_and_erasures_hold_in_a_run(risk: Risk) -> None:
    rows = borough(20, seed=9)
    load(risk.vault, rows)
    link(risk)
    (first, second, *_) = next(each for each in risk.groups() if len(each) == 3)
    gone = next(each for each in risk.groups() if first not in each and len(each) == 3)
    async with risk.unit() as unit:
        await commands.make_rule(unit, RuleKind.CANNOT, risk.record(first), risk.record(second), "Two people")
        await commands.erase(unit, risk.residents()[gone[0]], ErasureReason.OBJECTION)
    kept = risk.residents()
    load(risk.vault, rows)
    link(risk)
    assert risk.residents() == kept
    assert kept[first] != kept[second]
    assert not set(gone) & set(kept)


async def test_what_a_cut_off_run_left_behind_is_put_right(risk: Risk, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = borough(10, seed=2)
    load(risk.vault, rows)
    link(risk)
    whole = shown(risk)
    risk.stored.execute("delete from placed where source = %s", ["rent_accounts"])
    risk.stored.execute("update home set adults = 99")
    link(risk)
    assert shown(risk) == whole


@pytest.mark.full
async def test_a_run_leaves_alone_what_single_records_found(risk: Risk) -> None:
    rows = borough(25, seed=3)
    for row in rows:
        await risk.place(row)
    single = risk.groups()
    assert len([each for each in truth(rows) if each in single]) >= 20
    # What was joined while little was known stays joined: hard to join, harder to break.
    link(risk)
    assert risk.groups() == single


@pytest.mark.full
async def test_what_arrives_while_a_run_works_is_left_as_it_was_found(risk: Risk) -> None:
    rows = borough(12, seed=4, slips=0)
    late = [row for row in rows if row["reference"] in ("3.2", "7.0")]
    load(risk.vault, [row for row in rows if row not in late])
    link(risk)
    load(risk.vault, late)
    loop = asyncio.get_running_loop()

    async def meanwhile() -> None:
        await risk.place(*late)
        held = risk.residents()
        async with risk.unit() as unit:
            await commands.unmerge(unit, held["3.2"], [risk.record("3.2")], "Someone else")

    def say(done: int, total: int | None = None, message: str = "") -> None:
        if message == "resolved":
            asyncio.run_coroutine_threadsafe(meanwhile(), loop).result(30)

    await asyncio.to_thread(run, risk.vault.dsn, risk.stored.dsn, say)
    held = risk.residents()
    assert held["3.2"] != held["3.0"]
    assert held["7.0"] == held["7.1"]
    assert len(risk.stored.rows("select 1 from placed")) == len(rows)
    link(risk)
    assert risk.residents() == held


async def test_a_run_is_told_in_counts(risk: Risk) -> None:
    load(risk.vault, borough(5, seed=6))
    figures = link(risk)
    async with risk.unit() as unit:
        await commands.announce(unit, figures)
    (row,) = risk.stored.rows("select type, envelope from outbox")
    assert row["type"] == "risk.resident.relinked"
    told = json.loads(row["envelope"])["data"]
    assert (told["records"], told["residents_new"], told["run_id"]) == (15, 5, figures["run_id"])
    assert risk.stored.rows("select action, record from audit_entry where action like 'risk.vault%%'") == [
        {"action": "risk.vault.link_all", "record": "vault/all"}
    ]
