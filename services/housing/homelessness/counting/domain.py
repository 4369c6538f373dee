"""Which counts of households may be shown, and which quarter they are of. Pure.

A group of fewer than ten is hidden, and with it as many others that it cannot be worked out from the total. Whole
quarters alone are counted, once they are over: two periods that overlap would tell a small group by their difference.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kit.clock import months_after
from kit.errors import invalid

FEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A total and its parts; None is hidden."""

    total: int | None
    parts: Mapping[str, int | None]


def line(counts: Mapping[str, int]) -> Line:
    """As they may be shown: the small ones hidden, and the smallest of the others until the hidden are ten together."""
    total = sum(counts.values())
    if 0 < total < FEWEST:
        return Line(None, dict.fromkeys(counts))
    hidden = {name for name, count in counts.items() if 0 < count < FEWEST}
    cover = sorted((count, name) for name, count in counts.items() if count >= FEWEST)
    while hidden and cover and (len(hidden) < 2 or sum(counts[name] for name in hidden) < FEWEST):
        hidden.add(cover.pop(0)[1])
    return Line(total, {name: None if name in hidden else count for name, count in counts.items()})


def quarter(text: str | None, today: date) -> tuple[str, date, date]:
    """A quarter ("2026-Q4") with its first and last day; None: the last one that is over. `Invalid` while it runs."""
    this = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    first = months_after(this, -3)
    if text is not None:
        found = re.fullmatch(r"(20\d\d)-Q([1-4])", text)
        if found is None:
            raise invalid("/quarter", "A quarter like 2026-Q4.", "a-quarter")
        first = date(int(found[1]), int(found[2]) * 3 - 2, 1)
    if first >= this:
        raise invalid("/quarter", "A quarter is counted once it is over.", "quarter-over")
    return f"{first.year}-Q{(first.month + 2) // 3}", first, months_after(first, 3) - timedelta(days=1)
