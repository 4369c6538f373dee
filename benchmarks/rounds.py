"""How large a run is, and measuring several contenders in turn, so that all of them meet the same noise."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

SizeName = Literal["tiny", "full"]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Size:
    """`tiny` only shows that everything still runs; figures come from `full`."""

    name: SizeName
    rounds: int
    seconds: float  # of one measurement under load
    events: int  # of one measurement of the bus; where that is slower, a tenth
    paced_seconds: float  # of the measurement at a steady rate of events
    idle_seconds: float  # before memory is read


SIZES: dict[SizeName, Size] = {
    "tiny": Size("tiny", rounds=1, seconds=0.3, events=300, paced_seconds=0.5, idle_seconds=0.5),
    "full": Size("full", rounds=5, seconds=3.0, events=20_000, paced_seconds=10.0, idle_seconds=10.0),
}


def in_turn(rounds: int, contenders: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """What each contender gave in each round; they take turns, the order reversing each round."""
    found: dict[str, list[T]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name in list(contenders) if number % 2 == 0 else reversed(list(contenders)):
            found[name].append(contenders[name]())
    return found


def middle(found: Mapping[str, Sequence[T]], figure: Callable[[T], float]) -> dict[str, float]:
    """The median of one figure for each contender."""
    return {name: statistics.median(map(figure, results)) for name, results in found.items()}
