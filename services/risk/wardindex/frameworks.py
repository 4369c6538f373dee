"""Frameworks as data: the one that ships, and those a council writes, to and from JSON."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from services.risk.wardindex.domain import Component, Dimension, Framework, Good, Indicator, Weighting

SHIPPED: Final = 1
"""The number of the version that ships with the product."""
_FILE = Path(__file__).with_name("framework.toml")


@cache
def shipped() -> Mapping[str, Any]:
    """The framework that ships, as JSON would have it."""
    found: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return found


def framework_of(content: Mapping[str, Any]) -> Framework:
    """A framework from its JSON."""
    return Framework(
        content["title"],
        tuple(
            Dimension(
                dimension["code"],
                dimension["title"],
                tuple(
                    Component(
                        component["code"],
                        component["title"],
                        tuple(_indicator(each) for each in component["indicators"]),
                        Weighting(component.get("weighting", Weighting.FIRST_COMPONENT)),
                    )
                    for component in dimension["components"]
                ),
            )
            for dimension in content["dimensions"]
        ),
    )


def _indicator(each: Mapping[str, Any]) -> Indicator:
    weight = each.get("weight")
    return Indicator(
        code=each["code"],
        title=each["title"],
        unit=each["unit"],
        source=each["source"],
        good=Good(each["good"]),
        worst=float(each["worst"]),
        best=float(each["best"]),
        weight=None if weight is None else float(weight),
        lasts_years=int(each.get("lasts_years", 0)),
    )


def counted(content: Mapping[str, Any]) -> dict[str, str]:
    """Which indicators are worked out from our own facts, and as what (`own_figures.py`)."""
    return {
        each["code"]: each["counted"]
        for dimension in content["dimensions"]
        for component in dimension["components"]
        for each in component["indicators"]
        if each.get("counted")
    }
