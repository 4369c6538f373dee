"""Writes of warnings. What was said is added to and never changed."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.casefile.casework import WarningState
from kit.errors import NotFound
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part, may_see
from services.casefile.cases import commands as cases
from services.casefile.warnings import domain, rows
from services.casefile.warnings.domain import Act, Kind, State
from services.casefile.warnings.models import MeetingWarning, WarningRemark


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened, when, and how to meet them safely."""

    kind: Kind
    on: date
    words: str
    guidance: str


async def propose(unit: UnitOfWork, person_id: UUID, incident: Incident) -> MeetingWarning:
    """Propose a warning: it stands once a senior has decided so."""
    if not await may_see(unit, Part.FRONT, person_id=person_id):
        raise NotFound("We know of no such person")
    domain.check_incident(incident.on, clock.today())
    now = clock.business_now()
    row = MeetingWarning(
        id=new_id(),
        version=1,
        person_id=person_id,
        kind=incident.kind.value,
        incident_on=incident.on,
        incident=incident.words,
        guidance=incident.guidance,
        state=State.PROPOSED.value,
        proposed_by=unit.cause.actor,
        proposed_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    await unit.session.flush()
    await _said(unit, row, Act.PROPOSED, incident.words, "casefile.warning.proposed")
    return row


async def decide(
    unit: UnitOfWork, warning_id: UUID, expected: int, stands: bool, reason: str, review_on: date | None
) -> MeetingWarning:
    """A senior decides that it stands until its review, or not."""
    row = await rows.load(unit, warning_id, expected)
    act = Act.CONFIRMED if stands else Act.REFUSED
    domain.check_act(State(row.state), act)
    domain.check_senior(unit.cause.actor, row.proposed_by)
    if stands:
        domain.check_review(review_on or clock.today(), clock.today())
        row.review_on = review_on
    row.state = (State.STANDING if stands else State.REFUSED).value
    row.decided_by, row.decided_at = unit.cause.actor, clock.business_now()
    return await _changed(unit, row, act, reason, "casefile.warning.decided")


async def tell(
    unit: UnitOfWork, warning_id: UUID, expected: int, told: bool, on: date | None, because: str | None
) -> MeetingWarning:
    """Keep whether the person was told, and why not. It may be told later after all."""
    row = await rows.load(unit, warning_id, expected)
    act = Act.TOLD if told else Act.NOT_TOLD
    domain.check_act(State(row.state), act)
    domain.check_told(told, on, because, clock.today())
    row.told, row.told_on, row.told_by, row.not_told_because = told, on if told else None, unit.cause.actor, because
    return await _changed(unit, row, act, because or "", "casefile.warning.told")


async def review(unit: UnitOfWork, warning_id: UUID, expected: int, words: str, review_on: date) -> MeetingWarning:
    """A senior has looked again, and it goes on."""
    row = await rows.load(unit, warning_id, expected)
    domain.check_act(State(row.state), Act.KEPT)
    domain.check_review(review_on, clock.today())
    row.review_on = review_on
    return await _changed(unit, row, Act.KEPT, words, "casefile.warning.reviewed")


async def remove(unit: UnitOfWork, warning_id: UUID, expected: int, words: str) -> MeetingWarning:
    """It no longer holds. That it was there stays on record; nobody is shown it as a warning."""
    row = await rows.load(unit, warning_id, expected)
    domain.check_act(State(row.state), Act.REMOVED)
    row.state, row.removed_at, row.review_on = State.REMOVED.value, clock.business_now(), None
    return await _changed(unit, row, Act.REMOVED, words, "casefile.warning.removed")


async def _changed(unit: UnitOfWork, row: MeetingWarning, act: Act, words: str, event: str) -> MeetingWarning:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    await _said(unit, row, act, words, event)
    return row


async def _said(unit: UnitOfWork, row: MeetingWarning, act: Act, words: str, event: str) -> None:
    said = select(func.count()).select_from(WarningRemark).where(WarningRemark.warning_id == row.id)
    unit.session.add(
        WarningRemark(
            id=new_id(),
            warning_id=row.id,
            number=1 + (await unit.session.scalar(said) or 0),
            at=clock.business_now(),
            by=unit.cause.actor,
            act=act.value,
            words=words,
        )
    )
    await unit.session.flush()
    state = WarningState.model_validate(
        {
            "warning_id": row.id,
            "person_id": row.person_id,
            "kind": row.kind,
            "state": row.state,
            "incident_on": row.incident_on,
            "told": row.told,
            "review_on": row.review_on,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"warning/{row.id}", [row.person_id])
    await cases.caseloads_changed(unit, {row.proposed_by, unit.cause.actor})
