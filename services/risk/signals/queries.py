"""Reads of signals: pseudonyms only, for those who watch whether the signals work."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import select, tuple_

from kit.contracts.codes import SignalKind
from kit.store.unit import UnitOfWork
from services.risk.signals.domain import State
from services.risk.signals.models import Signal


class SignalView(BaseModel):
    """A signal, without anybody's name or id."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: SignalKind
    household: UUID
    source: str
    observed_on: date
    offer: str
    state: State
    why: str | None
    held_until: date | None
    found_at: datetime
    raised_at: datetime | None


async def signals(
    unit: UnitOfWork, *, kind: SignalKind | None, state: State | None, place: Sequence[Any] | None, most: int
) -> list[SignalView]:
    """Up to `most` signals after `place`, the latest found first."""
    query = select(Signal)
    if kind is not None:
        query = query.where(Signal.kind == kind)
    if state is not None:
        query = query.where(Signal.state == state)
    if place is not None:
        before = (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Signal.found_at, Signal.id) < before)
    rows = await unit.session.scalars(query.order_by(Signal.found_at.desc(), Signal.id.desc()).limit(most))
    unit.accessed("signals")
    return [SignalView.model_validate(row) for row in rows]


def place_of(shown: SignalView) -> list[Any]:
    """Where a signal stands in the list."""
    return [shown.found_at.isoformat(), str(shown.id)]
