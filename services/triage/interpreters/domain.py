"""The rules of interpreters: how fast, by which way, who never interprets. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import later
from kit.errors import Conflict, FieldError, Invalid, invalid

BY_PHONE: Final = timedelta(minutes=5)
"""What we promise of a phone interpreter."""
A_CALL: Final = timedelta(hours=1)
BRITISH_SIGN_LANGUAGE: Final = "bfi"
"""ISO 639-3."""
_A_DAY: Final = timedelta(days=1)


class Mode(StrEnum):
    """By phone at once; face to face and British Sign Language by booking."""

    PHONE = "phone"
    FACE_TO_FACE = "face_to_face"
    BRITISH_SIGN_LANGUAGE = "british_sign_language"


class Gender(StrEnum):
    """Whom they can speak in front of."""

    ANY = "any"
    WOMAN = "woman"
    MAN = "man"


class State(StrEnum):
    """Asked for, somebody booked, there, ended; nobody found, or not needed any more."""

    ASKED = "asked"
    BOOKED = "booked"
    JOINED = "joined"
    ENDED = "ended"
    NOT_FOUND = "not_found"
    CANCELLED = "cancelled"


class Interpreter(StrEnum):
    """Who interprets."""

    PROFESSIONAL = "professional"
    BILINGUAL_STAFF = "bilingual_staff"
    FAMILY_OR_FRIEND = "family_or_friend"


class Step(StrEnum):
    """What happens to what was asked for."""

    BOOK = "book"
    JOIN = "join"
    END = "end"
    NOT_FOUND = "not_found"
    CANCEL = "cancel"


class Outcome(StrEnum):
    """What came of it."""

    UNDERSTOOD = "understood"
    PARTLY_UNDERSTOOD = "partly_understood"
    NOT_UNDERSTOOD = "not_understood"
    WRONG_LANGUAGE = "wrong_language"
    WRONG_DIALECT = "wrong_dialect"
    WRONG_GENDER = "wrong_gender"
    LINE_DROPPED = "line_dropped"


STEPS: Final[Mapping[State, Mapping[Step, State]]] = {
    State.ASKED: {
        Step.BOOK: State.BOOKED,
        Step.JOIN: State.JOINED,
        Step.NOT_FOUND: State.NOT_FOUND,
        Step.CANCEL: State.CANCELLED,
    },
    State.BOOKED: {Step.JOIN: State.JOINED, Step.NOT_FOUND: State.NOT_FOUND, Step.CANCEL: State.CANCELLED},
    State.JOINED: {Step.END: State.ENDED},
    State.ENDED: {},
    State.NOT_FOUND: {},
    State.CANCELLED: {},
}


def step(state: str, does: Step) -> State:
    """Where it stands after a step; `Conflict` names the steps allowed from here."""
    allowed = STEPS[State(state)]
    if does not in allowed:
        raise Conflict(f"What is {state.replace('_', ' ')} cannot do that", allowed=sorted(allowed))
    return allowed[does]


def check_asked(mode: Mode, language: str, starts_at: datetime | None, now: datetime) -> None:
    """A phone interpreter comes at once; the others are booked for a time. Signs are seen, not heard."""
    signs = language.split("-")[0] == BRITISH_SIGN_LANGUAGE
    if signs != (mode is Mode.BRITISH_SIGN_LANGUAGE):
        raise invalid("/language", "British Sign Language is bfi, and is not spoken by phone.", "signs-are-seen")
    if mode is Mode.PHONE and starts_at is not None:
        raise invalid("/starts_at", "A phone interpreter comes at once: leave the time out.", "phone-at-once")
    if mode is not Mode.PHONE and (starts_at is None or starts_at < now):
        raise invalid("/starts_at", "Say for when; for help at once ask by phone.", "by-booking")


def due_at(mode: Mode, starts_at: datetime, asked_at: datetime) -> datetime:
    """By when somebody must be there, or be booked: five minutes by phone, else a day before, an hour before."""
    if mode is Mode.PHONE:
        return later(asked_at, BY_PHONE)
    day_before, hour_before = starts_at - _A_DAY, starts_at - timedelta(hours=1)
    return day_before if day_before > asked_at else max(hour_before, asked_at)


def check_interpreter(
    who: Interpreter, *, is_adult: bool | None, code: str | None, asked_alone: bool, abuse_possible: bool
) -> None:
    """Never a child. Never family or a friend where abuse is possible, and it is until we asked them alone.

    Whoever comes for an agency or from our own staff is named by a number, so that they can be told apart.
    """
    if who is not Interpreter.FAMILY_OR_FRIEND:
        if code is None:
            raise invalid("/interpreter_code", "Give the interpreter's number.", "interpreter-numbered")
        return
    if is_adult is not True:
        never = "A child never interprets for the family. A phone interpreter comes within five minutes."
        raise Invalid(never, FieldError("/interpreter", never, "never-a-child"), instead=["phone"])
    if abuse_possible or not asked_alone:
        # The same words for both: whoever reads this screen need not learn which it is.
        never = "Family and friends interpret only when we have asked the person alone. Ask by phone interpreter."
        raise Invalid(never, FieldError("/interpreter", never, "never-family-unasked"), instead=["phone"])
