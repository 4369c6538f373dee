"""Reads of separations, and what others ask of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import or_, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.contracts.event_type import SERVICES
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership
from services.casefile.separation import ties
from services.casefile.separation.models import Bar, Confirmation, Separation
from services.casefile.separation.rows import visible_to


class BarView(BaseModel):
    """A worker, or `organisation:<id>`, told of nothing that is sealed: why, until when, and who let them off."""

    name: str
    because: str
    since: UtcDatetime
    until: UtcDatetime | None
    released_by: str | None


class LiftingView(BaseModel):
    """What the protected person said, to whom and when."""

    asked_by: str
    asked_at: datetime
    heard_on: date
    how: str
    alone: bool
    words: str


class SeparationView(BaseModel):
    """A separation, for those who protect."""

    id: UUID
    version: int
    protected_person_id: UUID
    separated_person_id: UUID
    state: str
    because: str
    also: list[UUID]
    sealed_people: list[UUID] = Field(description="All whom it seals now: those who live with the protected person too")
    sealed_homes: list[UUID]
    trusted: list[str]
    barred: list[BarView]
    decide: list[str] = Field(
        description="Who holds the protected person's case and is barred: trust them or replace them"
    )
    awaiting: list[str] = Field(description="Services that have not confirmed yet; until then nobody sees them there")
    has_word: bool
    lifting: LiftingView | None
    allowed: list[str]
    started_by: str
    started_at: UtcDatetime
    lifted_by: str | None
    lifted_at: UtcDatetime | None


async def view(unit: UnitOfWork, separation_id: UUID) -> SeparationView:
    """One separation, put on record as read."""
    query = select(Separation).where(Separation.id == separation_id, await visible_to(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such separation")
    return await view_of(unit, row)


async def view_of(unit: UnitOfWork, row: Separation) -> SeparationView:
    """As those who protect see it."""
    unit.accessed(f"separation/{row.id}", [row.protected_person_id, row.separated_person_id])
    bars = (await unit.session.scalars(select(Bar).where(Bar.separation_id == row.id).order_by(Bar.name))).all()
    holders: frozenset[str] = frozenset()
    if row.state == "standing":
        homes, _ = await ties.homes_of(unit, await all_ids(unit.session, [row.protected_person_id]))
        holders = await ties.holders(unit, homes)
    shown: dict[str, Any] = {name: getattr(row, name) for name in SeparationView.model_fields if hasattr(row, name)}
    return SeparationView.model_validate(
        {
            **shown,
            "sealed_people": row.people,
            "sealed_homes": row.homes if row.state == "standing" else [],
            "barred": [BarView.model_validate(each, from_attributes=True) for each in bars],
            "decide": sorted(holders.intersection(row.names)),
            "awaiting": await awaiting(unit, row),
            "has_word": row.word_digest is not None,
            "allowed": _allowed(row),
        }
    )


async def awaiting(unit: UnitOfWork, row: Separation) -> list[str]:
    """The services that have not said yet that it is in force there."""
    said = await unit.session.execute(
        select(Confirmation.service, Confirmation.version).where(Confirmation.separation_id == row.id)
    )
    versions = {each.service: each.version for each in said}
    return [service for service in SERVICES if versions.get(service, 0) < row.told]


def _allowed(row: Separation) -> list[str]:
    if row.state != "standing":
        return []
    return ["change", "ask_to_lift"] if row.lifting is None else ["change", "ask_to_lift", "lift", "withdraw"]


async def listed(
    unit: UnitOfWork, person_id: UUID | None, state: str | None, after: Sequence[str] | None, limit: int
) -> list[SeparationView]:
    """Separations that the caller may know of, the newest first. `after` is the last one's (started_at, id)."""
    query = select(Separation).where(await visible_to(unit))
    if person_id is not None:
        whole = await all_ids(unit.session, [person_id])
        query = query.where(or_(Separation.protected_person_id.in_(whole), Separation.separated_person_id.in_(whole)))
    if state is not None:
        query = query.where(Separation.state == state)
    if after is not None:
        place = tuple_(datetime.fromisoformat(after[0]), UUID(after[1]))
        query = query.where(tuple_(Separation.started_at, Separation.id) < place)
    query = query.order_by(Separation.started_at.desc(), Separation.id.desc()).limit(limit)
    return [await view_of(unit, row) for row in (await unit.session.scalars(query)).all()]


# What other capabilities ask ----------------------------------------------------------------------------------------


async def separated_from(unit: UnitOfWork, person_id: UUID) -> frozenset[UUID]:
    """Everybody of whom nothing may reach this person, by any paper, page or package. Empty: no separation stands.

    For whoever gives something to the person themself (subject access, letters, plans): the caller is a worker, but
    what leaves must be what a stranger would get. A specialist is told first (rights).
    """
    whole = await all_ids(unit.session, [person_id])
    rows = await unit.session.execute(
        select(Separation.people).where(Separation.state == "standing", Separation.separated_person_id.in_(whole))
    )
    return await all_ids(unit.session, {each for row in rows for each in row.people})


async def homes_sealed_from(unit: UnitOfWork, person_id: UUID) -> frozenset[UUID]:
    """The homes of which nothing may reach this person."""
    whole = await all_ids(unit.session, [person_id])
    rows = await unit.session.execute(
        select(Separation.homes).where(Separation.state == "standing", Separation.separated_person_id.in_(whole))
    )
    return frozenset(each for row in rows for each in row.homes)


async def is_protected(unit: UnitOfWork, people: Collection[UUID]) -> bool:
    """Whether any of these people is sealed by a separation that stands."""
    whole = await all_ids(unit.session, people)
    query = select(Separation.id).where(Separation.state == "standing", Separation.people.overlap(sorted(whole)))
    return await unit.session.scalar(query.limit(1)) is not None


async def may_work_for(unit: UnitOfWork, worker: str, people: Collection[UUID]) -> bool:
    """Whether this worker may take these people's case: nobody barred from them, and nobody of the other side.

    Who works with a separated person is barred from the protected one, and who is trusted by the protected one takes no
    work with the other: two people, two workers.
    """
    whole = sorted(await all_ids(unit.session, people))
    found = await unit.session.scalar(
        select(Separation.id)
        .where(
            Separation.state == "standing",
            or_(
                Separation.people.overlap(whole) & Separation.names.contains([worker]),
                Separation.separated_person_id.in_(whole) & Separation.trusted.contains([worker]),
            ),
        )
        .limit(1)
    )
    return found is None


async def has_at_home(unit: UnitOfWork, household_id: UUID, person_id: UUID) -> bool:
    """Whether somebody lives there from whom this person is kept apart."""
    apart = await separated_from(unit, person_id)
    query = select(Membership.person_id).where(
        Membership.household_id == household_id, Membership.person_id.in_(apart), Membership.until.is_(None)
    )
    return bool(apart) and await unit.session.scalar(query.limit(1)) is not None
