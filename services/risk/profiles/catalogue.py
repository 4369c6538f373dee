"""The factor definitions as delivered (`definitions/*.toml`), each version for the days it was in force."""

import tomllib
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Final

from services.risk.profiles.domain import Definition, Rulebook, read_definition, rulebook


def read(texts: Iterable[str]) -> tuple[Definition, ...]:
    """Definitions from TOML. Raises ValueError naming the definition that is wrong or stands twice."""
    found: dict[tuple[str, int], Definition] = {}
    for text in texts:
        for table in tomllib.loads(text)["definition"]:
            each = read_definition(table)
            if (each.code, each.version) in found:
                raise ValueError(f"definition {each.code}: version {each.version} stands twice")
            found[each.code, each.version] = each
    _check_one_at_a_time(found.values())
    return tuple(found[key] for key in sorted(found))


def _check_one_at_a_time(definitions: Iterable[Definition]) -> None:
    by_code: dict[str, list[Definition]] = {}
    for each in definitions:
        by_code.setdefault(each.code, []).append(each)
    for code, versions in by_code.items():
        ordered = sorted(versions, key=lambda each: each.version)
        for before, after in pairwise(ordered):
            if before.valid_to is None or before.valid_to > after.valid_from:
                raise ValueError(f"definition {code}: version {after.version} begins before the one before it ends")


def _texts() -> list[str]:
    folder = files("services.risk.profiles").joinpath("definitions")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return [folder.joinpath(name).read_text(encoding="utf-8") for name in names]


DEFINITIONS: Final[tuple[Definition, ...]] = read(_texts())
"""Every version of every factor's definition."""


@lru_cache(maxsize=64)
def book(day: date) -> Rulebook:
    """The rules of a day."""
    return rulebook(DEFINITIONS, day)
