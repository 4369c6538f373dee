"""Each benchmark still runs: at a tiny size, for its figures' shape, never for their speed."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.table import Row, table


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", ["gateway", "write", "bus"])
def test_a_benchmark_still_runs(name: str, tmp_path: Path) -> None:
    rows = tmp_path / "rows.json"
    command = [sys.executable, "-m", "benchmarks", "--size", "tiny", "--json", str(rows), name]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)
    assert ran.returncode == 0, ran.stderr
    found = json.loads(rows.read_text())
    assert found
    for row in found:
        assert all(math.isfinite(row[key]) for key in ("ours", "peer", "limit") if row[key] is not None), row
        assert row["ours"] > 0, row
        assert row["what"] in ran.stdout


@pytest.mark.full
@pytest.mark.timeout(400)
@pytest.mark.parametrize("name", ["search", "start"])
def test_a_long_benchmark_still_runs(name: str, tmp_path: Path) -> None:
    test_a_benchmark_still_runs(name, tmp_path)


def test_the_table_says_what_was_missed() -> None:
    printed = table([Row("Gateway", 50, 100, 200, "req/s", "half the peer", met=False)])
    assert "NO" in printed
    assert "0.50" in printed
    assert "0.25" in printed
