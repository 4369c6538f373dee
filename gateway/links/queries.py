"""Reads of links: for our own people, and for the page that a link opens."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select, tuple_

from gateway.links import domain
from gateway.links.domain import Kind, Standing
from gateway.links.models import KnownQuestion, Link, PartnerLetter
from gateway.links.rows import load, standing_of
from kit.contracts.envelope import UtcDatetime
from kit.store.unit import UnitOfWork


class LinkView(BaseModel):
    """A link as our own people see it. Its address is not in it: nobody has it but whoever it was sent to."""

    id: UUID
    version: int
    kind: Kind
    target_id: UUID
    organisation_id: UUID
    standing: Standing
    letter: str | None = Field(description="queued, sending, sent or failed")
    until: UtcDatetime
    made_at: UtcDatetime
    answered_at: UtcDatetime | None
    revoked_at: UtcDatetime | None
    revoked_by: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the page of a link is made of: codes, and nothing about anybody."""

    standing: Standing
    kind: Kind
    target_id: UUID
    state: str | None
    need: str | None
    urgency: str | None


def shown(link: Link, letter: str | None) -> LinkView:
    """A link with what became of its letter."""
    columns = {column.key: getattr(link, column.key) for column in link.__table__.columns if column.key != "digest"}
    return LinkView.model_validate({**columns, "standing": standing_of(link), "letter": letter})


async def view(unit: UnitOfWork, link_id: UUID) -> LinkView:
    """One of them."""
    link = await load(unit, link_id)
    unit.accessed(f"link/{link.id}")
    return shown(link, await _letter(unit, link_id))


async def links(unit: UnitOfWork, target_id: UUID | None, place: Sequence[Any] | None, most: int) -> Sequence[LinkView]:
    """Up to `most` after `place`, the latest first."""
    query = select(Link, PartnerLetter.state).outerjoin(PartnerLetter, PartnerLetter.link_id == Link.id)
    if target_id is not None:
        query = query.where(Link.target_id == target_id)
    order = (Link.made_at, Link.id)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = await unit.session.execute(query.order_by(*(each.desc() for each in order)).limit(most))
    return [shown(link, letter) for link, letter in rows]


def place_of(link: LinkView) -> list[Any]:
    """Where a link stands in the list."""
    return [link.made_at.isoformat(), str(link.id)]


async def opened(unit: UnitOfWork, token: str) -> Opened | None:
    """What a link's page shows. Nothing is written: scanners open what stands in a mail before its reader does."""
    row = await unit.session.scalar(select(Link).where(Link.digest == domain.digest_of(token)))
    if row is None:
        return None
    known = await unit.session.get(KnownQuestion, row.target_id)
    return Opened(
        standing_of(row),
        Kind(row.kind),
        row.target_id,
        known.state if known else None,
        known.domain if known else None,
        known.urgency if known else None,
    )


async def state_of(unit: UnitOfWork, target_id: UUID) -> str | None:
    """Where what a link answers stands, as far as we have heard."""
    known = await unit.session.get(KnownQuestion, target_id)
    return known.state if known else None


async def _letter(unit: UnitOfWork, link_id: UUID) -> str | None:
    return await unit.session.scalar(select(PartnerLetter.state).where(PartnerLetter.link_id == link_id))
