"""Logistic regression on counts: the odds ratio of one exposure, others held equal. Pure; numpy, and scipy once.

Households that are alike in everything the model knows are one line of counts, so that a borough is a few hundred
lines. Newton's method (iteratively reweighted least squares); Wald intervals. Where the data separate (every
household of some kind had the outcome, or none), the likelihood has no greatest value: that is found out by a linear
program (Konis 2007), said, and the lines that can tell nothing more are left out. Imported only where it is asked for:
numpy has no business in a process that counts nothing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from services.risk.associations.domain import LEVEL, Counts, Estimate, Method

Matrix = NDArray[np.float64]

_MOST_STEPS = 50
_CLOSE = 1e-11
_FAR = 12.0
"""A log odds this far out is suspected of running away: one in 160,000."""


@dataclass(frozen=True, slots=True)
class Line:
    """Households alike: exposed or not, their level in each other characteristic, how many, and how many cases."""

    exposed: bool
    levels: tuple[str, ...]
    households: int
    cases: int


@dataclass(frozen=True, slots=True)
class Fit:
    """The exposure's odds ratio, and what had to be said about the fitting."""

    estimate: Estimate
    separated: tuple[str, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class _Design:
    matrix: Matrix
    names: tuple[str, ...]
    households: Matrix
    cases: Matrix


@dataclass(frozen=True, slots=True)
class _Solution:
    coefficients: Matrix
    covariance: Matrix
    settled: bool


def adjusted_odds_ratio(lines: Sequence[Line], names: Sequence[str], level: float = LEVEL) -> Fit:
    """The odds ratio of the exposure with the characteristics `names` held equal.

    `Fit.separated` names what separates: those households are left out (`left_out`: how many), for no finite ratio
    could be said of them; when the exposure itself separates there is no estimate.
    """
    design = _independent(_design(lines, names))
    if "exposure" not in design.names:
        return Fit(_nothing("Whoever has it is alike in all the rest: the two can't be told apart."))
    if not 0 < design.cases.sum() < design.households.sum():
        return Fit(_nothing("Nobody had the outcome, or everybody had it."))
    solution = _solve(design)
    direction = _separation(design) if _suspicious(design, solution) else None
    if direction is None:
        return Fit(_estimate(design, solution, level))
    separated = tuple(name for name, value in zip(design.names, direction, strict=True) if abs(value) > 1e-7)
    if "exposure" in separated:
        note = "Everybody with it had the outcome, or nobody, once the others are held equal: no finite ratio."
        return Fit(_nothing(note), separated)
    kept = np.abs(design.matrix @ direction) < 1e-7
    rest = _independent(_Design(design.matrix[kept], design.names, design.households[kept], design.cases[kept]))
    left_out = int(design.households[~kept].sum())
    if "exposure" not in rest.names or not 0 < rest.cases.sum() < rest.households.sum():
        return Fit(_nothing("Too little is left to compare."), separated, left_out)
    return Fit(_estimate(rest, _solve(rest), level), separated, left_out)


def merged(lines: Iterable[Line]) -> list[Line]:
    """One line for all that are alike."""
    found: dict[tuple[bool, tuple[str, ...]], list[int]] = {}
    for line in lines:
        counts = found.setdefault((line.exposed, line.levels), [0, 0])
        counts[0] += line.households
        counts[1] += line.cases
    return [Line(*alike, *counts) for alike, counts in sorted(found.items())]


def as_strata(lines: Sequence[Line]) -> list[Counts]:
    """The 2x2 counts of each combination of levels, for the Mantel-Haenszel ratios."""
    found: dict[tuple[str, ...], list[int]] = {}
    for line in lines:
        counts = found.setdefault(line.levels, [0, 0, 0, 0])
        counts[0 if line.exposed else 2] += line.cases
        counts[1 if line.exposed else 3] += line.households
    return [Counts(*found[levels]) for levels in sorted(found)]


def _nothing(note: str) -> Estimate:
    return Estimate(None, None, None, Method.LOGISTIC, note)


def _estimate(design: _Design, solution: _Solution, level: float) -> Estimate:
    at = design.names.index("exposure")
    value = float(solution.coefficients[at])
    reach = NormalDist().inv_cdf(0.5 + level / 2) * math.sqrt(float(solution.covariance[at, at]))
    if not solution.settled:
        return _nothing("The reckoning did not settle.")
    return Estimate(math.exp(value), math.exp(value - reach), math.exp(value + reach), Method.LOGISTIC)


def _design(lines: Sequence[Line], names: Sequence[str]) -> _Design:
    """One column for the whole, one for the exposure, one for each level but the most frequent of each name."""
    lines = [line for line in lines if line.households > 0]
    columns = [np.ones(len(lines)), np.array([float(line.exposed) for line in lines])]
    titles = ["whole", "exposure"]
    for place, name in enumerate(names):
        sizes: dict[str, int] = {}
        for line in lines:
            sizes[line.levels[place]] = sizes.get(line.levels[place], 0) + line.households
        usual = max(sorted(sizes), key=lambda each: sizes[each]) if sizes else ""
        for level in sorted(sizes):
            if level != usual:
                columns.append(np.array([float(line.levels[place] == level) for line in lines]))
                titles.append(f"{name}={level}")
    households = np.array([float(line.households) for line in lines])
    cases = np.array([float(line.cases) for line in lines])
    return _Design(np.column_stack(columns), tuple(titles), households, cases)


def _independent(design: _Design) -> _Design:
    """Without the columns that say nothing new; the exposure's is given up last but the whole's."""
    kept: list[int] = []
    order = [0, *range(2, len(design.names)), 1]
    basis = np.zeros((len(design.households), 0))
    for column in order:
        vector = design.matrix[:, column]
        length = float(np.linalg.norm(vector))
        # Twice is enough (Kahan): what is left after the second pass is truly across.
        rest = vector - basis @ (basis.T @ vector)
        rest = rest - basis @ (basis.T @ rest)
        if length > 0 and float(np.linalg.norm(rest)) > 1e-9 * length:
            basis = np.column_stack([basis, rest / np.linalg.norm(rest)])
            kept.append(column)
    kept.sort()
    return _Design(design.matrix[:, kept], tuple(design.names[at] for at in kept), design.households, design.cases)


def _solve(design: _Design) -> _Solution:
    """Newton's steps, halved while they make things worse."""
    x, n, y = design.matrix, design.households, design.cases
    beta = np.zeros(x.shape[1])
    beta[0] = math.log(y.sum() / (n.sum() - y.sum()))
    likelihood = _log_likelihood(design, beta)
    settled = False
    for _ in range(_MOST_STEPS):
        risk = _risk(x @ beta)
        information = x.T @ (x * (n * risk * (1 - risk))[:, None])
        step = np.linalg.lstsq(information, x.T @ (y - n * risk), rcond=None)[0]
        size = 1.0
        while (better := _log_likelihood(design, beta + size * step)) < likelihood - 1e-10 * abs(likelihood):
            size /= 2
            if size < 1e-6:
                break
        beta, likelihood = beta + size * step, better
        if float(np.max(np.abs(size * step))) < _CLOSE * (1 + float(np.max(np.abs(beta)))):
            settled = True
            break
    risk = _risk(x @ beta)
    information = x.T @ (x * (n * risk * (1 - risk))[:, None])
    return _Solution(beta, np.asarray(np.linalg.pinv(information), dtype=np.float64), settled)


def _risk(log_odds: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))), dtype=np.float64)


