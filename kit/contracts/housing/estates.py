"""What housing tells of rents, decants and schemes."""

from __future__ import annotations

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned("housing.rent.set", "A rent was set from evidenced income", Sensitivity.PERSONAL, "risk", case_fact=True),
    planned(
        "housing.decant.recorded",
        "A household must leave for a scheme, with a right to return",
        Sensitivity.PERSONAL,
        case_fact=True,
    ),
    planned("housing.decant.returned", "A decanted household returned", Sensitivity.PERSONAL, case_fact=True),
    planned("housing.scheme.milestone_reached", "A scheme passed a milestone", Sensitivity.OPEN),
    planned(
        "housing.scheme.jobs_committed", "A scheme committed jobs or apprenticeships", Sensitivity.OPEN, "casefile"
    ),
    planned("housing.homes.handed_over", "Finished homes came to lettings", Sensitivity.OPEN),
)
