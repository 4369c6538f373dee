"""Reads of requests about rights; each goes on record."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import exists, select, tuple_

from kit import clock
from kit.clock import LONDON
from kit.errors import Conflict, NotFound
from kit.store.unit import UnitOfWork
from services.casefile.cases.models import Case
from services.casefile.people.models import Membership, Person
from services.casefile.people.visibility import visible_to as people_visible_to
from services.casefile.rights import domain, giving, rows
from services.casefile.rights.domain import SPECIALISTS, Kind, State
from services.casefile.rights.models import ErasureProof, LegalHold, RightsItem, RightsRequest
from services.casefile.rights.schedule import SCHEDULE, standing
from services.casefile.timeline.models import TimelineEntry

NOTICE = (
    "This is what we hold about you that we may give you. We leave out what is about other people and what would be"
    " likely to cause serious harm. If you think that something is wrong or missing you may ask us to look again, or"
    " complain to us, and to the Information Commissioner."
)
"""The same words for everybody, so that they tell nothing."""


class RequestView(BaseModel):
    """A request and how it stands."""

    id: UUID
    version: int
    kind: Kind
    person_id: UUID
    asker: str
    asker_person_id: UUID | None
    authority: str | None
    details: str
    purposes: list[str]
    received_on: date
    state: State
    allowed: list[str] = Field(description="What can be done from here")
    pauses: list[dict[str, Any]]
    paused: bool
    extended: bool
    extension_reason: str | None
    due_on: date | None = Field(description="The last day to answer; null while the clock stands still")
    overdue: bool
    specialist_first: bool = Field(description="Shown to the specialist alone: it waits for their look")
    clearance: str | None = Field(description="Shown to the specialist and to who checks: what to take care of")
    ground: str | None
    kept: list[str]
    reason: str | None
    decided_by: str | None
    decided_at: datetime | None
    digest: str | None


class ItemView(BaseModel):
    """One thing that some owner holds, for the check."""

    id: UUID
    held_by: str
    what: str
    source: str
    part: str
    shared: bool = Field(description="It is about somebody else too: read it with their eyes")
    on: date | None
    information: dict[str, Any]
    verdict: str | None
    redacted: list[str]
    exemption: str | None
    reason: str | None
    checked_by: str | None


class Released(BaseModel):
    """What the person is given. Nothing says what was left out."""

    request_id: UUID
    person_id: UUID
    released_at: datetime
    notice: str
    digest: str = Field(description="SHA-256 over `items` as canonical JSON")
    items: list[dict[str, Any]]


class Proof(BaseModel):
    """What an erasure left: per owner what went, what stays and why."""

    request_id: UUID
    state: State
    ground: str | None
    kept: list[str]
    done: bool
    missing: list[str]
    services: list[dict[str, Any]]
    also: list[str]


class TimeOver(BaseModel):
    """Somebody of whom nothing happened for as long as their records are kept: to be erased, by a person's word."""

    person_id: UUID
    last_change: date


class HoldView(BaseModel):
    """A legal hold."""

    id: UUID
    version: int
    person_id: UUID
    authority: str
    reason: str
    placed_by: str
    placed_at: datetime
    lifted_at: datetime | None
    lift_reason: str | None


async def listed(
    unit: UnitOfWork,
    kinds: Sequence[Kind],
    state: State | None,
    overdue: bool | None,
    specialist: bool,
    after: Sequence[Any] | None,
    limit: int,
) -> list[RequestView]:
    """Requests of some kinds, the oldest first. `specialist`: only those that wait for the specialist's look."""
    query = select(RightsRequest).where(RightsRequest.kind.in_(kinds), await rows.visible_to(unit))
    if state is not None:
        query = query.where(RightsRequest.state == state)
    if overdue is not None:
        query = query.where(RightsRequest.overdue.is_(overdue))
    if specialist:
        waits = RightsRequest.guarded & RightsRequest.cleared_at.is_(None)
        # Nobody else learns from an empty or full list whom it is about.
        query = query.where(waits if SPECIALISTS & set(unit.cause.roles) else RightsRequest.id.is_(None))
    if after is not None:
        place = tuple_(RightsRequest.received_on, RightsRequest.id)
        query = query.where(place > tuple_(date.fromisoformat(after[0]), UUID(after[1])))
    found = (
        await unit.session.scalars(query.order_by(RightsRequest.received_on, RightsRequest.id).limit(limit + 1))
    ).all()
    for row in found[:limit]:
        unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return [_view(unit, row) for row in found]


