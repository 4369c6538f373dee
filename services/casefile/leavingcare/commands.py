"""Writes of leaving care: the record, plans, reviews, what became of entitlements; birthdays and clocks."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.leaving_care import CareLeaverState
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.leavingcare import domain
from services.casefile.leavingcare.entitlements import Status
from services.casefile.leavingcare.models import CareLeaver, PathwayPlan, PathwayReview
from services.casefile.leavingcare.rows import load
from services.casefile.leavingcare.shapes import (
    CareLeaverChanges,
    EntitlementRecord,
    NewCareLeaver,
    NewPlan,
    NewReview,
)
from services.casefile.outcomes import whose

REVIEW = "casefile.care_leaver.review"
BIRTHDAY = "casefile.care_leaver.birthday"


async def record(unit: UnitOfWork, new: NewCareLeaver) -> CareLeaver:
    """Support begins. `Conflict` when it has already."""
    person = await whose.person_for(unit, new.person_id)
    born = domain.whole_day_of_birth(person.date_of_birth)
    domain.check_status(new.status, born, clock.today())
    home = await whose.home_of(unit, person.id, new.household_id)
    now = clock.business_now()
    row: CareLeaver | None = await unit.session.scalar(
        insert(CareLeaver)
        .values(
            id=new_id(),
            version=1,
            person_id=person.id,
            household_id=home,
            born=born,
            status=new.status,
            state="open",
            adviser=new.adviser or unit.cause.actor,
            adviser_since=clock.today(),
            advisers=[],
            plan_number=0,
            review_overdue=False,
            entitlements=[],
            recorded_by=unit.cause.actor,
            recorded_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(CareLeaver)
    )
    if row is None:
        raise Conflict("They are supported already: go on there", allowed=[])
    await timers.set_alarm(unit, BIRTHDAY, row.id, _midnight(domain.next_birthday(born, clock.today())))
    announce(unit, row, "recorded")
    return row


async def change(unit: UnitOfWork, care_leaver_id: UUID, expected: int, changes: CareLeaverChanges) -> CareLeaver:
    """The status, whether they want support after 21, and when they were told of it."""
    row = await _open(unit, care_leaver_id, expected)
    if changes.status is not None:
        domain.check_status(changes.status, row.born, clock.today())
        row.status = changes.status
    if changes.told_on is not None:
        if changes.told_on > clock.today():
            raise invalid("/told_on", "A day that has been.", "not-in-the-future")
        row.told_on = changes.told_on
    if changes.wants_support_after_21 is not None:
        row.wants_support_after_21 = changes.wants_support_after_21
    await _set_clock(unit, row)
    return changed(unit, row)


async def agree_plan(unit: UnitOfWork, care_leaver_id: UUID, expected: int, new: NewPlan) -> CareLeaver:
    """A plan is agreed; the one before stays as it was. The first one starts the review clock."""
    row = await _open(unit, care_leaver_id, expected)
    domain.check_plan({each.area for each in new.needs}, new.agreed, new.disagreement)
    agreed_on = new.agreed_on or clock.today()
    if agreed_on > clock.today() or (row.plan_agreed_on is not None and agreed_on < row.plan_agreed_on):
        raise invalid("/agreed_on", "Up to today, and not before the last one.", "dates-in-order")
    row.plan_number += 1
    row.plan_agreed_on = agreed_on
    unit.session.add(
        PathwayPlan(
            care_leaver_id=row.id,
            number=row.plan_number,
            wishes=new.wishes,
            needs=[each.model_dump(mode="json") for each in new.needs],
            agreed=new.agreed,
            disagreement=new.disagreement,
            agreed_on=agreed_on,
            written_by=unit.cause.actor,
        )
    )
    if row.review_due_on is None:
        row.review_due_on = domain.review_due(agreed_on)
    await _set_clock(unit, row)
    return changed(unit, row, "plan_agreed")


async def review(unit: UnitOfWork, care_leaver_id: UUID, expected: int, new: NewReview) -> CareLeaver:
    """The plan is reviewed; the next review is due six months later."""
    row = await _open(unit, care_leaver_id, expected)
    held_on = new.held_on or clock.today()
    domain.check_review(held_on, unit.cause.actor, row.adviser, row.plan_agreed_on, clock.today())
    last = await unit.session.scalar(
        select(PathwayReview.held_on)
        .where(PathwayReview.care_leaver_id == row.id)
        .order_by(PathwayReview.held_on.desc())
        .limit(1)
    )
    if last is not None and held_on < last:
        raise invalid("/held_on", f"Not before the last one, on {last.isoformat()}.", "dates-in-order")
    unit.session.add(
        PathwayReview(
            id=new_id(),
            care_leaver_id=row.id,
            plan_number=row.plan_number,
            held_on=held_on,
            due_on=row.review_due_on,
            asked_for_by=new.asked_for_by,
            words=new.words,
            reviewer=unit.cause.actor,
            recorded_at=clock.business_now(),
        )
    )
    row.review_due_on, row.review_overdue = domain.review_due(held_on), False
    await _set_clock(unit, row)
    return changed(unit, row, "plan_reviewed")


async def record_entitlement(
    unit: UnitOfWork, care_leaver_id: UUID, expected: int, new: EntitlementRecord
) -> CareLeaver:
    """They were told of it, claimed it, have it, or do not want it."""
    row = await _open(unit, care_leaver_id, expected)
    on = new.on or clock.today()
    if on > clock.today():
        raise invalid("/on", "A day that has been.", "not-in-the-future")
    if new.state == "told":
        if new.code not in {each.entitlement.code for each in domain.due(Status(row.status), row.born)}:
            raise invalid("/code", "Not one of theirs: see the list of what is due.", "entitlement")
    else:
        domain.check_entitlement(new.code, Status(row.status), row.born, on)
    entry: dict[str, Any] = {**new.model_dump(mode="json"), "on": on.isoformat(), "by": unit.cause.actor}
    row.entitlements = [*row.entitlements, entry]
    return changed(unit, row)


async def mark_overdue(unit: UnitOfWork, care_leaver_id: UUID) -> None:
    """The review was not held by its day."""
    row = await _by_the_clock(unit, care_leaver_id)
    late = row.review_due_on is not None and row.review_due_on < clock.today()
    runs = domain.clock_runs(Status(row.status), row.born, row.wants_support_after_21, clock.today())
    if row.state == "open" and late and runs and not row.review_overdue:
        row.review_overdue = True
        changed(unit, row, "review_overdue")


async def have_birthday(unit: UnitOfWork, care_leaver_id: UUID) -> None:
    """At 18 they are a former relevant child; at 25 support ends."""
    row = await _by_the_clock(unit, care_leaver_id)
    if row.state != "open":
        return
    status = domain.grow(Status(row.status), row.born, clock.today())
    if status is None:
        row.state = "ended"
        await timers.cancel(unit, REVIEW, row.id)
        changed(unit, row, "ended")
        return
    await timers.set_alarm(unit, BIRTHDAY, row.id, _midnight(domain.next_birthday(row.born, clock.today())))
    if status != row.status:
        row.status = status
        changed(unit, row)


async def _set_clock(unit: UnitOfWork, row: CareLeaver) -> None:
    runs = domain.clock_runs(Status(row.status), row.born, row.wants_support_after_21, clock.today())
    if row.review_due_on is None or not runs:
        await timers.cancel(unit, REVIEW, row.id)
        return
    row.review_overdue = row.review_overdue and row.review_due_on < clock.today()
    if not row.review_overdue:
        await timers.set_alarm(unit, REVIEW, row.id, _midnight(row.review_due_on + timedelta(days=1)))


async def _open(unit: UnitOfWork, care_leaver_id: UUID, expected: int) -> CareLeaver:
    row = await load(unit, care_leaver_id, for_change=True)
    check_version(row.version, expected)
    if row.state != "open":
        raise Conflict("Support has ended, at 25", state=row.state, allowed=[])
    return row


async def _by_the_clock(unit: UnitOfWork, care_leaver_id: UUID) -> CareLeaver:
    return (
        await unit.session.scalars(select(CareLeaver).where(CareLeaver.id == care_leaver_id).with_for_update())
    ).one()


def changed(unit: UnitOfWork, row: CareLeaver, event: str = "changed") -> CareLeaver:
    """A new version, told."""
    row.version += 1
    row.changed_at = clock.business_now()
    announce(unit, row, event)
    return row


def announce(unit: UnitOfWork, row: CareLeaver, event: str) -> None:
    """Tell the others, in codes and dates."""
    state = CareLeaverState.model_validate(
        {
            "care_leaver_id": row.id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "status": row.status,
            "state": row.state,
            "adviser": row.adviser,
            "plan_number": row.plan_number,
            "plan_agreed_on": row.plan_agreed_on,
            "review_due_on": row.review_due_on,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"casefile.care_leaver.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"care_leaver/{row.id}", [row.person_id])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LONDON)
