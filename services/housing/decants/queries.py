"""Reads of decants: one, lists, the ledger of a scheme, who is matched back to which home, and who has a right."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, tuple_

from kit import clock
from kit.store import access
from kit.store.tables import known_person
from kit.store.unit import UnitOfWork
from services.housing.decants import domain
from services.housing.decants.domain import LIVE, Right
from services.housing.decants.models import Decant, DecantStep
from services.housing.decants.rows import load, visible_to
from services.housing.decants.shapes import DecantView, LedgerView, MatchView, StepView, SupplyView
from services.housing.homes import queries as homes
from services.housing.homes.domain import Access, HomeState
from services.housing.schemes import queries as schemes


def view(row: Decant) -> DecantView:
    """As it is shown."""
    shown = DecantView.model_validate(row)
    shown.allowed = [each.value for each in domain.NEXT[Right(row.right)]]
    return shown


async def decant(unit: UnitOfWork, decant_id: UUID) -> DecantView:
    """One of them."""
    return view(await load(unit, decant_id))


@dataclass(frozen=True, slots=True)
class Filters:
    """Which decants a list shows; None does not narrow it."""

    scheme_id: UUID | None = None
    right: Right | None = None
    person_id: UUID | None = None


async def decants(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[DecantView]:
    """Up to `most` after `place`, the oldest first; put on record."""
    query = select(Decant).where(visible_to(unit.cause))
    if filters.scheme_id is not None:
        query = query.where(Decant.scheme_id == filters.scheme_id)
    if filters.right is not None:
        query = query.where(Decant.right == filters.right)
    if filters.person_id is not None:
        query = query.where(Decant.person_id.in_(await access.same_person(unit, filters.person_id)))
    if place is not None:
        past = tuple_(Decant.recorded_at, Decant.id) > (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(past)
    rows = (await unit.session.scalars(query.order_by(Decant.recorded_at, Decant.id).limit(most))).all()
    unit.accessed("decant/list", [row.person_id for row in rows])
    return [view(row) for row in rows]


def place_of(shown: DecantView) -> list[Any]:
    """Where it stands in the list."""
    return [shown.recorded_at.isoformat(), str(shown.id)]


async def steps(unit: UnitOfWork, decant_id: UUID, place: Sequence[Any] | None, most: int) -> list[StepView]:
    """What became of one right, in order."""
    await load(unit, decant_id)
    query = select(DecantStep).where(DecantStep.decant_id == decant_id)
    if place is not None:
        past = tuple_(DecantStep.done_at, DecantStep.id) > (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(past)
    rows = await unit.session.scalars(query.order_by(DecantStep.done_at, DecantStep.id).limit(most))
    return [StepView.model_validate(row) for row in rows]


async def ledger(unit: UnitOfWork, scheme_id: UUID) -> LedgerView:
    """Everybody of a scheme accounted for: counts of households, of nobody in particular."""
    await schemes.check_exists(unit, scheme_id)
    of_scheme = Decant.scheme_id == scheme_id
    rows = (await unit.session.scalars(select(Decant).where(of_scheme))).all()
    lines = select(DecantStep.was, DecantStep.became).join(Decant, Decant.id == DecantStep.decant_id)
    lines = lines.where(of_scheme).order_by(DecantStep.done_at, DecantStep.id)
    moves = [(Right(was) if was else None, Right(became)) for was, became in await unit.session.execute(lines)]
    found = domain.ledger((Right(row.right) for row in rows), moves)
    standings = [domain.Standing(Right(row.right), row.bedrooms_needed, row.wheelchair) for row in rows]
    supply = domain.demand(standings, await schemes.council_homes(unit, scheme_id))
    today = clock.today()
    unit.accessed(f"scheme/{scheme_id}/right-to-return")
    return LedgerView(
        scheme_id=scheme_id,
        recorded=found.recorded,
        without_right=found.without_right,
        standing=dict(found.standing),
        from_steps=dict(found.from_steps),
        balanced=found.balanced,
        differences=list(found.differences),
        overdue=sum(row.right in LIVE and row.right_until is not None and row.right_until < today for row in rows),
        supply=[
            SupplyView(bedrooms=each.bedrooms, rights=each.rights, homes=each.homes, short=each.short)
            for each in supply
        ],
        home_loss_pence=sum(row.home_loss_pence for row in rows),
        home_loss_paid=sum(row.home_loss_paid_on is not None for row in rows),
    )


async def matched(unit: UnitOfWork, scheme_id: UUID) -> list[MatchView]:
    """Who waits, longest away first, and the finished home of their size kept for them. People offer; this proposes."""
    await schemes.check_exists(unit, scheme_id)
    query = select(Decant).where(Decant.scheme_id == scheme_id, Decant.right == Right.WAITING, visible_to(unit.cause))
    order = (Decant.moved_on.asc().nulls_last(), Decant.recorded_on, Decant.id)
    rows = (await unit.session.scalars(query.order_by(*order).limit(500))).all()
    free = await homes.homes(unit, homes.Filters(state=HomeState.AVAILABLE, scheme_id=scheme_id), None, 1000)
    kept = domain.match(
        [domain.Waiting(str(row.id), row.bedrooms_needed, row.wheelchair) for row in rows],
        [domain.NewHome(str(each.id), each.bedrooms, each.access is Access.WHEELCHAIR) for each in free],
    )
    unit.accessed(f"scheme/{scheme_id}/right-to-return", [row.person_id for row in rows])
    return [
        MatchView(
            decant_id=row.id,
            bedrooms=row.bedrooms_needed,
            wheelchair=row.wheelchair,
            home_id=UUID(kept[str(row.id)]) if str(row.id) in kept else None,
        )
        for row in rows
    ]


# For the other parts of housing: not for a caller's eyes.


@dataclass(frozen=True, slots=True)
class Returning:
    """Who has a live right to return to a scheme: ids of people (those merged with them too) and of households."""

    person_ids: frozenset[UUID]
    household_ids: frozenset[UUID]

    def has(self, person_id: UUID, household_id: UUID | None) -> bool:
        """Whether the right is theirs."""
        return person_id in self.person_ids or (household_id is not None and household_id in self.household_ids)


async def returning(unit: UnitOfWork, scheme_ids: Collection[UUID]) -> dict[UUID, Returning]:
    """Live rights by scheme: what a shortlist of its homes asks once."""
    query = select(Decant.scheme_id, Decant.person_id, Decant.household_id)
    query = query.where(Decant.scheme_id.in_(list(scheme_ids)), Decant.right.in_(sorted(LIVE)))
    rows = (await unit.session.execute(query)).all()
    people = {row.person_id for row in rows}
    merged = select(known_person.c.id, known_person.c.merged_into).where(
        or_(known_person.c.id.in_(people), known_person.c.merged_into.in_(people)),
        known_person.c.merged_into.is_not(None),
    )
    same: dict[UUID, set[UUID]] = {each: {each} for each in people}
    for one, into in (await unit.session.execute(merged)).all() if people else ():
        for here, other in ((one, into), (into, one)):
            same.get(here, set()).add(other)
    return {
        scheme: Returning(
            frozenset(other for row in rows if row.scheme_id == scheme for other in same[row.person_id]),
            frozenset(row.household_id for row in rows if row.scheme_id == scheme and row.household_id is not None),
        )
        for scheme in scheme_ids
    }


async def may_return(unit: UnitOfWork, person_id: UUID, scheme_id: UUID) -> bool:
    """Whether this person returns, or has returned, to this scheme by right: at a council-equivalent rent."""
    household = await access.current_household(unit, person_id)
    theirs: ColumnElement[bool] = Decant.person_id.in_(await access.same_person(unit, person_id))
    if household is not None:
        theirs = theirs | (Decant.household_id == household)
    alive = Decant.right.in_(sorted(LIVE | {Right.RETURNED}))
    query = select(Decant.id).where(Decant.scheme_id == scheme_id, alive, theirs).limit(1)
    return await unit.session.scalar(query) is not None


async def decanted(unit: UnitOfWork, person_ids: Collection[UUID]) -> set[UUID]:
    """Those of these people who have to leave, or have left, for a scheme: the top of the register."""
    query = select(Decant.person_id).where(Decant.person_id.in_(list(person_ids)), Decant.right.in_(sorted(LIVE)))
    return set(await unit.session.scalars(query))
