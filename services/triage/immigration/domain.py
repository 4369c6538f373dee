"""Immigration questions, and the way of people without recourse to public funds. Pure.

Status is asked only where a decision turns on it. It is no reason to send anybody away: help that is not "public funds"
(Immigration Rules para 6; Immigration and Asylum Act 1999 s115) needs no question at all. What a council owes people
without recourse rests on Children Act 1989 s17, Care Act 2014 ss9 and 18-19 and Human Rights Act 1998 s6; where
Schedule 3 to the Nationality, Immigration and Asylum Act 2002 excludes somebody, its paragraph 3 keeps what their
rights require.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kit.errors import Conflict, Forbidden, invalid

SOCIAL_CARE_LEADS: Final = frozenset({"safeguarding_lead"})
"""Who alone may record that a legal duty to tell the Home Office was met."""


class TurnsOn(StrEnum):
    """The decisions that turn on immigration status. For anything else it is not asked."""

    HOMELESSNESS_ELIGIBILITY = "homelessness_eligibility"
    SOCIAL_HOUSING_ALLOCATION = "social_housing_allocation"
    WELFARE_BENEFIT = "welfare_benefit"
    LOCAL_CRISIS_PAYMENT = "local_crisis_payment"
    SUPPORT_WITHOUT_RECOURSE = "support_without_recourse"


class Status(StrEnum):
    """What they answered. Not answering is an answer, and never ends help."""

    BRITISH_OR_IRISH = "british_or_irish"
    SETTLED = "settled"
    PRE_SETTLED = "pre_settled"
    REFUGEE_OR_PROTECTION = "refugee_or_protection"
    LEAVE_WITH_RECOURSE = "leave_with_recourse"
    LEAVE_WITHOUT_RECOURSE = "leave_without_recourse"
    ASYLUM_SEEKER = "asylum_seeker"
    APPLICATION_PENDING = "application_pending"
    NO_LEAVE = "no_leave"
    NOT_KNOWN = "not_known"
    NOT_SAID = "not_said"


class Assessment(StrEnum):
    """Under which duty needs are assessed."""

    CHILDREN_ACT_S17 = "children_act_s17"
    CARE_ACT_S9 = "care_act_s9"
    CARE_LEAVER = "care_leaver"
    HUMAN_RIGHTS = "human_rights"


class Result(StrEnum):
    """What an assessment found; until it has, help goes on."""

    PENDING = "pending"
    SUPPORT = "support"
    NO_SUPPORT = "no_support"


class Destitution(StrEnum):
    """Help that is not public funds."""

    FOOD = "food"
    CLOTHES = "clothes"
    ROOF = "roof"
    MONEY = "money"
    ENERGY = "energy"
    TRAVEL = "travel"


class HomeOfficeDuty(StrEnum):
    """The legal duties to tell the Home Office: no other reason lets anything be recorded as told."""

    NIAA_2002_SCH_3_PARA_14 = "niaa_2002_sch_3_para_14"
    COURT_ORDER = "court_order"


class State(StrEnum):
    """Open until assessed, helped and advised."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one person, as the rules see it."""

    state: State = State.OPEN
    assessed: Result | None = None
    helped: int = 0
    advised: bool = False


def step(route: Route, *, assessed: Result | None = None, helped: int = 0, advised: bool = False) -> Route:
    """One more step of an open way. An assessment may find more later, but never goes back to pending."""
    _check_open(route)
    if assessed is Result.PENDING and route.assessed in (Result.SUPPORT, Result.NO_SUPPORT):
        raise Conflict("The assessment has its result", state=route.assessed, allowed=["support", "no_support"])
    return replace(
        route,
        assessed=assessed or route.assessed,
        helped=route.helped + helped,
        advised=route.advised or advised,
    )


def missing(route: Route) -> Sequence[str]:
    """What must be there before it may close."""
    found = []
    if route.assessed in (None, Result.PENDING):
        found.append("assessment")
    if not route.advised:
        found.append("advice")
    return found


def close(route: Route, reason: str | None) -> Route:
    """Closed once needs were assessed and regulated advice was had, or because they say so ("they_ended_it")."""
    _check_open(route)
    lacking = missing(route)
    if lacking and reason != "they_ended_it":
        raise Conflict(
            f"Not yet: {' and '.join(lacking)}. Nobody without recourse is sent away before both.",
            state=route.state,
            missing=list(lacking),
            allowed=[],
        )
    return replace(route, state=State.CLOSED)


def check_home_office(roles: frozenset[str], reason: str) -> None:
    """Only a named social-care lead, for a legal duty, with a reason; nothing is sent from here."""
    if not roles & SOCIAL_CARE_LEADS:
        raise Forbidden("Only a named social-care lead records this")
    if len(reason.split()) < 3:
        raise invalid("/reason", "Say why the duty applies to them.", "reason")


def _check_open(route: Route) -> None:
    if route.state is not State.OPEN:
        raise Conflict("This way is closed: open another", state=route.state, allowed=[])
