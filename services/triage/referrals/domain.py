"""What may happen to a referral: the states, who moves them, what a refusal asks for next, how long silence may last.

The states are those of a FHIR R4 Task as the Gravity project (SDOH Clinical Care) uses them. Pure, and mostly data.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days
from kit.contracts.codes import NeedDomain, ReferralStatus, Urgency
from kit.errors import Conflict, FieldError, Forbidden, Invalid, invalid

S = ReferralStatus


class Party(StrEnum):
    """Who moves a referral: those who ask for help, or those who are asked."""

    SENDER = "sender"
    RECEIVER = "receiver"


_ASK, _ANSWER = Party.SENDER, Party.RECEIVER

TRANSITIONS: Final[Mapping[S, Mapping[S, Party]]] = {
    S.DRAFT: {S.REQUESTED: _ASK, S.CANCELLED: _ASK},
    S.REQUESTED: {S.RECEIVED: _ANSWER, S.ACCEPTED: _ANSWER, S.REJECTED: _ANSWER, S.CANCELLED: _ASK},
    S.RECEIVED: {S.ACCEPTED: _ANSWER, S.REJECTED: _ANSWER, S.CANCELLED: _ASK},
    # Work that is begun and ended between two answers needs no third.
    S.ACCEPTED: {
        S.IN_PROGRESS: _ANSWER,
        S.ON_HOLD: _ANSWER,
        S.COMPLETED: _ANSWER,
        S.FAILED: _ANSWER,
        S.CANCELLED: _ASK,
    },
    S.IN_PROGRESS: {S.ON_HOLD: _ANSWER, S.COMPLETED: _ANSWER, S.FAILED: _ANSWER, S.CANCELLED: _ASK},
    S.ON_HOLD: {S.IN_PROGRESS: _ANSWER, S.COMPLETED: _ANSWER, S.FAILED: _ANSWER, S.CANCELLED: _ASK},
    S.REJECTED: {},
    S.COMPLETED: {},
    S.FAILED: {},
    S.CANCELLED: {},
}
UNANSWERED: Final = frozenset({S.REQUESTED, S.RECEIVED})
RUNNING: Final = frozenset({S.ACCEPTED, S.IN_PROGRESS, S.ON_HOLD})
OPEN: Final = UNANSWERED | RUNNING
ENDED: Final = frozenset({S.REJECTED, S.COMPLETED, S.FAILED, S.CANCELLED})
SHOWS_DATA: Final = OPEN
"""While the partner may read what was shared with them: not before it was sent, not after it ended."""

SPECIAL: Final = frozenset(
    {
        NeedDomain.HEALTH,
        NeedDomain.MENTAL_HEALTH,
        NeedDomain.DRUGS_AND_ALCOHOL,
        NeedDomain.DOMESTIC_ABUSE,
        NeedDomain.IMMIGRATION,
    }
)
"""Needs that tell of health, abuse or origin by their very name (UK GDPR Article 9(1))."""


class SamePartner(StrEnum):
    """Whether the partner who said no may be asked again for this person and this kind of need."""

    AT_ONCE = "at_once"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Next:
    """What a reason asks for next: a step, in words, and whether the same partner may be asked again."""

    step: str
    words: str
    same_partner: SamePartner


_LATER, _NEVER, _AT_ONCE = SamePartner.LATER, SamePartner.NEVER, SamePartner.AT_ONCE

NEXT: Final[Mapping[S, Mapping[str, Next]]] = {
    S.REJECTED: {
        "no_capacity": Next("other_partner", "Ask another partner; this one may have room later.", _LATER),
        "not_eligible": Next("other_partner", "Ask a partner whose help they can have.", _NEVER),
        "outside_area": Next("other_partner", "Ask a partner who works where they live.", _NEVER),
        "no_common_language": Next("other_partner", "Ask a partner who speaks their language.", _NEVER),
        "conflict_of_interest": Next("other_partner", "Ask a partner who is free to act for them.", _NEVER),
        "wrong_service": Next("decide_again", "This is another kind of need: decide anew where it goes.", _NEVER),
        "needs_specialist": Next("specialist", "Too much for this partner: targeted support decides.", _NEVER),
        "not_enough_told": Next("tell_more", "Tell them what they ask, and send it again.", _AT_ONCE),
        "could_not_reach": Next("check_contact", "Find out how to reach them safely, then ask again.", _AT_ONCE),
        "person_said_no": Next("talk_to_them", "They do not want this help: ask them what would.", _LATER),
        "already_helping": Next("nothing", "This partner helps them already.", _LATER),
        "other": Next("other_partner", "Ask another partner.", _LATER),
    },
    S.FAILED: {
        "could_not_reach": Next("check_contact", "Find out how to reach them safely, then ask again.", _AT_ONCE),
        "person_stopped": Next("talk_to_them", "They stopped: ask them what would help instead.", _LATER),
        "lost_capacity": Next("other_partner", "Ask another partner; this one may have room later.", _LATER),
        "needs_specialist": Next("specialist", "Too much for this partner: targeted support decides.", _NEVER),
        "moved_away": Next("other_partner", "Ask a partner who works where they live now.", _NEVER),
        "other": Next("decide_again", "Decide anew where this need goes.", _LATER),
    },
}
REASONS: Final[Mapping[S, frozenset[str]]] = {
    **{state: frozenset(reasons) for state, reasons in NEXT.items()},
    S.ON_HOLD: frozenset({"waiting_list", "waiting_for_person", "waiting_for_us", "waiting_for_others", "other"}),
    S.COMPLETED: frozenset({"need_met", "partly_met", "not_met"}),
    S.CANCELLED: frozenset(
        {"consent_withdrawn", "person_changed_mind", "helped_otherwise", "sent_by_mistake", "silent", "died", "other"}
    ),
}
"""The reasons of each state that has to give one."""

PARKED_DAYS: Final = 28
"""How long a partner who said "later" without a day is left in peace."""
LONGEST_WAIT_DAYS: Final = 365


@dataclass(frozen=True, slots=True)
class Answer:
    """One move: where to, why, until when, and by which way it was said if somebody else writes it down."""

    to: S
    reason: str | None = None
    until: date | None = None
    heard_by: str | None = None


def check_move(now: S, answer: Answer, party: Party, today: date) -> None:
    """Whether this party may make this move; `Conflict` (with what is allowed from here), `Forbidden` or `Invalid`.

    Those who ask may write down what a partner told them, if they say by which way. A partner never asks nor withdraws.
    """
    allowed = TRANSITIONS[now]
    if answer.to not in allowed:
        raise Conflict(
            f"A referral that is {words(now)} cannot become {words(answer.to)}.",
            state=now.value,
            allowed=allowed_for(now, party),
        )
    if party is Party.RECEIVER and allowed[answer.to] is Party.SENDER:
        raise Forbidden("Only those who asked for help can do this")
    wants_way = party is Party.SENDER and allowed[answer.to] is Party.RECEIVER
    if wants_way and answer.heard_by is None:
        raise invalid("/heard_by", "Say by which way the partner told you.", "way-named")
    if answer.heard_by is not None and not wants_way:
        raise invalid("/heard_by", "Only for what a partner told you by another way.", "no-way")
    _check_reason(answer)
    if answer.until is not None:
        if answer.to not in (S.ON_HOLD, S.REJECTED):
            raise invalid("/until", "Only what waits, or may be asked again, has a day.", "no-day")
        if not today < answer.until <= today + timedelta(days=LONGEST_WAIT_DAYS):
            raise invalid("/until", f"A day to come, at most {LONGEST_WAIT_DAYS} days ahead.", "day-to-come")


def _check_reason(answer: Answer) -> None:
    reasons = REASONS.get(answer.to)
    if reasons is None:
        if answer.reason is not None:
            raise invalid("/reason", "This needs no reason.", "no-reason")
    elif answer.reason not in reasons:
        raise invalid("/reason", f"One of {', '.join(sorted(reasons))}.", "reason-of-this-state")


def allowed_for(now: S, party: Party) -> list[str]:
    """The states a party may bring about from here; those who ask may also write down what a partner says."""
    mine = TRANSITIONS[now]
    return sorted(to.value for to, mover in mine.items() if party is Party.SENDER or mover is party)


def next_of(state: S, reason: str | None) -> Next | None:
    """What a refusal or failure asks for next; None for every other state."""
    return NEXT.get(state, {}).get(reason or "")


def whose_turn(state: S, next_step: str | None, *, followed_up: bool) -> Party | None:
    """Who has the ball; None when the story is over."""
    if state is S.DRAFT:
        return Party.SENDER
    if state in OPEN:
        return Party.RECEIVER
    return Party.SENDER if next_step not in (None, "nothing") and not followed_up else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What one partner said before, about the same person and the same kind of need."""

    state: S
    reason: str | None
    said_on: date
    until: date | None = None


