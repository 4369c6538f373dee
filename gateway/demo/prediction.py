"""Models and emergency lists in the demo."""

from collections.abc import Callable


def load_prediction(gateway: str, say: Callable[[str], None]) -> None:
    """Puts in what the demo shows of models and emergency lists, by the doors of real people; again changes nothing."""
