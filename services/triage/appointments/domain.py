"""The rules of appointments: how one moves, when it may be, who must not meet, and what follows a missed one. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days, later
from kit.contracts.codes import NeedDomain
from kit.errors import Conflict, invalid

APART: Final = timedelta(hours=2)
"""Between the end of one and the beginning of the other, for people who must not meet."""
REMIND_BEFORE: Final = timedelta(hours=24)
LONGEST: Final = timedelta(hours=4)
STEP: Final = timedelta(minutes=15)
"""Free times are offered at every quarter of an hour."""
NOT_FREE: Final = "This time is not free. Please choose another one."
"""The one refusal: a room, a worker, a full hub and people who must not meet all read alike."""
HELD: Final = "Somebody holds this time. Whoever holds it, or booked it, can change it."
"""Of what is held without a name, and of what looks so to a caller who may not know whose it is."""
_VISITS: Final = (time(8), time(20))
_SOON: Final = timedelta(hours=4)
_GRACE: Final = timedelta(minutes=15)


class Kind(StrEnum):
    """Where people meet; a room alone can be held too, for a walk-in who should not talk in the open, or time."""

    AT_HUB = "at_hub"
    HOME_VISIT = "home_visit"
    PHONE = "phone"
    ROOM_ONLY = "room_only"
    TIME_ONLY = "time_only"


NAMELESS: Final = frozenset({Kind.ROOM_ONLY, Kind.TIME_ONLY})
"""Nobody is named: something is held, and a booking that may not be shown looks just so."""


class State(StrEnum):
    """Booked and arrived hold the room and the worker. To rearrange: it cannot stand, and nobody says why.

    What is to be rearranged may keep its place all the same, so that nobody sees it go (`Appointment.keeps_place`).
    """

    BOOKED = "booked"
    ARRIVED = "arrived"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"
    TO_REARRANGE = "to_rearrange"


HOLDS: Final = frozenset({State.BOOKED, State.ARRIVED})
THERE: Final = frozenset({State.BOOKED, State.ARRIVED, State.KEPT})
"""Someone comes, is there, or was there just now."""


LATE: Final = frozenset({State.MISSED, State.TO_REARRANGE, State.ARRIVED})
"""What a manager sees when nobody has seen to it in time."""


class Outcome(StrEnum):
    """What became of it, as a person says."""

    ARRIVED = "arrived"
    KEPT = "kept"
    MISSED = "missed"
    CANCELLED = "cancelled"


OUTCOMES: Final[Mapping[State, frozenset[Outcome]]] = {
    State.BOOKED: frozenset(Outcome),
    State.ARRIVED: frozenset({Outcome.KEPT}),
    State.KEPT: frozenset(),
    State.MISSED: frozenset(),
    State.CANCELLED: frozenset(),
    State.TO_REARRANGE: frozenset({Outcome.CANCELLED}),
}


class MissedBecause(StrEnum):
    """Why it did not take place, as far as anybody knows; it may be us."""

    THEY_DID_NOT_COME = "they_did_not_come"
    NOBODY_AT_HOME = "nobody_at_home"
    NO_ANSWER = "no_answer"
    WE_DID_NOT_COME = "we_did_not_come"


class FollowUp(StrEnum):
    """What was done after a missed one."""

    SPOKE_TO_THEM = "spoke_to_them"
    BOOKED_AGAIN = "booked_again"
    WENT_ROUND = "went_round"
    ASKED_FOR_WELFARE_CHECK = "asked_for_welfare_check"
    NOT_WANTED_ANY_MORE = "not_wanted_any_more"


def settle(state: str, outcome: Outcome, starts_at: datetime, now: datetime) -> State:
    """Where it stands after that; `Conflict` names the outcomes allowed from here."""
    allowed = OUTCOMES[State(state)]
    if outcome not in allowed:
        words = state.replace("_", " ")
        raise Conflict(f"An appointment that is {words} cannot become {outcome.value}", allowed=sorted(allowed))
    if outcome is Outcome.MISSED and now < starts_at:
        raise Conflict("It has not begun: nobody can have missed it", allowed=sorted(allowed - {Outcome.MISSED}))
    return State(outcome.value)


def check_move(state: str) -> None:
    """Only what is still to come is moved."""
    if state not in (State.BOOKED, State.TO_REARRANGE):
        raise Conflict(f"An appointment that is {state} cannot be moved", allowed=sorted(OUTCOMES[State(state)]))


def looks(state: State) -> State:
    """How a booking that may not be shown stands: as a time that is held, was used, or is not held any more."""
    if state in (State.MISSED, State.CANCELLED, State.TO_REARRANGE):
        return State.CANCELLED
    return State.KEPT if state is State.KEPT else State.BOOKED


def check_follow_up(state: str, done: str | None) -> None:
    """Only a missed one is followed up, and once."""
    if state != State.MISSED:
        raise Conflict("Nobody missed this appointment", allowed=sorted(OUTCOMES[State(state)]))
    if done is not None:
        raise Conflict("This was followed up already", allowed=[])


def check_times(kind: Kind, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """It lies ahead, is not endless, and a visit is made when people are up."""
    if starts_at < now - _GRACE:
        raise invalid("/starts_at", "An appointment lies ahead.", "not-in-the-past")
    if ends_at - starts_at > LONGEST:
        raise invalid("/minutes", "At most four hours.", "appointment-length")
    if kind is Kind.HOME_VISIT:
        first, last = starts_at.astimezone(LONDON), ends_at.astimezone(LONDON)
        if first.time() < _VISITS[0] or last.time() > _VISITS[1] or first.date() != last.date():
            raise invalid("/starts_at", "Visits are made between 8:00 and 20:00.", "visiting-hours")


def check_whom(kind: Kind, person_named: bool) -> None:
    """Somebody is met, or a room or a time is held and nobody is named."""
    if kind in NAMELESS and person_named:
        raise invalid("/person_id", "A room or a time is held without a name.", "no-name-on-a-room")
    if kind not in NAMELESS and not person_named:
        raise invalid("/person_id", "Say whom it is with; the welcome needs no appointment.", "person-needed")


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to another."""

    starts_at: datetime
    ends_at: datetime

    def meets(self, other: "Span", apart: timedelta = timedelta(0)) -> bool:
        """Whether they overlap, or stand less than `apart` from each other."""
        return self.starts_at < other.ends_at + apart and other.starts_at < self.ends_at + apart


def free(asked: Span, taken: Iterable[Span], apart: Iterable[Span]) -> bool:
    """Whether nothing stands in the way, for whichever reason."""
    return not any(asked.meets(each) for each in taken) and not any(asked.meets(each, APART) for each in apart)


_AT_ONCE: Final = frozenset({NeedDomain.DOMESTIC_ABUSE, NeedDomain.MENTAL_HEALTH, NeedDomain.FAMILY_AND_CHILDREN})


def follow_up_due(about: str | None, missed_at: datetime) -> datetime:
    """When somebody must have looked after them: in four hours where harm may be, else by the next working day."""
    if about in _AT_ONCE:
        return later(missed_at, _SOON)
    day = add_working_days(missed_at.astimezone(LONDON).date(), 1)
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def rearrange_by(starts_at: datetime, now: datetime) -> datetime:
    """When somebody must have rearranged what cannot stand: a quarter of the time left, four hours at the most."""
    return later(now, min(_SOON, max(timedelta(0), starts_at - now) / 4))


def remind_at(starts_at: datetime, now: datetime) -> datetime | None:
    """When to remind: a day before; not at all when it is sooner than that, for they have only just been told."""
    at = starts_at - REMIND_BEFORE
    return at if at > now else None
