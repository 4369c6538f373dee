"""Chance as a function: a draw depends on the seed, what is drawn, for whom and when, and on nothing else.

So the order of the work never matters, a month more leaves every earlier draw as it was, and the same seed makes the
same bytes. The mixing is the finaliser of SplitMix64 (Steele, Lea and Flood 2014), once for each part of the key.
"""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def _mix(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return bits ^ (bits >> np.uint64(31))


@dataclass(frozen=True)
class Draws:
    """Uniform numbers in [0, 1) and what follows from them; `what` names the question that is put to chance."""

    seed: int

    def bits(self, what: str, who: ArrayLike, when: ArrayLike = 0) -> NDArray[np.uint64]:
        """64 random bits for each of `who` (and `when`)."""
        with np.errstate(over="ignore"):
            key = _mix(np.array([crc32(what.encode()) + (self.seed << 32)], np.int64).view(np.uint64) + _GOLDEN)
            whose = np.asarray(who, np.int64).view(np.uint64)
            moment = np.asarray(when, np.int64).view(np.uint64)
            return _mix(_mix(whose * _GOLDEN + key) + moment * _FIRST)

    def uniform(self, what: str, who: ArrayLike, when: ArrayLike = 0) -> Floats:
        """Uniform in [0, 1)."""
        return np.asarray((self.bits(what, who, when) >> np.uint64(11)) * 2.0**-53, np.float64)

    def happens(self, chance: ArrayLike, what: str, who: ArrayLike, when: ArrayLike = 0) -> NDArray[np.bool_]:
        """True with the given chance."""
        return self.uniform(what, who, when) < np.asarray(chance, np.float64)

    def below(self, limit: ArrayLike, what: str, who: ArrayLike, when: ArrayLike = 0) -> Whole:
        """A whole number from 0 to limit - 1."""
        return np.asarray(self.uniform(what, who, when) * np.asarray(limit), np.int64)

    def normal(self, what: str, who: ArrayLike, when: ArrayLike = 0) -> Floats:
        """Standard normal (Box and Muller)."""
        radius = np.sqrt(-2 * np.log1p(-self.uniform(what, who, when)))
        return np.asarray(radius * np.cos(2 * np.pi * self.uniform(what + "/angle", who, when)))

    def choose(self, weights: ArrayLike, what: str, who: ArrayLike, when: ArrayLike = 0) -> Whole:
        """Places in one common list of weights."""
        edges = np.cumsum(np.asarray(weights, np.float64))
        place = np.searchsorted(edges, self.uniform(what, who, when) * edges[-1], side="right")
        return np.asarray(place.clip(0, len(edges) - 1))

    def choose_each(self, weights: Floats, what: str, who: ArrayLike, when: ArrayLike = 0) -> Whole:
        """Places in a row of weights for each of `who`."""
        edges = np.cumsum(weights, axis=1)
        place = (edges <= (self.uniform(what, who, when) * edges[:, -1])[:, None]).sum(axis=1)
        return np.asarray(place.clip(0, weights.shape[1] - 1))
