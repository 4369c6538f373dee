"""What strangers look like: how often each level is met among pairs of two unrelated people, which training calls u.

Pairs taken at random tell it of common levels. A rare one (one home) they meet seldom, and then mostly in a match: u
would be what two rough numbers differ by. But nearly all pairs that are alike in something rare are candidates, and
among these each is counted for as much as it is held to be of strangers.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.risk.linkage.engine.comparisons import COMPARISONS, compare
from services.risk.linkage.engine.model import Floats
from services.risk.linkage.engine.names import SAME_FAMILY, SAME_GIVEN, Level
from services.risk.linkage.engine.records import NUMBERS, Ints, Records

RANDOM_PAIRS = 400_000
LEAST = 0.02
"""Of all pairs at a level at least so many are strangers: where a training would leave none, one mistake in it could
never be unlearnt."""
_SIZE = {each.name: len(each.words) for each in COMPARISONS}


@dataclass(frozen=True, slots=True)
class Counted:
    """Strangers by level, those among the candidates as training holds them to be."""

    levels: Mapping[str, Level]
    far: Mapping[str, Floats]
    """How many pairs beyond the candidates have each level, in the measure of the candidates that were sampled."""
    least: Mapping[str, Floats]
    """The share of each level below which u is never held to be."""
    both: Level
    """1 where both names of a candidate are the same (see `_both`)."""
    far_both: Floats

    def u(self, name: str, strange: Floats) -> Floats:
        """The share of each level of a comparison; `strange` is how much each candidate is of strangers, 0 to 1."""
        found = _sums(self.levels[name], _SIZE[name], strange) + self.far[name]
        shares = np.maximum(found / max(float(found.sum()), 1.0), self.least[name])
        return np.asarray(shares / shares.sum())

    def namesakes(self, strange: Floats, given: float, family: float) -> float:
        """How much likelier both names are the same than if they had nothing to do with each other, at least 1.

        `given` and `family` are the chances of the same name among strangers.
        """
        found = _sums(self.both, 2, strange) + self.far_both
        return max(float(found[1]) / max(float(found.sum()), 1.0) / (given * family), 1.0)


class Strangers:
    """Pairs of some records taken at random, the same ones each time."""

    def __init__(self, records: Records, seed: int) -> None:
        count = len(records)
        i, j = np.random.default_rng(seed).integers(0, count, (2, RANDOM_PAIRS))
        i, j = i[i != j], j[i != j]
        self._count, self._codes = count, _codes(i, j, count)
        self._levels = compare(records, i, j)
        self.first = {name: _shares(level, _SIZE[name]) for name, level in self._levels.items()}
        """u before anything is known of matches, which are in it."""
        rare = {name: 1.0 / max(len(np.unique(records[name].codes[records[name].known])), 100) for name in NUMBERS}
        for name, share in {**rare, "born": _share_of_one_date(records)}.items():
            # A sample is too small to meet the same number or date; the values themselves tell how often.
            self.first[name][-1] = share
            self.first[name] /= self.first[name].sum()

    def counted(self, candidates: tuple[Ints, Ints], levels: Mapping[str, Level]) -> Counted:
        """The strangers by level, where all candidates are these, in order, and some of them have those levels."""
        known = len(candidates[0])
        codes = np.append(_codes(*candidates, self._count), np.iinfo(np.int64).max)
        far = codes[np.searchsorted(codes, self._codes)] != self._codes
        sampled = len(levels["born"]) / max(known, 1)
        each = (self._count * (self._count - 1) / 2 - known) * sampled / max(int(far.sum()), 1)
        beyond = {name: _sums(level[far], _SIZE[name]) * each for name, level in self._levels.items()}
        least = {name: share * LEAST for name, share in self.first.items()}
        return Counted(levels, beyond, least, _both(levels), _sums(_both(self._levels)[far], 2) * each)


def _codes(i: Ints, j: Ints, count: int) -> Ints:
    return np.asarray(np.minimum(i, j) * count + np.maximum(i, j), np.int64)


def _both(levels: Mapping[str, Level]) -> Level:
    """1 where given and family name are the same, 0 where not; -1 where no birth date tells namesakes from matches."""
    both = (levels["given"] == SAME_GIVEN) & (levels["family"] == SAME_FAMILY)
    known = (levels["given"] >= 0) & (levels["family"] >= 0) & (levels["born"] >= 0)
    return np.where(known, both, -1).astype(np.int8)


def _share_of_one_date(records: Records) -> float:
    """The share of pairs with the same full birth date, of those that have a date at all."""
    dates = records["born"]
    full = np.fromiter((value[6:] != "00" for value in dates.values), np.bool_, len(dates.values))
    counts = np.bincount(dates.codes[dates.known], minlength=len(full)).astype(np.float64)
    known = float(counts.sum())
    return float((counts * (counts - 1))[full].sum()) / max(known * (known - 1), 1.0)


def _sums(level: Level, size: int, weight: Floats | None = None) -> Floats:
    known = level >= 0
    return np.bincount(level[known], None if weight is None else weight[known], size).astype(np.float64)


def _shares(level: Level, size: int) -> Floats:
    found = _sums(level, size) + 2.0 / size
    return np.asarray(found / found.sum())
