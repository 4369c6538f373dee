"""The rules of a warm handover: who may offer, accept, decline and withdraw one, and when. Pure.

Who holds a contact is a column that is never empty and changes in one way only: the receiver accepts, by name.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days, later
from kit.contracts.codes import Urgency
from kit.errors import Conflict, Forbidden, invalid

ANSWER_WITHIN: Final = {Urgency.IMMEDIATE: timedelta(minutes=15), Urgency.TODAY: timedelta(hours=1)}
"""How long one may go unanswered before a manager hears; those less urgent: to the end of the next working day."""
OVERRIDE: Final = frozenset({"manager", "safeguarding_lead"})
"""Who may offer in place of the holder: somebody must, when the holder is away."""
FEWEST_SHOWN: Final = 10
"""A published group of fewer households is not shown."""


class Resident(StrEnum):
    """A handover is warm: the resident is there, or was told who will be."""

    PRESENT = "present"
    TOLD = "told"


class State(StrEnum):
    """Offered is not handed over: only accepted is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


ALLOWED: Final = {State.OFFERED: [each for each in State if each is not State.OFFERED]}


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who acts: may they (not suspended, not left), in which roles, and in which teams today."""

    id: str
    may_act: bool = True
    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Handover:
    """A handover as the rules see it."""

    sender: str
    to_worker: str | None
    to_team: str | None
    state: State = State.OFFERED
    accepted_by: str | None = None


def offer(holder: Worker, by: Worker, to: Worker | None, to_team: str | None) -> Handover:
    """A handover from `holder`, offered by them, by a manager, or by anyone when the holder can no longer act.

    `to` None with a team: whoever of it accepts first. Refused: to nobody or to both (`Invalid`), to the holder, to
    somebody who may not act (`Invalid`), by somebody else than those (`Forbidden`).
    """
    if (to is None) == (to_team is None):
        raise invalid("/to_worker", "Hand over to a worker or to a team: one of the two.", "one-receiver")
    if by.id != holder.id and holder.may_act and not by.roles & OVERRIDE:
        raise Forbidden("Only who holds this contact, or a manager, hands it over")
    if to is not None and to.id == holder.id:
        raise invalid("/to_worker", "They hold it already.", "another-receiver")
    if to is not None and not to.may_act:
        raise invalid("/to_worker", "They may not act at the moment: choose somebody else.", "receiver-may-act")
    return Handover(holder.id, to.id if to else None, to_team)


def accept(handover: Handover, by: Worker) -> Handover:
    """Accepted by name. Refused when it is no longer offered, and for anyone it is not offered to."""
    _check_offered(handover, State.ACCEPTED)
    if not by.may_act:
        raise Forbidden("You may not take this on at the moment")
    if by.id == handover.sender:
        raise Conflict("You hold it: it is for the other one to accept", state=handover.state, allowed=["withdrawn"])
    if by.id != handover.to_worker and handover.to_team not in by.teams:
        raise Forbidden("This handover is offered to somebody else")
    return replace(handover, state=State.ACCEPTED, accepted_by=by.id)


def decline(handover: Handover, by: Worker) -> Handover:
    """The receiver can't: the sender goes on holding it."""
    _check_offered(handover, State.DECLINED)
    if by.id != handover.to_worker and handover.to_team not in by.teams:
        raise Forbidden("This handover is offered to somebody else")
    return replace(handover, state=State.DECLINED)


def withdraw(handover: Handover, by: Worker) -> Handover:
    """The sender, or a manager, takes the offer back."""
    _check_offered(handover, State.WITHDRAWN)
    if by.id != handover.sender and not by.roles & OVERRIDE:
        raise Forbidden("Only who offered this, or a manager, withdraws it")
    return replace(handover, state=State.WITHDRAWN)


def lapse(handover: Handover) -> Handover:
    """It can no longer be accepted: the receiver may not act, or there is nothing left to hand over."""
    return replace(handover, state=State.LAPSED) if handover.state is State.OFFERED else handover


def _check_offered(handover: Handover, wanted: State) -> None:
    if handover.state is not State.OFFERED:
        raise Conflict(f"This handover was {handover.state} already", state=handover.state, wanted=wanted, allowed=[])


def answer_due(offered_at: datetime, urgency: Urgency) -> datetime:
    """When an unanswered offer goes to a manager."""
    if urgency in ANSWER_WITHIN:
        return later(offered_at, ANSWER_WITHIN[urgency])
    day = add_working_days(offered_at.astimezone(LONDON).date(), 1)
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def shown(group: int, of: int | None = None) -> int | None:
    """A published number of households; None hides a small one, and one whose rest within `of` would be small."""
    rest = 0 if of is None else of - group
    return group if all(each == 0 or each >= FEWEST_SHOWN for each in (group, rest)) else None
