"""Lines of temporary accommodation on the timeline's page, for `test_timeline_words.py`."""

from typing import Any

from tests.casefile.facts import moment

ID = "01900000-0000-7000-8000-000000000001"
STAY: dict[str, Any] = {
    "placement_id": ID,
    "household_id": ID,
    "person_id": ID,
    "person_ids": [ID],
    "duty": "interim_188",
    "kind": "bed_and_breakfast",
    "bed_and_breakfast": True,
    "family": True,
    "out_of_area": True,
    "status": "placed",
    "entered_on": "2026-12-04",
    "changed_at": moment(),
}
SEALED = STAY | {"kind": None, "out_of_area": None, "bed_and_breakfast": False}
ENDED = STAY | {"status": "ended", "left_on": "2026-12-21", "end_reason": "letting_started", "letting_id": ID}
PLACEMENTS_WORDS = [
    (
        "housing.placement.started",
        STAY,
        "Temporary accommodation began in bed and breakfast, outside the borough",
    ),
    ("housing.placement.started", SEALED, "Temporary accommodation began"),
    (
        "housing.placement.alarmed",
        STAY | {"alarm_day": 28},
        "A family is in bed and breakfast, day 28 of 42",
    ),
    (
        "housing.placement.alarmed",
        STAY | {"alarm_day": 42},
        "A family is in bed and breakfast, day 42 of 42",
    ),
    (
        "housing.placement.breached",
        STAY | {"breached_on": "2027-01-15"},
        "A family has been in bed and breakfast for more than six weeks, since 15 January 2027",
    ),
    (
        "housing.placement.ended",
        ENDED,
        "Temporary accommodation ended: the tenancy of their own home began",
    ),
]
