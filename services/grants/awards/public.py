"""What anyone may read of awards and of decisions: groups, sums, reasons; never who wrote or whom to write to."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, any_, func, select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.applications.models import Applicant, GrantApplication
from services.grants.awards.domain import AwardState, Outcome, ReportState, Source, Subsidy
from services.grants.awards.models import Award, AwardReport, Recommendation, RecommendationItem
from services.grants.rounds import queries as rounds
from services.grants.rounds.models import GrantRound

FEWEST_SHOWN: Final = 10
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<!\d)(\+44|0)[ -]?\d(?:[ -]?\d){8,9}(?!\d)")


def without_addresses(text: str) -> str:
    """A group's own words without e-mail addresses and telephone numbers: somebody's may stand among them."""
    return _PHONE.sub("[number left out]", _EMAIL.sub("[address left out]", text))


class PublicAward(BaseModel):
    """An award as anyone may read it. Amounts in pence."""

    id: UUID
    reference: str
    round_id: UUID
    round_name: str
    group: str
    org_id: str | None
    title: str
    purpose: str
    wards: list[str] = Field(description="GSS codes")
    pence: int
    paid_pence: int
    returned_pence: int
    state: AwardState
    awarded_on: date
    regulation_59f_reason: str
    ended_on: date | None
    ended_reason: str | None


class PublicItem(BaseModel):
    """One application in a decision: what was recommended, why, and what the officer did."""

    application_id: UUID
    title: str
    group: str | None = Field(description="Of those that were recommended")
    recommended: bool
    pence: int
    reason: str
    outcome: Outcome | None
    public_reason: str | None
    regulation_59f_reason: str | None
    subsidy: Subsidy | None


class PublicDecision(BaseModel):
    """A recommendation and the decision on it."""

    id: UUID
    source: Source
    source_id: UUID | None
    statement: str
    made_at: UtcDatetime
    decided_at: UtcDatetime | None
    authority: str | None = Field(description="The delegation it was decided under")
    items: list[PublicItem]


class Outcomes(BaseModel):
    """What came of a round, as its groups told. A group of fewer than ten people is not shown (null)."""

    awards: int
    reports: int = Field(description="Accepted ones: the latest of each award counts")
    spent_pence: int
    people_reached: int | None
    outcomes: dict[str, int]
    equality: dict[str, int | None] = Field(description="Counts of groups of people, over all reports")


def _awards() -> Select[Award, GrantApplication, Applicant, str]:
    return (
        select(Award, GrantApplication, Applicant, GrantRound.name)
        .join(GrantApplication, GrantApplication.id == Award.application_id)
        .join(Applicant, Applicant.id == Award.applicant_id)
        .join(GrantRound, GrantRound.id == Award.round_id)
    )


async def award(unit: UnitOfWork, award_id: UUID) -> PublicAward:
    """One of them."""
    found = (await unit.session.execute(_awards().where(Award.id == award_id))).one_or_none()
    if found is None:
        raise NotFound("There is no such award")
    return _shown(*found)


async def awards(
    unit: UnitOfWork, round_id: UUID | None, ward: str | None, place: Sequence[Any] | None, most: int
) -> Sequence[PublicAward]:
    """Up to `most` after `place`, the newest first."""
    order = (Award.awarded_on, Award.id)
    query = _awards().order_by(*(each.desc() for each in order)).limit(most)
    if round_id is not None:
        query = query.where(Award.round_id == round_id)
    if ward is not None:
        query = query.where(any_(GrantApplication.wards.expression) == ward)
    if place is not None:
        query = query.where(tuple_(*order) < (date.fromisoformat(place[0]), UUID(place[1])))
    return [_shown(*found) for found in (await unit.session.execute(query)).all()]


async def decisions(unit: UnitOfWork, round_id: UUID) -> list[PublicDecision]:
    """What was recommended for a round and what was decided, in order."""
    await rounds.published(unit, round_id)
    query = select(Recommendation).where(Recommendation.round_id == round_id).order_by(Recommendation.made_at)
    rows = (await unit.session.scalars(query)).all()
    lines = (
        select(RecommendationItem, GrantApplication.title, Applicant.name)
        .join(GrantApplication, GrantApplication.id == RecommendationItem.application_id)
        .join(Applicant, Applicant.id == GrantApplication.applicant_id)
        .where(RecommendationItem.recommendation_id.in_([row.id for row in rows]))
        .order_by(RecommendationItem.place)
    )
    items: dict[UUID, list[PublicItem]] = {}
    for item, title, group in (await unit.session.execute(lines)).all():
        items.setdefault(item.recommendation_id, []).append(_item(item, title, group))
    same = ("id", "source", "source_id", "statement", "made_at", "decided_at", "authority")
    return [
        PublicDecision.model_validate({**{name: getattr(row, name) for name in same}, "items": items.get(row.id, [])})
        for row in rows
    ]


async def outcomes(unit: UnitOfWork, round_id: UUID) -> Outcomes:
    """What came of a round so far."""
    await rounds.published(unit, round_id)
    query = (
        select(AwardReport)
        .join(Award, Award.id == AwardReport.award_id)
        .where(Award.round_id == round_id, AwardReport.state == ReportState.ACCEPTED)
        .order_by(AwardReport.number)
    )
    # A report tells of the whole award so far.
    latest = {row.award_id: row for row in (await unit.session.scalars(query)).all()}.values()
    counted, equality = Counter[str](), Counter[str]()
    for row in latest:
        for each in row.outcomes:
            counted[each["what"]] += int(each["count"])
        equality.update(row.equality)
    count = select(func.count()).select_from(Award).where(Award.round_id == round_id)
    return Outcomes(
        awards=int(await unit.session.scalar(count) or 0),
        reports=len(latest),
        spent_pence=sum(row.spent_pence or 0 for row in latest),
        people_reached=_enough(sum(row.people_reached or 0 for row in latest)),
        outcomes=dict(sorted(counted.items())),
        equality={group: _enough(number) for group, number in sorted(equality.items())},
    )


def _enough(people: int) -> int | None:
    return people if people == 0 or people >= FEWEST_SHOWN else None


def _item(item: RecommendationItem, title: str, group: str) -> PublicItem:
    same = (
        "application_id", "recommended", "pence", "reason", "outcome", "public_reason", "regulation_59f_reason",
        "subsidy",
    )  # fmt: skip
    fields = {name: getattr(item, name) for name in same}
    return PublicItem.model_validate({**fields, "title": title, "group": group if item.recommended else None})


def _shown(row: Award, application: GrantApplication, group: Applicant, round_name: str) -> PublicAward:
    same = (
        "id", "reference", "round_id", "pence", "paid_pence", "returned_pence", "state", "awarded_on",
        "regulation_59f_reason", "ended_on", "ended_reason",
    )  # fmt: skip
    return PublicAward.model_validate(
        {
            **{name: getattr(row, name) for name in same},
            "round_name": round_name,
            "group": group.name,
            "org_id": group.org_id,
            "title": without_addresses(application.title),
            "purpose": without_addresses(application.purpose),
            "wards": application.wards,
        }
    )


def place_of(view: PublicAward) -> list[Any]:
    """Where the list goes on."""
    return [view.awarded_on, view.id]
