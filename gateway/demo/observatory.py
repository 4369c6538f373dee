"""The observatory in the demo."""

from collections.abc import Callable


def load_observatory(gateway: str, say: Callable[[str], None]) -> None:
    """Puts in what the demo shows of the observatory, by the doors of real people; again changes nothing."""
