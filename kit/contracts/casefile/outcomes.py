"""What came of it, with its evidence, and whether it lasted half a year.

What tells of abuse, crime, drugs or safeguarding goes by types of its own, which never reach the timeline: a line there
that could not be opened would say that there is something.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.contracts.envelope import Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class OutcomeState(EventData):
    """One outcome of a household or of one of its people, whole, as of this version."""

    outcome_id: UUID
    household_id: UUID
    person_id: UUID | None = None
    kind: OutcomeKind
    state: OutcomeStatus
    achieved_on: date
    check_due_on: date
    checked_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household, and the person where it is one person's."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


def _outcome(event: str, summary: str) -> EventType:
    type_ = f"casefile.outcome.{event}"
    return live(type_, OutcomeState, summary, Sensitivity.SPECIAL, "risk", case_fact=True)


def _sealed_outcome(event: str, summary: str) -> EventType:
    return live(f"casefile.sealed_outcome.{event}", OutcomeState, f"{summary}, in a compartment", Sensitivity.SPECIAL)


EVENTS: tuple[EventType, ...] = (
    _outcome("recorded", "An outcome was recorded with its evidence"),
    _outcome("checked", "An outcome was looked at again half a year later"),
    _outcome("struck", "An outcome was struck: it was recorded by mistake"),
    _sealed_outcome("recorded", "An outcome was recorded"),
    _sealed_outcome("checked", "An outcome was looked at again half a year later"),
    _sealed_outcome("struck", "An outcome was struck"),
)
