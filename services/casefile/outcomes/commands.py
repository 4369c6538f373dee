"""Writes of outcomes: record, check half a year later, strike. Each is counted once, however often it is told."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from kit import clock
from kit.contracts.casefile.outcomes import OutcomeState
from kit.contracts.codes import OutcomeKind, OutcomeStatus
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store import timers
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.access.need_to_know import Part
from services.casefile.outcomes import domain, whose
from services.casefile.outcomes.domain import Evidence, Result
from services.casefile.outcomes.models import Outcome
from services.casefile.outcomes.rows import load
from services.casefile.people.aliases import all_ids
from services.casefile.people.models import Household

UNANSWERED = "casefile.outcome.unanswered"


async def record(
    unit: UnitOfWork,
    kind: OutcomeKind,
    achieved_on: date,
    evidence: Sequence[Evidence],
    *,
    person_id: UUID | None = None,
    household_id: UUID | None = None,
    source: str | None = None,
    check_due_on: date | None = None,
) -> Outcome:
    """Put an outcome on record. `Conflict` when it is there already, under whichever of the person's ids.

    `source` names what of ours it came of ("job/<id>"), which then answers its check too.
    """
    home = await _whose(unit, kind, person_id, household_id)
    # Two who record it at once wait for each other here.
    await unit.session.get(Household, home, with_for_update=True)
    rules = domain.record(
        kind,
        achieved_on,
        evidence,
        [row.as_rules_see_it() for row in await _of_the_same(unit, kind, person_id, home)],
        today=clock.today(),
        one_person=person_id is not None,
        check_due_on=check_due_on,
    )
    now = clock.business_now()
    row = Outcome(
        id=new_id(),
        version=1,
        household_id=home,
        person_id=person_id,
        kind=kind,
        compartment=domain.COMPARTMENTS.get(kind, ""),
        state=rules.state,
        achieved_on=achieved_on,
        check_due_on=rules.check_due_on,
        source=source,
        evidence=_as_json(evidence),
        check_evidence=[],
        recorded_by=unit.cause.actor,
        recorded_at=now,
        changed_at=now,
    )
    unit.session.add(row)
    await unit.session.flush()
    await timers.set_alarm(unit, UNANSWERED, row.id, _midnight(row.check_due_on + domain.UNKNOWN_AFTER))
    _announce(unit, row, "recorded")
    return row


async def standing(unit: UnitOfWork, kind: OutcomeKind, person_id: UUID, achieved_on: date, check_due_on: date) -> bool:
    """Whether this is on record for the person already: then the same again is not another one."""
    new = domain.Outcome(kind, achieved_on, check_due_on)
    rows = await _of_the_same(unit, kind, person_id, None)
    return any(domain.is_the_same(row.as_rules_see_it(), new) for row in rows)


async def check(
    unit: UnitOfWork,
    outcome_id: UUID,
    expected: int,
    result: Result,
    evidence: Sequence[Evidence],
    words: str | None,
    lost_on: date | None = None,
) -> Outcome:
    """What was found half a year later."""
    row = await load(unit, outcome_id, for_change=True)
    check_version(row.version, expected)
    if row.source is not None:
        raise Conflict(f"This came of {row.source}: its check is answered there, once", allowed=["struck"])
    return await _check(unit, row, result, evidence, words, lost_on)


async def check_by_source(
    unit: UnitOfWork,
    source: str,
    result: Result,
    evidence: Sequence[Evidence],
    words: str | None = None,
    lost_on: date | None = None,
) -> Outcome | None:
    """The same, asked by what it came of; None where nothing of that source is on record or waits for an answer."""
    query = select(Outcome).where(Outcome.source == source, Outcome.state != OutcomeStatus.STRUCK)
    row = (await unit.session.scalars(query.with_for_update())).one_or_none()
    if row is None or row.state not in {OutcomeStatus.RECORDED, OutcomeStatus.NOT_KNOWN}:
        return None
    return await _check(unit, row, result, evidence, words, lost_on)


async def _check(
    unit: UnitOfWork,
    row: Outcome,
    result: Result,
    evidence: Sequence[Evidence],
    words: str | None,
    lost_on: date | None,
) -> Outcome:
    after = domain.check(row.as_rules_see_it(), result, evidence, today=clock.today(), lost_on=lost_on)
    row.state, row.checked_on, row.checked_by = after.state, after.checked_on, unit.cause.actor
    row.lost_on = after.lost_on
    row.check_evidence, row.check_words = _as_json(evidence), words
    await timers.cancel(unit, UNANSWERED, row.id)
    return _changed(unit, row, "checked")


async def give_up(unit: UnitOfWork, outcome_id: UUID) -> None:
    """Four weeks after its day nobody has said whether it lasts: that is what the figures say."""
    row = (await unit.session.scalars(select(Outcome).where(Outcome.id == outcome_id).with_for_update())).one()
    after = domain.leave_unknown(row.as_rules_see_it(), today=clock.today())
    if after is not None:
        row.state, row.checked_on = after.state, after.checked_on
        _changed(unit, row, "checked")


async def strike(unit: UnitOfWork, outcome_id: UUID, expected: int, reason: str) -> Outcome:
    """It was recorded by mistake."""
    row = await load(unit, outcome_id, for_change=True)
    check_version(row.version, expected)
    row.state, row.struck_because = domain.strike(row.as_rules_see_it()).state, reason
    await timers.cancel(unit, UNANSWERED, row.id)
    return _changed(unit, row, "struck")


async def _whose(unit: UnitOfWork, kind: OutcomeKind, person_id: UUID | None, household_id: UUID | None) -> UUID:
    """The household it is filed under; `NotFound` for whom the caller may not see, as for nobody."""
    compartment = domain.COMPARTMENTS.get(kind)
    part = Part(compartment.value) if compartment else Part.INSIDE
    if person_id is not None:
        await whose.person_for(unit, person_id, part)
        return await whose.home_of(unit, person_id, household_id)
    if household_id is None:
        raise invalid("/household_id", "Say whose it is: a person's or a household's.", "someone-named")
    return (await whose.household_for(unit, household_id, part)).id


async def _of_the_same(
    unit: UnitOfWork, kind: OutcomeKind, person_id: UUID | None, household_id: UUID | None
) -> Sequence[Outcome]:
    """Outcomes of this kind of the person (under all their ids), or of the household where it is not one person's.

    What a household has reached, none of its people reaches again, and the other way round.
    """
    ways: list[ColumnElement[bool]] = []
    if household_id is not None:
        whole = Outcome.household_id == household_id
        ways.append(whole if person_id is None else whole & Outcome.person_id.is_(None))
    if person_id is not None:
        ways.append(Outcome.person_id.in_(await all_ids(unit.session, [person_id])))
    return (await unit.session.scalars(select(Outcome).where(Outcome.kind == kind, or_(*ways)))).all()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), clock.LONDON)


def _as_json(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    return [{**asdict(each), "dated": each.dated.isoformat()} for each in evidence]


def _changed(unit: UnitOfWork, row: Outcome, event: str) -> Outcome:
    row.version += 1
    row.changed_at = clock.business_now()
    _announce(unit, row, event)
    return row


def _announce(unit: UnitOfWork, row: Outcome, event: str) -> None:
    state = OutcomeState(
        outcome_id=row.id,
        household_id=row.household_id,
        person_id=row.person_id,
        kind=OutcomeKind(row.kind),
        state=OutcomeStatus(row.state),
        achieved_on=row.achieved_on,
        check_due_on=row.check_due_on,
        checked_on=row.checked_on,
        changed_at=row.changed_at,
    )
    aggregate = "sealed_outcome" if row.compartment else "outcome"
    unit.emit(f"casefile.{aggregate}.{event}", state, aggregate_id=row.id, sequence=row.version)
    unit.accessed(f"outcome/{row.id}", [row.person_id] if row.person_id else [])
