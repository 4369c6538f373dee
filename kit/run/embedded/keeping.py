"""Keeping one process running: start it, notice its end, start it again with growing patience."""

import time
from collections.abc import Callable
from pathlib import Path

from kit.run.embedded.processes import EngineFailed, Running, last_words

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 60.0


class Kept:
    """A process that should be running. `look` is called often, and returns a line when there is news."""

    def __init__(self, name: str, start: Callable[[], Running], *, log: Path | None = None) -> None:
        self.name = name
        self.log = log
        self.process: Running | None = None
        self.failures = 0
        self._start = start
        self._started_at = 0.0
        self._next_start = 0.0

    def begin(self) -> Running:
        """Starts it now."""
        self.process = self._start()
        self._started_at = time.monotonic()
        return self.process

    def look(self, *, held: bool) -> str | None:
        """Notices its end and starts it again when its pause is over, unless `held` back on purpose."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return None
            self.process = None
            if held:
                return f"{self.name} has ended and is held back"
            if now - self._started_at > _STEADY_SECONDS:
                self.failures = 0
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self.failures)
            self.failures += 1
            self._next_start = now + pause
            how = f"signal {-code}" if code < 0 else f"exit {code}"
            return f"{self.name} ended unexpectedly ({how}: {last_words(self.log)}); again in {pause:g} s"
        if held or now < self._next_start:
            return None
        try:
            pid = self.begin().pid
        except EngineFailed as error:
            self.failures += 1
            self._next_start = now + min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**self.failures)
            return f"{self.name} cannot be started: {error}"
        return f"{self.name} runs again (process {pid})"
