"""What a person reads of who looked at their file: a team, a reason, a day. Pure.

What has to do with abuse, safeguarding, drugs, immigration or crime is not there until a specialist released it, after
asking how the person views it: they may be read over the shoulder. It is not there at all: no line, no count, no gap
and no word says so. What is not known to be harmless counts as what is not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from kit.clock import LONDON
from kit.contracts.purposes import PURPOSES


class Kind(StrEnum):
    """Why a line is kept back; the same words as the parts of a file that few may see."""

    ABUSE = "abuse"
    SAFEGUARDING = "safeguarding"
    DRUGS_AND_ALCOHOL = "drugs_and_alcohol"
    IMMIGRATION = "immigration"
    CRIME = "crime"
    RESTRICTED = "restricted"


HARMLESS: Final = frozenset(
    "front_door hub_running universal_support targeted_support leaving_care work_and_skills health_and_wellbeing "
    "outreach partner_referral duty_to_refer homelessness housing_register lettings rents regeneration debt_advice "
    "benefit_advice revenues_recovery_hold hardship grants_administration resident_panel participation supervision "
    "information_governance complaints resident_self data_migration administration".split()
)
"""The purposes of which anybody may read that they were one: any other, also one still to come, is kept back."""
_PURPOSES: Final[Mapping[str, Kind]] = {
    "domestic_abuse": Kind.ABUSE,
    "community_safety": Kind.CRIME,
}
# In an action, a record or a team's code: longer than the words they would be confused with.
_TELLING: Final[Sequence[tuple[str, Kind]]] = (
    ("separation", Kind.ABUSE),
    ("abuse", Kind.ABUSE),
    ("marac", Kind.ABUSE),
    ("idva", Kind.ABUSE),
    ("perpetrator", Kind.ABUSE),
    ("safety", Kind.ABUSE),
    ("safe_contact", Kind.ABUSE),
    ("refuge", Kind.ABUSE),
    ("violence", Kind.ABUSE),
    ("safeguard", Kind.SAFEGUARDING),
    ("social_care", Kind.SAFEGUARDING),
    ("protection", Kind.SAFEGUARDING),
    ("match_review", Kind.SAFEGUARDING),
    ("drug", Kind.DRUGS_AND_ALCOHOL),
    ("alcohol", Kind.DRUGS_AND_ALCOHOL),
    ("substance", Kind.DRUGS_AND_ALCOHOL),
    ("immigration", Kind.IMMIGRATION),
    ("no_recourse", Kind.IMMIGRATION),
    ("home_office", Kind.IMMIGRATION),
    ("crime", Kind.CRIME),
    ("cuckooing", Kind.CRIME),
    ("anti_social", Kind.CRIME),
    ("antisocial", Kind.CRIME),
    ("community_safety", Kind.CRIME),
    ("police", Kind.CRIME),
    ("gang", Kind.CRIME),
    ("offend", Kind.CRIME),
    ("warning", Kind.CRIME),
    ("restrict", Kind.RESTRICTED),
    ("broken_glass", Kind.RESTRICTED),
    ("break_glass", Kind.RESTRICTED),
    ("conflict", Kind.RESTRICTED),
)
_ROLES: Final[Mapping[str, Kind]] = {
    "safeguarding_lead": Kind.SAFEGUARDING,
    "designated_officer": Kind.SAFEGUARDING,
}
# What somebody is told of who it was where their team has no name of its own, or one that would tell too much.
_TEAMS: Final[Mapping[str, str]] = {
    "volunteer_welcome": "The welcome at a hub",
    "hub_host": "The team that runs a hub",
    "triage_officer": "The front door",
    "universal_worker": "Account managers",
    "targeted_specialist": "Specialist support",
    "housing_officer": "Housing",
    "grants_officer": "Community grants",
    "revenues_officer": "Council tax and benefits",
    "personal_adviser": "Advisers of care leavers",
    "reviewing_officer": "Reviewing officers",
    "manager": "Managers",
    "information_governance_lead": "Information governance",
    "complaints_officer": "Complaints",
    "administrator": "Administration",
    "work_coach": "Jobcentre at the hub",
    "gp_link_worker": "Link workers of the GP surgeries",
    "voluntary_sector_worker": "A voluntary organisation at the hub",
    "partner": "A partner organisation",
    "service": "A program of the council",
}
_SELF: Final = "resident_self"
_SOMEBODY: Final = "The council"


@dataclass(frozen=True, slots=True)
class Read:
    """One line of the record of access. `part`: of what was read, where its owner keeps it apart, else empty."""

    entry: int
    at: datetime
    actor: str
    roles: Sequence[str]
    purpose: str
    action: str
    record: str
    part: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """What the person reads: the day, who as a team, and why."""

    on: date
    team: str
    why: str


def kept_back(read: Read, teams: Iterable[str] = ()) -> Kind | None:
    """Why only a specialist may release it; None for what anybody may read over their shoulder."""
    if read.part not in ("", "front", "inside"):
        return Kind(read.part) if read.part in set(Kind) else Kind.RESTRICTED
    if read.purpose in _PURPOSES:
        return _PURPOSES[read.purpose]
    said = f"{read.action} {read.record.partition('/')[0]}".casefold()
    for word, kind in _TELLING:
        if word in said:
            return kind
    for role in read.roles:
        if role in _ROLES:
            return _ROLES[role]
    if read.purpose not in HARMLESS:
        return Kind.SAFEGUARDING
    if any(tells(team) for team in teams):
        return next(kind for team in teams for word, kind in _TELLING if word in team)
    return None


def tells(team: str) -> bool:
    """Whether a team's code alone tells what somebody was helped with."""
    return any(word in team for word, _ in _TELLING)


def is_somebody(read: Read) -> bool:
    """Whether a person looked: what the platform does by itself is nobody's look."""
    return not read.actor.startswith("system:")


def line_of(read: Read, teams: Sequence[str]) -> Line:
    """What is shown of it; never a worker's name or id, an action, a record or a time of day."""
    why = PURPOSES[read.purpose].explanation if read.purpose in PURPOSES else "To help you."
    return Line(read.at.astimezone(LONDON).date(), team_of(read, teams), why)


def team_of(read: Read, teams: Sequence[str]) -> str:
    """Who it was, as a team."""
    if read.purpose == _SELF:
        return "You"
    named = next((each for each in teams if not tells(each)), None)
    if named is not None:
        return named.replace("_", " ").capitalize()
    return next((_TEAMS[role] for role in read.roles if role in _TEAMS), _SOMEBODY)
