"""The demo: hardship payments, projects and commissions."""

from collections.abc import Callable


def load_hardship(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
