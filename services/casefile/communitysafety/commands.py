"""Writes of community safety: what happens, the risk, the plan and its actions, the close."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.casefile.community_safety import SafetyCaseState
from kit.errors import Conflict, NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part
from services.casefile.communitysafety import domain
from services.casefile.communitysafety.domain import ActionState, ReviewState
from services.casefile.communitysafety.models import AsbReview, SafetyCase
from services.casefile.communitysafety.rows import load
from services.casefile.communitysafety.shapes import (
    ActionEnd,
    NewAction,
    NewAssessment,
    NewIncident,
    NewSafetyCase,
    SafetyCaseChanges,
)
from services.casefile.outcomes import whose


async def open_case(unit: UnitOfWork, new: NewSafetyCase) -> SafetyCase:
    """Work on what harms somebody begins."""
    crime = domain.tells_of_crime(new.kind, new.crime)
    person = await whose.person_for(unit, new.person_id, Part.CRIME if crime else Part.INSIDE)
    domain.check_new(new.kind, new.strands, new.safeguarding, new.safeguarding_reason)
    home = await whose.home_of(unit, person.id, new.household_id)
    now = clock.business_now()
    row = SafetyCase(
        id=new_id(),
        version=1,
        person_id=person.id,
        household_id=home,
        kind=new.kind,
        compartment=Part.CRIME if crime else "",
        strands=list(new.strands),
        state="open",
        worker=unit.cause.actor,
        safeguarding=new.safeguarding,
        safeguarding_reason=new.safeguarding_reason,
        harm=new.harm,
        wanted=new.wanted,
        incidents=[],
        assessments=[],
        actions=[],
        opened_by=unit.cause.actor,
        opened_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    await unit.session.flush()
    _announce(unit, row, "opened")
    return row


async def change(unit: UnitOfWork, case_id: UUID, expected: int, changes: SafetyCaseChanges) -> SafetyCase:
    """The harm, what is wanted, who works on it; that it tells of crime after all."""
    row = await _open(unit, case_id, expected)
    given = {name: value for name, value in changes.model_dump(exclude_unset=True).items() if value is not None}
    if given.get("safeguarding") == "not_needed" and not given.get("safeguarding_reason"):
        raise invalid("/safeguarding_reason", "Say why not.", "reason")
    if given.pop("crime", False):
        row.compartment = Part.CRIME
    for name, value in given.items():
        setattr(row, name, value)
    return _changed(unit, row)


async def add_incident(unit: UnitOfWork, case_id: UUID, expected: int, new: NewIncident) -> SafetyCase:
    """What happened on a day."""
    row = await _open(unit, case_id, expected)
    for name in ("happened_on", "complained_on"):
        day: date | None = getattr(new, name)
        if day is not None and day > clock.today():
            raise invalid(f"/{name}", "A day that has been.", "not-in-the-future")
    if new.complained_on is not None and new.complained_on < new.happened_on:
        raise invalid("/complained_on", "After it happened.", "dates-in-order")
    entry = {"id": str(new_id()), **new.model_dump(mode="json"), "by": unit.cause.actor}
    row.incidents = [*row.incidents, entry]
    return _changed(unit, row)


async def assess(unit: UnitOfWork, case_id: UUID, expected: int, new: NewAssessment) -> SafetyCase:
    """The risk, by the total of the form and by judgement; earlier ones stay."""
    row = await _open(unit, case_id, expected)
    form = domain.form_on(new.form, clock.today())
    found = domain.assess(form, new.scores, new.judgement, new.judgement_reason)
    entry: dict[str, Any] = {
        "form": found.form,
        "scores": list(new.scores),
        "total": found.total,
        "most": found.most,
        "by_total": found.by_total.value,
        "band": found.band.value,
        "judgement_reason": new.judgement_reason,
        "on": clock.today().isoformat(),
        "by": unit.cause.actor,
    }
    row.assessments = [*row.assessments, entry]
    return _changed(unit, row)


async def add_action(unit: UnitOfWork, case_id: UUID, expected: int, new: NewAction) -> SafetyCase:
    """One more action of the plan: the council's, a partner's, or theirs."""
    row = await _open(unit, case_id, expected)
    entry = {
        "id": str(new_id()),
        **new.model_dump(mode="json"),
        "state": ActionState.PLANNED.value,
        "ended_on": None,
        "outcome": None,
    }
    row.actions = [*row.actions, entry]
    return _changed(unit, row)


async def end_action(unit: UnitOfWork, case_id: UUID, action_id: UUID, expected: int, end: ActionEnd) -> SafetyCase:
    """What came of an action."""
    row = await _open(unit, case_id, expected)
    action = next((each for each in row.actions if each["id"] == str(action_id)), None)
    if action is None:
        raise NotFound("There is no such action in this plan")
    domain.check_action(ActionState(action["state"]), ActionState(end.state), end.outcome)
    given = {**end.model_dump(mode="json"), "ended_on": clock.today().isoformat()}
    row.actions = [{**each, **given} if each["id"] == str(action_id) else each for each in row.actions]
    return _changed(unit, row)


async def close(unit: UnitOfWork, case_id: UUID, expected: int, reason: str) -> SafetyCase:
    """The work ends, once nothing of it is left open."""
    row = await load(unit, case_id, for_change=True)
    check_version(row.version, expected)
    standing = AsbReview.state.in_([ReviewState.ASKED, ReviewState.THRESHOLD_MET])
    query = select(func.count()).where(AsbReview.safety_case_id == row.id, standing)
    domain.check_close(row.state, reason, row.open_actions(), await unit.session.scalar(query) or 0)
    row.state, row.close_reason, row.closed_at = "closed", reason, clock.business_now()
    return _changed(unit, row, "closed")


async def _open(unit: UnitOfWork, case_id: UUID, expected: int) -> SafetyCase:
    row = await load(unit, case_id, for_change=True)
    check_version(row.version, expected)
    if row.state != "open":
        raise Conflict("This work is closed: open it anew", state=row.state, allowed=[])
    return row


def _changed(unit: UnitOfWork, row: SafetyCase, event: str = "changed") -> SafetyCase:
    row.version += 1
    row.changed_at = clock.business_now()
    _announce(unit, row, event)
    return row


def _announce(unit: UnitOfWork, row: SafetyCase, event: str) -> None:
    state = SafetyCaseState.model_validate(
        {
            "safety_case_id": row.id,
            "person_id": row.person_id,
            "household_id": row.household_id,
            "state": row.state,
            "risk": row.assessments[-1]["band"] if row.assessments else None,
            "open_actions": row.open_actions(),
            "worker": row.worker,
            "changed_at": row.changed_at,
        }
    )
    unit.emit(f"casefile.safety_case.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"safety_case/{row.id}", [row.person_id])
