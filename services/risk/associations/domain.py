"""How much more often an outcome is seen where something else is: relative risk and odds ratio of 2x2 counts.

Pure, standard library only. Rothman, Greenland and Lash, Modern Epidemiology (3rd edition), chapters 14 and 15, for the
names. An interval here says how much chance may have done; it says nothing of what brings about what.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

LEVEL = 0.95
SMALL_CELL = 5
"""Below this the log method's interval is no longer to be trusted (the usual rule of five)."""


class Method(StrEnum):
    """How an interval was reckoned."""

    LOG = "log"
    MID_P = "mid_p"
    EXACT = "exact"
    SCORE = "score"
    MANTEL_HAENSZEL = "mantel_haenszel"
    LOGISTIC = "logistic"


@dataclass(frozen=True, slots=True)
class Counts:
    """A 2x2 table: of those with and without the exposure, how many had the outcome and how many there are."""

    exposed_cases: int
    exposed: int
    unexposed_cases: int
    unexposed: int

    def __post_init__(self) -> None:
        if not (0 <= self.exposed_cases <= self.exposed and 0 <= self.unexposed_cases <= self.unexposed):
            raise ValueError("cases are among those counted, and no count is below nought")

    @property
    def cells(self) -> tuple[int, int, int, int]:
        """Exposed with and without the outcome, the others with and without."""
        return (
            self.exposed_cases,
            self.exposed - self.exposed_cases,
            self.unexposed_cases,
            self.unexposed - self.unexposed_cases,
        )

    @property
    def total(self) -> int:
        """All of them."""
        return self.exposed + self.unexposed


@dataclass(frozen=True, slots=True)
class Estimate:
    """A ratio with its interval. None: it can't be said, and `note` says why in plain words.

    A `high` of None beside a `low` means: there is no upper end.
    """

    value: float | None
    low: float | None
    high: float | None
    method: Method
    note: str = ""


def relative_risk(counts: Counts, level: float = LEVEL) -> Estimate:
    """The risk with the exposure over the risk without, with an interval.

    The log method (Katz 1978) where all four cells are at least five; else the score interval (Koopman 1984), which
    also stands when a cell is empty.
    """
    a, b, c, d = counts.cells
    if counts.exposed == 0 or counts.unexposed == 0:
        return Estimate(None, None, None, Method.SCORE, "One of the two groups is empty: there is nothing to compare.")
    if a == 0 and c == 0:
        return Estimate(None, None, None, Method.SCORE, "Nobody in either group had the outcome.")
    if min(a, b, c, d) >= SMALL_CELL:
        ratio = (a / counts.exposed) / (c / counts.unexposed)
        error = math.sqrt(1 / a - 1 / counts.exposed + 1 / c - 1 / counts.unexposed)
        return _by_logs(ratio, error, Method.LOG, level)
    low, high = _score_interval(counts, level)
    if c == 0:
        note = "Nobody without it had the outcome: the ratio has no upper end, only a lower one."
        return Estimate(None, low, None, Method.SCORE, note)
    ratio = (a / counts.exposed) / (c / counts.unexposed)
    note = "Nobody with it had the outcome." if a == 0 else "Small numbers: reckoned by the score method."
    return Estimate(ratio, low, high, Method.SCORE, note)


def odds_ratio(counts: Counts, level: float = LEVEL) -> Estimate:
    """The odds with the exposure over the odds without, with an interval.

    The log method (Woolf 1955) where all four cells are at least five; else the conditional one with mid-p.
    """
    a, b, c, d = counts.cells
    if min(a, b, c, d) >= SMALL_CELL:
        return _by_logs(a * d / (b * c), math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), Method.LOG, level)
    return conditional_odds_ratio(counts, level)


def conditional_odds_ratio(counts: Counts, level: float = LEVEL, *, mid_p: bool = True) -> Estimate:
    """The odds ratio given both margins (Fisher's noncentral hypergeometric), exact or with mid-p ends.

    The value is the sample odds ratio a*d/(b*c), as the log method's is. Mid-p counts half of what was seen itself:
    the exact interval is wider than it says it is.
    """
    method = Method.MID_P if mid_p else Method.EXACT
    a, b, c, d = counts.cells
    least, most = max(0, counts.exposed + a + c - counts.total), min(counts.exposed, a + c)
    if least == most:
        empty = "Nobody had the outcome, everybody had it, or one of the two groups is empty."
        return Estimate(None, None, None, method, empty)
    half = 0.5 if mid_p else 1.0
    tail = (1 - level) / 2
    weights = _weights(counts, least, most)

    def above(log_odds: float) -> float:
        """How likely as many exposed cases as were seen, or more."""
        return _tail(weights, least, log_odds, range(a + 1, most + 1), a, half)

    def below(log_odds: float) -> float:
        return _tail(weights, least, log_odds, range(least, a), a, half)

    low = 0.0 if a == least else math.exp(_root(lambda x: above(x) - tail))
    high = None if a == most else math.exp(_root(lambda x: tail - below(x)))
    if b == 0 or c == 0:
        return Estimate(None, low, high, method, "An empty cell: the ratio has no upper end, only a lower one.")
    note = "An empty cell: the ratio is nought." if a == 0 or d == 0 else "Small numbers: reckoned by the mid-p method."
    return Estimate(a * d / (b * c), low, high, method, note)


# Over strata ------------------------------------------------------------------------------------------------------


