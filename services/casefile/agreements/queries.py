"""Reads of agreements: about nobody, so for everyone who may ask."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.agreements import domain
from services.casefile.agreements.domain import State
from services.casefile.agreements.models import Agreement, BoardDecision


class DecisionView(BaseModel):
    """What the board decided."""

    id: UUID
    question: str
    held_on: date
    votes: list[dict[str, Any]]
    carried: bool
    reason: str


class AgreementView(BaseModel):
    """An agreement, and whether data may flow under it today."""

    id: UUID
    version: int
    code: str
    title: str
    parties: list[dict[str, Any]]
    arrangement: str | None
    datasets: list[str]
    fields: str | None
    gateway: str
    purposes: list[str]
    security: str
    single_contact: str
    dpia: str | None
    dpia_on: date | None
    starts_on: date
    ends_on: date | None
    review_on: date
    state: State
    stands: bool = Field(description="Whether data may flow under it today")
    review_due: bool
    decisions: list[DecisionView]
    changed_at: datetime


async def listed(
    unit: UnitOfWork, dataset: str | None, state: State | None, after: Sequence[Any] | None, limit: int
) -> list[AgreementView]:
    """Agreements by code; those of one dataset or one state, if asked."""
    query = select(Agreement).order_by(Agreement.code).limit(limit + 1)
    if dataset is not None:
        query = query.where(Agreement.datasets.contains([dataset]))
    if state is not None:
        query = query.where(Agreement.state == state)
    if after is not None:
        query = query.where(Agreement.code > after[0])
    found = (await unit.session.scalars(query)).all()
    made = await _decisions(unit, [each.id for each in found])
    return [_view(each, made.get(each.id, [])) for each in found]


async def view(unit: UnitOfWork, agreement_id: UUID) -> AgreementView:
    """One agreement with what the board decided."""
    row = await unit.session.get(Agreement, agreement_id)
    if row is None:
        raise NotFound("We know of no such agreement")
    return _view(row, (await _decisions(unit, [row.id])).get(row.id, []))


async def _decisions(unit: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, list[BoardDecision]]:
    query = select(BoardDecision).where(BoardDecision.agreement_id.in_(ids))
    found: dict[UUID, list[BoardDecision]] = {}
    for each in await unit.session.scalars(query.order_by(BoardDecision.held_on, BoardDecision.id)):
        found.setdefault(each.agreement_id, []).append(each)
    return found


def _view(row: Agreement, decisions: Sequence[BoardDecision]) -> AgreementView:
    fields = {name: getattr(row, name) for name in AgreementView.model_fields if hasattr(row, name)}
    today = clock.today()
    return AgreementView(
        **fields,
        stands=domain.stands(State(row.state), row.starts_on, row.ends_on, today),
        review_due=row.review_on <= today and row.state != State.ENDED,
        decisions=[DecisionView.model_validate(each, from_attributes=True) for each in decisions],
    )
