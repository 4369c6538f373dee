"""What came of it, with its evidence."""

from kit.contracts.event_type import EventType, Sensitivity, planned

EVENTS: tuple[EventType, ...] = (
    planned(
        "casefile.outcome.recorded",
        "An outcome was recorded with its evidence",
        Sensitivity.PERSONAL,
        "risk",
        case_fact=True,
    ),
)
