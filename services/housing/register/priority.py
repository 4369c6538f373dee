"""The priority date: from which day a household waits in its band. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Stay:
    """A household came into a band (its order; 0 is the first) on the day it told us of what put it there."""

    order: int
    since: date


def priority_on(stays: Sequence[Stay], order: int, notified_on: date) -> date:
    """From when it counts as waiting in the band of `order`, told of on `notified_on`.

    Time in a more urgent band counts in this one too: whoever comes down does not begin again, and whoever goes up
    begins there on the day they told us. `stays` are those before, the first one first.
    """
    begun = notified_on
    for each in reversed(stays):
        # A stay in a less urgent band since ends what stood before it.
        if each.order > order:
            break
        begun = min(begun, each.since)
    return begun
