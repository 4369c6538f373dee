"""Reads of applications. Scores are kept from each assessor until their own are in."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select

from kit.contracts.envelope import UtcDatetime
from kit.store import access
from kit.store.unit import UnitOfWork
from services.grants.applications import checking, eligibility
from services.grants.applications.domain import State
from services.grants.applications.identifiers import GroupKind
from services.grants.applications.models import (
    Applicant,
    ApplicantContact,
    Assessment,
    DueDiligence,
    GrantApplication,
    Interest,
)
from services.grants.applications.rows import load, visible_to
from services.grants.rounds import commands as rounds


class CheckedView(BaseModel):
    """One rule of the round, met or not."""

    model_config = ConfigDict(from_attributes=True)

    rule: str
    met: bool
    detail: str
    pointer: str = Field(description="Which field would have to change")


class BudgetLine(BaseModel):
    """What part of the money is for."""

    item: str
    pence: int


class GroupView(BaseModel):
    """The group that applies."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    kind: GroupKind
    charity_number: str | None
    company_number: str | None
    org_id: str | None
    constituted: bool
    unrelated_signatories: int
    overdue_reports: int


class ApplicationView(BaseModel):
    """An application as those who run the round, and the group itself, see it."""

    id: UUID
    version: int
    round_id: UUID
    applicant: GroupView
    state: State
    title: str
    purpose: str
    asked_pence: int
    other_pence: int
    budget: list[BudgetLine]
    documents: list[str]
    wards: list[str]
    people_reached: int | None
    starts_on: date | None
    ends_on: date | None
    light: bool = Field(description="A small sum: fewer papers, one report")
    submitted_at: UtcDatetime | None
    checked: list[CheckedView] = Field(description="The round's rules, met or not, when it was sent or decided on")
    eligibility_reason: str | None
    score: int | None = Field(description="Thousandths of the most that can be scored")
    ended_reason: str | None = Field(description="Why it was not eligible, declined or withdrawn, in words")


class ContactView(BaseModel):
    """Whom to write to."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    email: str | None
    phone: str | None


class DiligenceView(BaseModel):
    """What was looked into."""

    model_config = ConfigDict(from_attributes=True)

    check_code: str
    passed: bool
    note: str
    checked_by: str
    checked_at: UtcDatetime


class InterestView(BaseModel):
    """Who keeps out of it, and why."""

    model_config = ConfigDict(from_attributes=True)

    worker: str
    nature: str
    declared_at: UtcDatetime


class ScoreView(BaseModel):
    """A mark with its reason."""

    criterion: str
    score: int
    reason: str


class AssessmentView(BaseModel):
    """One assessor's scores."""

    assessor: str
    scores: list[ScoreView]
    comment: str | None
    made_at: UtcDatetime


class FileView(BaseModel):
    """What the officers hold about an application besides what the group wrote."""

    application: ApplicationView
    contacts: list[ContactView]
    due_diligence: list[DiligenceView]
    still_to_check: list[str]
    interests: list[InterestView]
    assessments: list[AssessmentView] = Field(description="Yours alone, until both assessors' are in")
    assessments_in: int
    needs_moderation: bool
    moderation: dict[str, Any] | None


async def application(unit: UnitOfWork, application_id: UUID) -> ApplicationView:
    """One of them."""
    row = await load(unit, application_id)
    unit.accessed(f"application/{row.id}")
    return (await _views(unit, [row]))[0]


async def shown(unit: UnitOfWork, row: GrantApplication) -> ApplicationView:
    """An application as it is answered."""
    await unit.session.flush()
    return (await _views(unit, [row]))[0]


async def checked_now(unit: UnitOfWork, application_id: UUID) -> list[CheckedView]:
    """The round's rules about it as they are met today: nothing is sent or decided by asking."""
    row = await load(unit, application_id)
    found = await checking.checks(unit, await rounds.load(unit, row.round_id), row)
    unit.accessed(f"application/{row.id}")
    return [CheckedView.model_validate(asdict(each)) for each in found]


