"""Reads of cohorts: how many, who (by pseudonym), what a purpose may use."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, cast, func, literal, not_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.contracts.codes import SignalKind
from kit.store.unit import UnitOfWork
from services.risk.cohorts import words
from services.risk.cohorts.counting import certain, counted, holds, household_count, is_known
from services.risk.cohorts.covering import for_counting, titles
from services.risk.cohorts.looking import look
from services.risk.cohorts.models import Cohort, CohortPublication, CohortRun, PublishedHome
from services.risk.cohorts.rows import definition_of, load, load_publication
from services.risk.cohorts.shapes import CohortSummary, CohortView, MemberView, PublicationView, RunView
from services.risk.facts.models import Home
from services.risk.linkage.visibility import homes_kept_back
from services.risk.signals.models import Signal

# Saved cohorts ----------------------------------------------------------------------------------------------------


async def view(unit: UnitOfWork, cohort_id: UUID) -> CohortView:
    """One cohort with its newest count, put on record as read."""
    unit.accessed(f"cohort/{cohort_id}")
    return await shown(unit, await load(unit, cohort_id))


async def shown(unit: UnitOfWork, cohort: Cohort) -> CohortView:
    """A cohort as it is shown."""
    condition = await definition_of(unit, cohort.id, cohort.definition_number)
    newest = await _runs(unit, cohort.id, None, 1)
    fields = {name: getattr(cohort, name) for name in CohortSummary.model_fields}
    return CohortView(
        **fields,
        version=cohort.version,
        definition=condition.as_data(),
        sentence=words.of_condition(condition, titles(clock.today())),
        panel_reference=cohort.panel_reference,
        pause_reason=cohort.pause_reason,
        created_by=cohort.created_by,
        created_at=cohort.created_at,
        newest=newest[0] if newest else None,
    )


async def cohorts(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[CohortSummary]:
    """Up to `most` cohorts in order of their codes."""
    query = select(Cohort).order_by(Cohort.code).limit(most)
    if place is not None:
        query = query.where(Cohort.code > place[0])
    unit.accessed("cohorts")
    return [CohortSummary.model_validate(row) for row in await unit.session.scalars(query)]


async def runs(unit: UnitOfWork, cohort_id: UUID, place: Sequence[Any] | None, most: int) -> Sequence[RunView]:
    """Sizes through time, the newest month first."""
    await load(unit, cohort_id)
    unit.accessed(f"cohort/{cohort_id}/runs")
    return await _runs(unit, cohort_id, place, most)


async def _runs(unit: UnitOfWork, cohort_id: UUID, place: Sequence[Any] | None, most: int) -> list[RunView]:
    key = tuple_(CohortRun.month, CohortRun.definition_number)
    query = select(CohortRun).where(CohortRun.cohort_id == cohort_id).limit(most)
    if place is not None:
        query = query.where(key < (date.fromisoformat(place[0]), place[1]))
    rows = await unit.session.scalars(query.order_by(CohortRun.month.desc(), CohortRun.definition_number.desc()))
    return [RunView.model_validate(row) for row in rows]


async def members(
    unit: UnitOfWork, cohort_id: UUID, known: bool | None, place: Sequence[Any] | None, most: int
) -> Sequence[MemberView]:
    """Households of a cohort today, by pseudonym, put on record."""
    cohort = await load(unit, cohort_id)
    condition = await definition_of(unit, cohort_id, cohort.definition_number)
    today = await look(unit, (await for_counting(unit, condition)).sources)
    is_one = is_known(today.today)
    query = (
        select(
            Home.household,
            Home.ward,
            Home.adults,
            Home.children,
            is_one.label("known"),
            not_(holds(condition, certain(today))).label("uncertain"),
        )
        .where(counted(today), holds(condition, today))
        .order_by(Home.household)
        .limit(most)
    )
    if known is not None:
        query = query.where(is_one if known else not_(is_one))
    if place is not None:
        query = query.where(Home.household > UUID(place[0]))
    unit.accessed(f"cohort/{cohort_id}/members")
    return [MemberView.model_validate(row) for row in await unit.session.execute(query)]


# Publications -----------------------------------------------------------------------------------------------------


async def publication(unit: UnitOfWork, cohort_id: UUID, publication_id: UUID) -> PublicationView:
    """One list, put on record as read."""
    unit.accessed(f"cohort/{cohort_id}/publication/{publication_id}")
    return (await _published(unit, [await load_publication(unit, cohort_id, publication_id)]))[0]


async def publications(
    unit: UnitOfWork, cohort_id: UUID, place: Sequence[Any] | None, most: int
) -> Sequence[PublicationView]:
    """The lists made of a cohort, the newest first."""
    await load(unit, cohort_id)
    query = select(CohortPublication).where(CohortPublication.cohort_id == cohort_id)
    if place is not None:
        query = query.where(CohortPublication.id < UUID(place[0]))
    unit.accessed(f"cohort/{cohort_id}/publications")
    return await _published(
        unit, (await unit.session.scalars(query.order_by(CohortPublication.id.desc()).limit(most))).all()
    )


async def _published(unit: UnitOfWork, rows: Sequence[CohortPublication]) -> list[PublicationView]:
    sealed = sorted(await homes_kept_back(unit))
    less = await _kept_back_since(unit, rows, sealed)
    # What called for an offer is a signal from then on.
    state = func.coalesce(Signal.state, PublishedHome.state)
    found = await unit.session.execute(
        select(PublishedHome.publication_id, state, household_count())
        .outerjoin(
            Signal,
            and_(
                Signal.kind == SignalKind.COHORT,
                Signal.household == PublishedHome.household,
                Signal.occurrence == cast(PublishedHome.publication_id, Text),
            ),
        )
        .where(PublishedHome.publication_id.in_([row.id for row in rows]), PublishedHome.household.not_in(_ids(sealed)))
        .group_by(PublishedHome.publication_id, state)
    )
    states: dict[UUID, dict[str, int]] = {}
    for id_, stands, number in found:
        states.setdefault(id_, {})[stands] = number
    called = titles(clock.today())
    stored, views = PublicationView.model_fields.keys() - {"sentence", "states"}, []
    for row in rows:
        fields: dict[str, Any] = {name: getattr(row, name) for name in stored}
        gone, known = less.get(row.id, (0, 0))
        fields |= {"matching": row.matching - gone, "listed": row.listed - gone}
        if not row.left_out:
            # Whoever is on the list is of the cohort too.
            fields["cohort_households"] = row.cohort_households - gone
            fields["cohort_known"] = row.cohort_known - known
        sentence = words.of_list(row.part, fields["matching"], fields["listed"], row.left_out, row.barred, called)
        views.append(PublicationView(**fields, sentence=sentence, states=states.get(row.id, {})))
    return views


async def _kept_back_since(
    unit: UnitOfWork, rows: Sequence[CohortPublication], sealed: Sequence[UUID]
) -> dict[UUID, tuple[int, int]]:
    """How many homes of each list were kept back after it was approved, and how many of these were known."""
    query = (
        select(PublishedHome.publication_id, household_count(), household_count().filter(PublishedHome.known))
        .where(PublishedHome.publication_id.in_([row.id for row in rows]), PublishedHome.household.in_(_ids(sealed)))
        .group_by(PublishedHome.publication_id)
    )
    return {id_: (homes, known) for id_, homes, known in await unit.session.execute(query)}


def _ids(ids: Sequence[UUID]) -> Any:
    # One parameter, however many.
    return select(func.unnest(literal(list(ids), ARRAY(Uuid))))
