"""Proofs that anybody can repeat with fractions and no solver."""

from collections.abc import Sequence
from fractions import Fraction

from services.grants.panels.sortition.outer import Chances, Cut
from services.grants.panels.sortition.shape import Shape


def ceiling(shape: Shape, cuts: Sequence[Cut], chances: Chances) -> Fraction:
    """No distribution over panels gives everybody (who can be chosen) more than this: exact, whatever the solver
    rounded.

    The smallest chance is at most any weighted mean of chances. The weights of `chances` are such that its prices on
    rows pay for all of it: what a panel can hold of the weighted kinds is at most each row's price at its dearest
    bound, and what is left over for a kind at most once for each home.
    """
    weights = [max(Fraction(0), Fraction(float(each))) for each in chances.weights]
    total = sum((weight * kind.people for weight, kind in zip(weights, shape.kinds, strict=True)), Fraction(0))
    if not total:
        return Fraction(1)
    rest = list(weights)
    bound = Fraction(0)
    for row, price in zip(shape.rows, chances.prices, strict=False):
        pay = -Fraction(float(price))
        if pay:
            bound += pay * (row.most if pay > 0 else row.least)
            for place in row.kinds:
                rest[place] -= pay
    for cut, price in zip(cuts, chances.prices[len(shape.rows) :], strict=True):
        pay = max(Fraction(0), -Fraction(float(price)))
        bound += pay * Fraction(cut.most)
        for place, weight in enumerate(cut.weights):
            rest[place] -= pay * Fraction(float(weight))
    for kind, over in zip(shape.kinds, rest, strict=True):
        bound += max(Fraction(0), over) * len(kind.homes)
    return min(Fraction(1), bound / total)
