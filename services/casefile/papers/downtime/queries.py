"""Reads of packs and of what was typed in. Downloading a pack is a read of everybody in it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.papers.downtime.models import DowntimePack, PaperEntry
from services.casefile.people.aliases import all_ids


class PackView(BaseModel):
    """A hub's pack of a day."""

    id: UUID
    hub: str
    day: date
    made_at: UtcDatetime
    digest: str = Field(description="SHA-256 of the file")
    size: int
    key_name: str = Field(description="Which passphrase opens it: the hub's own, in its safe")
    visits: int
    forms: list[str]
    kept: bool = Field(description="Whether the file is still there: two weeks")


class PaperEntryView(BaseModel):
    """What was written on paper during an outage."""

    id: UUID
    form: str
    person_id: UUID
    kind: str
    happened_at: UtcDatetime
    words: str
    written_by: str
    typed_by: str
    typed_at: UtcDatetime


async def packs(unit: UnitOfWork, hub: str | None, after: Sequence[Any] | None, limit: int) -> list[PackView]:
    """Packs, the newest first; nothing of what is in them."""
    columns = [column for column in DowntimePack.__table__.columns if column.key not in ("file", "person_ids")]
    query = select(*columns, DowntimePack.file.is_not(None).label("kept"))
    if hub is not None:
        query = query.where(DowntimePack.hub == hub)
    if after is not None:
        place = tuple_(DowntimePack.made_at, DowntimePack.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    rows = await unit.session.execute(query.order_by(DowntimePack.made_at.desc(), DowntimePack.id.desc()).limit(limit))
    return [PackView.model_validate(row._mapping) for row in rows]


def place_of_pack(pack: PackView) -> list[Any]:
    """Where it stands in the list."""
    return [pack.made_at.isoformat(), str(pack.id)]


async def file(unit: UnitOfWork, pack_id: UUID) -> bytes:
    """The locked file; `NotFound` for one that is too old."""
    row = await unit.session.get(DowntimePack, pack_id)
    if row is None or row.file is None:
        raise NotFound("There is no such pack any more")
    unit.accessed(f"downtime_pack/{row.id}", row.person_ids)
    return row.file


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """What was typed in is inside the file of whom it is about."""
    return await about_person(unit, PaperEntry.person_id, Part.INSIDE)


async def entries(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[PaperEntryView]:
    """What was typed in about somebody, the newest happening first."""
    query = select(PaperEntry).where(
        PaperEntry.person_id.in_(await all_ids(unit.session, [person_id])), await visible_to(unit)
    )
    if after is not None:
        place = tuple_(PaperEntry.happened_at, PaperEntry.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    rows = await unit.session.scalars(query.order_by(PaperEntry.happened_at.desc(), PaperEntry.id.desc()).limit(limit))
    unit.accessed("paper_entries", [person_id])
    return [shown(row) for row in rows]


async def entry(unit: UnitOfWork, entry_id: UUID) -> PaperEntryView:
    """One of them."""
    query = select(PaperEntry).where(PaperEntry.id == entry_id, await visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such entry")
    unit.accessed(f"paper_entry/{row.id}", [row.person_id])
    return shown(row)


def shown(row: PaperEntry) -> PaperEntryView:
    """An entry as its readers see it."""
    return PaperEntryView.model_validate(row, from_attributes=True)


def place_of_entry(each: PaperEntryView) -> list[Any]:
    """Where it stands in the list."""
    return [each.happened_at.isoformat(), str(each.id)]
