"""What a partner's system may ask to be told: thin events, about what is that organisation's own or everybody's.

A thin event names a type, an id and where to read it. What has become of it, the partner reads there, under its own
rights and on record; so nothing about a person leaves by this door.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event

TEST: Final = "newstart.webhook.test"
"""Sent when somebody asks for it, to see whether it arrives."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of thing. `whose`: the field of its event that names the organisation it is for; None: it is public."""

    summary: str
    path: str
    whose: str | None = None


_OF_AGGREGATES: Final[Mapping[str, Offer]] = {
    "triage.referral": Offer("A referral to you", "/v1/triage/referrals/{id}", "organisation_id"),
    "triage.capacity_question": Offer(
        "A question whether you could help, without a name", "/v1/triage/capacity-questions/{id}", "organisation_id"
    ),
}


def _offered() -> dict[str, Offer]:
    return {
        declared.type: offer
        for declared in CATALOGUE.values()
        if declared.model is not None
        and "gateway" in declared.consumers
        and (offer := _OF_AGGREGATES.get(f"{declared.owner}.{declared.aggregate}")) is not None
    }


OFFERED: Final[Mapping[str, Offer]] = _offered()
"""By event type."""


def organisation_of(event: Event[Any]) -> UUID | None:
    """Whose it is; None when it is everybody's."""
    offer = OFFERED[event.type]
    return None if offer.whose is None else getattr(event.data, offer.whose)


def line_of(event: Event[Any]) -> UUID:
    """What must stay in order: everything of one household; of what has none, everything of one thing."""
    homes = sorted(event.data.concerns().household_ids)
    return homes[0] if homes else event.subject


def payload(type_: str, at: datetime, subject: UUID, sequence: int) -> dict[str, Any]:
    """The body of a thin event (Standard Webhooks 1.0, "Payload structure"); `path` is one of this door's own."""
    offer = OFFERED.get(type_)
    data: dict[str, Any] = {"id": str(subject), "sequence": sequence}
    if offer is not None:
        data["path"] = offer.path.format(id=subject)
    return {"type": type_, "timestamp": at.isoformat(), "data": data}
