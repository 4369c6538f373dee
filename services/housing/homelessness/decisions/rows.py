"""What stands on the day of a decision, and how decisions are loaded."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases import rows as cases
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.cases.rows import Live
from services.housing.homelessness.decisions.models import HomelessnessDecision
from services.housing.homelessness.decisions.shapes import HomelessnessDecisionView
from services.housing.homelessness.domain import Particulars, Standing, facts_of, protected
from services.housing.homelessness.law.clocks import days_left
from services.housing.homelessness.law.machine import MACHINE, Facts
from services.housing.homelessness.plans.models import HousingPlan
from services.housing.homelessness.reviews.models import HomelessnessReview

WARNING = "non_cooperation_warning"


async def facts(
    unit: UnitOfWork, row: HomelessnessCase, live: Live, on: date, said: Particulars | None = None
) -> tuple[Facts, int | None]:
    """The machine's facts of a case on a day, and the number of the assessment they rest on."""
    found = await cases.assessment(unit, row.id)
    given = select(func.count()).where(
        HousingPlan.case_id == row.id, HousingPlan.given_on.is_not(None), HousingPlan.given_on <= on
    )
    own = MACHINE.positions[row.position].duty
    begun = live.rows[own].started_on if own is not None and own in live.rows else row.made_on
    warned = select(func.min(HomelessnessDecision.notified_on)).where(
        HomelessnessDecision.case_id == row.id,
        HomelessnessDecision.transition == WARNING,
        HomelessnessDecision.state == "notified",
        # One that came before this duty warned of nothing that is owed now.
        HomelessnessDecision.notified_on >= begun,
    )
    reviews = select(func.count()).where(HomelessnessReview.case_id == row.id, HomelessnessReview.state == "open")
    listed = cases.as_rules_see((await cases.members(unit, [row.id]))[row.id])
    standing = Standing(
        protected=protected(listed, on),
        on=on,
        clocks=live.clocks,
        live=frozenset(live.rows),
        plan_given=bool(await unit.session.scalar(given)),
        warned_on=await unit.session.scalar(warned),
        review_open=bool(await unit.session.scalar(reviews)),
    )
    finding = cases.finding_of(found) if found is not None else None
    return facts_of(finding, standing, said or Particulars()), found.number if found is not None else None


async def load_for_change(unit: UnitOfWork, decision_id: UUID) -> tuple[HomelessnessCase, HomelessnessDecision]:
    """The case and then its decision, both locked, always in this order."""
    case_id = await unit.session.scalar(
        select(HomelessnessDecision.case_id).where(HomelessnessDecision.id == decision_id)
    )
    if case_id is None:
        raise NotFound("We know of no such decision")
    case = await cases.load(unit, case_id, for_change=True)
    query = select(HomelessnessDecision).where(HomelessnessDecision.id == decision_id).with_for_update()
    return case, (await unit.session.scalars(query)).one()


async def waiting(unit: UnitOfWork, case_id: UUID) -> HomelessnessDecision | None:
    """A decision that is made and does not hold yet: there is at most one."""
    query = select(HomelessnessDecision).where(
        HomelessnessDecision.case_id == case_id,
        HomelessnessDecision.state.in_(("to_authorise", "to_notify")),
        HomelessnessDecision.effect_on.is_(None),
    )
    return (await unit.session.scalars(query)).first()


def view(row: HomelessnessDecision) -> HomelessnessDecisionView:
    """As it is shown."""
    own = {"title", "days_left"}
    left = days_left(row.review_until, clock.today()) if row.review_until is not None else None
    return HomelessnessDecisionView(
        **{name: getattr(row, name) for name in HomelessnessDecisionView.model_fields if name not in own},
        title=MACHINE.transitions[row.transition].title,
        days_left=left,
    )
