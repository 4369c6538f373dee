"""What grants tells of citizens' proposals and campaigns."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("grants.proposal.raised", "A resident raised a proposal", Sensitivity.OPEN),
    planned("grants.proposal.supported", "A proposal found support", Sensitivity.OPEN),
    planned("grants.proposal.adopted", "A proposal was taken up", Sensitivity.OPEN),
    planned("grants.campaign.funded", "A crowdfunding campaign met its target", Sensitivity.OPEN),
)
