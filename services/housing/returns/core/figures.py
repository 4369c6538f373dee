"""The figures of the checks, from `figures.toml`: each with the collection year from which it stands. Pure."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Range = tuple[int, ...]


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "figures.toml").read_text(encoding="utf-8"))


def _standing(name: str, year: int, **of: str) -> Mapping[str, Any]:
    """The newest table of that year or before; nothing: none stands yet."""
    tables = [
        each for each in _file()[name] if each["year"] <= year and all(each[key] == value for key, value in of.items())
    ]
    return max(tables, key=lambda each: int(each["year"]), default={})


def council() -> str:
    """The GSS code of the council whose homes these are."""
    return str(_file()["la"])


@cache
def incomes(year: int) -> Mapping[int, Range]:
    """Pounds a week by working situation: soft from, soft to, hard from, hard to."""
    return {int(code): tuple(range_) for code, range_ in _standing("income", year).items() if code.isdecimal()}


def rent(year: int, la: str, beds: int) -> Range | None:
    """Pence a week that are usual there at social rent: from, to. None: no table says."""
    found = _standing("rents", year, la=la).get(str(beds))
    return tuple(found) if found else None


def most_charges(year: int, council: bool) -> Mapping[str, int]:
    """The most pence a week of each charge."""
    found: Mapping[str, int] = _standing("charges", year).get("council" if council else "other", {})
    return found
