"""Reads of who looked: the person's own view, and for specialists what it leaves out."""

from datetime import date
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.looked import record
from services.casefile.looked.domain import Kind

MOST_LINES: Final = 400


class LookedLine(BaseModel):
    """One line: somebody of this team looked or wrote that day, for this reason."""

    on: date
    team: str
    why: str


class LookedView(BaseModel):
    """Who looked at one person's file, as that person may read it; the newest first, each line once a day."""

    since: date
    lines: list[LookedLine]


class KeptBack(BaseModel):
    """For specialists: a line that the person does not see unless it is released."""

    entry: int
    on: date
    team: str
    why: str
    kind: Kind
    released: bool


async def own_view(unit: UnitOfWork, person_id: UUID) -> LookedView:
    """As the person reads it. Whoever calls has asked whether it may be shown to this caller."""
    found = await record.of_person(unit, person_id)
    unit.accessed(f"looked/{person_id}", [person_id])
    return LookedView(
        since=record.since().date(),
        lines=[LookedLine(on=each.on, team=each.team, why=each.why) for each in found.shown[:MOST_LINES]],
    )


async def checked_view(unit: UnitOfWork, person_id: UUID) -> LookedView:
    """The same for a worker who sits beside them. `NotFound` unless the worker may see inside the file."""
    if not await may_see(unit, Part.INSIDE, person_id=person_id):
        raise NotFound("We know of no such person")
    return await own_view(unit, person_id)


async def kept_back(unit: UnitOfWork, person_id: UUID) -> list[KeptBack]:
    """What it leaves out, of the kinds that this caller may see; `NotFound` for a stranger's file."""
    if not await may_see(unit, Part.INSIDE, person_id=person_id):
        raise NotFound("We know of no such person")
    found = await record.of_person(unit, person_id)
    seen = await record.seen_kinds(unit, person_id, {kind for _, _, kind in found.kept})
    unit.accessed(f"looked/{person_id}/kept_back", [person_id])
    return [
        KeptBack(
            entry=read.entry, on=line.on, team=line.team, why=line.why, kind=kind, released=read.entry in found.released
        )
        for read, line, kind in found.kept
        if kind in seen
    ][:MOST_LINES]
