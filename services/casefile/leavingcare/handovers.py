"""Writes of handovers between advisers: the one advises until the other accepts by name, also when the one has left."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.leaving_care import AdviserHandoverState
from kit.errors import Conflict, NotFound
from kit.ids import new_id
from kit.store.tables import known_worker
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.leavingcare import domain
from services.casefile.leavingcare.commands import changed
from services.casefile.leavingcare.domain import HandoverState
from services.casefile.leavingcare.models import AdviserHandover, CareLeaver
from services.casefile.leavingcare.rows import load, visible_to
from services.casefile.leavingcare.shapes import NewHandover


async def offer(unit: UnitOfWork, care_leaver_id: UUID, expected: int, new: NewHandover) -> AdviserHandover:
    """Offer a young person's support to another adviser. `Conflict` when it is offered already."""
    care = await load(unit, care_leaver_id, for_change=True)
    check_version(care.version, expected)
    if care.state != "open":
        raise Conflict("Support has ended, at 25", state=care.state, allowed=[])
    in_place = "manager" in unit.cause.roles or care.adviser_left_on is not None
    may_act = await _may_act(unit, new.to_adviser)
    rules = domain.offer(care.adviser, unit.cause.actor, new.to_adviser, in_their_place=in_place, to_may_act=may_act)
    row: AdviserHandover | None = await unit.session.scalar(
        insert(AdviserHandover)
        .values(
            id=new_id(),
            version=1,
            care_leaver_id=care.id,
            from_adviser=rules.from_adviser,
            to_adviser=rules.to_adviser,
            told=new.told,
            words=new.words,
            state=HandoverState.OFFERED,
            offered_by=unit.cause.actor,
            offered_at=clock.business_now(),
        )
        .on_conflict_do_nothing()
        .returning(AdviserHandover)
    )
    if row is None:
        raise Conflict("They are offered to somebody already, who has not answered", allowed=["declined"])
    _announce(unit, row, care, "offered")
    return row


async def answer(unit: UnitOfWork, handover_id: UUID, expected: int, accept: bool) -> AdviserHandover:
    """Taken on by name: from this moment on they advise; the earlier one is kept in the list."""
    query = (
        select(CareLeaver)
        .join(AdviserHandover, AdviserHandover.care_leaver_id == CareLeaver.id)
        .where(AdviserHandover.id == handover_id, await visible_to(unit))
        .with_for_update(of=CareLeaver)
    )
    care = (await unit.session.scalars(query)).one_or_none()
    if care is None:
        raise NotFound("We know of no such handover")
    row = await unit.session.get_one(AdviserHandover, handover_id, with_for_update=True)
    check_version(row.version, expected)
    after = domain.settle(row.as_rules_see_it(), unit.cause.actor, accept)
    _end(unit, row, care, after.state)
    if accept:
        today = clock.today()
        earlier = {"adviser": care.adviser, "since": care.adviser_since.isoformat(), "until": today.isoformat()}
        care.advisers = [*care.advisers, earlier]
        care.adviser, care.adviser_since, care.adviser_left_on = row.to_adviser, today, None
        changed(unit, care, "adviser_changed")
    return row


async def adviser_left(unit: UnitOfWork, worker: str) -> None:
    """An adviser may no longer act: each of their young people needs another, and what was offered to them lapses."""
    theirs = select(CareLeaver).where(
        CareLeaver.adviser == worker, CareLeaver.state == "open", CareLeaver.adviser_left_on.is_(None)
    )
    for care in (await unit.session.scalars(theirs.order_by(CareLeaver.id).with_for_update())).all():
        care.adviser_left_on = clock.today()
        changed(unit, care)
    offered = select(AdviserHandover).where(
        AdviserHandover.to_adviser == worker, AdviserHandover.state == HandoverState.OFFERED
    )
    for row in (await unit.session.scalars(offered.order_by(AdviserHandover.id).with_for_update())).all():
        _end(unit, row, await unit.session.get_one(CareLeaver, row.care_leaver_id), HandoverState.LAPSED)


async def adviser_is_back(unit: UnitOfWork, worker: str) -> None:
    """A suspension was lifted: they advise as before, unless somebody took over."""
    theirs = select(CareLeaver).where(
        CareLeaver.adviser == worker, CareLeaver.state == "open", CareLeaver.adviser_left_on.is_not(None)
    )
    for care in (await unit.session.scalars(theirs.order_by(CareLeaver.id).with_for_update())).all():
        care.adviser_left_on = None
        changed(unit, care)


async def _may_act(unit: UnitOfWork, worker: str) -> bool:
    query = select(known_worker.c.active, known_worker.c.suspended).where(known_worker.c.principal == worker)
    row = (await unit.session.execute(query)).one_or_none()
    # One we have not heard of yet is taken at their word.
    return row is None or (row.active and not row.suspended)


def _end(unit: UnitOfWork, row: AdviserHandover, care: CareLeaver, state: HandoverState) -> None:
    row.state, row.ended_at = state, clock.business_now()
    row.version += 1
    _announce(unit, row, care, "changed")


def _announce(unit: UnitOfWork, row: AdviserHandover, care: CareLeaver, event: str) -> None:
    state = AdviserHandoverState.model_validate(
        {
            "adviser_handover_id": row.id,
            "care_leaver_id": row.care_leaver_id,
            "person_id": care.person_id,
            "from_adviser": row.from_adviser,
            "to_adviser": row.to_adviser,
            "state": row.state,
            "changed_at": row.ended_at or row.offered_at,
        }
    )
    unit.emit(f"casefile.adviser_handover.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"adviser_handover/{row.id}", [care.person_id])
