"""Reads of evidence packs."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.evidence.models import EvidencePack
from services.grants.panels import rows as panels

_MOST = 20


async def packs(unit: UnitOfWork, panel_id: UUID) -> Sequence[EvidencePack]:
    """A panel's packs, the newest first."""
    await panels.load(unit, panel_id)
    query = select(EvidencePack).where(EvidencePack.panel_id == panel_id)
    order = (EvidencePack.made_at.desc(), EvidencePack.id.desc())
    return (await unit.session.scalars(query.order_by(*order).limit(_MOST))).all()


async def pack(unit: UnitOfWork, panel_id: UUID, pack_id: UUID) -> EvidencePack:
    """One of them."""
    query = select(EvidencePack).where(EvidencePack.id == pack_id, EvidencePack.panel_id == panel_id)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such pack of this panel")
    return row
