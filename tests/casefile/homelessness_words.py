"""Lines of homelessness on the timeline's page, for `test_timeline_words.py`."""

from typing import Any

ID = "01900000-0000-7000-8000-000000000001"
_CASE: dict[str, Any] = {"case_id": ID, "person_id": ID, "household_id": ID, "changed_at": "2026-12-04T17:00:00Z"}
_DUTY: dict[str, Any] = {
    **_CASE,
    "duty_id": ID,
    "duty": "relief",
    "section": "Housing Act 1996 s189B(2)",
    "started_on": "2026-12-04",
    "last_day": "2027-01-28",
}
_REVIEW: dict[str, Any] = {
    **_CASE,
    "review_id": ID,
    "decision_id": ID,
    "kind": "duty",
    "asked_on": "2026-12-20",
    "due_on": "2027-02-14",
    "state": "open",
}
_DECISION: dict[str, Any] = {
    **_CASE,
    "decision_id": ID,
    "transition": "relief_no_priority",
    "section": "Housing Act 1996 s189B(5)",
    "made_on": "2027-01-29",
    "notified_on": "2027-01-29",
    "review_until": "2027-02-18",
    "state": "notified",
}
_ACTIVITY: dict[str, Any] = {**_CASE, "activity_id": ID, "kind": "landlord_mediation", "started_on": "2026-12-05"}
_EVICTION: dict[str, Any] = {
    **_CASE,
    "illegal_eviction_id": ID,
    "happened_on": "2026-12-04",
    "acts": ["locks_changed"],
    "state": "reported",
}
HOMELESSNESS_WORDS: list[tuple[str, dict[str, Any], str]] = [
    (
        "housing.approach.made",
        {**_CASE, "made_on": "2026-12-04", "source": "application"},
        "Applied as homeless or threatened with it on 4 December 2026",
    ),
    ("housing.duty.started", _DUTY, "Relief duty: owed from 4 December 2026 to 28 January 2027"),
    (
        "housing.duty.ended",
        {**_DUTY, "ended_on": "2027-01-28", "end_reason": "days_passed"},
        "Relief duty ended on 28 January 2027: its days passed",
    ),
    # That they refused, or are thought to have brought it on themselves, is not for every reader of the page.
    (
        "housing.duty.ended",
        {**_DUTY, "ended_on": "2027-01-05", "end_reason": "refused_to_cooperate"},
        "Relief duty ended on 5 January 2027",
    ),
    (
        "housing.homelessness_decision.notified",
        _DECISION,
        "Told of a homelessness decision: a review can be asked for until 18 February 2027",
    ),
    ("housing.homelessness_review.asked", _REVIEW, "Homelessness review asked for: due by 14 February 2027"),
    (
        "housing.homelessness_review.decided",
        {**_REVIEW, "state": "decided", "outcome": "overturned"},
        "Homelessness review: the decision does not stand",
    ),
    ("housing.homelessness_activity.started", _ACTIVITY, "Against losing the home: landlord mediation"),
    (
        "housing.homelessness_activity.ended",
        {**_ACTIVITY, "ended_on": "2026-12-12", "outcome": "home_kept"},
        "Landlord mediation: the home was kept",
    ),
    ("housing.illegal_eviction.reported", _EVICTION, "Reported to enforcement: put out without a court"),
    (
        "housing.illegal_eviction.taken",
        {**_EVICTION, "state": "taken"},
        "Enforcement took it on by name: put out without a court",
    ),
    (
        "housing.illegal_eviction.ended",
        {**_EVICTION, "state": "ended", "outcome": "let_back_in"},
        "Put out without a court: let back in",
    ),
]
