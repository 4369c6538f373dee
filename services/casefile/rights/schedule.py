"""The retention schedule: dated data, read from `schedule.toml`."""

import tomllib
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.resources import files
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field


class Keeping(BaseModel):
    """How long one class of records is kept. From `since` on it replaces an older line of the same code."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    code: str
    title: str
    since: date = Field(alias="from")
    years: int = Field(ge=1, le=150)
    counted_from: str
    stays: bool = Field(description="An erasure on request leaves it until its time is over")
    source: str

    def until(self, start: date) -> date:
        """The first day it need not be kept any more; 29 February counts as 1 March where there is none."""
        try:
            return start.replace(year=start.year + self.years)
        except ValueError:
            return date(start.year + self.years, 3, 1)


def read(text: str) -> tuple[Keeping, ...]:
    """A schedule from TOML. Raises ValueError for two lines of one code from one day."""
    rows: list[dict[str, Any]] = tomllib.loads(text)["schedule"]
    lines = tuple(Keeping.model_validate(row) for row in rows)
    if len({(each.code, each.since) for each in lines}) != len(lines):
        raise ValueError("two lines of the schedule are for one code from one day")
    return lines


def standing(lines: Iterable[Keeping], day: date) -> dict[str, Keeping]:
    """What the schedule says on a day, by code."""
    found: dict[str, Keeping] = {}
    for each in sorted(lines, key=lambda line: line.since):
        if each.since <= day:
            found[each.code] = each
    return found


SCHEDULE: Final[Sequence[Keeping]] = read(
    files("services.casefile.rights").joinpath("schedule.toml").read_text(encoding="utf-8")
)
"""As delivered."""
