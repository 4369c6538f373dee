"""Writes of what people do together, and of devices lent."""

from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.events import messages
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.community import domain, rows
from services.triage.community.domain import Kind
from services.triage.community.models import Group, Lesson, Loan, Meeting, Membership, Shop
from services.triage.community.shapes import GroupEntry, NewGroup, NewLesson, NewLoan, NewMeeting, NewMember, NewShop
from services.triage.hubs import rows as hubs
from services.triage.known.knowing import blind_by, tell_of_a_stranger
from services.triage.objections.queries import whole_person
from services.triage.organisations import queries as organisations

REMIND = "triage.device_loan.remind"


async def form(unit: UnitOfWork, new: NewGroup) -> Group:
    """A new group; `Conflict` when one of that kind has the name."""
    row = Group(id=new_id(), version=0, kind=new.kind)
    return await _fill(unit, row, new)


async def change(unit: UnitOfWork, group_id: UUID, expected: int, entry: GroupEntry) -> Group:
    """The entry in place of the one that was read."""
    row = await rows.group(unit, group_id, for_change=True)
    check_version(row.version, expected)
    return await _fill(unit, row, entry)


async def _fill(unit: UnitOfWork, row: Group, entry: GroupEntry) -> Group:
    same = select(Group.id).where(Group.kind == row.kind, Group.name == entry.name, Group.id != row.id)
    if await unit.session.scalar(same) is not None:
        raise Conflict("There is one of that name")
    await _check_hub(unit, entry.hub)
    row.name, row.about, row.hub = entry.name, entry.about, entry.hub
    row.led_by, row.active = entry.led_by, entry.active
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.session.add(row)
    unit.accessed(f"community_group/{row.id}")
    return row


async def _check_hub(unit: UnitOfWork, code: str | None) -> None:
    if code is None:
        return
    try:
        await hubs.hub(unit, code)
    except NotFound as error:
        raise invalid("/hub", f"{error.detail}.", "known-hub") from error


