"""The council's own index of 2018 of the 32 boroughs: our method, given its eight indicators and weights."""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from services.risk.wardindex import domain
from services.risk.wardindex.domain import Component, Dimension, Framework, Good, Indicator, Weighting
from services.risk.wardindex.weighing import first_component

PLACE = Path(__file__).parents[3].parent / "shared" / "data" / "place" / "spi2018_london_boroughs.csv"
PARTS = {
    "ps2018": ("KSI2018", "Crm2018", "DA2018", "SYV2018"),
    "hw2018": ("MLE2018", "FLE2018", "Rcp2018", "Yr62018"),
}
# The weights were not published. These come to one and make the largest miss over the 32 boroughs as small as can be
# (a linear programme over the file).
WEIGHTS = {"ps2018": (0.277, 0.224, 0.212, 0.287), "hw2018": (0.372, 0.205, 0.267, 0.156)}
# What risk-facts.md 5 measured by least squares, in two places: they come to 0.99 and 1.00.
MEASURED = {"ps2018": (0.24, 0.24, 0.17, 0.34), "hw2018": (0.32, 0.23, 0.24, 0.21)}

pytestmark = [pytest.mark.full, pytest.mark.reference_data]


def _boroughs() -> list[dict[str, str]]:
    if not PLACE.exists():
        pytest.skip("the file of 2018 is not here")
    with PLACE.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _misses(weights: Mapping[str, tuple[float, ...]]) -> dict[str, dict[str, float]]:
    def measured(code: str, weight: float) -> Indicator:
        return Indicator(code, code, "0 to 100", "2018", Good.HIGH, 0, 100, weight)

    parts = tuple(
        Component(part, part, tuple(map(measured, codes, weights[part])), Weighting.GIVEN)
        for part, codes in PARTS.items()
    )
    frame = Framework("2018", (Dimension("d", "d", parts),))
    domain.check(frame)
    found: dict[str, dict[str, float]] = {part: {} for part in PARTS}
    for row in _boroughs():
        values = {code: domain.Value(2018, float(row[code])) for codes in PARTS.values() for code in codes}
        told = domain.scored(frame, weights, row["NAME"], values, 2018)
        for part in PARTS:
            assert told.components[part] is not None
            found[part][row["NAME"]] = abs((told.components[part] or 0) - float(row[part]))
    return found


def test_all_32_boroughs_within_a_point_and_a_half() -> None:
    misses = _misses(WEIGHTS)
    for part, each in misses.items():
        worst = max(each, key=lambda name: each[name])
        print(f"{part}: largest difference {each[worst]:.3f} ({worst.title()}), of {len(each)} boroughs")
        assert len(each) == 32
        assert each[worst] <= 1.5


def test_with_the_weights_as_measured_it_misses_as_was_measured() -> None:
    largest = {part: round(max(each.values()), 2) for part, each in _misses(MEASURED).items()}
    assert largest == {"ps2018": 1.55, "hw2018": 1.15}


def test_the_first_components_are_those_that_were_found_before() -> None:
    rows = _boroughs()
    found = {
        part: first_component(np.array([[float(row[code]) for code in codes] for row in rows]))[0]
        for part, codes in PARTS.items()
    }
    assert found["ps2018"] == pytest.approx((0.28, 0.32, 0.13, 0.27), abs=0.006)
    assert found["hw2018"] == pytest.approx((0.26, 0.24, 0.24, 0.26), abs=0.006)