async def applications(
    unit: UnitOfWork,
    round_id: UUID | None,
    state: State | None,
    place: Sequence[Any] | None,
    most: int,
) -> Sequence[ApplicationView]:
    """Up to `most` after `place`, as they came."""
    query = select(GrantApplication).where(visible_to(unit.cause)).order_by(GrantApplication.id).limit(most)
    if round_id is not None:
        query = query.where(GrantApplication.round_id == round_id)
    if state is not None:
        query = query.where(GrantApplication.state == state)
    if place is not None:
        query = query.where(GrantApplication.id > UUID(place[0]))
    rows = (await unit.session.scalars(query)).all()
    for row in rows:
        unit.accessed(f"application/{row.id}")
    return await _views(unit, rows)


async def file(unit: UnitOfWork, application_id: UUID) -> FileView:
    """What the officers hold about it."""
    row = await load(unit, application_id)
    rules = (await rounds.load(unit, row.round_id)).rules
    sheets = (
        await unit.session.scalars(
            select(Assessment).where(Assessment.application_id == row.id).order_by(Assessment.made_at)
        )
    ).all()
    both = len(sheets) >= rules["assessors"]
    seen = [each for each in sheets if both or each.assessor == unit.cause.actor]
    # Somebody who is restricted, or apart from whoever asks, is as unknown here as anywhere.
    query = select(ApplicantContact).where(
        ApplicantContact.applicant_id == row.applicant_id,
        ~access.kept_back(unit.cause, ApplicantContact.contact_person_id.expression),
    )
    contacts = (await unit.session.scalars(query)).all()
    diligence = select(DueDiligence).where(DueDiligence.application_id == row.id).order_by(DueDiligence.check_code)
    interests = select(Interest).where(Interest.application_id == row.id).order_by(Interest.declared_at)
    unit.accessed(f"application/{row.id}", [each.contact_person_id for each in contacts if each.contact_person_id])
    return FileView(
        application=(await _views(unit, [row]))[0],
        contacts=[ContactView.model_validate(each) for each in contacts],
        due_diligence=[DiligenceView.model_validate(each) for each in (await unit.session.scalars(diligence)).all()],
        still_to_check=await checking.missing_checks(unit, row),
        interests=[InterestView.model_validate(each) for each in (await unit.session.scalars(interests)).all()],
        assessments=[
            AssessmentView(
                assessor=each.assessor,
                scores=[ScoreView.model_validate(score) for score in each.scores],
                comment=each.comment,
                made_at=each.made_at,
            )
            for each in seen
        ],
        assessments_in=len(sheets),
        needs_moderation=both and row.state == State.ELIGIBLE,
        moderation=row.moderation if both else None,
    )


async def counts(unit: UnitOfWork, round_id: UUID) -> dict[State, int]:
    """How many applications of a round stand where."""
    query = (
        select(GrantApplication.state, func.count())
        .where(GrantApplication.round_id == round_id, GrantApplication.state != State.DRAFT)
        .group_by(GrantApplication.state)
    )
    return {State(state): count for state, count in (await unit.session.execute(query)).all()}


async def _views(unit: UnitOfWork, rows: Sequence[GrantApplication]) -> list[ApplicationView]:
    wanted = {row.applicant_id for row in rows}
    groups = {
        each.id: each for each in (await unit.session.scalars(select(Applicant).where(Applicant.id.in_(wanted)))).all()
    }
    rules = {each: (await rounds.load(unit, each)).rules for each in {row.round_id for row in rows}}
    return [_view(row, groups[row.applicant_id], rules[row.round_id]) for row in rows]


def _view(row: GrantApplication, group: Applicant, rules: dict[str, Any]) -> ApplicationView:
    same = (
        "id", "version", "round_id", "state", "title", "purpose", "asked_pence", "other_pence", "budget", "documents",
        "wards", "people_reached", "starts_on", "ends_on", "submitted_at", "checked", "eligibility_reason", "score",
        "ended_reason",
    )  # fmt: skip
    fields = {name: getattr(row, name) for name in same}
    light = eligibility.is_light(rules, row.asked_pence)
    return ApplicationView.model_validate({**fields, "applicant": GroupView.model_validate(group), "light": light})
