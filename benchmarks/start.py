"""`make run` from nothing and a second time, and what the whole system holds while nobody asks anything."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import uvloop

from benchmarks.ground import Failed, Ground, apart
from benchmarks.rounds import Size
from benchmarks.table import Row
from kit.contracts.event_type import OWNERS
from kit.run import topology_job
from kit.run.embedded import status
from kit.run.embedded.environments import TOPOLOGY
from kit.run.embedded.homes import refuge_path
from kit.run.embedded.ports import DEFAULTS, free
from kit.run.embedded.processes import spawn, stop
from kit.run.embedded.welcome import is_ready

_LIMIT_SECONDS = 180.0
_ROLES = ("api", "worker")


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
    engines, engines_held, alone, alone_held = _one_by_one(size.idle_seconds)
    return [
        Row(
            "Start: make run, data made anew",
            first,
            None,
            None,
            "s",
            "under 180",
            "The supervisor with PostgreSQL, NATS, 12 processes and the demo's people; tools already installed.",
            first < 180,
        ),
        Row(
            "Start: make run again",
            second,
            alone,
            engines,
            "s",
            "under 20, 10 wanted",
            "Peer: the same 12 processes, each started by itself instead of forked from one parent, after the engines."
            " Limit: PostgreSQL and NATS alone, both with no data yet.",
            second < 20,
        ),
        Row(
            "Whole system idle",
            held,
            alone_held,
            engines_held,
            "MB of PSS",
            "under 1,200, 600 wanted",
            f"{size.idle_seconds:.0f} s after the start; shared pages are shared out. Peer and limit as above.",
            held < 1200,
        ),
    ]


def _once(state: Path, idle: float) -> tuple[float, float]:
    """Seconds until everything answers, and megabytes held after `idle` seconds of rest (0: not asked)."""
    ports = dict(zip((port.variable for port in DEFAULTS), map(str, free(len(DEFAULTS))), strict=True))
    environment = {**os.environ, **ports, "NEWSTART_DEMO_LOADER": "gateway.demo.loader:load"}
    began = time.monotonic()
    command = [sys.executable, "-m", "kit.run.supervisor", "--state", str(state)]
    with (state / "bench.out").open("wb") as output:
        supervisor = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:

        def ready() -> bool:
            if supervisor.poll() is not None:
                raise Failed((state / "bench.out").read_text())
            return bool(status.read(state).get("ready"))

        _until(ready, "the platform")
        took = time.monotonic() - began
        time.sleep(idle)
        return took, _held([supervisor.pid]) if idle else 0.0
    finally:
        supervisor.send_signal(signal.SIGINT)
        supervisor.wait(60)


def _one_by_one(idle: float) -> tuple[float, float, float, float]:
    """Seconds and megabytes of the engines alone, then of everything with each process started by itself."""
    own = os.getpid()
    with ExitStack() as stack:
        began = time.monotonic()
        ground = stack.enter_context(Ground())
        bus = stack.enter_context(ground.bus(syncs=True))
        engines = time.monotonic() - began
        time.sleep(idle)
        engines_held = _held([child.pid for child in psutil.Process(own).children()])
        for owner in OWNERS:
            ground.migrated(owner)
        apart("topology", lambda: uvloop.run(topology_job.apply(bus.address(TOPOLOGY), 1)))
        began = time.monotonic()
        for owner in OWNERS:
            for role in _ROLES:
                command = [sys.executable, "-m", "kit.run", owner, role]
                log = ground.folder / f"{owner}-{role}.log"
                # The packages are found from the folder we stand in, and a spawned process stands elsewhere.
                environment = {**ground.environments.service(owner), "PYTHONPATH": os.getcwd()}
                process = spawn(command, environment=environment, log=log, last_signal=signal.SIGKILL)
                stack.callback(stop, process, [(signal.SIGTERM, 20)])
        waiting = {ground.ports[name] for owner in OWNERS for name in (owner, f"{owner}-worker")}

        def ready() -> bool:
            waiting.difference_update([port for port in waiting if is_ready(port)])
            return not waiting

        _until(ready, "each process")
        took = time.monotonic() - began
        time.sleep(idle)
        return engines, engines_held, engines + took, _held([child.pid for child in psutil.Process(own).children()])


def _until(holds: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + _LIMIT_SECONDS
    while not holds():
        if time.monotonic() > limit:
            raise Failed(f"waited {_LIMIT_SECONDS:.0f} s for {what}")
        time.sleep(0.05)


def _held(roots: list[int]) -> float:
    """Megabytes of these processes and all below them, shared pages shared out (the sum of PSS)."""
    found = [psutil.Process(pid) for pid in roots]
    every = {process.pid: process for root in found for process in (root, *root.children(recursive=True))}
    return float(sum(process.memory_full_info().pss for process in every.values())) / 1e6
