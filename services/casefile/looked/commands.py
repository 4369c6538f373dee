"""The write of looked: a specialist lets somebody see lines that are kept back otherwise."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from kit import clock
from kit.errors import NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.looked import record
from services.casefile.looked.models import Release


async def release(
    unit: UnitOfWork, person_id: UUID, entries: Collection[int], asked_on: date, how_they_view_it: str
) -> Release:
    """Release lines, after asking the person how they view it. What the caller may not see is not there to release."""
    if not await may_see(unit, Part.INSIDE, person_id=person_id):
        raise NotFound("We know of no such person")
    if asked_on > clock.today() or (clock.today() - asked_on).days > 28:
        raise invalid("/asked_on", "A day of the last four weeks: how somebody lives changes.", "asked-lately")
    found = await record.of_person(unit, person_id)
    wanted = {read.entry: kind for read, _, kind in found.kept if read.entry in entries}
    seen = await record.seen_kinds(unit, person_id, set(wanted.values()))
    missing = [entry for entry in entries if wanted.get(entry) not in seen]
    if missing:
        raise invalid("/entries", "One of these is not among what is kept back from them.", "kept-back")
    row = Release(
        id=new_id(),
        person_id=person_id,
        entries=sorted(wanted),
        kinds=sorted(seen),
        asked_on=asked_on,
        how_they_view_it=how_they_view_it,
        released_by=unit.cause.actor,
        released_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"looked/{person_id}/release/{row.id}", [person_id])
    return row
