"""The demo: homelessness cases."""

from collections.abc import Callable


def load_homelessness(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