def mantel_haenszel_relative_risk(strata: Sequence[Counts], level: float = LEVEL) -> Estimate:
    """The relative risk common to the strata, with the variance of Greenland and Robins (1985)."""
    top = bottom = spread = 0.0
    for each in _telling(strata):
        a, _, c, _ = each.cells
        whole = each.total
        top += a * each.unexposed / whole
        bottom += c * each.exposed / whole
        spread += ((a + c) * each.exposed * each.unexposed - a * c * whole) / whole**2
    if top == 0 or bottom == 0:
        return _no_common_ratio(Method.MANTEL_HAENSZEL)
    return _by_logs(top / bottom, math.sqrt(spread / (top * bottom)), Method.MANTEL_HAENSZEL, level)


def mantel_haenszel_odds_ratio(strata: Sequence[Counts], level: float = LEVEL) -> Estimate:
    """The odds ratio common to the strata, with the variance of Robins, Breslow and Greenland (1986)."""
    top = bottom = first = mixed = last = 0.0
    for each in _telling(strata):
        a, b, c, d = each.cells
        whole = each.total
        r, s = a * d / whole, b * c / whole
        p, q = (a + d) / whole, (b + c) / whole
        top += r
        bottom += s
        first += p * r
        mixed += p * s + q * r
        last += q * s
    if top == 0 or bottom == 0:
        return _no_common_ratio(Method.MANTEL_HAENSZEL)
    variance = first / (2 * top**2) + mixed / (2 * top * bottom) + last / (2 * bottom**2)
    return _by_logs(top / bottom, math.sqrt(variance), Method.MANTEL_HAENSZEL, level)


def _telling(strata: Sequence[Counts]) -> list[Counts]:
    """The strata in which both groups have somebody: the others compare nobody with anybody."""
    return [each for each in strata if each.exposed and each.unexposed]


def _no_common_ratio(method: Method) -> Estimate:
    note = "In no stratum did both groups have the outcome: no common ratio can be reckoned."
    return Estimate(None, None, None, method, note)


# Reckoning --------------------------------------------------------------------------------------------------------


def _z(level: float) -> float:
    return NormalDist().inv_cdf(0.5 + level / 2)


def _by_logs(ratio: float, error: float, method: Method, level: float) -> Estimate:
    reach = math.exp(_z(level) * error)
    return Estimate(ratio, ratio / reach, ratio * reach, method)


def _score_interval(counts: Counts, level: float) -> tuple[float, float | None]:
    """Koopman's: the ratios that a chi-square test at this level would not reject."""
    a, _, c, _ = counts.cells
    limit = _z(level) ** 2

    def excess(log_ratio: float) -> float:
        return _score(counts, math.exp(log_ratio)) - limit

    # The test is never sharper than at the two ends of what is possible, so the roots lie on either side of the best.
    best = 0.0 if a == 0 or c == 0 else math.log(a / counts.exposed * counts.unexposed / c)
    low = 0.0 if a == 0 else math.exp(_cross(excess, best, -1.0))
    high = None if c == 0 else math.exp(_cross(excess, best, 1.0))
    if a == 0:
        high = math.exp(_outermost(excess, 1.0))
    if c == 0:
        low = math.exp(_outermost(excess, -1.0))
    return low, high


def _score(counts: Counts, ratio: float) -> float:
    """The chi-square of a relative risk of `ratio`, with the risks that fit it best (Miettinen and Nurminen 1985)."""
    a, _, c, _ = counts.cells
    m, n = counts.exposed, counts.unexposed
    # The restricted likelihood's quadratic in the risk q without it: (m+n)*R*q^2 - [R*(m+c) + n + a]*q + (a+c) = 0.
    first, second = (m + n) * ratio, ratio * (m + c) + n + a
    root = math.sqrt(max(0.0, second**2 - 4 * first * (a + c)))
    without = 2 * (a + c) / (second + root)
    with_it = min(1.0, ratio * without)
    variance = with_it * (1 - with_it) / m + ratio**2 * without * (1 - without) / n
    gap = a / m - ratio * c / n
    if variance <= 0:
        return 0.0 if gap == 0 else math.inf
    return gap * gap / variance


def _cross(excess: Callable[[float], float], best: float, way: float) -> float:
    """Where the excess turns positive on one side of the best ratio (in logarithms)."""
    step = 0.5
    near = best
    while excess(best + way * step) < 0 and step < 60:
        near, step = best + way * step, step * 2
    return _bisect(excess, near, best + way * step)


def _outermost(excess: Callable[[float], float], way: float) -> float:
    """The crossing seen from far outside, for a table whose best ratio is nought or endless."""
    out = 40.0
    while excess(way * (out - 1)) > 0:
        out -= 1
    return _bisect(excess, way * (out - 1), way * out)


def _bisect(excess: Callable[[float], float], inside: float, outside: float) -> float:
    for _ in range(80):
        middle = (inside + outside) / 2
        if excess(middle) > 0:
            outside = middle
        else:
            inside = middle
    return (inside + outside) / 2


def _weights(counts: Counts, least: int, most: int) -> list[float]:
    """Logarithms of how often each number of exposed cases would come about if there were no association."""
    cases = counts.exposed_cases + counts.unexposed_cases
    return [_log_choose(counts.exposed, x) + _log_choose(counts.unexposed, cases - x) for x in range(least, most + 1)]


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _tail(weights: list[float], least: int, log_odds: float, beyond: range, seen: int, half: float) -> float:
    logs = [weight + (least + place) * log_odds for place, weight in enumerate(weights)]
    top = max(logs)
    shares = [math.exp(each - top) for each in logs]
    inside = math.fsum(shares[x - least] for x in beyond) + half * shares[seen - least]
    return inside / math.fsum(shares)


def _root(rising: Callable[[float], float]) -> float:
    """Where a rising function of the log odds crosses nought."""
    low, high = -1.0, 1.0
    while rising(low) > 0 and low > -700:
        low *= 2
    while rising(high) < 0 and high < 700:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2
