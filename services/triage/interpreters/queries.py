"""Reads of interpreters asked for, and how our promise was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, tuple_

from kit import clock
from kit.store.unit import UnitOfWork
from services.triage.interpreters import domain
from services.triage.interpreters.models import InterpreterRequest
from services.triage.interpreters.rows import load, visible_to
from services.triage.interpreters.shapes import Promise, RequestView

_MEASURED = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which of them a list shows; None does not narrow it. `rings`: nobody was there in time, and still is not."""

    hub: str | None = None
    state: domain.State | None = None
    contact_id: UUID | None = None
    rings: bool = False


async def request(unit: UnitOfWork, request_id: UUID) -> RequestView:
    """One of them."""
    row = await load(unit, request_id)
    unit.accessed(f"interpreter_request/{row.id}", [row.person_id] if row.person_id else [])
    return RequestView.of(row)


async def requests(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> Sequence[RequestView]:
    """Up to `most` after `place`, the latest first."""
    query = select(InterpreterRequest).where(visible_to(unit.cause))
    if filters.hub is not None:
        query = query.where(InterpreterRequest.hub == filters.hub)
    if filters.state is not None:
        query = query.where(InterpreterRequest.state == filters.state)
    if filters.contact_id is not None:
        query = query.where(InterpreterRequest.contact_id == filters.contact_id)
    if filters.rings:
        waiting = (domain.State.ASKED, domain.State.BOOKED)
        query = query.where(InterpreterRequest.rung_at.is_not(None), InterpreterRequest.state.in_(waiting))
    order = (InterpreterRequest.requested_at, InterpreterRequest.id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*(each.desc() for each in order)).limit(most))).all()
    unit.accessed("interpreter_requests", {row.person_id for row in rows if row.person_id})
    return [RequestView.of(row) for row in rows]


def place_of(shown: RequestView) -> list[Any]:
    """Where a request stands in the list."""
    return [shown.requested_at.isoformat(), str(shown.id)]


async def promise(unit: UnitOfWork) -> Promise:
    """Of those asked for by phone in the last 28 days: who came, who came in time, who was understood."""
    took = InterpreterRequest.joined_at - InterpreterRequest.requested_at
    row = (
        await unit.session.execute(
            select(
                func.count(),
                func.count(InterpreterRequest.joined_at),
                func.count().filter(took <= domain.BY_PHONE),
                func.percentile_cont(0.5).within_group(func.extract("epoch", took) / 60.0),
                func.count().filter(InterpreterRequest.outcome == domain.Outcome.UNDERSTOOD),
            ).where(
                InterpreterRequest.mode == domain.Mode.PHONE,
                InterpreterRequest.state != domain.State.CANCELLED,
                InterpreterRequest.requested_at > clock.business_now() - _MEASURED,
            )
        )
    ).one()
    return Promise(asked=row[0], joined=row[1], within_five_minutes=row[2], middle_minutes=row[3], understood=row[4])
