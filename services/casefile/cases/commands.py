"""Writes about cases: open or join by a decision, allocate, close, reopen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.casefile.cases import CaseState, Workstream
from kit.contracts.triage.contacts import ContactDecided
from kit.errors import Conflict, NotFound
from kit.events.handlers import NotYet
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from kit.web.preconditions import check_version
from services.casefile.cases import domain
from services.casefile.cases.models import Case
from services.casefile.people import membership
from services.casefile.people.membership import homes_of
from services.casefile.people.models import Household, Person
from services.casefile.people.visibility import lived_in_by_the_visible


async def follow_decision(unit: UnitOfWork, decided: ContactDecided) -> None:
    """Open the household's case, or join the open one as a workstream. `NotYet` while the household is unknown."""
    decision = decided.decision
    if not domain.opens_a_case(decision.outcome, decision.stage):
        return
    household_id = await _household_of(unit, decided)
    # The household's row puts two decisions for one household in order.
    if await unit.session.get(Household, household_id, with_for_update=True) is None:
        raise NotYet("the household is not known here")
    cases = (await unit.session.scalars(select(Case).where(Case.household_id == household_id))).all()
    if any(decision.decision_id in each.decision_ids for each in cases):
        # Replayed: it has had its effect, though the case may be closed by now.
        return
    case = next((each for each in cases if each.state == "open"), None)
    strand = {
        "decision_id": str(decision.decision_id),
        "layer": decision.outcome.value,
        "specialism": decision.specialism,
        "statutory_service": decision.statutory_service,
    }
    if case is None:
        case = _opened(unit, household_id, decision.decided_at)
        unit.session.add(case)
        event = "casefile.case.opened"
    else:
        case.version += 1
        case.changed_at = decision.decided_at
        event = "casefile.case.workstream_added"
    case.workstreams = [*case.workstreams, strand]
    case.decision_ids = [*case.decision_ids, decision.decision_id]
    case.layer = domain.strongest(case.workstreams)
    await _announce(unit, event, case)


def _opened(unit: UnitOfWork, household_id: UUID, at: datetime) -> Case:
    return Case(
        id=new_id(),
        version=1,
        household_id=household_id,
        state="open",
        workstreams=[],
        decision_ids=[],
        episode=1,
        opened_at=at,
        opened_by=unit.cause.actor,
        changed_at=at,
        episodes=[],
    )


async def _household_of(unit: UnitOfWork, decided: ContactDecided) -> UUID:
    """The household the decision names, else where its person lived on that day (their newest place, if several)."""
    if decided.household_id is not None:
        return decided.household_id
    if decided.person_id is None:
        raise Conflict("A decision without a person or household cannot open a case")
    day = decided.decision.decided_at.astimezone(clock.LONDON).date()
    person = await unit.session.get(Person, decided.person_id)
    if person is None:
        raise NotYet("the person is not known here")
    homes = (await homes_of(unit, [person.id])).on(person.id, day)
    if not homes:
        raise NotYet("the person belongs to no household")
    return homes[0]


async def allocate(
    unit: UnitOfWork, case_id: UUID, expected: int, account_manager: str | None, lead: str | None
) -> Case:
    """Give the case to an account manager, a lead, or both; one left out stays as it was."""
    case = await _load(unit, case_id, expected)
    domain.check_step(case.state, "allocate")
    domain.check_allocation(account_manager, lead)
    case.account_manager = account_manager or case.account_manager
    case.lead = lead or case.lead
    return await _changed(unit, "casefile.case.allocated", case)


async def close(unit: UnitOfWork, case_id: UUID, expected: int, reason: str, note: str) -> Case:
    """Close the case with its reason."""
    case = await _load(unit, case_id, expected)
    domain.check_step(case.state, "close")
    domain.check_close(reason)
    case.state, case.closed_at = "closed", clock.business_now()
    case.close_reason, case.close_note = reason, note
    return await _changed(unit, "casefile.case.closed", case)


async def reopen(unit: UnitOfWork, case_id: UUID, expected: int) -> Case:
    """Open a closed case again as its next episode; the earlier ones stay."""
    case = await _load(unit, case_id, expected)
    domain.check_step(case.state, "reopen")
    assert case.closed_at is not None
    earlier = {
        "episode": case.episode,
        "opened_at": case.opened_at.isoformat(),
        "closed_at": case.closed_at.isoformat(),
        "close_reason": case.close_reason,
        "close_note": case.close_note,
    }
    case.episodes = [*case.episodes, earlier]
    case.episode += 1
    case.state, case.opened_at = "open", clock.business_now()
    case.closed_at = case.close_reason = case.close_note = None
    try:
        return await _changed(unit, "casefile.case.reopened", case)
    except IntegrityError:
        raise Conflict("The household has another open case: work on that one", allowed=[]) from None


async def _changed(unit: UnitOfWork, event: str, case: Case) -> Case:
    case.version += 1
    case.changed_at = clock.business_now()
    await _announce(unit, event, case)
    return case


async def _announce(unit: UnitOfWork, event: str, case: Case) -> None:
    await unit.session.flush()
    unit.emit(event, state_of(case), aggregate_id=case.id, sequence=case.version)
    unit.accessed(f"case/{case.id}", (await membership.members_of(unit, [case.household_id]))[case.household_id])


def state_of(case: Case) -> CaseState:
    """The case as it is published."""
    return CaseState(
        case_id=case.id,
        household_id=case.household_id,
        state=case.state,
        layer=case.layer,
        decision_ids=tuple(case.decision_ids),
        account_manager=case.account_manager,
        lead=case.lead,
        workstreams=tuple(Workstream.model_validate(each) for each in case.workstreams),
        episode=case.episode,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        close_reason=case.close_reason,
        changed_at=case.changed_at,
    )


async def _load(unit: UnitOfWork, case_id: UUID, expected: int) -> Case:
    visible = await lived_in_by_the_visible(unit, Case.household_id)
    case = (await unit.session.scalars(select(Case).where(Case.id == case_id, visible).with_for_update())).one_or_none()
    if case is None:
        raise NotFound("We know of no such case")
    check_version(case.version, expected)
    return case
