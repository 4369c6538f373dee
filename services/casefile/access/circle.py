"""Who is around a household: whom a capability lets in besides the case's team, and the team as every service hears it.

The case's own team (`case_member`, `case_file`) is the cases' to keep; what changes there counts here at once, for the
rule reads it from where it stands, and is announced a moment later (`handlers.tell_team`).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from kit import clock
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.access.models import Place

MET_FOR = timedelta(days=28)
"""How long an encounter lets a worker look inside; also how long the team of a closed case may finish what it owes."""


def met(unit: UnitOfWork, household_id: UUID) -> None:
    """The caller has somebody of this household before them: they may look inside for 28 days."""
    if unit.cause.roles:
        now = clock.business_now()
        unit.session.add(_place(unit, household_id, unit.cause.actor, "met", (), now, clock.later(now, MET_FOR)))


def let_in(
    unit: UnitOfWork,
    household_id: UUID,
    worker: str,
    role: str,
    *,
    parts: Collection[str] = (),
    until: datetime | None = None,
) -> Place:
    """Let a worker look inside who is not of the case's team, and into the compartments named (values of `Part`)."""
    place = _place(unit, household_id, worker, role, parts, clock.business_now(), until)
    unit.session.add(place)
    return place


def _place(
    unit: UnitOfWork,
    household_id: UUID,
    worker: str,
    role: str,
    parts: Collection[str],
    since: datetime,
    until: datetime | None,
) -> Place:
    return Place(
        id=new_id(),
        household_id=household_id,
        worker=worker,
        role=role,
        parts=sorted(parts),
        since=since,
        until=until,
        placed_by=unit.cause.actor,
    )
