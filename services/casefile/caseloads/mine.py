"""A worker's own work: what the day begins with, so it is asked for all the time and must be cheap.

The rule of who may see which case is a long condition: it is asked once, for the cases that could count at all, and for
steps and warnings only when there is one that could.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import and_, func, or_, select

from kit import clock
from kit.store.unit import UnitOfWork
from services.casefile.approvals.models import Approval
from services.casefile.caseloads.queries import NEW_FOR, SOON, Caseload, MyWork
from services.casefile.cases import rows as case_rows
from services.casefile.cases.models import Case, CaseMember
from services.casefile.replies import rows as reply_rows
from services.casefile.replies.domain import State as ReplyState
from services.casefile.replies.models import Reply
from services.casefile.steps import rows as step_rows
from services.casefile.steps.models import CaseStep
from services.casefile.tasks.models import CaseTask
from services.casefile.warnings import rows as warning_rows
from services.casefile.warnings.models import MeetingWarning

_RATINGS: Final = ("red", "amber", "green")


async def my_work(unit: UnitOfWork) -> MyWork:
    """The caller's own work."""
    me = unit.cause.actor
    senior = bool(warning_rows.SENIOR & set(unit.cause.roles))
    teams = await step_rows.teams_of(unit, me)
    of_cases = await _of_cases(unit, senior)
    steps, decide, review, texts = await _of_others(unit, teams, senior)
    unit.accessed("caseloads")
    unit.accessed("my_work")
    return MyWork(
        as_of=clock.business_now(),
        caseload=Caseload(
            worker=me,
            open=of_cases["held"],
            red=of_cases["red"],
            amber=of_cases["amber"],
            green=of_cases["green"],
            unrated=of_cases["unrated"],
            reviews_overdue=of_cases["reviews_overdue"],
            tasks_overdue=of_cases["tasks_overdue"],
            as_account_manager=of_cases["as_account_manager"],
            as_lead=of_cases["as_lead"],
        ),
        new=of_cases["new"],
        reviews_due=of_cases["reviews_due"],
        tasks_open=of_cases["tasks_open"],
        tasks_due=of_cases["tasks_due"],
        tasks_overdue=of_cases["tasks_overdue"],
        approvals_returned=of_cases["returned"],
        approvals_to_decide=of_cases["asked"] if senior else 0,
        steps_offered=steps,
        warnings_to_decide=decide,
        warnings_to_review=review,
        texts_to_read=texts,
    )


async def _of_cases(unit: UnitOfWork, senior: bool) -> Mapping[str, int]:
    """All that is counted of cases, tasks and approvals, in one statement."""
    me, today = unit.cause.actor, clock.today()
    front, inside = await case_rows.front_and_inside(unit)
    held = or_(Case.account_manager == me, Case.lead == me)
    mine = and_(CaseTask.owner == me, CaseTask.state == "open")
    returned = and_(Approval.state == "returned", Approval.asked_by == me)
    asked = and_(Approval.state == "asked", Approval.asked_by != me)
    told = or_(returned, asked) if senior else returned
    could = select(CaseTask.case_id).where(mine).union_all(select(Approval.case_id).where(told))
    case = (
        select(
            Case.id,
            Case.account_manager,
            Case.lead,
            Case.rag,
            Case.next_review_on,
            and_(Case.state == "open", held).label("held"),
            inside.label("inside"),
        )
        .where(front, or_(and_(Case.state == "open", held), Case.id.in_(could)))
        .cte("my_case")
    )
    seen = select(case.c.id).where(case.c.inside)
    task = select(CaseTask.due_on).where(mine, CaseTask.case_id.in_(seen)).cte("my_task")
    approval = select(Approval.state).where(told, Approval.case_id.in_(seen)).cte("my_approval")
    came = select(func.count(func.distinct(CaseMember.case_id))).where(
        CaseMember.worker == me, CaseMember.until.is_(None), CaseMember.since > clock.business_now() - NEW_FOR
    )
    rated = and_(case.c.held, case.c.inside)
    cases = func.count()
    tasks = select(cases).select_from(task)
    query = select(
        cases.filter(case.c.held).label("held"),
        *(cases.filter(and_(rated, case.c.rag == rag)).label(rag) for rag in _RATINGS),
        cases.filter(and_(case.c.held, or_(~case.c.inside, case.c.rag.is_(None)))).label("unrated"),
        cases.filter(and_(rated, case.c.next_review_on < today)).label("reviews_overdue"),
        cases.filter(and_(rated, case.c.next_review_on.between(today, today + SOON))).label("reviews_due"),
        cases.filter(and_(case.c.held, case.c.account_manager == me)).label("as_account_manager"),
        cases.filter(and_(case.c.held, case.c.lead == me)).label("as_lead"),
        came.scalar_subquery().label("new"),
        tasks.scalar_subquery().label("tasks_open"),
        tasks.where(task.c.due_on == today).scalar_subquery().label("tasks_due"),
        tasks.where(task.c.due_on < today).scalar_subquery().label("tasks_overdue"),
        *(
            select(cases).select_from(approval).where(approval.c.state == state).scalar_subquery().label(state)
            for state in ("returned", "asked")
        ),
    ).select_from(case)
    row: Any = (await unit.session.execute(query)).one()
    return dict(row._mapping)


async def _of_others(unit: UnitOfWork, teams: Sequence[str], senior: bool) -> tuple[int, int, int, int]:
    """Steps offered to the caller; warnings to decide on and to look at again; texts of those whose case they hold.

    Mostly none: that is asked first.
    """
    me = unit.cause.actor
    offered = and_(CaseStep.state == "offered", or_(CaseStep.to_worker == me, CaseStep.to_team.in_(teams)))
    proposed = and_(MeetingWarning.state == "proposed", MeetingWarning.proposed_by != me)
    due = and_(
        MeetingWarning.state == "standing",
        MeetingWarning.review_on <= clock.today() + SOON,
        or_(MeetingWarning.decided_by == me, MeetingWarning.proposed_by == me),
    )
    held = select(Case.household_id).where(Case.state == "open", or_(Case.account_manager == me, Case.lead == me))
    waiting = and_(Reply.state == ReplyState.WAITING, Reply.household_id.in_(held))
    step, warning = select(func.count()).select_from(CaseStep), select(func.count()).select_from(MeetingWarning)
    text = select(func.count()).select_from(Reply)
    asked = [step.where(offered), warning.where(proposed), warning.where(due), text.where(waiting)]
    some = (await unit.session.execute(select(*(each.scalar_subquery() for each in asked)))).one()
    counts = [0, 0, 0, 0]
    if some[0]:
        counts[0] = await unit.session.scalar(asked[0].where(await step_rows.visible_to(unit, teams))) or 0
    for at in (1, 2):
        if some[at] and (at == 2 or senior):
            counts[at] = await unit.session.scalar(asked[at].where(await warning_rows.visible_to(unit))) or 0
    if some[3]:
        counts[3] = await unit.session.scalar(asked[3].where(await reply_rows.visible_to(unit))) or 0
    return counts[0], counts[1], counts[2], counts[3]
