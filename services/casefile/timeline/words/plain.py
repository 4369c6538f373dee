"""Codes and days in plain words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

Writer = Callable[[Mapping[str, Any]], str]
"""From a fact's data to its line on the page."""

_MONTHS: Final = ("January February March April May June July August September October November December").split()


def words(code: str | None) -> str:
    """A code as words; nothing for None."""
    return " ".join((code or "").replace("_", " ").split())


def day(text: str) -> str:
    """A day as people write it; `text` is ISO 8601."""
    year, month, day = text.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"
