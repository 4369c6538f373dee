"""How rows of cohorts are loaded, and whom of a home an offer may be for."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.risk.cohorts.domain import Condition
from services.risk.cohorts.models import Cohort, CohortDefinition, CohortPublication
from services.risk.facts.models import Placing
from services.risk.sources import standing as register


async def load(unit: UnitOfWork, cohort_id: UUID, *, for_change: bool = False) -> Cohort:
    """The row, locked if it is to change; `NotFound`."""
    query = select(Cohort).where(Cohort.id == cohort_id)
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such cohort")
    return found


async def definition_of(unit: UnitOfWork, cohort_id: UUID, number: int) -> Condition:
    """A version of a cohort's definition."""
    row = await unit.session.get(CohortDefinition, (cohort_id, number))
    if row is None:
        raise NotFound("There is no such version of this definition")
    return Condition.model_validate(row.definition)


async def load_publication(
    unit: UnitOfWork, cohort_id: UUID, publication_id: UUID, *, for_change: bool = False
) -> CohortPublication:
    """The row, locked if it is to change; `NotFound`."""
    query = select(CohortPublication).where(
        CohortPublication.id == publication_id, CohortPublication.cohort_id == cohort_id
    )
    found = (await unit.session.scalars(query.with_for_update() if for_change else query)).one_or_none()
    if found is None:
        raise NotFound("There is no such publication of this cohort")
    return found


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody of a home whom an offer may be for: a resident (pseudonym), and the source by which to reach them."""

    resident: UUID
    source: str


async def faces_of(unit: UnitOfWork, households: Sequence[UUID]) -> dict[UUID, list[Face]]:
    """The residents of each home by records that surely are theirs, of sources that may serve contact today."""
    today, known = clock.today(), await register.products(unit.session)
    sources = [each.code for each in known if each.contact and each.stopped(today) is None]
    rows = await unit.session.execute(
        select(Placing.household, Placing.resident, func.min(Placing.source))
        .where(Placing.household.in_(households), Placing.source.in_(sources), Placing.certainty != "probable")
        .group_by(Placing.household, Placing.resident)
        .order_by(func.min(Placing.source), Placing.resident)
    )
    found: dict[UUID, list[Face]] = {}
    for household, resident, source in rows:
        if household is not None:
            found.setdefault(household, []).append(Face(resident, source))
    return found
