"""Moving the business clock of a demo."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.envelope import subject_for
from kit.contracts.gateway import ClockState
from kit.errors import Forbidden
from kit.store.tables import business_clock
from kit.store.unit import UnitOfWork

CLOCK = subject_for("clock", "business")


async def move_clock(unit: UnitOfWork, to: datetime, *, environment: str) -> timedelta:
    """Set the business clock of the whole platform to `to` (without an offset: London time). Returns how far it
    then stands from real time. Raises Forbidden in production: statutory dates there are nobody's to move.
    """
    if environment == "production":
        raise Forbidden("The business clock can be moved in the demo only")
    target = to if to.tzinfo is not None else to.replace(tzinfo=clock.LONDON)
    offset = timedelta(seconds=round((target - clock.now()).total_seconds()))
    seconds = int(offset.total_seconds())
    current = await unit.session.scalar(
        select(business_clock.c.sequence).where(business_clock.c.id == CLOCK).with_for_update()
    )
    version = (current or 0) + 1
    row = {"sequence": version, "offset_seconds": seconds}
    await unit.session.execute(
        insert(business_clock).values(id=CLOCK, **row).on_conflict_do_update(index_elements=["id"], set_=row)
    )
    unit.accessed("clock/business")
    unit.emit("gateway.clock.moved", ClockState(offset_seconds=seconds), aggregate_id=CLOCK, sequence=version)
    return offset
