"""The signals' definitions as delivered (`definitions/signals.toml`)."""

import tomllib
from datetime import date
from importlib.resources import files
from typing import Final

from services.risk.signals.domain import Definition, read_definition
from services.risk.sources.kinds import KINDS, Sensitivity


def read(text: str) -> tuple[Definition, ...]:
    """Definitions from TOML. Raises ValueError: facts on abuse, social care, health or police never call for one."""
    found = tuple(read_definition(table) for table in tomllib.loads(text)["signal"])
    for each in found:
        if each.fact not in KINDS or KINDS[each.fact].sensitivity is not Sensitivity.ORDINARY:
            raise ValueError(f"signal {each.kind}: only ordinary facts may choose whom to contact")
    return found


DEFINITIONS: Final = read(
    files("services.risk.signals").joinpath("definitions", "signals.toml").read_text(encoding="utf-8")
)


def in_force(day: date) -> tuple[Definition, ...]:
    """The definitions of a day."""
    return tuple(each for each in DEFINITIONS if each.in_force(day))


def of(kind: str, day: date) -> Definition | None:
    """A kind's definition on a day, if it has one."""
    return next((each for each in in_force(day) if each.kind == kind), None)
