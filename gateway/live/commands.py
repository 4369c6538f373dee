"""Keeping what changed, for an hour, so that every gateway can tell it and nobody who was away misses it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, insert, text

from gateway.live.lists import Followed
from gateway.live.models import LiveChange
from kit.contracts.envelope import Event
from kit.store.unit import UnitOfWork

KEPT: Final = timedelta(hours=1)
# Numbers must come in the order of the commits: who follows reads "after the last I saw".
_IN_ORDER = text("select pg_advisory_xact_lock(4_005_002)")


async def note(unit: UnitOfWork, events: Sequence[Event[Any]], heard: Mapping[str, Sequence[Followed]]) -> None:
    """Note on which lists these events changed something."""
    changes = [
        {
            "list_name": each.name,
            "kind": event.type.rpartition(".")[2],
            "subject": event.subject,
            "person_ids": sorted(event.data.concerns().person_ids),
        }
        for event in events
        for each in heard[event.type]
        if each.concerns(event.data)
    ]
    if not changes:
        return
    await unit.session.execute(delete(LiveChange).where(LiveChange.at < func.now() - KEPT))
    await unit.session.execute(_IN_ORDER)
    await unit.session.execute(insert(LiveChange).values(changes))
