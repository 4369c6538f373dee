"""What is published of who voted: no combination of attributes that fewer than ten voters share. Pure."""

from collections import Counter
from collections.abc import Mapping

from services.grants.ballots.domain import FEWEST_SHOWN

Attributes = tuple[str, str, str]
"""Ward, age band, channel; empty: not told."""
NOTHING: Attributes = ("", "", "")


def coarser(voters: Mapping[Attributes, int], fewest: int = FEWEST_SHOWN) -> dict[Attributes, Attributes]:
    """For each combination what is told of it: as much as at least `fewest` voters share.

    First the age band is left out, then the channel, then the ward. Should too few be left of whom nothing is told,
    the smallest combinations join them: else one could subtract. Fewer voters than that in all: nothing is told.
    """
    told = {each: each for each in voters}
    for kept in ((True, False, True), (True, False, False), (False, False, False)):
        sizes = _sizes(voters, told)
        for each, shown in told.items():
            if sizes[shown] < fewest:
                told[each] = tuple(  # type: ignore[assignment]  # three texts, as they came
                    text if keep else "" for text, keep in zip(shown, kept, strict=True)
                )
    while True:
        sizes = _sizes(voters, told)
        small = [shown for shown, size in sizes.items() if size < fewest and shown != NOTHING]
        if not small and not 0 < sizes.get(NOTHING, 0) < fewest:
            return told
        others = sorted((size, shown) for shown, size in sizes.items() if shown != NOTHING)
        if not others:
            return told
        _, joins = others[0]
        told = {each: NOTHING if shown == joins else shown for each, shown in told.items()}


def _sizes(voters: Mapping[Attributes, int], told: Mapping[Attributes, Attributes]) -> Counter[Attributes]:
    sizes: Counter[Attributes] = Counter()
    for each, shown in told.items():
        sizes[shown] += voters[each]
    return sizes
