"""Reads of caseloads: by worker and by team, what nobody has, and each worker's own work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, Text, and_, any_, func, literal, or_, select, union
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.store.tables import known_team
from kit.store.unit import UnitOfWork
from services.casefile.approvals.models import Approval
from services.casefile.caseloads.domain import Reason, State
from services.casefile.caseloads.models import ReallocatedCase, Reallocation
from services.casefile.cases import rows as case_rows
from services.casefile.cases.models import Case
from services.casefile.steps.models import CaseStep
from services.casefile.tasks.models import CaseTask

SOON: Final = timedelta(days=7)
NEW_FOR: Final = timedelta(days=7)


class Counts(BaseModel):
    """Open cases: how many, how urgent, and which reviews and tasks are late."""

    open: int = 0
    red: int = 0
    amber: int = 0
    green: int = 0
    unrated: int = 0
    reviews_overdue: int = 0
    tasks_overdue: int = 0


class Caseload(Counts):
    """What one worker holds, as account manager or as lead; a case held as both is one."""

    worker: str
    as_account_manager: int = 0
    as_lead: int = 0


class TeamLoad(Counts):
    """What a team's workers hold together; a case of two of them is one."""

    team: str
    workers: int


class Summary(Counts):
    """All of it, or of one team, and what waits for somebody."""

    as_of: UtcDatetime
    team: str | None
    unallocated: int = Field(description="Open cases that nobody holds: of every team")
    approvals_waiting: int
    steps_unanswered: int = Field(description="Steps up and down that nobody answered in time")


class MyWork(BaseModel):
    """What is mine to do."""

    as_of: UtcDatetime
    caseload: Caseload
    new: int = Field(description="Cases that came to me in the last seven days")
    reviews_due: int = Field(description="Within seven days, today included")
    tasks_open: int
    tasks_due: int = Field(description="Today")
    tasks_overdue: int
    approvals_returned: int = Field(description="That I asked for, and which came back with a comment")
    approvals_to_decide: int = Field(description="For managers: asked by others")
    steps_offered: int = Field(description="To me by name, or to my team")
    warnings_to_decide: int = Field(description="For managers: proposed by others")
    warnings_to_review: int
    texts_to_read: int = Field(description="From people whose household's case I hold")


class ReallocationView(BaseModel):
    """One act by which a worker's cases went to others, with how many each got."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    from_worker: str
    to_workers: list[str]
    reason: Reason
    words: str
    cover_until: date | None
    state: State
    by: str
    at: UtcDatetime
    given_back_at: UtcDatetime | None
    moved: dict[str, int] = Field(default_factory=dict, description="Cases by who got them")


@dataclass(frozen=True, slots=True)
class _Open:
    """The open cases that the caller may know of, as a subquery."""

    sub: Any

    def counts(self, of: Any, inside: Any) -> list[ColumnElement[int]]:
        """The counts of `Counts` but for tasks; ratings and reviews of those whose inside the caller may see."""
        distinct = func.count(func.distinct(of))
        return [
            distinct.label("open"),
            *(distinct.filter(and_(inside, self.sub.c.rag == rag)).label(rag) for rag in ("red", "amber", "green")),
            distinct.filter(or_(~inside, self.sub.c.rag.is_(None))).label("unrated"),
            distinct.filter(and_(inside, self.sub.c.next_review_on < clock.today())).label("reviews_overdue"),
        ]


async def _open(unit: UnitOfWork) -> _Open:
    front, inside = await case_rows.front_and_inside(unit)
    query = select(
        Case.id, Case.account_manager, Case.lead, Case.rag, Case.next_review_on, inside.label("inside")
    ).where(Case.state == "open", front)
    return _Open(query.cte("open_case"))


def _holders(there: _Open) -> Any:
    columns = there.sub.c
    as_manager = select(columns.id, columns.account_manager.label("worker")).where(columns.account_manager.is_not(None))
    as_lead = select(columns.id, columns.lead.label("worker")).where(columns.lead.is_not(None))
    return union(as_manager, as_lead).cte("holder")


async def caseloads(unit: UnitOfWork, team: str | None, worker: str | None) -> list[Caseload]:
    """Each worker's caseload, by worker; of a team also those who hold nothing."""
    there = await _open(unit)
    holder = _holders(there)
    columns = there.sub.c
    query = (
        select(
            holder.c.worker,
            *there.counts(holder.c.id, columns.inside),
            func.count(func.distinct(holder.c.id))
            .filter(columns.account_manager == holder.c.worker)
            .label("as_account_manager"),
            func.count(func.distinct(holder.c.id)).filter(columns.lead == holder.c.worker).label("as_lead"),
        )
        .join(there.sub, columns.id == holder.c.id)
        .group_by(holder.c.worker)
    )
    whose = [worker] if worker is not None else None
    if team is not None:
        members = (await teams_today(unit)).get(team, [])
        whose = members if whose is None else [each for each in whose if each in members]
    if whose is not None:
        query = query.where(holder.c.worker == any_(literal(whose, ARRAY(Text))))
    found = {row.worker: Caseload.model_validate(dict(row._mapping)) for row in await unit.session.execute(query)}
    for each in whose or ():
        found.setdefault(each, Caseload(worker=each))
    for late, count in (await _late_tasks(unit, list(found))).items():
        found[late].tasks_overdue = count
    unit.accessed("caseloads")
    return [found[each] for each in sorted(found)]


