"""The event door of measures: what is counted is kept as it was told, in ids, codes and days."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.unit import UnitOfWork
from services.risk.measures.models import MeasuredEvent

KINDS: Final[Mapping[str, str]] = {
    "triage.contact.received": "contact",
    "triage.contact.changed": "contact",
    "triage.contact.decided": "contact",
    "triage.homelessness_application.opened": "application",
    "triage.homelessness_application.changed": "application",
    "triage.handover.offered": "handover",
    "triage.handover.accepted": "handover",
    "triage.handover.declined": "handover",
    "triage.handover.withdrawn": "handover",
    "triage.handover.lapsed": "handover",
    "triage.handover.escalated": "handover",
    "triage.volunteer_session.recorded": "volunteer_session",
    "housing.approach.made": "approach",
    "housing.duty.started": "duty",
    "housing.duty.ended": "duty",
    "housing.placement.started": "placement",
    "housing.placement.changed": "placement",
    "housing.placement.breached": "placement",
    "housing.placement.ended": "placement",
    "housing.homelessness_decision.notified": "decision",
    "housing.homelessness_review.asked": "review",
    "housing.homelessness_review.decided": "review",
    "casefile.outcome.recorded": "outcome",
    "casefile.outcome.checked": "outcome",
    "casefile.outcome.struck": "outcome",
    "casefile.case.workstream_added": "case_joined",
    "casefile.support_plan.eviction_prevented": "support_plan",
    "casefile.work_journey.moved": "work_journey",
    "casefile.work_journey.closed": "work_journey",
}
"""Each type's kind. Versions of one kind are one thing as it changed; of `case_joined` each is one of its own."""

EACH_BY_ITSELF: Final = frozenset({"case_joined"})

# What the rules read of each kind; nothing else is kept.
READ: Final[Mapping[str, frozenset[str]]] = {
    "contact": frozenset({"occurred_at", "needs", "decisions"}),
    "application": frozenset({"application_id", "contact_id", "made_on"}),
    "handover": frozenset({"contact_id", "state", "retold", "changed_at"}),
    "volunteer_session": frozenset({"hub", "held_on", "state", "minutes"}),
    "approach": frozenset({"case_id", "made_on", "application_id"}),
    "duty": frozenset({"case_id", "duty", "started_on", "ended_on", "end_reason"}),
    "decision": frozenset({"case_id", "notified_on"}),
    "placement": frozenset(
        {"entered_on", "left_on", "end_reason", "out_of_area", "family", "bed_and_breakfast", "breached_on"}
    ),
    "review": frozenset({"state", "outcome", "decided_on"}),
    "outcome": frozenset({"kind", "state", "achieved_on", "checked_on"}),
    "case_joined": frozenset({"changed_at"}),
    "support_plan": frozenset({"prevented_on"}),
    "work_journey": frozenset({"in_work_since"}),
}

handlers = Handlers()


@handlers.projection(*KINDS)
async def keep_what_is_counted(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Each event once, whatever the order."""
    rows: dict[UUID, dict[str, Any]] = {}
    for event in events:
        kind = KINDS[event.type]
        told = event.data.model_dump(mode="json", include=set(READ[kind]))
        rows[event.id] = {
            "id": event.id,
            "kind": kind,
            "about": event.id if kind in EACH_BY_ITSELF else event.subject,
            "sequence": event.sequence,
            "told_at": event.time,
            "person_id": getattr(event.data, "person_id", None),
            "household_id": getattr(event.data, "household_id", None),
            "data": _bare(told),
        }
    if rows:
        statement = insert(MeasuredEvent).values([rows[each] for each in sorted(rows)])
        await unit.session.execute(statement.on_conflict_do_nothing(index_elements=["id"]))


def _bare(told: dict[str, Any]) -> dict[str, Any]:
    """Of needs and decisions only what is counted: not who decided, nor what a need was about if not housing."""
    if "needs" in told:
        told["domains"] = len({each["domain"] for each in told["needs"]})
        told["needs"] = [{"need_id": each["need_id"], "housing": each["domain"] == "housing"} for each in told["needs"]]
        told["decisions"] = [
            {name: each[name] for name in ("stage", "outcome", "need_ids")} for each in told["decisions"]
        ]
    return told
