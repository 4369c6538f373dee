"""The event door of referrals: who answers for whom."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table

from kit.contracts.envelope import Event
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.unit import UnitOfWork
from services.triage.referrals.models import KnownManager

handlers = Handlers()


@handlers.projection("gateway.worker.changed", "gateway.team.changed")
async def know_who_answers(unit: UnitOfWork, events: Sequence[Event[Any]]) -> None:
    """Managers, absence and cover."""
    await upsert(unit, cast(Table, KnownManager.__table__), (_line(event) for event in events))


def _line(event: Event[Any]) -> dict[str, Any]:
    data = event.data
    line = {"id": event.subject, "sequence": event.sequence, "manager": data.manager}
    if event.type == "gateway.team.changed":
        away: dict[str, Any] = dict.fromkeys(("worker_id", "absent_from", "absent_until", "covered_by"))
        members = [each.model_dump(mode="json") for each in data.members]
        return {**line, **away, "manages": False, "active": True, "members": members}
    return {
        **line,
        "worker_id": data.worker_id,
        "manages": "manager" in data.roles,
        "active": data.active and data.suspended_at is None,
        "absent_from": data.absent_from,
        "absent_until": data.absent_until,
        "covered_by": data.covered_by,
        "members": [],
    }
