"""The demo: funds, a round and its applications."""

from collections.abc import Callable


def load_funds(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
