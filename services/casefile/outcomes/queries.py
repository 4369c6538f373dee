"""Reads of outcomes; each goes on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.store.unit import UnitOfWork
from services.casefile.outcomes.models import Outcome
from services.casefile.outcomes.rows import load, visible_to
from services.casefile.outcomes.shapes import OutcomeView
from services.casefile.people.aliases import all_ids


@dataclass(frozen=True, slots=True)
class Filters:
    """Which outcomes; None leaves a filter out."""

    person_id: UUID | None = None
    household_id: UUID | None = None
    kind: OutcomeKind | None = None
    state: OutcomeStatus | None = None
    to_check: bool = False


async def view(unit: UnitOfWork, outcome_id: UUID) -> OutcomeView:
    """One of them."""
    row = await load(unit, outcome_id)
    unit.accessed(f"outcome/{row.id}", [row.person_id] if row.person_id else [])
    return OutcomeView.of(row)


async def listed(unit: UnitOfWork, filters: Filters, after: Sequence[Any] | None, limit: int) -> list[OutcomeView]:
    """Those the caller may see, whose check is due first: the oldest comes first."""
    query = select(Outcome).where(await visible_to(unit))
    if filters.person_id is not None:
        query = query.where(Outcome.person_id.in_(await all_ids(unit.session, [filters.person_id])))
    if filters.household_id is not None:
        query = query.where(Outcome.household_id == filters.household_id)
    if filters.kind is not None:
        query = query.where(Outcome.kind == filters.kind)
    if filters.state is not None:
        query = query.where(Outcome.state == filters.state)
    if filters.to_check:
        query = query.where(Outcome.state == OutcomeStatus.RECORDED, Outcome.check_due_on <= clock.today())
    place = tuple_(Outcome.check_due_on, Outcome.id)
    if after is not None:
        query = query.where(place > tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    rows = (await unit.session.scalars(query.order_by(Outcome.check_due_on, Outcome.id).limit(limit))).all()
    unit.accessed("outcomes", {row.person_id for row in rows if row.person_id})
    return [OutcomeView.of(row) for row in rows]


def place_of(shown: OutcomeView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.check_due_on.isoformat(), str(shown.id)]
