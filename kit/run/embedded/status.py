"""What runs from one state folder: the lock that lets one supervisor in, and the list of its processes."""

import fcntl
import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

_LOCK, _LIST, _HOLD = "supervisor.lock", "running.json", "hold"


class AlreadyRunning(Exception):
    """Another supervisor works on this state folder."""


def lock(state: Path) -> int:
    """Takes the folder for us until we end, and returns the descriptor. Raises AlreadyRunning."""
    descriptor = os.open(state / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        seen = read(state)
        where = f", on {seen['gateway']}" if seen.get("gateway") else ""
        raise AlreadyRunning(
            f"it is already running from this checkout (process {seen.get('supervisor', '?')}{where})"
        ) from None
    return descriptor


def is_running(state: Path) -> bool:
    """Whether a supervisor holds the folder."""
    try:
        os.close(lock(state))
    except AlreadyRunning:
        return True
    return False


def write(state: Path, gateway: str, ready: bool, processes: Mapping[str, int]) -> None:
    """Keeps the list of what runs. When each was made tells it from a later process of the same number."""
    listed = {}
    for name, pid in processes.items():
        try:
            listed[name] = {"pid": pid, "created": psutil.Process(pid).create_time()}
        except psutil.NoSuchProcess:
            continue
    fresh = state / f"{_LIST}.new"
    fresh.write_text(json.dumps({"supervisor": os.getpid(), "gateway": gateway, "ready": ready, "processes": listed}))
    fresh.replace(state / _LIST)


def read(state: Path) -> dict[str, Any]:
    """The list as last written; empty when nothing ever ran here."""
    try:
        seen = json.loads((state / _LIST).read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return seen if isinstance(seen, dict) else {}


def outlast(earlier: Mapping[str, Any], seconds: float = 15.0) -> None:
    """Waits until the processes of an earlier run have ended: after a supervisor was killed they take a moment."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and any(_lives(entry) for entry in earlier.get("processes", {}).values()):
        time.sleep(0.05)


def stop(state: Path, seconds: float = 60.0) -> bool:
    """Asks the supervisor of this folder to stop and waits for it; False when there is none."""
    if not is_running(state):
        return False
    os.kill(int(read(state)["supervisor"]), signal.SIGTERM)
    limit = time.monotonic() + seconds
    while is_running(state):
        if time.monotonic() > limit:
            raise TimeoutError(f"the supervisor did not stop within {seconds:.0f} s")
        time.sleep(0.1)
    return True


def held(state: Path, name: str) -> bool:
    """Whether the process is held back: chaos tests keep an engine down with a file named after it."""
    return (state / _HOLD / name).exists()


def hold(state: Path, name: str, on: bool) -> None:
    """Holds a process back once it has ended, or lets it start again."""
    mark = state / _HOLD / name
    mark.parent.mkdir(mode=0o700, exist_ok=True)
    if on:
        mark.touch()
    else:
        mark.unlink(missing_ok=True)


def release_all(state: Path) -> None:
    """At a start nothing is held back."""
    for mark in (state / _HOLD).glob("*"):
        mark.unlink()


def _lives(entry: Mapping[str, Any]) -> bool:
    try:
        process = psutil.Process(int(entry["pid"]))
        same = abs(process.create_time() - float(entry["created"])) < 1
        return bool(same and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
