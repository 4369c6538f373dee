"""Measures as data: what each is called, counts, stands beside, and whose it is (definitions.toml)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.risk.measures.domain import By
from services.risk.measures.rules import RULES

BOARD: Final = frozenset({"applications_not_taken", "back_within_six_months", "out_of_borough", "reviews_won"})
"""What stands beside temporary accommodation; duties owed have at least the first two."""
_FILE = Path(__file__).with_name("definitions.toml")


class Definition(BaseModel):
    """One measure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    title: str
    words: str
    told_by: tuple[str, ...] = Field(alias="from", description="The events it is counted from")
    unit: Literal["households", "people", "contacts", "hours"]
    share: bool = False
    good: Literal["high", "low", "neither"]
    saves: Literal["more", "less"] | None = None
    gain: Literal["residents"] | None = None
    owner: str
    beside: tuple[str, ...] = Field(min_length=1, description="The measures it never stands without")
    caveats: tuple[str, ...]

    @property
    def bys(self) -> tuple[By, ...]:
        """What it may be told apart by."""
        if self.unit == "hours":
            return (By.ALL, By.MONTH, By.HUB)
        return tuple(each for each in By if each is not By.HUB)


@cache
def definitions() -> Mapping[str, Definition]:
    """All of them by code, in the order in which they are shown. ValueError where one can't be counted."""
    read = tomllib.loads(_FILE.read_text(encoding="utf-8"))["measures"]
    found = {each["code"]: Definition.model_validate(each) for each in read}
    for each in found.values():
        if each.code not in RULES:
            raise ValueError(f"no rule says what {each.code} counts")
        if unknown := set(each.beside) - found.keys():
            raise ValueError(f"{each.code} stands beside {sorted(unknown)}, which nobody defines")
        if each.saves and each.gain:
            raise ValueError(f"{each.code}: what residents gain is no saving")
    return MappingProxyType(found)


def with_companions(codes: Mapping[str, object] | frozenset[str]) -> list[str]:
    """These measures and all that stand beside them, in the order in which they are shown."""
    wanted = {each for code in codes for each in (code, *definitions()[code].beside)}
    return [code for code in definitions() if code in wanted]
