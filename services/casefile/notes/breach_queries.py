"""Reads of breaches, for information governance: the clock, both files, and everyone who read it where it was wrong."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_

from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.errors import NotFound
from kit.store.tables import audit_entry
from kit.store.unit import UnitOfWork
from services.casefile.notes import domain, rows
from services.casefile.notes.breach_domain import Risk, State, allowed_from
from services.casefile.notes.commands import members_ever
from services.casefile.notes.models import DataBreach, Note
from services.casefile.people import membership
from services.casefile.people.models import Membership
from services.casefile.people.visibility import hidden_from


class Reader(BaseModel):
    """Somebody who read or wrote it on the wrong file."""

    worker: str
    organisation: str | None
    roles: list[str]
    purposes: list[str]
    first_at: UtcDatetime
    last_at: UtcDatetime
    times: int
    author: bool = Field(description="They wrote it")


class BreachView(BaseModel):
    """A breach, as information governance sees it."""

    id: UUID
    version: int
    kind: str
    state: State
    note_id: UUID = Field(description="The blank on the wrong file")
    moved_to_note_id: UUID
    wrong_household_id: UUID
    right_household_id: UUID
    how: str
    there_from: UtcDatetime = Field(description="Since when it stood on the wrong file")
    found_by: str
    found_at: UtcDatetime
    decide_by: UtcDatetime = Field(description="72 hours after it was found (UK GDPR Article 33(1))")
    seconds_left: int = Field(description="Until then; negative: overdue")
    overdue_at: UtcDatetime | None
    risk: Risk | None
    report: bool | None
    tell: bool | None
    decisions: list[dict[str, Any]]
    reported_on: date | None
    reference: str | None
    told_on: date | None
    measures: str | None
    closed_by: str | None
    closed_at: UtcDatetime | None
    allowed: list[str]

    @classmethod
    def of(cls, row: DataBreach) -> Self:
        """The breach as it stands now."""
        own = {"seconds_left", "allowed"}
        shown: dict[str, Any] = {name: getattr(row, name) for name in cls.model_fields if name not in own}
        left = int((row.decide_by - clock.business_now()).total_seconds())
        return cls(**shown, seconds_left=left, allowed=allowed_from(State(row.state)))


class BreachDetail(BreachView):
    """One breach with who read it, and whether what was moved is what stood there."""

    readers: list[Reader]
    same_words: bool = Field(description="The digests on the blank are those of the wordings on the right file")


async def visible_to(unit: UnitOfWork) -> ColumnElement[bool]:
    """The one rule: all of them, for the gateway lets in information governance alone, but for people now hidden.

    Not by need to know: a breach about a restricted record has the same 72 hours.
    """
    hidden = await hidden_from(unit)
    theirs = exists(
        select(Membership.person_id)
        .where(
            or_(
                Membership.household_id == DataBreach.wrong_household_id,
                Membership.household_id == DataBreach.right_household_id,
            ),
            Membership.person_id.in_(hidden),
        )
        .correlate(DataBreach)
    )
    return ~theirs if hidden else and_(True)


async def breaches(
    unit: UnitOfWork, state: State | None, after: Sequence[Any] | None, limit: int
) -> Sequence[BreachView]:
    """Breaches, the one to be decided first on top."""
    query = select(DataBreach).where(await visible_to(unit))
    if state is not None:
        query = query.where(DataBreach.state == state)
    order = (DataBreach.decide_by, DataBreach.id)
    if after is not None:
        query = query.where(tuple_(*order) > (datetime.fromisoformat(after[0]), UUID(after[1])))
    found = (await unit.session.scalars(query.order_by(*order).limit(limit))).all()
    await put_on_record(unit, found)
    return [BreachView.of(row) for row in found]


def place_of(shown: BreachView) -> list[Any]:
    """Where a breach stands in the list."""
    return [shown.decide_by.isoformat(), str(shown.id)]


async def breach(unit: UnitOfWork, breach_id: UUID) -> BreachDetail:
    """One of them, put on record as read."""
    row = await load(unit, breach_id)
    await put_on_record(unit, [row])
    return BreachDetail(
        **BreachView.of(row).model_dump(), readers=await readers(unit, row), same_words=await _same_words(unit, row)
    )


async def load(unit: UnitOfWork, breach_id: UUID, *, for_change: bool = False) -> DataBreach:
    """The row, locked if it is to change."""
    query = select(DataBreach).where(DataBreach.id == breach_id, await visible_to(unit))
    if for_change:
        query = query.with_for_update()
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such breach")
    return row


async def put_on_record(unit: UnitOfWork, found: Sequence[DataBreach]) -> None:
    """Each under the people of both files."""
    homes = {home for row in found for home in (row.wrong_household_id, row.right_household_id)}
    members = await membership.members_of(unit, homes)
    for row in found:
        unit.accessed(f"breach/{row.id}", {*members[row.wrong_household_id], *members[row.right_household_id]})


async def readers(unit: UnitOfWork, row: DataBreach) -> list[Reader]:
    """Everyone who read it while it was on the wrong file, from the record of access itself: nobody has to keep a list.

    Found by the people of that household, whom every read of it named (`rows.put_on_record`).
    """
    record, people = audit_entry.c.record == f"note/{row.note_id}", audit_entry.c.person_ids
    there = await members_ever(unit, row.wrong_household_id)
    actor, at = audit_entry.c.actor, audit_entry.c.at
    query = (
        select(
            actor,
            func.max(audit_entry.c.organisation).label("organisation"),
            func.array_agg(audit_entry.c.purpose.distinct()).label("purposes"),
            func.max(func.array_to_string(audit_entry.c.roles, ",")).label("roles"),
            func.min(at).label("first_at"),
            func.max(at).label("last_at"),
            func.count().label("times"),
        )
        .where(record, people.overlap(list(there)), audit_entry.c.outcome == "done")
        .group_by(actor)
        .order_by(func.min(at), actor)
    )
    author = await unit.session.scalar(select(Note.recorded_by).where(Note.id == row.note_id))
    return [
        Reader(
            worker=each.actor,
            organisation=each.organisation,
            roles=each.roles.split(",") if each.roles else [],
            purposes=each.purposes,
            first_at=each.first_at,
            last_at=each.last_at,
            times=each.times,
            author=each.actor == author,
        )
        for each in await unit.session.execute(query)
    ]


async def _same_words(unit: UnitOfWork, row: DataBreach) -> bool:
    blank = await unit.session.get_one(Note, row.note_id)
    moved = await unit.session.get_one(Note, row.moved_to_note_id)
    while moved.state == domain.State.MISFILED:
        # It was moved to a file that was the wrong one again.
        further = select(Note).join(DataBreach, DataBreach.moved_to_note_id == Note.id)
        moved = (await unit.session.scalars(further.where(DataBreach.note_id == moved.id))).one()
    note = await rows.as_rules_see_it(unit, moved)
    there = [domain.digest_of(row.salt, each) for each in (*note.earlier, note.wording) if each is not None]
    # Whatever was corrected since stands behind what was moved.
    return there[: len(blank.digests)] == blank.digests
