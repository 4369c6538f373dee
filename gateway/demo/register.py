"""The demo: homes and the housing register."""

from collections.abc import Callable


def load_homes_and_register(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
