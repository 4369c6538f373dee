"""What a partner's system may ask to be told: thin events, about what is that organisation's own or everybody's.

A thin event names a type, an id and where to read it. What has become of it, the partner reads there, under its own
rights and on record; so nothing about a person leaves by this door. A referral may come in the shape of a FHIR R4 Task
instead, for systems that speak it: the same, with its state, and as little about anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from kit.contracts.catalogue import CATALOGUE
from kit.contracts.envelope import Event


class Shape(StrEnum):
    """How an endpoint wants to be told."""

    THIN = "thin"
    FHIR_TASK = "fhir_task"


TEST: Final = "newstart.webhook.test"
"""Sent when somebody asks for it, to see whether it arrives."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One kind of thing. `whose`: the field of its event that names the organisation it is for; None: it is public."""

    summary: str
    path: str
    whose: str | None = None
    tasks: bool = False
    """Whether it can be told as a FHIR Task too."""


_OF_AGGREGATES: Final[Mapping[str, Offer]] = {
    "triage.referral": Offer("A referral to you", "/v1/triage/referrals/{id}", "organisation_id", tasks=True),
    "triage.capacity_question": Offer(
        "A question whether you could help, without a name", "/v1/triage/capacity-questions/{id}", "organisation_id"
    ),
    "triage.disclosure_notice": Offer(
        "What we disclosed to you was put right, restricted or erased",
        "/v1/triage/disclosure-notices/{id}",
        "organisation_id",
    ),
    # Everybody's: what the published pages show without a sign-in.
    "grants.round": Offer("A round of neighbourhood money", "/v1/grants/rounds/{id}"),
    "grants.award": Offer("An award of neighbourhood money", "/v1/grants/awards/{id}"),
    "grants.panel": Offer("A panel drawn by public lottery", "/v1/grants/panels/{id}"),
    "grants.ballot": Offer("A ballot that was decided", "/v1/grants/ballots/{id}"),
    "grants.campaign": Offer("A crowdfunding campaign that met its target", "/v1/grants/campaigns/{id}"),
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


def body_of(event: Event[Any], shape: str) -> dict[str, Any]:
    """The body in the shape that was asked for; thin where there is no other."""
    at = event.data.happened_at() or event.time
    thin = payload(event.type, at, event.subject, event.sequence)
    return {**thin, "data": _task(event, at)} if shape == Shape.FHIR_TASK and OFFERED[event.type].tasks else thin


def _task(event: Event[Any], at: datetime) -> dict[str, Any]:
    """A FHIR R4 Task (hl7.org/fhir/R4/task.html): our states are its own. No `for`: who it is, is read at `focus`."""
    task: dict[str, Any] = {
        "resourceType": "Task",
        "id": str(event.subject),
        "meta": {"versionId": str(event.sequence), "lastUpdated": at.isoformat()},
        "status": str(event.data.state).replace("_", "-"),
        "intent": "order",
        "focus": {"reference": OFFERED[event.type].path.format(id=event.subject)},
    }
    if event.data.reason is not None:
        task["statusReason"] = {"coding": [{"code": event.data.reason}]}
    return task
