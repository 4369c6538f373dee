"""What the others are told of contacts and needs: ids, codes and dates, never anyone's words."""

from typing import Any

from kit.contracts.codes import Channel, ContactStatus, NeedDomain, NeedKind, NeedStatus, Outcome, Stage, Urgency
from kit.contracts.triage.contacts import ContactDecided, ContactNeed, ContactReceived, ContactState, NeedState
from kit.contracts.triage.contacts import Decision as PublishedDecision
from services.triage.contacts.models import Contact, Decision, Need


def received(contact: Contact) -> ContactReceived:
    """A contact as first published."""
    return ContactReceived(**_whole(contact))


def changed(contact: Contact) -> ContactState:
    """A contact's present state."""
    return ContactState(**_whole(contact))


def decided(contact: Contact, decision: Decision) -> ContactDecided:
    """A contact with the decision just made."""
    return ContactDecided(**_whole(contact), decision=_decision(decision))


def need_state(contact: Contact, need: Need) -> NeedState:
    """A need's present state. Its household is the one the officer named: what we found out is the decision's."""
    return NeedState(
        need_id=need.id,
        contact_id=contact.id,
        person_id=contact.person_id,
        household_id=contact.given_household_id,
        domain=NeedDomain(need.domain),
        kind=NeedKind(need.kind),
        urgency=Urgency(need.urgency),
        status=NeedStatus(need.status),
        changed_at=need.changed_at,
    )


def _whole(contact: Contact) -> dict[str, Any]:
    return {
        "contact_id": contact.id,
        "person_id": contact.person_id,
        "household_id": contact.household_id,
        "channel": Channel(contact.channel),
        "hub": contact.hub,
        "held_by": contact.held_by,
        "occurred_at": contact.occurred_at,
        "stage": Stage(contact.stage),
        "urgency": contact.urgency,
        "state": ContactStatus(contact.state),
        "needs": tuple(
            ContactNeed(
                need_id=need.id,
                domain=NeedDomain(need.domain),
                kind=NeedKind(need.kind),
                urgency=Urgency(need.urgency),
                status=NeedStatus(need.status),
            )
            for need in contact.needs
        ),
        "decisions": tuple(_decision(each) for each in contact.decisions),
        "changed_at": contact.changed_at,
    }


def _decision(decision: Decision) -> PublishedDecision:
    return PublishedDecision(
        decision_id=decision.id,
        outcome=Outcome(decision.outcome),
        stage=Stage(decision.stage),
        specialism=decision.specialism,
        statutory_service=decision.statutory_service,
        need_ids=tuple(decision.need_ids),
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )
