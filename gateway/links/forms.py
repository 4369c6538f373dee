"""What a partner may answer by link, in plain words: the choices of each state, and what is sent to the owner. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.links.domain import Kind

LONGEST_NOTE: Final = 2_000


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its value in the form, its words, what the owner is sent."""

    value: str
    words: str
    body: Mapping[str, str]


def _move(to: str, words: str, reason: str | None = None) -> Choice:
    body = {"to": to} if reason is None else {"to": to, "reason": reason}
    return Choice(f"{to}.{reason}" if reason else to, words, body)


_UNANSWERED: Final = (
    _move("accepted", "Yes, we can help"),
    _move("rejected", "No: we have no room at the moment", "no_capacity"),
    _move("rejected", "No: they cannot have our kind of help", "not_eligible"),
    _move("rejected", "No: they live outside our area", "outside_area"),
    _move("rejected", "No: we have nobody who speaks their language", "no_common_language"),
    _move("rejected", "No: this is not what we do", "wrong_service"),
    _move("rejected", "No: they need a specialist", "needs_specialist"),
    _move("rejected", "No: we would need to know more first", "not_enough_told"),
    _move("rejected", "No: we are not free to act for them", "conflict_of_interest"),
    _move("rejected", "No: we help them already", "already_helping"),
    _move("rejected", "No, for another reason", "other"),
)
_RUNNING: Final = (
    _move("in_progress", "We have begun"),
    _move("on_hold", "They are on our waiting list", "waiting_list"),
    _move("on_hold", "It waits for them", "waiting_for_person"),
    _move("on_hold", "It waits for you", "waiting_for_us"),
    _move("completed", "It is done, and they have what they needed", "need_met"),
    _move("completed", "It is done, and part of it is still needed", "partly_met"),
    _move("completed", "It is done, and did not help", "not_met"),
    _move("failed", "We could not reach them", "could_not_reach"),
    _move("failed", "They stopped", "person_stopped"),
    _move("failed", "We have no room any more", "lost_capacity"),
    _move("failed", "It could not be done, for another reason", "other"),
)
_CAPACITY: Final = (
    Choice("yes", "Yes, we have room", {"answer": "yes"}),
    Choice("waiting_list", "We have a waiting list", {"answer": "waiting_list"}),
    Choice("no", "No", {"answer": "no"}),
)
_OF_REFERRALS: Final[Mapping[str, tuple[Choice, ...]]] = {
    "requested": _UNANSWERED,
    "received": _UNANSWERED,
    "accepted": _RUNNING,
    "in_progress": tuple(each for each in _RUNNING if each.value != "in_progress"),
    "on_hold": tuple(each for each in _RUNNING if not each.value.startswith("on_hold")),
}
_OF_QUESTIONS: Final[Mapping[str, tuple[Choice, ...]]] = {"asked": _CAPACITY, "unanswered": _CAPACITY}
_FIRST: Final = {Kind.REFERRAL: "requested", Kind.CAPACITY_QUESTION: "asked"}


def choices(kind: Kind, state: str | None) -> tuple[Choice, ...]:
    """What may be answered in this state (None: we have not heard of it yet, so it is new); none when it is over."""
    table = _OF_REFERRALS if kind is Kind.REFERRAL else _OF_QUESTIONS
    return table.get(state or _FIRST[kind], ())


def body_of(kind: Kind, state: str | None, value: str, note: str) -> dict[str, Any] | None:
    """What the owner is sent for this choice; None for a choice that is not there."""
    chosen = next((each for each in choices(kind, state) if each.value == value), None)
    if chosen is None:
        return None
    body: dict[str, Any] = dict(chosen.body)
    words = note.replace("\x00", "").strip()[:LONGEST_NOTE]
    if kind is Kind.REFERRAL and words:
        body["note"] = words
    return body
