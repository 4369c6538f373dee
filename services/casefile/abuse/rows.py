"""Who sees the work against abuse: one rule for all of it, and it is asked of her file alone."""

from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.abuse.models import Assessment, Referral, Work
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.people.aliases import all_ids

Row = TypeVar("Row", Assessment, Referral, Work)


async def visible_to(unit: UnitOfWork, person_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """The compartment of the person in this column."""
    return await about_person(unit, person_id, Part.ABUSE)


async def load(unit: UnitOfWork, kind: type[Row], id_: UUID, words: str) -> Row:
    """One row, locked; `NotFound` also for whoever may not see the compartment."""
    model: Any = kind
    query = select(model).where(model.id == id_, await visible_to(unit, model.person_id))
    row: Row | None = (await unit.session.scalars(query.with_for_update(of=model))).one_or_none()
    if row is None:
        raise NotFound(words)
    return row


async def history(unit: UnitOfWork, person_id: UUID) -> tuple[list[date], date | None]:
    """The days of the incidents told of so far, and of the last MARAC. For the rules: shown to nobody."""
    whole = await all_ids(unit.session, [person_id])
    days = await unit.session.scalars(select(Assessment.incident_on).where(Assessment.person_id.in_(whole)))
    heard = await unit.session.scalars(
        select(Referral.heard_on)
        .where(Referral.person_id.in_(whole), Referral.heard_on.is_not(None))
        .order_by(Referral.heard_on.desc())
        .limit(1)
    )
    return sorted(set(days)), heard.first()
