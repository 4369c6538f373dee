"""Reads homelessness cases for the return: everything of each, a statement a table whatever their number."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select

from kit.store.unit import UnitOfWork
from services.housing.homelessness.activities.models import HomelessnessActivity
from services.housing.homelessness.cases.models import (
    HomelessnessAssessment,
    HomelessnessCase,
    HomelessnessDuty,
    HomelessnessMember,
)
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.law.machine import MACHINE
from services.housing.homelessness.reviews.models import HomelessnessReview
from services.housing.placements.domain import EndReason
from services.housing.placements.models import Placement
from services.housing.returns.hclic.case import (
    Activity,
    Assessment,
    Case,
    Decision,
    DutySpell,
    Person,
    Review,
    Spell,
)

_GONE: Final = ("withdrawn", "overturned")
_REAL = Placement.end_reason.is_distinct_from(EndReason.RECORDED_BY_MISTAKE)


def touched(first: date, last: date) -> Select[HomelessnessCase]:
    """Cases that had come by the end of a quarter and were not closed before it began: in or out, each has a reason."""
    return select(HomelessnessCase).where(
        HomelessnessCase.made_on <= last,
        or_(HomelessnessCase.closed_on.is_(None), HomelessnessCase.closed_on >= first),
    )


async def whole(unit: UnitOfWork, rows: Sequence[HomelessnessCase]) -> list[Case]:
    """These cases as the return sees them, in the order given."""
    ids = [row.id for row in rows]
    members = await _by_case(unit, HomelessnessMember, ids)
    assessments = await _by_case(unit, HomelessnessAssessment, ids)
    duties = await _by_case(unit, HomelessnessDuty, ids)
    activities = await _by_case(unit, HomelessnessActivity, ids)
    decisions = await _by_case(unit, HomelessnessDecision, ids)
    reviews = await _by_case(unit, HomelessnessReview, ids)
    stays = await _stays(unit, rows)
    return [
        Case(
            id=row.id,
            made_on=row.made_on,
            applied=row.applied,
            source=row.source,
            referred_by=row.referred_by,
            position=row.position,
            closed_on=row.closed_on,
            people=[
                Person(each.id, each.role, each.born_on, each.sex, each.pregnant, each.left_on)
                for each in members[row.id]
            ],
            assessment=_assessment(assessments[row.id]),
            duties=[
                DutySpell(each.duty, each.started_on, each.ended_on, each.end_reason, each.accommodation, each.stayed)
                for each in duties[row.id]
            ],
            activities=[Activity(each.duty, each.kind, each.started_on) for each in activities[row.id]],
            decisions=[found for each in decisions[row.id] for found in _counted(each)],
            stays=stays[row.id],
            reviews=[
                Review(each.kind, each.asked_on, each.outcome or each.state, each.decided_on)
                for each in reviews[row.id]
            ],
        )
        for row in rows
    ]


async def stays_without_case(unit: UnitOfWork, first: date, last: date) -> int:
    """How many stays of a quarter belong to no case: they are in no return until they do."""
    has_case = exists(select(HomelessnessCase.id).where(*_same_household()))
    query = select(Placement.id).where(
        Placement.case_id.is_(None),
        Placement.entered_on <= last,
        or_(Placement.left_on.is_(None), Placement.left_on > first),
        ~has_case,
        _REAL,
    )
    return len((await unit.session.scalars(query)).all())


async def _by_case(unit: UnitOfWork, model: Any, ids: Collection[UUID]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in await unit.session.scalars(select(model).where(model.case_id.in_(ids)).order_by(model.id)):
        found[row.case_id].append(row)
    return found


def _same_household() -> tuple[Any, ...]:
    return (
        HomelessnessCase.household_id == Placement.household_id,
        HomelessnessCase.made_on <= Placement.entered_on,
        or_(HomelessnessCase.closed_on.is_(None), HomelessnessCase.closed_on >= Placement.entered_on),
    )


async def _stays(unit: UnitOfWork, rows: Sequence[HomelessnessCase]) -> Mapping[UUID, list[Spell]]:
    """Stays under each case; one that names none is of the household's case that stood on that day."""
    joined = or_(Placement.case_id == HomelessnessCase.id, and_(Placement.case_id.is_(None), *_same_household()))
    query = (
        select(HomelessnessCase.id, Placement)
        .join(Placement, joined)
        .where(HomelessnessCase.id.in_([row.id for row in rows]), _REAL)
        .order_by(Placement.entered_on, Placement.id)
    )
    found: dict[UUID, list[Spell]] = defaultdict(list)
    for case_id, row in (await unit.session.execute(query)).all():
        found[case_id].append(
            Spell(
                row.id,
                row.duty,
                row.kind,
                row.bed_and_breakfast,
                row.out_of_area,
                row.children,
                row.entered_on,
                row.left_on,
                row.end_reason,
            )
        )
    return found


def _assessment(rows: Sequence[HomelessnessAssessment]) -> Assessment | None:
    if not rows:
        return None
    ordered = sorted(rows, key=lambda each: each.number)
    last = ordered[-1]

    def known(name: str) -> Any:
        # A later look that leaves a field empty does not unsay what an earlier one found.
        return next((value for each in reversed(ordered) if (value := getattr(each, name)) is not None), None)

    return Assessment(
        first_on=min(each.made_on for each in ordered),
        eligible=last.eligible,
        homelessness=last.homelessness,
        priority=last.priority,
        priority_category=known("priority_category"),
        intentional=last.intentional,
        loss_reason=known("loss_reason"),
        last_settled=known("last_settled"),
        accommodation_now=ordered[0].accommodation_now or known("accommodation_now"),
        support_needs=tuple(sorted({need for each in ordered for need in each.support_needs})),
    )


def _counted(row: HomelessnessDecision) -> Sequence[Decision]:
    transition = MACHINE.transitions.get(row.transition)
    if transition is None or row.state in _GONE or row.effect_on is None:
        return ()
    return [Decision(name, word, row.effect_on) for name, word in transition.kind.items()]
