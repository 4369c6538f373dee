"""Reads of hubs, rooms and the rota."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, tuple_
from sqlalchemy.orm import aliased

from kit import clock
from kit.clock import LONDON
from kit.store.unit import UnitOfWork
from services.triage.hubs import domain, rows
from services.triage.hubs.models import Hub, Room, Shift
from services.triage.hubs.shapes import Candidate, HubView, RoomView, ShiftView

_DID_IT_WITHIN = timedelta(days=90)


async def hubs(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[HubView]:
    """Up to `most` hubs after `place`, by code."""
    query = select(Hub).order_by(Hub.code).limit(most)
    if place is not None:
        query = query.where(Hub.code > str(place[0]))
    now = clock.business_now()
    return [HubView.of(row, now) for row in await unit.session.scalars(query)]


async def hub(unit: UnitOfWork, code: str) -> HubView:
    """One of them."""
    return HubView.of(await rows.hub(unit, code), clock.business_now())


async def rooms(unit: UnitOfWork, code: str) -> Sequence[RoomView]:
    """Its rooms, by name."""
    await rows.hub(unit, code)
    found = await unit.session.scalars(select(Room).where(Room.hub == code).order_by(Room.name))
    return [RoomView.of(row) for row in found]


async def rota(unit: UnitOfWork, code: str, day: date, place: Sequence[Any] | None, most: int) -> Sequence[ShiftView]:
    """Who is on duty, stands by or is absent at a hub on that day, in order of time; gaps are shown as such."""
    await rows.hub(unit, code)
    begins = datetime.combine(day, time(), LONDON)
    order = (Shift.starts_at, Shift.id)
    query = select(Shift).where(Shift.hub == code, Shift.starts_at < begins + timedelta(days=1), Shift.ends_at > begins)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    found = await unit.session.scalars(query.order_by(*order).limit(most))
    return [ShiftView.of(row) for row in found]


async def shift(unit: UnitOfWork, code: str, shift_id: UUID) -> ShiftView:
    """One shift."""
    return ShiftView.of(await rows.shift(unit, code, shift_id))


def place_of(shown: ShiftView) -> list[Any]:
    """Where a shift stands in the rota."""
    return [shown.starts_at.isoformat(), str(shown.id)]


async def candidates(unit: UnitOfWork, code: str, shift_id: UUID) -> Sequence[Candidate]:
    """Who could stand in for a shift: did the role lately anywhere, and is nowhere else then; the latest first."""
    gap = await rows.shift(unit, code, shift_id)
    before, then = aliased(Shift), aliased(Shift)
    last = func.max(before.starts_at)
    busy = exists(
        select(1).where(
            then.worker == before.worker,
            then.state != domain.ShiftState.ABSENT,
            then.starts_at < gap.ends_at,
            then.ends_at > gap.starts_at,
        )
    )
    found = await unit.session.execute(
        select(before.worker, last)
        .where(
            before.role == gap.role,
            before.state == domain.ShiftState.DUTY,
            before.starts_at.between(gap.starts_at - _DID_IT_WITHIN, gap.starts_at),
            before.worker != gap.worker,
            ~busy,
        )
        .group_by(before.worker)
        .order_by(last.desc(), before.worker)
        .limit(20)
    )
    return [Candidate(worker=worker, last_did_it_at=at) for worker, at in found]


async def on_duty(unit: UnitOfWork, code: str, roles: frozenset[domain.DutyRole], at: datetime) -> Sequence[str]:
    """Who is there in one of these roles at that moment."""
    return (
        await unit.session.scalars(
            select(Shift.worker)
            .where(
                Shift.hub == code,
                Shift.role.in_(roles),
                Shift.state == domain.ShiftState.DUTY,
                Shift.starts_at <= at,
                Shift.ends_at > at,
            )
            .order_by(Shift.starts_at, Shift.worker)
        )
    ).all()