async def join(unit: UnitOfWork, group_id: UUID, new: NewMember) -> Membership:
    """Somebody joins, because they agreed to; `Conflict` when they are a member under any id of theirs."""
    group = await rows.group(unit, group_id, for_change=True)
    domain.check_member(Kind(group.kind), new.person_id is not None, group.active)
    today = clock.today()
    agreed_on = new.agreed_on or today
    domain.check_past(agreed_on, today, "/agreed_on")
    if new.organisation_id is not None:
        await organisations.active(unit, new.organisation_id)
        same = Membership.organisation_id == new.organisation_id
    else:
        same = Membership.person_id.in_(await whole_person(unit, new.person_id) if new.person_id else [])
    taken_by = await blind_by(unit, new.person_id)
    taken = Membership.blind_by.is_not_distinct_from(taken_by)
    there = select(Membership.id).where(Membership.group_id == group_id, Membership.left_on.is_(None), same, taken)
    if await unit.session.scalar(there.limit(1)) is not None:
        raise Conflict("They are a member already", allowed=["leave"])
    row = Membership(
        id=new_id(),
        version=1,
        group_id=group_id,
        person_id=new.person_id,
        organisation_id=new.organisation_id,
        blind_by=taken_by,
        agreed_on=agreed_on,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    _member_on_record(unit, row)
    return row


async def leave(unit: UnitOfWork, group_id: UUID, membership_id: UUID, expected: int) -> Membership:
    """They leave; that they were there stays, and nothing else was kept."""
    row = await rows.member(unit, group_id, membership_id)
    check_version(row.version, expected)
    domain.check_leave(row.left_on)
    row.left_on = clock.today()
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _member_on_record(unit, row)
    return row


async def meet(unit: UnitOfWork, group_id: UUID, new: NewMeeting) -> Meeting:
    """The group meets on a day, once; a food club never without an adviser."""
    group = await rows.group(unit, group_id, for_change=True)
    domain.check_headcount(new.headcount, new.held_on, clock.today())
    same = select(Meeting.id).where(Meeting.group_id == group_id, Meeting.held_on == new.held_on)
    if await unit.session.scalar(same) is not None:
        raise Conflict("This group meets on that day already")
    row = Meeting(
        id=new_id(),
        version=1,
        group_id=group_id,
        held_on=new.held_on,
        led_by=new.led_by or group.led_by,
        headcount=new.headcount,
        changed_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"community_group/{group_id}")
    return row


async def count(unit: UnitOfWork, group_id: UUID, meeting_id: UUID, expected: int, headcount: int) -> Meeting:
    """How many came."""
    row = await rows.meeting(unit, group_id, meeting_id)
    check_version(row.version, expected)
    domain.check_headcount(headcount, row.held_on, clock.today())
    row.headcount = headcount
    row.version, row.changed_at = row.version + 1, clock.business_now()
    unit.accessed(f"community_group/{group_id}")
    return row


async def shop(unit: UnitOfWork, group_id: UUID, meeting_id: UUID, new: NewShop) -> Shop:
    """A member shops for £3.50, once on a day, with the adviser there."""
    group = await rows.group(unit, group_id)
    meeting = await rows.meeting(unit, group_id, meeting_id)
    domain.check_shop(Kind(group.kind), meeting.held_on, clock.today())
    try:
        member = await rows.member(unit, group_id, new.membership_id)
    except NotFound as error:
        raise invalid("/membership_id", f"{error.detail}.", "member-of-this-club") from error
    domain.check_leave(member.left_on)
    twice = select(Shop.id).where(Shop.meeting_id == meeting_id, Shop.membership_id == member.id)
    if await unit.session.scalar(twice) is not None:
        raise Conflict("They have shopped today", allowed=[])
    row = Shop(
        id=new_id(),
        meeting_id=meeting_id,
        membership_id=member.id,
        paid_pence=domain.SHOP_PENCE,
        worth_pence=domain.WORTH_PENCE,
        saw_adviser=new.saw_adviser,
        at=clock.business_now(),
    )
    unit.session.add(row)
    _member_on_record(unit, member)
    return row


def _member_on_record(unit: UnitOfWork, row: Membership) -> None:
    unit.accessed(f"community_membership/{row.id}", [row.person_id] if row.person_id else [])


# Devices --------------------------------------------------------------------------------------------------


async def lend(unit: UnitOfWork, new: NewLoan) -> Loan:
    """A device is lent until a day; a week before, whoever has it is reminded by the way that is safe for them."""
    today = clock.today()
    domain.check_loan(new.due_on, today)
    await _check_hub(unit, new.hub)
    out = select(Loan.id).where(Loan.device == new.device, Loan.ended_as.is_(None))
    if await unit.session.scalar(out) is not None:
        raise Conflict("This device is lent already", allowed=["ends"])
    row = Loan(
        id=new_id(),
        version=1,
        device=new.device,
        person_id=new.person_id,
        blind_by=await blind_by(unit, new.person_id),
        hub=new.hub,
        with_sim=new.with_sim,
        lent_on=today,
        due_on=new.due_on,
        lent_by=unit.cause.actor,
        changed_at=clock.business_now(),
        lessons=[],
    )
    unit.session.add(row)
    at = domain.remind_at(row.due_on)
    if at > clock.business_now():
        await timers.set_alarm(unit, REMIND, row.id, at)
    _loan_on_record(unit, row)
    return row


async def teach(unit: UnitOfWork, loan_id: UUID, new: NewLesson) -> Loan:
    """A lesson that goes with it; also after the device came back."""
    row = await rows.loan(unit, loan_id, for_change=True)
    domain.check_past(new.held_on, clock.today(), "/held_on")
    row.lessons.append(
        Lesson(
            id=new_id(),
            loan_id=row.id,
            topic=new.topic,
            held_on=new.held_on,
            minutes=new.minutes,
            can_do_alone=new.can_do_alone,
        )
    )
    return _loan_changed(unit, row)


async def end_loan(unit: UnitOfWork, loan_id: UUID, expected: int, how: domain.LoanEnd) -> Loan:
    """It came back, they keep it, it is lost or broken: no blame either way."""
    row = await rows.loan(unit, loan_id, for_change=True)
    check_version(row.version, expected)
    domain.check_out(row.ended_as)
    row.ended_as = how
    row.returned_on = clock.today() if how in (domain.LoanEnd.RETURNED, domain.LoanEnd.BROKEN) else None
    await timers.cancel(unit, REMIND, row.id)
    return _loan_changed(unit, row)


async def remind(unit: UnitOfWork, loan_id: UUID) -> None:
    """A week before it is due."""
    row = (await unit.session.scalars(select(Loan).where(Loan.id == loan_id).with_for_update())).one()
    if row.ended_as is None:
        tell_of_a_stranger(unit, row.blind_by, row.id, row.person_id)
        messages.request(
            unit,
            person_id=row.person_id,
            template="device_loan.due",
            codes={"date": row.due_on.isoformat()},
            about_id=row.id,
        )
        _loan_on_record(unit, row)


def _loan_changed(unit: UnitOfWork, row: Loan) -> Loan:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _loan_on_record(unit, row)
    return row


def _loan_on_record(unit: UnitOfWork, row: Loan) -> None:
    unit.accessed(f"device_loan/{row.id}", [row.person_id])
