"""A person's plan as they read it by a shared link: their own words, who does what by when, and nothing told of why.

What stands in a compartment is not there, but for words that were chosen for eyes which are not theirs alone.
"""

from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.people.aliases import all_ids
from services.casefile.plans.models import Action, Agreement, Goal, Plan

_OPEN = frozenset({"front", "inside"})


class TheirAction(BaseModel):
    """Who does what by when."""

    words: str
    whose: str
    by: date | None
    state: str


class TheirGoal(BaseModel):
    """What they want, and the steps to it."""

    words: str
    language: str | None
    english: str | None
    by: date | None
    state: str
    actions: list[TheirAction]


class TheirPlan(BaseModel):
    """The plan as its owner reads it."""

    what_matters: str | None
    goals: list[TheirGoal]
    also: list[TheirAction]
    agreed_at: UtcDatetime | None
    review_on: date | None


async def belongs(unit: UnitOfWork, person_id: UUID, plan_id: UUID) -> bool:
    """Whether that is a living plan of that person."""
    whole = await all_ids(unit.session, [person_id])
    query = select(Plan.id).where(Plan.id == plan_id, Plan.person_id.in_(whole), Plan.state != "ended")
    return await unit.session.scalar(query) is not None


async def their_plan(unit: UnitOfWork, person_id: UUID, plan_id: UUID) -> TheirPlan:
    """The plan as it stands today; `NotFound` when it has ended, or is not theirs any more."""
    if not await belongs(unit, person_id, plan_id):
        raise NotFound("There is no such plan")
    plan = await unit.session.get_one(Plan, plan_id)
    goals = (await unit.session.scalars(select(Goal).where(Goal.plan_id == plan_id).order_by(Goal.number))).all()
    actions = (
        await unit.session.scalars(select(Action).where(Action.plan_id == plan_id).order_by(Action.number))
    ).all()
    agreed_at = await unit.session.scalar(
        select(Agreement.agreed_at).where(Agreement.plan_id == plan_id).order_by(Agreement.number.desc()).limit(1)
    )
    shown = [goal for goal in goals if goal.state != "dropped" and _may_stand(goal)]
    by_goal: dict[UUID | None, list[TheirAction]] = {}
    ids = {goal.id for goal in shown}
    hidden = {goal.id for goal in goals} - ids
    for action in actions:
        # A step towards a goal that is not shown would tell of it.
        if action.state != "dropped" and _may_stand(action) and action.goal_id not in hidden:
            by_goal.setdefault(action.goal_id, []).append(
                TheirAction(words=_said(action), whose=action.whose, by=action.due_on, state=action.state)
            )
    unit.accessed(f"plan/{plan_id}", [person_id])
    return TheirPlan(
        what_matters=plan.what_matters,
        goals=[_goal(goal, by_goal.get(goal.id, [])) for goal in shown],
        also=by_goal.get(None, []),
        agreed_at=agreed_at,
        review_on=plan.review_on,
    )


def _goal(goal: Goal, actions: list[TheirAction]) -> TheirGoal:
    # Their own words in their own language, unless others were chosen for a shared copy.
    own = goal.shown_words is None
    return TheirGoal(
        words=_said(goal),
        language=goal.language if own else None,
        english=goal.english if own else None,
        by=goal.by,
        state=goal.state,
        actions=actions,
    )


def _may_stand(row: Goal | Action) -> bool:
    return row.shown_words is not None or row.part in _OPEN


def _said(row: Goal | Action) -> str:
    return row.shown_words if row.shown_words is not None else row.words
