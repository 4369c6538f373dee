"""One PostgreSQL shared by all processes of a test run, joined by whoever needs it first."""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from kit.testing.keeper import FACTS, STATE, USERS

_RUN = "NEWSTART_TEST_RUN"
_START_SECONDS = 60.0


def name_run() -> None:
    """Called by the process that starts the run: the xdist workers inherit the name."""
    os.environ.setdefault(_RUN, uuid.uuid4().hex[:12])


def folder() -> Path:
    """Where this run's processes meet."""
    return Path(tempfile.gettempdir()) / f"newstart-tests-{os.getuid()}-{os.environ[_RUN]}"


@contextlib.contextmanager
def joined() -> Iterator[str]:
    """The administrator's address of the shared server, which lives at least until we leave."""
    place = folder()
    # The server may run as another user, who passes through here.
    place.mkdir(mode=0o711, exist_ok=True)
    with (place / USERS).open("a") as users:
        with (place / "starting").open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(users, fcntl.LOCK_SH)
            facts = place / FACTS
            if not facts.exists():
                _start(place, facts)
            admin_url = str(json.loads(facts.read_text())["admin_url"])
        yield admin_url


def clear() -> None:
    """At the end of the run: waits until the keeper has cleared up, and removes the meeting place."""
    place = folder()
    limit = time.monotonic() + 20
    while (place / STATE).exists() and time.monotonic() < limit:
        time.sleep(0.02)
    shutil.rmtree(place, ignore_errors=True)


def _start(place: Path, facts: Path) -> None:
    output = place / "keeper.log"
    command = [sys.executable, "-m", "kit.testing.keeper", str(place)]
    with output.open("ab") as log:
        # Not our child in any other sense: it ends by itself, and may outlive us by a moment.
        keeper = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
    limit = time.monotonic() + _START_SECONDS
    while not facts.exists():
        if keeper.poll() is not None or time.monotonic() > limit:
            raise RuntimeError(f"the tests' PostgreSQL did not start:\n{output.read_text()}")
        time.sleep(0.02)
    # Nobody waits for it: as far as this process is concerned it has ended.
    keeper.returncode = 0
