"""Small loads: what little came in is linked by itself, as a run over everything would."""

import asyncio
import random
from typing import Any

import pytest

from services.risk.linkage import commands, ledger
from tests.risk.linkage.ground import Risk, person
from tests.risk.linkage.people import borough
from tests.risk.linkage.test_whole import link, load, shown, truth


async def link_few(risk: Risk) -> int:
    """As the pipeline does it; how many records."""
    done = 0
    while True:
        async with risk.unit() as unit:
            linked = await commands.link_waiting(unit)
        if not linked:
            return done
        done += linked


def nothing_changed(figures: dict[str, Any]) -> bool:
    """Whether a run over everything found all as it should be."""
    return not any(number for name, number in figures.items() if name.endswith(("_moved", "_changed", "_new")))


def waiting(risk: Risk) -> list[str]:
    rows = risk.vault.rows("select reference from unlinked join record using (record_id) order by reference")
    return [row["reference"] for row in rows]


@pytest.mark.full
async def test_a_few_records_are_linked_as_by_a_run_over_everything(
    risk: Risk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = borough(40, seed=5)
    dice = random.Random(11)
    late = dice.sample(rows, 20)
    load(risk.vault, [row for row in rows if row not in late])
    link(risk)
    assert waiting(risk) == []
    # In any order, in pieces of any size, and one of them as two loads that differ.
    dice.shuffle(late)
    load(risk.vault, [{**late[0], "given": "Somebody", "phone": "07700900123"}])
    load(risk.vault, late)
    assert waiting(risk) == sorted([late[0]["reference"], *(row["reference"] for row in late)])
    monkeypatch.setattr(commands, "AT_ONCE", 7)
    assert await link_few(risk) == 21
    assert waiting(risk) == []
    groups, picture = risk.groups(), shown(risk)
    assert len([each for each in truth(rows) if each in groups]) >= 34
    figures = link(risk)
    assert nothing_changed(figures)
    assert (risk.groups(), shown(risk)) == (groups, picture)


async def test_whoever_says_something_else_or_is_withdrawn_is_looked_at_again(risk: Risk) -> None:
    rows = borough(12, seed=4, slips=0)
    load(risk.vault, rows)
    link(risk)
    moved = {**rows[0], "address": "1 Newcomer Way, Dagenham", "postcode": "RM8 1ZZ", "uprn": "999", "valid_from": None}
    load(risk.vault, [moved])
    gone = rows[5]["reference"]
    risk.vault.execute("update record set withdrawn_at = clock_timestamp() where reference = %s", [gone])
    assert waiting(risk) == sorted([rows[0]["reference"], gone])
    assert await link_few(risk) == 2
    figures = link(risk)
    assert nothing_changed(figures)


async def test_a_record_that_came_by_itself_waits_for_nobody(risk: Risk) -> None:
    await risk.place(person("R1", "Amina", "Okonkwo", "1980-02-03"))
    assert waiting(risk) == []


async def test_who_comes_by_themselves_during_the_first_run_is_found_among_the_others_after_it(risk: Risk) -> None:
    """The run does not know them, and they find nobody while no record has keys: once it is over they look again."""
    rows: list[dict[str, Any]] = borough(6, seed=4, slips=0)
    early = rows[-1]["reference"]
    load(risk.vault, rows[:-1])
    loop = asyncio.get_running_loop()

    def say(done: int, total: int | None = None, message: str = "") -> None:
        if message == "compared":
            asyncio.run_coroutine_threadsafe(risk.place(rows[-1]), loop).result(30)

    from services.risk.linkage.whole import run

    await asyncio.to_thread(run, risk.vault.dsn, risk.stored.dsn, say)
    same = next(row["reference"] for row in rows if row["reference"].split(".")[0] == early.split(".")[0])
    held = risk.residents()
    assert held[early] != held[same]
    assert waiting(risk) == [early]
    assert await link_few(risk) == 1
    held = risk.residents()
    assert held[early] == held[same]
    assert waiting(risk) == []
    figures = link(risk)
    assert nothing_changed(figures)


async def test_many_or_most_records_are_for_a_run_over_everything(risk: Risk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def few() -> bool:
        async with risk.unit() as unit:
            return await commands.few_wait(unit)

    monkeypatch.setattr(commands, "SHARE", 20)
    assert await few()
    load(risk.vault, borough(10, seed=6))
    assert not await few()
    link(risk)
    load(risk.vault, [person("R1", "Amina", "Okonkwo", "1980-02-03")])
    assert await few()
    load(risk.vault, [person("R2", "Chidi", "Nowak", "1981-02-03")])
    # Two of 32: more than one in twenty.
    assert not await few()
    monkeypatch.setattr(commands, "SHARE", 10)
    assert await few()
    monkeypatch.setattr(commands, "FEW", 1)
    assert not await few()


async def test_what_arrives_while_a_run_works_still_waits(risk: Risk) -> None:
    rows: list[dict[str, Any]] = borough(6, seed=4, slips=0)
    load(risk.vault, rows[:-1])

    def say(done: int, total: int | None = None, message: str = "") -> None:
        if message == "resolved":
            load(risk.vault, rows[-1:])

    from services.risk.linkage.whole import run

    run(risk.vault.dsn, risk.stored.dsn, say)
    assert waiting(risk) == [rows[-1]["reference"]]
    assert await link_few(risk) == 1
    ledger.forget_model()
