"""Reads of cases; each goes on record. What other parts of housing ask stands in `homelessness.queries`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_

from kit import clock
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import homes, rows
from services.housing.homelessness.cases.models import (
    HomelessnessAssessment,
    HomelessnessCase,
    HomelessnessDuty,
    HomelessnessMember,
)
from services.housing.homelessness.cases.rows import Live, visible_to
from services.housing.homelessness.cases.shapes import (
    HomelessnessAssessmentView,
    HomelessnessCaseLine,
    HomelessnessCaseView,
    HomelessnessClockView,
    HomelessnessDutyView,
    HomelessnessMemberView,
    HomelessnessNextStep,
)
from services.housing.homelessness.codes import Role
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.decisions.rows import facts
from services.housing.homelessness.domain import has_family_commitments, suggested
from services.housing.homelessness.law.clocks import LAW, days_left
from services.housing.homelessness.law.machine import MACHINE
from services.housing.homelessness.plans.models import HousingPlan
from services.housing.homelessness.reviews.models import HomelessnessReview


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases a list shows; None does not narrow it."""

    person_id: UUID | None = None
    household_id: UUID | None = None
    position: str | None = None
    officer: str | None = None
    open: bool | None = None
    due_by: date | None = None


async def view(unit: UnitOfWork, case_id: UUID) -> HomelessnessCaseView:
    """One case."""
    row = await rows.load(unit, case_id)
    rows.on_record(unit, row)
    return await shown(unit, row)


UNTOLD = "To be told in writing"
FINDERS = frozenset({"housing_officer", "manager", "reviewing_officer"})
"""Who reads what was found: why a home was lost, and what somebody lives with, is not for every desk."""


async def shown(unit: UnitOfWork, row: HomelessnessCase) -> HomelessnessCaseView:
    """A case as it stands today. What was found is there for those alone who decide on it."""
    today = clock.today()
    decides = not FINDERS.isdisjoint(unit.cause.roles)
    listed = (await rows.members(unit, [row.id]))[row.id]
    all_ = (await rows.duties(unit, [row.id]))[row.id]
    found = await rows.assessment(unit, row.id)
    due = (await _clocks(unit, [row], {row.id: all_}))[row.id]
    line = _line(row, listed, due, today)
    known, _ = await facts(unit, row, Live.of(all_), today)
    return HomelessnessCaseView(
        **line.model_dump(),
        **{name: getattr(row, name) for name in ("referred_by", "contact_id", "position_since")},
        priority_signs=row.priority_signs if decides else [],
        suggested_priority=suggested(rows.as_rules_see(listed), row.priority_signs, today) if decides else [],
        members=[_member(row, each) for each in listed],
        assessment=HomelessnessAssessmentView.model_validate(found) if found is not None and decides else None,
        duties=[duty_view(each, today, why=decides) for each in all_],
        clocks=due if decides else [each for each in due if not each.what.startswith(UNTOLD)],
        next_steps=[
            HomelessnessNextStep(
                transition=each.transition.code,
                title=each.transition.title,
                section=each.transition.section,
                ready=not each.missing,
                missing=[guard.words for guard in each.missing],
            )
            for each in (MACHINE.open_from(row.position, known, today) if decides else ())
        ],
    )


