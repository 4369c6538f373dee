"""The demo: temporary accommodation and rough sleeping."""

from collections.abc import Callable


def load_placements(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
