"""Reading which teams there are."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from gateway.teams.models import Team
from kit.errors import NotFound
from kit.store.unit import UnitOfWork


class MemberEntry(BaseModel):
    """One worker's place in a team; `to` is the first day it is no longer."""

    model_config = ConfigDict(extra="forbid", validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    worker_id: str = Field(min_length=1, max_length=128)
    role: str = Field(max_length=64)
    from_: date = Field(alias="from")
    to: date | None = None


class TeamView(BaseModel):
    """A team as colleagues see it."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    name: str
    organisation_id: UUID | None
    hub: str | None
    manager: str | None
    members: list[MemberEntry]
    changed_at: datetime
    version: int


async def listed(unit: UnitOfWork, *, after: str | None, limit: int) -> list[TeamView]:
    """Up to `limit` teams in order of code, from the one after `after`."""
    statement = select(Team).order_by(Team.code).limit(limit)
    if after is not None:
        statement = statement.where(Team.code > after)
    return [TeamView.model_validate(row) for row in await unit.session.scalars(statement)]


async def one(unit: UnitOfWork, code: str) -> TeamView:
    """One team. Raises NotFound."""
    found = await unit.session.get(Team, code)
    if found is None:
        raise NotFound("We know of no such team")
    return TeamView.model_validate(found)
