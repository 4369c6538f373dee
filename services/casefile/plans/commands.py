"""Writes of plans: make, change, agree, and what becomes of goals and actions. Each locks the plan's row first."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.casefile.plans import GoalState, PlanState, TaskState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Membership
from services.casefile.people.visibility import shown_of
from services.casefile.plans import domain, rows, showing
from services.casefile.plans.domain import ActionStatus, GoalStatus, How, PlanStatus, Whose
from services.casefile.plans.models import Action, Agreement, Goal, Plan
from services.casefile.plans.shapes import (
    ActionChanges,
    ActionView,
    GoalChanges,
    GoalStep,
    GoalView,
    NewAction,
    NewActionOfPlan,
    NewGoal,
    NewPlan,
    PlanChanges,
    Progress,
)


async def make(unit: UnitOfWork, new: NewPlan) -> Plan:
    """A plan with its first goals. `Conflict` when this person has a living one in this household."""
    await _check_whose(unit, new.person_id, new.household_id)
    now = clock.business_now()
    plan = Plan(
        id=new_id(),
        version=1,
        person_id=new.person_id,
        household_id=new.household_id,
        state=PlanStatus.DRAFT,
        what_matters=new.what_matters,
        review_on=new.review_on,
        agreed_number=0,
        answers=[],
        made_by=unit.cause.actor,
        made_at=now,
        changed_at=now,
    )
    unit.session.add(plan)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("They have a plan here already: change that one, or end it", allowed=[]) from None
    for number, each in enumerate(new.goals, 1):
        goal = _goal(unit, plan, each, number)
        unit.session.add(goal)
        await unit.session.flush()
        for action in each.actions:
            await _add_action(unit, plan, action, goal)
    _on_record(unit, plan)
    return plan


async def change(unit: UnitOfWork, plan_id: UUID, expected: int, changes: PlanChanges) -> Plan:
    """What matters to them, and when it is looked at again."""
    plan = await _load(unit, plan_id, "change", expected)
    for name in changes.model_fields_set:
        setattr(plan, name, getattr(changes, name))
    return await _changed(unit, plan)


async def add_goal(unit: UnitOfWork, plan_id: UUID, new: NewGoal) -> Goal:
    """One more goal; it comes last. No If-Match: nobody's goal takes another's away."""
    plan = await _load(unit, plan_id, "change")
    last = await unit.session.scalar(select(func.max(Goal.number)).where(Goal.plan_id == plan.id))
    goal = _goal(unit, plan, new, (last or 0) + 1)
    unit.session.add(goal)
    await _changed(unit, plan)
    return goal


async def change_goal(unit: UnitOfWork, plan_id: UUID, goal_id: UUID, expected: int, changes: GoalChanges) -> Goal:
    """Other words, another day, another part of the file; its actions go with it into a compartment."""
    plan, goal = await _load_goal(unit, plan_id, goal_id, expected)
    before = goal.part
    _set(goal, changes.model_dump(exclude_unset=True), always=("words", "part"))
    if goal.part != before:
        with_it = select(Action).where(Action.goal_id == goal.id, Action.part.in_((before, Part.INSIDE)))
        for action in await unit.session.scalars(with_it):
            action.part = goal.part
    _new_version(goal)
    await _changed(unit, plan)
    return goal


async def take_goal(unit: UnitOfWork, plan_id: UUID, goal_id: UUID, expected: int, step: GoalStep) -> Goal:
    """It was reached, let go, or is open again. What was reached is told; nothing of a compartment is."""
    plan, goal = await _load_goal(unit, plan_id, goal_id, expected)
    was = GoalStatus(goal.state)
    domain.check_goal_step(was, step.to)
    if step.to is GoalStatus.DROPPED and step.words is None:
        raise invalid("/words", "Say why it was let go.", "reason")
    reached = step.to is GoalStatus.ACHIEVED
    goal.achieved_on = domain.check_day(step.on, clock.today(), "/on") if reached else None
    goal.state, goal.ended_words = step.to, step.words
    _new_version(goal)
    if GoalStatus.DROPPED in (was, step.to):
        # What was agreed is another plan now.
        await _changed(unit, plan)
    else:
        await unit.session.flush()
        _on_record(unit, plan)
        _tell_goal(unit, plan, goal, "casefile.goal.achieved" if reached else "casefile.goal.reopened")
    return goal


async def add_action(unit: UnitOfWork, plan_id: UUID, new: NewActionOfPlan) -> Action:
    """One more action, of a goal or of the plan as a whole."""
    plan = await _load(unit, plan_id, "change")
    goal = None
    if new.goal_id is not None:
        goal = await _find_goal(unit, plan, new.goal_id)
        if goal is None:
            raise invalid("/goal_id", "This plan has no such goal.", "goal-of-this-plan")
    action = await _add_action(unit, plan, new, goal)
    await _changed(unit, plan)
    return action


async def change_action(
    unit: UnitOfWork, plan_id: UUID, action_id: UUID, expected: int, changes: ActionChanges
) -> Action:
    """Other words, another day, somebody else."""
    plan, action = await _load_action(unit, plan_id, action_id, expected)
    values = changes.model_dump(exclude_unset=True)
    if changes.whose is not None and changes.whose != action.whose:
        # Whoever was named did it as somebody else's.
        values = {"worker": None, "organisation_id": None, **values}
    _set(action, values, always=("words", "whose"))
    domain.check_owner(Whose(action.whose), action.worker, action.organisation_id)
    _new_version(action)
    await _changed(unit, plan)
    return action


async def go_on(unit: UnitOfWork, plan_id: UUID, action_id: UUID, expected: int, progress: Progress) -> Action:
    """How it goes. Done is told, and so is that it was not after all; nothing of a compartment is."""
    plan, action = await _load_action(unit, plan_id, action_id, expected)
    was, now = ActionStatus(action.state), clock.business_now()
    domain.check_action_step(was, progress.state)
    if progress.state is ActionStatus.DROPPED and progress.words is None:
        raise invalid("/words", "Say why it was let go.", "reason")
    done = progress.state is ActionStatus.DONE
    action.done_on = domain.check_day(progress.done_on, clock.today(), "/done_on") if done else None
    action.state = progress.state
    said = {"at": now.isoformat(), "by": unit.cause.actor, "state": progress.state.value, "words": progress.words}
    action.progress = [*action.progress, said]
    _new_version(action)
    if ActionStatus.DROPPED in (was, progress.state):
        await _changed(unit, plan)
        return action
    await unit.session.flush()
    _on_record(unit, plan)
    if done:
        _tell_task(unit, plan, action, "casefile.task.completed")
    elif was is ActionStatus.DONE:
        _tell_task(unit, plan, action, "casefile.task.reopened")
    return action


async def agree(unit: UnitOfWork, plan_id: UUID, expected: int, how: How, words: str | None) -> Agreement:
    """They agreed to the plan as it stands, face to face or by phone: kept as it was, letter for letter."""
    plan = await _load(unit, plan_id, "agree", expected)
    return await _agree(unit, plan, how, words, whole=True)


async def answer_by_link(unit: UnitOfWork, plan_id: UUID, version: int, *, agrees: bool, words: str | None) -> Plan:
    """What they said by a shared link to the version they saw.

    Whoever calls this has checked the link and the chosen word: need to know is not asked, for it is their own plan.
    `Conflict` when it was changed since they were sent it: what they saw is not what they would agree to.
    """
    query = select(Plan).where(Plan.id == plan_id).with_for_update()
    plan = (await unit.session.scalars(query)).one_or_none()
    if plan is None or plan.state == PlanStatus.ENDED:
        raise NotFound("We know of no such plan")
    if plan.version != version:
        raise Conflict("This plan was changed since it was shared: ask for a new link", allowed=[])
    said = {"at": clock.business_now().isoformat(), "agrees": agrees, "words": words, "version": version}
    plan.answers = [*plan.answers, said]
    if agrees:
        preview = showing.preview_of(plan, (await rows.entries(unit, [plan.id]))[plan.id], agreed=False)
        await _agree(unit, plan, How.LINK, words, whole=not preview.left_out)
    else:
        await unit.session.flush()
        _on_record(unit, plan)
    return plan


async def end(unit: UnitOfWork, plan_id: UUID, expected: int, reason: str) -> Plan:
    """It is over; everything in it stays."""
    plan = await _load(unit, plan_id, "end", expected)
    plan.state, plan.ended_by = PlanStatus.ENDED, unit.cause.actor
    plan.ended_at, plan.end_reason = clock.business_now(), reason
    return await _changed(unit, plan)


# The parts ------------------------------------------------------------------------------------------------


async def _check_whose(unit: UnitOfWork, person_id: UUID, household_id: UUID) -> None:
    if not await may_see(unit, Part.INSIDE, household_id=household_id):
        raise NotFound("We know of no such household")
    there = select(Membership.person_id).where(Membership.household_id == household_id, Membership.until.is_(None))
    members = await all_ids(unit.session, (await unit.session.scalars(there)).all())
    if person_id not in members or not await shown_of(unit, [person_id]):
        raise invalid("/person_id", "This person does not belong to that household.", "member")


def _goal(unit: UnitOfWork, plan: Plan, new: NewGoal, number: int) -> Goal:
    now = clock.business_now()
    return Goal(
        **new.model_dump(include=set(NewGoal.model_fields)),
        id=new_id(),
        version=1,
        plan_id=plan.id,
        number=number,
        state=GoalStatus.OPEN,
        set_by=unit.cause.actor,
        set_at=now,
        changed_at=now,
    )


async def _add_action(unit: UnitOfWork, plan: Plan, new: NewAction, goal: Goal | None) -> Action:
    domain.check_owner(new.whose, new.worker, new.organisation_id)
    part = domain.check_part(new.part, goal.part if goal else None)
    last = await unit.session.scalar(select(func.max(Action.number)).where(Action.plan_id == plan.id))
    now = clock.business_now()
    action = Action(
        **new.model_dump(include=set(NewAction.model_fields) - {"part"}),
        id=new_id(),
        version=1,
        plan_id=plan.id,
        goal_id=goal.id if goal else None,
        number=(last or 0) + 1,
        part=part,
        state=ActionStatus.TO_DO,
        progress=[],
        set_by=unit.cause.actor,
        set_at=now,
        changed_at=now,
    )
    unit.session.add(action)
    await unit.session.flush()
    return action


async def _load(unit: UnitOfWork, plan_id: UUID, step: str, expected: int | None = None) -> Plan:
    plan = await rows.load(unit, plan_id, for_change=True)
    if expected is not None and plan.version != expected:
        shown = (await showing.shown(unit, [plan]))[0]
        check_version(plan.version, expected, shown.model_dump(mode="json"))
    domain.check_living(PlanStatus(plan.state), step)
    return plan


async def _load_goal(unit: UnitOfWork, plan_id: UUID, goal_id: UUID, expected: int) -> tuple[Plan, Goal]:
    plan = await _load(unit, plan_id, "change")
    goal = await _find_goal(unit, plan, goal_id)
    if goal is None:
        raise NotFound("This plan has no such goal")
    check_version(goal.version, expected, GoalView.model_validate(goal).model_dump(mode="json"))
    return plan, goal


async def _find_goal(unit: UnitOfWork, plan: Plan, goal_id: UUID) -> Goal | None:
    seen = await rows.entry_visible_to(unit, Goal.part)
    query = select(Goal).join(Plan, Plan.id == Goal.plan_id).where(Goal.id == goal_id, Goal.plan_id == plan.id, seen)
    return (await unit.session.scalars(query)).one_or_none()


async def _load_action(unit: UnitOfWork, plan_id: UUID, action_id: UUID, expected: int) -> tuple[Plan, Action]:
    plan = await _load(unit, plan_id, "change")
    seen = await rows.entry_visible_to(unit, Action.part)
    query = select(Action).join(Plan, Plan.id == Action.plan_id)
    here = query.where(Action.id == action_id, Action.plan_id == plan.id, seen)
    action = (await unit.session.scalars(here)).one_or_none()
    if action is None:
        raise NotFound("This plan has no such action")
    check_version(action.version, expected, ActionView.model_validate(action).model_dump(mode="json"))
    return plan, action


def _set(row: Goal | Action, values: dict[str, Any], *, always: tuple[str, ...]) -> None:
    for name, value in values.items():
        if value is None and name in always:
            raise invalid(f"/{name}", "This cannot be taken away.", "required")
        setattr(row, name, value)


def _new_version(row: Goal | Action) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


async def _changed(unit: UnitOfWork, plan: Plan) -> Plan:
    plan.version, plan.changed_at = plan.version + 1, clock.business_now()
    await unit.session.flush()
    _on_record(unit, plan)
    return plan


def _on_record(unit: UnitOfWork, plan: Plan) -> None:
    unit.accessed(f"plan/{plan.id}", [plan.person_id])


async def _agree(unit: UnitOfWork, plan: Plan, how: How, words: str | None, *, whole: bool) -> Agreement:
    all_ = (await rows.entries(unit, [plan.id]))[plan.id]
    content = rows.content_of(all_)
    if not content["goals"] and not content["actions"]:
        raise Conflict("There is nothing in it to agree to yet", state=plan.state, allowed=["change", "end"])
    agreement = Agreement(
        plan_id=plan.id,
        number=plan.agreed_number + 1,
        content=content,
        digest=domain.digest_of(content),
        how=how,
        whole=whole,
        words=words,
        recorded_by=unit.cause.actor,
        agreed_at=clock.business_now(),
    )
    unit.session.add(agreement)
    plan.state, plan.agreed_number = PlanStatus.AGREED, agreement.number
    await _changed(unit, plan)
    plan.agreed_version = plan.version
    unit.emit("casefile.plan.agreed", _plan_state(plan, all_, how), aggregate_id=plan.id, sequence=plan.version)
    return agreement


def _plan_state(plan: Plan, all_: rows.Entries, how: How) -> PlanState:
    inside = rows.content_of(all_.of_parts({Part.INSIDE}))
    return PlanState(
        plan_id=plan.id,
        person_id=plan.person_id,
        household_id=plan.household_id,
        state=plan.state,
        agreed_number=plan.agreed_number,
        how=how,
        goals=len(inside["goals"]),
        actions=len(inside["actions"]),
        review_on=plan.review_on,
        changed_at=plan.changed_at,
    )


def _tell_goal(unit: UnitOfWork, plan: Plan, goal: Goal, event: str) -> None:
    if goal.part == Part.INSIDE:
        state = GoalState(
            goal_id=goal.id,
            plan_id=plan.id,
            person_id=plan.person_id,
            household_id=plan.household_id,
            state=goal.state,
            achieved_on=goal.achieved_on,
            changed_at=goal.changed_at,
        )
        unit.emit(event, state, aggregate_id=goal.id, sequence=goal.version)


def _tell_task(unit: UnitOfWork, plan: Plan, action: Action, event: str) -> None:
    if action.part == Part.INSIDE:
        state = TaskState(
            task_id=action.id,
            plan_id=plan.id,
            person_id=plan.person_id,
            household_id=plan.household_id,
            whose=action.whose,
            due_on=action.due_on,
            state=action.state,
            done_on=action.done_on,
            changed_at=action.changed_at,
        )
        unit.emit(event, state, aggregate_id=action.id, sequence=action.version)
