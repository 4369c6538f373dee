"""The whole record of access to somebody: our own rows, and those that others told of (ownership rule 7)."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, insert, literal, select, true, union_all
from sqlalchemy.sql.expression import Subquery

from kit.contracts.access import ReadsTold
from kit.store.tables import audit_entry
from kit.store.unit import UnitOfWork
from services.casefile.access.models import ReadElsewhere

_KEPT = ("actor", "organisation", "roles", "purpose", "action", "record", "outcome")


def of_people(person_ids: Iterable[UUID]) -> Subquery:
    """Rows about any of them: `id` (below zero: another service's), `service`, `at`, who, why, what, and `sealed`."""
    ids = list(person_ids)
    own = select(
        audit_entry.c.id,
        literal("casefile").label("service"),
        audit_entry.c.at,
        *(audit_entry.c[name] for name in _KEPT),
        audit_entry.c.batch.is_not(None).label("sealed"),
    ).where(audit_entry.c.person_ids.overlap(ids))
    told = select(
        ReadElsewhere.id,
        ReadElsewhere.service,
        ReadElsewhere.at,
        *(getattr(ReadElsewhere, name) for name in _KEPT),
        # A service tells of a row in the transaction that seals it.
        true(),
    ).where(ReadElsewhere.person_ids.overlap(ids))
    return union_all(own, told).subquery("record_of_access")


def newest_first(record: Subquery) -> Select[Any]:
    """All of it, the newest first; within one moment in the order of their ids."""
    return select(record).order_by(record.c.at.desc(), record.c.id.desc())


async def keep(unit: UnitOfWork, service: str, told: ReadsTold) -> None:
    """Keep what a service told of one of its batches. The inbox sees to it that this happens once."""
    rows: Sequence[dict[str, Any]] = [{"service": service, **read.model_dump()} for read in told.reads]
    if rows:
        await unit.session.execute(insert(ReadElsewhere), rows)
