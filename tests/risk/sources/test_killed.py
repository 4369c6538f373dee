"""A load whose process is killed goes on where it last committed: nothing is lost, nothing is doubled."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import pytest

from services.risk import working
from services.risk.working import Child
from tests.risk.sources.ground import ACCOUNT, ARREARS, Loading, as_csv

_PEOPLE = 3_000


def extract() -> bytes:
    return as_csv(
        "council_tax_accounts",
        [ACCOUNT | {"account_ref": f"CT-{number}", "uprn": str(10_000 + number)} for number in range(_PEOPLE)],
    )


def start(load_id: str, rows_a_stretch: int) -> "subprocess.Popen[str]":
    """The loading child, as a worker would start it, but slower on its way."""
    arguments = json.dumps({"load_id": load_id, "rows_a_stretch": rows_a_stretch})
    command = [sys.executable, "-m", "services.risk.work", "load", arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def until(child: "subprocess.Popen[str]", done: int) -> None:
    """Reads what it says until it has done so many rows."""
    assert child.stdout is not None
    for line in child.stdout:
        if json.loads(line).get("done", 0) >= done:
            return
    raise AssertionError("it ended before")


@pytest.mark.full
async def test_a_killed_load_goes_on_and_ends_as_if_nothing_had_been(loading: Loading) -> None:
    accepted = (await loading.post_file("council_tax_accounts", extract())).json()
    for done in (100, 700):
        with start(accepted["load_id"], 100) as child:
            until(child, done)
            child.kill()
    (there,) = loading.risk.stored.rows("select rows_done, rows_new from source_load")
    assert 700 <= there["rows_done"] < _PEOPLE
    assert there["rows_new"] == there["rows_done"]
    await loading.work_off("load")
    load = await loading.get(f"/v1/risk/loads/{accepted['load_id']}")
    assert (load["state"], load["rows"], load["rows_new"], load["rows_known"]) == ("succeeded", _PEOPLE, _PEOPLE, 0)
    assert len(loading.facts()) == len({fact["record"] for fact in loading.facts()}) == _PEOPLE
    assert len(loading.records()) == _PEOPLE
    again = await loading.load("council_tax_accounts", extract())
    assert again["rows_new"] == 0


@pytest.mark.full
async def test_a_child_goes_when_its_worker_is_gone(loading: Loading) -> None:
    accepted = (await loading.post_file("council_tax_accounts", extract())).json()
    with start(accepted["load_id"], 1) as child:
        until(child, 1)
        assert child.stdin is not None
        child.stdin.close()
        assert child.wait(20) == 3


@pytest.mark.full
async def test_of_two_children_of_one_load_the_second_waits(loading: Loading) -> None:
    accepted = (await loading.post_file("council_tax_accounts", extract())).json()
    with start(accepted["load_id"], 50) as first:
        until(first, 50)
        with start(accepted["load_id"], 3_000) as second:
            await asyncio.sleep(1.0)
            first.kill()
            assert second.wait(50) == 0
    assert len(loading.facts()) == _PEOPLE


@pytest.mark.full
async def test_of_two_first_loads_of_a_source_the_second_compares(loading: Loading) -> None:
    # The same rows, in a file that is not the same.
    files = [extract(), extract().replace(b"Ms", b"Dr", 1)]
    loads = [(await loading.post_file("council_tax_accounts", file)).json()["load_id"] for file in files]
    with start(loads[0], 50) as first, start(loads[1], 50) as second:
        assert (first.wait(50), second.wait(50)) == (0, 0)
    counts = loading.risk.stored.rows("select rows_new, rows_known from source_load order by rows_new")
    assert [each["rows_new"] + each["rows_known"] for each in counts] == [_PEOPLE, _PEOPLE]
    assert counts[0]["rows_new"] <= 1
    assert len(loading.facts()) == len(loading.records()) == _PEOPLE


async def test_work_that_kills_its_process_each_time_is_given_up(loading: Loading, monkeypatch: Any) -> None:
    started = []

    async def start_and_die(verb: str, arguments: Any) -> Child:
        child = await real(verb, arguments)
        started.append(child)
        child.process.kill()
        return child

    real = Child.start
    monkeypatch.setattr(working.Child, "start", start_and_die)
    file = as_csv("council_tax_arrears", [ARREARS])
    accepted = (await loading.post_file("council_tax_arrears", file)).json()
    await loading.work_off("load")
    load = await loading.get(f"/v1/risk/loads/{accepted['load_id']}")
    assert (load["state"], len(started)) == ("failed", 3)
    assert "ended its process" in load["problem"]
