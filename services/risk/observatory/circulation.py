"""A table with its totals as a flow, and what an outsider can work out of it. Standard library only.

Every cell of a two-way table flows from its row to its column, every row's total from the source to its row, every
column's total from its column to the sink, and the whole from the sink back to the source: what goes into a node comes
out of it. An outsider who sees some of the flows knows the others only up to the cycles that run through hidden ones,
so how far a hidden cell may lie up or down is a maximum flow, exact and in whole numbers.
"""

from collections import deque
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import TypeVar

Node = Hashable
Key = TypeVar("Key", bound=Hashable)

ENDLESS = 1 << 60
"""More than any count."""


@dataclass(frozen=True, slots=True)
class Flow:
    """One cell or total: from which node to which, and how much it truly is."""

    start: Node
    end: Node
    value: int


def room(flows: Mapping[Key, Flow], hidden: Collection[Key], key: Key, enough: int) -> tuple[int, int]:
    """How far below and above its true value the hidden `key` may lie for one who sees all that is not hidden.

    Each is reckoned up to `enough`: more is not asked for. Hidden flows are known to be no less than nothing.
    """
    own = flows[key]
    others = {each: flows[each] for each in hidden if each != key}
    above = _most(others, own.end, own.start, enough)
    below = _most(others, own.start, own.end, min(own.value, enough))
    return below, above


def _most(flows: Mapping[Key, Flow], start: Node, end: Node, enough: int) -> int:
    """The maximum flow from `start` to `end` where hidden flows may rise without end and fall to nothing."""
    if start == end:
        return enough
    ways: dict[Node, dict[Node, int]] = {}
    for flow in flows.values():
        ways.setdefault(flow.start, {}).setdefault(flow.end, 0)
        ways.setdefault(flow.end, {}).setdefault(flow.start, 0)
        ways[flow.start][flow.end] = ENDLESS
        ways[flow.end][flow.start] = min(ENDLESS, ways[flow.end][flow.start] + flow.value)
    found = 0
    while found < enough:
        came = _reached(ways, start, end)
        if end not in came:
            break
        step, at = enough - found, end
        while at != start:
            step, at = min(step, ways[came[at]][at]), came[at]
        at = end
        while at != start:
            ways[came[at]][at] -= step
            ways[at][came[at]] += step
            at = came[at]
        found += step
    return found


def _reached(ways: Mapping[Node, Mapping[Node, int]], start: Node, end: Node) -> dict[Node, Node]:
    came: dict[Node, Node] = {start: start}
    waiting = deque([start])
    while waiting and end not in came:
        at = waiting.popleft()
        for there, left in ways.get(at, {}).items():
            if left > 0 and there not in came:
                came[there] = at
                waiting.append(there)
    return came


def cheapest_cover(
    flows: Mapping[Key, Flow], hidden: Collection[Key], free: Collection[Key], key: Key, width: int
) -> set[Key] | None:
    """Which of the `free` flows to hide too, so that `key` may lie `width` above its value; None: no one cycle does.

    The cheapest by what is taken from the reader: as few counts as possible, and rather small ones.
    """
    own = flows[key]
    steps: dict[Node, list[tuple[Node, int, Key]]] = {}
    for each, flow in flows.items():
        if each == key or (each not in hidden and each not in free):
            continue
        cost = 0 if each in hidden else 1_000 + flow.value.bit_length()
        steps.setdefault(flow.start, []).append((flow.end, cost, each))
        if flow.value >= width:
            steps.setdefault(flow.end, []).append((flow.start, cost, each))
    turn = count()
    waiting: list[tuple[int, int, Node]] = [(0, next(turn), own.end)]
    best: dict[Node, int] = {own.end: 0}
    came: dict[Node, tuple[Node, Key]] = {}
    while waiting:
        cost, _, at = heappop(waiting)
        if cost > best[at]:
            continue
        if at == own.start:
            break
        for there, more, each in steps.get(at, []):
            if cost + more < best.get(there, ENDLESS):
                best[there] = cost + more
                came[there] = (at, each)
                heappush(waiting, (cost + more, next(turn), there))
    if own.start not in came:
        return None
    cover: set[Key] = set()
    at = own.start
    while at != own.end:
        at, each = came[at]
        if each not in hidden:
            cover.add(each)
    return cover
