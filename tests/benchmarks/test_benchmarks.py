"""Each benchmark still runs: at a tiny size, for its figures' shape, never for their speed."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import linkage_data
from benchmarks.__main__ import NAMES
from benchmarks.table import Row, table

QUICK = ("gateway", "write", "bus")


@pytest.mark.full
@pytest.mark.timeout(180)
def test_the_quick_benchmarks_still_run(tmp_path: Path) -> None:
    """In one process, so that they share their engines."""
    _run(tmp_path, *QUICK)


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in QUICK])
def test_a_long_benchmark_still_runs(name: str, tmp_path: Path) -> None:
    if name == "linkage" and not linkage_data.there():
        pytest.skip("the labelled linkage data are not here")
    _run(tmp_path, name)


def _run(folder: Path, *names: str) -> None:
    rows = folder / "rows.json"
    command = [sys.executable, "-m", "benchmarks", "--size", "tiny", "--json", str(rows), *names]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=570, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(rows.read_text())
    assert len(found) >= len(names)
    for row in found:
        assert all(math.isfinite(row[key]) for key in ("ours", "peer", "limit") if row[key] is not None), row
        # No id that changes is the best there is, and greedy counts a small ballot in no time that shows.
        assert row["ours"] >= 0, row
        assert row["what"] in ran.stdout
    assert any(row["ours"] > 0 for row in found)


def test_the_table_says_what_was_missed() -> None:
    printed = table([Row("Gateway", 50, 100, 200, "req/s", "half the peer", met=False)])
    assert "NO" in printed
    assert "0.50" in printed
    assert "0.25" in printed
