"""A home and a household brought to the rules: what each way to let it would cost them, and what is proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kit.store.unit import UnitOfWork
from services.housing.decants import queries as decants
from services.housing.figures import loading
from services.housing.figures.tables import Tables
from services.housing.figures.working import Working
from services.housing.homes import queries as homes
from services.housing.homes.shapes import HomeView
from services.housing.rents import bands
from services.housing.rents.means import Means, means_of
from services.housing.rents.offered import is_social, products_of
from services.housing.rents.products import HomeFacts, Product
from services.housing.rents.rows import is_shown
from services.housing.rents.shapes import Evidence, HouseholdFacts


@dataclass(frozen=True, slots=True)
class Assessed:
    """What came of it."""

    home: HomeView
    means: Means
    working: Working
    proposal: bands.Proposal
    returns_by_right: bool


def facts(home: HomeView) -> HomeFacts:
    """A home of ours as the prices need it."""
    return HomeFacts(
        home.bedrooms,
        home.market_rent_week_pence,
        home.service_charge_week_pence,
        home.value_1999_pence,
        ward=home.ward,
    )


def proposal_for(
    home: HomeView, household: HouseholdFacts, means: Means, on: date, tables: Tables, *, returns_by_right: bool = False
) -> bands.Proposal:
    """What a rent would be for a home of ours."""
    offered = [
        each
        for each in products_of(home.rent_regime, returns_by_right=returns_by_right)
        if each is not Product.SHARED_OWNERSHIP
    ]
    social = is_social(home.landlord)
    return bands.propose(offered, facts(home), social, household.as_household(), means, on, tables)


async def assess(
    unit: UnitOfWork, home_id: UUID, person_id: UUID, household: HouseholdFacts, evidence: Sequence[Evidence], on: date
) -> Assessed:
    """Everything together. Whoever has a right to return to the home's scheme pays the council-equivalent rent."""
    home = await homes.home(unit, home_id)
    tables = await loading.tables(unit)
    working = Working()
    means = means_of([each.as_paper() for each in evidence], on, tables, working)
    returns = False
    if home.scheme_id is not None and await is_shown(unit, person_id):
        returns = await decants.may_return(unit, person_id, home.scheme_id)
    proposal = proposal_for(home, household, means, on, tables, returns_by_right=returns)
    return Assessed(home, means, working, proposal, returns)
