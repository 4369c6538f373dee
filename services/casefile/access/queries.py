"""Reads of the record of access."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit.store.tables import audit_entry
from kit.store.unit import UnitOfWork
from services.casefile.people.aliases import merged_into_them
from services.casefile.people.visibility import hidden_from


class ReadView(BaseModel):
    """One time someone read or wrote this person's record in the case file."""

    entry: int
    at: datetime
    actor: str
    organisation: str | None
    roles: list[str]
    purpose: str
    action: str
    record: str
    outcome: str
    sealed: bool = Field(description="Whether it is under the hash chain already (within about a second)")


async def reads(unit: UnitOfWork, person_id: UUID, after: Sequence[int] | None, limit: int) -> list[ReadView]:
    """Who looked, the newest first; people merged into this one included. This read goes on record too."""
    inside = (await merged_into_them(unit.session, [person_id])).get(person_id, [])
    hidden = await hidden_from(unit)
    query = (
        select(audit_entry)
        .where(audit_entry.c.person_ids.overlap([each for each in (person_id, *inside) if each not in hidden]))
        .order_by(audit_entry.c.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(audit_entry.c.id < after[0])
    rows = (await unit.session.execute(query)).all()
    unit.accessed(f"access/{person_id}", [person_id])
    return [
        ReadView(
            entry=row.id,
            at=row.at,
            actor=row.actor,
            organisation=row.organisation,
            roles=row.roles,
            purpose=row.purpose,
            action=row.action,
            record=row.record,
            outcome=row.outcome,
            sealed=row.batch is not None,
        )
        for row in rows
    ]
