"""Reads of signals: pseudonyms only, for those who watch whether the signals work."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Uuid, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from kit.contracts.codes import OfferStatus, SignalKind
from kit.store.unit import UnitOfWork
from services.risk.linkage.visibility import homes_kept_back
from services.risk.profiles.models import KnownOffer
from services.risk.signals.domain import State
from services.risk.signals.models import Signal


class SignalView(BaseModel):
    """A signal, without anybody's name or id, and what became of the offer it called for, as triage tells it."""

    id: UUID
    kind: SignalKind
    household: UUID
    source: str
    cohort_id: UUID | None = Field(description="The cohort, or the emergency, whose list called for it")
    observed_on: date
    offer: str
    state: State
    why: str | None
    held_until: date | None
    found_at: datetime
    raised_at: datetime | None
    offer_status: OfferStatus | None = Field(description="Null: no offer of its own (yet); it may have joined another")
    offer_outcome: str | None = Field(description="How the offer ended: a code of triage's")


async def signals(
    unit: UnitOfWork, *, kind: SignalKind | None, state: State | None, place: Sequence[Any] | None, most: int
) -> list[SignalView]:
    """Up to `most` signals after `place`, the latest found first."""
    # Of a home that is kept back nothing is listed, as in counts: whoever asks.
    sealed = select(func.unnest(literal(sorted(await homes_kept_back(unit)), ARRAY(Uuid))))
    query = (
        select(Signal, KnownOffer.status, KnownOffer.outcome)
        .outerjoin(KnownOffer, KnownOffer.signal_id == Signal.id)
        .where(Signal.household.not_in(sealed))
    )
    if kind is not None:
        query = query.where(Signal.kind == kind)
    if state is not None:
        query = query.where(Signal.state == state)
    if place is not None:
        before = (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Signal.found_at, Signal.id) < before)
    rows = await unit.session.execute(query.order_by(Signal.found_at.desc(), Signal.id.desc()).limit(most))
    unit.accessed("signals")
    return [
        SignalView(
            **{name: getattr(signal, name) for name in SignalView.model_fields if not name.startswith("offer_")},
            offer_status=status,
            offer_outcome=outcome,
        )
        for signal, status, outcome in rows
    ]


def place_of(shown: SignalView) -> list[Any]:
    """Where a signal stands in the list."""
    return [shown.found_at.isoformat(), str(shown.id)]
