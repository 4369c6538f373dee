"""Which steps a caller may reach, how one is loaded, and what we know of the workers."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from kit import clock
from kit.errors import NotFound
from kit.store.access import of_the_council
from kit.store.tables import known_team, known_worker
from kit.store.unit import UnitOfWork
from services.casefile.cases import rows as cases
from services.casefile.cases.models import Case
from services.casefile.steps.domain import Worker
from services.casefile.steps.models import CaseStep


async def visible_to(unit: UnitOfWork, teams: Sequence[str]) -> ColumnElement[bool]:
    """The one rule of who may see which step: those inside the case, and whoever it is offered to, while it is."""
    inside = await cases.of_visible_cases(unit, CaseStep.case_id.expression)
    offered = or_(CaseStep.to_worker == unit.cause.actor, CaseStep.to_team.in_(teams))
    # Somebody hidden from them, or with whom they have a conflict, is never shown for being offered.
    front = CaseStep.case_id.in_(select(Case.id).where(await cases.in_front(unit)))
    return or_(inside, and_(CaseStep.state == "offered", offered, front))


async def load_for_change(unit: UnitOfWork, step_id: UUID, teams: Sequence[str]) -> tuple[Case, CaseStep]:
    """The case and then its step, both locked, always in this order: no two writers wait for each other."""
    found = select(CaseStep.case_id).where(CaseStep.id == step_id, await visible_to(unit, teams))
    case_id = await unit.session.scalar(found)
    if case_id is None:
        raise NotFound("We know of no such step")
    case = await cases.lock(unit, case_id)
    return case, (await unit.session.scalars(select(CaseStep).where(CaseStep.id == step_id).with_for_update())).one()


async def caller(unit: UnitOfWork) -> Worker:
    """Who acts now: the gateway let them in, unless we have heard of a suspension since."""
    query = select(known_worker).where(known_worker.c.principal == unit.cause.actor)
    row = (await unit.session.execute(query.with_for_update(read=True))).one_or_none()
    roles = frozenset(unit.cause.roles) | (frozenset(row.roles) if row else frozenset())
    may_act = row is None or (row.active and not row.suspended)
    return Worker(unit.cause.actor, may_act, roles, frozenset(await teams_of(unit, unit.cause.actor)))


async def teams_of(unit: UnitOfWork, worker: str) -> list[str]:
    """The codes of the teams they belong to today."""
    today = clock.today().isoformat()
    councils = select(known_team.c.code, known_team.c.members).where(of_the_council())
    found = (await unit.session.execute(councils)).all()
    return sorted(code for code, members in found if any(_belongs(each, worker, today) for each in members))


def _belongs(member: dict[str, str | None], worker: str, today: str) -> bool:
    until = member.get("to")
    return member["worker_id"] == worker and str(member["from"]) <= today and (until is None or today < until)
