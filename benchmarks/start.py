"""`make run` from nothing and a second time, and what the whole system holds while nobody asks anything."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.rounds import Size
from benchmarks.table import Row
from kit.run.embedded import status
from kit.run.embedded.homes import refuge_path
from kit.run.embedded.ports import DEFAULTS, free

_LIMIT_SECONDS = 180.0


def run(size: Size) -> list[Row]:
    """Seconds of a first and a second start with the demo's people (tools installed), and memory at rest."""
    state = Path(tempfile.mkdtemp(prefix="newstart-bench-"))
    state.chmod(0o711)
    try:
        first, _ = _once(state, 0)
        second, held = _once(state, size.idle_seconds)
    finally:
        shutil.rmtree(refuge_path(state), ignore_errors=True)
        shutil.rmtree(state, ignore_errors=True)
    note = "The supervisor with PostgreSQL, NATS and 12 processes; environment already installed; loopback."
    return [
        Row("make run, data made anew", first, None, 180, "s", "under 180 s", note, first < 180),
        Row("make run, second start", second, None, 20, "s", "under 20 s (10 wanted)", "", second < 20),
        Row("Whole system at rest", held, None, 1200, "MB PSS", "under 1,200 MB (600 wanted)", "", held < 1200),
    ]


def _once(state: Path, idle: float) -> tuple[float, float]:
    """Seconds until everything answers, and megabytes held after `idle` seconds of rest (0: not asked)."""
    ports = dict(zip((port.variable for port in DEFAULTS), map(str, free(len(DEFAULTS))), strict=True))
    environment = {**os.environ, **ports, "NEWSTART_DEMO_LOADER": "gateway.demo_loader:load"}
    began = time.monotonic()
    command = [sys.executable, "-m", "kit.run.supervisor", "--state", str(state)]
    with (state / "bench.out").open("wb") as output:
        supervisor = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        while not status.read(state).get("ready"):
            if supervisor.poll() is not None or time.monotonic() - began > _LIMIT_SECONDS:
                raise RuntimeError((state / "bench.out").read_text())
            time.sleep(0.02)
        took = time.monotonic() - began
        time.sleep(idle)
        return took, _held(supervisor.pid) if idle else 0.0
    finally:
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(60)


def _held(pid: int) -> float:
    """Megabytes of a process and all below it, shared pages shared out (the sum of PSS)."""
    root = psutil.Process(pid)
    return sum(process.memory_full_info().pss for process in (root, *root.children(recursive=True))) / 1e6
