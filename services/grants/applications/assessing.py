"""Writes of assessments: interests declared, two assessors who don't see each other, moderation by a third."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, Forbidden
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.grants.applications import commands, domain
from services.grants.applications.domain import Score, State
from services.grants.applications.models import Assessment, GrantApplication, Interest
from services.grants.applications.rows import load
from services.grants.rounds import commands as rounds


async def declare_interest(unit: UnitOfWork, application_id: UUID, nature: str) -> None:
    """Whoever acts has an interest: from now on they assess, moderate and decide nothing about it."""
    row = await load(unit, application_id)
    values = {"nature": nature, "declared_at": clock.business_now()}
    statement = insert(Interest).values(application_id=row.id, worker=unit.cause.actor, **values)
    await unit.session.execute(
        statement.on_conflict_do_update(index_elements=["application_id", "worker"], set_=values)
    )
    unit.accessed(f"application/{row.id}")


async def assess(
    unit: UnitOfWork, application_id: UUID, scores: Sequence[Score], comment: str | None
) -> GrantApplication:
    """One assessor's scores. With the second one it is assessed, unless they are so far apart that a third decides."""
    row = await load(unit, application_id, for_change=True)
    if row.state != State.ELIGIBLE:
        raise Conflict("Only an eligible application is assessed", state=row.state, allowed=[State.ELIGIBLE])
    rules = (await rounds.load(unit, row.round_id)).rules
    sheets = await _sheets(unit, row)
    if len(sheets) >= rules["assessors"]:
        raise Conflict("Both assessors have scored it; they are far apart: somebody moderates", allowed=["moderation"])
    domain.check_assessor(
        unit.cause.actor, row.applied_by, await commands.interested(unit, row.id), [each.assessor for each in sheets]
    )
    domain.check_scores(rules["criteria"], scores)
    unit.session.add(
        Assessment(
            id=new_id(),
            application_id=row.id,
            assessor=unit.cause.actor,
            scores=[asdict(each) for each in scores],
            comment=comment,
            made_at=clock.business_now(),
        )
    )
    every = [*(scores_of(each.scores) for each in sheets), list(scores)]
    if len(every) == rules["assessors"] and domain.widest_gap(every) < rules["moderation_gap"]:
        await commands.assessed(unit, row, domain.total(rules["criteria"], every))
    unit.accessed(f"application/{row.id}")
    return row


async def moderate(unit: UnitOfWork, application_id: UUID, scores: Sequence[Score], reason: str) -> GrantApplication:
    """A third officer settles scores that are far apart. Their scores count; all three sheets stand."""
    row = await load(unit, application_id, for_change=True)
    rules = (await rounds.load(unit, row.round_id)).rules
    sheets = await _sheets(unit, row)
    if row.state != State.ELIGIBLE or len(sheets) < rules["assessors"]:
        raise Conflict("There is nothing to moderate", state=row.state, allowed=list(domain.ALLOWED[State(row.state)]))
    if unit.cause.actor in {each.assessor for each in sheets}:
        raise Forbidden("You are one of its assessors: somebody else moderates")
    domain.check_assessor(unit.cause.actor, row.applied_by, await commands.interested(unit, row.id), [])
    domain.check_scores(rules["criteria"], scores)
    row.moderation = {"by": unit.cause.actor, "reason": reason, "scores": [asdict(each) for each in scores]}
    await commands.assessed(unit, row, domain.total(rules["criteria"], [list(scores)]))
    return row


async def _sheets(unit: UnitOfWork, row: GrantApplication) -> Sequence[Assessment]:
    query = select(Assessment).where(Assessment.application_id == row.id).order_by(Assessment.made_at)
    return (await unit.session.scalars(query)).all()


def scores_of(stored: Sequence[dict[str, Any]]) -> list[Score]:
    """Scores as the rules see them."""
    return [Score(each["criterion"], int(each["score"]), each["reason"]) for each in stored]
