"""Which handovers a caller may reach, how one is loaded, and what we know of the workers."""

from uuid import UUID

from sqlalchemy import ColumnElement, select

from kit import clock
from kit.errors import NotFound
from kit.store import access
from kit.store.tables import known_team, known_worker
from kit.store.unit import Cause, UnitOfWork
from services.triage.contacts import rows as contacts
from services.triage.contacts.models import Contact
from services.triage.handovers.domain import Worker
from services.triage.handovers.models import Handover
from services.triage.known.knowing import shown


def visible_to(cause: Cause) -> ColumnElement[bool]:
    """The one rule of who may see which handover."""
    home = Handover.household_id.expression
    return shown(cause, Handover.person_id.expression, Handover.blind_by.expression, home)


async def load_for_change(unit: UnitOfWork, handover_id: UUID) -> tuple[Contact, Handover]:
    """The contact and then its handover, both locked, always in this order: no two writers wait for each other."""
    found = select(Handover.contact_id).where(Handover.id == handover_id, visible_to(unit.cause))
    contact_id = await unit.session.scalar(found)
    if contact_id is None:
        raise NotFound("We know of no such handover")
    contact = await contacts.load(unit, contact_id, for_change=True)
    row = (await unit.session.scalars(select(Handover).where(Handover.id == handover_id).with_for_update())).one()
    return contact, row


async def caller(unit: UnitOfWork) -> Worker:
    """Who acts now: the gateway let them in, unless we have heard of a suspension since."""
    known = await worker(unit, unit.cause.actor)
    return Worker(known.id, known.may_act, known.roles | frozenset(unit.cause.roles), known.teams)


async def worker(unit: UnitOfWork, principal: str) -> Worker:
    """A worker as far as we have heard; one we have not heard of yet is taken at their word."""
    query = select(known_worker).where(known_worker.c.principal == principal)
    # Shared, so that a suspension and an acceptance at once are one after the other.
    row = (await unit.session.execute(query.with_for_update(read=True))).one_or_none()
    councils = select(known_team.c.code, known_team.c.members).where(access.of_the_council())
    teams = (await unit.session.execute(councils)).all()
    today = clock.today().isoformat()
    mine = frozenset(code for code, members in teams if any(_belongs(each, principal, today) for each in members))
    if row is None:
        return Worker(principal, teams=mine)
    return Worker(principal, row.active and not row.suspended, frozenset(row.roles), mine)


def _belongs(member: dict[str, str | None], principal: str, today: str) -> bool:
    until = member.get("to")
    return member["worker_id"] == principal and str(member["from"]) <= today and (until is None or today < until)
