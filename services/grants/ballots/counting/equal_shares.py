"""The Method of Equal Shares, exactly. Pure.

Each voter has the same share of the pot. Bought is, again and again, the project whose supporters pay the least for
a point of utility, each the same or all they have left. On approval ballots a project is worth its cost to whoever
approves it, so the price is one over the votes that still have money; points and places count as given.

Exact and quick: what is left to voters is kept in floating point with a bound on its error. Every decision (what is
cheapest, who runs dry, what can be paid at all) that the bound doesn't settle is made again in whole numbers
(`exact.Prices`). So the outcome is that of exact arithmetic, ties included, at the speed of arrays.
"""

import heapq
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.grants.ballots.counting.election import Election, Floats, Kind
from services.grants.ballots.counting.exact import Amount, Prices

_ROUND: Final = 2.0**-52
"""What one operation in floating point may be off, relative to its result: twice the real bound."""
_TOO_FAR: Final = 2.0**-36
"""A price that may be off by more than this part of a share is worked out exactly, so that errors don't grow."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase: the project's place in the list, its price for a point of utility, who paid in full or all left."""

    place: int
    price: Fraction
    in_full: int
    all_they_had: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run bought, in the order it bought, at which share."""

    share: Fraction
    order: tuple[int, ...]
    cost: int

    @property
    def winners(self) -> tuple[int, ...]:
        """The places of the winners, in the list's order."""
        return tuple(sorted(self.order))


@dataclass(frozen=True, slots=True)
class Side:
    """A project's supporters as a run needs them."""

    groups: NDArray[np.int64]
    weights: Floats
    worth: Floats | None  # utility to one voter of each group; None: one to each
    points: Floats  # weight times utility; whole numbers below 2**53, so that their sums are exact
    most: float  # the largest utility to one voter
    every: int  # all points
    cost: int
    scale: int  # what one point stands for
    least: float  # its price while nobody has run dry


class Sides:
    """Every project's supporters, made once for all the runs of a count."""

    def __init__(self, election: Election) -> None:
        self.election = election
        found = []
        self.paid_by = np.zeros((len(election.projects), len(election.papers)))
        for place, (of, project) in enumerate(zip(election.supporters, election.projects, strict=True)):
            alike = bool((of.scores == 1).all())
            whole = of.weights * of.scores
            every = int(whole.sum())
            self.paid_by[place, of.groups] = of.scores
            found.append(
                Side(
                    groups=of.groups.astype(np.int64),
                    weights=of.weights.astype(np.float64),
                    worth=None if alike else of.scores.astype(np.float64),
                    points=whole.astype(np.float64),
                    most=float(of.scores.max(initial=1)),
                    every=every,
                    cost=project.cost,
                    scale=project.cost if election.kind is Kind.APPROVAL else 1,
                    least=project.cost / every if every else np.inf,
                )
            )
        self.sides = tuple(found)


@dataclass(frozen=True, slots=True)
class _Price:
    """A project's price in floating point: between `low` and `high`, if `sure`; else it is worked out exactly."""

    place: int
    near: float
    low: float
    high: float
    off: float
    sure: bool


@dataclass(frozen=True, slots=True)
class _Purchase:
    place: int
    near: float
    off: float
    dry: Bools  # which of its supporters' groups give all they have left
    exact: Fraction | None


