"""The rules of stepping up to a statutory team and down from one. Pure.

Whoever holds the case holds it until somebody accepts by name: offered is not handed over.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from kit.clock import LONDON, add_working_days, later
from kit.contracts.codes import Layer, StatutoryService, Urgency
from kit.errors import Conflict, Forbidden, invalid

ANSWER_WITHIN: Final = {Urgency.IMMEDIATE: timedelta(minutes=15), Urgency.TODAY: timedelta(hours=1)}
"""How long one may go unanswered before a manager hears; those less urgent: to the end of the next working day."""
OVERRIDE: Final = frozenset({"manager", "safeguarding_lead"})
"""Who may offer and withdraw in place of the holder: somebody must, when the holder is away."""


class Direction(StrEnum):
    """Up to a statutory team, or down from one."""

    UP = "up"
    DOWN = "down"


class Resident(StrEnum):
    """They are there, or were told. Not telling needs its reason: only where telling would put somebody at risk."""

    PRESENT = "present"
    TOLD = "told"
    NOT_TOLD = "not_told"


class State(StrEnum):
    """Offered is not done: only accepted is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who acts: may they, in which roles, and in which teams today."""

    id: str
    may_act: bool = True
    roles: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aim:
    """Where a step is to lead."""

    direction: Direction
    layer: Layer
    statutory_service: StatutoryService
    specialism: str | None
    to_worker: str | None
    to_team: str | None
    resident: Resident
    not_told_because: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A step as the rules see it."""

    sender: str
    to_worker: str | None
    to_team: str | None
    state: State = State.OFFERED
    accepted_by: str | None = None


def check_aim(aim: Aim, statutory_now: frozenset[str]) -> None:
    """What does not fit together is `Invalid`; `statutory_now`: the statutory services the case is with."""
    if (aim.to_worker is None) == (aim.to_team is None):
        raise invalid("/to_worker", "Offer it to a worker or to a team: one of the two.", "one-receiver")
    if aim.resident is Resident.NOT_TOLD and not aim.not_told_because:
        raise invalid("/not_told_because", "Say why they are not told.", "reason-given")
    if aim.resident is not Resident.NOT_TOLD and aim.not_told_because:
        raise invalid("/not_told_because", "They know: there is nothing to explain.", "reason-given")
    service = aim.statutory_service.value
    if aim.direction is Direction.UP:
        if aim.layer is not Layer.STATUTORY or aim.specialism is not None:
            raise invalid("/layer", "A step up leads to a statutory service.", "layer-of-step")
        if service in statutory_now:
            raise Conflict("This case is with that service already", allowed=["down"])
        return
    if aim.layer is Layer.STATUTORY:
        raise invalid("/layer", "A step down leads to targeted or universal support.", "layer-of-step")
    if (aim.layer is Layer.TARGETED) != (aim.specialism is not None):
        raise invalid("/specialism", "Targeted support names its specialism; universal support has none.", "specialism")
    if service not in statutory_now:
        raise Conflict("This case is not with that service", allowed=["up"])


def offer(holders: frozenset[str], by: Worker, aim: Aim) -> Step:
    """A step offered by whoever holds the case, by a manager, or by anyone of the inside while nobody holds it."""
    if holders and by.id not in holders and not by.roles & OVERRIDE:
        raise Forbidden("Only who holds this case, or a manager, steps it up or down")
    sender = by.id if by.id in holders or not holders else sorted(holders)[0]
    if aim.to_worker == sender:
        raise invalid("/to_worker", "They hold it already.", "another-receiver")
    return Step(sender, aim.to_worker, aim.to_team)


def accept(step: Step, by: Worker) -> Step:
    """Accepted by name. Refused when it is no longer offered, and for anyone it is not offered to."""
    _check_offered(step, State.ACCEPTED)
    if not by.may_act:
        raise Forbidden("You may not take this on at the moment")
    if by.id == step.sender:
        raise Conflict("You hold it: it is for the other one to accept", state=step.state.value, allowed=["withdrawn"])
    if not is_for(step, by):
        raise Forbidden("This is offered to somebody else")
    return replace(step, state=State.ACCEPTED, accepted_by=by.id)


def decline(step: Step, by: Worker) -> Step:
    """The receiver can't: the sender goes on holding it."""
    _check_offered(step, State.DECLINED)
    if not is_for(step, by):
        raise Forbidden("This is offered to somebody else")
    return replace(step, state=State.DECLINED)


def withdraw(step: Step, by: Worker) -> Step:
    """The sender, or a manager, takes the offer back."""
    _check_offered(step, State.WITHDRAWN)
    if by.id != step.sender and not by.roles & OVERRIDE:
        raise Forbidden("Only who offered this, or a manager, withdraws it")
    return replace(step, state=State.WITHDRAWN)


def is_for(step: Step, by: Worker) -> bool:
    """Whether it is offered to them, by name or by team."""
    return by.id == step.to_worker or (step.to_team is not None and step.to_team in by.teams)


def allowed_from(state: State) -> list[str]:
    """What may become of it from here."""
    return [each.value for each in State if each is not State.OFFERED] if state is State.OFFERED else []


def _check_offered(step: Step, wanted: State) -> None:
    if step.state is not State.OFFERED:
        raise Conflict(f"This was {step.state.value} already", state=step.state.value, wanted=wanted.value, allowed=[])


def answer_due(offered_at: datetime, urgency: Urgency) -> datetime:
    """When an unanswered offer goes to a manager."""
    if urgency in ANSWER_WITHIN:
        return later(offered_at, ANSWER_WITHIN[urgency])
    day = add_working_days(offered_at.astimezone(LONDON).date(), 1)
    return datetime.combine(day + timedelta(days=1), time(), LONDON)
