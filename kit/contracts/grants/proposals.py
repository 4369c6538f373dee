"""What grants tells of citizens' proposals and campaigns. Who took part is not in it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, EventData, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live


class ProposalState(EventData):
    """A proposal or consultation, whole, as of this version."""

    proposal_id: UUID
    kind: Literal["proposal", "consultation"]
    ward: str | None = Field(None, description="GSS code")
    state: Literal["waiting", "open", "supported", "adopted", "declined", "rejected", "closed"]
    supports: int = Field(description="How many support it")
    supports_needed: int | None = None
    said: int = Field(ge=0, description="How many comments are shown")
    becomes: Code | None = Field(None, description="project, ballot, application, debate")
    raised_at: UtcDatetime
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


class CampaignState(EventData):
    """A crowdfunding campaign, whole, as of this version."""

    campaign_id: UUID
    ward: str | None = Field(None, description="GSS code")
    state: Literal["funded"]
    target_pence: int
    pledged_pence: int
    match_pence: int
    backers: int
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it came to this state."""
        return self.changed_at


def _proposal(event: str, summary: str) -> EventType:
    return live(f"grants.proposal.{event}", ProposalState, summary, Sensitivity.OPEN)


EVENTS: tuple[EventType, ...] = (
    _proposal("raised", "A resident raised a proposal, or the council asked everybody"),
    _proposal("supported", "The support of a proposal changed"),
    _proposal("adopted", "A proposal was taken up"),
    live(
        "grants.campaign.funded", CampaignState, "A crowdfunding campaign met its target", Sensitivity.OPEN, "gateway"
    ),
)
