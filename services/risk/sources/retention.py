"""Facts go when their time is over: a timer drops them each night and leaves a proof of how many."""

from datetime import datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Uuid, cast, delete, func, select, update

from kit import clock
from kit.ids import new_id
from kit.store import timers
from kit.store.tables import job
from kit.store.unit import UnitOfWork
from services.risk.facts.models import Fact
from services.risk.sources import spool, standing
from services.risk.sources.kinds import KINDS
from services.risk.sources.models import Disposal, Load, Upload

ALARM = "risk.retention"
KEY: UUID = uuid5(NAMESPACE_URL, "urn:newstart:risk:retention")
_HOUR = time(3, 10)
_MOST_AT_ONCE = 100_000


async def set_up(unit: UnitOfWork) -> None:
    """Set the next night's alarm, unless one waits."""
    await timers.set_alarm(unit, ALARM, KEY, _next())


async def run(unit: UnitOfWork, key: UUID) -> None:
    """Drop what is over, tell how much, and set the next alarm: soon again when there was more than fits one turn."""
    more = await dispose(unit)
    await tell_failed(unit)
    week_ago = clock.now() - timedelta(days=7)
    await unit.session.execute(delete(Upload).where(Upload.created_at < week_ago))
    spool.sweep()
    await timers.set_alarm(unit, ALARM, KEY, clock.business_now() + timedelta(minutes=1) if more else _next())


async def dispose(unit: UnitOfWork) -> bool:
    """Drop facts past the retention of their kind or of their source, whichever is shorter. Whether more are left."""
    await unit.take_time(120)
    left, more = _MOST_AT_ONCE, False
    for product in await standing.products(unit.session):
        for code in sorted(product.feeds):
            months = min(KINDS[code].keep_months, product.keep_months)
            before = months_before(clock.business_now(), months).date()
            over = (
                select(Fact.id)
                .where(Fact.source == product.code, Fact.kind == code)
                .where(func.coalesce(Fact.until, Fact.occurred_on) < before)
                .limit(left)
            )
            gone = (await unit.session.execute(delete(Fact).where(Fact.id.in_(over)).returning(Fact.id))).all()
            if gone:
                unit.session.add(Disposal(id=new_id(), source=product.code, kind=code, before=before, facts=len(gone)))
                unit.accessed(f"disposal/{product.code}/{code}")
            left -= len(gone)
            if left <= 0:
                more = True
                break
        if left <= 0:
            break
    await unit.session.flush()
    return more


async def tell_failed(unit: UnitOfWork) -> None:
    """A load whose job gave up for a fault of ours says so itself, and so does one that nobody confirmed in time."""
    load_id = cast(job.c.parameters["load_id"].astext, Uuid)
    gave_up = select(load_id).where(job.c.kind == "load", job.c.state == "failed")
    await unit.session.execute(
        update(Load)
        .where(Load.state.in_(("queued", "running")), Load.id.in_(gave_up))
        .values(state="failed", problem="A fault on our side", finished_at=clock.now())
    )
    await unit.session.execute(
        update(Load)
        .where(Load.state == "held", Load.created_at < clock.now() - timedelta(days=7))
        .values(state="failed", problem="Held for a week, and nobody confirmed it", finished_at=clock.now())
    )


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier, or the month's last where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    raise ValueError("there is always a 28th")


def _next() -> datetime:
    now = clock.business_now()
    tonight = datetime.combine(now.date(), _HOUR, tzinfo=now.tzinfo)
    return tonight if tonight > now else tonight + timedelta(days=1)
