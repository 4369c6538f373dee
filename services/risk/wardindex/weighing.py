"""The numbers behind the weights: first principal component, Cronbach's alpha, KMO. NumPy; loaded by the job alone."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.risk.wardindex.domain import FEWEST_AREAS, Component, check_weights, plain_weights

Scores = Mapping[str, Mapping[str, float]]
"""Scores by area and indicator."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A component's weights and how well its indicators belong together."""

    weights: tuple[float, ...]
    how: str
    areas: int
    explained: float | None = None
    """The share of the indicators' variance that the first component carries."""
    alpha: float | None = None
    kmo: float | None = None


def weigh(component: Component, scores: Scores) -> Weighed:
    """The weights of a component from the areas that have all of its indicators, or those that are given.

    Raises Invalid where an indicator pulls against the others. With too few areas, all weigh alike and it is said.
    """
    every = [each.code for each in component.indicators]
    codes = [code for code in every if any(code in known for known in scores.values())]
    full = [area for area in sorted(scores) if all(code in scores[area] for code in codes)]
    rows = [[scores[area][code] for code in codes] for area in full]
    matrix = np.array(rows, dtype=float).reshape(len(full), len(codes))
    alpha = cronbach_alpha(matrix)
    kmo = kaiser_meyer_olkin(matrix)
    plain = plain_weights(component)
    if plain is not None:
        return Weighed(plain, component.weighting if len(every) > 2 else "equal", len(full), None, alpha, kmo)
    if len(codes) < 3 or len(full) < max(FEWEST_AREAS, 2 * len(codes)) or not _varies(matrix):
        return Weighed((1 / len(every),) * len(every), "equal_too_few_areas", len(full), None, alpha, kmo)
    learned, explained = first_component(matrix)
    by_code = dict(zip(codes, learned, strict=True))
    # What no area has yet weighs like the mean of the others, for the day on which it comes.
    told = [by_code.get(code, 1 / len(codes)) for code in every]
    weights = check_weights(component, [each / sum(told) for each in told])
    return Weighed(weights, "first_component", len(full), explained, alpha, kmo)


def first_component(matrix: NDArray[np.float64]) -> tuple[tuple[float, ...], float]:
    """The first principal component of the standardised columns as weights that come to one; and what it explains.

    Rounded to twelve places: the same figures on every machine.
    """
    values, vectors = np.linalg.eigh(np.corrcoef(matrix, rowvar=False))
    first = vectors[:, -1]
    whole = float(first.sum())
    # Two that pull exactly against one another come to nothing: as they stand, one of them is below it.
    weights = first / (whole if abs(whole) > 1e-9 else float(np.abs(first).sum()))
    return tuple(round(float(each), 12) for each in weights), round(float(values[-1] / values.sum()), 12)


def cronbach_alpha(matrix: NDArray[np.float64]) -> float | None:
    """Cronbach's standardised alpha: how far the columns measure one thing. None where it can't be told."""
    count = matrix.shape[1]
    if count < 2 or len(matrix) < FEWEST_AREAS or not _varies(matrix):
        return None
    together = float(np.corrcoef(matrix, rowvar=False).sum())
    return round(count / (count - 1) * (1 - count / together), 6) if together > 0 else None


def kaiser_meyer_olkin(matrix: NDArray[np.float64]) -> float | None:
    """Kaiser-Meyer-Olkin: whether what two columns share, the others share too. None where it can't be told."""
    count = matrix.shape[1]
    if count < 3 or len(matrix) < FEWEST_AREAS or not _varies(matrix):
        return None
    whole = np.asarray(np.corrcoef(matrix, rowvar=False))
    if np.linalg.cond(whole) > 1e10:
        return None
    inverse = np.linalg.inv(whole)
    scale = np.sqrt(np.outer(np.diag(inverse), np.diag(inverse)))
    partial = -inverse / scale
    off = ~np.eye(count, dtype=bool)
    simple, apart = float((whole[off] ** 2).sum()), float((partial[off] ** 2).sum())
    return round(simple / (simple + apart), 6)


def _varies(matrix: NDArray[np.float64]) -> bool:
    return len(matrix) > 1 and bool((matrix.std(axis=0) > 1e-9).all())


def scores_by_area(component: Component, values: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Each area's scores of a component's indicators from its values by indicator."""
    return {
        area: {each.code: each.score(known[each.code]) for each in component.indicators if each.code in known}
        for area, known in values.items()
    }
