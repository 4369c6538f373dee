"""The dated rules of temporary accommodation, read from `rules.toml`."""

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Dated(BaseModel):
    """A rule from a day on, with where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: date = Field(alias="from")
    source: str


class SixWeeks(Dated):
    """How long a family may be in bed and breakfast, and the days on which somebody is rung."""

    days: int
    alarms: tuple[int, ...]


class BedAndBreakfast(Dated):
    """Whether a room in somebody's own home counts as bed and breakfast."""

    private_homes_count: bool


class Notice(Dated):
    """Within how many days, beginning with the day they entered, a notice is given."""

    days: int


class Rules(BaseModel):
    """All of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    six_weeks: tuple[SixWeeks, ...]
    bed_and_breakfast: tuple[BedAndBreakfast, ...]
    out_of_area_notice: tuple[Notice, ...]
    child_notice: tuple[Notice, ...]


Rule = TypeVar("Rule", bound=Dated)


def on(entries: Sequence[Rule], day: date) -> Rule:
    """The rule that counts on a day: the newest that has begun, or the first of all."""
    begun = [each for each in entries if each.since <= day]
    return max(begun, key=lambda each: each.since) if begun else min(entries, key=lambda each: each.since)


@lru_cache(maxsize=1)
def standing() -> Rules:
    """The rules as delivered."""
    text = files("services.housing.placements").joinpath("rules.toml").read_text("utf-8")
    return Rules.model_validate(tomllib.loads(text))