async def view(unit: UnitOfWork, request_id: UUID, kinds: Sequence[Kind]) -> RequestView:
    """One request of these kinds."""
    query = select(RightsRequest).where(
        RightsRequest.id == request_id, RightsRequest.kind.in_(kinds), await rows.visible_to(unit)
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return _view(unit, row)


def shown(unit: UnitOfWork, row: RightsRequest) -> RequestView:
    """A request that a command has just changed."""
    return _view(unit, row)


async def items(unit: UnitOfWork, request_id: UUID, after: Sequence[Any] | None, limit: int) -> list[ItemView]:
    """What the owners sent, for whoever checks it."""
    row = await _inside(unit, request_id)
    specialist = bool(SPECIALISTS & set(unit.cause.roles))
    query = select(RightsItem).where(RightsItem.request_id == row.id)
    if not specialist:
        query = query.where(RightsItem.part.in_([each for each in domain.Part if each not in domain.SPECIALIST_PARTS]))
        if await rows.guarded_now(unit, row):
            raise NotFound("We know of no such request")
    if after is not None:
        query = query.where(RightsItem.id > UUID(after[0]))
    found = (await unit.session.scalars(query.order_by(RightsItem.id).limit(limit + 1))).all()
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return [
        ItemView(
            id=each.id,
            held_by=each.service,
            what=each.title,
            source=each.source,
            part=each.part,
            shared=each.shared,
            on=each.day,
            information=giving.fields_of(unit, each),
            verdict=each.verdict,
            redacted=each.redacted,
            exemption=each.exemption,
            reason=each.reason,
            checked_by=each.checked_by,
        )
        for each in found
    ]


async def released(unit: UnitOfWork, request_id: UUID) -> Released:
    """What was given: for sending it, as JSON or typeset. `Conflict` before the release and once the copy is gone."""
    row = await _inside(unit, request_id)
    if row.state != State.RELEASED or row.decided_at is None or row.digest is None:
        raise Conflict("It was not released yet", state=row.state, allowed=[])
    if await rows.waits_for_the_specialist(unit, row):
        raise Conflict("It is being looked at: nothing is decided or given yet", state=row.state, allowed=[])
    found = (await unit.session.scalars(select(RightsItem).where(RightsItem.request_id == row.id))).all()
    if any(each.sealed is None for each in found):
        raise Conflict("The copy was kept for 90 days and is gone: its digest and the reasons stay", state=row.state)
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    return Released(
        request_id=row.id,
        person_id=row.person_id,
        released_at=row.decided_at,
        notice=NOTICE,
        digest=row.digest,
        items=giving.given(unit, found),
    )


async def proof(unit: UnitOfWork, request_id: UUID) -> Proof:
    """What an erasure left, owner by owner."""
    query = select(RightsRequest).where(
        RightsRequest.id == request_id, RightsRequest.kind == Kind.ERASURE, await rows.visible_to(unit)
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    found = (
        await unit.session.scalars(
            select(ErasureProof).where(ErasureProof.request_id == row.id).order_by(ErasureProof.service)
        )
    ).all()
    unit.accessed(f"rights_request/{row.id}", [row.person_id])
    missing = sorted(set(domain.OWNERS) - {each.service for each in found})
    return Proof(
        request_id=row.id,
        state=State(row.state),
        ground=row.ground,
        kept=row.kept,
        done=not missing,
        missing=missing,
        services=[
            {"service": each.service, "digest": each.digest, "done_at": each.done_at.isoformat(), "tables": each.tables}
            for each in found
        ],
        also=[
            "Announcements on the bus hold ids, codes and dates, and are gone after 90 days",
            "Answers kept for repeated requests are gone after 24 hours",
            "Backups are overwritten in their own time; a restored one is erased again by this request",
        ],
    )


async def time_over(unit: UnitOfWork, after: Sequence[Any] | None, limit: int) -> list[TimeOver]:
    """People whose records' time is over: no change, no line on their households' pages since, no open case, no hold.

    By casefile's own knowledge; what another owner must keep longer it keeps when it is told to erase.
    """
    years = standing(SCHEDULE, clock.today())["casework"].years
    day = clock.today()
    since = datetime.combine(day.replace(year=day.year - years, day=min(day.day, 28)), time(), LONDON)
    theirs = select(Membership.household_id).where(Membership.person_id == Person.id).correlate(Person)
    newer = exists().where(TimelineEntry.household_id.in_(theirs), TimelineEntry.occurred_at >= since)
    open_case = exists().where(Case.household_id.in_(theirs), Case.state == "open")
    held = exists().where(LegalHold.person_id == Person.id, LegalHold.lifted_at.is_(None))
    asked = exists().where(
        RightsRequest.person_id == Person.id,
        RightsRequest.kind == Kind.ERASURE,
        RightsRequest.state.not_in(domain.ENDED),
    )
    query = select(Person).where(
        Person.changed_at < since,
        Person.merged_into.is_(None),
        await people_visible_to(unit),
        ~newer,
        ~open_case,
        ~held,
        ~asked,
    )
    if after is not None:
        query = query.where(Person.id > UUID(after[0]))
    found = (await unit.session.scalars(query.order_by(Person.id).limit(limit + 1))).all()
    if found:
        unit.accessed("retention/over", [each.id for each in found[:limit]])
    return [TimeOver(person_id=each.id, last_change=each.changed_at.date()) for each in found]


async def holds(unit: UnitOfWork, person_id: UUID) -> list[HoldView]:
    """The legal holds on somebody, standing and lifted."""
    query = select(LegalHold).where(
        LegalHold.person_id.in_(await rows.everyone(unit, person_id)), await rows.holds_visible_to(unit)
    )
    found = (await unit.session.scalars(query.order_by(LegalHold.placed_at))).all()
    unit.accessed(f"legal_hold/of/{person_id}", [person_id])
    return [hold_view(each) for each in found]


def hold_view(row: LegalHold) -> HoldView:
    """One hold."""
    return HoldView.model_validate(row, from_attributes=True)


async def _inside(unit: UnitOfWork, request_id: UUID) -> RightsRequest:
    query = select(RightsRequest).where(
        RightsRequest.id == request_id, RightsRequest.kind == Kind.ACCESS, await rows.inside(unit)
    )
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such request")
    return row


def _view(unit: UnitOfWork, row: RightsRequest) -> RequestView:
    specialist = bool(SPECIALISTS & set(unit.cause.roles))
    clock_ = row.clock()
    return RequestView(
        id=row.id,
        version=row.version,
        kind=Kind(row.kind),
        person_id=row.person_id,
        asker=row.asker,
        asker_person_id=row.asker_person_id,
        authority=row.authority,
        details=row.details,
        purposes=row.purposes,
        received_on=row.received_on,
        state=State(row.state),
        allowed=domain.allowed_from(Kind(row.kind), State(row.state), paused=clock_.paused, extended=row.extended),
        pauses=row.pauses,
        paused=clock_.paused,
        extended=row.extended,
        extension_reason=row.extension_reason,
        due_on=row.due_on,
        overdue=row.overdue,
        specialist_first=specialist and row.guarded and row.cleared_at is None,
        clearance=row.clearance if specialist else None,
        ground=row.ground,
        kept=row.kept,
        reason=row.reason,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        digest=row.digest,
    )
