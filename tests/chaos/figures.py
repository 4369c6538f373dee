"""What each fault cost, for the one table at the end: counted from the books, not from whether a test passed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.desks import Write


@dataclass(slots=True)
class Figures:
    """Of one fault. None: the test did not ask for it."""

    answered: int | None = None
    """Writes that were answered with success."""
    refused: int | None = None
    """Answers that were not: each of a kind a client may hear."""
    lost: int | None = None
    """Answered, and not there."""
    doubled: int | None = None
    """There more than once."""
    recovered: float | None = None
    """Seconds from the end of the test's load until nothing waited anywhere; the longest, if it came to rest twice."""

    def count(self, writes: Iterable[Write], found: Mapping[str, Mapping[str, Sequence[str]]]) -> None:
        """From the ledger of the desks, and the ids under each marker in the books."""
        writes = list(writes)
        self.answered = sum(each.answer is not None for each in writes)
        self.refused = sum(heard.status not in (200, 201) for each in writes for heard in each.heard)
        ids = [(each, found[each.kind].get(each.marker, ())) for each in writes]
        self.lost = sum(each.answer is not None and not there for each, there in ids)
        self.doubled = sum(len(there) > 1 for _, there in ids)

    def rested(self, seconds: float) -> None:
        """It came to rest once."""
        self.recovered = max(self.recovered or 0.0, seconds)


def table(lines: Sequence[tuple[str, str, Figures]]) -> list[str]:
    """One line a fault: what, how it ended, and its figures."""
    head = ("fault", "result", "answered", "refused", "lost", "doubled", "at rest in s")
    rows = [
        (
            name,
            result,
            *(_said(each) for each in (it.answered, it.refused, it.lost, it.doubled)),
            "-" if it.recovered is None else f"{it.recovered:.1f}",
        )
        for name, result, it in lines
    ]
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    return ["  ".join(text.ljust(widths[at]) if at < 2 else text.rjust(widths[at]) for at, text in enumerate(row))
            for row in (head, *rows)]  # fmt: skip


def _said(number: int | None) -> str:
    return "-" if number is None else str(number)
