"""Lines of the housing register on the timeline's page, for `test_timeline_words.py`."""

from typing import Any

from tests.casefile.facts import moment

ID = "01900000-0000-7000-8000-000000000001"
WAITING: dict[str, Any] = {
    "application_id": ID,
    "person_id": ID,
    "household_id": ID,
    "state": "active",
    "applied_on": "2026-03-02",
    "band": "b",
    "priority_on": "2026-03-02",
    "bedrooms_needed": 3,
    "bedrooms_lacking": 2,
    "changed_at": moment(),
}
ENDED = WAITING | {"state": "cancelled", "ended_on": "2026-11-30", "end_reason": "not_renewed"}
REGISTER_WORDS = [
    ("housing.application.registered", WAITING, "Applied for a home on the housing register on 2 March 2026"),
    ("housing.application.banded", WAITING, "Housing register: band B since 2 March 2026, 3 bedrooms needed"),
    ("housing.application.banded", WAITING | {"band": None}, "Housing register: in no band"),
    ("housing.application.suspended", WAITING, "Application for a home suspended by a named officer"),
    ("housing.application.restored", WAITING, "Application for a home: on the register again"),
    ("housing.application.ended", ENDED, "Application for a home ended: not renewed"),
]
