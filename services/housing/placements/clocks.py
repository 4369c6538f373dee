"""The six weeks of a family in bed and breakfast: when somebody is rung, and what the alarm does."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from kit import clock
from kit.store import timers
from kit.store.unit import UnitOfWork
from services.housing.placements import domain, rules
from services.housing.placements.models import Placement, PlacementAlarm
from services.housing.placements.rows import alarms

SIX_WEEKS = "housing.placement.six_weeks"
_NEAR: Final = timedelta(days=56)
"""A stay without a case that ended so recently is taken for one of the same application: nobody begins anew by it."""


async def reckon(unit: UnitOfWork, row: Placement) -> None:
    """Work out what the six weeks mean for a stay: days that count already, when it rings, when it is over.

    The limit is a total of periods of one application (SI 2003/3326 art 4), so a move to another hotel begins no new
    six weeks. What rang already stays as it rang.
    """
    rule = rules.on(rules.standing().six_weeks, row.entered_on)
    limited = row.bed_and_breakfast and row.party.family and row.end_reason != domain.EndReason.RECORDED_BY_MISTAKE
    await unit.session.execute(
        delete(PlacementAlarm).where(PlacementAlarm.placement_id == row.id, PlacementAlarm.rung_at.is_(None))
    )
    if not limited or row.family_since is None:
        row.days_before, row.past_from = 0, None
        await timers.cancel(unit, SIX_WEEKS, row.id)
        return
    earlier = await _earlier(unit, row)
    row.days_before = domain.days_before([each.stay for each in earlier], row.entered_on, row.family_since)
    row.past_from = domain.breach_on(rule.days, row.entered_on, row.days_before, row.family_since)
    rung = {each.day for each in await alarms(unit, row.id)}
    # What rang in the hotel before does not ring again here.
    rung |= {day for day in rule.alarms if day <= row.days_before}
    for each in domain.alarms(rule.alarms, row.entered_on, row.days_before, row.family_since):
        if each.day not in rung and (row.left_on is None or each.on < row.left_on):
            unit.session.add(PlacementAlarm(placement_id=row.id, day=each.day, rings_on=each.on))
    await unit.session.flush()
    await set_next(unit, row)


async def family_since(unit: UnitOfWork, row: Placement, new: date) -> date:
    """Since when the people of this application have been a family: not later than an earlier stay says."""
    found: date | None = await unit.session.scalar(
        select(func.min(Placement.family_since)).where(*_same_application(row), Placement.entered_on <= row.entered_on)
    )
    return new if found is None else min(found, new)


async def set_next(unit: UnitOfWork, row: Placement) -> None:
    """Set the alarm for the next day on which something is to be said of this stay, or none."""
    waiting = [each.rings_on for each in await alarms(unit, row.id) if each.rung_at is None]
    if row.past_from is not None and row.breached_on is None:
        waiting.append(row.past_from)
    waiting = [each for each in waiting if there(row, each)]
    if waiting:
        # From the first minute of that day: whenever in it somebody looks, it has rung.
        await timers.set_alarm(unit, SIX_WEEKS, row.id, datetime.combine(min(waiting), time(), clock.LONDON))
    else:
        await timers.cancel(unit, SIX_WEEKS, row.id)


def there(row: Placement, day: date) -> bool:
    """Whether they are still there on a day."""
    return row.left_on is None or day < row.left_on


def _same_application(row: Placement) -> Sequence[ColumnElement[bool]]:
    """Other stays of the household under the same case; where one names none, those that ended not long before."""
    near = or_(Placement.left_on.is_(None), Placement.left_on >= row.entered_on - _NEAR)
    if row.case_id is None:
        same = near
    else:
        same = or_(Placement.case_id == row.case_id, and_(Placement.case_id.is_(None), near))
    return (
        Placement.household_id == row.household_id,
        same,
        Placement.id != row.id,
        Placement.end_reason.is_distinct_from(domain.EndReason.RECORDED_BY_MISTAKE),
    )


async def _earlier(unit: UnitOfWork, row: Placement) -> Sequence[Placement]:
    query = select(Placement).where(
        *_same_application(row), Placement.bed_and_breakfast, Placement.entered_on < row.entered_on
    )
    return (await unit.session.scalars(query.order_by(Placement.entered_on))).all()
