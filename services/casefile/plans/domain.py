"""The rules of plans: goals, who does what, what was agreed and what differs, what a shared copy may show. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from kit.errors import Conflict, invalid

INSIDE: Final = "inside"
"""The part of the file that a plan is in, unless an entry is put into a compartment."""


class PlanStatus(StrEnum):
    """Never agreed; agreed at least once; ended."""

    DRAFT = "draft"
    AGREED = "agreed"
    ENDED = "ended"


class GoalStatus(StrEnum):
    """A goal is open until it is reached or let go."""

    OPEN = "open"
    ACHIEVED = "achieved"
    DROPPED = "dropped"


class ActionStatus(StrEnum):
    """How far an action is."""

    TO_DO = "to_do"
    DOING = "doing"
    DONE = "done"
    DROPPED = "dropped"


class Whose(StrEnum):
    """Who does it."""

    THEIRS = "theirs"
    OURS = "ours"
    PARTNERS = "partners"


class How(StrEnum):
    """How it was agreed."""

    FACE_TO_FACE = "face_to_face"
    PHONE = "phone"
    LINK = "link"


_GOAL_STEPS: Final[Mapping[GoalStatus, tuple[GoalStatus, ...]]] = {
    GoalStatus.OPEN: (GoalStatus.ACHIEVED, GoalStatus.DROPPED),
    GoalStatus.ACHIEVED: (GoalStatus.OPEN,),
    GoalStatus.DROPPED: (GoalStatus.OPEN,),
}
_ACTION_STEPS: Final[Mapping[ActionStatus, tuple[ActionStatus, ...]]] = {
    # A step forward may say the same state again: there is something to tell all the same.
    ActionStatus.TO_DO: (ActionStatus.TO_DO, ActionStatus.DOING, ActionStatus.DONE, ActionStatus.DROPPED),
    ActionStatus.DOING: (ActionStatus.DOING, ActionStatus.TO_DO, ActionStatus.DONE, ActionStatus.DROPPED),
    ActionStatus.DONE: (ActionStatus.TO_DO, ActionStatus.DOING),
    ActionStatus.DROPPED: (ActionStatus.TO_DO, ActionStatus.DOING),
}


def goal_allowed(state: GoalStatus) -> list[GoalStatus]:
    """Where a goal may go from here."""
    return list(_GOAL_STEPS[state])


def action_allowed(state: ActionStatus) -> list[ActionStatus]:
    """Where an action may go from here."""
    return list(_ACTION_STEPS[state])


def check_goal_step(state: GoalStatus, to: GoalStatus) -> None:
    """`Conflict` with the states allowed from here."""
    if to not in _GOAL_STEPS[state]:
        raise Conflict(f"A goal that is {state} cannot become {to}", state=state, allowed=goal_allowed(state))


def check_action_step(state: ActionStatus, to: ActionStatus) -> None:
    """`Conflict` with the states allowed from here."""
    if to not in _ACTION_STEPS[state]:
        words = f"An action that is {state} cannot become {to}".replace("_", " ")
        raise Conflict(words, state=state, allowed=action_allowed(state))


def check_day(said: date | None, today: date, pointer: str) -> date:
    """The day something was reached or done: as said, else today; never in the future."""
    if said is None:
        return today
    if said > today:
        raise invalid(pointer, "This lies in the future.", "not-in-the-future")
    return said


def check_owner(whose: Whose, worker: str | None, organisation: object | None) -> None:
    """A worker is named for what is ours, an organisation for what is a partner's."""
    if worker is not None and whose is not Whose.OURS:
        raise invalid("/worker", "A worker is named for what is ours.", "owner")
    if organisation is not None and whose is not Whose.PARTNERS:
        raise invalid("/organisation_id", "An organisation is named for what is a partner's.", "owner")


def check_part(part: str, goal_part: str | None) -> str:
    """An action is in its goal's compartment, or in one itself: never in the open for a goal that is not."""
    if goal_part is None or goal_part == INSIDE or part == goal_part:
        return part
    if part == INSIDE:
        return goal_part
    raise invalid("/part", "Its goal is in another part of the file.", "part-of-its-goal")


def allowed_from(state: PlanStatus) -> list[str]:
    """What can be done with a plan from here."""
    return [] if state is PlanStatus.ENDED else ["change", "agree", "end"]


