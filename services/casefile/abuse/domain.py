"""The rules of the work against domestic abuse. Pure.

The checklist is SafeLives' Dash: its questions are theirs and stand nowhere here; what is put down is how many of the
24 were answered with yes. Practice: 14 or more is high risk and goes to the MARAC (multi-agency risk assessment
conference) with an IDVA (independent domestic violence adviser); so does a professional's judgement, and escalation.
A new incident within twelve months of a MARAC is a repeat, and goes there again whatever its total.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Final

from kit.clock import months_after
from kit.errors import Conflict, invalid

QUESTIONS: Final = 24
HIGH_FROM: Final = 14
MEDIUM_FROM: Final = 10
REPEAT_MONTHS: Final = 12
ESCALATES_AT: Final = 3
"""So many incidents told of within twelve months are an escalation, whatever each of them is."""


class Level(StrEnum):
    """What a total says of the risk."""

    NONE = "none"
    STANDARD = "standard"
    MEDIUM = "medium"
    HIGH = "high"


class Flag(StrEnum):
    """What makes a risk graver than its total says."""

    SEPARATION = "separation"
    COERCIVE_CONTROL = "coercive_control"
    PHYSICAL_VIOLENCE = "physical_violence"
    SEXUAL_VIOLENCE = "sexual_violence"
    STRANGULATION = "non_fatal_strangulation"
    STALKING = "stalking"
    THREATS_TO_KILL = "threats_to_kill"
    HONOUR_BASED = "honour_based_abuse"
    PREGNANCY = "pregnancy"


class Reason(StrEnum):
    """Why somebody goes to the MARAC."""

    TOTAL = "total"
    JUDGEMENT = "professional_judgement"
    ESCALATION = "escalation"
    REPEAT = "repeat"


GRAVE: Final = frozenset(
    {Flag.STRANGULATION, Flag.THREATS_TO_KILL, Flag.SEXUAL_VIOLENCE, Flag.HONOUR_BASED, Flag.STALKING}
)
TOGETHER: Final = frozenset({Flag.SEPARATION, Flag.COERCIVE_CONTROL})
"""With violence: the pattern before most killings; asks for judgement, whatever the total."""


class Copy(StrEnum):
    """Where her copy of a safety plan is. Never at a place the other one goes."""

    NONE = "none"
    WITH_US = "with_us"
    WITH_SOMEBODY = "with_somebody_she_named"
    REMEMBERED = "remembered"


def level_of(total: int) -> Level:
    """1 to 9 standard, 10 to 13 medium, 14 and more high."""
    if total >= HIGH_FROM:
        return Level.HIGH
    if total >= MEDIUM_FROM:
        return Level.MEDIUM
    return Level.STANDARD if total else Level.NONE


def is_repeat(last_heard_on: date | None, incident_on: date) -> bool:
    """A new incident within twelve months of the last MARAC."""
    return last_heard_on is not None and last_heard_on <= incident_on <= months_after(last_heard_on, REPEAT_MONTHS)


@dataclass(frozen=True, slots=True)
class Risk:
    """What was found at one talk."""

    total: int
    judgement: bool
    flags: frozenset[Flag]
    incident_on: date


def reasons(risk: Risk, incidents: Sequence[date], last_heard_on: date | None) -> list[Reason]:
    """Why this goes to the MARAC; empty: it need not. `incidents`: the days told of before this one."""
    year = [day for day in incidents if day <= risk.incident_on <= months_after(day, REPEAT_MONTHS)]
    found = {
        Reason.TOTAL: risk.total >= HIGH_FROM,
        Reason.JUDGEMENT: risk.judgement,
        Reason.ESCALATION: len(year) + 1 >= ESCALATES_AT,
        Reason.REPEAT: is_repeat(last_heard_on, risk.incident_on),
    }
    return [reason for reason, holds in found.items() if holds]


def think_again(risk: Risk) -> list[str]:
    """What asks for a second look although the total is low: said to the worker, decided by nobody but them."""
    if risk.judgement or risk.total >= HIGH_FROM:
        return []
    said = [f"{flag.value.replace('_', ' ')} was told of" for flag in sorted(risk.flags & GRAVE)]
    if risk.flags >= TOGETHER and risk.flags & {Flag.PHYSICAL_VIOLENCE, Flag.SEXUAL_VIOLENCE}:
        said.append("separation, coercive control and violence were told of together")
    return said


def check_risk(risk: Risk, judgement_why: str, today: date) -> None:
    """A total of 24 answers; a judgement has its reason; nothing lies ahead."""
    if not 0 <= risk.total <= QUESTIONS:
        raise invalid("/total", f"A total lies between 0 and {QUESTIONS}.", "total")
    if risk.judgement and not judgement_why:
        raise invalid("/judgement_why", "Say why, in a sentence: the MARAC will ask.", "reason")
    if risk.incident_on > today:
        raise invalid("/incident_on", "This has not happened yet.", "not-in-the-future")


def check_referral(found: Collection[Reason], aware: bool, not_told_because: str) -> None:
    """Only what meets a threshold goes there; and she knows, or it is written down why not."""
    if not found:
        raise Conflict(
            f"Nothing here meets the threshold ({HIGH_FROM} or more, your own judgement, escalation or a repeat)",
            allowed=["judgement"],
        )
    if not aware and not not_told_because:
        raise invalid("/not_told_because", "Say why she was not told.", "reason")


def hear(state: str) -> str:
    """A conference heard it."""
    if state != "referred":
        raise Conflict("This has been heard already", state=state, allowed=["action"])
    return "heard"


def check_action(state: str) -> None:
    """Actions are what a conference gave out."""
    if state != "heard":
        raise Conflict("No conference has heard this yet", state=state, allowed=["hear"])


def check_his_worker(worker: str | None, hers: Collection[str]) -> None:
    """The perpetrator's worker is another person: nobody who works with her."""
    if worker is not None and worker in hers:
        raise invalid(
            "/perpetrator_worker",
            "They work with her: name another.",
            "another-person",
        )


def check_idva(idva: str | None, his: Collection[str]) -> None:
    """Nobody who works with the other one is her adviser."""
    if idva is not None and idva in his:
        raise invalid("/idva", "They work with the other one: name another.", "another-person")


@dataclass(frozen=True, slots=True)
class SafeTime:
    """When it is safe to ring or meet her. `weekday`: 0 is Monday."""

    weekday: int
    since: time
    until: time


def check_times(times: Sequence[SafeTime]) -> None:
    """Each ends after it begins."""
    for number, each in enumerate(times):
        if each.until <= each.since:
            raise invalid(f"/safe_times/{number}/until", "It ends before it begins.", "times-in-order")


def is_safe(times: Sequence[SafeTime], weekday: int, at: time) -> bool:
    """Whether now is a safe time. None said: none is."""
    return any(each.weekday == weekday and each.since <= at < each.until for each in times)


def priority_need(her_word: Mapping[str, object] | None) -> bool:
    """Priority need on her word: Housing Act 1996 s189(1)(e) (Domestic Abuse Act 2021 s78) asks for no proof."""
    return her_word is not None
