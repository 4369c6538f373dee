"""Sending words to a partner's mailbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from kit.contracts.triage.partners import PartnerMessage
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Link:
    """What the partner is to answer by a one-time link, and until when (business time)."""

    kind: Literal["referral", "capacity_question"]
    target: UUID
    until: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes to which mailbox of which organisation. A mailbox is a team's, and others read it: no need, no name."""

    organisation_id: UUID
    to: str
    subject: str
    text: str
    link: Link | None = None
    person_id: UUID | None = None


def send(unit: UnitOfWork, letter: Letter) -> UUID:
    """Hand it to the gateway, which alone can open it; goes out with this transaction. Returns the message's id."""
    message_id = new_id()
    data = PartnerMessage(
        partner_message_id=message_id,
        organisation_id=letter.organisation_id,
        to=letter.to,
        subject=letter.subject,
        text=letter.text,
        link_kind=letter.link.kind if letter.link else None,
        link_target=letter.link.target if letter.link else None,
        link_until=letter.link.until if letter.link else None,
        person_id=letter.person_id,
    )
    sealed.seal(unit, "gateway", "triage.partner_message.addressed", data, aggregate_id=message_id, sequence=1)
    return message_id
