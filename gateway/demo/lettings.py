"""The demo: adverts, bids, offers and lettings."""

from collections.abc import Callable


def load_lettings(gateway: str, say: Callable[[str], None]) -> None:
    """Nothing yet."""
