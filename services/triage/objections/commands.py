"""Writes of objections: record one, take one back. What follows from it is outreach's affair."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.purposes import PURPOSES
from kit.contracts.triage.outreach import ObjectionState
from kit.errors import NotFound
from kit.events import messages
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.triage.objections import domain, rows
from services.triage.objections.models import Objection

_TOLD = {"standing": "objection.recorded", "withdrawn": "objection.withdrawn"}
_BASES = {code: each.lawful_basis for code, each in PURPOSES.items()}


async def record(
    unit: UnitOfWork,
    person_id: UUID,
    purpose: str,
    said_by: domain.Said,
    confirmed_by: domain.Route,
    *,
    blind: bool = False,
) -> Objection:
    """Record what they object to; one that stands already is the answer, not a second one.

    `blind`: said by a worker who may not know the person. They are answered as about a stranger: theirs stands beside
    and stops nothing; whoever may know the person sees it there, and asks them.
    """
    domain.check_purpose(purpose, _BASES)
    domain.check_said(said_by)
    now = clock.business_now()
    new = {
        "id": new_id(),
        "version": 1,
        "person_id": person_id,
        "purpose": purpose,
        "state": "standing",
        "confirmed_by": confirmed_by,
        "recorded_by": unit.cause.actor,
        "recorded_at": now,
        "blind": blind,
        "changed_at": now,
    }
    made = await unit.session.scalar(insert(Objection).values(new).on_conflict_do_nothing().returning(Objection))
    if made is None:
        stands = select(Objection).where(
            Objection.person_id == person_id,
            Objection.purpose == purpose,
            Objection.state == "standing",
            Objection.blind == blind,
            or_(~Objection.blind, Objection.recorded_by == unit.cause.actor),
        )
        made = (await unit.session.scalars(stands)).one()
    else:
        _announce(unit, made, "triage.objection.recorded")
    unit.accessed(f"objection/{made.id}", [person_id])
    return made


async def withdraw(
    unit: UnitOfWork, objection_id: UUID, expected: int, said_by: domain.Said, confirmed_by: domain.Route
) -> Objection:
    """They take it back. What was closed for it stays closed; what comes from now on may be offered."""
    query = select(Objection).where(Objection.id == objection_id, rows.visible_to(unit.cause))
    query = query.with_for_update(of=Objection)
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None:
        raise NotFound("We know of no such objection")
    check_version(row.version, expected)
    domain.check_stands(row.state)
    domain.check_said(said_by)
    row.state, row.withdrawn_by, row.withdrawal_confirmed_by = "withdrawn", unit.cause.actor, confirmed_by
    row.version, row.changed_at = row.version + 1, clock.business_now()
    _announce(unit, row, "triage.objection.withdrawn")
    unit.accessed(f"objection/{row.id}", [row.person_id])
    return row


def _announce(unit: UnitOfWork, row: Objection, type_: str) -> None:
    if row.blind:
        # As about a stranger: casefile knows of nobody, and says so.
        messages.request(unit, person_id=new_id(), template=_TOLD[row.state], about_id=row.id)
        return
    # They are told by their own safe way, so that nobody can object, or take it back, in their name unseen.
    messages.request(unit, person_id=row.person_id, template=_TOLD[row.state], about_id=row.id)
    state = ObjectionState.model_validate(
        {
            "objection_id": row.id,
            "person_id": row.person_id,
            "purpose": row.purpose,
            "state": row.state,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(type_, state, aggregate_id=row.id, sequence=row.version)
