"""The kinds of facts, read from `kinds.toml`: what each may be used for, how delicate it is, how long it stays."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kit.contracts.purposes import PURPOSES

ANY_CODE: Final = "*"
"""In `values`: any code may stand there."""


class Sensitivity(StrEnum):
    """How delicate a fact is. Only ordinary facts may choose whom to contact (spec risk 8)."""

    ORDINARY = "ordinary"
    SOCIAL_CARE = "social_care"
    HEALTH = "health"
    ABUSE = "abuse"
    POLICE = "police"


class Kind(BaseModel):
    """One kind of fact."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")
    title: str = Field(min_length=1, max_length=80)
    unit: str | None = None
    monthly: bool = False
    values: tuple[str, ...] = ()
    open_values: bool = False
    several: bool = False
    lasts: bool = False
    delicate: Mapping[str, Sensitivity] = Field(default_factory=dict)
    serves: frozenset[str]
    sensitivity: Sensitivity = Sensitivity.ORDINARY
    keep_months: int = Field(ge=1, le=1200)

    @model_validator(mode="after")
    def _coherent(self) -> Kind:
        if unknown := self.serves - PURPOSES.keys():
            raise ValueError(f"{self.code} serves unknown purposes: {sorted(unknown)}")
        return self

    def allows(self, value: str | None) -> bool:
        """Whether a fact of this kind may have this value."""
        if not self.values and not self.open_values:
            return value is None
        return value is None or self.open_values or value in self.values


def _purposes(words: list[str], sets: Mapping[str, list[str]]) -> frozenset[str]:
    return frozenset(purpose for word in words for purpose in sets.get(word, [word]))


def read(text: str) -> Mapping[str, Kind]:
    """Kinds from TOML. Raises pydantic.ValidationError naming what is wrong."""
    tables: dict[str, dict[str, Any]] = tomllib.loads(text)
    sets = tables.pop("purposes")
    found = {}
    for code, table in tables.items():
        values = table.pop("values", ())
        found[code] = Kind(
            code=code,
            open_values=values == ANY_CODE,
            values=() if values == ANY_CODE else tuple(values),
            serves=_purposes(table.pop("serves"), sets),
            **table,
        )
    return MappingProxyType(found)


KINDS: Final[Mapping[str, Kind]] = read(
    files("services.risk.sources").joinpath("kinds.toml").read_text(encoding="utf-8")
)
"""Every kind of fact by code."""
