"""Homelessness duties on the page: what is owed, from when to when, how it ended. Why a home was lost is not."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words

_DUTIES: Final = {
    "prevention": "Prevention duty",
    "relief": "Relief duty",
    "interim": "A place to stay while it is looked into",
    "main": "Main housing duty",
    "intentional": "A place to stay for a reasonable period",
    "limited": "Accommodation duty after a notice",
    "pending_referral": "A place to stay while another authority answers",
    "pending_review": "A place to stay while a review runs",
}
_ENDS: Final = {
    "accommodation_secured": "a home was found or kept",
    "became_homeless": "they became homeless, and relief began",
    "days_passed": "its days passed",
    "main_duty": "the main housing duty took its place",
    "part6_accepted": "they accepted a home from the register",
    "private_accepted": "they accepted a private rented home",
    "withdrew_or_died": "the application ended",
    "withdrew_or_lost_contact": "the application ended",
    "contact_lost": "contact was lost",
    "referral_accepted": "another authority helps them",
    "referred": "another authority was asked",
    "overturned": "a review overturned the decision",
    "decided": "the review is decided",
}
_OUTCOMES: Final = {
    "home_kept": "the home was kept",
    "home_found": "a home was found",
    "time_won": "time was won",
    "no_change": "nothing changed",
    "worse": "it got worse",
}


def _duty(data: Mapping[str, Any]) -> str:
    return _DUTIES.get(data["duty"], words(data["duty"]).capitalize())


def _started(data: Mapping[str, Any]) -> str:
    last = f" to {day(data['last_day'])}" if data.get("last_day") else ""
    return f"{_duty(data)}: owed from {day(data['started_on'])}{last}"


def _ended(data: Mapping[str, Any]) -> str:
    # That somebody refused, or was found to have brought it on themselves, stands in the record alone.
    why = _ENDS.get(data.get("end_reason") or "")
    ended = f" on {day(data['ended_on'])}" if data.get("ended_on") else ""
    return f"{_duty(data)} ended{ended}" + (f": {why}" if why else "")


def _told(data: Mapping[str, Any]) -> str:
    until = data.get("review_until")
    return "Told of a homelessness decision" + (f": a review can be asked for until {day(until)}" if until else "")


def _reviewed(data: Mapping[str, Any]) -> str:
    became = {"overturned": "the decision does not stand", "stands": "the decision stands"}
    return f"Homelessness review: {became.get(data.get('outcome') or '', 'decided')}"


def _activity_ended(data: Mapping[str, Any]) -> str:
    came = _OUTCOMES.get(data.get("outcome") or "", words(data.get("outcome"))) or "ended"
    return f"{words(data['kind']).capitalize()}: {came}"


WRITERS: Final[Mapping[str, Writer]] = {
    "approach.made": lambda data: f"Applied as homeless or threatened with it on {day(data['made_on'])}",
    "duty.started": _started,
    "duty.ended": _ended,
    "homelessness_decision.notified": _told,
    "homelessness_review.asked": lambda data: f"Homelessness review asked for: due by {day(data['due_on'])}",
    "homelessness_review.decided": _reviewed,
    "homelessness_activity.started": lambda data: f"Against losing the home: {words(data['kind'])}",
    "homelessness_activity.ended": _activity_ended,
    "illegal_eviction.reported": lambda data: "Reported to enforcement: put out without a court",
    "illegal_eviction.taken": lambda data: "Enforcement took it on by name: put out without a court",
    "illegal_eviction.ended": lambda data: f"Put out without a court: {words(data.get('outcome')) or 'ended'}",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "approach.made": ("case_id", "made_on", "source"),
    **dict.fromkeys(
        ("duty.started", "duty.ended"), ("duty_id", "case_id", "duty", "section", "started_on", "last_day", "ended_on")
    ),
    "homelessness_decision.notified": ("decision_id", "case_id", "notified_on", "review_until"),
    **dict.fromkeys(
        ("homelessness_review.asked", "homelessness_review.decided"),
        ("review_id", "case_id", "asked_on", "due_on", "state", "outcome"),
    ),
    **dict.fromkeys(
        ("homelessness_activity.started", "homelessness_activity.ended"),
        ("activity_id", "case_id", "kind", "outcome", "amount_pence"),
    ),
    **dict.fromkeys(
        (f"illegal_eviction.{event}" for event in ("reported", "taken", "ended")),
        ("illegal_eviction_id", "case_id", "happened_on", "state", "outcome"),
    ),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "approach": ("homelessness-cases/{}", "case_id"),
    "duty": ("homelessness-cases/{}", "case_id"),
    "homelessness_decision": ("homelessness-decisions/{}", "decision_id"),
    "homelessness_review": ("homelessness-reviews/{}", "review_id"),
    "homelessness_activity": ("homelessness-cases/{}/activities", "case_id"),
    "illegal_eviction": ("illegal-evictions/{}", "illegal_eviction_id"),
}
