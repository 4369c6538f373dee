"""Writes of projects, their sessions and blockers, and of community businesses."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.grants.projects import domain
from services.grants.projects.domain import BlockerKind, Came, State, Trading
from services.grants.projects.models import CommunityBusiness, Project, ProjectBlocker, ProjectSession


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project to begin."""

    title: str
    summary: str
    ward: str | None
    fixer: str | None
    proposal_id: UUID | None = None


async def begin(unit: UnitOfWork, new: NewProject) -> Project:
    """A new project, an idea until it runs."""
    now = clock.business_now()
    row = Project(
        id=new_id(),
        version=1,
        title=new.title,
        summary=new.summary,
        ward=new.ward,
        proposal_id=new.proposal_id,
        state=State.IDEA,
        fixer_worker=new.fixer,
        made_by=unit.cause.actor,
        made_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    unit.accessed(f"project/{row.id}")
    return row


async def move(
    unit: UnitOfWork, project_id: UUID, expected: int, wanted: State, fixer: str | None, reason: str | None
) -> Project:
    """Another state, with its fixer."""
    row = await load(unit, project_id, expected)
    fixer = fixer or row.fixer_worker
    domain.check_next(State(row.state), wanted, fixer)
    row.state, row.fixer_worker, row.state_reason = wanted, fixer, reason
    if wanted is State.RUNNING:
        row.started_on = row.started_on or clock.today()
    row.ended_on = clock.today() if wanted in (State.FINISHED, State.STOPPED) else None
    _changed(unit, row)
    return row


async def assign(unit: UnitOfWork, project_id: UUID, expected: int, fixer: str) -> Project:
    """Another fixer."""
    row = await load(unit, project_id, expected)
    row.fixer_worker = fixer
    _changed(unit, row)
    return row


async def plan_session(unit: UnitOfWork, project_id: UUID, held_on: date, place: str) -> ProjectSession:
    """A session that is to be, or was."""
    row = await load(unit, project_id)
    if row.state not in (State.RUNNING, State.IDEA):
        raise Conflict(f"This project is {row.state}: it holds no sessions", state=row.state, allowed=["running"])
    session = ProjectSession(
        id=new_id(),
        version=1,
        project_id=row.id,
        held_on=held_on,
        place=place,
        counted=False,
        people=0,
        first_time=0,
        children=0,
        recorded_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    unit.session.add(session)
    unit.accessed(f"project/{row.id}")
    return session


async def count(unit: UnitOfWork, session_id: UUID, expected: int, came: Came) -> ProjectSession:
    """Who came, in numbers; again puts them right."""
    query = select(ProjectSession).where(ProjectSession.id == session_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such session")
    check_version(row.version, expected)
    domain.check_came(came, row.held_on, clock.today())
    row.counted, row.people, row.first_time, row.children = True, came.people, came.first_time, came.children
    row.version, row.changed_at, row.recorded_by = row.version + 1, clock.business_now(), unit.cause.actor
    unit.accessed(f"project/{row.project_id}")
    return row


async def block(unit: UnitOfWork, project_id: UUID, kind: BlockerKind, words: str, owner: str | None) -> ProjectBlocker:
    """Something stands in the way. Its owner is the fixer unless said otherwise."""
    row = await load(unit, project_id)
    owner = owner or row.fixer_worker
    if owner is None:
        raise invalid("/owner", "Somebody owns a blocker: name them, or give the project a fixer.", "an-owner")
    blocker = ProjectBlocker(
        id=new_id(),
        version=1,
        project_id=row.id,
        kind=kind,
        words=words,
        owner_worker=owner,
        raised_on=clock.today(),
        raised_by=unit.cause.actor,
    )
    unit.session.add(blocker)
    unit.accessed(f"project/{row.id}")
    return blocker


async def clear(unit: UnitOfWork, blocker_id: UUID, expected: int, words: str) -> ProjectBlocker:
    """It stands in the way no longer."""
    query = select(ProjectBlocker).where(ProjectBlocker.id == blocker_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such blocker")
    check_version(row.version, expected)
    if row.cleared_on is not None:
        raise Conflict("This is cleared already", allowed=[])
    row.cleared_on, row.cleared_words, row.cleared_by = clock.today(), words, unit.cause.actor
    row.version += 1
    unit.accessed(f"project/{row.project_id}")
    return row


async def start_business(
    unit: UnitOfWork, name: str, ward: str | None, project_id: UUID | None, jobs: int, started_on: date
) -> CommunityBusiness:
    """A community business."""
    if project_id is not None:
        await load(unit, project_id)
    row = CommunityBusiness(
        id=new_id(),
        version=1,
        name=name,
        ward=ward,
        project_id=project_id,
        trading=Trading.STARTING,
        jobs=jobs,
        started_on=started_on,
        recorded_by=unit.cause.actor,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"community_business/{row.id}")
    return row


async def change_business(
    unit: UnitOfWork, business_id: UUID, expected: int, trading: Trading, jobs: int
) -> CommunityBusiness:
    """How it goes now."""
    query = select(CommunityBusiness).where(CommunityBusiness.id == business_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such business")
    check_version(row.version, expected)
    row.trading, row.jobs = trading, jobs
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"community_business/{row.id}")
    return row


async def load(unit: UnitOfWork, project_id: UUID, expected: int | None = None) -> Project:
    """The project, locked."""
    query = select(Project).where(Project.id == project_id).with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("There is no such project")
    if expected is not None:
        check_version(row.version, expected)
    return row


def _changed(unit: UnitOfWork, row: Project) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"project/{row.id}")
