"""Codes and days in plain words."""

from collections.abc import Callable, Mapping
from typing import Any, Final

Writer = Callable[[Mapping[str, Any]], str]
"""From a fact's data to its line on the page."""

PartOf = Callable[[Mapping[str, Any]], str | None]
"""From a fact's data to the sealed part of the file it belongs to; None: to none."""

SEALED_TOPICS: Final[Mapping[str, str]] = {"drugs_and_alcohol": "drugs_and_alcohol"}
"""Needs and specialisms whose lines are for a sealed part of the file alone, with that part."""

_MONTHS: Final = ("January February March April May June July August September October November December").split()


def words(code: str | None) -> str:
    """A code as words; nothing for None."""
    return " ".join((code or "").replace("_", " ").split())


def day(text: str) -> str:
    """A day as people write it; `text` is ISO 8601."""
    year, month, day = text.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


def sealed_by(name: str) -> PartOf:
    """The part that the topic in this field seals its line into."""
    return lambda data: SEALED_TOPICS.get(data.get(name) or "")
