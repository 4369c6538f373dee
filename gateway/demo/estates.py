"""The demo: rents, decants and schemes."""

from collections.abc import Callable


def load_estates(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
