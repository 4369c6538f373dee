"""The exact side of an Equal Shares run: prices as whole numbers over one common denominator. Pure.

What voters have left is never stored: it is their share less what they paid, a sum with whole-number factors of the
prices paid so far. So an exact price takes a few dozen multiplications, whatever the number of voters.
"""

from collections.abc import Mapping
from fractions import Fraction
from math import gcd


class Prices:
    """The share of each voter and the price (money for one point of utility) of each project bought so far."""

    def __init__(self, share: Fraction) -> None:
        self._denominator = share.denominator
        self._share = share.numerator
        self._prices: list[int] = []

    def __len__(self) -> int:
        return len(self._prices)

    def price(self, number: int) -> Fraction:
        """The price of the project bought as this one."""
        return Fraction(self._prices[number], self._denominator)

    def left(self, shares: int, paid: Mapping[int, int]) -> "Amount":
        """So many shares less what was paid: for each purchase, how many points of utility were bought."""
        spent = sum(points * self._prices[number] for number, points in paid.items())
        return Amount(shares * self._share - spent, self._denominator)

    def add(self, cost: int, poor: "Amount", points: int) -> Fraction:
        """Keep the price at which those who don't run dry pay what the others (who pay all of `poor`) leave open."""
        open_ = cost * self._denominator - poor.numerator
        shared = gcd(open_, points)
        factor = points // shared
        if factor != 1:
            self._denominator *= factor
            self._share *= factor
            self._prices = [each * factor for each in self._prices]
        self._prices.append(open_ // shared)
        return self.price(len(self._prices) - 1)


class Amount:
    """Money: a numerator over the denominator the prices had when it was made."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: int, denominator: int) -> None:
        self.numerator = numerator
        self.denominator = denominator

    def open_price(self, cost: int, points: int) -> Fraction:
        """What each point costs, when this much is paid by those who run dry."""
        return Fraction(cost * self.denominator - self.numerator, self.denominator * points)

    def as_fraction(self) -> Fraction:
        """The money, in lowest terms."""
        return Fraction(self.numerator, self.denominator)

    def below(self, price: Fraction, points: int) -> bool:
        """Is it less than these points cost?"""
        return self.numerator * price.denominator < price.numerator * points * self.denominator
