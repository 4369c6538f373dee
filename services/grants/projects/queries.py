"""Reads of projects: for those who run them, and for anybody."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.projects import domain
from services.grants.projects.domain import BlockerKind, State, Trading
from services.grants.projects.models import CommunityBusiness, Project, ProjectBlocker, ProjectSession


class BlockerView(BaseModel):
    """What stands in the way, who clears it, for how long it has stood there."""

    id: UUID
    version: int
    project_id: UUID
    kind: BlockerKind
    words: str
    owner: str
    raised_on: date
    age_days: int
    stuck: bool
    cleared_on: date | None
    cleared_words: str | None


class ProjectView(BaseModel):
    """A project as those see it who run it."""

    id: UUID
    version: int
    title: str
    summary: str
    ward: str | None
    proposal_id: UUID | None
    state: State
    state_reason: str | None
    fixer: str | None
    started_on: date | None
    ended_on: date | None
    made_at: UtcDatetime
    blockers: list[BlockerView] = Field(description="Those still in the way, the oldest first")
    sessions: int
    people: int = Field(description="Visits counted so far")
    allowed: list[State]


class SessionView(BaseModel):
    """A session, and how many came."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    project_id: UUID
    held_on: date
    place: str
    counted: bool
    people: int
    first_time: int
    children: int


class BusinessView(BaseModel):
    """A community business."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    name: str
    ward: str | None
    project_id: UUID | None
    trading: Trading
    jobs: int
    started_on: date


class PublicProject(BaseModel):
    """A project as anybody sees it."""

    id: UUID
    title: str
    summary: str
    ward: str | None
    state: State
    started_on: date | None
    sessions: int
    people: int | None = Field(description="Visits; left out below ten")


class FiguresView(BaseModel):
    """All of it in numbers. Fewer than ten people are not told."""

    projects: int
    running: int
    sessions: int
    people: int | None
    first_time: int | None
    people_by_ward: dict[str, int | None]
    businesses: int
    jobs: int


async def listed(
    unit: UnitOfWork, state: State | None, ward: str | None, fixer: str | None, place: Sequence[Any] | None, most: int
) -> list[ProjectView]:
    """Projects, the newest first."""
    query = select(Project)
    if state:
        query = query.where(Project.state == state)
    if ward:
        query = query.where(Project.ward == ward)
    if fixer:
        query = query.where(Project.fixer_worker == fixer)
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Project.made_at, Project.id) < mark)
    rows = (await unit.session.scalars(query.order_by(Project.made_at.desc(), Project.id.desc()).limit(most))).all()
    return await _views(unit, rows)


def place_of(view: ProjectView) -> list[Any]:
    """Where a project stands in the list."""
    return [view.made_at.isoformat(), str(view.id)]


async def view(unit: UnitOfWork, project_id: UUID) -> ProjectView:
    """One project."""
    row = (await unit.session.scalars(select(Project).where(Project.id == project_id))).one_or_none()
    if row is None:
        raise NotFound("There is no such project")
    return (await _views(unit, [row]))[0]


async def blockers(unit: UnitOfWork, owner: str | None, place: Sequence[Any] | None, most: int) -> list[BlockerView]:
    """What stands in the way anywhere, the oldest first."""
    row = ProjectBlocker
    query = select(row).where(row.cleared_on.is_(None))
    if owner:
        query = query.where(row.owner_worker == owner)
    if place is not None:
        query = query.where(tuple_(row.raised_on, row.id) > tuple_(date.fromisoformat(place[0]), UUID(place[1])))
    return [blocker(each) for each in await unit.session.scalars(query.order_by(row.raised_on, row.id).limit(most))]


def blocker(row: ProjectBlocker) -> BlockerView:
    """A blocker as shown."""
    age = ((row.cleared_on or clock.today()) - row.raised_on).days
    return BlockerView(
        id=row.id,
        version=row.version,
        project_id=row.project_id,
        kind=BlockerKind(row.kind),
        words=row.words,
        owner=row.owner_worker,
        raised_on=row.raised_on,
        age_days=age,
        stuck=row.cleared_on is None and age > domain.STUCK_AFTER_DAYS,
        cleared_on=row.cleared_on,
        cleared_words=row.cleared_words,
    )


async def sessions(unit: UnitOfWork, project_id: UUID, place: Sequence[Any] | None, most: int) -> list[SessionView]:
    """A project's sessions, the newest first."""
    await view(unit, project_id)
    row = ProjectSession
    query = select(row).where(row.project_id == project_id)
    if place is not None:
        query = query.where(tuple_(row.held_on, row.id) < tuple_(date.fromisoformat(place[0]), UUID(place[1])))
    found = await unit.session.scalars(query.order_by(row.held_on.desc(), row.id.desc()).limit(most))
    return [SessionView.model_validate(each) for each in found]


