"""Child processes: their environment, their end, and their logs."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from kit.run.embedded.keeping import Kept
from kit.run.embedded.processes import EngineFailed, Running, fork, last_words, rotate_logs, spawn, stop


def test_a_fork_has_exactly_its_own_environment_and_log(tmp_path: Path) -> None:
    def tell() -> None:
        print(json.dumps({**os.environ, "group": os.getpgid(0) == os.getpid()}))

    child = fork("teller", tell, environment={"ONLY": "this"}, log=tmp_path / "log")
    assert child.wait(10) == 0
    assert json.loads((tmp_path / "log").read_text()) == {"ONLY": "this", "group": True}
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("leaving", "code"), [(0, 0), (None, 0), (3, 3), ("words", 1)])
def test_a_forks_exit_code_is_its_own(tmp_path: Path, leaving: int | str | None, code: int) -> None:
    child = fork("leaver", lambda: sys.exit(leaving), environment={}, log=tmp_path / "log")
    assert child.wait(10) == code
    if isinstance(leaving, str):
        assert last_words(tmp_path / "log") == leaving


def test_a_fault_in_a_fork_is_one_json_line_and_its_last_words_name_it(tmp_path: Path) -> None:
    def faulty() -> None:
        raise KeyError("missing")

    child = fork("faulty", faulty, environment={}, log=tmp_path / "log")
    assert child.wait(10) == 1
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert json.loads(line)["level"] == "critical"
    assert last_words(tmp_path / "log") == "KeyError: 'missing'"


def test_a_fork_forgets_its_parents_signal_handlers(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        child = fork("sleeper", lambda: time.sleep(60), environment={}, log=tmp_path / "log")
        time.sleep(0.1)
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == -signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)


def test_children_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import signal, sys, time; from pathlib import Path; from kit.run.embedded.processes import fork, spawn;"
        "log = Path(sys.argv[1]);"
        "deaf = lambda: (signal.signal(signal.SIGTERM, signal.SIG_IGN), time.sleep(60));"
        "one = fork('deaf', deaf, environment={}, log=log);"
        "two = spawn(['/bin/sleep', '60'], environment={}, log=log, last_signal=signal.SIGTERM);"
        "print(one.pid, two.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script, tmp_path / "log"], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.communicate()
    assert len(psutil.wait_procs(children, timeout=10)[0]) == 2


def test_stopping_goes_from_asking_to_killing(tmp_path: Path) -> None:
    def deaf() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print("ready", flush=True)
        time.sleep(60)

    child = fork("deaf", deaf, environment={}, log=tmp_path / "log")
    log = tmp_path / "log"
    while not (log.exists() and "ready" in log.read_text()):
        time.sleep(0.01)
    assert stop(child, [(signal.SIGTERM, 0.1), (signal.SIGINT, 10)]) == -signal.SIGINT


def test_logs_of_three_earlier_starts_are_kept(tmp_path: Path) -> None:
    for start in range(5):
        rotate_logs(tmp_path)
        (tmp_path / "risk-api.log").write_text(str(start))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
        "risk-api.log": "4",
        "risk-api.log.1": "3",
        "risk-api.log.2": "2",
        "risk-api.log.3": "1",
    }


def kept_until(kept: Kept, words: str) -> str:
    limit = time.monotonic() + 10
    while time.monotonic() < limit:
        if (news := kept.look(held=False)) and words in news:
            return news
        time.sleep(0.02)
    raise AssertionError(f"never said: {words}")


def test_a_kept_process_starts_again_with_growing_patience() -> None:
    def start() -> Running:
        return spawn(["/bin/sh", "-c", "exit 7"], environment={}, log=None, last_signal=signal.SIGTERM)

    kept = Kept("short", start)
    kept.begin()
    assert "short ended unexpectedly (exit 7: nothing was said); again in 0.5 s" in kept_until(kept, "ended")
    assert "short runs again" in kept_until(kept, "runs again")
    assert "again in 1 s" in kept_until(kept, "ended")


def test_a_held_process_stays_down_until_it_is_let_go() -> None:
    def start() -> Running:
        return spawn(["/bin/sleep", "60"], environment={}, log=None, last_signal=signal.SIGTERM)

    kept = Kept("sleeper", start)
    process = kept.begin()
    assert kept.look(held=True) is None
    stop(process, [(signal.SIGTERM, 5)])
    assert kept.look(held=True) == "sleeper has ended and is held back"
    assert kept.look(held=True) is None
    kept_until(kept, "runs again")
    assert kept.process
    stop(kept.process, [(signal.SIGTERM, 5)])


def test_an_engine_that_cannot_be_started_is_tried_again_later() -> None:
    def start() -> Running:
        raise EngineFailed("no room")

    kept = Kept("engine", start)
    assert kept.look(held=False) == "engine cannot be started: no room"
    assert kept.look(held=False) is None
