"""Whether a case is in the return of a quarter, and why or why not, in words. Pure.

In: placed in interim accommodation, a duty awarded, moved between duties, or closed in the quarter. Advice only: out,
unless placed. Not eligible: in, without the detail.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kit.errors import invalid
from services.housing.returns.hclic.case import Case

_QUARTER = re.compile(r"^(20\d\d)-Q([1-4])$")
_MONTHS = ("January to March", "April to June", "July to September", "October to December")
_OWED = frozenset({"prevention", "relief", "main", "intentional", "limited", "pending_referral"})
"""Duties whose beginning is an award; interim accommodation counts by the stay itself."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of a calendar year, as the ministry counts them."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """E.g. 2026-Q4."""
        return f"{self.year}-Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        after = date(self.year + 1, 1, 1) if self.number == 4 else date(self.year, 3 * self.number + 1, 1)
        return after - timedelta(days=1)

    @property
    def title(self) -> str:
        """In words."""
        return f"{_MONTHS[self.number - 1]} {self.year}"

    def holds(self, day: date | None) -> bool:
        """Whether a day is in it."""
        return day is not None and self.first <= day <= self.last


def quarter(text: str) -> Quarter:
    """The quarter a code names. `Invalid` for another text."""
    found = _QUARTER.match(text)
    if found is None:
        raise invalid("/quarter", "Say which quarter, e.g. 2026-Q4 for October to December 2026.", "quarter")
    return Quarter(int(found[1]), int(found[2]))


def quarter_of(day: date) -> Quarter:
    """The quarter that a day is in."""
    return Quarter(day.year, (day.month + 2) // 3)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Whether a case is in, why, and in which detail."""

    included: bool
    reasons: tuple[str, ...]
    detail: bool = True


def inclusion(case: Case, of: Quarter) -> Inclusion:
    """Is it in?"""
    why = _why_in(case, of)
    not_eligible = case.assessment is not None and case.assessment.eligible == "no"
    if why:
        if not_eligible:
            why = (*why, "not eligible: the main section alone is asked for")
        return Inclusion(True, why, detail=not not_eligible)
    return Inclusion(False, _why_out(case, of), detail=False)


def _why_in(case: Case, of: Quarter) -> tuple[str, ...]:
    found: list[str] = []
    for stay in case.stays:
        if of.holds(stay.entered_on):
            found.append(f"placed in temporary accommodation on {stay.entered_on.isoformat()}")
    awarded = [each for each in case.duties if each.duty in _OWED and of.holds(each.started_on)]
    for number, each in enumerate(sorted(awarded, key=lambda each: each.started_on)):
        earlier = any(other.started_on < each.started_on for other in case.duties if other.duty in _OWED)
        words = "moved to" if earlier or number else "awarded:"
        found.append(f"{words} the {each.duty.replace('_', ' ')} duty on {each.started_on.isoformat()}")
    for each in case.duties:
        if each.duty in _OWED and of.holds(each.ended_on) and each.ended_on is not None:
            found.append(f"the {each.duty.replace('_', ' ')} duty ended on {each.ended_on.isoformat()}")
    if of.holds(case.closed_on) and case.closed_on is not None and _was_owed(case):
        found.append(f"closed on {case.closed_on.isoformat()}")
    return tuple(found)


def _why_out(case: Case, of: Quarter) -> tuple[str, ...]:
    if case.made_on > of.last:
        return ("they came after this quarter",)
    if not case.applied:
        return ("a public body's referral is not itself an application",)
    if not _was_owed(case):
        if case.closed_on is not None:
            return ("advice only: no duty was owed and nobody was placed",)
        return ("not assessed yet, or no duty found so far",)
    if case.closed_on is not None and case.closed_on < of.first:
        return ("closed before this quarter: it was in an earlier return",)
    return ("nothing of it began, moved or ended in this quarter",)


def _was_owed(case: Case) -> bool:
    return bool(case.stays) or any(each.duty in _OWED for each in case.duties)


def sections_of(case: Case, counted: Inclusion) -> Sequence[str]:
    """The sections that a case which is in has, in the order of the return."""
    if not counted.detail:
        return ("Main",)
    parts = {
        "Main": True,
        "People": True,
        "Support": True,
        "Prevention": bool(case.of("prevention")),
        "Relief": bool(case.of("relief")),
        "FinalDuties": bool(case.decision("md1") or case.of("main") or case.of("intentional") or case.of("limited")),
        # What was done is asked for once a duty ended or the case closed; that nothing was is an answer too.
        "Assistance": case.closed_on is not None or any(each.ended_on for each in case.duties),
        "TemporaryAccommodation": bool(case.stays),
        "Reviews": bool(case.reviews),
    }
    return [name for name, there in parts.items() if there]
