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
# The weights as risk-facts.md 5 gives them, in two places: they come to 0.99 and 1.00.
GIVEN = {"ps2018": (0.24, 0.24, 0.17, 0.34), "hw2018": (0.32, 0.23, 0.24, 0.21)}
# Two places leave half a hundredth open on either side, and 0.005 of an indicator of 80 is 0.4 points. In three places,
# so that they are the given ones when they are rounded:
WEIGHTS = {"ps2018": (0.24, 0.236, 0.174, 0.34), "hw2018": (0.32, 0.23, 0.24, 0.21)}
# And those that make the largest miss over the 32 boroughs as small as can be and come to one (a linear programme).
BEST = {"ps2018": (0.277, 0.224, 0.212, 0.287), "hw2018": (0.372, 0.205, 0.267, 0.156)}

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


@pytest.mark.parametrize("weights", [WEIGHTS, BEST], ids=["given", "best"])
def test_all_32_boroughs_within_a_point_and_a_half(weights: Mapping[str, tuple[float, ...]]) -> None:
    misses = _misses(weights)
    for part, each in misses.items():
        worst = max(each, key=lambda name: each[name])
        print(f"{part}: largest difference {each[worst]:.3f} ({worst.title()}), of {len(each)} boroughs")
        assert len(each) == 32
        assert each[worst] <= 1.5


def test_the_weights_in_three_places_are_the_given_ones() -> None:
    for part, weights in WEIGHTS.items():
        assert tuple(round(each, 2) for each in weights) == GIVEN[part]


def test_in_two_places_one_borough_of_32_lies_five_hundredths_beyond() -> None:
    """The file's and the weights' doing, not ours: what we work out is their plain weighted sum."""
    misses = _misses(GIVEN)
    assert {name: round(each, 2) for name, each in misses["ps2018"].items() if each > 1.5} == {
        "KENSINGTON AND CHELSEA": 1.55
    }
    assert max(misses["hw2018"].values()) <= 1.5
    for row in _boroughs():
        for part, codes in PARTS.items():
            plain = sum(weight * float(row[code]) for weight, code in zip(GIVEN[part], codes, strict=True))
            assert misses[part][row["NAME"]] == pytest.approx(abs(plain - float(row[part])))


def test_the_first_components_are_those_that_were_found_before() -> None:
    rows = _boroughs()
    found = {
        part: first_component(np.array([[float(row[code]) for code in codes] for row in rows]))[0]
        for part, codes in PARTS.items()
    }
    assert found["ps2018"] == pytest.approx((0.28, 0.32, 0.13, 0.27), abs=0.006)
    assert found["hw2018"] == pytest.approx((0.26, 0.24, 0.24, 0.26), abs=0.006)
