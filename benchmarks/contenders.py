"""A contender in a process of its own, by its own processor time: its answer, or honestly why there is none."""

import importlib.util
import resource
import signal
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

TOO_LONG: Final = 180
"""Seconds of processor time that each gets."""
_MARK: Final = "= "


@dataclass(frozen=True, slots=True)
class Ended:
    """What it told, by name; or, in words, why it told nothing."""

    told: dict[str, str] | None
    because: str = ""


def contend(module: str, package: str, *words: str) -> Ended:
    """Run `python -m module words...`, which calls `within_its_time` and `tell`.

    `package` is what the contender needs; where it is not installed, that is said and nothing is run.
    """
    if importlib.util.find_spec(package) is None:
        return Ended(None, "not installed here: `make bench` installs it")
    command = [sys.executable, "-m", module, *words]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=4 * TOO_LONG, check=False)
    except subprocess.TimeoutExpired:
        return Ended(None, f"no answer in {4 * TOO_LONG} s")
    if ran.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return Ended(None, f"no answer in {TOO_LONG} s of processor time")
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or [f"exit code {ran.returncode}"])[-1]
        return Ended(None, f"failed: {last[:120]}")
    # A contender may talk on its way: only what is marked counts.
    lines = (line.removeprefix(_MARK).partition(" ") for line in ran.stdout.splitlines() if line.startswith(_MARK))
    return Ended({name: value for name, _, value in lines})


def within_its_time() -> None:
    """Ends this process when its time is up."""
    resource.setrlimit(resource.RLIMIT_CPU, (TOO_LONG, TOO_LONG + 1))


def tell(name: str, value: object) -> None:
    """One figure of the answer."""
    print(f"{_MARK}{name} {value}", flush=True)
