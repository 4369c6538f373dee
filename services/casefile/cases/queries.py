"""Reads of cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part
from services.casefile.cases import rows
from services.casefile.cases.domain import Rag, allowed_from, review_is_overdue
from services.casefile.cases.models import Case, CaseMember, CaseReview
from services.casefile.people import membership

State = Literal["open", "closed"]


class WorkstreamView(BaseModel):
    decision_id: UUID = Field(description="The triage decision, or the step up or down, that brought it")
    layer: str
    specialism: str | None
    statutory_service: str | None
    ended_on: date | None = None


class MemberView(BaseModel):
    """Somebody of the team around the household."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    worker: str
    role: str
    since: UtcDatetime
    until: UtcDatetime | None


class ReviewView(BaseModel):
    """A review of a case."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    episode: int
    at: UtcDatetime
    by: str
    words: str
    rag: Rag | None
    next_review_on: date


class OutcomeView(BaseModel):
    """What came of the work, as said at the close."""

    outcome: str
    result: str
    goal_id: UUID | None = None
    words: str | None = None


class CaseView(BaseModel):
    """A case as its workers see it; whoever has no part in it sees that there is one, and who works on it."""

    id: UUID
    version: int
    household_id: UUID
    state: State
    compartment: str | None = Field(description="The sealed part of the file it is in; null: in the open")
    inside: bool = Field(description="False: what is null or empty below is not for you")
    layer: str | None
    workstreams: list[WorkstreamView]
    decision_ids: list[UUID]
    account_manager: str | None
    lead: str | None
    team: list[MemberView]
    rag: Rag | None
    rag_reason: str | None
    next_review_on: date | None
    review_overdue: bool
    episode: int
    opened_at: datetime
    closed_at: datetime | None
    close_reason: str | None
    close_note: str | None
    outcomes: list[OutcomeView]
    no_outcomes_because: str | None
    episodes: list[dict[str, Any]]
    allowed: list[str]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which cases; None leaves a filter out."""

    state: State | None = None
    worker: str | None = None
    household_id: UUID | None = None
    unallocated: bool = False
    rag: Rag | None = None
    review_overdue: bool = False

    def conditions(self) -> Iterable[ColumnElement[bool]]:
        """Each as a condition on `Case`."""
        if self.state:
            yield Case.state == self.state
        if self.worker:
            yield (Case.account_manager == self.worker) | (Case.lead == self.worker)
        if self.household_id:
            yield Case.household_id == self.household_id
        if self.unallocated:
            yield Case.account_manager.is_(None) & Case.lead.is_(None)
        if self.rag:
            yield Case.rag == self.rag
        if self.review_overdue:
            yield (Case.state == "open") & (Case.next_review_on < clock.today())


async def view(unit: UnitOfWork, case_id: UUID) -> CaseView:
    """One case, put on record as read."""
    front, inside = await rows.front_and_inside(unit)
    query = select(Case, inside.label("inside")).where(Case.id == case_id, front)
    found = (await unit.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound("We know of no such case")
    case = found[0]
    unit.accessed(f"case/{case.id}", (await membership.members_of(unit, [case.household_id]))[case.household_id])
    return _view(case, found[1], (await teams(unit, [case.id]))[case.id])


async def listed(unit: UnitOfWork, filters: Filters, after: Sequence[str] | None, limit: int) -> list[CaseView]:
    """Cases, the newest first. `after` is the last one's (opened_at, id).

    One more than `limit` where there are more; only `limit` are shown, and on record as read.
    """
    front, inside = await rows.front_and_inside(unit)
    query = select(Case, inside.label("inside")).where(front, *filters.conditions())
    if after is not None:
        query = query.where(tuple_(Case.opened_at, Case.id) < tuple_(datetime.fromisoformat(after[0]), UUID(after[1])))
    query = query.order_by(Case.opened_at.desc(), Case.id.desc()).limit(limit + 1)
    found = (await unit.session.execute(query)).all()
    members = await membership.members_of(unit, {case.household_id for case, _ in found})
    around = await teams(unit, [case.id for case, _ in found])
    for case, _ in found[:limit]:
        unit.accessed(f"case/{case.id}", members[case.household_id])
    return [_view(case, inside, around[case.id]) for case, inside in found]


async def teams(unit: UnitOfWork, case_ids: Sequence[UUID]) -> dict[UUID, list[MemberView]]:
    """Who is of the team of each of these cases now."""
    query = select(CaseMember).where(CaseMember.case_id.in_(case_ids), CaseMember.until.is_(None))
    found: dict[UUID, list[MemberView]] = {each: [] for each in case_ids}
    for row in await unit.session.scalars(query.order_by(CaseMember.since, CaseMember.id)):
        found[row.case_id].append(MemberView.model_validate(row))
    return found


async def team(unit: UnitOfWork, case_id: UUID, place: Sequence[Any] | None, most: int) -> list[MemberView]:
    """Who has ever been of the team around the household, the newest first."""
    await _found(unit, case_id, Part.FRONT)
    query = select(CaseMember).where(CaseMember.case_id == case_id)
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(CaseMember.since, CaseMember.id) < mark)
    query = query.order_by(CaseMember.since.desc(), CaseMember.id.desc()).limit(most)
    return [MemberView.model_validate(row) for row in await unit.session.scalars(query)]


async def reviews(unit: UnitOfWork, case_id: UUID, place: Sequence[Any] | None, most: int) -> list[ReviewView]:
    """The reviews of a case in all its episodes, the newest first."""
    await _found(unit, case_id, Part.INSIDE)
    query = select(CaseReview).where(CaseReview.case_id == case_id)
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(CaseReview.at, CaseReview.id) < mark)
    query = query.order_by(CaseReview.at.desc(), CaseReview.id.desc()).limit(most)
    return [ReviewView.model_validate(row) for row in await unit.session.scalars(query)]


async def _found(unit: UnitOfWork, case_id: UUID, part: Part) -> None:
    query = select(Case.household_id).where(Case.id == case_id, await rows.visible_to(unit, part))
    household_id = await unit.session.scalar(query)
    if household_id is None:
        raise NotFound("We know of no such case")
    unit.accessed(f"case/{case_id}", (await membership.members_of(unit, [household_id]))[household_id])


_FOR_ALL = ("id", "version", "household_id", "state", "account_manager", "lead", "episode", "opened_at", "closed_at")
_INSIDE = (
    "layer",
    "workstreams",
    "decision_ids",
    "rag",
    "rag_reason",
    "next_review_on",
    "close_reason",
    "close_note",
    "outcomes",
    "no_outcomes_because",
    "episodes",
)
_LISTS = frozenset({"workstreams", "decision_ids", "outcomes", "episodes"})


def _view(case: Case, inside: bool, members: list[MemberView]) -> CaseView:
    shown = {name: getattr(case, name) for name in _FOR_ALL}
    shown |= {name: getattr(case, name) if inside else [] if name in _LISTS else None for name in _INSIDE}
    return CaseView.model_validate(
        {
            **shown,
            "compartment": case.compartment or None,
            "inside": inside,
            "team": members,
            "review_overdue": inside and case.state == "open" and review_is_overdue(case.next_review_on, clock.today()),
            "allowed": allowed_from(case.state),
        }
    )
