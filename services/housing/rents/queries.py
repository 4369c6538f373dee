"""Reads of rents. `price` and `afford` are sums that keep nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import Conflict, invalid
from kit.store import access
from kit.store.unit import UnitOfWork
from services.housing.figures import loading
from services.housing.figures.tables import Tables
from services.housing.figures.working import Working
from services.housing.homes import queries as homes
from services.housing.homes.domain import HomeState
from services.housing.rents import bands, reviews
from services.housing.rents.assessing import facts, proposal_for
from services.housing.rents.means import Means, affordable_month, means_of
from services.housing.rents.models import Rent, RentPeriod
from services.housing.rents.products import Charged, HomeFacts, Product, Purchase, price, shared_ownership
from services.housing.rents.rows import load, visible_to
from services.housing.rents.shapes import (
    AffordabilityAsked,
    AffordabilityView,
    HomeAffordability,
    MeansView,
    PeriodView,
    PriceAsked,
    PriceView,
    PurchaseAsked,
    PurchaseView,
    RentInFull,
    RentView,
    ReviewView,
    StepView,
    VerdictView,
    verdict_view,
)

_RENTED = tuple(each for each in Product if each is not Product.SHARED_OWNERSHIP)


async def prices(unit: UnitOfWork, asked: PriceAsked) -> list[PriceView]:
    """Every way to let a home, and what each costs; nobody's."""
    if (asked.home_id is None) == (asked.home is None):
        raise invalid("/home", "One of ours by home_id, or its facts: one of the two.", "one-home")
    home = facts(await homes.home(unit, asked.home_id)) if asked.home_id else asked.home.as_facts()  # type: ignore[union-attr]  # one of the two is there
    tables = await loading.tables(unit)
    return [_price(each, home, asked.on or clock.today(), tables) for each in _RENTED]


def _price(product: Product, home: HomeFacts, on: date, tables: Tables) -> PriceView:
    found = price(product, home, on, tables)
    charged: Charged | None = found.charged
    return PriceView(
        product=product,
        rent_week_pence=charged.rent_pence if charged else None,
        service_week_pence=charged.service_pence if charged else None,
        month_pence=charged.month_pence if charged else None,
        missing=found.missing,
        steps=_steps(found.work),
        sources=found.work.sources,
        unsure=found.work.unsure,
    )


def _steps(work: Working) -> list[StepView]:
    return [StepView.model_validate(each) for each in work.steps]


async def purchase(unit: UnitOfWork, asked: PurchaseAsked) -> PurchaseView:
    """What shared ownership would cost them a month."""
    tables, on, work = await loading.tables(unit), clock.today(), Working()
    bought = Purchase(
        asked.value_pence,
        asked.share_percent,
        asked.deposit_pence,
        asked.mortgage_percent,
        asked.mortgage_years,
        asked.rent_percent,
        asked.service_charge_week_pence,
    )
    cost = shared_ownership(bought, on, tables, work)
    within = None
    if asked.evidence:
        means = means_of([each.as_paper() for each in asked.evidence], on, tables, work)
        within = cost.month_pence <= affordable_month(means, on, tables, work)
        limit = work.use(tables.find("income_limit", on, "shared_ownership")).pence("gross_year")
        within = within and means.gross_year <= limit
    return PurchaseView(
        share_pence=cost.share_pence,
        loan_pence=cost.loan_pence,
        mortgage_month_pence=cost.mortgage_month_pence,
        rent_month_pence=cost.rent_month_pence,
        service_month_pence=cost.service_month_pence,
        month_pence=cost.month_pence,
        affordable=within,
        steps=_steps(work),
        sources=work.sources,
        unsure=work.unsure,
    )


async def afford(unit: UnitOfWork, asked: AffordabilityAsked) -> AffordabilityView:
    """Which homes a household can afford, and why. Asked for a person it goes on record; nothing is kept."""
    tables, on, work = await loading.tables(unit), clock.today(), Working()
    means = means_of([each.as_paper() for each in asked.evidence], on, tables, work)
    if asked.person_id is not None:
        # Only what was typed is counted with, so nothing is told of whoever may not be known of.
        unit.accessed("affordability", [asked.person_id])
    found: list[HomeAffordability] = []
    if asked.home is not None:
        home, household = asked.home.as_facts(), asked.household.as_household()
        tried = bands.propose(_RENTED, home, asked.home.social_landlord, household, means, on, tables)
        found.append(_home(None, asked.home.bedrooms, asked.home.ward, tried))
    if asked.home_ids:
        ours = await homes.by_ids(unit, asked.home_ids)
        shown = [ours[each] for each in asked.home_ids if each in ours]
    elif asked.home is None:
        filters = homes.Filters(state=HomeState.AVAILABLE, bedrooms=asked.bedrooms)
        shown = await homes.homes(unit, filters, None, 50)
    else:
        shown = []
    for ours_now in shown:
        tried = proposal_for(ours_now, asked.household, means, on, tables)
        found.append(_home(ours_now.id, ours_now.bedrooms, ours_now.ward, tried))
    return AffordabilityView(means=_means(means, work), homes=found)


