"""Purposes: why a request is made, on which lawful basis and power, and which roles may claim it.

They are data (`purposes.toml`): information governance edits the file, not code. The gateway refuses a
purpose the caller's roles may not claim; it then travels in the token, the audit row and every event.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kit.contracts.roles import ROLES


class Basis(StrEnum):
    """Lawful bases of UK GDPR Article 6(1) that a council may rely on."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal_obligation"
    VITAL_INTERESTS = "vital_interests"
    PUBLIC_TASK = "public_task"
    NOT_PERSONAL = "not_personal"  # no personal data are processed, so Article 6 does not apply


class Reach(StrEnum):
    """The most a purpose may reach: nothing about people, safe aggregates, records, Article 9 data."""

    NONE = "none"
    AGGREGATE = "aggregate"
    PERSONAL = "personal"
    SPECIAL = "special"


class Purpose(BaseModel):
    """One purpose of processing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)
    title: str = Field(min_length=1, max_length=80)
    explanation: str = Field(min_length=1, description="What a resident is told of it, in plain words")
    lawful_basis: Basis
    power: str = Field(min_length=1, description="The statutory power or duty relied on")
    condition: str | None = Field(default=None, description="Article 9 condition, with DPA 2018 Schedule 1")
    reach: Reach
    roles: frozenset[str] = frozenset()
    anyone: bool = Field(default=False, description="Also those who are not signed in")

    @model_validator(mode="after")
    def _coherent(self) -> Purpose:
        if unknown := self.roles - set(ROLES):
            raise ValueError(f"{self.code}: unknown roles {sorted(unknown)}")
        if not self.roles and not self.anyone:
            raise ValueError(f"{self.code}: nobody may claim it")
        if (self.reach is Reach.SPECIAL) != (self.condition is not None):
            raise ValueError(f"{self.code}: an Article 9 condition goes with special category data, both or neither")
        about_people = self.reach in {Reach.PERSONAL, Reach.SPECIAL}
        if about_people and (self.lawful_basis is Basis.NOT_PERSONAL or self.anyone):
            raise ValueError(f"{self.code}: records about people need a lawful basis and a role")
        return self

    def claimable_by(self, roles: Iterable[str]) -> bool:
        """Whether somebody with these roles may state this purpose."""
        return self.anyone or not self.roles.isdisjoint(roles)


def read(text: str) -> Mapping[str, Purpose]:
    """Purposes from TOML, one table each; raises pydantic.ValidationError naming what is wrong."""
    return MappingProxyType({code: Purpose(code=code, **table) for code, table in sorted(tomllib.loads(text).items())})


PURPOSES: Final[Mapping[str, Purpose]] = read(
    files("kit.contracts").joinpath("purposes.toml").read_text(encoding="utf-8")
)
"""Every purpose by code."""


def claimable(roles: Iterable[str]) -> tuple[Purpose, ...]:
    """The purposes these roles may claim, in order of code."""
    held = frozenset(roles)
    return tuple(each for each in PURPOSES.values() if each.claimable_by(held))
