"""Children for heavy work: one that is done takes the next piece, one that died is never handed any."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.risk import working
from services.risk.working import Child, WorkRefused, done_at_once


@pytest.fixture
def file(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"account_ref": ["1"]}), path)
    return {"file": str(path)}


@pytest.fixture(autouse=True)
async def _children() -> AsyncIterator[None]:
    async with working.children():
        yield


async def test_a_child_that_is_done_takes_the_next_piece_of_work(file: dict[str, str], tmp_path: Path) -> None:
    assert (await done_at_once("columns", file, 50))["columns"] == ["account_ref"]
    (first,) = working._idle
    (tmp_path / "broken").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(WorkRefused):
        await done_at_once("columns", {"file": str(tmp_path / "broken")}, 50)
    assert (await done_at_once("columns", file, 50))["columns"] == ["account_ref"]
    assert [each.process.pid for each in working._idle] == [first.process.pid]


@pytest.mark.full
async def test_a_child_that_died_waiting_is_not_handed_work(file: dict[str, str]) -> None:
    await done_at_once("columns", file, 50)
    (first,) = working._idle
    first.process.kill()
    await first.process.wait()
    second = await Child.start("columns", file)
    assert second.process.pid != first.process.pid
    assert await asyncio.wait_for(second.ended.wait(), 50)


async def test_no_child_outlives_who_may_have_children(file: dict[str, str]) -> None:
    async with working.children():
        await done_at_once("columns", file, 50)
        waiting = working._idle[-1]
        at_work = await Child.start("columns", file)
        working._running[(uuid4(), "columns")] = at_work
        assert waiting is at_work
        await at_work.wait(50)
        another = await Child._spawn()
        working._idle.append(another)
    assert working._idle == []
    assert not working._running
    assert waiting.process.returncode is not None
    assert another.process.returncode is not None
