"""Which cases a caller may reach, how one is loaded, and what stands of it for the rules."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, any_, case, func, not_, select

from kit.errors import NotFound
from kit.store import access
from kit.store.unit import Cause, UnitOfWork
from services.housing.homelessness.cases.models import (
    HomelessnessAssessment,
    HomelessnessCase,
    HomelessnessDuty,
    HomelessnessMember,
)
from services.housing.homelessness.codes import Homelessness, Landlord, NoticeType, Role, YesNo
from services.housing.homelessness.domain import Finding, Member, Notice


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which case: nobody of its household is kept back from them.

    An officer who took somebody whom they may not know of sees what they wrote themselves, as of a stranger.
    """
    row = HomelessnessCase
    taken_by_others = func.coalesce(row.told_by, row.opened_by) != cause.actor
    unseen = case(
        (row.person_id.is_not(None), access.kept_back(cause, row.person_id.expression)),
        (
            row.told_person_id.is_not(None),
            and_(taken_by_others, access.kept_back(cause, row.told_person_id.expression)),
        ),
        (
            row.told_household_id.is_not(None),
            and_(taken_by_others, access.home_kept_back(cause, row.told_household_id.expression)),
        ),
        # Nobody is named: whom of the home it is about is found out.
        else_=access.home_kept_back(cause, row.household_id.expression),
    )
    return and_(not_(unseen), not_(access.kept_back(cause, any_(row.member_person_ids.expression))))


async def load(unit: UnitOfWork, case_id: UUID, *, for_change: bool = False) -> HomelessnessCase:
    """One case; `NotFound` also for one that may not be shown."""
    query = select(HomelessnessCase).where(HomelessnessCase.id == case_id, visible_to(unit.cause))
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such case")
    return row


def people_of(row: HomelessnessCase) -> list[UUID]:
    """Everybody it is about, as far as known."""
    applied = row.person_id or row.told_person_id
    return sorted({*([applied] if applied else []), *row.member_person_ids})


def on_record(unit: UnitOfWork, row: HomelessnessCase) -> None:
    """Put this read or write of the case on record."""
    unit.accessed(f"homelessness_case/{row.id}", people_of(row))


async def members(unit: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, list[HomelessnessMember]]:
    """Who belongs to each household now, the main applicant first."""
    found: dict[UUID, list[HomelessnessMember]] = {each: [] for each in case_ids}
    query = select(HomelessnessMember).where(
        HomelessnessMember.case_id.in_(case_ids), HomelessnessMember.left_on.is_(None)
    )
    for row in await unit.session.scalars(
        query.order_by(HomelessnessMember.born_on.nulls_last(), HomelessnessMember.id)
    ):
        found[row.case_id].append(row)
    for listed in found.values():
        listed.sort(key=lambda each: list(Role).index(Role(each.role)))
    return found


async def duties(unit: UnitOfWork, case_ids: Collection[UUID]) -> Mapping[UUID, list[HomelessnessDuty]]:
    """Every duty of each case, in the order they began."""
    found: dict[UUID, list[HomelessnessDuty]] = {each: [] for each in case_ids}
    query = select(HomelessnessDuty).where(HomelessnessDuty.case_id.in_(case_ids))
    for row in await unit.session.scalars(query.order_by(HomelessnessDuty.started_on, HomelessnessDuty.id)):
        found[row.case_id].append(row)
    return found


async def assessment(unit: UnitOfWork, case_id: UUID, *, number: int | None = None) -> HomelessnessAssessment | None:
    """The last assessment, or the one of that number."""
    query = select(HomelessnessAssessment).where(HomelessnessAssessment.case_id == case_id)
    if number is not None:
        query = query.where(HomelessnessAssessment.number == number)
    return (await unit.session.scalars(query.order_by(HomelessnessAssessment.number.desc()).limit(1))).one_or_none()


def as_rules_see(listed: Sequence[HomelessnessMember]) -> list[Member]:
    """Members for the rules."""
    return [
        Member(Role(each.role), each.born_on, each.pregnant, each.care_leaver, each.in_education) for each in listed
    ]


def finding_of(row: HomelessnessAssessment) -> Finding:
    """An assessment for the rules."""
    notice = None
    if row.notice_type and row.landlord and row.notice_served_on and row.notice_expires_on:
        notice = Notice(
            NoticeType(row.notice_type), Landlord(row.landlord), row.notice_served_on, row.notice_expires_on
        )
    return Finding(
        made_on=row.made_on,
        reason_to_believe=row.reason_to_believe,
        eligible=YesNo(row.eligible),
        homelessness=Homelessness(row.homelessness),
        homeless_on=row.homeless_on,
        notice=notice,
        priority=YesNo(row.priority),
        priority_category=row.priority_category,
        intentional=YesNo(row.intentional),
        intentional_reasons=row.intentional_reasons,
        connection_here=YesNo(row.connection_here),
        connection_there=YesNo(row.connection_there),
        connection_authority=row.connection_authority,
        violence_there=YesNo(row.violence_there),
    )


@dataclass(frozen=True, slots=True)
class Live:
    """The duties that are live, by code."""

    rows: Mapping[str, HomelessnessDuty]

    @classmethod
    def of(cls, all_: Sequence[HomelessnessDuty]) -> "Live":
        return cls({each.duty: each for each in all_ if each.ended_on is None})

    @property
    def clocks(self) -> dict[str, date]:
        return {code: each.last_day for code, each in self.rows.items() if each.last_day is not None}
