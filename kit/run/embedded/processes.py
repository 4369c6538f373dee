"""Child processes that never outlive their parent: programs (engines) and forks (our own code)."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15
_KEPT_LOGS = 3
_TELLING = ("FATAL", "PANIC", "[FTL]", "critical")
# Loaded here because a fresh fork should do as little as it can.
_LIBC = ctypes.CDLL(None)


class EngineFailed(Exception):
    """An engine cannot be started; says why in words for the person who typed `make run`."""


class Running(Protocol):
    """A child process; `subprocess.Popen` is one, `Forked` is the other."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


class Forked:
    """A child made by fork from this very process: what was imported before is shared, not loaded again."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended: int | None = None

    def poll(self) -> int | None:
        """The exit code (minus the signal's number if one ended it), or None while it runs."""
        if self._ended is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._ended = os.waitstatus_to_exitcode(status)
        return self._ended

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end; raises subprocess.TimeoutExpired after `timeout` seconds."""
        limit = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if limit is not None and time.monotonic() > limit:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.01)
        return code

    def send_signal(self, sig: int) -> None:
        """Sends a signal unless it has ended: its number may be another process by then."""
        if self.poll() is None:
            os.kill(self.pid, sig)


def fork(
    name: str,
    body: Callable[[], None],
    *,
    environment: Mapping[str, str],
    log: Path | None,
    close: Sequence[int] = (),
) -> Forked:
    """Runs `body` in a fork with exactly this environment; its output goes to `log` (None: to ours).

    It has its own process group (Ctrl-C reaches the parent alone), default signal handlers, and ends by
    SIGKILL with its parent. `close` names descriptors of the parent that it must not keep. The exit code is
    0 when body returns, SystemExit's own code, 1 after any other exception.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return Forked(pid)
    code = 1
    try:
        _settle(name, parent, environment, log, close)
        body()
        code = 0
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        if isinstance(leaving.code, str):
            print(json.dumps({"level": "critical", "event": leaving.code}), file=sys.stderr)
    except BaseException:
        fault = {
            "level": "critical",
            "event": f"{name} ended by a fault",
            "exception": traceback.format_exc(),
        }
        print(json.dumps(fault), file=sys.stderr)
    finally:
        # Not sys.exit: the parent's own clearing up is registered here too.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _settle(name: str, parent: int, environment: Mapping[str, str], log: Path | None, close: Sequence[int]) -> None:
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    die_with_parent(signal.SIGKILL, parent)
    for descriptor in close:
        os.close(descriptor)
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    if log is not None:
        with open_log(log) as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        # Line by line, so that the log is never behind the events.
        sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    os.environ.clear()
    os.environ.update(environment)
    if sys.platform == "linux":
        # What `ps -o comm` and `top` show; the kernel keeps 15 characters.
        _LIBC.prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path | None,
    last_signal: signal.Signals,
    user: int | None = None,
    group: int | None = None,
) -> "subprocess.Popen[bytes]":
    """Starts a program that gets `last_signal` when we die; as another user where one is named."""
    parent = os.getpid()
    with open_log(log) if log else open(os.devnull, "wb") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            env=dict(environment),
            # The working folder may be closed to the other user.
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=[] if user is not None else None,
            # Runs after the change of user, which would clear the wish; no thread runs beside us.
            preexec_fn=lambda: die_with_parent(last_signal, parent),
        )


def die_with_parent(number: signal.Signals, parent: int) -> None:
    """Asks Linux for this signal at the parent's death. Elsewhere a killed supervisor leaves children
    behind.
    """
    if sys.platform == "linux":
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            # It died before we asked.
            os.kill(os.getpid(), number)


def stop(process: Running, steps: Sequence[tuple[signal.Signals, float]]) -> int:
    """Sends each signal in turn, each with so many seconds to obey, then SIGKILL; returns the exit code."""
    for number, patience in steps:
        process.send_signal(number)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    process.send_signal(signal.SIGKILL)
    return process.wait(10)


def open_log(path: Path) -> IO[bytes]:
    """The log at `path`, to append to; logs may name people's ids, so they are the owner's alone."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def rotate_logs(folder: Path) -> None:
    """At a start: every log becomes .1, what was .1 becomes .2, and the oldest goes."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for log in sorted(folder.glob("*.log")):
        log.with_suffix(f".log.{_KEPT_LOGS}").unlink(missing_ok=True)
        for number in range(_KEPT_LOGS - 1, 0, -1):
            older = log.with_suffix(f".log.{number}")
            if older.exists():
                older.rename(log.with_suffix(f".log.{number + 1}"))
        log.rename(log.with_suffix(".log.1"))


def last_words(log: Path | None) -> str:
    """The last thing a process said, at most 300 characters, for a message about its end."""
    if log is None or not log.exists():
        return "nothing was said"
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 16_384))
        lines = file.read().decode(errors="replace").strip().splitlines()
    # An engine goes on to say that it has ended; the line that matters comes before.
    telling = [line for line in lines[-20:] if any(mark in line for mark in _TELLING)] or lines
    line = telling[-1].strip() if telling else "nothing was said"
    try:
        entry = json.loads(line)
    except ValueError:
        return line[:300]
    if isinstance(entry, dict):
        # Of a traceback the last line says what it was.
        line = str(entry.get("exception") or entry.get("event") or line).strip().splitlines()[-1]
    return line[:300]
