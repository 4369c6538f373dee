"""Children for heavy work: one that is done takes the next piece, one that died is never handed any."""

import asyncio
from pathlib import Path

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


async def end() -> None:
    """Ends the children that wait, as a worker's end does."""
    for child in working._idle:
        child.process.kill()
        await child.process.wait()
        assert child.reader is not None
        await child.reader
    working._idle.clear()


async def test_a_child_that_is_done_takes_the_next_piece_of_work(file: dict[str, str], tmp_path: Path) -> None:
    assert (await done_at_once("columns", file, 50))["columns"] == ["account_ref"]
    (first,) = working._idle
    (tmp_path / "broken").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(WorkRefused):
        await done_at_once("columns", {"file": str(tmp_path / "broken")}, 50)
    assert (await done_at_once("columns", file, 50))["columns"] == ["account_ref"]
    assert [each.process.pid for each in working._idle] == [first.process.pid]
    await end()


async def test_a_child_that_died_waiting_is_not_handed_work(file: dict[str, str]) -> None:
    await done_at_once("columns", file, 50)
    (first,) = working._idle
    first.process.kill()
    await first.process.wait()
    second = await Child.start("columns", file)
    assert second.process.pid != first.process.pid
    assert await asyncio.wait_for(second.ended.wait(), 50)
    await end()
