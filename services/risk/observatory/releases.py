"""Months as they are counted: asked for, made by the child, kept ready in this process."""

from collections import OrderedDict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.clock import LONDON
from kit.errors import Conflict, NotFound
from kit.store import jobs, timers
from kit.store.jobs import Progress, Step
from kit.store.tables import job
from kit.store.unit import UnitOfWork
from services.risk.cohorts.covering import allowed
from services.risk.observatory.models import ObservatoryRelease
from services.risk.profiles.catalogue import book
from services.risk.sources import standing
from services.risk.sources.queries import kinds_for
from services.risk.sources.register import GATEWAYS
from services.risk.working import Ended, look_after

if TYPE_CHECKING:
    from services.risk.observatory.snapshot import Snapshot

JOB: Final = "observatory.release"
VERB: Final = "observatory"
FOR: Final = "research_statistics"
"""The purpose that decides what may be counted: safe aggregates only."""
_IDENTITY: Final = "identity"
_KEPT: Final = 3
ALARM: Final = "observatory.monthly"
_BOROUGH: Final = UUID("0b8c7b52-6a55-5d1c-8e39-2f0a6f0e7d11")
"""The alarm's aggregate: there is one borough."""
_AT: Final = time(4, 0)
_WORK: Final = ("load", "refresh", "profiles")
"""What must be done before a month that is counted once is counted."""

_ready: "OrderedDict[UUID, Snapshot]" = OrderedDict()


async def ask(unit: UnitOfWork) -> UUID:
    """Have the borough counted for this month, once. `Conflict` when it was already, or while sources are loaded."""
    month = clock.today().replace(day=1)
    if await _counted(unit, month):
        raise Conflict(f"{month:%B %Y} is counted already: a month is counted once, so that answers agree")
    if await _loading(unit):
        raise Conflict("Sources are being loaded and linked: a month that is counted once waits for that")
    unit.accessed("observatory/release")
    return await jobs.start(unit, JOB, {})


async def wanted(unit: UnitOfWork) -> None:
    """The borough is worked out: if this month was not counted yet, it is tonight."""
    if not await _counted(unit, clock.today().replace(day=1)):
        await _tonight(unit, clock.today())


async def ring(unit: UnitOfWork, key: UUID) -> None:
    """It is night: count the month unless it was, and be woken again on the first of the next."""
    today = clock.today()
    month = today.replace(day=1)
    if await _counted(unit, month):
        await _tonight(unit, (month + timedelta(days=32)).replace(day=1) - timedelta(days=1))
        return
    if not await _loading(unit):
        await jobs.start(unit, JOB, {})
    await _tonight(unit, today)


async def _tonight(unit: UnitOfWork, day: date) -> None:
    await timers.set_alarm(unit, ALARM, _BOROUGH, datetime.combine(day + timedelta(days=1), _AT, LONDON))


async def _counted(unit: UnitOfWork, month: date) -> bool:
    return await unit.session.scalar(select(ObservatoryRelease.id).where(ObservatoryRelease.month == month)) is not None


async def _loading(unit: UnitOfWork) -> bool:
    query = select(job.c.id).where(job.c.kind.in_(_WORK), job.c.state.in_(("queued", "running"))).limit(1)
    return await unit.session.scalar(query) is not None


async def work_off(unit: UnitOfWork, step: Step) -> Progress:
    """A step of the job: the child counts what statistics may count today."""
    may = await _may(unit) if step.cursor is None else {}
    if step.cursor is None:
        # The child reads bands of age, sex and ethnicity from the vault: that is on record before it does.
        unit.accessed("vault", action="risk.vault.count_residents")
    outcome = await look_after(step, VERB, may)
    if not isinstance(outcome, Ended):
        return outcome
    return Progress(4, 4, "Counted", result=dict(outcome.result))


async def _may(unit: UnitOfWork) -> dict[str, Any]:
    covered = await kinds_for(unit, FOR)
    kinds: dict[str, list[str]] = {}
    for source, kind in sorted(covered.pairs):
        kinds.setdefault(kind, []).append(source)
    factors = frozenset(each.code for each in book(clock.today()).definitions)
    found = await allowed(unit, factors, FOR)
    products = await standing.products(unit.session)
    today = clock.today()
    identity = [
        each.code for each in products if each.stopped(today) is None and FOR in each.covers(_IDENTITY, GATEWAYS)
    ]
    return {
        "kinds": kinds,
        "factors": {each: list(found.sources[each]) for each in sorted(factors) if found.may_use(each)},
        "identity": sorted(identity),
        "hidden": found.hidden,
    }


async def release(unit: UnitOfWork, month: str | None = None) -> ObservatoryRelease:
    """A month's row without its content, the newest unless said. `NotFound`, or `Conflict` when there is none yet."""
    query = select(ObservatoryRelease).order_by(ObservatoryRelease.month.desc()).limit(1)
    if month is not None:
        query = query.where(ObservatoryRelease.month == date.fromisoformat(f"{month}-01"))
    found = (await unit.session.scalars(query)).one_or_none()
    if found is None and month is not None:
        raise NotFound("That month was not counted")
    if found is None:
        raise Conflict("No month is counted yet: ask for one first (POST /v1/risk/observatory/releases)")
    return found


async def ready(unit: UnitOfWork, row: ObservatoryRelease) -> "Snapshot":
    """What is counted in that month; read once and kept."""
    # numpy comes with it: a process that counts nothing does without.
    from services.risk.observatory.snapshot import Snapshot

    if row.id not in _ready:
        query = select(ObservatoryRelease.content).where(ObservatoryRelease.id == row.id)
        _ready[row.id] = Snapshot.of((await unit.session.scalars(query)).one())
        while len(_ready) > _KEPT:
            _ready.popitem(last=False)
    _ready.move_to_end(row.id)
    return _ready[row.id]
