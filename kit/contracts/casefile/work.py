"""The way to work: how far somebody has come. Never what they did not do: nothing of it can feed a sanction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live


class WorkJourneyState(EventData):
    """One person's way to work, whole, as of this version: the stage and the job, no step, no reason."""

    work_journey_id: UUID
    person_id: UUID
    household_id: UUID
    worker: WorkerId
    state: Literal["open", "closed"]
    stage: Code
    in_work_since: date | None = None
    close_reason: Code | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


def _journey(event: str, summary: str, *readers: str, case_fact: bool = True) -> EventType:
    type_ = f"casefile.work_journey.{event}"
    return live(type_, WorkJourneyState, summary, Sensitivity.PERSONAL, *readers, case_fact=case_fact)


class WorkVacancyState(EventData):
    """Places that a scheme brings, whole, as of this version. About nobody."""

    work_vacancy_id: UUID
    places: int
    opened_on: date
    opens_to_others_on: date
    closes_on: date | None = None
    state: Literal["open", "closed"]
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class WorkOfferState(EventData):
    """A place offered to somebody, whole, as of this version. That one was declined has no consequence."""

    work_offer_id: UUID
    work_vacancy_id: UUID
    work_journey_id: UUID
    person_id: UUID
    state: Literal["offered", "accepted", "declined", "withdrawn", "lapsed"]
    place: int
    of_how_many: int
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    _journey("opened", "A way to work was begun"),
    _journey("changed", "Something of a way to work was written down", case_fact=False),
    _journey("moved", "Somebody came to another stage on the way to work", "risk"),
    _journey("closed", "A way to work was closed", "risk"),
    live("casefile.work_vacancy.opened", WorkVacancyState, "A scheme's vacancy opened here first", Sensitivity.OPEN),
    live("casefile.work_vacancy.changed", WorkVacancyState, "A scheme's vacancy changed", Sensitivity.OPEN),
    live("casefile.work_offer.made", WorkOfferState, "A place was offered to somebody", Sensitivity.PERSONAL),
    live("casefile.work_offer.changed", WorkOfferState, "An offer of a place was answered", Sensitivity.PERSONAL),
)
