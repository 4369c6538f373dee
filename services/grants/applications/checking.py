"""What stands in the way of an application: rules not met, checks not passed, interests. For reads and writes."""

from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.errors import Forbidden
from kit.store.unit import UnitOfWork
from services.grants.applications import eligibility
from services.grants.applications.domain import State
from services.grants.applications.eligibility import Asked, Checked, Elsewhere
from services.grants.applications.models import DueDiligence, GrantApplication, Interest
from services.grants.applications.rows import applicant, as_rules_see_it
from services.grants.rounds import commands as rounds
from services.grants.rounds.models import GrantRound


async def interested(unit: UnitOfWork, application_id: UUID) -> set[str]:
    """Who has declared an interest in it."""
    query = select(Interest.worker).where(Interest.application_id == application_id)
    return set((await unit.session.scalars(query)).all())


async def keep_out(unit: UnitOfWork, application_id: UUID) -> None:
    """`Forbidden` for whoever has declared an interest: they decide nothing about it, and pay nothing."""
    if unit.cause.actor in await interested(unit, application_id):
        raise Forbidden("You have declared an interest in this application: somebody else does this")


async def missing_checks(unit: UnitOfWork, row: GrantApplication) -> list[str]:
    """The due diligence its sum needs and that was not passed yet."""
    grant_round = await rounds.load(unit, row.round_id)
    wanted = eligibility.checks_wanted(grant_round.rules, row.asked_pence)
    query = select(DueDiligence.check_code).where(DueDiligence.application_id == row.id, DueDiligence.passed)
    passed = set((await unit.session.scalars(query)).all())
    return [each for each in wanted if each not in passed]


async def checks(unit: UnitOfWork, grant_round: GrantRound, row: GrantApplication) -> list[Checked]:
    """Every rule of the round about an application, met or not, as of today."""
    who = await applicant(unit, row.applicant_id)
    query = select(func.count()).where(
        GrantApplication.round_id == row.round_id,
        GrantApplication.applicant_id == row.applicant_id,
        GrantApplication.id != row.id,
        GrantApplication.state.not_in([State.DRAFT, State.WITHDRAWN]),
    )
    others = int(await unit.session.scalar(query) or 0)
    asked = Asked(
        row.asked_pence,
        [int(each["pence"]) for each in row.budget],
        row.other_pence,
        row.wards,
        row.documents,
        row.starts_on,
        row.ends_on,
    )
    # What was in time when it was sent stays in time, however long we take.
    on = row.submitted_at.date() if row.submitted_at else clock.today()
    elsewhere = Elsewhere(others > 0, who.overdue_reports)
    return eligibility.check(grant_round.rules, as_rules_see_it(who), asked, elsewhere, on)
