"""Work, leaving care and what came of it. What tells of a compartment has no line here at all."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, day, words

_STAGES: Final = {
    "preparing": "preparing",
    "training": "training has begun",
    "applying": "applying for jobs",
    "interview": "an interview",
    "in_work": "has started a job",
    "sustained_13_weeks": "in the job for 13 weeks",
    "sustained_26_weeks": "in the job for 26 weeks",
    "progressed": "has come further in the job",
}
_FOUND: Final = {
    "sustained": "still holds after six months",
    "not_sustained": "did not last",
    "not_known": "not known whether it lasted",
}


def _moved(data: Mapping[str, Any]) -> str:
    return f"On the way to work: {_STAGES.get(data['stage'], words(data['stage']))}"


def _closed(data: Mapping[str, Any]) -> str:
    why = words(data.get("close_reason"))
    return f"The way to work was closed: {why}" if why else "The way to work was closed"


def _plan_agreed(data: Mapping[str, Any]) -> str:
    due = data.get("review_due_on")
    return "Pathway plan agreed" + (f", to be reviewed by {day(due)}" if due else "")


def _plan_reviewed(data: Mapping[str, Any]) -> str:
    due = data.get("review_due_on")
    return "Pathway plan reviewed" + (f", next by {day(due)}" if due else "")


def _overdue(data: Mapping[str, Any]) -> str:
    due = data.get("review_due_on")
    return "Pathway plan not reviewed in time" + (f": it was due on {day(due)}" if due else "")


def _recorded(data: Mapping[str, Any]) -> str:
    return f"Outcome: {words(data['kind'])}, since {day(data['achieved_on'])}"


def _checked(data: Mapping[str, Any]) -> str:
    return f"Outcome looked at again: {words(data['kind'])}, {_FOUND.get(data['state'], words(data['state']))}"


WRITERS: Final[Mapping[str, Writer]] = {
    "work_journey.opened": lambda data: "On the way to work: a new start",
    "work_journey.moved": _moved,
    "work_journey.closed": _closed,
    "care_leaver.recorded": lambda data: "Support for leaving care began",
    "care_leaver.plan_agreed": _plan_agreed,
    "care_leaver.plan_reviewed": _plan_reviewed,
    "care_leaver.review_overdue": _overdue,
    "care_leaver.adviser_changed": lambda data: "Another personal adviser took over, by name",
    "care_leaver.ended": lambda data: "Support for leaving care ended",
    "outcome.recorded": _recorded,
    "outcome.checked": _checked,
    "outcome.struck": lambda data: f"Outcome struck, it was recorded by mistake: {words(data['kind'])}",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (f"work_journey.{event}" for event in ("opened", "moved", "closed")),
        ("work_journey_id", "person_id", "stage", "in_work_since"),
    ),
    **dict.fromkeys(
        (f"care_leaver.{key.partition('.')[2]}" for key in WRITERS if key.startswith("care_leaver.")),
        ("care_leaver_id", "person_id", "plan_number", "review_due_on"),
    ),
    **dict.fromkeys(
        (f"outcome.{event}" for event in ("recorded", "checked", "struck")),
        ("outcome_id", "person_id", "kind", "state", "achieved_on", "check_due_on"),
    ),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "work_journey": ("work-journeys/{}", "work_journey_id"),
    "care_leaver": ("care-leavers/{}", "care_leaver_id"),
    "outcome": ("outcomes/{}", "outcome_id"),
}
