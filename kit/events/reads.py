"""Who read what about whom goes sealed to casefile, as the batches of the record are sealed (ownership rule 7)."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from kit.contracts.access import ReadsTold, ReadTold
from kit.contracts.catalogue import CATALOGUE
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork

_MOST_PEOPLE: Final = 500
"""Of one row: a list that showed more is told in several."""
_LARGEST: Final = 600
"""Rows and people of one event: well below what one sealed event may hold (`kit.events.sealed`)."""


def tell(unit: UnitOfWork, batch: int, rows: Sequence[Any]) -> None:
    """Tell casefile of the rows of this batch that somebody caused and that are about people."""
    type_ = f"{unit.service}.access.told"
    if type_ not in CATALOGUE:
        return
    for reads in _parts(_told(rows)):
        told = ReadsTold(batch=batch, reads=reads)
        sealed.seal(unit, "casefile", type_, told, aggregate_id=new_id(), sequence=1)


def _told(rows: Iterable[Any]) -> Iterable[ReadTold]:
    for row in rows:
        if row.actor.startswith("system:"):
            continue
        people: Sequence[UUID] = row.person_ids or ()
        for start in range(0, len(people), _MOST_PEOPLE):
            yield ReadTold(
                entry=row.id,
                at=row.at,
                actor=row.actor,
                organisation=row.organisation,
                roles=tuple(row.roles),
                purpose=row.purpose,
                action=row.action,
                record=row.record,
                person_ids=tuple(people[start : start + _MOST_PEOPLE]),
                outcome=row.outcome,
            )


def _parts(reads: Iterable[ReadTold]) -> Iterable[tuple[ReadTold, ...]]:
    part: list[ReadTold] = []
    size = 0
    for read in reads:
        length = 1 + len(read.person_ids)
        if part and size + length > _LARGEST:
            yield tuple(part)
            part, size = [], 0
        part.append(read)
        size += length
    if part:
        yield tuple(part)