async def team_loads(unit: UnitOfWork) -> list[TeamLoad]:
    """What each team's workers hold together."""
    teams = await teams_today(unit)
    there = await _open(unit)
    holder = _holders(there)
    pairs = [(code, worker) for code, members in sorted(teams.items()) for worker in members]
    belongs = (
        func.unnest(
            literal([code for code, _ in pairs], ARRAY(Text)), literal([worker for _, worker in pairs], ARRAY(Text))
        )
        .table_valued("team", "worker", name="belongs")
        .render_derived()
    )
    query = (
        select(belongs.c.team, *there.counts(holder.c.id, there.sub.c.inside))
        .select_from(belongs)
        .join(holder, holder.c.worker == belongs.c.worker)
        .join(there.sub, there.sub.c.id == holder.c.id)
        .group_by(belongs.c.team)
    )
    found = {row.team: dict(row._mapping) for row in await unit.session.execute(query)} if pairs else {}
    late = await _late_tasks(unit, sorted({worker for _, worker in pairs}))
    unit.accessed("caseloads")
    return [
        TeamLoad.model_validate(
            {
                "team": code,
                **found.get(code, {}),
                "workers": len(members),
                "tasks_overdue": sum(late.get(each, 0) for each in members),
            }
        )
        for code, members in sorted(teams.items())
    ]


async def summary(unit: UnitOfWork, team: str | None) -> Summary:
    """What there is in all, or of one team."""
    there = await _open(unit)
    columns = there.sub.c
    counted: Any = there.counts(columns.id, columns.inside)
    query: Select[Any] = select(*counted)
    members = (await teams_today(unit)).get(team, []) if team is not None else None
    if members is not None:
        theirs = literal(members, ARRAY(Text))
        query = query.where(or_(columns.account_manager == any_(theirs), columns.lead == any_(theirs)))
    counts = (await unit.session.execute(query)).one()
    nobodys = await _count(unit, select(columns.id).where(columns.account_manager.is_(None), columns.lead.is_(None)))
    late = await _late_tasks(unit, members)
    unit.accessed("caseloads")
    return Summary.model_validate(
        {
            **counts._mapping,
            "tasks_overdue": sum(late.values()),
            "as_of": clock.business_now(),
            "team": team,
            "unallocated": nobodys,
            "approvals_waiting": await _approvals(unit, "asked", members),
            "steps_unanswered": await _unanswered(unit, members),
        }
    )


