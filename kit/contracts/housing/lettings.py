"""What housing tells of letting homes: adverts, bids, shortlists, offers, tenancies."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("housing.advert.opened", "A home is advertised", Sensitivity.OPEN),
    planned("housing.advert.closed", "Bidding for a home closed", Sensitivity.OPEN),
    planned("housing.bid.placed", "A household bid for a home", Sensitivity.PERSONAL, case_fact=True),
    planned("housing.shortlist.frozen", "A shortlist was frozen with its hash", Sensitivity.OPEN),
    planned("housing.offer.made", "A home was offered", Sensitivity.PERSONAL, "risk", case_fact=True),
    planned("housing.offer.accepted", "An offer was accepted", Sensitivity.PERSONAL, "risk", case_fact=True),
    planned("housing.offer.refused", "An offer was refused", Sensitivity.PERSONAL, "risk", case_fact=True),
    planned("housing.letting.started", "A tenancy began", Sensitivity.PERSONAL, "risk", case_fact=True),
)
