"""Writes of cases: open, join, complete, hold, assess. Each locks the case's row first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, func, literal, select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.housing.homelessness import ApproachState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import access
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.housing.homelessness.cases import rows
from services.housing.homelessness.cases.models import (
    HomelessnessAssessment,
    HomelessnessCase,
    HomelessnessMember,
)
from services.housing.homelessness.cases.shapes import (
    HomelessHousehold,
    NewHomelessnessAssessment,
    NewHomelessnessCase,
    NewHomelessnessMember,
)
from services.housing.homelessness.codes import Role, Source
from services.housing.homelessness.decisions import commands as decisions
from services.housing.homelessness.domain import Finding, Notice, check
from services.housing.homelessness.duties import commands as duties


@dataclass(frozen=True, slots=True)
class Opening:
    """What begins a case."""

    source: Source
    made_on: date
    opened_at: datetime
    person_id: UUID | None
    household_id: UUID | None
    where_tonight: str
    tonight: str
    priority_signs: Sequence[str] = ()
    contact_id: UUID | None = None
    application_id: UUID | None = None
    duty_to_refer_id: UUID | None = None
    body: str | None = None
    told_person_id: UUID | None = None
    told_household_id: UUID | None = None

    @property
    def blind(self) -> bool:
        """Whether it was taken by somebody who may not know of them."""
        return self.told_person_id is not None or self.told_household_id is not None


async def open_case(unit: UnitOfWork, new: NewHomelessnessCase) -> HomelessnessCase:
    """An application made to housing itself. `Conflict` naming the open case when this person has one."""
    today = clock.today()
    made_on = new.made_on or today
    if made_on > today:
        raise invalid("/made_on", "The day they applied is not to come (Housing Act 1996 s183).", "not-in-the-future")
    # A stranger's id is taken: casefile's event may be on its way. So is that of somebody kept back, in the same way.
    hidden = await _kept_back(unit, new.person_id)
    opening = Opening(
        Source.OFFICER,
        made_on,
        clock.business_now(),
        None if hidden else new.person_id,
        None if hidden else new.household_id,
        new.where_tonight,
        new.tonight,
        told_person_id=new.person_id if hidden else None,
        told_household_id=new.household_id if hidden else None,
    )
    there = await (_told_case_of if hidden else _open_case_of)(unit, new.person_id)
    if there is not None:
        raise Conflict("This person has an open case: go on with that one", case_id=str(there.id), allowed=[])
    row = await _opened(unit, opening, new.members)
    rows.on_record(unit, row)
    return row


async def _kept_back(unit: UnitOfWork, person_id: UUID) -> bool:
    return bool(await unit.session.scalar(select(access.kept_back(unit.cause, literal(person_id, Uuid)))))


async def _home_kept_back(unit: UnitOfWork, household_id: UUID | None) -> bool:
    return bool(await unit.session.scalar(select(access.home_kept_back(unit.cause, literal(household_id, Uuid)))))


async def _told_case_of(unit: UnitOfWork, person_id: UUID) -> HomelessnessCase | None:
    """The open case that this officer took of somebody whom they may not know of."""
    told_by = func.coalesce(HomelessnessCase.told_by, HomelessnessCase.opened_by)
    mine = (HomelessnessCase.told_person_id == person_id, told_by == unit.cause.actor)
    query = select(HomelessnessCase).where(*mine, HomelessnessCase.closed_on.is_(None))
    return (await unit.session.scalars(query.with_for_update())).first()


async def _join(unit: UnitOfWork, row: HomelessnessCase) -> None:
    """Whoever may know of the person an officer took unknowingly joins them, by taking the case up."""
    told, home = row.told_person_id, row.told_household_id
    if (told is None and home is None) or (told is not None and await _kept_back(unit, told)):
        return
    if told is None and await _home_kept_back(unit, home):
        return
    await _know_who(unit, row, told, home)
    if told is None or row.person_id is not None:
        row.told_person_id = row.told_household_id = row.told_by = None
        _announce(unit, row)


async def hear(unit: UnitOfWork, opening: Opening) -> HomelessnessCase:
    """What the front door took in opens a case, or joins the one there is: of this contact, or of this person."""
    row = await _same_case(unit, opening)
    if row is None:
        row = await _opened(unit, opening, [])
        rows.on_record(unit, row)
        return row
    if opening.application_id is not None:
        if opening.application_id not in row.known_application_ids:
            row.known_application_ids = sorted({*row.known_application_ids, opening.application_id})
        if not row.applied:
            _applied(row, opening.made_on)
    row.known_duty_to_refer_id = row.known_duty_to_refer_id or opening.duty_to_refer_id
    row.referred_by = row.referred_by or opening.body
    if opening.source is Source.APPLICATION:
        row.where_tonight, row.tonight = opening.where_tonight, opening.tonight
    row.priority_signs = sorted({*row.priority_signs, *opening.priority_signs})
    row.version, row.changed_at = row.version + 1, clock.business_now()
    if opening.blind:
        _take_blindly(unit, row, opening)
    else:
        row.told_person_id = row.told_household_id = row.told_by = None
        await _know_who(unit, row, opening.person_id, opening.household_id)
    _announce(unit, row)
    rows.on_record(unit, row)
    return row


def _take_blindly(unit: UnitOfWork, row: HomelessnessCase, opening: Opening) -> None:
    """Whoever took it gave it somebody of whom they may not know: as of a stranger, one who is known already stays."""
    if row.person_id is None and row.told_person_id is None:
        row.told_person_id = opening.told_person_id
        row.told_household_id = opening.told_household_id or row.told_household_id
        row.household_id, row.told_by = None, unit.cause.actor


def _applied(row: HomelessnessCase, on: date) -> None:
    """A referral became an application: from now on the clocks may count."""
    row.applied, row.made_on = True, on
    if row.position == "referral":
        row.position, row.position_since = "approach", on


async def _same_case(unit: UnitOfWork, opening: Opening) -> HomelessnessCase | None:
    if opening.contact_id is not None:
        query = select(HomelessnessCase).where(HomelessnessCase.contact_id == opening.contact_id).with_for_update()
        row = (await unit.session.scalars(query)).one_or_none()
        if row is not None:
            return row
    if opening.told_person_id is not None:
        return await _told_case_of(unit, opening.told_person_id)
    return await _open_case_of(unit, opening.person_id) if opening.person_id is not None else None


async def _open_case_of(unit: UnitOfWork, person_id: UUID) -> HomelessnessCase | None:
    same = [person_id, *await access.same_person(unit, person_id)]
    query = select(HomelessnessCase).where(HomelessnessCase.person_id.in_(same), HomelessnessCase.closed_on.is_(None))
    return (await unit.session.scalars(query.with_for_update())).first()


async def _opened(unit: UnitOfWork, opening: Opening, members: Sequence[NewHomelessnessMember]) -> HomelessnessCase:
    applied = opening.source is not Source.DUTY_TO_REFER
    household_id = opening.household_id
    if household_id is None and opening.person_id is not None:
        household_id = await access.current_household(unit, opening.person_id)
    row = HomelessnessCase(
        id=new_id(),
        version=1,
        person_id=opening.person_id,
        told_person_id=opening.told_person_id,
        household_id=household_id,
        told_household_id=opening.told_household_id,
        member_person_ids=[],
        source=opening.source,
        referred_by=opening.body,
        contact_id=opening.contact_id,
        known_application_ids=[opening.application_id] if opening.application_id else [],
        known_duty_to_refer_id=opening.duty_to_refer_id,
        made_on=opening.made_on,
        applied=applied,
        where_tonight=opening.where_tonight,
        tonight=opening.tonight,
        priority_signs=sorted(opening.priority_signs),
        position="approach" if applied else "referral",
        position_since=opening.made_on,
        opened_by=unit.cause.actor,
        opened_at=opening.opened_at,
        announced=False,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("This person has an open case: go on with that one", allowed=[]) from None
    listed = list(members)
    if opening.told_person_id is not None:
        listed = [each.model_copy(update={"person_id": None}) if each.role is Role.MAIN else each for each in listed]
    if not any(each.role is Role.MAIN for each in listed):
        listed.insert(0, NewHomelessnessMember(person_id=opening.person_id, role=Role.MAIN))
    await _put_members(unit, row, listed)
    _announce(unit, row)
    return row


async def _know_who(unit: UnitOfWork, row: HomelessnessCase, person_id: UUID | None, household_id: UUID | None) -> None:
    if row.person_id is not None or person_id is None:
        row.household_id = row.household_id or household_id
        return
    other = await _open_case_of(unit, person_id)
    if other is not None and other.id != row.id:
        # They have a case under way: this one is for an officer to close, it must not be two of one person.
        return
    row.person_id = person_id
    row.household_id = household_id or await access.current_household(unit, person_id)
    for each in (await rows.members(unit, [row.id]))[row.id]:
        if each.role == Role.MAIN and each.person_id is None:
            each.person_id = person_id
    row.member_person_ids = sorted({*row.member_person_ids, person_id})
    await duties.tell_again(unit, row)


async def set_household(
    unit: UnitOfWork, case_id: UUID, expected: int, household: HomelessHousehold
) -> HomelessnessCase:
    """Who belongs to it now, whole. Somebody left out has left; the applicant stays the applicant."""
    row = await rows.load(unit, case_id, for_change=True)
    check_version(row.version, expected)
    if row.closed_on is not None:
        raise Conflict("This case is closed", position=row.position, allowed=[])
    main = next(each for each in household.members if each.role is Role.MAIN)
    await _join(unit, row)
    applied = row.person_id or row.told_person_id
    if applied is not None and main.person_id not in (None, applied):
        raise invalid("/members", "The main applicant is who applied: another person applies anew.", "same-applicant")
    listed = [
        each.model_copy(update={"person_id": row.person_id}) if each is main else each for each in household.members
    ]
    for each in (await rows.members(unit, [row.id]))[row.id]:
        each.left_on = clock.today()
    await unit.session.flush()
    await _put_members(unit, row, listed)
    _touch(unit, row)
    return row


async def _put_members(unit: UnitOfWork, row: HomelessnessCase, members: Sequence[NewHomelessnessMember]) -> None:
    for each in members:
        unit.session.add(HomelessnessMember(id=new_id(), case_id=row.id, **each.model_dump(mode="python")))
    known = {each.person_id for each in members if each.person_id is not None}
    row.member_person_ids = sorted({*row.member_person_ids, *known})
    await unit.session.flush()


async def hold(unit: UnitOfWork, case_id: UUID, expected: int, officer: str) -> HomelessnessCase:
    """Who holds the case."""
    row = await rows.load(unit, case_id, for_change=True)
    check_version(row.version, expected)
    row.officer = officer
    await _join(unit, row)
    _touch(unit, row)
    return row


async def assess(
    unit: UnitOfWork, case_id: UUID, expected: int, new: NewHomelessnessAssessment
) -> HomelessnessAssessment:
    """What was found. It decides nothing by itself, except where the law's clock has only waited for it."""
    row = await rows.load(unit, case_id, for_change=True)
    check_version(row.version, expected)
    if not row.applied:
        raise Conflict(
            "This is a referral: they have not applied (Homelessness Code of Guidance chapter 4)",
            position=row.position,
            allowed=["applied", "not_applied"],
        )
    if row.closed_on is not None:
        raise Conflict("This case is closed", position=row.position, allowed=[])
    listed = (await rows.members(unit, [row.id]))[row.id]
    made_on = new.made_on or clock.today()
    check(_finding(new, made_on), rows.as_rules_see(listed), row.made_on, clock.today())
    last = await rows.assessment(unit, row.id)
    if last is not None and made_on < last.made_on:
        detail = f"There is one of {last.made_on.isoformat()} already (Housing Act 1996 s189A(9))."
        raise invalid("/made_on", detail, "assessments-in-order")
    values: dict[str, Any] = new.model_dump(mode="python", exclude={"notice", "made_on"})
    notice = new.notice
    found = HomelessnessAssessment(
        id=new_id(),
        case_id=row.id,
        number=(last.number if last else 0) + 1,
        made_on=made_on,
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
        notice_type=notice.type if notice else None,
        landlord=notice.landlord if notice else None,
        notice_served_on=notice.served_on if notice else None,
        notice_expires_on=notice.expires_on if notice else None,
        **{
            name: [each.value for each in value] if isinstance(value, list) else value for name, value in values.items()
        },
    )
    unit.session.add(found)
    row.officer = row.officer or unit.cause.actor
    _touch(unit, row)
    await unit.session.flush()
    await decisions.follow_clock(unit, row)
    return found


