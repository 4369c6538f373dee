"""Reads of campaigns. Who pledged what is shown to nobody."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.campaigns import domain
from services.grants.campaigns.domain import State
from services.grants.campaigns.models import Campaign


class CampaignView(BaseModel):
    """A campaign."""

    id: UUID
    version: int
    title: str
    words: str
    group_name: str
    ward: str | None
    target_pence: int
    pledged_pence: int
    backers: int
    match_percent: int | None
    match_most_pence: int | None
    reserved_pence: int = Field(description="What the match fund has set aside")
    match_pence: int = Field(description="What it gave")
    match_settled_at: UtcDatetime | None = Field(description="When the match was paid, or went back to the fund")
    match_returned_reason: str | None = Field(description="Why it went back")
    to_go_pence: int = Field(description="What the crowd still has to pledge, if the match comes")
    closes_at: UtcDatetime
    state: State
    checks: dict[str, bool] = Field(description="Deliverability: what was looked at, and found in order or not")
    ended_at: UtcDatetime | None
    ended_reason: str | None
    made_at: UtcDatetime
    allowed: list[State]


async def listed(
    unit: UnitOfWork, state: State | None, place: Sequence[Any] | None, most: int, *, drafts: bool
) -> list[CampaignView]:
    """Campaigns, the newest first."""
    query = select(Campaign)
    if not drafts:
        query = query.where(Campaign.state != State.DRAFT)
    if state:
        query = query.where(Campaign.state == state)
    if place is not None:
        mark = tuple_(datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(Campaign.made_at, Campaign.id) < mark)
    rows = await unit.session.scalars(query.order_by(Campaign.made_at.desc(), Campaign.id.desc()).limit(most))
    return [shown(row) for row in rows]


def place_of(view: CampaignView) -> list[Any]:
    """Where a campaign stands in the list."""
    return [view.made_at.isoformat(), str(view.id)]


async def view(unit: UnitOfWork, campaign_id: UUID, *, drafts: bool = False) -> CampaignView:
    """One campaign."""
    row = (await unit.session.scalars(select(Campaign).where(Campaign.id == campaign_id))).one_or_none()
    if row is None or (row.state == State.DRAFT and not drafts):
        raise NotFound("There is no such campaign")
    return shown(row)


def shown(row: Campaign) -> CampaignView:
    """A campaign as shown."""
    names = CampaignView.model_fields
    open_ = row.target_pence - row.pledged_pence
    match = min(row.reserved_pence, max(open_, 0)) if row.state == State.OPEN else row.match_pence
    return CampaignView.model_validate(
        {
            **{name: getattr(row, name) for name in names if hasattr(row, name)},
            "checks": {what: each["in_order"] for what, each in row.checks.items()},
            "to_go_pence": max(open_ - match, 0),
            "allowed": list(domain.ALLOWED[State(row.state)]),
        }
    )
