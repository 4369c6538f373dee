"""How plans are shown: as far as the caller may read them, and as a shared copy."""

from collections.abc import Sequence
from typing import Final, Literal
from uuid import UUID

from kit.store.unit import UnitOfWork
from services.casefile.plans import domain, rows
from services.casefile.plans.domain import ActionStatus, GoalStatus, PlanStatus, Whose
from services.casefile.plans.models import Action, Agreement, Goal, Plan
from services.casefile.plans.rows import Entries
from services.casefile.plans.shapes import (
    ActionView,
    GoalView,
    LeftOutEntry,
    PlanView,
    SharedAction,
    SharedGoal,
    SharedPlan,
    SharedPreview,
)

_WHO: Final[dict[str, Literal["you", "we", "somebody_else"]]] = {
    Whose.THEIRS: "you",
    Whose.OURS: "we",
    Whose.PARTNERS: "somebody_else",
}


async def shown(unit: UnitOfWork, found: Sequence[Plan]) -> list[PlanView]:
    """Plans with what the caller may read of them."""
    if not found:
        return []
    parts = await rows.parts_of(unit, {row.household_id for row in found})
    all_ = await rows.entries(unit, [row.id for row in found])
    agreed = await rows.agreements(unit, [row.id for row in found])
    return [_view(row, all_[row.id], agreed.get(row.id), parts[row.household_id]) for row in found]


def _view(row: Plan, all_: Entries, agreed: Agreement | None, parts: frozenset[str]) -> PlanView:
    mine = all_.of_parts(parts)
    # Of what they may read: that something else changed is not theirs to know.
    changed = agreed is not None and bool(since(agreed, all_, parts))
    own = {"changed_since_agreed", "goals", "actions", "allowed"}
    return PlanView(
        **{name: getattr(row, name) for name in PlanView.model_fields if name not in own},
        changed_since_agreed=changed,
        goals=[GoalView.model_validate(each) for each in mine.goals],
        actions=[ActionView.model_validate(each) for each in mine.actions],
        allowed=domain.allowed_from(PlanStatus(row.state)),
    )


def since(agreed: Agreement, all_: Entries, parts: frozenset[str]) -> list[domain.Change]:
    """What differs from a version that was agreed, of what these parts show."""
    before = rows.readable(agreed.content, parts, all_.sealed_from(parts))
    return domain.compare(before, rows.content_of(all_.of_parts(parts)))


def preview_of(row: Plan, all_: Entries, *, agreed: bool) -> SharedPreview:
    """The shared copy of these entries, and what is left out of it."""
    left: list[LeftOutEntry] = []
    goals: dict[UUID, SharedGoal] = {}
    for goal in all_.goals:
        readable = goal.language is None or goal.language.startswith("en") or goal.english is not None
        if goal.state != GoalStatus.DROPPED and _shows(goal, [goal.words, goal.english], "goals", left, readable):
            goals[goal.id] = _shared_goal(goal)
    loose: list[SharedAction] = []
    for action in all_.actions:
        if action.state != ActionStatus.DROPPED and _shows(action, [action.words], "actions", left):
            of_goal = goals.get(action.goal_id) if action.goal_id else None
            (of_goal.actions if of_goal else loose).append(_shared_action(action))
    what_matters = row.what_matters
    if found := domain.telling([what_matters]):
        what_matters = None
        left.append(LeftOutEntry(kind="what_matters", id=None, why=domain.LeftOut.TELLING_WORDS, telling=found))
    plan_ = SharedPlan(
        version=row.version,
        agreed=agreed,
        what_matters=what_matters,
        review_on=row.review_on,
        goals=list(goals.values()),
        actions=loose,
    )
    return SharedPreview(shared=plan_, left_out=left)


def _shows(
    entry: Goal | Action,
    words: Sequence[str | None],
    kind: Literal["goals", "actions"],
    left: list[LeftOutEntry],
    readable: bool = True,
) -> bool:
    why = domain.left_out(entry.part, words, entry.shown_words, readable=readable)
    if why is None:
        return True
    said = [entry.shown_words] if entry.shown_words is not None else words
    found = domain.telling(said) if why is domain.LeftOut.TELLING_WORDS else []
    left.append(LeftOutEntry(kind=kind, id=entry.id, why=why, telling=found))
    return False


def _shared_goal(goal: Goal) -> SharedGoal:
    own = goal.shown_words is None
    return SharedGoal(
        words=goal.words if goal.shown_words is None else goal.shown_words,
        language=goal.language if own else None,
        english=goal.english if own else None,
        by=goal.by,
        reached=goal.state == GoalStatus.ACHIEVED,
        actions=[],
    )


def _shared_action(action: Action) -> SharedAction:
    return SharedAction(
        words=action.words if action.shown_words is None else action.shown_words,
        who=_WHO[action.whose],
        due_on=action.due_on,
        done=action.state == ActionStatus.DONE,
    )
