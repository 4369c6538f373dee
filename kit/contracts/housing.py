"""What housing tells the others: duties, placements, the register, lettings, decants, schemes."""

from __future__ import annotations

from kit.contracts.access import owed_by_every_service
from kit.contracts.event_type import EventType, Sensitivity, planned

_OPEN, _PERSONAL, _SPECIAL = Sensitivity.OPEN, Sensitivity.PERSONAL, Sensitivity.SPECIAL


def _fact(name: str, summary: str, sensitivity: Sensitivity, *consumers: str) -> EventType:
    return planned(f"housing.{name}", summary, sensitivity, *consumers, case_fact=True)


EVENTS: tuple[EventType, ...] = (
    _fact("approach.made", "A household applied as homeless or threatened with it", _SPECIAL, "risk"),
    _fact("duty.started", "A homelessness duty is owed", _SPECIAL, "risk"),
    _fact("duty.ended", "A homelessness duty ended, with a reason", _SPECIAL, "triage", "risk"),
    _fact("placement.started", "Temporary accommodation began", _SPECIAL, "risk"),
    _fact("placement.ended", "Temporary accommodation ended", _SPECIAL, "risk"),
    _fact("placement.breached", "A family passed six weeks in bed and breakfast", _SPECIAL, "risk"),
    _fact("application.registered", "A household joined the housing register", _PERSONAL, "risk"),
    _fact("application.banded", "A household's band was set", _PERSONAL),
    _fact("application.suspended", "A named officer suspended an application", _PERSONAL),
    planned("housing.home.available", "A home can be let", _OPEN),
    planned("housing.advert.opened", "A home is advertised", _OPEN),
    planned("housing.advert.closed", "Bidding for a home closed", _OPEN),
    _fact("bid.placed", "A household bid for a home", _PERSONAL),
    planned("housing.shortlist.frozen", "A shortlist was frozen with its hash", _OPEN),
    _fact("offer.made", "A home was offered", _PERSONAL, "risk"),
    _fact("offer.accepted", "An offer was accepted", _PERSONAL, "risk"),
    _fact("offer.refused", "An offer was refused", _PERSONAL, "risk"),
    _fact("letting.started", "A tenancy began", _PERSONAL, "risk"),
    _fact("rent.set", "A rent was set from evidenced income", _PERSONAL, "risk"),
    _fact("decant.recorded", "A household must leave for a scheme, with a right to return", _PERSONAL),
    _fact("decant.returned", "A decanted household returned", _PERSONAL),
    planned("housing.scheme.milestone_reached", "A scheme passed a milestone", _OPEN),
    planned("housing.scheme.jobs_committed", "A scheme committed jobs or apprenticeships", _OPEN, "casefile"),
    planned("housing.homes.handed_over", "Finished homes came to lettings", _OPEN),
    *owed_by_every_service("housing"),
)
