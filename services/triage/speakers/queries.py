"""Reads of who may speak about a person. Every one goes on record; those of people kept back do not appear."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit import clock
from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import UtcDatetime
from kit.store import access
from kit.store.unit import UnitOfWork
from services.triage.speakers import domain
from services.triage.speakers.domain import Capacity, Proof
from services.triage.speakers.models import Speaker
from services.triage.speakers.rows import true_for, visible_to


class SpeakerView(BaseModel):
    """Somebody who may speak; never their word."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    person_id: UUID
    capacity: Capacity
    name: str | None
    scope: list[NeedDomain] = Field(description="Empty: everything")
    proof: Proof | None
    proof_seen_by: str | None
    expires_on: date | None
    has_word: bool
    in_force: bool = Field(description="Today: proved, standing and not over")
    state: str
    recorded_by: str
    recorded_at: UtcDatetime


def view_of(row: Speaker) -> SpeakerView:
    """As the one who works on it sees it."""
    shown = {name: getattr(row, name) for name in SpeakerView.model_fields if hasattr(row, name)}
    now = domain.in_force(row.as_rules_see_it(), clock.today())
    return SpeakerView.model_validate({**shown, "has_word": row.word_digest is not None, "in_force": now})


async def speakers(unit: UnitOfWork, person_id: UUID, place: Sequence[Any] | None, most: int) -> Sequence[SpeakerView]:
    """Up to `most` after `place` who may speak about the person, the first recorded first."""
    query = select(Speaker).where(
        Speaker.person_id.in_(await access.same_person(unit, person_id)),
        visible_to(unit.cause),
    )
    order = (Speaker.recorded_at, Speaker.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("speakers", [person_id])
    return [view_of(row) for row in rows]


def place_of(shown: SpeakerView) -> list[Any]:
    """Where one stands in the list."""
    return [shown.recorded_at.isoformat(), str(shown.id)]


async def in_force(unit: UnitOfWork, people: Sequence[UUID]) -> list[Speaker]:
    """Who may speak about a person today, themself left out."""
    query = select(Speaker).where(
        Speaker.person_id.in_(people),
        Speaker.capacity != Capacity.THEMSELF,
        true_for(unit.cause),
    )
    rows = (await unit.session.scalars(query.order_by(Speaker.recorded_at, Speaker.id))).all()
    return [row for row in rows if domain.in_force(row.as_rules_see_it(), clock.today())]
