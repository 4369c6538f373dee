"""Reads of the record of access, of broken glass, restrictions, conflicts and alerts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select, tuple_

from kit import clock
from kit.contracts.catalogue import OWNERS
from kit.errors import NotFound
from kit.store import audit
from kit.store.tables import audit_entry
from kit.store.unit import UnitOfWork
from services.casefile.access import record, rows
from services.casefile.access.models import AccessAlert, BrokenGlass, Conflict, KnownSeal, Restriction
from services.casefile.people import membership
from services.casefile.people.aliases import all_ids, merged_into_them
from services.casefile.people.models import Person
from services.casefile.people.sealed_register import current_home
from services.casefile.people.visibility import hidden_from, shown_of, visible_to

_BATCHES_CHECKED = 600
"""Of our own rows: about the last ten minutes of a busy day. The whole is `kit.store.audit.verify`."""


class ReadView(BaseModel):
    """One time someone read or wrote this person's record, in whichever service."""

    entry: int = Field(description="Below zero: told by another service, within about a second")
    service: str = Field("casefile", description="Where the record stands")
    at: datetime
    actor: str
    organisation: str | None
    roles: list[str]
    purpose: str
    action: str
    record: str
    outcome: str
    sealed: bool = Field(description="Whether it is under the hash chain already (within about a second)")


class GlassView(BaseModel):
    """Broken glass: who looked where, why, until when, and what a manager said of it."""

    id: UUID
    version: int
    household_id: UUID
    worker: str
    parts: list[str]
    purpose: str
    reason: str
    broken_at: datetime
    until: datetime
    open: bool = Field(description="Whether it still is, by the real clock")
    manager: str | None
    review_due: date
    overdue: bool
    verdict: str | None
    reviewed_by: str | None
    reviewed_at: datetime | None
    review_note: str | None
    reads: int | None = Field(None, description="How many times they read or wrote a record of this household in it")

    @classmethod
    def of(cls, row: BrokenGlass, reads: int | None = None) -> Self:
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**kept, open=row.until > clock.now(), reads=reads)


class RestrictionView(BaseModel):
    """Why a record is restricted, and who sees it all the same."""

    id: UUID
    version: int
    person_id: UUID
    reason: str
    allowed: list[str]
    restricted_by: str
    restricted_at: datetime
    lifted_at: datetime | None


class ConflictView(BaseModel):
    """A worker who may not see somebody."""

    id: UUID
    version: int
    person_id: UUID
    worker: str
    kind: str = Field(description="declared by the worker, or barred by the resident")
    relation: str
    note: str
    recorded_at: datetime
    ended_at: datetime | None


class AlertView(BaseModel):
    """Something odd about how records are read. Counts only, and never for measuring anybody's work."""

    id: UUID
    version: int
    kind: str
    worker: str
    count: int
    minutes: int
    raised_at: datetime
    settlement: str | None
    settled_by: str | None
    settled_at: datetime | None
    settle_note: str | None

    @classmethod
    def of(cls, row: AccessAlert) -> Self:
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**kept, count=row.figures["count"], minutes=row.figures["minutes"])


class ChainView(BaseModel):
    """One service's record of access as its seals tell of it."""

    service: str
    batches: int = Field(description="How many seals have reached us")
    entries: int
    sealed_at: datetime | None = Field(description="When the newest was sealed")
    missing: int = Field(description="Seals between the first and the newest that have not (yet) reached us")
    first_break: int | None = Field(description="The first batch that does not stand; null when the chain does")


async def reads(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[ReadView]:
    """Who looked, the newest first; people merged into this one included. This read goes on record too."""
    inside = (await merged_into_them(unit.session, [person_id])).get(person_id, [])
    hidden = await hidden_from(unit)
    # A reviewer reads also who looked at restricted records, but nothing about those they have a conflict with.
    apart = await _in_conflict(unit, [person_id, *inside])
    ids = [each for each in (person_id, *inside) if each not in hidden and each not in apart]
    rows_of_them = record.of_people(ids)
    query = record.newest_first(rows_of_them)
    if after is not None:
        place = tuple_(rows_of_them.c.at, rows_of_them.c.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), after[1]))
    found = (await unit.session.execute(query.limit(limit))).all()
    unit.accessed(f"access/{person_id}", [person_id])
    return [
        ReadView(
            entry=row.id,
            service=row.service,
            at=row.at,
            actor=row.actor,
            organisation=row.organisation,
            roles=row.roles,
            purpose=row.purpose,
            action=row.action,
            record=row.record,
            outcome=row.outcome,
            sealed=row.sealed,
        )
        for row in found
    ]


async def _in_conflict(unit: UnitOfWork, ids: Sequence[UUID]) -> frozenset[UUID]:
    whole = await all_ids(unit.session, ids)
    query = select(Conflict.person_id).where(
        Conflict.worker == unit.cause.actor, Conflict.ended_at.is_(None), Conflict.person_id.in_(whole)
    )
    return whole if (await unit.session.scalars(query)).first() is not None else frozenset()


async def glass(unit: UnitOfWork, glass_id: UUID) -> GlassView:
    """One, with how much was read by it. Put on record as read."""
    row = await rows.glass(unit, glass_id)
    members = (await membership.members_of(unit, [row.household_id]))[row.household_id]
    unit.accessed(f"broken_glass/{row.id}", members)
    counted = select(func.count()).where(
        audit_entry.c.actor == row.worker,
        audit_entry.c.at.between(row.broken_at, row.until),
        audit_entry.c.person_ids.overlap(members),
    )
    return GlassView.of(row, int(await unit.session.scalar(counted) or 0))