class Run:
    """One run at one share."""

    def __init__(self, of: Sides, share: Fraction) -> None:
        self._of = of
        self._election = of.election
        self._share = share
        self._near = float(share)
        self._left: Floats = np.full(len(of.election.papers), self._near)
        self._has: Bools = np.ones(len(of.election.papers), dtype=np.bool_)
        self._off = self._near * _ROUND
        self._prices = Prices(share)
        # What `_prices` does not know yet: place, groups that ran dry in it, points of the others.
        self._unpriced: list[tuple[int, NDArray[np.int64], int]] = []
        self._order: list[int] = []
        self._payers: list[tuple[int, int]] = []

    def outcome(self) -> Outcome:
        """Buy until nothing more can be paid. A project that costs more than the whole pot is never bought."""
        rank, sides = self._election.order, self._of.sides
        waiting = [
            (side.least / side.scale * (1 - _ROUND), rank[place], place, side.least)
            for place, side in enumerate(sides)
            if side.every and side.cost <= self._election.budget
        ]
        heapq.heapify(waiting)
        while waiting:
            found: list[_Price] = []
            best = np.inf
            # What supporters have left only shrinks: a price once found is a lower bound from then on.
            while waiting and waiting[0][0] <= best:
                _, _, place, low = heapq.heappop(waiting)
                price = self._price(place, low)
                if price is not None:
                    found.append(price)
                    best = min(best, price.high / sides[place].scale * (1 + _ROUND))
            chosen = self._cheapest(found, best)
            if chosen is not None:
                self._buy(chosen)
            for price in found:
                if chosen is None or price.place != chosen.place:
                    bound = price.low / sides[price.place].scale * (1 - _ROUND)
                    heapq.heappush(waiting, (bound, rank[price.place], price.place, price.low))
            if chosen is None and found:
                # Each looked payable in floating point, and exactly none is.
                gone = {price.place for price in found}
                waiting = [each for each in waiting if each[2] not in gone]
                heapq.heapify(waiting)
        return Outcome(self._share, tuple(self._order), self._election.cost_of(self._order))

    def purchases(self) -> list[Bought]:
        """What was bought, with exact prices."""
        self._price_all()
        return [
            Bought(place, self._prices.price(number), *self._payers[number]) for number, place in enumerate(self._order)
        ]

    def held_for(self, place: int) -> Fraction:
        """Exactly what a project's supporters have left together, after `outcome`."""
        self._price_all()
        side = self._of.sides[place]
        return self._left_to(side.groups[self._has.take(side.groups)]).as_fraction()

    def _price(self, place: int, low: float) -> _Price | None:
        """The price now, from a lower bound on; None when its supporters certainly cannot pay."""
        side = self._of.sides[place]
        left = self._left.take(side.groups)
        price, before = low, -1
        while True:
            need = price if side.worth is None else side.worth * price
            rich = left >= need
            count = int(np.count_nonzero(rich))
            if count == before or not count:
                break
            if count == len(rich) and before < 0 and price != side.least:
                price = side.least
                continue
            before = count
            if count < len(rich):
                price += (side.cost - float(side.weights @ np.minimum(left, need))) / float(side.points @ rich)
        # How far the sum of payments may be off, and so the price.
        wrong = self._off * float(side.weights.sum()) + side.cost * _ROUND * (len(left) + 8)
        if not count:
            if float(side.weights @ left) + wrong < side.cost:
                return None
            return _Price(place, low, low * (1 - _ROUND), np.inf, np.inf, sure=False)
        if count == len(rich) and price == side.least:
            # Nobody runs dry: the price is a fraction of two known numbers.
            off = price * _ROUND
        else:
            off = 2 * wrong / float(side.points @ rich) + price * _ROUND
        margin = self._off + (off if side.worth is None else side.worth * off)
        sure = not bool((np.abs(left - need) <= margin).any())
        return _Price(place, price, price - off, price + off, off, sure)

    def _cheapest(self, found: list[_Price], best: float) -> _Purchase | None:
        """The cheapest: exactly, where floating point doesn't settle it. Equal prices: by the order of ties."""
        sides = self._of.sides
        near = [price for price in found if price.low / sides[price.place].scale * (1 - _ROUND) <= best]
        if len(near) == 1 and near[0].sure:
            price = near[0]
            side = sides[price.place]
            need = price.near if side.worth is None else side.worth * price.near
            return _Purchase(price.place, price.near, price.off, self._left.take(side.groups) < need, None)
        exact = [each for each in (self._exactly(price) for price in near) if each is not None]
        return min(
            exact,
            key=lambda each: (
                (each.exact or Fraction(0)) / sides[each.place].scale,
                self._election.order[each.place],
            ),
            default=None,
        )

    def _exactly(self, found: _Price) -> _Purchase | None:
        """The price in whole numbers; None when the supporters cannot pay after all."""
        side = self._of.sides[found.place]
        left = self._left.take(side.groups)
        need = found.near if side.worth is None else side.worth * found.near
        margin = self._off + (found.off if side.worth is None else side.worth * found.off)
        has = self._has.take(side.groups)
        dry: Bools = (left < need - margin) | ~has
        open_ = np.flatnonzero(~dry & (left <= need + margin))
        if not dry.any() and not len(open_):
            price = Fraction(side.cost, side.every)
            return _Purchase(found.place, float(price), float(price) * _ROUND, dry, price)
        self._price_all()
        amounts = [self._amount(int(side.groups[each])) for each in open_]
        while True:
            rest = int(side.points @ ~dry)
            if not rest:
                return None
            price = self._sum(side, dry & has).open_price(side.cost, rest)
            poorer = [
                where
                for where, amount in zip(open_.tolist(), amounts, strict=True)
                if not dry[where] and amount.below(price, 1 if side.worth is None else int(side.worth[where]))
            ]
            if not poorer:
                return _Purchase(found.place, float(price), float(price) * _ROUND, dry, price)
            dry[poorer] = True

    def _amount(self, group: int) -> Amount:
        """Exactly what a voter of one group has left."""
        paid = self._of.paid_by[self._order, group]
        return self._prices.left(1, {k: int(points) for k, points in enumerate(paid) if points})

    def _sum(self, side: Side, which: Bools) -> Amount:
        """Exactly what these groups of its supporters have left together."""
        return self._left_to(side.groups[which])

    def _left_to(self, groups: NDArray[np.int64]) -> Amount:
        weights = self._election.weights[groups].astype(np.float64)
        # Whole numbers below 2**53: exact, though in floating point.
        paid = self._of.paid_by[np.ix_(np.array(self._order[: len(self._prices)], dtype=np.int64), groups)] @ weights
        return self._prices.left(int(weights.sum()), {k: int(points) for k, points in enumerate(paid) if points})

    def _price_all(self) -> None:
        """Bring the exact prices up to date."""
        for place, dry, rest in self._unpriced:
            self._prices.add(self._of.sides[place].cost, self._left_to(dry), rest)
        self._unpriced.clear()

    def _buy(self, what: _Purchase) -> None:
        side = self._of.sides[what.place]
        ran_dry = what.dry & self._has.take(side.groups)
        rest = int(side.points @ ~what.dry)
        self._unpriced.append((what.place, side.groups[ran_dry], rest))
        near, off = what.near, what.off
        if what.exact is None and off * side.most > self._near * _TOO_FAR:
            self._price_all()
            near = float(self._prices.price(len(self._prices) - 1))
            off = near * _ROUND
        left = self._left.take(side.groups) - (near if side.worth is None else side.worth * near)
        left[what.dry] = 0.0
        self._left[side.groups] = np.maximum(left, 0.0)
        self._has[side.groups[ran_dry]] = False
        self._off += off * side.most + self._near * _ROUND
        self._order.append(what.place)
        everyone = side.weights @ ~what.dry, side.weights @ ran_dry
        self._payers.append((int(everyone[0]), int(everyone[1])))
