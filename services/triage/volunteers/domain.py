"""The rules of volunteering: the checks a role needs and until when, sessions, hours, what is handed over. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, FieldError, Invalid, invalid

EXPIRING_WITHIN: Final = timedelta(days=30)
_EARLY: Final = timedelta(minutes=15)
_LATE: Final = timedelta(minutes=60)


class Role(StrEnum):
    """What somebody volunteers for."""

    WELCOME = "welcome"
    FOOD_CLUB = "food_club"
    DIGITAL_BUDDY = "digital_buddy"
    BEFRIENDER = "befriender"
    DRIVER = "driver"


class CheckKind(StrEnum):
    """What was seen. The thing itself, a certificate for example, is never copied."""

    REFERENCES = "references"
    INDUCTION = "induction"
    SAFEGUARDING_TRAINING = "safeguarding_training"
    CRIMINAL_RECORD = "criminal_record"
    DRIVING_LICENCE = "driving_licence"


_ALL_SEE: Final = frozenset({CheckKind.REFERENCES, CheckKind.INDUCTION, CheckKind.SAFEGUARDING_TRAINING})
NEEDS: Final[Mapping[Role, frozenset[CheckKind]]] = {
    Role.WELCOME: _ALL_SEE,
    Role.FOOD_CLUB: frozenset({CheckKind.INDUCTION}),
    Role.DIGITAL_BUDDY: _ALL_SEE,
    Role.BEFRIENDER: _ALL_SEE | {CheckKind.CRIMINAL_RECORD},
    Role.DRIVER: _ALL_SEE | {CheckKind.CRIMINAL_RECORD, CheckKind.DRIVING_LICENCE},
}
ADULTS_ONLY: Final = frozenset({Role.BEFRIENDER, Role.DRIVER})
_LASTS_DAYS: Final[Mapping[CheckKind, int]] = {
    CheckKind.SAFEGUARDING_TRAINING: 730,
    CheckKind.CRIMINAL_RECORD: 1095,
    CheckKind.DRIVING_LICENCE: 365,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """A check, and the last day it holds (None: it does not run out)."""

    kind: CheckKind
    seen_on: date
    expires_on: date | None

    def holds_on(self, day: date) -> bool:
        """Whether it holds on that day."""
        return self.seen_on <= day and (self.expires_on is None or day <= self.expires_on)


def expires(kind: CheckKind, seen_on: date, expires_on: date | None, today: date) -> date | None:
    """The last day of a check: as it says itself, or as long as that kind holds here."""
    if seen_on > today:
        raise invalid("/seen_on", "A check is recorded once it was seen.", "not-in-the-future")
    if expires_on is not None and expires_on < seen_on:
        raise invalid("/expires_on", "After the day it was seen.", "expires-later")
    days = _LASTS_DAYS.get(kind)
    if expires_on is None and days is not None:
        return seen_on + timedelta(days=days)
    return expires_on


def missing(role: Role, checks: Iterable[Seen], day: date) -> list[CheckKind]:
    """The checks this role needs that do not hold on that day."""
    hold = {each.kind for each in checks if each.holds_on(day)}
    return sorted(NEEDS[role] - hold)


def check_may(
    role: Role, roles: Iterable[str], checks: Iterable[Seen], day: date, *, under_18: bool, guardian_agreed: bool
) -> None:
    """Whether somebody may do that on that day; says what is missing."""
    if role not in roles:
        raise invalid("/role", "They do not volunteer for this.", "role-of-theirs")
    if under_18 and role in ADULTS_ONLY:
        raise invalid("/role", "Nobody under 18 does this.", "adults-only")
    if under_18 and not guardian_agreed:
        raise invalid("/volunteer_id", "Under 18: a parent or guardian has to agree first.", "guardian-agrees")
    if lacking := missing(role, checks, day):
        words = f"Not without {', '.join(each.replace('_', ' ') for each in lacking)} that holds on {day.isoformat()}."
        raise Invalid(words, FieldError("/volunteer_id", words, "checks-hold"), missing=lacking)


class SessionState(StrEnum):
    """Planned, then given or not."""

    PLANNED = "planned"
    GIVEN = "given"
    NOT_GIVEN = "not_given"


def give(state: str, minutes: int, starts_at: datetime, ends_at: datetime, now: datetime) -> SessionState:
    """How long it was; none: it was not given. An hour more than planned is believed, not a day."""
    if state != SessionState.PLANNED:
        raise Conflict("Its hours are recorded already", allowed=[])
    if now < starts_at:
        raise Conflict("It has not begun", allowed=[])
    if minutes * 60 > (ends_at - starts_at + _LATE).total_seconds():
        raise invalid("/minutes", "At most an hour longer than planned.", "hours-as-planned")
    return SessionState.GIVEN if minutes else SessionState.NOT_GIVEN


def check_session(starts_at: datetime, ends_at: datetime) -> None:
    """A session has an end, the same day."""
    if not timedelta(0) < ends_at - starts_at <= timedelta(hours=10):
        raise invalid("/ends_at", "After the start, at most 10 hours later.", "session-length")


# What the desk hands over ---------------------------------------------------------------------------------


class Task(StrEnum):
    """What a volunteer is asked to do. Codes, so that nothing else can be handed over with it."""

    TEA_AND_COMPANY = "tea_and_company"
    SHOW_THE_WAY = "show_the_way"
    SIT_WITH_THEM = "sit_with_them"
    HELP_WITH_A_FORM = "help_with_a_form"
    HELP_WITH_A_TABLET = "help_with_a_tablet"
    FOOD_BAG = "food_bag"
    CHILDRENS_CORNER = "childrens_corner"


class TaskState(StrEnum):
    """Handed, then done or given back."""

    HANDED = "handed"
    DONE = "done"
    GIVEN_BACK = "given_back"


_FIRST_NAME: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\Z")


def check_first_name(name: str) -> None:
    """One name and nothing else: no surname, no number, no word about them."""
    if not _FIRST_NAME.match(name):
        raise invalid("/first_name", "One first name, and nothing else.", "first-name-only")


def check_present(state: str, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """A task is handed to somebody who is here."""
    if state != SessionState.PLANNED or not starts_at - _EARLY <= now < ends_at:
        raise Conflict("This volunteer is not here now", allowed=[])


def end_task(state: str, does: TaskState) -> TaskState:
    """Done or given back, once."""
    if state != TaskState.HANDED:
        raise Conflict("This task has ended", allowed=[])
    return does
