"""An association in plain English. It says that two things go together, and never that one brings about the other."""

from services.risk.associations.domain import Estimate

LIMIT = "This says that the two go together, not that one brings about the other."
NOTHING = "Too few households to say anything without saying something of one of them."


def two_figures(value: float | None) -> float | None:
    """A ratio as it is shown: two figures, so that no exact count can be worked out of it."""
    if value is None:
        return None
    return float(f"{value:.2g}")


def plain(value: float | None) -> str:
    """Without a needless nought."""
    shown = two_figures(value)
    return "?" if shown is None else f"{shown:,.10g}"


def in_100(cases: int | None, households: int | None) -> float | None:
    """Of a hundred, from rounded counts."""
    if cases is None or not households:
        return None
    return two_figures(100 * cases / households)


def sentence(exposure: str, outcome: str, with_it: float | None, without: float | None, crude: Estimate) -> str:
    """The finding in a sentence or two."""
    if crude.value is None or crude.low is None or crude.high is None or with_it is None or without is None:
        return f"{exposure}, and {outcome}: {crude.note or NOTHING}"
    rates = f"{plain(with_it)} households in 100 with it against {plain(without)} in 100 without"
    interval = f"95% interval {plain(crude.low)} to {plain(crude.high)}"
    if crude.low <= 1 <= crude.high:
        return (
            f"No clear association of {exposure} with {outcome}: {rates}, {plain(crude.value)} times as often"
            f" ({interval}): chance alone could do this."
        )
    return (
        f"{_first_up(exposure)} is associated with {outcome}: {rates}, {plain(crude.value)} times as often"
        f" ({interval}). {LIMIT}"
    )


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
