"""Reads of the work against abuse, each on record; all through the one rule of the compartment."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.abuse import domain
from services.casefile.abuse.domain import Flag, Risk, SafeTime
from services.casefile.abuse.models import Action, Assessment, Referral, SafetyPlan, Work
from services.casefile.abuse.rows import visible_to
from services.casefile.abuse.shapes import (
    ActionView,
    AssessmentView,
    ReferralView,
    SafetyPlanView,
    WorkView,
)
from services.casefile.people.aliases import all_ids


async def assessment_view(unit: UnitOfWork, row: Assessment) -> AssessmentView:
    """What a talk found, and what follows from it."""
    flags = [Flag(each) for each in row.flags]
    risk = Risk(row.total, row.judgement, frozenset(flags), row.incident_on)
    return AssessmentView(
        id=row.id,
        version=row.version,
        person_id=row.person_id,
        incident_on=row.incident_on,
        total=row.total,
        level=domain.level_of(row.total),
        judgement=row.judgement,
        judgement_why=row.judgement_why,
        flags=flags,
        marac_because=row.reasons,
        think_again=domain.think_again(risk),
        owed=await _owed(unit, row),
        made_by=row.made_by,
        made_at=row.made_at,
    )


async def _owed(unit: UnitOfWork, row: Assessment) -> list[str]:
    if not row.reasons:
        return []
    whole = await all_ids(unit.session, [row.person_id])
    referred = await unit.session.scalar(select(Referral.id).where(Referral.assessment_id == row.id))
    work = (await unit.session.scalars(select(Work).where(Work.person_id.in_(whole)))).first()
    plan = work and await unit.session.scalar(select(SafetyPlan.id).where(SafetyPlan.work_id == work.id).limit(1))
    there = {"marac": referred is not None, "idva": bool(work and work.idva), "safety_plan": plan is not None}
    return [what for what, is_there in there.items() if not is_there]


async def assessments(
    unit: UnitOfWork, person_id: UUID, after: Sequence[str] | None, limit: int
) -> list[AssessmentView]:
    """What was found of somebody, the newest first."""
    query = select(Assessment).where(
        Assessment.person_id.in_(await all_ids(unit.session, [person_id])),
        await visible_to(unit, Assessment.person_id),
    )
    rows = await _page(unit, query, Assessment.made_at, Assessment.id, after, limit)
    unit.accessed("abuse_assessments", [person_id])
    return [await assessment_view(unit, row) for row in rows]


async def works(unit: UnitOfWork, person_id: UUID | None, after: Sequence[str] | None, limit: int) -> list[WorkView]:
    """The work the caller may see, the newest first."""
    query = select(Work).where(await visible_to(unit, Work.person_id))
    if person_id is not None:
        query = query.where(Work.person_id.in_(await all_ids(unit.session, [person_id])))
    rows = await _page(unit, query, Work.begun_at, Work.id, after, limit)
    return [await work_view(unit, row) for row in rows]


async def work(unit: UnitOfWork, work_id: UUID) -> WorkView:
    """The work with one person."""
    query = select(Work).where(Work.id == work_id, await visible_to(unit, Work.person_id))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such work")
    return await work_view(unit, row)


async def work_view(unit: UnitOfWork, row: Work) -> WorkView:
    """As those who work on it see it."""
    query = select(SafetyPlan).where(SafetyPlan.work_id == row.id).order_by(SafetyPlan.number.desc()).limit(1)
    plan = (await unit.session.scalars(query)).one_or_none()
    now = clock.business_now().astimezone(clock.LONDON)
    times = [
        SafeTime(each["weekday"], time.fromisoformat(each["since"]), time.fromisoformat(each["until"]))
        for each in row.safe_times
    ]
    unit.accessed(f"abuse_work/{row.id}", [row.person_id])
    shown: dict[str, Any] = {name: getattr(row, name) for name in WorkView.model_fields if hasattr(row, name)}
    return WorkView.model_validate(
        {
            **shown,
            "safe_now": domain.is_safe(times, now.weekday(), now.time()),
            "priority_need": domain.priority_need(row.her_word),
            "safety_plan": plan_view(plan) if plan else None,
        }
    )


def plan_view(row: SafetyPlan) -> SafetyPlanView:
    """One version of a safety plan."""
    return SafetyPlanView.model_validate(
        {**{name: getattr(row, name, None) for name in SafetyPlanView.model_fields}, "copy_is": row.copy}
    )


async def referrals(
    unit: UnitOfWork, person_id: UUID | None, after: Sequence[str] | None, limit: int
) -> list[ReferralView]:
    """Referrals to the MARAC that the caller may see, the newest first."""
    query = select(Referral).where(await visible_to(unit, Referral.person_id))
    if person_id is not None:
        query = query.where(Referral.person_id.in_(await all_ids(unit.session, [person_id])))
    rows = await _page(unit, query, Referral.referred_at, Referral.id, after, limit)
    return [await referral_view(unit, row) for row in rows]


async def referral(unit: UnitOfWork, referral_id: UUID) -> ReferralView:
    """One referral to the MARAC."""
    query = select(Referral).where(Referral.id == referral_id, await visible_to(unit, Referral.person_id))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such referral")
    return await referral_view(unit, row)


async def referral_view(unit: UnitOfWork, row: Referral) -> ReferralView:
    """With what the conference asked for."""
    query = select(Action).where(Action.referral_id == row.id).order_by(Action.due_on, Action.id)
    actions = [ActionView.model_validate(each) for each in (await unit.session.scalars(query)).all()]
    unit.accessed(f"marac_referral/{row.id}", [row.person_id])
    shown: dict[str, Any] = {name: getattr(row, name) for name in ReferralView.model_fields if hasattr(row, name)}
    allowed = ["hear"] if row.state == "referred" else ["action"]
    return ReferralView.model_validate({**shown, "actions": actions, "allowed": allowed})


async def _page(
    unit: UnitOfWork, query: Any, moment: Any, id_: Any, after: Sequence[str] | None, limit: int
) -> Sequence[Any]:
    if after is not None:
        query = query.where(tuple_(moment, id_) < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    return (await unit.session.scalars(query.order_by(moment.desc(), id_.desc()).limit(limit))).all()
