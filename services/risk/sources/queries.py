"""Reads of the register and of loads; `kinds_for` is what every reader of facts asks first."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.sources import spool, standing
from services.risk.sources.domain import Coverage, Hidden, coverage
from services.risk.sources.kinds import KINDS
from services.risk.sources.models import DataProduct, Disposal, Load, Quarantine, Upload
from services.risk.sources.register import GATEWAYS
from services.risk.sources.shapes import Covered, LoadView, ProductView, QuarantineView, UploadView


async def kinds_for(unit: UnitOfWork, purpose: str, *, contact: bool = False) -> Coverage:
    """What a purpose may see today: which kinds from which sources, and what is hidden with the reason.

    `contact`: the answer chooses whom to contact, so delicate facts are left out whatever the purpose is called.
    `Coverage.refuse_beyond(kinds)` raises the refusal, which goes on record by itself in a request.
    """
    return coverage(purpose, await standing.products(unit.session), GATEWAYS, clock.today(), contact=contact)


async def covered(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[Covered]:
    """Every kind of fact, with what the caller's purpose may see of it."""
    seen = await kinds_for(unit, unit.cause.purpose)
    sources: dict[str, list[str]] = defaultdict(list)
    for source, kind in sorted(seen.pairs):
        sources[kind].append(source)
    hidden: dict[str, list[Hidden]] = defaultdict(list)
    for each in seen.hidden:
        hidden[each.kind].append(each)
    after = place[0] if place else ""
    codes = sorted(code for code in KINDS if code > after)
    return [Covered.of(KINDS[code], sources[code], hidden[code]) for code in codes[:most]]


async def products(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[ProductView]:
    """The register, by code."""
    after = place[0] if place else ""
    rows = [row for row in await standing.rows(unit.session) if row.code > after]
    agreed = await standing.agreements(unit.session)
    return [ProductView.of(row, agreed.get(row.code, ())) for row in rows[:most]]


async def product(unit: UnitOfWork, code: str) -> DataProduct:
    """One source's row of the register. Raises `NotFound`."""
    return await standing.row(unit.session, code)


async def load(unit: UnitOfWork, load_id: UUID) -> LoadView:
    """One load. Raises `NotFound`."""
    row = await unit.session.get(Load, load_id)
    if row is None:
        raise NotFound("There is no such load")
    return LoadView.of(row)


async def loads(unit: UnitOfWork, code: str, place: Sequence[Any] | None, most: int) -> list[LoadView]:
    """A source's loads, the latest first."""
    await standing.row(unit.session, code)
    statement = select(Load).where(Load.source == code).order_by(Load.id.desc()).limit(most)
    if place:
        statement = statement.where(Load.id < UUID(place[0]))
    return [LoadView.of(row) for row in await unit.session.scalars(statement)]


async def quarantine(unit: UnitOfWork, load_id: UUID, place: Sequence[Any] | None, most: int) -> list[QuarantineView]:
    """What a load put aside, in the file's order."""
    await load(unit, load_id)
    key = (Quarantine.row, Quarantine.field, Quarantine.rule)
    statement = select(Quarantine).where(Quarantine.load_id == load_id).order_by(*key).limit(most)
    if place:
        statement = statement.where(tuple_(*key) > tuple_(*place))
    return [QuarantineView.of(row) for row in await unit.session.scalars(statement)]


async def upload(unit: UnitOfWork, code: str, upload_id: UUID) -> UploadView:
    """How far a file has come. Raises `NotFound` unless it is the caller's."""
    row = await unit.session.get(Upload, upload_id)
    if row is None or row.source != code or row.asked_by != unit.cause.actor:
        raise NotFound("There is no such upload of yours")
    return UploadView.of(row, row.size if row.load_id else spool.length(upload_id))


async def disposals(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[Disposal]:
    """Proofs of disposal, the latest first."""
    statement = select(Disposal).order_by(Disposal.id.desc()).limit(most)
    if place:
        statement = statement.where(Disposal.id < UUID(place[0]))
    return (await unit.session.scalars(statement)).all()
