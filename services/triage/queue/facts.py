"""What the rules may know of who waits: codes that the front door recorded, no words, no characteristics."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from kit.contracts.codes import Channel, ConcernLevel, NeedDomain, NeedKind, QueueKind, ReferralStatus, Stage, Urgency
from services.triage.contacts import domain as contacts
from services.triage.contacts.domain import HomelessnessSign, Tonight
from services.triage.contacts.models import Contact
from services.triage.queue.domain import Entry, Facts
from services.triage.referrals import domain as referrals
from services.triage.referrals.models import Referral
from services.triage.safeguarding import domain as safeguarding
from services.triage.safeguarding.models import Concern

KNOWN: Final[Mapping[str, frozenset[str]]] = {
    "kind": frozenset(QueueKind),
    "channel": frozenset(Channel),
    "urgency": frozenset(Urgency),
    "domain": frozenset(NeedDomain),
    "need_kind": frozenset(NeedKind),
    "tonight": frozenset(Tonight),
    "sign": frozenset(HomelessnessSign),
    "homelessness": frozenset({"suggested", "not_ruled_out", "ruled_out"}),
    "named": frozenset({"yes", "no"}),
    "level": frozenset(ConcernLevel),
    "referral": frozenset({"refused", "failed", "silent"}),
    "next_step": frozenset(each.step for reasons in referrals.NEXT.values() for each in reasons.values()),
}
"""Every fact a rule may turn on, with the values it may have. Language, sex, origin, age and status are not among
them: who waits is put forward for what they need, never for who they are (Equality Act 2010 s149)."""


def of_contact(contact: Contact) -> Facts:
    """A contact's facts: those of the needs that nobody has finally decided on."""
    open_needs = [need.as_rules_see_it() for need in contact.needs if need.stage != Stage.FINAL]
    kinds = {need.kind for need in contact.needs if need.stage != Stage.FINAL}
    if any(contacts.suggests_homelessness(need) for need in open_needs):
        homelessness = "suggested"
    elif any(contacts.may_be_homeless(need) for need in open_needs):
        homelessness = "not_ruled_out"
    else:
        homelessness = "ruled_out"
    return {
        "kind": frozenset({QueueKind.CONTACT.value}),
        "channel": frozenset({contact.channel}),
        "urgency": frozenset({contacts.urgency_of(need.urgency for need in open_needs).value}),
        "domain": frozenset(need.domain.value for need in open_needs),
        "need_kind": frozenset(kinds),
        "tonight": frozenset(need.where_tonight.value for need in open_needs),
        "sign": frozenset(sign.value for need in open_needs for sign in need.signs),
        "homelessness": frozenset({homelessness}),
        "named": frozenset({"no" if contact.person_id is None else "yes"}),
    }


def of_concern(concern: Concern) -> Facts:
    """A concern's facts. A level nobody gave is red."""
    level = safeguarding.level_to_act_on(ConcernLevel(concern.level) if concern.level else None)
    return {
        "kind": frozenset({QueueKind.SAFEGUARDING.value}),
        "level": frozenset({level.value}),
        "urgency": frozenset({_URGENCY[level].value}),
    }


def of_referral(referral: Referral) -> Facts:
    """The facts of a referral that came back, or that a partner left unanswered."""
    ended = {ReferralStatus.REJECTED: "refused", ReferralStatus.FAILED: "failed"}
    return {
        "kind": frozenset({QueueKind.REFERRAL.value}),
        "urgency": frozenset({referral.urgency}),
        "domain": frozenset({referral.domain}),
        "referral": frozenset({ended.get(ReferralStatus(referral.state), "silent")}),
        "next_step": frozenset({referral.next_step} if referral.next_step else ()),
    }


_URGENCY: Final = {
    ConcernLevel.RED: Urgency.IMMEDIATE,
    ConcernLevel.AMBER: Urgency.TODAY,
    ConcernLevel.GREEN: Urgency.THIS_WEEK,
}


def stored(facts: Facts) -> dict[str, list[str]]:
    """As the table holds them: the same facts, the same text."""
    return {name: sorted(facts[name]) for name in sorted(facts) if facts[name]}


def entry(id_: UUID, arrived_at: datetime, facts: Mapping[str, list[str]], own_due_at: datetime | None) -> Entry:
    """As the rules see it."""
    return Entry(id_, arrived_at, {name: frozenset(values) for name, values in facts.items()}, own_due_at)
