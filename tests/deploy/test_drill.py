"""The drill's own judgement: it must see what is lost, and the scripts must refuse to write over anything."""

import re
import subprocess
from pathlib import Path

import pytest

from deploy.drill import __main__ as drill
from deploy.drill.ground import SCRIPTS
from deploy.drill.pictures import Table, differences
from kit.contracts.event_type import OWNERS, VAULTS


def test_a_row_lost_changed_or_too_many_shows() -> None:
    before = {"a.public.t": Table(2, "x"), "a.public.u": Table(1, "y"), "a.public.v": Table(0, "")}

    assert differences(before, dict(before)) == []
    assert differences(before, {**before, "a.public.t": Table(2, "z")}) == ["a.public.t: 2 rows before, 2 after"]
    assert differences(before, {**before, "b.public.w": Table(3, "q")}) == ["b.public.w: -1 rows before, 3 after"]
    assert len(differences(before, {})) == 3


def test_read_models_are_what_was_learned_from_others() -> None:
    assert drill.is_read_model("risk.public.known_person")
    assert not drill.is_read_model("risk.public.profile")
    assert not drill.is_read_model("casefile.public.known_objection"), "a reaction keeps it: events bring no second one"


def test_both_scripts_name_every_database_and_the_vault() -> None:
    for script in ("backup.sh", "restore.sh"):
        text = (SCRIPTS / script).read_text()
        assert all(re.search(rf"\b{name}\b", text) for name in (*OWNERS, *VAULTS)), script


def programs(folder: Path, tables: str) -> str:
    """Stand-ins for PostgreSQL's programs: psql says how many tables there are, the others do as they were told."""
    for name, body in {
        "psql": f"echo {tables}",
        "pg_restore": 'echo "pg_restore $*" >> "$CALLS"',
        "pg_dump": 'for each in "$@"; do case $each in --file=*) echo dump > "${each#--file=}" ;; esac; done',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def run(script: str, folder: Path, path: str) -> "subprocess.CompletedProcess[str]":
    urls = {f"DATABASE_URL_{name.upper()}": "postgresql+psycopg://u:p@h:1/d" for name in (*OWNERS, *VAULTS)}
    environment = {"PATH": path, "CALLS": str(folder / "calls"), **urls}
    command = ["sh", str(SCRIPTS / script), str(folder / "copies")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    (tmp_path / "copies").mkdir()
    done = run("backup.sh", tmp_path, programs(tmp_path, "0"))
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_a_copy_is_whole_with_its_sums_or_is_not_there(copied: Path) -> None:
    (copy,) = (copied / "copies").iterdir()
    assert len(list(copy.glob("*.dump"))) == len(OWNERS) + len(VAULTS)
    assert (copy / "SHA256SUMS").read_text().count(".dump") == len(OWNERS) + len(VAULTS)

    (copied / "pg_dump").write_text("#!/bin/sh\nexit 1\n")
    failed = run("backup.sh", copied, f"{copied}:/usr/bin:/bin")

    assert failed.returncode != 0
    assert [each.name for each in (copied / "copies").iterdir()] == [copy.name], "nothing half"


def test_a_restore_writes_over_nothing_and_trusts_no_changed_file(copied: Path) -> None:
    taken = run("restore.sh", copied, programs(copied, "7"))
    assert taken.returncode != 0
    assert "has 7 tables already" in taken.stderr
    assert not (copied / "calls").exists(), "before anything was written"

    path = programs(copied, "0")
    (copy,) = (copied / "copies").iterdir()
    (copy / "risk.dump").write_text("another")
    assert run("restore.sh", copied, path).returncode != 0
    assert not (copied / "calls").exists()

    (copy / "risk.dump").write_text("dump\n")
    done = run("restore.sh", copied, path)
    assert done.returncode == 0, done.stderr
    assert (copied / "calls").read_text().count("--single-transaction") == len(OWNERS) + len(VAULTS)
