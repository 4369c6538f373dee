"""Closing a case, and opening it again as its next episode with everything there."""

from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.errors import Conflict, Forbidden
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part
from services.casefile.approvals import commands as approvals
from services.casefile.approvals.domain import Kind
from services.casefile.cases import commands as cases
from services.casefile.cases import domain as case_rules
from services.casefile.cases import rows as case_rows
from services.casefile.cases.models import Case
from services.casefile.closing import domain, goals
from services.casefile.closing.domain import Close, Standing
from services.casefile.steps import commands as steps
from services.casefile.tasks import commands as tasks


async def close(unit: UnitOfWork, case_id: UUID, expected: int, wanted: Close) -> Case:
    """Close the case with its reason and what came of it. Whoever worked on it is of its team no longer."""
    case = await case_rows.load(unit, case_id, expected=expected)
    case_rules.check_step(case.state, "close")
    agreed = await goals.of_case(unit, case)
    domain.check(wanted, Standing(agreed.goals, agreed.outcomes, await tasks.still_open(unit, case)))
    await approvals.check(unit, case, Kind.CLOSING)
    case.state, case.closed_at = "closed", clock.business_now()
    case.close_reason, case.close_note = wanted.reason, wanted.note
    case.outcomes = [
        {
            "outcome": each.outcome,
            "result": each.result.value,
            "goal_id": str(each.goal_id) if each.goal_id else None,
            "words": each.words,
        }
        for each in wanted.outcomes
    ]
    case.no_outcomes_because = wanted.no_outcomes_because.value if wanted.no_outcomes_because else None
    case.next_review_on = None
    await steps.lapse(unit, case)
    await approvals.withdraw_all(unit, case)
    team = await cases.team_of(unit, case)
    for place in team:
        place.until, place.ended_by = case.closed_at, unit.cause.actor
    return await cases.changed(unit, "casefile.case.closed", case, {each.worker for each in team})


async def reopen(unit: UnitOfWork, case_id: UUID, expected: int, reason: str | None) -> Case:
    """Open a closed case again as its next episode; the earlier ones stay, and somebody takes it on anew."""
    case = await case_rows.load(unit, case_id, Part.FRONT, expected=expected)
    case_rules.check_step(case.state, "reopen")
    if not await case_rows.is_inside(unit, case):
        raise Forbidden("A manager, or whoever met the household lately, opens this case again")
    case.episodes = [*case.episodes, _earlier(case)]
    case.episode += 1
    case.state, case.opened_at, case.opened_by = "open", clock.business_now(), unit.cause.actor
    case.closed_at = case.close_reason = case.close_note = case.no_outcomes_because = None
    case.account_manager = case.lead = case.rag = case.rag_reason = None
    case.outcomes = []
    if reason:
        case.episodes = [*case.episodes[:-1], {**case.episodes[-1], "reopened_because": reason}]
    try:
        return await cases.changed(unit, "casefile.case.reopened", case)
    except IntegrityError:
        raise Conflict("The household has another open case: work on that one", allowed=[]) from None


def _earlier(case: Case) -> dict[str, Any]:
    assert case.closed_at is not None
    return {
        "episode": case.episode,
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat(),
        "layer": case.layer,
        "account_manager": case.account_manager,
        "lead": case.lead,
        "rag": case.rag,
        "close_reason": case.close_reason,
        "close_note": case.close_note,
        "outcomes": case.outcomes,
        "no_outcomes_because": case.no_outcomes_because,
    }
