"""What housing knows of a person from their application as homeless, with the day it was said (ownership rule 13).

No finding is among it: what we decided about somebody is no answer they gave.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from kit.clock import LONDON
from kit.contracts.questions import KnownAnswer
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows
from services.housing.homelessness.cases.models import HomelessnessAssessment, HomelessnessCase, HomelessnessMember
from services.housing.homelessness.codes import Role


async def known(unit: UnitOfWork, person_id: UUID) -> list[KnownAnswer]:
    """The newest application's answers; none for a stranger, nor for somebody who may not be shown."""
    same = [person_id, *await access.same_person(unit, person_id)]
    query = (
        select(HomelessnessCase)
        .where(
            or_(HomelessnessCase.person_id.in_(same), HomelessnessCase.member_person_ids.overlap(same)),
            rows.visible_to(unit.cause),
        )
        .order_by(HomelessnessCase.made_on.desc(), HomelessnessCase.id.desc())
        .limit(1)
    )
    case = (await unit.session.scalars(query)).one_or_none()
    unit.accessed("known", [person_id])
    if case is None:
        return []
    listed = (await rows.members(unit, [case.id]))[case.id]
    found = await rows.assessment(unit, case.id)
    answers = [*_of_household(case, listed, same), *_of_home(case, found)]
    return sorted(answers, key=lambda each: each.question)


def _of_household(
    case: HomelessnessCase, listed: Sequence[HomelessnessMember], same: Sequence[UUID]
) -> Iterator[KnownAnswer]:
    children = [each for each in listed if each.role == Role.CHILD]
    if children:
        born = [each.born_on.isoformat() if each.born_on else None for each in children]
        yield _answer("household.children", {"children": len(children), "born_on": born}, case.changed_at)
    # Each for themselves: that a partner is pregnant, or was in care, is theirs to say.
    for each in listed:
        if each.person_id in same and each.pregnant:
            due = each.baby_due_on.isoformat() if each.baby_due_on else None
            yield _answer("person.pregnant", {"pregnant": True, "due_on": due}, case.changed_at)
        if each.person_id in same and each.care_leaver:
            yield _answer("person.care_leaver", True, case.changed_at)


def _of_home(case: HomelessnessCase, found: HomelessnessAssessment | None) -> Iterator[KnownAnswer]:
    if case.where_tonight != "unknown":
        yield _answer("accommodation.tonight", case.where_tonight, case.opened_at)
    if case.officer is not None and case.closed_on is None:
        yield _answer("help.workers", [{"worker": case.officer, "for": "homelessness"}], case.changed_at)
    if found is not None and found.notice_type is not None and found.notice_expires_on is not None:
        told = datetime.combine(found.made_on, time(12), LONDON)
        notice = {"type": found.notice_type, "expires_on": found.notice_expires_on.isoformat()}
        yield _answer("accommodation.notice", notice, told)


def _answer(question: str, value: Any, at: datetime) -> KnownAnswer:
    return KnownAnswer(question=question, value=value, source="housing", at=at)
