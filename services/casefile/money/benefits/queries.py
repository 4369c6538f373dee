"""Reads of benefit checks and claims, and of the tables they count with; reads of a person go on record."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.money.benefits import domain, rows
from services.casefile.money.benefits.models import BenefitCheck, BenefitClaim
from services.casefile.money.benefits.steps import LABEL, Status
from services.casefile.money.benefits.tables import all_tables
from services.casefile.money.pounds import pounds
from services.casefile.people.aliases import all_ids


class StepView(BaseModel):
    words: str
    rule: str = Field(description="The rule, by section or regulation")
    pence: int | None


class EstimateView(BaseModel):
    """One benefit: how much, and every step that led there."""

    benefit: str
    title: str
    status: Status
    month_pence: int
    week_pence: int | None
    steps: list[StepView]
    missing: list[str] = Field(description="Which table or figure is not there")
    sources: list[str]


class GainView(BaseModel):
    benefit: str
    gets_pence: int
    would_get_pence: int
    more_pence: int


class ResultView(BaseModel):
    """All benefits of a household on a day."""

    label: str = LABEL
    month_pence: int = Field(0, description="Of what could be estimated; a Housing Payment is in no total")
    complete: bool = Field(False, description="False: something is in no table, see missing")
    missing: list[str] = []
    estimates: list[EstimateView] = []
    gains: list[GainView] = []


class CheckView(BaseModel):
    """A benefit check as it was worked out."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    counts_for: date
    circumstances: dict[str, Any]
    result: ResultView
    words: str
    done_by: str
    done_at: datetime

    @classmethod
    def of(cls, row: BenefitCheck) -> Self:
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name) and name != "result"}
        words = f"Estimate: {pounds(row.month_pence)} a month" + ("" if row.complete else ", of what is in a table")
        return cls(**kept, result=ResultView.model_validate(row.result), words=words)


class BetterOffView(BaseModel):
    """With the job against as now, a month."""

    label: str
    pay_pence: int
    now_total_pence: int
    then_total_pence: int
    better_pence: int = Field(description="Below nothing: worse off")
    words: str
    steps: list[StepView]
    missing: list[str]
    now: ResultView
    then: ResultView


class ClaimView(BaseModel):
    """A claim and what came of it."""

    id: UUID
    version: int
    person_id: UUID
    household_id: UUID
    check_id: UUID | None
    benefit: str
    reference: str | None
    state: domain.State
    started_on: date
    decided_on: date | None
    gain_pence: int | None
    every: str | None
    year_gain_pence: int | None
    once_pence: int | None
    evidence: domain.Evidence | None
    reason: str | None
    allowed: list[str]

    @classmethod
    def of(cls, row: BenefitClaim) -> Self:
        kept = {name: getattr(row, name) for name in cls.model_fields if hasattr(row, name)}
        return cls(**kept, allowed=list(domain.ALLOWED[row.state]))


class RateTableView(BaseModel):
    """A national table: its figures, its days and its source."""

    name: str
    since: date
    until: date
    source: str
    figures: dict[str, Any]


class RateTables(BaseModel):
    items: list[RateTableView]


async def check_view(unit: UnitOfWork, check_id: UUID) -> CheckView:
    """One check."""
    query = select(BenefitCheck).where(BenefitCheck.id == check_id, await rows.visible_checks(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such check")
    unit.accessed(f"benefit_check/{row.id}", [row.person_id])
    return CheckView.of(row)


async def checks_of(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[CheckView]:
    """A person's, the newest first."""
    whole = await all_ids(unit.session, [person_id])
    query = select(BenefitCheck).where(BenefitCheck.person_id.in_(whole), await rows.visible_checks(unit))
    if after is not None:
        query = query.where(BenefitCheck.id < UUID(after[0]))
    found = (await unit.session.scalars(query.order_by(BenefitCheck.id.desc()).limit(limit))).all()
    unit.accessed("benefit_checks", [person_id])
    return [CheckView.of(row) for row in found]


async def claim_view(unit: UnitOfWork, claim_id: UUID) -> ClaimView:
    """One claim."""
    query = select(BenefitClaim).where(BenefitClaim.id == claim_id, await rows.visible_claims(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such claim")
    unit.accessed(f"benefit_claim/{row.id}", [row.person_id])
    return ClaimView.of(row)


async def claims_of(unit: UnitOfWork, person_id: UUID, after: Sequence[Any] | None, limit: int) -> list[ClaimView]:
    """A person's, the newest first."""
    whole = await all_ids(unit.session, [person_id])
    query = select(BenefitClaim).where(BenefitClaim.person_id.in_(whole), await rows.visible_claims(unit))
    if after is not None:
        query = query.where(BenefitClaim.id < UUID(after[0]))
    found = (await unit.session.scalars(query.order_by(BenefitClaim.id.desc()).limit(limit))).all()
    unit.accessed("benefit_claims", [person_id])
    return [ClaimView.of(row) for row in found]


def national(on: date | None) -> RateTables:
    """The national tables, all or those that count on a day; about nobody."""
    found = [each for each in all_tables() if on is None or each.since <= on <= each.until]
    return RateTables(
        items=[
            RateTableView(
                name=each.name, since=each.since, until=each.until, source=each.source, figures=dict(each.figures)
            )
            for each in found
        ]
    )


def place_of(shown: CheckView | ClaimView) -> list[Any]:
    """Where it stands in its list."""
    return [str(shown.id)]
