"""The demo: a residents' panel and its draw."""

from collections.abc import Callable


def load_panels(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
