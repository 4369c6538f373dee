"""A homelessness case as the return sees it: everything of it, in our words, whole. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the household: no name."""

    id: UUID
    role: str
    born_on: date | None
    sex: str
    pregnant: bool = False
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """What was found, by the last assessment; `first_on` is the day of the first."""

    first_on: date
    eligible: str
    homelessness: str
    priority: str
    priority_category: str | None
    intentional: str
    loss_reason: str | None
    last_settled: str | None
    accommodation_now: str | None
    support_needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DutySpell:
    """A duty that is or was owed; `ended_on` is its last day."""

    duty: str
    started_on: date
    ended_on: date | None = None
    end_reason: str | None = None
    accommodation: str | None = None
    stayed: bool | None = None

    @property
    def end_word(self) -> str | None:
        """Why it ended, with whether they stayed where they were, as the lists ask for it."""
        if self.end_reason != "accommodation_secured":
            return self.end_reason
        return f"{self.end_reason}:{'stayed' if self.stayed else 'moved'}"


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that was done."""

    duty: str | None
    kind: str
    started_on: date


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision that counts in a list: MD1 when relief ended, MD2 when the main duty ended."""

    decided: str
    counts_as: str
    on: date


@dataclass(frozen=True, slots=True)
class Spell:
    """A stay in temporary accommodation; `left_on` is no night of it."""

    id: UUID
    duty: str
    kind: str
    bed_and_breakfast: bool
    out_of_area: bool
    children: int
    entered_on: date
    left_on: date | None = None
    end_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """A review of a decision."""

    kind: str
    asked_on: date
    outcome: str
    decided_on: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case."""

    id: UUID
    made_on: date
    applied: bool
    source: str
    referred_by: str | None = None
    position: str = "approach"
    closed_on: date | None = None
    people: Sequence[Person] = field(default=())
    assessment: Assessment | None = None
    duties: Sequence[DutySpell] = field(default=())
    activities: Sequence[Activity] = field(default=())
    decisions: Sequence[Decision] = field(default=())
    stays: Sequence[Spell] = field(default=())
    reviews: Sequence[Review] = field(default=())

    def of(self, duty: str) -> Sequence[DutySpell]:
        """Its spells of one duty, in the order they began."""
        return sorted((each for each in self.duties if each.duty == duty), key=lambda each: each.started_on)

    def decision(self, kind: str) -> Decision | None:
        """The last decision of a list (md1, md2)."""
        found = [each for each in self.decisions if each.decided == kind]
        return max(found, key=lambda each: each.on) if found else None
