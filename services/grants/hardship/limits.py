"""The limits of hardship payments: dated tables of ours, read once."""

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("limits.toml")


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds from a day on. Money in pence."""

    since: date
    desk_pence: int
    most_pence: int
    second_within_minutes: int
    sample_percent: int
    repeat_after: int
    decide_urgent_within_hours: int
    reconsider_within_days: int
    source: str


@lru_cache(maxsize=1)
def _tables() -> tuple[Limits, ...]:
    read: list[dict[str, Any]] = tomllib.loads(_FILE.read_text())["limits"]
    names = {each.name for each in fields(Limits)} - {"since"}
    found = [Limits(since=each["from"], **{name: each[name] for name in names}) for each in read]
    return tuple(sorted(found, key=lambda each: each.since))


def limits(day: date) -> Limits:
    """The limits of a day; those of the first table before it."""
    return next((each for each in reversed(_tables()) if each.since <= day), _tables()[0])
