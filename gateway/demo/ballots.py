"""The demo: a ballot, proposals and a campaign."""

from collections.abc import Callable


def load_ballots(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
