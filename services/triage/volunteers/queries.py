"""Reads of volunteers, sessions, hours, and of a volunteer's own tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import distinct, exists, func, select, tuple_
from sqlalchemy.orm import selectinload

from kit import clock
from kit.clock import LONDON
from kit.store.unit import UnitOfWork
from services.triage.volunteers import domain, rows
from services.triage.volunteers.models import Check, Session, Task, Volunteer
from services.triage.volunteers.shapes import HubHours, SessionView, TaskView, VolunteerView


@dataclass(frozen=True, slots=True)
class Filters:
    """Which volunteers a list shows; None does not narrow it. `expiring`: a check runs out within 30 days."""

    role: domain.Role | None = None
    skill: str | None = None
    language: str | None = None
    expiring: bool = False


async def volunteer(unit: UnitOfWork, volunteer_id: UUID) -> VolunteerView:
    """One volunteer: what another organisation need not ask again."""
    unit.accessed(f"volunteer/{volunteer_id}")
    return VolunteerView.of(await rows.volunteer(unit, volunteer_id), clock.today())


async def volunteers(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[VolunteerView]:
    """Up to `most` of those who volunteer at present after `place`, in the order they joined."""
    query = select(Volunteer).where(Volunteer.active).options(selectinload(Volunteer.checks))
    if filters.role is not None:
        query = query.where(Volunteer.roles.contains([filters.role]))
    if filters.skill is not None:
        query = query.where(Volunteer.skills.contains([filters.skill]))
    if filters.language is not None:
        query = query.where(Volunteer.languages.contains([filters.language]))
    today = clock.today()
    if filters.expiring:
        soon = today + domain.EXPIRING_WITHIN
        newest = (
            select(Check.kind)
            .where(Check.volunteer_id == Volunteer.id)
            .group_by(Check.kind)
            .having(func.bool_and(Check.expires_on.is_not(None) & (Check.expires_on <= soon)))
        )
        query = query.where(exists(newest))
    if place is not None:
        query = query.where(Volunteer.id > UUID(place[0]))
    found = await unit.session.scalars(query.order_by(Volunteer.id).limit(most))
    unit.accessed("volunteers")
    return [VolunteerView.of(row, today) for row in found]


async def sessions(
    unit: UnitOfWork, hub: str, day: date, place: Sequence[Any] | None, most: int
) -> Sequence[SessionView]:
    """Up to `most` sessions of a hub on a day after `place`, in order of time."""
    begins = datetime.combine(day, time(), LONDON)
    order = (Session.starts_at, Session.id)
    query = select(Session).where(
        Session.hub == hub, Session.starts_at >= begins, Session.starts_at < begins + timedelta(days=1)
    )
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    return [SessionView.of(row) for row in await unit.session.scalars(query.order_by(*order).limit(most))]


def place_of(shown: SessionView) -> list[Any]:
    """Where a session stands in the list."""
    return [shown.starts_at.isoformat(), str(shown.id)]


async def hours(unit: UnitOfWork, since: date, until: date) -> list[HubHours]:
    """What was given at each hub from one day to another, the last one counted. Nothing of anybody."""
    first = datetime.combine(since, time(), LONDON)
    end = datetime.combine(until + timedelta(days=1), time(), LONDON)
    found = await unit.session.execute(
        select(Session.hub, func.count(), func.count(distinct(Session.volunteer_id)), func.sum(Session.minutes))
        .where(Session.state == domain.SessionState.GIVEN, Session.starts_at >= first, Session.starts_at < end)
        .group_by(Session.hub)
        .order_by(Session.hub)
    )
    return [
        HubHours(hub=hub, sessions=count, volunteers=people, hours=round(minutes / 60, 1))
        for hub, count, people, minutes in found
    ]


async def own_tasks(unit: UnitOfWork) -> list[TaskView]:
    """What the desk has handed to whoever asks, and is not ended: while they are there, and no longer."""
    now = clock.business_now()
    query = (
        select(Task)
        .join(Session, Session.id == Task.session_id)
        .join(Volunteer, Volunteer.id == Session.volunteer_id)
        .where(
            Volunteer.worker == unit.cause.actor,
            Volunteer.active,
            Task.state == domain.TaskState.HANDED,
            Session.state == domain.SessionState.PLANNED,
            Session.ends_at > now,
        )
        .order_by(Task.handed_at, Task.id)
        .limit(50)
    )
    found = (await unit.session.scalars(query)).all()
    unit.accessed("volunteer_tasks", {row.person_id for row in found if row.person_id})
    return [TaskView.of(row) for row in found]
