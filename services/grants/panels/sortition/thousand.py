"""From weights to a list of equally likely panels, a thousand of them, so that the last step is a draw all can follow.

How often each mixture of kinds stands in the list is rounded so that chances stay as near as can be to what was proved.
Then places are given to people: always to those of a kind who stand in the fewest panels so far, so that no two people
who are alike differ by more than one panel in the list where homes leave the choice.
"""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from services.grants.panels.sortition.fairest import Fairest
from services.grants.panels.sortition.question import MOST_PEOPLE
from services.grants.panels.sortition.shape import Floats, Kind, Shape

PANELS: Final = 1000
_MOST_SWAPS: Final = 2000
_PRIME: Final = 2**61 - 1


@dataclass(frozen=True, slots=True)
class Listed:
    """The list: panels of tokens, each sorted; and in how many of them each token stands."""

    panels: tuple[tuple[str, ...], ...]
    counts: dict[str, int]


def listed(shape: Shape, found: Fairest, number: int = PANELS) -> Listed:
    """`number` equally likely panels of people. The same question has the same list."""
    times = rounded(found, shape.people, number)
    order = _spread(times, number)
    people = _People(shape)
    panels = tuple(people.of(found.panels[mixture], place) for place, mixture in enumerate(order))
    return Listed(panels, dict(sorted(people.counts.items())))


def rounded(found: Fairest, people: Floats, number: int) -> list[int]:
    """How often each mixture stands in a list of `number`.

    Whole numbers near to its weight, chances kept near to theirs.
    """
    panels = np.array(found.panels)
    ideal = found.weights * number
    times = np.floor(ideal + 1e-9)
    # What counts is how far off a chance is beside its size.
    scale = 1.0 / np.maximum(people * np.sqrt(np.maximum(found.chances, 1.0 / number)), 1e-9)
    scaled = panels * scale
    meet = scaled @ scaled.T
    lengths = np.diag(meet)
    off = (times - ideal) @ scaled
    for _ in range(round(float(number - times.sum()))):
        chosen = int(np.argmin(2.0 * scaled @ off + lengths))
        times[chosen] += 1
        off += scaled[chosen]
    for _ in range(_MOST_SWAPS):
        pull = scaled @ off
        change = 2.0 * (pull[None, :] - pull[:, None]) + lengths[None, :] + lengths[:, None] - 2.0 * meet
        change[times < 1, :] = np.inf
        gone, come = (int(each) for each in np.unravel_index(int(np.argmin(change)), change.shape))
        if change[gone, come] >= -1e-9:
            break
        times[gone] -= 1
        times[come] += 1
        off += scaled[come] - scaled[gone]
    return [int(each) for each in times]


def _spread(times: list[int], number: int) -> list[int]:
    """The mixtures in an order in which none comes in a block: those who are alike then take turns more evenly."""
    places = [((turn + 0.5) / often, mixture) for mixture, often in enumerate(times) for turn in range(often)]
    assert len(places) == number, "The weights sum to one"
    return [mixture for _, mixture in sorted(places)]


class _People:
    """Gives places to people, those with the fewest so far first."""

    def __init__(self, shape: Shape) -> None:
        self._kinds = shape.kinds
        self._families: defaultdict[int, list[int]] = defaultdict(list)
        for place, kind in enumerate(shape.kinds):
            self._families[kind.family].append(place)
        self.counts = {token: 0 for kind in shape.kinds for home in kind.homes for token in home}

    def of(self, panel: Floats, number: int) -> tuple[str, ...]:
        chosen: list[str] = []
        for family in self._families.values():
            taken: set[int] = set()
            # The kind with the most places chooses its homes first: it has the least room to choose.
            for place in sorted(family, key=lambda each: (-panel[each], each)):
                often = int(panel[place])
                if often:
                    chosen += self._least_chosen(self._kinds[place], often, taken, number)
        for token in chosen:
            self.counts[token] += 1
        return tuple(sorted(chosen))

    def _least_chosen(self, kind: Kind, often: int, taken: set[int], number: int) -> list[str]:
        """One token each from the homes chosen least so far; between equals by a shuffle, or the same would always
        sit together."""
        ranked = sorted(
            (sum(self.counts[token] for token in tokens), _shuffle(number, tokens[0]), home)
            for home, tokens in enumerate(kind.homes)
            if home not in taken
        )[:often]
        taken.update(home for _, _, home in ranked)
        return [
            min(kind.homes[home], key=lambda token: (self.counts[token], _shuffle(number, token)))
            for _, _, home in ranked
        ]


@lru_cache(maxsize=MOST_PEOPLE)
def _of(word: str) -> int:
    return int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big") % _PRIME


def _shuffle(number: int, token: str) -> int:
    """Another order of the tokens for each number."""
    return _of(f"panel {number}") * _of(token) % _PRIME
