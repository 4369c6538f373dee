"""Events of other services as they come from the bus."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from kit import clock
from kit.ids import new_id

Json = dict[str, Any]


def envelope(type_: str, data: Json, *, subject: UUID | str | None = None, sequence: int = 1, **more: Any) -> Json:
    """Any event of ours as CloudEvents JSON."""
    return {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": f"urn:newstart:{type_.partition('.')[0]}",
        "type": type_,
        "subject": str(subject or new_id()),
        "time": clock.now().isoformat(),
        "datacontenttype": "application/json",
        "actor": "triage-7",
        "purpose": "universal_support",
        "sequence": f"{sequence:020d}",
        "correlationid": str(new_id()),
        "data": data,
        **more,
    }


def moment(days_ago: float = 0) -> str:
    """An aware moment in the past."""
    return (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()


def contact(
    event: str,
    *,
    person: Any = None,
    household: Any = None,
    at: str | None = None,
    changed_at: str | None = None,
    needs: tuple[str, ...] = ("housing",),
    contact_id: str | None = None,
    **more: Any,
) -> Json:
    """A contact at triage: `received` or `changed`; `decision` makes one `decided`."""
    id_ = contact_id or str(new_id())
    data = {
        "contact_id": id_,
        "person_id": person and str(person),
        "household_id": household and str(household),
        "channel": "walk_in",
        "hub": "barking_learning_centre",
        "occurred_at": at or moment(),
        "stage": "contact",
        "urgency": "today",
        "state": "open",
        "needs": [
            {"need_id": str(new_id()), "domain": each, "kind": "presenting", "urgency": "today"} for each in needs
        ],
        "decisions": [],
        "changed_at": changed_at or at or moment(),
        **more,
    }
    return envelope(f"triage.contact.{event}", data, subject=id_)


def decided(
    *,
    outcome: str = "universal",
    at: str | None = None,
    decision_id: str | None = None,
    specialism: str | None = None,
    statutory_service: str | None = None,
    stage: str = "final",
    **more: Any,
) -> Json:
    """A decision of triage's about a person or a household."""
    decision = {
        "decision_id": decision_id or str(new_id()),
        "outcome": outcome,
        "stage": stage,
        "specialism": specialism,
        "statutory_service": statutory_service,
        "need_ids": [],
        "decided_by": "triage-7",
        "decided_at": at or moment(),
    }
    return contact("decided", at=at, decision=decision, decisions=[decision], **more)
