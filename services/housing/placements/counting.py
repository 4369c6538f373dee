"""The counters of table TA1 on one day, out of the stays there are. Pure: the same stays, the same figures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.housing.placements.domain import Kind


@dataclass(frozen=True, slots=True)
class Counted:
    """A stay as the counters see it. `past_from` is the first day past six weeks, where there is a limit."""

    household_id: UUID
    kind: Kind
    bed_and_breakfast: bool
    entered_on: date
    left_on: date | None
    children: int
    family: bool
    young_applicant: bool
    out_of_area: bool
    past_from: date | None = None
    review_pending: bool = False

    def on(self, day: date) -> bool:
        """Whether they spent the night of that day there."""
        return self.entered_on <= day and (self.left_on is None or day < self.left_on)


@dataclass(slots=True)
class OfKind:
    """One row of the table."""

    households: int = 0
    with_children: int = 0
    children: int = 0
    in_another_area: int = 0


@dataclass(slots=True)
class Counters:
    """The table on one day."""

    day: date
    households: int = 0
    with_children: int = 0
    children: int = 0
    in_another_area: int = 0
    bed_and_breakfast: int = 0
    bed_and_breakfast_with_children: int = 0
    bed_and_breakfast_past_six_weeks: int = 0
    of_which_review_pending: int = 0
    bed_and_breakfast_aged_16_or_17: int = 0
    kinds: dict[Kind, OfKind] = field(default_factory=lambda: {kind: OfKind() for kind in Kind})


def count(day: date, stays: Iterable[Counted]) -> Counters:
    """The counters on a day. Families are households with a child or somebody pregnant, as in the table."""
    found = Counters(day)
    for stay in stays:
        if not stay.on(day):
            continue
        row = found.kinds[stay.kind]
        family, away = int(stay.family), int(stay.out_of_area)
        found.households += 1
        found.with_children += family
        found.children += stay.children
        found.in_another_area += away
        row.households += 1
        row.with_children += family
        row.children += stay.children
        row.in_another_area += away
        if stay.bed_and_breakfast or stay.kind is Kind.BED_AND_BREAKFAST:
            found.bed_and_breakfast += 1
            found.bed_and_breakfast_with_children += family
            found.bed_and_breakfast_aged_16_or_17 += stay.young_applicant
            if family and stay.past_from is not None and day >= stay.past_from:
                found.bed_and_breakfast_past_six_weeks += 1
                found.of_which_review_pending += stay.review_pending
    return found