def _finding(new: NewHomelessnessAssessment, made_on: date) -> Finding:
    return Finding(
        made_on=made_on,
        reason_to_believe=new.reason_to_believe,
        eligible=new.eligible,
        homelessness=new.homelessness,
        homeless_on=new.homeless_on,
        notice=Notice(new.notice.type, new.notice.landlord, new.notice.served_on, new.notice.expires_on)
        if new.notice
        else None,
        priority=new.priority,
        priority_category=new.priority_category,
        intentional=new.intentional,
        intentional_reasons=new.intentional_reasons,
        connection_here=new.connection_here,
        connection_there=new.connection_there,
        connection_authority=new.connection_authority,
        violence_there=new.violence_there,
    )


def _touch(unit: UnitOfWork, row: HomelessnessCase) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    rows.on_record(unit, row)


def _announce(unit: UnitOfWork, row: HomelessnessCase) -> None:
    """Once, when they have applied and it is known who they are: a timeline needs somebody to file it under.

    Of what was taken blindly nobody is known here, until one who may know takes it up.
    """
    if row.announced or not row.applied or (row.person_id is None and row.household_id is None):
        return
    row.announced = True
    state = ApproachState(
        case_id=row.id,
        person_id=row.person_id,
        household_id=row.household_id,
        made_on=row.made_on,
        source=row.source,
        application_id=row.known_application_ids[0] if row.known_application_ids else None,
        changed_at=row.opened_at,
    )
    unit.emit("housing.approach.made", state, aggregate_id=row.id, sequence=row.version)