def may_be_asked_from(refusals: Iterable[Refusal]) -> date | None:
    """The first day this partner may be asked again: `date.max` for never, None if nothing stands in the way."""
    days = []
    for each in refusals:
        following = next_of(each.state, each.reason)
        if following is None or following.same_partner is SamePartner.AT_ONCE:
            continue
        if following.same_partner is SamePartner.NEVER:
            return date.max
        days.append(each.until or each.said_on + timedelta(days=PARKED_DAYS))
    return max(days, default=None)


def check_may_be_asked(refusals: Iterable[Refusal], today: date, because: str | None) -> None:
    """`Conflict` for a partner who said no on a ground that still stands, unless somebody says what has changed."""
    day = may_be_asked_from(refusals)
    if because is None and day is not None and day > today:
        when = "" if day == date.max else f" before {day.isoformat()}"
        raise Conflict(
            f"This partner has refused them on a ground that still stands: not to be asked again{when}. See what is"
            " offered next, or say in `asked_again_because` what has changed.",
            ask_again_on=None if day == date.max else day.isoformat(),
        )


def check_share(*, names: bool, reachable: bool, safe_way: bool) -> None:
    """A partner needs a name and a way; and whoever is given a way is told how to use it safely."""
    faults = []
    if not names:
        faults.append(FieldError("/share/name", "Say whom they are to help.", "name-shared"))
    if not reachable:
        faults.append(FieldError("/share", "Give a phone, e-mail or address, or say `through_us`.", "way-shared"))
    if reachable and not safe_way:
        faults.append(FieldError("/share/safe_contact", "Say how it is safe to reach them.", "safe-way-shared"))
    if faults:
        raise Invalid("; ".join(f"{each.pointer}: {each.detail}" for each in faults), *faults)


