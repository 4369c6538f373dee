"""Reads of proposals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.proposals.domain import ALLOWED, Becomes, Kind, Moderation, State
from services.grants.proposals.models import Proposal, ProposalComment

_HIDDEN = (State.WAITING, State.REJECTED)


class ProposalView(BaseModel):
    """A proposal. Who raised it is nobody's business."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int
    kind: Kind
    title: str
    words: str
    ward: str | None
    state: State
    supports: int
    supports_needed: int | None
    comments: int
    moderation: Moderation | None
    moderation_words: str | None
    answer_due_on: date | None
    becomes: Becomes | None
    became: str | None = Field(description="Address of what it became")
    answer: str | None
    raised_at: UtcDatetime
    closes_at: UtcDatetime | None
    allowed: list[State] = []


class CommentView(BaseModel):
    """A comment. Of one that a moderator took away the reason stands in its place."""

    id: UUID
    version: int
    proposal_id: UUID
    words: str | None
    said_at: UtcDatetime
    shown: bool | None
    moderation: Moderation | None
    moderation_words: str | None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which proposals; None leaves a filter out."""

    kind: Kind | None = None
    state: State | None = None
    ward: str | None = None
    overdue: bool = False


async def listed(
    unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int, *, moderators: bool
) -> list[ProposalView]:
    """Proposals, the newest first; those that wait or were rejected only for moderators."""
    query = select(Proposal)
    if not moderators:
        query = query.where(Proposal.state.not_in(_HIDDEN))
    if filters.kind:
        query = query.where(Proposal.kind == filters.kind)
    if filters.state:
        query = query.where(Proposal.state == filters.state)
    if filters.ward:
        query = query.where(Proposal.ward == filters.ward)
    if filters.overdue:
        query = query.where(Proposal.state == State.SUPPORTED, Proposal.answer_due_on < clock.today())
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Proposal.raised_at, Proposal.id) < mark)
    rows = await unit.session.scalars(query.order_by(Proposal.raised_at.desc(), Proposal.id.desc()).limit(most))
    return [shown(row) for row in rows]


def place_of(view: ProposalView) -> list[Any]:
    """Where a proposal stands in the list."""
    return [view.raised_at.isoformat(), str(view.id)]


async def view(unit: UnitOfWork, proposal_id: UUID, *, moderators: bool = False) -> ProposalView:
    """One proposal."""
    row = (await unit.session.scalars(select(Proposal).where(Proposal.id == proposal_id))).one_or_none()
    if row is None or (row.state in _HIDDEN and not moderators):
        raise NotFound("There is no such proposal")
    return shown(row)


async def comments(
    unit: UnitOfWork, proposal_id: UUID, place: Sequence[Any] | None, most: int, *, moderators: bool
) -> list[CommentView]:
    """Comments, the oldest first; those that wait only for moderators."""
    await view(unit, proposal_id, moderators=moderators)
    row = ProposalComment
    query = select(row).where(row.proposal_id == proposal_id)
    if not moderators:
        query = query.where(row.shown.is_not(None))
    if place is not None:
        query = query.where(tuple_(row.said_at, row.id) > tuple_(datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = await unit.session.scalars(query.order_by(row.said_at, row.id).limit(most))
    return [shown_comment(each, moderators=moderators) for each in rows]


def place_of_comment(view: CommentView) -> list[Any]:
    """Where a comment stands in the list."""
    return [view.said_at.isoformat(), str(view.id)]


def shown(row: Proposal) -> ProposalView:
    """A proposal as shown."""
    view = ProposalView.model_validate(row)
    return view.model_copy(update={"allowed": list(ALLOWED[view.state])})


def shown_comment(row: ProposalComment, *, moderators: bool) -> CommentView:
    """A comment as shown."""
    return CommentView(
        id=row.id,
        version=row.version,
        proposal_id=row.proposal_id,
        words=row.words if row.shown or moderators else None,
        said_at=row.said_at,
        shown=row.shown,
        moderation=Moderation(row.moderation) if row.moderation else None,
        moderation_words=row.moderation_words,
    )
