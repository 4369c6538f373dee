"""Who lives together: a pool of households, weighted for each ward so that its ages are the ward's own.

The pool holds some thousand ways to live together. For each ward we look for weights as near as can be to what each
tenure usually holds (minimum relative entropy) under which the expected people of each five-year band are the ward's.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from demo.borough.place import AGE_BANDS, TENURES, place
from demo.borough.structure import LIVING
from demo.borough.world import ADULT, CHILD, HEAD, PARTNER

MOST = 8
_POOL = 3000
_CALM, _STEPS, _NEAR_ENOUGH = 1e-6, 60, 1e-6

# How often each way of living together is met in each tenure, before the ward's ages have their say (judgement).
_WAYS = (
    "young_one",
    "one",
    "old_one",
    "young_two",
    "two",
    "old_two",
    "family",
    "lone_parent",
    "grown",
    "sharers",
    "three_ages",
)
_HEADS = {
    "young_one": (18, 32),
    "one": (30, 66),
    "old_one": (66, 95),
    "young_two": (19, 33),
    "two": (30, 66),
    "old_two": (66, 93),
    "family": (21, 52),
    "lone_parent": (18, 50),
    "grown": (42, 75),
    "sharers": (19, 36),
    "three_ages": (26, 48),
}
"""The head's ages: from, and not including."""
_USUAL = {
    "owned_outright": (0.01, 0.09, 0.24, 0.01, 0.10, 0.24, 0.07, 0.01, 0.17, 0.01, 0.05),
    "mortgaged": (0.03, 0.10, 0.01, 0.06, 0.13, 0.01, 0.43, 0.04, 0.13, 0.01, 0.05),
    "shared_ownership": (0.08, 0.20, 0.02, 0.13, 0.17, 0.01, 0.29, 0.07, 0.02, 0.00, 0.01),
    "council": (0.05, 0.17, 0.14, 0.02, 0.06, 0.05, 0.19, 0.18, 0.11, 0.00, 0.03),
    "other_social": (0.06, 0.18, 0.13, 0.02, 0.06, 0.04, 0.21, 0.19, 0.09, 0.00, 0.02),
    "private": (0.09, 0.14, 0.02, 0.09, 0.09, 0.01, 0.36, 0.10, 0.03, 0.04, 0.03),
}


@dataclass(frozen=True)
class Pool:
    """Ways to live together: age (-1: no such member), sex and role of up to eight members each."""

    way: NDArray[np.int64]
    age: NDArray[np.int64]
    sex: NDArray[np.int64]
    role: NDArray[np.int64]

    @property
    def bands(self) -> NDArray[np.float64]:
        """People of each five-year band in each way."""
        counts = np.zeros((len(self.age), len(AGE_BANDS)))
        for member in range(MOST):
            band = np.searchsorted(AGE_BANDS, self.age[:, member], side="right") - 1
            there = np.flatnonzero(self.age[:, member] >= 0)
            np.add.at(counts, (there, band[there]), 1)
        return counts


@cache
def pool() -> Pool:
    """The pool, the same for every seed: the seed chooses from it."""
    chance = np.random.default_rng(1601)
    way = np.arange(_POOL) % len(_WAYS)
    age = np.full((_POOL, MOST), -1)
    sex = chance.integers(0, 2, (_POOL, MOST))
    role = np.full((_POOL, MOST), CHILD)
    role[:, 0], role[:, 1] = HEAD, PARTNER
    for row in range(_POOL):
        name = _WAYS[way[row]]
        low, high = _HEADS[name]
        head = int(chance.integers(low, high))
        age[row, 0] = head
        place_of = 1
        if name in ("young_two", "two", "old_two", "family", "three_ages") or (
            name == "grown" and chance.random() < 0.6
        ):
            age[row, 1] = max(18, head + int(chance.normal(-1, 4)))
            sex[row, 1] = 1 - sex[row, 0] if chance.random() < 0.97 else sex[row, 0]
            place_of = 2
        elif name != "sharers":
            role[row, 1] = CHILD
        if name == "lone_parent":
            sex[row, 0] = 0 if chance.random() < 0.88 else 1
        if name in ("family", "lone_parent", "three_ages"):
            oldest = min(17, head - 18 if name != "family" else head - 20)
            ages = np.sort(
                chance.integers(0, max(1, oldest + 1), chance.choice([1, 2, 3, 4], p=[0.36, 0.38, 0.18, 0.08]))
            )[::-1]
            for child in ages[: MOST - place_of]:
                age[row, place_of] = child
                place_of += 1
        if name == "grown":
            for _ in range(int(chance.choice([1, 2, 3], p=[0.6, 0.3, 0.1]))):
                age[row, place_of] = int(chance.integers(16, max(17, min(38, head - 19))))
                place_of += 1
        if name in ("sharers", "three_ages"):
            for _ in range(int(chance.integers(1, 4)) if name == "sharers" else 1):
                age[row, place_of] = (
                    int(chance.integers(19, 38)) if name == "sharers" else min(94, head + int(chance.integers(22, 40)))
                )
                role[row, place_of] = ADULT
                place_of += 1
    return Pool(way, age, sex, role)


@cache
def weights() -> NDArray[np.float64]:
    """Wards by tenures by ways: the running sums to draw from."""
    here, ways = place(), pool()
    bands = ways.bands
    usual = np.array([np.array(_USUAL[name])[ways.way] for name in TENURES])
    usual /= usual.sum(axis=1, keepdims=True)
    edges = np.empty((len(here.ward_codes), len(TENURES), _POOL))
    for ward in range(len(here.ward_codes)):
        inside = here.ward == ward
        part = here.weight[inside] / here.weight[inside].sum()
        tenure = part @ here.tenure[inside]
        target = (part @ here.ages[inside]) * LIVING.household_size
        tilt = _solve(usual, tenure, bands, target)
        tilted = usual * np.exp(bands @ tilt)
        edges[ward] = np.cumsum(tilted / tilted.sum(axis=1, keepdims=True), axis=1)
    return edges


def _solve(
    usual: NDArray[np.float64], tenure: NDArray[np.float64], bands: NDArray[np.float64], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The tilt under which the mean people in each band are the target: the minimum of the convex dual, by Newton."""

    def dual(tilt: NDArray[np.float64]) -> float:
        return float(tenure @ np.log((usual * np.exp(bands @ tilt)).sum(axis=1)) - tilt @ target + _CALM * tilt @ tilt)

    tilt, value = np.zeros(bands.shape[1]), np.inf
    for _ in range(_STEPS):
        value = dual(tilt)
        tilted = usual * np.exp(bands @ tilt)
        tilted /= tilted.sum(axis=1, keepdims=True)
        means = tilted @ bands
        slope = tenure @ means - target + 2 * _CALM * tilt
        if np.abs(slope).max() < _NEAR_ENOUGH:
            break
        bend = (bands * (tenure @ tilted)[:, None]).T @ bands - (means * tenure[:, None]).T @ means
        step = np.linalg.solve(bend + 2 * _CALM * np.eye(len(tilt)), slope)
        size = 1.0
        while size > _NEAR_ENOUGH and dual(tilt - size * step) > value:
            size /= 2
        tilt = tilt - size * step
    return tilt
