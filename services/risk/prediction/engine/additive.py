"""The one form every model here has: an intercept and terms that add up, each of one feature (or of two together).

What is trained elsewhere (logistic regression, explainable boosting) is turned into this form, stored as JSON, and
scored from that JSON alone: the reasons for a score are its terms, exactly, and what trained it is no longer needed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Column = npt.NDArray[Any]
Columns = Mapping[str, Column]

FORM = "additive-1"


@dataclass(frozen=True, slots=True)
class Axis:
    """How a feature's values fall into cells: 0 is missing, 1.. the cells, the last one a level never seen."""

    feature: str
    edges: tuple[float, ...] | None = None
    levels: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """How many cells, the missing and the unseen one included."""
        return (len(self.edges) + 1 if self.edges is not None else len(self.levels or ())) + 2

    def cells(self, columns: Columns) -> npt.NDArray[np.int64]:
        """The cell of each row. A value on an edge belongs to the cell above it."""
        column = columns[self.feature]
        if self.edges is not None:
            numbers = column.astype(np.float64)
            found = np.searchsorted(np.asarray(self.edges), numbers, side="right") + 1
            return np.where(np.isnan(numbers), 0, found).astype(np.int64)
        places = {level: place for place, level in enumerate(self.levels or (), start=1)}
        last = self.size - 1
        return np.fromiter((0 if _no(each) else places.get(str(each), last) for each in column), np.int64, len(column))


def _no(value: Any) -> bool:
    return value is None or (isinstance(value, float) and value != value)


@dataclass(frozen=True, slots=True)
class Term:
    """What one feature, or two together, add to the score: a value for each cell, or a line."""

    axes: tuple[Axis, ...]
    values: Floats
    line: Line | None = None

    @property
    def features(self) -> tuple[str, ...]:
        """Their names."""
        return (self.line.feature,) if self.line else tuple(axis.feature for axis in self.axes)

    def score(self, columns: Columns) -> Floats:
        """What the term adds, row by row."""
        if self.line is not None:
            return self.line.score(columns)
        return np.asarray(self.values[tuple(axis.cells(columns) for axis in self.axes)], np.float64)


@dataclass(frozen=True, slots=True)
class Line:
    """A logistic regression's term: its coefficient times the standardised value, cut at what training saw."""

    feature: str
    coefficient: float
    missing: float
    centre: float
    scale: float
    low: float
    high: float
    log: bool

    def score(self, columns: Columns) -> Floats:
        """What it adds, row by row."""
        found = columns[self.feature].astype(np.float64)
        standard = standardised(found, self.low, self.high, log=self.log)
        told = self.coefficient * (standard - self.centre) / self.scale
        return np.asarray(np.where(np.isnan(found), self.missing, told), np.float64)


def standardised(column: Floats, low: float, high: float, *, log: bool) -> Floats:
    """A value cut at both ends, and for amounts its logarithm, so that a thousand pounds is not ten hundreds."""
    cut = np.clip(column, low, high)
    return np.asarray(np.sign(cut) * np.log1p(np.abs(cut)) if log else cut, np.float64)


@dataclass(frozen=True, slots=True)
class Calibration:
    """From the sum of the terms to a chance: Platt's line on the logit, or isotonic steps joined by lines."""

    method: str = "none"
    slope: float = 1.0
    offset: float = 0.0
    xs: tuple[float, ...] = ()
    ys: tuple[float, ...] = ()

    def chance(self, score: Floats) -> Floats:
        """The calibrated chance; never falls as the score rises."""
        if self.method == "isotonic":
            return np.asarray(np.interp(score, self.xs, self.ys), np.float64)
        return sigmoid(self.slope * score + self.offset)


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * np.asarray(x, np.float64))), np.float64)


