"""Writes of immigration answers and of the way without recourse. No event tells of any of it (see README)."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.errors import Conflict, NotFound, invalid
from kit.events.sealed import seal_at_rest
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.contacts.rows import load as load_contact
from services.triage.immigration import domain
from services.triage.immigration.domain import Result, State
from services.triage.immigration.models import ImmigrationAnswer, NoRecourseRoute
from services.triage.immigration.rows import visible_to
from services.triage.immigration.shapes import Close, NewAnswer, NewHomeOfficeRecord, Step
from services.triage.known.knowing import blind_by, check_not_blind


async def answer(unit: UnitOfWork, new: NewAnswer) -> ImmigrationAnswer:
    """Keep an answer, sealed under its own id; an earlier one for the same decision stays, as what was said then."""
    id_ = new_id()
    inside = json.dumps({"status": new.status, "valid_until": new.valid_until}, default=str).encode()
    row = ImmigrationAnswer(
        id=id_,
        version=1,
        person_id=new.person_id,
        blind_by=await blind_by(unit, new.person_id),
        turns_on=new.turns_on,
        sealed=seal_at_rest(unit, f"immigration_answer/{id_}", inside),
        asked_by=unit.cause.actor,
        asked_at=clock.business_now(),
    )
    unit.session.add(row)
    unit.accessed(f"immigration_answer/{id_}", [new.person_id])
    return row


async def open_route(unit: UnitOfWork, contact_id: UUID) -> NoRecourseRoute:
    """Open the way of the contact's person; `Conflict` when it is open for them already."""
    contact = await load_contact(unit, contact_id)
    check_not_blind(unit, contact.blind_by)
    if contact.person_id is None:
        raise Conflict("Give the contact its person first", allowed=[])
    now = clock.business_now()
    row: NoRecourseRoute | None = await unit.session.scalar(
        insert(NoRecourseRoute)
        .values(
            id=new_id(),
            version=1,
            contact_id=contact_id,
            person_id=contact.person_id,
            blind_by=contact.blind_by,
            state=State.OPEN,
            destitution=[],
            home_office=[],
            opened_by=unit.cause.actor,
            opened_at=now,
            changed_at=now,
        )
        .on_conflict_do_nothing()
        .returning(NoRecourseRoute)
    )
    if row is None:
        raise Conflict("It is open for them already", state=State.OPEN, allowed=["steps"])
    _put_on_record(unit, row)
    return row


async def step(unit: UnitOfWork, route_id: UUID, expected: int, taken: Step) -> NoRecourseRoute:
    """Assessment, help in destitution, regulated advice: in any order, help never waits for the others."""
    row = await _load(unit, route_id)
    check_version(row.version, expected)
    if taken.assessment_result is not None and taken.assessment is None and row.assessment is None:
        raise invalid("/assessment", "Say under which duty their needs were assessed.", "assessment")
    assesses = taken.assessment is not None or taken.assessment_result is not None
    result = taken.assessment_result or (Result.PENDING if assesses else None)
    domain.step(
        row.as_rules_see_it(),
        assessed=result,
        helped=len(taken.destitution),
        advised=taken.advice_organisation_id is not None,
    )
    if assesses:
        kind = taken.assessment or (row.assessment or {})["kind"]
        row.assessment = {"kind": kind, "result": result, **_who(unit)}
    row.destitution = [*row.destitution, *({"kind": each, **_who(unit)} for each in taken.destitution)]
    if taken.advice_organisation_id is not None:
        row.advice = {"organisation_id": str(taken.advice_organisation_id), **_who(unit)}
    return _changed(unit, row)


async def close(unit: UnitOfWork, route_id: UUID, expected: int, how: Close) -> NoRecourseRoute:
    """Close it; `Conflict` names what is still owed."""
    row = await _load(unit, route_id)
    check_version(row.version, expected)
    row.state = domain.close(row.as_rules_see_it(), how.reason).state
    row.close_reason = how.reason
    return _changed(unit, row)


async def record_home_office(unit: UnitOfWork, route_id: UUID, met: NewHomeOfficeRecord) -> NoRecourseRoute:
    """A named social-care lead records that a legal duty was met. It is written here, and goes nowhere."""
    domain.check_home_office(frozenset(unit.cause.roles), met.reason)
    row = await _load(unit, route_id)
    row.home_office = [*row.home_office, {"duty": met.duty, "reason": met.reason, **_who(unit)}]
    return _changed(unit, row)


def _who(unit: UnitOfWork) -> dict[str, Any]:
    return {"by": unit.cause.actor, "on": clock.today().isoformat()}


async def _load(unit: UnitOfWork, route_id: UUID) -> NoRecourseRoute:
    query = select(NoRecourseRoute).where(NoRecourseRoute.id == route_id, visible_to(unit.cause))
    row = (await unit.session.scalars(query.with_for_update(of=NoRecourseRoute))).one_or_none()
    if row is None:
        raise NotFound("We know of no such way")
    check_not_blind(unit, row.blind_by)
    return row


def _changed(unit: UnitOfWork, row: NoRecourseRoute) -> NoRecourseRoute:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _put_on_record(unit, row)
    return row


def _put_on_record(unit: UnitOfWork, row: NoRecourseRoute) -> None:
    unit.accessed(f"no_recourse_route/{row.id}", [row.person_id])
