"""The rules of need to know: restriction, conflicts, broken glass and its review. Pure."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final, Literal

from kit.clock import add_working_days
from kit.errors import Conflict, FieldError, Invalid, invalid

GLASS_FOR: Final = timedelta(minutes=60)
"""How long broken glass stays open, by the real clock."""
REVIEW_WORKING_DAYS: Final = 5
SHORTEST_REASON: Final = 10
"""Letters: a word is no reason."""
MOST_ALLOWED: Final = 20

Relation = Literal["relative", "partner", "friend", "neighbour", "business", "other"]
ConflictKind = Literal["declared", "barred"]
Verdict = Literal["needed", "not_needed", "misuse"]
Settlement = Literal["explained", "suspended", "misuse"]


def check_reason(reason: str, pointer: str = "/reason") -> None:
    """A reason is a sentence somebody else can check later."""
    if sum(letter.isalpha() for letter in reason) < SHORTEST_REASON:
        raise invalid(pointer, f"Say why in at least {SHORTEST_REASON} letters: somebody will read it.", "reason")


def check_parts(asked: Collection[str], openable: Collection[str]) -> None:
    """Only some compartments open when the glass breaks; the others have somebody on duty instead."""
    closed = sorted(set(asked) - set(openable))
    if closed:
        raise invalid(
            "/parts",
            f"Broken glass opens {', '.join(openable)}. For anything else ask the duty safeguarding lead.",
            "openable",
        )


def review_due(today: date) -> date:
    """The last day for a manager to look at it: five working days after."""
    return add_working_days(today, REVIEW_WORKING_DAYS)


def check_review(verdict: str | None, worker: str, reviewer: str) -> None:
    """Once, and by somebody else."""
    if worker == reviewer:
        raise Conflict("Nobody reviews the glass they broke themselves", allowed=[])
    if verdict is not None:
        raise Conflict("This was reviewed already", state=verdict, allowed=[])


def check_allowed(workers: Iterable[str], actor: str) -> list[str]:
    """Who sees a restricted record: those named, and always whoever restricts it, who would shut themselves out."""
    named = sorted({*workers, actor})
    if len(named) > MOST_ALLOWED:
        detail = f"At most {MOST_ALLOWED}: what more see is not restricted."
        raise Invalid(detail, FieldError("/allowed", detail, "few"))
    return named


def check_barred(worker: str, actor: str) -> None:
    """Nobody bars themselves in a resident's name: that is a declaration."""
    if worker == actor:
        raise invalid("/worker", "Declare your own conflict at /v1/casefile/access/conflicts.", "someone-else")
