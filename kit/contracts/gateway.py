"""What the gateway tells the services: who works here, the business clock, what became of messages."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from kit.contracts.access import access_noticed, access_recorded, reads_told
from kit.contracts.envelope import Code, EventData, UtcDatetime, WorkerId
from kit.contracts.event_type import SERVICES, EventType, Sensitivity, live, live_sealed
from kit.contracts.messages import MessageOutcome, TextReply
from kit.contracts.rights import answered_by


class WorkerState(EventData):
    """A worker as the services may know them: id, employer, roles, and whether they may act."""

    worker_id: WorkerId
    organisation_id: UUID | None = None
    roles: tuple[Code, ...] = ()
    manager: WorkerId | None = None
    active: bool = True
    suspended_at: UtcDatetime | None = None
    absent_from: date | None = None
    absent_until: date | None = Field(default=None, description="First day back")
    covered_by: WorkerId | None = None
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class TeamMember(EventData):
    """One worker's place in a team; `to` is the first day it is no longer, or None."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True, validate_by_alias=True)

    worker_id: WorkerId
    role: Code
    from_: date = Field(alias="from")
    to: date | None = None


class TeamState(EventData):
    """A team: its members with roles and dates."""

    team_id: UUID
    code: Code
    organisation_id: UUID | None = None
    hub: Code | None = None
    manager: WorkerId | None = None
    members: tuple[TeamMember, ...] = ()
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class ClockState(EventData):
    """How far the business clock stands from the real one (demo only)."""

    offset_seconds: int = Field(description="Business time minus real time, in seconds")


class WebhookEndpointState(EventData):
    """A partner's endpoint whose state changed by itself, as of this version. About nobody."""

    endpoint_id: UUID
    organisation_id: UUID
    state: Code
    why: Code | None = None
    failing_since: UtcDatetime | None = None
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it changed."""
        return self.changed_at


def _message(event: str, summary: str) -> EventType:
    return live(f"gateway.message.{event}", MessageOutcome, summary, Sensitivity.PERSONAL, "triage", "casefile")


EVENTS: tuple[EventType, ...] = (
    live(
        "gateway.worker.changed",
        WorkerState,
        "A worker joined, changed, went absent, was suspended or left",
        Sensitivity.PERSONAL,
        *SERVICES,
    ),
    live("gateway.team.changed", TeamState, "A team's members changed", Sensitivity.PERSONAL, *SERVICES),
    live("gateway.clock.moved", ClockState, "The business clock was moved", Sensitivity.OPEN, *SERVICES),
    access_recorded("gateway"),
    *reads_told("gateway"),
    access_noticed("gateway"),
    *answered_by("gateway"),
    live(
        "gateway.webhook_endpoint.disabled",
        WebhookEndpointState,
        "A partner's endpoint took nothing for days, or is gone: nothing is sent to it",
        Sensitivity.OPEN,
    ),
    _message("sent", "A message to a person went out"),
    _message("failed", "A message to a person did not go out, or came back"),
    live_sealed("gateway.reply.received", TextReply, "Somebody answered by text message", "casefile"),
)
