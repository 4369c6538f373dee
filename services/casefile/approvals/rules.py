"""What takes a manager's approval, as data (`rules.toml`): the one place where it is said, published as it stands."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from kit.contracts.codes import Layer
from services.casefile.approvals.domain import Kind


class Rule(BaseModel):
    """What one kind of approval comes before, and for which work it must be there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    before: str = Field(description="What is done with it")
    layers: frozenset[Layer] = Field(description="The work of which it must be there; none: it is asked freely")
    without_asking: frozenset[str] = Field(description="Roles that decide at once, unless they hold the case")
    because: str

    def waits(self, layer: str | None, roles: frozenset[str], *, holds_it: bool) -> bool:
        """Whether somebody of these roles must have somebody else's approval first."""
        if layer not in self.layers:
            return False
        return holds_it or not roles & self.without_asking


def read(text: str) -> Mapping[Kind, Rule]:
    """Rules from TOML, one table each kind; `ValueError` where a kind is left out or one is unknown."""
    found = {Kind(name): Rule(kind=Kind(name), **table) for name, table in tomllib.loads(text).items()}
    if missing := set(Kind) - set(found):
        raise ValueError(f"No rule says whether these are needed: {sorted(missing)}")
    return MappingProxyType(found)


RULES: Final[Mapping[Kind, Rule]] = read(
    files("services.casefile.approvals").joinpath("rules.toml").read_text(encoding="utf-8")
)
"""Every rule by kind."""