@dataclass(frozen=True, slots=True)
class Additive:
    """A trained model."""

    algorithm: str
    intercept: float
    terms: tuple[Term, ...]
    bags: tuple[Additive, ...] = ()
    calibration: Calibration = field(default_factory=Calibration)

    def parts(self, columns: Columns) -> Floats:
        """What each term adds: rows by terms."""
        count = len(next(iter(columns.values())))
        parts = [term.score(columns) for term in self.terms]
        return np.stack(parts, axis=1) if parts else np.zeros((count, 0))

    def score(self, columns: Columns) -> Floats:
        """The sum of intercept and terms."""
        total = np.full(len(next(iter(columns.values()))), self.intercept)
        for term in self.terms:
            total += term.score(columns)
        return total

    def chance(self, columns: Columns) -> Floats:
        """The calibrated chance of the outcome."""
        return self.calibration.chance(self.score(columns))

    def agree(self, columns: Columns, threshold: float) -> Floats:
        """The share of the bags (models trained on other draws of the data) that put each row above the threshold."""
        if not self.bags:
            return (self.score(columns) >= threshold).astype(np.float64)
        return np.asarray(np.mean([bag.score(columns) >= threshold for bag in self.bags], axis=0), np.float64)

    def as_data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "form": FORM,
            "algorithm": self.algorithm,
            "intercept": self.intercept,
            "terms": [_term_data(each) for each in self.terms],
            "bags": [_bag_data(each) for each in self.bags],
            "calibration": {
                "method": self.calibration.method,
                "slope": self.calibration.slope,
                "offset": self.calibration.offset,
                "xs": list(self.calibration.xs),
                "ys": list(self.calibration.ys),
            },
        }

    def as_bytes(self) -> bytes:
        """The same model gives the same bytes."""
        return json.dumps(self.as_data(), sort_keys=True, separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        return hashlib.sha256(self.as_bytes()).hexdigest()


def _term_data(term: Term) -> dict[str, Any]:
    if term.line is not None:
        line = term.line
        return {"line": {name: getattr(line, name) for name in Line.__slots__}}
    axes = [{"feature": a.feature, "edges": _listed(a.edges), "levels": _listed(a.levels)} for a in term.axes]
    return {"axes": axes, "values": term.values.tolist()}


def _listed(found: Sequence[Any] | None) -> list[Any] | None:
    return None if found is None else list(found)


def _bag_data(bag: Additive) -> dict[str, Any]:
    # A bag has the model's own axes: only what it adds differs.
    values = [[t.line.coefficient, t.line.missing] if t.line else t.values.tolist() for t in bag.terms]
    return {"intercept": bag.intercept, "values": values}


def read(data: Mapping[str, Any]) -> Additive:
    """A model from JSON. Raises ValueError for another form."""
    if data.get("form") != FORM:
        raise ValueError(f"not a model of the form {FORM}")
    terms = tuple(_read_term(each) for each in data["terms"])
    bags = tuple(
        Additive(data["algorithm"], bag["intercept"], tuple(map(_read_bagged, terms, bag["values"])))
        for bag in data["bags"]
    )
    told = data["calibration"]
    calibration = Calibration(told["method"], told["slope"], told["offset"], tuple(told["xs"]), tuple(told["ys"]))
    return Additive(data["algorithm"], data["intercept"], terms, bags, calibration)


def _read_term(data: Mapping[str, Any]) -> Term:
    if "line" in data:
        return Term((), np.zeros(0), Line(**data["line"]))
    axes = tuple(
        Axis(
            each["feature"],
            None if each["edges"] is None else tuple(each["edges"]),
            None if each["levels"] is None else tuple(each["levels"]),
        )
        for each in data["axes"]
    )
    return Term(axes, np.asarray(data["values"], np.float64))


def _read_bagged(term: Term, values: Any) -> Term:
    if term.line is None:
        return Term(term.axes, np.asarray(values, np.float64))
    told = {name: getattr(term.line, name) for name in Line.__slots__}
    return Term((), np.zeros(0), Line(**{**told, "coefficient": values[0], "missing": values[1]}))


def never_falls(values: Floats, weights: Floats) -> Floats:
    """The nearest values (by weighted squares) that never fall: pooled adjacent violators."""
    means: list[float] = []
    heavy: list[float] = []
    counts: list[int] = []
    for value, weight in zip(values.tolist(), np.maximum(weights, 1e-9).tolist(), strict=True):
        means.append(value)
        heavy.append(weight)
        counts.append(1)
        while len(means) > 1 and means[-2] > means[-1]:
            together = heavy[-2] + heavy[-1]
            mean = (means[-2] * heavy[-2] + means[-1] * heavy[-1]) / together
            means[-2:], heavy[-2:], counts[-2:] = [mean], [together], [counts[-2] + counts[-1]]
    return np.repeat(np.asarray(means), counts)
