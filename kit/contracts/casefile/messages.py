"""Messages to residents, once the safe way is known."""

from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed
from kit.contracts.messages import Addressed, MessageOutcome

EVENTS: tuple[EventType, ...] = (
    live_sealed("casefile.message.addressed", Addressed, "A message with its safe address", "gateway"),
    live(
        "casefile.message.failed",
        MessageOutcome,
        "A message could reach nobody safely",
        Sensitivity.PERSONAL,
        "triage",
    ),
)