# Silence ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wait:
    """A length of time: by the clock, or to the end of a working day."""

    minutes: int = 0
    working_days: int = 0

    def after(self, moment: datetime) -> datetime:
        """When it is over."""
        if not self.working_days:
            return moment + timedelta(minutes=self.minutes)
        last = add_working_days(moment.astimezone(LONDON).date(), self.working_days)
        return datetime.combine(last + timedelta(days=1), time(), LONDON)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a partner may be silent before they are asked again (and again), and before a manager hears of it."""

    chase: Wait
    escalate: Wait


def _days(chase: int, escalate: int) -> Patience:
    return Patience(Wait(working_days=chase), Wait(working_days=escalate))


_FOR_AN_ANSWER: Final[Mapping[Urgency, Patience]] = {
    Urgency.IMMEDIATE: Patience(Wait(minutes=30), Wait(minutes=60)),
    Urgency.TODAY: Patience(Wait(minutes=120), Wait(minutes=240)),
    Urgency.THIS_WEEK: _days(1, 2),
    Urgency.ROUTINE: _days(2, 5),
}
_FOR_A_BEGINNING: Final[Mapping[Urgency, Patience]] = {
    Urgency.IMMEDIATE: Patience(Wait(minutes=120), Wait(minutes=240)),
    Urgency.TODAY: _days(1, 2),
    Urgency.THIS_WEEK: _days(3, 5),
    Urgency.ROUTINE: _days(10, 15),
}
_FOR_AN_END: Final = _days(20, 30)
_AFTER_A_WAIT: Final = _days(1, 5)


def patience(state: S, urgency: Urgency) -> Patience | None:
    """How long this state may last in silence; None for one that waits for nobody."""
    if state in UNANSWERED:
        return _FOR_AN_ANSWER[urgency]
    if state is S.ACCEPTED:
        return _FOR_A_BEGINNING[urgency]
    if state is S.IN_PROGRESS:
        return _FOR_AN_END
    return _AFTER_A_WAIT if state is S.ON_HOLD else None


def silent_since(state: S, moved_at: datetime, requested_at: datetime, until: date | None) -> datetime:
    """When the silence began: `received` is no answer, and what waits until a day is left in peace until then."""
    if state in UNANSWERED:
        return requested_at
    if state is S.ON_HOLD and until is not None:
        return max(moved_at, datetime.combine(until, time(), LONDON))
    return moved_at


def words(state: S) -> str:
    """A state as people say it."""
    return state.value.replace("_", " ")
