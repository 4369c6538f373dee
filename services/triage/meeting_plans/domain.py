"""The rules of plans for meeting somebody: they say what to do, are told, and are looked at again. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, invalid

REVIEW_WITHIN: Final = timedelta(days=183)


class PlanStep(StrEnum):
    """What to do. There is no code for what somebody is."""

    GO_IN_PAIRS = "go_in_pairs"
    MEET_AT_HUB = "meet_at_hub"
    MEET_IN_DAYLIGHT = "meet_in_daylight"
    RING_BEFORE = "ring_before"
    SIT_NEAR_THE_DOOR = "sit_near_the_door"
    PARK_FACING_OUT = "park_facing_out"
    ASK_FOR_THE_DOG_OUTSIDE = "ask_for_the_dog_outside"
    WOMAN_WORKER = "woman_worker"
    MAN_WORKER = "man_worker"
    SPEAK_SLOWLY_AND_CALMLY = "speak_slowly_and_calmly"
    OFFER_BREAKS = "offer_breaks"
    DO_NOT_MENTION_OTHERS = "do_not_mention_others"
    SEE_THEM_ALONE = "see_them_alone"


_LABELS: Final = re.compile(
    r"\b(aggressive|violent|abusive|dangerous|difficult|manipulative|hostile|nasty|unpredictable|volatile"
    r"|non-?compliant|drunk|addict|junkie|psycho\w*|mad|crazy|liar|trouble-?maker|time-?waster)\b",
    re.IGNORECASE,
)


def check_plan(
    steps: Sequence[PlanStep], words: str | None, told: bool, because: str | None, review_on: date, today: date
) -> None:
    """A plan says what to do and when to look at it again, and the person is told unless that would harm somebody."""
    if not steps:
        raise invalid("/steps", "Say what to do: at least one step.", "a-plan-has-steps")
    if words and (label := _LABELS.search(words)):
        said = f'"{label.group(0)}" says what they are. Write what to do instead.'
        raise invalid("/words", said, "a-plan-not-a-label")
    if told == (because is not None):
        raise invalid("/not_told_because", "Say why the person was not told, or that they were.", "told-or-why-not")
    if not today < review_on <= today + REVIEW_WITHIN:
        raise invalid("/review_on", "Within six months: a plan is looked at again.", "review-within-six-months")


def check_place(steps: Sequence[str]) -> None:
    """Whether the plan lets anybody go there."""
    if PlanStep.MEET_AT_HUB in steps:
        raise Conflict("The plan is to meet at the hub: book a private room", allowed=["appointments"])


def check_going(steps: Sequence[str], accompanied: bool) -> None:
    """Whether the plan lets somebody go there, like this."""
    check_place(steps)
    if PlanStep.GO_IN_PAIRS in steps and not accompanied:
        raise Conflict("The plan is to go in pairs: say who comes along", allowed=["accompanied_by"])


def check_read(standing: Mapping[object, int], read: Mapping[object, int]) -> None:
    """Whoever goes has read each plan as it stands now."""
    if any(read.get(id_) != version for id_, version in standing.items()):
        raise Conflict("There is a plan for meeting this person: read it first", allowed=["meeting-plans"])
