"""Reads of rounds: those that ever opened are anyone's to read."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.rounds.domain import RoundState
from services.grants.rounds.models import GrantRound


class Extension(BaseModel):
    """A round was made longer."""

    model_config = ConfigDict(extra="ignore")

    closes_on: date
    before: date
    reason: str
    at: UtcDatetime


class RoundView(BaseModel):
    """A round with everything it is decided by."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    fund_id: UUID
    name: str
    summary: str
    state: RoundState
    slice_pence: int
    opens_on: date
    closes_on: date = Field(description="The last day")
    rules: dict[str, Any]
    frozen: dict[str, Any] | None = Field(description="Rules, money and dates as they stood when it opened")
    rules_sha256: str | None = Field(
        description="SHA-256 of `frozen` as JSON with sorted keys, no spaces, UTF-8: anyone can work it out"
    )
    extensions: list[Extension]
    opened_at: UtcDatetime | None
    closed_at: UtcDatetime | None
    closed_early: str | None
    decided_at: UtcDatetime | None


async def published(unit: UnitOfWork, round_id: UUID) -> RoundView:
    """One that opened."""
    return await _one(unit, select(GrantRound).where(GrantRound.id == round_id, GrantRound.state != RoundState.DRAFT))


async def draft(unit: UnitOfWork, round_id: UUID) -> RoundView:
    """Any of them, for those who prepare rounds."""
    return await _one(unit, select(GrantRound).where(GrantRound.id == round_id))


async def _one(unit: UnitOfWork, query: Select[GrantRound]) -> RoundView:
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such round")
    return RoundView.model_validate(row)


async def rounds(
    unit: UnitOfWork, place: Sequence[Any] | None, most: int, *, drafts: bool = False, state: RoundState | None = None
) -> Sequence[RoundView]:
    """Up to `most` after `place`, the newest first."""
    order = (GrantRound.opens_on, GrantRound.id)
    query = select(GrantRound).order_by(*(each.desc() for each in order)).limit(most)
    query = query.where((GrantRound.state == RoundState.DRAFT) if drafts else (GrantRound.state != RoundState.DRAFT))
    if state is not None:
        query = query.where(GrantRound.state == state)
    if place is not None:
        query = query.where(tuple_(*order) < (date.fromisoformat(place[0]), UUID(place[1])))
    return [RoundView.model_validate(row) for row in (await unit.session.scalars(query)).all()]


def place_of(view: RoundView) -> list[Any]:
    """Where the list goes on."""
    return [view.opens_on, view.id]