def _home(home_id: UUID | None, bedrooms: int, ward: str | None, tried: bands.Proposal) -> HomeAffordability:
    return HomeAffordability(
        home_id=home_id,
        bedrooms=bedrooms,
        ward=ward,
        proposed=tried.product,
        words=tried.words,
        verdicts=[verdict_view(each) for each in tried.verdicts],
    )


def _means(means: Means, work: Working) -> MeansView:
    return MeansView(
        gross_month_pence=means.gross_month,
        net_month_pence=means.net_month,
        housing_help_month_pence=means.housing_help_month,
        evidenced=means.evidenced,
        faults=list(means.faults),
        steps=_steps(work),
    )


async def rent(unit: UnitOfWork, rent_id: UUID) -> RentInFull:
    """One of them, with its papers and sums."""
    return in_full(await load(unit, rent_id))


def in_full(row: Rent) -> RentInFull:
    """As it is shown to who works on it."""
    shown = RentView.model_validate(row).model_dump()
    verdicts = [VerdictView.model_validate(each) for each in row.verdicts]
    return RentInFull(**shown, household=row.household, evidence=row.evidence, verdicts=verdicts)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rents a list shows; None does not narrow it."""

    person_id: UUID | None = None
    home_id: UUID | None = None
    state: str | None = None
    review_due: bool = False


async def rents(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> list[RentView]:
    """Up to `most` after `place`, the oldest first; put on record."""
    query = select(Rent).where(visible_to(unit.cause))
    if filters.person_id is not None:
        query = query.where(Rent.person_id.in_(await access.same_person(unit, filters.person_id)))
    if filters.home_id is not None:
        query = query.where(Rent.home_id == filters.home_id)
    if filters.state is not None:
        query = query.where(Rent.state == filters.state)
    if filters.review_due:
        query = query.where(Rent.state == "set", Rent.review_on <= clock.today())
    if place is not None:
        query = query.where(tuple_(Rent.made_at, Rent.id) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = (await unit.session.scalars(query.order_by(Rent.made_at, Rent.id).limit(most))).all()
    unit.accessed("rent/list", [row.person_id for row in rows])
    return [RentListed.model_validate(row) for row in rows]


class RentListed(RentView):
    """A rent in a list, with its place."""

    made_at: datetime


def place_of(shown: RentView) -> list[Any]:
    """Where it stands in the list."""
    assert isinstance(shown, RentListed)
    return [shown.made_at.isoformat(), str(shown.id)]


async def periods(unit: UnitOfWork, rent_id: UUID, place: Sequence[Any] | None, most: int) -> list[PeriodView]:
    """What was charged from which day, in the order it was set."""
    await load(unit, rent_id)
    query = select(RentPeriod).where(RentPeriod.rent_id == rent_id)
    if place is not None:
        past = tuple_(RentPeriod.set_at, RentPeriod.id) > (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(past)
    rows = await unit.session.scalars(query.order_by(RentPeriod.set_at, RentPeriod.id).limit(most))
    return [PeriodView.model_validate(row) for row in rows]


async def reviewed(unit: UnitOfWork, row: Rent, outcome: Any) -> ReviewView:
    """What a review came to, in words."""
    earliest, rule = None, None
    if outcome in ("may_rise", "stays") and row.product is not None:
        try:
            rise = reviews.rise_by_income(row.standing, clock.today(), await loading.tables(unit))
            earliest, rule = (rise.earliest, rise.rule) if outcome == "may_rise" else (None, None)
        except Conflict as refused:
            rule = str(refused.extra.get("rule") or refused.detail)
    words = {
        "lowered": f"Lowered from {row.effective_from}. {row.proposal}",
        "same": "It stays as it is.",
        "may_rise": f"It may be raised, with notice. {row.proposal}",
        "stays": f"It stays as it is: {rule or row.proposal}",
    }[outcome]
    return ReviewView(
        outcome=outcome, words=words, earliest_rise_on=earliest, rule=rule, rent=RentView.model_validate(row)
    )


@dataclass(frozen=True, slots=True)
class SetRent:
    """The rent set for a home, for the other parts of housing."""

    rent_id: UUID
    person_id: UUID
    product: Product
    rent_week_pence: int
    service_week_pence: int
    effective_from: date


async def set_for(unit: UnitOfWork, home_ids: Collection[UUID]) -> dict[UUID, SetRent]:
    """The rents set for these homes, by home: what a letting and CORE name as its rent. Not for a caller's eyes."""
    rows = await unit.session.scalars(select(Rent).where(Rent.home_id.in_(list(home_ids)), Rent.state == "set"))
    return {
        row.home_id: SetRent(
            row.id,
            row.person_id,
            row.standing.product,
            row.standing.rent_pence,
            row.standing.service_pence,
            row.standing.since,
        )
        for row in rows
    }
