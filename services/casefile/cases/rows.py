"""Which cases a caller may reach, how one is loaded, and to whom one may be given."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from kit.errors import NotFound, invalid
from kit.store.tables import known_team, known_worker
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.models import Conflict, KnownTeamLine
from services.casefile.access.need_to_know import Part, about_household
from services.casefile.cases.domain import SEALED
from services.casefile.cases.models import Case
from services.casefile.people import membership
from services.casefile.people.models import Membership
from services.casefile.separation import queries as separations
from services.casefile.separation.models import Separation

COMPARTMENTS: Final = tuple(sorted(set(SEALED.values())))


async def visible_to(unit: UnitOfWork, part: Part = Part.FRONT) -> ColumnElement[bool]:
    """The one rule of who may see which case: a condition on `Case`.

    FRONT: that there is a case, and who works on it. INSIDE: the work. What is sealed is for those who may open its
    compartment, and while nobody has it yet for the team of that name (where there is no such team, for safeguarding
    leads: somebody has to find it a worker). To everybody else its row does not exist.
    """
    front, inside = await front_and_inside(unit)
    return front if part is Part.FRONT else inside


async def front_and_inside(unit: UnitOfWork) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The rule for both parts, for lists that say of each case which of them it shows."""
    front = await about_household(unit, Case.household_id, Part.FRONT)
    inside = await about_household(unit, Case.household_id, Part.INSIDE)
    sealed = []
    for compartment in COMPARTMENTS:
        opened = await about_household(unit, Case.household_id, Part(compartment))
        waits = and_(Case.account_manager.is_(None), Case.lead.is_(None), _finds_a_worker(unit, compartment))
        there = or_(opened, and_(front, or_(waits, _runs_the_team(unit, compartment))))
        sealed.append(and_(Case.compartment == compartment, there))
    in_the_open = Case.compartment == ""
    return or_(and_(in_the_open, front), *sealed), or_(and_(in_the_open, inside), *sealed)


def _finds_a_worker(unit: UnitOfWork, compartment: str) -> ColumnElement[bool]:
    """The caller belongs today to the team whose code is the compartment's name, or is a lead while there is none."""
    team = KnownTeamLine.__table__
    mine = select(known_team.c.id).join(team, team.c.id == known_team.c.id)
    no_team = ~exists(select(known_team.c.id).where(known_team.c.code == compartment))
    of_it = exists(mine.where(known_team.c.code == compartment, literal(unit.cause.actor) == any_(team.c.members)))
    return or_(of_it, no_team) if "safeguarding_lead" in unit.cause.roles else of_it


def _runs_the_team(unit: UnitOfWork, compartment: str) -> ColumnElement[bool]:
    team = KnownTeamLine.__table__
    mine = select(known_team.c.id).join(team, team.c.id == known_team.c.id)
    return exists(mine.where(known_team.c.code == compartment, team.c.manager == unit.cause.actor))


async def in_front(unit: UnitOfWork) -> ColumnElement[bool]:
    """A condition on `Case`: the household's front is the caller's to see, whatever part of the file the case is in."""
    return await about_household(unit, Case.household_id, Part.FRONT)


async def of_visible_cases(unit: UnitOfWork, case_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """A condition on a column of case ids: the caller may see that case's inside."""
    return case_id.in_(select(Case.id).where(await visible_to(unit, Part.INSIDE)))


async def load(unit: UnitOfWork, case_id: UUID, part: Part = Part.INSIDE, *, expected: int | None = None) -> Case:
    """The case, locked; `NotFound` also for one that may not be shown, `Stale` when it has moved on."""
    query = select(Case).where(Case.id == case_id, await visible_to(unit, part)).with_for_update(of=Case)
    case = (await unit.session.scalars(query)).one_or_none()
    if case is None:
        raise NotFound("We know of no such case")
    if expected is not None:
        check_version(case.version, expected)
    return case


async def is_inside(unit: UnitOfWork, case: Case) -> bool:
    """Whether the caller may see the work of this case, not only that it is there."""
    query = select(Case.id).where(Case.id == case.id, await visible_to(unit, Part.INSIDE))
    return await unit.session.scalar(query) is not None


async def lock(unit: UnitOfWork, case_id: UUID) -> Case:
    """The case, locked, for what the platform itself does with it (a timer, an event)."""
    return (await unit.session.scalars(select(Case).where(Case.id == case_id).with_for_update())).one()


async def may_act(unit: UnitOfWork, workers: Collection[str]) -> set[str]:
    """Those of these workers who may act, as far as we have heard; one unheard of is taken at their word."""
    query = select(known_worker.c.principal).where(
        known_worker.c.principal == any_(literal(sorted(workers), ARRAY(Text))),
        or_(~known_worker.c.active, known_worker.c.suspended),
    )
    return set(workers) - set(await unit.session.scalars(query))


async def barred(unit: UnitOfWork, household_ids: Collection[UUID], workers: Collection[str]) -> set[tuple[UUID, str]]:
    """Which of these workers may not have which household.

    Somebody of it is their relative, or barred them; or is kept apart from somebody they work with.
    """
    of_them = Membership.household_id.in_(list(household_ids)) & Membership.until.is_(None)
    query = (
        select(Membership.household_id, Conflict.worker)
        .join(Conflict, Conflict.person_id == Membership.person_id)
        .where(of_them, Conflict.worker.in_(list(workers)), Conflict.ended_at.is_(None))
    )
    found = {(home, worker) for home, worker in await unit.session.execute(query)}
    apart = exists(
        select(Separation.id).where(
            Separation.state == "standing",
            or_(
                Membership.person_id == any_(Separation.people.expression),
                Membership.person_id == Separation.separated_person_id,
            ),
        )
    )
    for home in set(await unit.session.scalars(select(Membership.household_id).where(of_them, apart))):
        living = (await membership.members_of(unit, [home]))[home]
        for worker in workers:
            if not await separations.may_work_for(unit, worker, living):
                found.add((home, worker))
    return found


async def check_receivers(unit: UnitOfWork, case: Case, named: Iterable[tuple[str, str | None]]) -> None:
    """`Invalid` for one (pointer, worker) who may not act or may not have this household; why is not for the asker."""
    receivers = {worker: pointer for pointer, worker in named if worker}
    good = await may_act(unit, receivers)
    out = {worker for _, worker in await barred(unit, [case.household_id], list(receivers))}
    for worker, pointer in receivers.items():
        if worker not in good or worker in out:
            raise invalid(pointer, "This case cannot be given to them: choose somebody else.", "receiver-may-act")


async def members_of(unit: UnitOfWork, case_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Who lives in the household of each case now: for the record of whose file was read."""
    query = select(Case.id, Case.household_id).where(Case.id.in_(list(case_ids)))
    homes = {row.id: row.household_id for row in await unit.session.execute(query)}
    living = await membership.members_of(unit, set(homes.values()))
    return {case_id: living[home] for case_id, home in homes.items()}
