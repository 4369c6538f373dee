"""When somebody has applied as homeless, and what must be asked about tonight. Pure.

No form makes an application: asking for help and a reason to believe that they may be homeless, or threatened with it
within 56 days, are enough (Housing Act 1996 ss183-184), with or without papers, at any desk. So what suggests it opens
the application there and then, and no decision can be made in place of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from kit.contracts.codes import Channel, NeedDomain, Stage
from services.triage.contacts.domain import (
    HomelessnessSign,
    Need,
    PrioritySign,
    Tonight,
    may_be_homeless,
    suggests_homelessness,
)


class How(StrEnum):
    """What opened an application."""

    SAID = "said"
    ASKED = "asked"
    DECIDED = "decided"


class TonightQuestion(StrEnum):
    """Where they sleep tonight (Housing Act 1996 s188(1)): a reason to believe is enough for a roof."""

    HOUSE_TONIGHT = "house_tonight"
    ASK = "ask"
    NOT_TONIGHT = "not_tonight"


# Nowhere to stay tonight that they can be expected to stay in (s175). Temporary accommodation and a hostel are
# homelessness too, but there is a bed.
_NO_BED = frozenset({Tonight.NOWHERE, Tonight.OUTSIDE, Tonight.VEHICLE_OR_TENT})
_CANNOT_STAY = frozenset({HomelessnessSign.NOWHERE_SAFE_TONIGHT, HomelessnessSign.FLEEING_ABUSE_OR_VIOLENCE})
_A_BED = frozenset(Tonight) - _NO_BED - {Tonight.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Application:
    """What a contact's needs say of an application."""

    how: How
    where_tonight: Tonight
    tonight: TonightQuestion
    priority: frozenset[PrioritySign]


def opened_by(channel: Channel, needs: Sequence[Need]) -> How | None:
    """What opens an application in a contact with these needs; None: nothing does.

    A public body's referral is not yet an application (Homelessness Code of Guidance chapter 4): it waits until the
    person is spoken to, but a final decision about them opens it all the same.
    """
    if any(need.stage is Stage.FINAL and may_be_homeless(need) for need in needs):
        return How.DECIDED
    if channel is not Channel.DUTY_TO_REFER and any(suggests_homelessness(need) for need in needs):
        return How.SAID
    return None


def application(how: How, needs: Sequence[Need]) -> Application:
    """The application as the contact's needs stand: asked of all of them, since one person told them."""
    homeless = [need for need in needs if may_be_homeless(need)]
    places = [need.where_tonight for need in homeless if need.where_tonight is not Tonight.UNKNOWN]
    # The worst place that was told counts: a doubt about tonight is settled by a bed, not by waiting.
    where = next((each for each in places if each in _NO_BED), places[-1] if places else Tonight.UNKNOWN)
    signs = frozenset(sign for need in homeless for sign in need.signs)
    priority = frozenset(sign for need in needs for sign in need.priority)
    if HomelessnessSign.FLEEING_ABUSE_OR_VIOLENCE in signs and any(
        need.domain is NeedDomain.DOMESTIC_ABUSE for need in needs
    ):
        priority |= {PrioritySign.FLEEING_DOMESTIC_ABUSE}
    return Application(how, where, tonight_question(where, signs, priority), priority)


def tonight_question(
    where: Tonight, signs: frozenset[HomelessnessSign], priority: frozenset[PrioritySign]
) -> TonightQuestion:
    """Whether a roof is owed tonight (s188(1)): reason to believe homeless and in priority need is enough.

    Who is eligible is for the homelessness team; a doubt never keeps anybody outside. Fleeing domestic abuse is itself
    a priority need (s189(1)(e), Domestic Abuse Act 2021 s78), but violence of other kinds is not by itself.
    """
    if where in _NO_BED or signs & _CANNOT_STAY:
        return TonightQuestion.HOUSE_TONIGHT if priority else TonightQuestion.ASK
    return TonightQuestion.NOT_TONIGHT if where in _A_BED else TonightQuestion.ASK