async def reallocations(
    unit: UnitOfWork, worker: str | None, place: Sequence[Any] | None, most: int
) -> list[ReallocationView]:
    """Up to `most` after `place`, the newest first. Ids and counts: which case, its own page says."""
    query = select(Reallocation)
    if worker is not None:
        query = query.where(
            or_(Reallocation.from_worker == worker, literal(worker) == any_(Reallocation.to_workers.expression))
        )
    if place is not None:
        query = query.where(Reallocation.id < UUID(place[0]))
    # Ids are in the order of time (UUIDv7).
    found = (await unit.session.scalars(query.order_by(Reallocation.id.desc()).limit(most))).all()
    unit.accessed("reallocations")
    return await _shown(unit, found)


async def shown(unit: UnitOfWork, row: Reallocation) -> ReallocationView:
    """One of them, as it stands."""
    return (await _shown(unit, [row]))[0]


async def _shown(unit: UnitOfWork, found: Sequence[Reallocation]) -> list[ReallocationView]:
    counted: dict[UUID, dict[str, int]] = {row.id: {} for row in found}
    visible = select(Case.id).where(await case_rows.visible_to(unit))
    query = (
        select(
            ReallocatedCase.reallocation_id,
            ReallocatedCase.to_worker,
            func.count(func.distinct(ReallocatedCase.case_id)),
        )
        .where(ReallocatedCase.reallocation_id.in_(counted), ReallocatedCase.case_id.in_(visible))
        .group_by(ReallocatedCase.reallocation_id, ReallocatedCase.to_worker)
    )
    await unit.session.flush()
    for id_, worker, count in await unit.session.execute(query):
        counted[id_][worker] = count
    return [ReallocationView.model_validate(row).model_copy(update={"moved": counted[row.id]}) for row in found]


async def teams_today(unit: UnitOfWork) -> Mapping[str, list[str]]:
    """Who belongs to which team today, by the team's code."""
    today = clock.today().isoformat()
    found: dict[str, list[str]] = {}
    for code, members in await unit.session.execute(select(known_team.c.code, known_team.c.members)):
        found[code] = sorted(
            {
                each["worker_id"]
                for each in members
                if each["from"] <= today and (each.get("to") is None or today < each["to"])
            }
        )
    return found


async def _late_tasks(unit: UnitOfWork, workers: Sequence[str] | None) -> dict[str, int]:
    query = (
        select(CaseTask.owner, func.count().label("late"))
        .where(
            CaseTask.state == "open",
            CaseTask.due_on < clock.today(),
            await case_rows.of_visible_cases(unit, CaseTask.case_id.expression),
        )
        .group_by(CaseTask.owner)
    )
    if workers is not None:
        query = query.where(CaseTask.owner == any_(literal(list(workers), ARRAY(Text))))
    return {row.owner: row.late for row in await unit.session.execute(query)}


async def _approvals(unit: UnitOfWork, state: str, asked_by: Sequence[str] | None, but: str = "") -> int:
    query = select(Approval.id).where(
        Approval.state == state,
        Approval.asked_by != but,
        await case_rows.of_visible_cases(unit, Approval.case_id.expression),
    )
    if asked_by is not None:
        query = query.where(Approval.asked_by == any_(literal(list(asked_by), ARRAY(Text))))
    return await _count(unit, query)


async def _unanswered(unit: UnitOfWork, members: Sequence[str] | None) -> int:
    query = select(CaseStep.id).where(
        CaseStep.state == "offered",
        CaseStep.escalated_at.is_not(None),
        await case_rows.of_visible_cases(unit, CaseStep.case_id.expression),
    )
    if members is not None:
        query = query.where(CaseStep.from_worker == any_(literal(list(members), ARRAY(Text))))
    return await _count(unit, query)


async def _count(unit: UnitOfWork, query: Select[Any]) -> int:
    return await unit.session.scalar(select(func.count()).select_from(query.subquery())) or 0
