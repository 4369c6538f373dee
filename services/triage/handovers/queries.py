"""Reads of handovers, and the published count of handovers and retellings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, func, or_, select, tuple_

from kit import clock
from kit.contracts.codes import ContactStatus
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound, invalid
from kit.store.tables import known_worker
from kit.store.unit import UnitOfWork
from services.triage.contacts import rows as contacts
from services.triage.contacts.models import Contact
from services.triage.handovers import domain
from services.triage.handovers.domain import Resident, State
from services.triage.handovers.models import Handover
from services.triage.handovers.rows import visible_to


class HandoverView(BaseModel):
    """A handover with its reason in words."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    contact_id: UUID
    person_id: UUID | None
    household_id: UUID | None
    from_worker: str = Field(description="Holds the contact until somebody accepts")
    offered_by: str
    to_worker: str | None
    to_team: str | None
    resident: Resident
    reason: str
    state: State
    offered_at: UtcDatetime
    due_at: UtcDatetime
    escalated_at: UtcDatetime | None
    accepted_by: str | None
    ended_at: UtcDatetime | None
    ended_reason: str | None
    retold: bool | None


class HeldContact(BaseModel):
    """An open contact whose holder may not act: a manager hands it over."""

    contact_id: UUID
    held_by: str
    held_since: UtcDatetime


class HouseholdCount(BaseModel):
    """How often a household was passed on, and how often it had to tell its story again."""

    household_id: UUID
    handovers: int = Field(description="Accepted by name")
    retellings: int = Field(description="Handovers and contacts in which they had to tell again what somebody knew")


class Published(BaseModel):
    """Handovers and retellings of a period, of no one household. A group of fewer than ten is hidden (null)."""

    since: date
    until: date = Field(description="The last day")
    households: int | None = Field(description="With at least one handover or retelling")
    handovers: int | None
    retellings: int | None
    told_once: int | None = Field(description="Households handed over that never had to tell it again")
    passed_on_three_times_or_more: int | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which handovers a list shows; None does not narrow it."""

    state: State | None = None
    to_worker: str | None = None
    to_team: str | None = None
    contact_id: UUID | None = None


async def handover(unit: UnitOfWork, handover_id: UUID) -> HandoverView:
    """One of them."""
    query = select(Handover).where(Handover.id == handover_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such handover")
    unit.accessed(f"handover/{row.id}", [row.person_id] if row.person_id else [])
    return HandoverView.model_validate(row)


async def handovers(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int
) -> Sequence[HandoverView]:
    """Up to `most` after `place`, the oldest first."""
    query = select(Handover).where(visible_to(unit.cause))
    if filters.state is not None:
        query = query.where(Handover.state == filters.state)
    if filters.to_worker is not None:
        query = query.where(Handover.to_worker == filters.to_worker)
    if filters.to_team is not None:
        query = query.where(Handover.to_team == filters.to_team)
    if filters.contact_id is not None:
        query = query.where(Handover.contact_id == filters.contact_id)
    order = (Handover.offered_at, Handover.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("handovers", {row.person_id for row in rows if row.person_id})
    return [HandoverView.model_validate(row) for row in rows]


def place_of(shown: HandoverView) -> list[Any]:
    """Where a handover stands in the list."""
    return [shown.offered_at.isoformat(), str(shown.id)]


async def stranded(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[HeldContact]:
    """Open contacts whose holder is suspended or has left, the longest held first."""
    gone = select(known_worker.c.principal).where(or_(known_worker.c.suspended, ~known_worker.c.active))
    query = select(Contact).where(
        Contact.state == ContactStatus.OPEN, Contact.held_by.in_(gone), contacts.true_for(unit.cause)
    )
    order = (Contact.held_since, Contact.id)
    if place is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(*order).limit(most))).all()
    unit.accessed("stranded_contacts", {row.person_id for row in rows if row.person_id})
    return [HeldContact(contact_id=row.id, held_by=row.held_by, held_since=row.held_since) for row in rows]


def place_of_held(shown: HeldContact) -> list[Any]:
    """Where a contact stands in the list."""
    return [shown.held_since.isoformat(), str(shown.contact_id)]


# Counting -------------------------------------------------------------------------------------------------

OFTEN = 3
_RETOLD: ColumnElement[bool] = func.cardinality(Contact.asked_again.expression) > 0
_home: ColumnElement[UUID | None] = func.coalesce(Contact.given_household_id, Contact.found_household_id)


async def of_household(unit: UnitOfWork, household_id: UUID) -> HouseholdCount:
    """How often one household was passed on and told its story again, as far as the caller may see."""
    passed = select(Handover.person_id, Handover.retold).where(
        Handover.household_id == household_id, Handover.state == State.ACCEPTED, visible_to(unit.cause)
    )
    again = select(Contact.person_id).where(_home == household_id, _RETOLD, contacts.visible_to(unit.cause))
    handed = (await unit.session.execute(passed)).all()
    asked = (await unit.session.scalars(again)).all()
    unit.accessed(f"household/{household_id}", {each for each in (*(row.person_id for row in handed), *asked) if each})
    retellings = sum(bool(row.retold) for row in handed) + len(asked)
    return HouseholdCount(household_id=household_id, handovers=len(handed), retellings=retellings)


async def published(unit: UnitOfWork, month: str | None) -> Published:
    """The count of a whole month that is over ("2026-11"), the last one unless said otherwise.

    Whole months only: two periods that overlap would tell a small group by their difference.
    """
    first, after = _month(month)
    begins, ends = (datetime.combine(day, time(), clock.LONDON) for day in (first, after))
    passed = (
        select(Handover.household_id, func.count(), func.count().filter(Handover.retold.is_(True)))
        .where(Handover.state == State.ACCEPTED, Handover.ended_at >= begins, Handover.ended_at < ends)
        .group_by(Handover.household_id)
    )
    again = (
        select(_home, func.count())
        .where(_RETOLD, Contact.occurred_at >= begins, Contact.occurred_at < ends)
        .group_by(_home)
    )
    handed = {home: (count, retold) for home, count, retold in (await unit.session.execute(passed)).all() if home}
    asked = {home: count for home, count in (await unit.session.execute(again)).all() if home}
    homes = len(handed.keys() | asked.keys())
    enough = domain.shown(homes) is not None
    told_once = sum(not retold and home not in asked for home, (_, retold) in handed.items())
    often = sum(count >= OFTEN for count, _ in handed.values())
    return Published(
        since=first,
        until=after - timedelta(days=1),
        households=domain.shown(homes),
        handovers=sum(count for count, _ in handed.values()) if enough else None,
        retellings=sum(retold for _, retold in handed.values()) + sum(asked.values()) if enough else None,
        told_once=domain.shown(told_once, of=len(handed)) if enough else None,
        passed_on_three_times_or_more=domain.shown(often, of=len(handed)) if enough else None,
    )


def _month(month: str | None) -> tuple[date, date]:
    this = clock.today().replace(day=1)
    if month is None:
        return (this - timedelta(days=1)).replace(day=1), this
    first = date.fromisoformat(f"{month}-01")
    after = (first + timedelta(days=31)).replace(day=1)
    if after > this:
        raise invalid("/month", "A month is published once it is over.", "month-over")
    return first, after
