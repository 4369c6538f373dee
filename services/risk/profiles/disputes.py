"""Reads of disputes about factors: only of factors that the caller's purpose shows, of people whom they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, cast, exists, func, select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store import access
from kit.store.tables import known_household
from kit.store.unit import UnitOfWork
from services.risk.profiles import domain, whose
from services.risk.profiles.catalogue import DEFINITIONS, book
from services.risk.profiles.delicate import ABUSE
from services.risk.profiles.domain import DisputeState
from services.risk.profiles.models import FactorDispute, HouseholdFactor
from services.risk.profiles.shapes import DisputeView
from services.risk.profiles.sight import sight_of
from services.risk.sources import queries as register


@dataclass(frozen=True, slots=True)
class Disputable:
    """A factor that the caller sees, and whose it is."""

    household: UUID
    household_id: UUID
    factor: str


async def disputable(unit: UnitOfWork, factor_id: UUID) -> Disputable:
    """The factor behind an id; `NotFound` also where the caller's purpose does not show it."""
    row = (
        await unit.session.execute(
            select(HouseholdFactor.household, HouseholdFactor.factor).where(HouseholdFactor.id == factor_id)
        )
    ).one_or_none()
    if row is not None:
        known = await whose.casefile_households(unit, [row.household])
        household_id = known.get(row.household) or await whose.introduced_household(unit, row.household)
        if household_id is not None:
            sight = await sight_of(unit, household_id, None)
            definition = next((each for each in book(clock.today()).definitions if each.code == row.factor), None)
            if sight.household == row.household and definition is not None and sight.shows(definition):
                return Disputable(row.household, household_id, row.factor)
    raise NotFound("We know of no such factor")


async def disputes(
    unit: UnitOfWork,
    *,
    household_id: UUID | None,
    state: DisputeState | None,
    place: Sequence[Any] | None,
    most: int,
) -> list[DisputeView]:
    """Up to `most` disputes after `place`, the latest first, of the factors that the purpose shows."""
    query = select(FactorDispute).where(
        FactorDispute.factor.in_(await _shown_factors(unit)), ~_somebody_kept_back(unit)
    )
    if household_id is not None:
        query = query.where(FactorDispute.household_id == household_id)
    if state is not None:
        query = query.where(FactorDispute.state == state)
    if place is not None:
        before = (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(FactorDispute.disputed_at, FactorDispute.id) < before)
    rows = await unit.session.scalars(
        query.order_by(FactorDispute.disputed_at.desc(), FactorDispute.id.desc()).limit(most)
    )
    shown = [view_of(row) for row in rows]
    for each in sorted({each.household_id for each in shown}):
        unit.accessed(f"household/{each}")
    if not shown:
        unit.accessed("disputes")
    return shown


async def dispute(unit: UnitOfWork, dispute_id: UUID) -> DisputeView:
    """One dispute."""
    query = select(FactorDispute).where(FactorDispute.id == dispute_id, ~_somebody_kept_back(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None or row.factor not in await _shown_factors(unit):
        raise NotFound("We know of no such dispute")
    unit.accessed(f"household/{row.household_id}")
    return view_of(row)


def _somebody_kept_back(unit: UnitOfWork) -> ColumnElement[bool]:
    """A condition: somebody of the dispute's household may not be shown to the caller."""
    member = func.jsonb_array_elements(known_household.c.members).table_valued(
        "value", name="member", joins_implicitly=True
    )
    person = cast(member.c.value.op("->>")("person_id"), Uuid)
    return exists(
        select(1)
        .select_from(known_household, member)
        .where(known_household.c.id == FactorDispute.household_id, access.kept_back(unit.cause, person))
    )


async def _shown_factors(unit: UnitOfWork) -> list[str]:
    seen = await register.kinds_for(unit, unit.cause.purpose)
    special = unit.cause.purpose in domain.ABUSE_PURPOSES
    return sorted(
        {each.code for each in DEFINITIONS if set(each.rule.kinds) & seen.kinds and (special or each.code not in ABUSE)}
    )


def view_of(row: FactorDispute) -> DisputeView:
    """A dispute with its factor's title."""
    titles = {each.code: each.title for each in DEFINITIONS}
    return DisputeView.of(row, titles.get(row.factor, row.factor))


def place_of(shown: DisputeView) -> list[Any]:
    """Where a dispute stands in the list."""
    return [shown.disputed_at.isoformat(), str(shown.id)]
