"""Reads of published counts."""

from collections.abc import Sequence

from sqlalchemy import select

from kit.store.unit import UnitOfWork
from services.casefile.wardneeds.models import WardNeeds

_MOST = 24


async def published(unit: UnitOfWork) -> Sequence[WardNeeds]:
    """The last two years' editions, the newest first."""
    return (await unit.session.scalars(select(WardNeeds).order_by(WardNeeds.month.desc()).limit(_MOST))).all()
