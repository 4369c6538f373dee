"""What people may ask of those who hold their data."""

from kit.contracts.event_type import OWNERS, EventType, Sensitivity, live
from kit.contracts.rights import AccessAsked, ErasureOrdered, RequestState, RightDecided

EVENTS: tuple[EventType, ...] = (
    live(
        "casefile.rights.access_requested",
        AccessAsked,
        "A person's data are wanted from every owner",
        Sensitivity.PERSONAL,
        *OWNERS,
    ),
    live(
        "casefile.rights.erasure_requested",
        ErasureOrdered,
        "A person's data must be erased",
        Sensitivity.PERSONAL,
        *OWNERS,
    ),
    live(
        "casefile.rights.decided",
        RightDecided,
        "A restriction, rectification or objection was decided",
        Sensitivity.PERSONAL,
        "triage",
        "housing",
    ),
    live("casefile.rights.changed", RequestState, "A request about rights moved on", Sensitivity.OPEN),
)
