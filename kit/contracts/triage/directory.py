"""Organisations and the directory of help. About nobody: names and words are public, and stay in triage even so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import Code, Concerns, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class OrganisationState(EventData):
    """An organisation, as of this version."""

    organisation_id: UUID
    kind: Code
    status: Literal["active", "ended"]
    listed: bool
    answers_by: Code
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """No person."""
        return Concerns.of()

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class DirectoryServiceState(EventData):
    """A service of the directory, as of this version."""

    service_id: UUID
    organisation_id: UUID
    status: Code
    needs: list[NeedDomain]
    confirmed_on: date | None = None
    places: int | None = Field(None, ge=0, description="Places free when last asked; null: not known")
    places_on: date | None = None
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """No person."""
        return Concerns.of()

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


EVENTS: tuple[EventType, ...] = (
    live("triage.organisation.changed", OrganisationState, "What we know of an organisation", Sensitivity.OPEN),
    live(
        "triage.directory_service.changed",
        DirectoryServiceState,
        "What the directory says of a service, how fresh that is, or its free places",
        Sensitivity.OPEN,
    ),
)