async def businesses(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> list[BusinessView]:
    """Community businesses."""
    query = select(CommunityBusiness)
    if place is not None:
        query = query.where(CommunityBusiness.id > UUID(place[0]))
    found = await unit.session.scalars(query.order_by(CommunityBusiness.id).limit(most))
    return [BusinessView.model_validate(each) for each in found]


async def published(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> tuple[list[PublicProject], list[Any]]:
    """Projects that run or ran, as anybody sees them, and their places in the list."""
    query = select(Project).where(Project.state != State.IDEA)
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Project.made_at, Project.id) < mark)
    rows = (await unit.session.scalars(query.order_by(Project.made_at.desc(), Project.id.desc()).limit(most))).all()
    counts = await _counts(unit, [row.id for row in rows])
    shown = [
        PublicProject(
            id=row.id,
            title=row.title,
            summary=row.summary,
            ward=row.ward,
            state=State(row.state),
            started_on=row.started_on,
            sessions=counts[row.id][0],
            people=domain.shown(counts[row.id][1], counts[row.id][0]),
        )
        for row in rows
    ]
    return shown, [[row.made_at.isoformat(), str(row.id)] for row in rows]


async def figures(unit: UnitOfWork) -> FiguresView:
    """All of it in numbers."""
    by_state = select(Project.state, func.count()).group_by(Project.state)
    states = {state: int(number) for state, number in await unit.session.execute(by_state)}
    people = select(
        Project.ward,
        func.count(),
        func.coalesce(func.sum(ProjectSession.people), 0),
        func.coalesce(func.sum(ProjectSession.first_time), 0),
    )
    people = people.join(Project, Project.id == ProjectSession.project_id).where(ProjectSession.counted)
    by_ward = (await unit.session.execute(people.group_by(Project.ward))).all()
    own = select(func.count(), func.coalesce(func.sum(CommunityBusiness.jobs), 0))
    trading, jobs = (await unit.session.execute(own.where(CommunityBusiness.trading != Trading.CLOSED))).one()
    held = sum(number for _, number, _, _ in by_ward)
    return FiguresView(
        projects=sum(states.values()),
        running=states.get(State.RUNNING, 0),
        sessions=held,
        people=domain.shown(sum(int(each) for _, _, each, _ in by_ward), held),
        first_time=domain.shown(sum(int(each) for _, _, _, each in by_ward), held),
        people_by_ward=domain.suppressed({ward or "whole_borough": int(each) for ward, _, each, _ in by_ward}),
        businesses=int(trading),
        jobs=int(jobs),
    )


async def _counts(unit: UnitOfWork, project_ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    row = ProjectSession
    query = select(row.project_id, func.count(), func.sum(row.people)).where(
        row.project_id.in_(project_ids), row.counted
    )
    found = {
        id_: (int(held), int(came)) for id_, held, came in await unit.session.execute(query.group_by(row.project_id))
    }
    return {id_: found.get(id_, (0, 0)) for id_ in project_ids}


async def _views(unit: UnitOfWork, rows: Sequence[Project]) -> list[ProjectView]:
    ids = [row.id for row in rows]
    counts = await _counts(unit, ids)
    standing = select(ProjectBlocker).where(ProjectBlocker.project_id.in_(ids), ProjectBlocker.cleared_on.is_(None))
    in_the_way: dict[UUID, list[BlockerView]] = {id_: [] for id_ in ids}
    for each in await unit.session.scalars(standing.order_by(ProjectBlocker.raised_on, ProjectBlocker.id)):
        in_the_way[each.project_id].append(blocker(each))
    return [
        ProjectView(
            id=row.id,
            version=row.version,
            title=row.title,
            summary=row.summary,
            ward=row.ward,
            proposal_id=row.proposal_id,
            state=State(row.state),
            state_reason=row.state_reason,
            fixer=row.fixer_worker,
            started_on=row.started_on,
            ended_on=row.ended_on,
            made_at=row.made_at,
            blockers=in_the_way[row.id],
            sessions=counts[row.id][0],
            people=counts[row.id][1],
            allowed=list(domain.ALLOWED[State(row.state)]),
        )
        for row in rows
    ]
