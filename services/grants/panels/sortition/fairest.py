"""The fairest chances from real panels: leximin, proved, or at a deadline the best so far with a certified gap.

From outside, `outer` gives chances that no real panels can beat. From inside, panels are gathered until they make up
just these chances. When the two meet, the chances are leximin: nobody's could be raised without lowering somebody's
who has as little or less. Where they can't meet, a price on each kind shows why: the dearest panel at these prices,
found by whole-number programming, is a panel that was missing, or so cheap that it is a cut, which lowers the chances
from outside.
"""

import time
from dataclasses import dataclass, field
from random import Random
from typing import Final

import numpy as np

from services.grants.panels.sortition import outer
from services.grants.panels.sortition.mixture import Mixture
from services.grants.panels.sortition.outer import Chances, Cut
from services.grants.panels.sortition.proof import ceiling
from services.grants.panels.sortition.shape import Floats, Shape
from services.grants.panels.sortition.solver import Answer, Clock, Deadline, OutOfTime
from services.grants.panels.sortition.walk import walk, whole_panels

TOLERANCE: Final = 1e-6
"""The gap at which chances count as proved."""
NEVER: Final = 1e-9
_NEAR: Final = 1e-8
_WALKS: Final = 3
_LEAST_WEIGHT: Final = 1e-12


class NoPanel(Exception):
    """No panel meets the quotas."""


@dataclass(frozen=True, slots=True)
class Fairest:
    """Panels (how often each kind is chosen) with their weights, and what is proved of them.

    `chances`: of one person of each kind. `smallest`: of those who can be chosen at all. `at_most`: what no
    distribution exceeds for the smallest. `missing`: how many seats the chances are away from leximin ones, in all.
    """

    panels: tuple[Floats, ...]
    weights: Floats
    chances: Floats
    smallest: float
    at_most: float
    missing: float
    steps: int
    cuts: int
    in_time: bool

    @property
    def gap(self) -> float:
        """By how much the smallest chance may fall short of the best possible."""
        return max(0.0, self.at_most - self.smallest)

    @property
    def leximin(self) -> bool:
        """The chances are the fairest there are, proved."""
        return self.in_time and self.missing <= TOLERANCE and self.gap <= TOLERANCE


def fairest(shape: Shape, seconds: float | None = None, clock: Clock = time.monotonic) -> Fairest:
    """The fairest chances, and panels that give them. Raises `NoPanel`.

    Without `seconds` the same question has the same answer whatever the clock does. With them, what was found by then
    is returned with its gap; a first panel is found however long that takes.
    """
    return _Search(shape, Deadline(seconds, clock)).run()


@dataclass
class _Search:
    shape: Shape
    deadline: Deadline
    dice: Random = field(default_factory=lambda: Random(1))
    panels: list[Floats] = field(default_factory=list)
    known: set[bytes] = field(default_factory=set)
    cuts: list[Cut] = field(default_factory=list)
    in_time: bool = True

    def run(self) -> Fairest:
        try:
            target = outer.leximin(self.shape, self.cuts, Deadline(None))
        except outer.Unmeetable:
            raise NoPanel from None
        self._keep(self._dearest(np.zeros(len(self.shape.kinds)), Deadline(None)))
        try:
            while True:
                cut = self._meet(target)
                if cut is None:
                    break
                self.cuts.append(cut)
                target = outer.leximin(self.shape, self.cuts, self.deadline)
        except OutOfTime:
            self.in_time = False
        return self._result(target)

    def _keep(self, panel: Floats) -> bool:
        key = panel.astype(np.int32).tobytes()
        if key in self.known:
            return False
        self.known.add(key)
        self.panels.append(panel)
        return True

    def _dearest(self, prices: Floats, deadline: Deadline) -> Floats:
        program = whole_panels(self.shape, self.cuts, deadline)
        program.cost_columns(-prices)
        if program.solve() is Answer.INFEASIBLE:
            raise NoPanel
        return np.round(program.values())

    def _meet(self, target: Chances) -> Cut | None:
        """Gather panels until they make up the target: None, or a cut that shows why they can't."""
        mixture = Mixture(self.panels, target.seats, self.deadline)
        dear = whole_panels(self.shape, self.cuts, self.deadline)
        for _ in range(_WALKS if not self.cuts else 1):
            for panel in walk(self.shape, self.cuts, target.seats, self.deadline, self.dice):
                if self._keep(panel):
                    mixture.add(panel)
            mixture.solve()
            if mixture.missing <= _NEAR:
                return None
        while mixture.missing > _NEAR:
            prices = mixture.prices()
            wanted, worth = float(prices @ target.seats), mixture.worth()
            # Any panel this dear brings the mixture nearer; only to prove that there is none, the dearest is needed.
            dear.set("objective_target", -(worth + (wanted - worth) / 5))
            dear.cost_columns(-prices)
            if dear.solve() is Answer.INFEASIBLE:
                raise NoPanel
            panel, bound = np.round(dear.values()), -dear.bound()
            if bound < wanted - mixture.missing / 2:
                self._keep(panel)
                return Cut(prices, bound + _NEAR)
            if not self._keep(panel):
                return None  # numbers too small to go on with: `missing` says how far it came
            mixture.add(panel)
            mixture.solve()
        return None

    def _result(self, target: Chances) -> Fairest:
        able = target.seats > NEVER * self.shape.people
        mixture = Mixture(self.panels, target.seats, Deadline(None))
        mixture.solve()
        if mixture.missing > _NEAR:
            # Out of time: the smallest chance first, then as near to the rest as these panels come.
            mixture.hold_smallest(self.shape.people, able)
        weights = np.maximum(mixture.weights(), 0.0)
        used = np.flatnonzero(weights > _LEAST_WEIGHT * weights.sum())
        kept = weights[used] / weights[used].sum()
        panels = tuple(self.panels[place] for place in used)
        seats = kept @ np.array(panels)
        chances = seats / self.shape.people
        return Fairest(
            panels=panels,
            weights=kept,
            chances=chances,
            smallest=float(chances[able].min()),
            at_most=float(ceiling(self.shape, self.cuts, target)),
            missing=float(np.maximum(0.0, target.seats - seats).sum()),
            steps=target.steps,
            cuts=len(self.cuts),
            in_time=self.in_time,
        )