async def listed(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> list[HomelessnessCaseLine]:
    """Up to `most` after `place`, the oldest application first."""
    query = select(HomelessnessCase).where(visible_to(unit.cause))
    if filters.person_id is not None:
        same = [filters.person_id, *await access.same_person(unit, filters.person_id)]
        theirs = (HomelessnessCase.person_id.in_(same), HomelessnessCase.told_person_id.in_(same))
        query = query.where(or_(*theirs, HomelessnessCase.member_person_ids.overlap(same)))
    if filters.household_id is not None:
        home = filters.household_id
        query = query.where(or_(HomelessnessCase.household_id == home, HomelessnessCase.told_household_id == home))
    if filters.position is not None:
        query = query.where(HomelessnessCase.position == filters.position)
    if filters.officer is not None:
        query = query.where(HomelessnessCase.officer == filters.officer)
    if filters.open is not None:
        query = query.where(HomelessnessCase.closed_on.is_(None) == filters.open)
    if filters.due_by is not None:
        query = query.where(_due_by(filters.due_by))
    order = (HomelessnessCase.made_on, HomelessnessCase.id)
    if place is not None:
        query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("homelessness_cases", {each for row in found for each in rows.people_of(row)})
    return await _lines(unit, found)


async def _lines(unit: UnitOfWork, found: Sequence[HomelessnessCase]) -> list[HomelessnessCaseLine]:
    ids = [each.id for each in found]
    listed_ = await rows.members(unit, ids)
    due = await _clocks(unit, found, await rows.duties(unit, ids))
    today = clock.today()
    return [_line(each, listed_[each.id], due[each.id], today) for each in found]


def place_of(shown_: HomelessnessCaseLine) -> list[Any]:
    """Where a case stands in the list."""
    return [shown_.made_on.isoformat(), str(shown_.id)]


def _due_by(day: date) -> ColumnElement[bool]:
    own = HomelessnessCase.id
    return or_(
        exists().where(
            HomelessnessDuty.case_id == own, HomelessnessDuty.ended_on.is_(None), HomelessnessDuty.last_day <= day
        ),
        exists().where(
            HomelessnessDuty.case_id == own,
            HomelessnessDuty.ended_on.is_(None),
            HomelessnessDuty.duty.in_(homes.TO_DECIDE),
            HomelessnessCase.home_from <= day,
        ),
        exists().where(
            HomelessnessReview.case_id == own,
            HomelessnessReview.state == "open",
            func.coalesce(HomelessnessReview.extended_to, HomelessnessReview.due_on) <= day,
        ),
        exists().where(HousingPlan.case_id == own, HousingPlan.review_on <= day, HomelessnessCase.closed_on.is_(None)),
        exists().where(
            HomelessnessDecision.case_id == own,
            HomelessnessDecision.state.in_(("to_notify", "to_authorise")),
            HomelessnessDecision.made_on <= day,
        ),
        *(
            and_(HomelessnessCase.position == each.code, HomelessnessCase.position_since <= _began_by(each.clock, day))
            for each in MACHINE.positions.values()
            if each.clock is not None
        ),
    )


def _began_by(code: str, day: date) -> date:
    """The last start from which a clock has run out by a day; working days have no arithmetic in SQL."""
    start = day
    while LAW.clock(code, start).last_day(start) > day:
        start -= timedelta(days=1)
    return start


def _line(
    row: HomelessnessCase, listed_: Sequence[HomelessnessMember], due: Sequence[HomelessnessClockView], today: date
) -> HomelessnessCaseLine:
    own = {"person_id", "household_id", "position_title", "family", "next_day", "days_left"}
    next_day = min((each.last_day for each in due), default=None)
    return HomelessnessCaseLine(
        **{name: getattr(row, name) for name in HomelessnessCaseLine.model_fields if name not in own},
        person_id=row.person_id or row.told_person_id,
        household_id=row.household_id or row.told_household_id,
        position_title=MACHINE.positions[row.position].title,
        family=has_family_commitments(rows.as_rules_see(listed_), today),
        next_day=next_day,
        days_left=days_left(next_day, today) if next_day is not None else None,
    )


def _member(row: HomelessnessCase, each: HomelessnessMember) -> HomelessnessMemberView:
    shown_ = HomelessnessMemberView.model_validate(each)
    if each.role != Role.MAIN or each.person_id is not None:
        return shown_
    return shown_.model_copy(update={"person_id": row.told_person_id})


def duty_view(row: HomelessnessDuty, today: date, *, why: bool) -> HomelessnessDutyView:
    """A duty with its days left, and, for who decides, why it ended."""
    live = row.ended_on is None and row.last_day is not None
    return HomelessnessDutyView(
        **{
            name: getattr(row, name) for name in HomelessnessDutyView.model_fields if name not in ("title", "days_left")
        },
        title=MACHINE.duties[row.duty].title,
        days_left=days_left(row.last_day, today) if live and row.last_day is not None else None,
    )


async def _clocks(
    unit: UnitOfWork, found: Sequence[HomelessnessCase], all_: Mapping[UUID, Sequence[HomelessnessDuty]]
) -> dict[UUID, list[HomelessnessClockView]]:
    """Everything of each case that is due by a day, the nearest first."""
    today, ids = clock.today(), [each.id for each in found]
    due: dict[UUID, list[HomelessnessClockView]] = {each: [] for each in ids}

    def add(case_id: UUID, what: str, section: str, last_day: date) -> None:
        left = days_left(last_day, today)
        due[case_id].append(HomelessnessClockView(what=what, section=section, last_day=last_day, days_left=left))

    for row in found:
        for duty in all_[row.id]:
            if duty.ended_on is None and duty.last_day is not None:
                add(row.id, MACHINE.duties[duty.duty].title, duty.section, duty.last_day)
            if duty.ended_on is None and duty.duty in homes.TO_DECIDE and row.home_from is not None:
                title = MACHINE.duties[duty.duty].title
                add(row.id, f"{title}: {homes.DECIDE}", homes.TO_DECIDE[duty.duty], row.home_from)
        position = MACHINE.positions[row.position]
        if position.clock is not None:
            rule = LAW.clock(position.clock, row.position_since)
            add(row.id, position.title, rule.section, rule.last_day(row.position_since))
    open_ = {each.id for each in found if each.closed_on is None}
    for plan in await unit.session.scalars(select(HousingPlan).where(HousingPlan.case_id.in_(open_))):
        add(plan.case_id, "The housing plan is looked at again", "Housing Act 1996 s189A(9)", plan.review_on)
    reviews = select(HomelessnessReview).where(HomelessnessReview.case_id.in_(ids), HomelessnessReview.state == "open")
    for review in await unit.session.scalars(reviews):
        add(review.case_id, "A review is decided", "SI 2018/223 reg 9", review.extended_to or review.due_on)
    untold = select(HomelessnessDecision).where(
        HomelessnessDecision.case_id.in_(ids), HomelessnessDecision.state.in_(("to_notify", "to_authorise"))
    )
    for each in await unit.session.scalars(untold):
        title = MACHINE.transitions[each.transition].title
        add(each.case_id, f"{UNTOLD}: {title}", "Housing Act 1996 s184(3)", each.made_on)
    for listed_ in due.values():
        listed_.sort(key=lambda each: each.last_day)
    return due


async def assessments(
    unit: UnitOfWork, case_id: UUID, place: Sequence[Any] | None, most: int
) -> list[HomelessnessAssessmentView]:
    """What was found, the last one first."""
    row = await rows.load(unit, case_id)
    rows.on_record(unit, row)
    query = select(HomelessnessAssessment).where(HomelessnessAssessment.case_id == case_id)
    if place is not None:
        query = query.where(HomelessnessAssessment.number < int(place[0]))
    found = await unit.session.scalars(query.order_by(HomelessnessAssessment.number.desc()).limit(most))
    return [HomelessnessAssessmentView.model_validate(each) for each in found]


async def duties(unit: UnitOfWork, case_id: UUID) -> list[HomelessnessDutyView]:
    """Every duty of a case, in the order they began."""
    row = await rows.load(unit, case_id)
    rows.on_record(unit, row)
    why = not FINDERS.isdisjoint(unit.cause.roles)
    return [duty_view(each, clock.today(), why=why) for each in (await rows.duties(unit, [row.id]))[row.id]]
