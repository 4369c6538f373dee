"""The same by command line: what a council's night job starts."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.risk.sources.ground import ARREARS, Loading, as_csv

pytestmark = pytest.mark.usefixtures("inside")


def load(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "services.risk.load", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)


@pytest.mark.full
async def test_a_file_is_queued_by_the_same_code(loading: Loading, tmp_path: Path) -> None:
    file = tmp_path / "arrears.csv"
    file.write_bytes(as_csv("council_tax_arrears", [ARREARS]))
    done = load("council_tax_arrears", str(file), "--extracted-on", "2026-11-20", "--no-wait")
    assert (done.returncode, done.stdout.split(";")[0]) == (0, "council_tax_arrears: queued"), done.stderr
    await loading.work_off("load")
    (found,) = (await loading.get("/v1/risk/sources/council_tax_arrears/loads"))["items"]
    assert (found["state"], found["rows_new"], found["extracted_on"]) == ("succeeded", 1, "2026-11-20")


@pytest.mark.full
async def test_a_refusal_is_said_and_told_by_the_code(loading: Loading, tmp_path: Path) -> None:
    file = tmp_path / "arrears.csv"
    file.write_bytes(b"a,b\n1,2\n")
    done = load("council_tax_arrears", str(file), "--no-wait")
    assert (done.returncode, "missing: account_ref" in done.stderr) == (1, True)
    assert load("council_tax_arrears", str(tmp_path / "none.csv"), "--no-wait").returncode == 1
    assert loading.risk.stored.rows("select * from source_load") == []
