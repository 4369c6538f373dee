"""Reads of warnings."""

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
from services.casefile.access.need_to_know import Part, about_person
from services.casefile.people.aliases import merged_into_them
from services.casefile.people.models import Membership
from services.casefile.warnings import rows
from services.casefile.warnings.domain import Act, Kind, State, allowed_from, review_is_overdue
from services.casefile.warnings.models import MeetingWarning, WarningRemark


class RemarkView(BaseModel):
    """One thing said: it stays."""

    model_config = ConfigDict(from_attributes=True)

    number: int
    at: UtcDatetime
    by: str
    act: Act
    words: str


class WarningView(BaseModel):
    """How to meet somebody safely; whoever has no part in their file sees that, and not what happened."""

    id: UUID
    version: int
    person_id: UUID
    kind: Kind
    guidance: str
    state: State
    incident_on: date
    inside: bool = Field(description="False: what is null or empty below is not for you")
    incident: str | None
    proposed_by: str | None
    proposed_at: UtcDatetime
    decided_by: str | None
    decided_at: UtcDatetime | None
    review_on: date | None
    review_overdue: bool
    told: bool | None
    told_on: date | None
    not_told_because: str | None
    removed_at: UtcDatetime | None
    remarks: list[RemarkView]
    allowed: list[str]


@dataclass(frozen=True, slots=True)
class Filters:
    """Which warnings; None does not narrow it."""

    person_id: UUID | None = None
    household_id: UUID | None = None
    state: State | None = None
    review_overdue: bool = False


async def warning(unit: UnitOfWork, warning_id: UUID) -> WarningView:
    """One of them."""
    found = await _read(unit, [MeetingWarning.id == warning_id], 1)
    if not found:
        raise NotFound("We know of no such warning")
    return found[0]


async def warnings(unit: UnitOfWork, filters: Filters, place: Sequence[Any] | None, most: int) -> Sequence[WarningView]:
    """Up to `most` after `place`, the oldest first."""
    conditions: list[Any] = []
    if filters.person_id is not None:
        inside = (await merged_into_them(unit.session, [filters.person_id])).get(filters.person_id, [])
        conditions.append(MeetingWarning.person_id.in_([filters.person_id, *inside]))
    if filters.household_id is not None:
        living = select(Membership.person_id).where(
            Membership.household_id == filters.household_id, Membership.until.is_(None)
        )
        conditions.append(MeetingWarning.person_id.in_(living))
    if filters.state is not None:
        conditions.append(MeetingWarning.state == filters.state)
    if filters.review_overdue:
        conditions += [MeetingWarning.state == State.STANDING, MeetingWarning.review_on < clock.today()]
    if place is not None:
        mark = (datetime.fromisoformat(place[0]), UUID(place[1]))
        conditions.append(tuple_(MeetingWarning.proposed_at, MeetingWarning.id) > mark)
    return await _read(unit, conditions, most)


def place_of(shown: WarningView) -> list[Any]:
    """Where a warning stands in the list."""
    return [shown.proposed_at.isoformat(), str(shown.id)]


async def _read(unit: UnitOfWork, conditions: Sequence[Any], most: int) -> list[WarningView]:
    inside = await about_person(unit, MeetingWarning.person_id, Part.INSIDE)
    decides = bool(rows.SENIOR & set(unit.cause.roles))
    query = (
        select(MeetingWarning, inside.label("inside"))
        .where(await rows.visible_to(unit), *conditions)
        .order_by(MeetingWarning.proposed_at, MeetingWarning.id)
    )
    found = (await unit.session.execute(query.limit(most))).all()
    # Who decides on a proposed one must know what happened.
    seen = {row.id: within or (decides and row.state == State.PROPOSED) for row, within in found}
    said = await _said(unit, [each for each, within in seen.items() if within])
    for row, _ in found:
        unit.accessed(f"warning/{row.id}", [row.person_id])
    return [_view(row, seen[row.id], said.get(row.id, [])) for row, _ in found]


async def own(unit: UnitOfWork, row: MeetingWarning) -> WarningView:
    """The warning as it stands after the caller's own act, whatever they see of it from now on."""
    return _view(row, True, (await _said(unit, [row.id]))[row.id])


async def _said(unit: UnitOfWork, ids: Sequence[UUID]) -> dict[UUID, list[RemarkView]]:
    said: dict[UUID, list[RemarkView]] = {each: [] for each in ids}
    query = select(WarningRemark).where(WarningRemark.warning_id.in_(ids)).order_by(WarningRemark.number)
    for remark in await unit.session.scalars(query):
        said[remark.warning_id].append(RemarkView.model_validate(remark))
    return said


def _view(row: MeetingWarning, inside: bool, said: list[RemarkView]) -> WarningView:
    within = ("incident", "proposed_by", "decided_by", "decided_at", "told", "told_on", "not_told_because")
    state = State(row.state)
    return WarningView.model_validate(
        {
            **{name: getattr(row, name) if inside else None for name in within},
            "id": row.id,
            "version": row.version,
            "person_id": row.person_id,
            "kind": row.kind,
            "guidance": row.guidance,
            "state": state,
            "incident_on": row.incident_on,
            "inside": inside,
            "proposed_at": row.proposed_at,
            "review_on": row.review_on,
            "review_overdue": review_is_overdue(row.review_on, state, clock.today()),
            "removed_at": row.removed_at,
            "remarks": said,
            "allowed": allowed_from(state) if inside else [],
        }
    )