def check_living(state: PlanStatus, step: str) -> None:
    """A plan that has ended stays as it is."""
    if step not in allowed_from(state):
        raise Conflict(f"A plan that is {state} cannot be taken through {step!r}", state=state, allowed=[])


# What was agreed ------------------------------------------------------------------------------------------

Entry = Mapping[str, Any]
"""A goal or an action as it was agreed: `id`, and what agreeing to it means. Progress is not agreed.

`part` says who may read it, and is nothing that anybody agrees to.
"""
Content = Mapping[str, Sequence[Entry]]
"""A version: its goals and its actions."""

GOAL_FIELDS: Final = ("words", "language", "english", "by")
ACTION_FIELDS: Final = ("words", "goal_id", "whose", "worker", "organisation_id", "due_on")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that differs: `was` is None for a new one, `now` for one that is gone; else the fields that differ."""

    kind: str
    id: str
    was: Entry | None
    now: Entry | None


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of a version: sorted keys, no spaces."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a version, in hexadecimal: what was agreed is what is shown."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def compare(before: Content, after: Content) -> list[Change]:
    """What differs between two versions, goals first, each in the order of the later one and then what is gone."""
    changes = []
    for kind in ("goals", "actions"):
        old = {each["id"]: each for each in before.get(kind, ())}
        new = {each["id"]: each for each in after.get(kind, ())}
        for id_, entry in new.items():
            if id_ not in old:
                changes.append(Change(kind, id_, None, entry))
            elif different := _different(old[id_], entry):
                changes.append(Change(kind, id_, *different))
        changes += [Change(kind, id_, entry, None) for id_, entry in old.items() if id_ not in new]
    return changes


def _different(old: Entry, new: Entry) -> tuple[Entry, Entry] | None:
    names = [name for name in {**old, **new} if name != "part" and old.get(name) != new.get(name)]
    return ({name: old.get(name) for name in names}, {name: new.get(name) for name in names}) if names else None


# What a shared copy shows ---------------------------------------------------------------------------------

# Words that would tell whoever looks over a shoulder: of abuse, of children's safety, drugs, crime, immigration, the
# mind. Not a filter one could trust alone: the worker sees what was left out, and may say it in other words.
_TELLING: Final = re.compile(
    r"\b(?:abus\w*|violen\w*|perpetrator\w*|refuge|marac|idva|isva|dash|women'?s aid|safety plan|injunction\w*"
    r"|non-?molestation|occupation order|coerc\w*|controlling|stalk\w*|strangl\w*|rap(?:e|ed|ist)|assault\w*"
    r"|fle(?:e|d|eing)"
    r"|leav(?:e|ing) (?:him|her|them|my (?:husband|wife|partner))|safeguarding|mash|child protection|social worker\w*"
    r"|drugs?|alcohol\w*|drink(?:ing)?|detox\w*|rehab\w*|methadone|needle\w*|sober|probation|police|prison|offen[cd]\w*"
    r"|court|arrest\w*|gang\w*|county lines|cuckoo\w*|asylum|visa|immigration|home office|recourse|deport\w*"
    r"|mental health|psychiatr\w*|suicid\w*|self-?harm\w*|hiv|pregnan\w*|abortion|gay|lesbian|trans(?:gender)?)\b",
    re.IGNORECASE,
)


class LeftOut(StrEnum):
    """Why a shared copy does not show an entry."""

    COMPARTMENT = "compartment"
    TELLING_WORDS = "telling_words"
    NOT_IN_ENGLISH = "not_in_english"


def telling(words: Iterable[str | None]) -> list[str]:
    """The words that would tell too much."""
    return sorted({found.lower() for each in words if each for found in _TELLING.findall(each)})


def left_out(
    part: str, words: Sequence[str | None], shown_words: str | None, *, readable: bool = True
) -> LeftOut | None:
    """Why a shared copy leaves this out; None: it shows it, in `shown_words` if somebody chose some.

    `readable` is whether we could look for telling words at all: not in another language that nobody put into English.
    """
    if part != INSIDE:
        return LeftOut.COMPARTMENT
    if shown_words is None and not readable:
        return LeftOut.NOT_IN_ENGLISH
    if telling([shown_words] if shown_words is not None else words):
        return LeftOut.TELLING_WORDS
    return None