async def glasses(unit: UnitOfWork, waiting: bool | None, after: Sequence[Any] | None, limit: int) -> list[GlassView]:
    """Broken glass, what is due soonest first. Only `limit - 1` are shown, and on record as read."""
    query = select(BrokenGlass).where(await rows.glass_visible_to(unit))
    if waiting is not None:
        query = query.where(BrokenGlass.verdict.is_(None) if waiting else BrokenGlass.verdict.is_not(None))
    if after is not None:
        place = tuple_(BrokenGlass.review_due, BrokenGlass.id)
        query = query.where(place > tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    ordered = query.order_by(BrokenGlass.review_due, BrokenGlass.id).limit(limit)
    found = (await unit.session.scalars(ordered)).all()
    members = await membership.members_of(unit, {row.household_id for row in found})
    for row in found[: limit - 1]:
        unit.accessed(f"broken_glass/{row.id}", members[row.household_id])
    return [GlassView.of(row) for row in found]


async def restriction(unit: UnitOfWork, person_id: UUID) -> RestrictionView:
    """The restriction of a record the caller may see; `NotFound` when there is none, as for a stranger."""
    # Asked in this order and always both, so that how long it takes tells nothing.
    shown = await shown_of(unit, [person_id])
    query = select(Restriction).where(Restriction.person_id == person_id, Restriction.lifted_at.is_(None))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None or not shown:
        raise NotFound("We know of no restriction of such a person")
    unit.accessed(f"person/{person_id}", [person_id])
    return RestrictionView.model_validate(row, from_attributes=True)


async def conflicts(
    unit: UnitOfWork, person_id: UUID | None, worker: str | None, after: Sequence[Any] | None, limit: int
) -> list[ConflictView]:
    """Conflicts that stand, the newest first. Only `limit - 1` are shown, and on record as read."""
    query = select(Conflict).where(Conflict.ended_at.is_(None), rows.conflict_visible_to(unit, await visible_to(unit)))
    if person_id is not None:
        query = query.where(Conflict.person_id.in_(await all_ids(unit.session, [person_id])))
    if worker is not None:
        query = query.where(Conflict.worker == worker)
    if after is not None:
        place = tuple_(Conflict.recorded_at, Conflict.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    found = (
        await unit.session.scalars(query.order_by(Conflict.recorded_at.desc(), Conflict.id.desc()).limit(limit))
    ).all()
    if found[: limit - 1]:
        unit.accessed("conflicts", [row.person_id for row in found[: limit - 1]])
    return [ConflictView.model_validate(row, from_attributes=True) for row in found]


async def alerts(unit: UnitOfWork, settled: bool | None, after: Sequence[Any] | None, limit: int) -> list[AlertView]:
    """Alerts, the newest first. They name workers; looking at them is on record."""
    query = select(AccessAlert)
    if settled is not None:
        query = query.where(AccessAlert.settled_at.is_not(None) if settled else AccessAlert.settled_at.is_(None))
    if after is not None:
        place = tuple_(AccessAlert.raised_at, AccessAlert.id)
        query = query.where(place < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    found = await unit.session.scalars(query.order_by(AccessAlert.raised_at.desc(), AccessAlert.id.desc()).limit(limit))
    unit.accessed("access_alerts")
    return [AlertView.of(row) for row in found]


async def chains(unit: UnitOfWork) -> list[ChainView]:
    """The chain of every service, checked in one place: each seal names the one before it.

    A service that rewrites its own record makes digests that no longer follow from the copies here. Our own rows are
    newest rows are held against their digests too; those of the others stand in their own databases.
    """
    seals = (
        await unit.session.execute(
            select(
                KnownSeal.service,
                KnownSeal.batch,
                KnownSeal.entries,
                KnownSeal.digest,
                KnownSeal.previous_digest,
                KnownSeal.sealed_at,
            ).order_by(KnownSeal.service, KnownSeal.batch)
        )
    ).all()
    found = {owner: _chain(owner, [row for row in seals if row.service == owner]) for owner in OWNERS}
    own = await audit.first_break(unit.session, _BATCHES_CHECKED)
    if own is not None:
        earlier = found[unit.service].first_break
        found[unit.service].first_break = min(own, earlier) if earlier is not None else own
    unit.accessed("access_chains")
    return list(found.values())


def _chain(service: str, seals: Sequence[Any]) -> ChainView:
    broken: int | None = None
    digest, number, missing = audit.GENESIS, 0, 0
    for seal in seals:
        if seal.batch > number + 1:
            # On its way, or lost: nothing can be said across the gap.
            missing += seal.batch - number - 1
        elif broken is None and (seal.batch == number or seal.previous_digest != digest):
            # Two of one number, or one that does not follow from the one before.
            broken = seal.batch
        digest, number = seal.digest, seal.batch
    return ChainView(
        service=service,
        batches=len(seals),
        entries=sum(seal.entries for seal in seals),
        sealed_at=seals[-1].sealed_at if seals else None,
        missing=missing,
        first_break=broken,
    )


async def home_of(unit: UnitOfWork, person_id: UUID) -> UUID:
    """The one household a person lives in, for who breaks the glass over somebody: `NotFound` as for a stranger."""
    known = select(Person.id).where(Person.id == person_id, await visible_to(unit))
    home = None
    if await unit.session.scalar(known) is not None:
        home = current_home(await membership.of_person(unit, person_id))
    if home is None:
        raise NotFound("We know of no such person")
    return home
