"""The waits of the last four weeks at a hub: the basis of what is said, and the measure of whether it held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from kit import clock
from kit.store.unit import UnitOfWork
from services.triage.hubs import queries as hubs
from services.triage.hubs.domain import AT_A_DESK
from services.triage.hubs.models import Hub
from services.triage.tickets import domain
from services.triage.tickets.domain import TicketState
from services.triage.tickets.models import Ticket

_MOST = 500
WAITING = (TicketState.WAITING,)
AT_DESKS = (TicketState.CALLED, TicketState.WITH_SOMEONE)


@dataclass(frozen=True, slots=True)
class Now:
    """How a hub stands at this moment."""

    waiting: int
    waiting_sooner: int
    busy: int
    desks: int
    minutes_each: int
    measured: bool
    pairs: Sequence[tuple[int, int, float]]

    def wait(self, *, sooner: bool = False) -> domain.Wait:
        """What to say to whoever comes now."""
        overruns = [waited - said for said, _, waited in self.pairs]
        return domain.wait(
            ahead=self.waiting_sooner if sooner else self.waiting,
            desks=self.desks,
            busy=self.busy,
            minutes_each=self.minutes_each,
            measured=self.measured,
            overrun=domain.usual_overrun(overruns),
        )


async def now(unit: UnitOfWork, hub: Hub) -> Now:
    """The hub as it stands."""
    moment = clock.business_now()
    today = (Ticket.hub == hub.code, Ticket.day == moment.date())
    counts = (
        await unit.session.execute(
            select(
                func.count(case((Ticket.state.in_(WAITING), 1))),
                func.count(case((Ticket.state.in_(WAITING) & Ticket.sooner.is_not(None), 1))),
                func.count(case((Ticket.state.in_(AT_DESKS), 1))),
            ).where(*today)
        )
    ).one()
    talked = await _recent(unit, hub, _minutes(Ticket.ended_at, Ticket.seated_at), Ticket.ended_at.is_not(None))
    minutes_each, measured = domain.typical_minutes([each[0] for each in talked], hub.minutes_each)
    pairs = await _recent(
        unit,
        hub,
        Ticket.said_minutes,
        func.coalesce(Ticket.said_at_most, Ticket.said_minutes),
        _minutes(Ticket.first_called_at, Ticket.arrived_at),
        Ticket.first_called_at.is_not(None) & Ticket.said_minutes.is_not(None),
    )
    return Now(
        waiting=counts[0],
        waiting_sooner=counts[1],
        busy=counts[2],
        desks=len(await hubs.on_duty(unit, hub.code, AT_A_DESK, moment)),
        minutes_each=minutes_each,
        measured=measured,
        pairs=[(int(said), int(most), float(waited)) for said, most, waited in pairs],
    )


def _minutes(until: Any, since: Any) -> ColumnElement[Any]:
    return func.extract("epoch", until - since) / 60.0


async def _recent(unit: UnitOfWork, hub: Hub, *asked: Any) -> Sequence[Any]:
    """The columns asked for (the last one is a condition) of the newest tickets in the four weeks."""
    *columns, condition = asked
    since = clock.business_now() - timedelta(days=domain.MEASURED_DAYS)
    query = select(*columns).where(Ticket.hub == hub.code, Ticket.arrived_at > since, condition)
    return (await unit.session.execute(query.order_by(Ticket.arrived_at.desc()).limit(_MOST))).all()
