"""Named points where a fault test may end the process. Off unless NEWSTART_CRASH_AT names one, outside production."""

import os

_ARMED = os.environ.get("NEWSTART_CRASH_AT") if os.environ.get("NEWSTART_ENVIRONMENT") == "test" else None


def reached(point: str) -> None:
    """End the process at once, as `kill -9` would, if this point is armed."""
    if point == _ARMED:
        os._exit(9)
