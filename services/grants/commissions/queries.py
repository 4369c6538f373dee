"""Reads of commissions, and of money beside load."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.commissions import domain
from services.grants.commissions.domain import Load, Member, State
from services.grants.commissions.models import Commission, CommissionLoad, CommissionMember


class YearView(BaseModel):
    """A financial year of a commission: it begins on 1 April."""

    year: int
    pence: int
    paid_on: date | None


class MemberView(BaseModel):
    """An organisation of a commission, and its part of all years."""

    organisation_id: UUID
    leads: bool
    percent: int
    pence: int


class CommissionView(BaseModel):
    """A commission."""

    id: UUID
    version: int
    title: str
    words: str
    state: State
    years: list[YearView]
    members: list[MemberView]
    total_pence: int
    bid_at: UtcDatetime
    forum_words: str | None
    forum_on: date | None
    decided_words: str | None
    allowed: list[State]


class LoadView(BaseModel):
    """An organisation's referrals of twelve months, beside what it is paid for this financial year."""

    organisation_id: UUID
    referrals: int
    refused_full: int
    funded_pence: int
    pence_each: int | None
    unfunded: bool = Field(description="It carries referrals and nobody pays for them")


async def listed(unit: UnitOfWork, state: State | None, place: Sequence[Any] | None, most: int) -> list[CommissionView]:
    """Commissions, the newest first."""
    query = select(Commission)
    if state:
        query = query.where(Commission.state == state)
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Commission.bid_at, Commission.id) < mark)
    rows = (
        await unit.session.scalars(query.order_by(Commission.bid_at.desc(), Commission.id.desc()).limit(most))
    ).all()
    members = await _members(unit, [row.id for row in rows])
    return [_shown(row, members[row.id]) for row in rows]


def place_of(view: CommissionView) -> list[Any]:
    """Where a commission stands in the list."""
    return [view.bid_at.isoformat(), str(view.id)]


async def view(unit: UnitOfWork, commission_id: UUID) -> CommissionView:
    """One commission."""
    row = (await unit.session.scalars(select(Commission).where(Commission.id == commission_id))).one_or_none()
    if row is None:
        raise NotFound("There is no such commission")
    return _shown(row, (await _members(unit, [row.id]))[row.id])


async def loads(unit: UnitOfWork) -> list[LoadView]:
    """Who carries what for how much, those nobody pays first."""
    today = clock.today()
    since = clock.months_after(today.replace(day=1), -domain.MONTHS_OF_LOAD)
    row = CommissionLoad
    query = select(row.organisation_id, func.sum(row.referrals), func.sum(row.refused_full)).where(row.month >= since)
    carried = {
        id_: (int(all_), int(full))
        for id_, all_, full in await unit.session.execute(query.group_by(row.organisation_id))
    }
    funded: dict[UUID, int] = {}
    financial = today.year if today.month >= 4 else today.year - 1
    agreed = (await unit.session.scalars(select(Commission).where(Commission.state == State.AGREED))).all()
    members = await _members(unit, [each.id for each in agreed])
    for each in agreed:
        pence = sum(year.pence for year in each.schedule() if year.year == financial)
        for id_, part in domain.part_of(pence, members[each.id]).items():
            funded[id_] = funded.get(id_, 0) + part
    found = {id_: Load(*carried.get(id_, (0, 0)), funded.get(id_, 0)) for id_ in carried.keys() | funded.keys()}
    shown = [
        LoadView(
            organisation_id=id_,
            referrals=load.referrals,
            refused_full=load.refused_full,
            funded_pence=load.funded_pence,
            pence_each=load.pence_each,
            unfunded=load.unfunded,
        )
        for id_, load in found.items()
    ]
    return sorted(
        shown, key=lambda each: (not each.unfunded, each.pence_each or 0, -each.referrals, each.organisation_id)
    )


async def _members(unit: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, list[Member]]:
    found: dict[UUID, list[Member]] = {id_: [] for id_ in ids}
    query = select(CommissionMember).where(CommissionMember.commission_id.in_(ids)).order_by(CommissionMember.place)
    for row in await unit.session.scalars(query):
        found[row.commission_id].append(Member(row.organisation_id, row.percent))
    return found


def _shown(row: Commission, members: list[Member]) -> CommissionView:
    total = sum(each.pence for each in row.schedule())
    parts = domain.part_of(total, members)
    return CommissionView(
        id=row.id,
        version=row.version,
        title=row.title,
        words=row.words,
        state=State(row.state),
        years=[YearView.model_validate(each) for each in row.years],
        members=[
            MemberView(
                organisation_id=each.organisation_id,
                leads=place == 0,
                percent=each.percent,
                pence=parts[each.organisation_id],
            )
            for place, each in enumerate(members)
        ],
        total_pence=total,
        bid_at=row.bid_at,
        forum_words=row.forum_words,
        forum_on=row.forum_on,
        decided_words=row.decided_words,
        allowed=list(domain.ALLOWED[State(row.state)]),
    )
