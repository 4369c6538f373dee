"""A circuit breaker for one upstream: after a row of failures nobody is made to wait for the next one.

Deliberately small. The bulkhead already bounds how much a hanging service can hold; the breaker only saves
callers the wait. After `pause` seconds one request tries again; if it works, all may.
"""

import time
from collections.abc import Callable


class Breaker:
    """Counts failures in a row: connections refused, answers that never came. Not for several threads."""

    def __init__(self, *, threshold: int = 10, pause: float = 2.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._threshold = threshold
        self._pause = pause
        self._clock = clock
        self._failures = 0
        self._try_again_at = 0.0

    @property
    def open(self) -> bool:
        """Whether requests are being turned away at present."""
        return self._failures >= self._threshold and self._clock() < self._try_again_at

    def lets_through(self) -> bool:
        """Whether to send this request. While failing, one goes through after each pause."""
        if self._failures < self._threshold:
            return True
        now = self._clock()
        if now < self._try_again_at:
            return False
        self._try_again_at = now + self._pause
        return True

    def worked(self) -> None:
        """The upstream answered, whatever it said."""
        self._failures = 0

    def failed(self) -> None:
        """No connection, or no answer in time."""
        self._failures += 1
        if self._failures >= self._threshold:
            self._try_again_at = self._clock() + self._pause
