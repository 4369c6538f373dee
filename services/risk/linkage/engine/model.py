"""The trained weights, and their file.

A pair of records is one of three things, and the model knows how each looks: the same person (m), two unrelated
people (u), or two people of one home (h), who share address, often family name, and, if twins, the birth date. The
third class is what Fellegi and Sunter's two lack (JASA 64, 1969): in it a shared address and surname are no evidence,
so that the given name and the birth date must carry a link inside a household.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from services.risk.linkage.engine.comparisons import COMPARISONS
from services.risk.linkage.engine.records import Records

Floats = npt.NDArray[np.float64]
VERSION = 1
FREQUENT = ("given", "family", "home", "street", "postcode")
"""The columns whose values' rarity counts."""
BASE = 1000.0
_KEPT = 20_000
"""So many of a column's commonest values are kept; the rest are as rare as they are on average."""


@dataclass(frozen=True, slots=True)
class Frequencies:
    """How common the values of a column are: shares of the records that have one."""

    shares: Mapping[str, float]
    other: float
    square: float
    """The chance that two records agree: the sum of the squared shares."""

    @classmethod
    def counted(cls, records: Records, column: str, base: "Frequencies | None" = None) -> "Frequencies":
        """The shares in these records; those of `base` count as BASE records more, for a few say little of rarity."""
        found = cls._counted(records, column)
        if base is None or not base.shares:
            return found
        size = 1.0 / found.other if found.shares else 0.0
        mine = size / (size + BASE)
        names = found.shares.keys() | base.shares.keys()
        of_mine, of_base = found.other if size else 0.0, base.other
        shares = {
            name: mine * found.shares.get(name, of_mine) + (1.0 - mine) * base.shares.get(name, of_base)
            for name in names
        }
        square = mine**2 * found.square + (1.0 - mine**2) * base.square
        return cls(shares, mine * of_mine + (1.0 - mine) * of_base, square)

    @classmethod
    def _counted(cls, records: Records, column: str) -> "Frequencies":
        codes = records[column].codes
        counts = np.bincount(codes[codes >= 0], minlength=len(records[column].values)).astype(np.float64)
        total = float(counts.sum())
        if not total:
            return cls({}, 1.0, 1.0)
        shares = counts / total
        common = np.argsort(-shares, kind="stable")[:_KEPT]
        kept = {str(records[column].values[k]): float(f"{shares[k]:.3g}") for k in common.tolist() if counts[k] > 1.0}
        return cls(kept, float(f"{1.0 / total:.3g}"), float(f"{float((shares**2).sum()):.3g}"))

    def of(self, records: Records, column: str) -> Floats:
        """Each record's share; 0 where it has no value."""
        values = records[column].values
        shares = np.fromiter((self.shares.get(value, self.other) for value in values), np.float64, len(values))
        return np.append(shares, 0.0)[records[column].codes]


@dataclass(frozen=True, slots=True)
class Weights:
    """The chance of each level of one comparison, by what the pair is."""

    m: Floats
    u: Floats
    h: Floats


@dataclass(frozen=True, slots=True)
class Model:
    """All that scoring needs. `origin` says in words how it came to be."""

    weights: Mapping[str, Weights]
    frequencies: Mapping[str, Frequencies]
    match: float
    """The chance that two records taken at random are of one person."""
    housemates: float
    """The chance that they are of two people of one home."""
    records: int
    """How many records it was trained on: the chances above fall as one over it."""
    year: int = 0
    """The year the records are of."""
    sources: Mapping[str, float] = field(default_factory=dict)
    """`a|b` (a <= b): how much likelier a match is between two kinds of record than between any (1: as likely)."""
    namesakes: float = 1.0
    """How much likelier strangers of one family name have one given name too: both go by where a family comes from."""
    origin: str = ""
    join: float = 2.0
    """The linkage in bits from which on people are joined without being asked about."""

    def adapted(self, records: Records) -> "Model":
        """The same weights for another set of records: its size and how common its values are."""
        # Names are much the same from borough to borough, homes and streets are not.
        frequencies = {
            name: Frequencies.counted(records, name, self.frequencies[name] if name in ("given", "family") else None)
            for name in FREQUENT
        }
        ratio = self.records / max(len(records), 1)
        return replace(
            self,
            frequencies=frequencies,
            match=min(self.match * ratio, 0.05),
            housemates=min(self.housemates * ratio, 0.05),
            records=len(records),
        )

    def save(self, path: Path) -> None:
        """Writes the model as JSON."""
        path.write_text(json.dumps(self.as_json(), indent=1, sort_keys=True) + "\n", encoding="utf-8")

    def as_json(self) -> dict[str, Any]:
        """The model as JSON holds it."""
        return {
            "version": VERSION,
            "origin": self.origin,
            "records": self.records,
            "match": self.match,
            "housemates": self.housemates,
            "year": self.year,
            "join": self.join,
            "namesakes": self.namesakes,
            "sources": dict(self.sources),
            "weights": {
                name: {kind: [float(f"{x:.10g}") for x in getattr(each, kind).tolist()] for kind in ("m", "u", "h")}
                for name, each in self.weights.items()
            },
            "frequencies": {
                name: {"other": each.other, "square": each.square, "shares": dict(each.shares)}
                for name, each in self.frequencies.items()
            },
        }

    @classmethod
    def of_json(cls, held: Mapping[str, Any]) -> "Model":
        """The model that `as_json` gave.

        Raises:
            ValueError: it is of another version, or lacks a comparison.
        """
        if held.get("version") != VERSION:
            raise ValueError(f"a linkage model of version {held.get('version')}; this engine reads {VERSION}")
        weights = {
            name: Weights(*(np.asarray(each[kind], np.float64) for kind in ("m", "u", "h")))
            for name, each in held["weights"].items()
        }
        for comparison in COMPARISONS:
            if comparison.name not in weights or len(weights[comparison.name].m) != len(comparison.words):
                raise ValueError(f"the linkage model has no weights for {comparison.name}")
        frequencies = {
            name: Frequencies(each["shares"], each["other"], each["square"])
            for name, each in held["frequencies"].items()
        }
        plain = {name: held[name] for name in ("match", "housemates", "records", "year", "sources", "origin", "join")}
        return cls(weights, frequencies, namesakes=held.get("namesakes", 1.0), **plain)

    @classmethod
    def load(cls, path: Path | None = None) -> "Model":
        """The model in a file, or the one that comes with the engine."""
        if path is None:
            text = files(__package__).joinpath("default_model.json").read_text(encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
        return cls.of_json(json.loads(text))
