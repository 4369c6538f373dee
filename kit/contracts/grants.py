"""What grants tells the others: funds, rounds, panels, ballots, awards, hardship payments.

Only a hardship payment is a household's case fact: how residents take part is nobody's case.
"""

from __future__ import annotations

from kit.contracts.access import owed_by_every_service
from kit.contracts.event_type import EventType, Sensitivity, planned

_OPEN, _PERSONAL = Sensitivity.OPEN, Sensitivity.PERSONAL

EVENTS: tuple[EventType, ...] = (
    planned("grants.fund.receipted", "Money came into a fund", _OPEN),
    planned("grants.round.opened", "A round opened, its rules frozen", _OPEN),
    planned("grants.round.closed", "A round closed", _OPEN),
    planned("grants.application.submitted", "A group applied", _OPEN),
    planned("grants.application.assessed", "An application was assessed", _OPEN),
    planned("grants.panel.drawn", "A panel was drawn by public lottery", _OPEN, "risk"),
    planned("grants.panel.member_replaced", "A panel member was replaced by the same rules", _OPEN),
    planned("grants.ballot.decided", "A ballot was counted", _OPEN),
    planned("grants.award.made", "An award was made", _OPEN),
    planned("grants.payment.made", "An instalment was paid", _OPEN),
    planned("grants.report.received", "A monitoring report came in", _OPEN),
    planned("grants.proposal.raised", "A resident raised a proposal", _OPEN),
    planned("grants.proposal.supported", "A proposal found support", _OPEN),
    planned("grants.proposal.adopted", "A proposal was taken up", _OPEN),
    planned("grants.campaign.funded", "A crowdfunding campaign met its target", _OPEN),
    planned("grants.hardship.paid", "A hardship payment was made", _PERSONAL, "risk", case_fact=True),
    *owed_by_every_service("grants"),
)