def _log_likelihood(design: _Design, beta: Matrix) -> float:
    odds = design.matrix @ beta
    return float(np.sum(design.cases * odds - design.households * np.logaddexp(0, odds)))


def _suspicious(design: _Design, solution: _Solution) -> bool:
    return not solution.settled or bool(np.max(np.abs(design.matrix @ solution.coefficients)) > _FAR)


def _separation(design: _Design) -> Matrix | None:
    """A direction in which the likelihood grows for ever, or None (Konis 2007, section 4)."""
    from scipy.optimize import linprog  # here, for it is heavy and rarely needed

    none, every = design.cases == 0, design.cases == design.households
    mixed = ~none & ~every
    # A line of cases alone may go up, a line without any down; one that has both must stay where it is.
    signs = np.where(every, 1.0, -1.0)[none | every]
    sided = design.matrix[none | every] * signs[:, None]
    if not len(sided):
        return None
    found = linprog(
        -sided.sum(axis=0),
        A_ub=-sided,
        b_ub=np.zeros(len(sided)),
        A_eq=design.matrix[mixed] if mixed.any() else None,
        b_eq=np.zeros(int(mixed.sum())) if mixed.any() else None,
        bounds=(-1, 1),
        method="highs",
    )
    if found.status != 0 or -found.fun < 1e-7:
        return None
    return np.asarray(found.x, dtype=np.float64)
