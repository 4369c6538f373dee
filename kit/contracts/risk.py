"""What risk tells the others: loads, profiles, signals, cohorts, models, the ward index."""

from __future__ import annotations

from kit.contracts.access import owed_by_every_service
from kit.contracts.event_type import EventType, Sensitivity, planned, planned_sealed

_OPEN, _PERSONAL, _SPECIAL = Sensitivity.OPEN, Sensitivity.PERSONAL, Sensitivity.SPECIAL

EVENTS: tuple[EventType, ...] = (
    planned("risk.source.loaded", "A source was loaded; counts only", _OPEN),
    planned(
        "risk.household.profile_changed",
        "A known household's profile changed",
        _SPECIAL,
        "housing",
        case_fact=True,
    ),
    planned("risk.signal.raised", "A fresh fact calls for an offer of help", _SPECIAL, "triage"),
    planned("risk.cohort.published", "A cohort became an outreach list", _SPECIAL, "triage"),
    planned("risk.factor.disputed", "A worker or resident disputed a factor", _SPECIAL, case_fact=True),
    planned("risk.model.published", "A model was published with its figures", _OPEN),
    planned("risk.index.published", "The ward index was published", _OPEN, "grants"),
    planned("risk.resident.relinked", "A resident's records were linked anew", _PERSONAL),
    planned_sealed("risk.resident.introduced", "Someone not yet known, for an offer of help", "casefile"),
    *owed_by_every_service("risk"),
)
