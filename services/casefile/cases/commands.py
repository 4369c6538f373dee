"""Writes about cases: open or join by a decision, allocate, the team, ratings, reviews. Closing: see `closing`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from kit import clock
from kit.contracts.casefile.cases import CaseState, TeamPlace, Workstream
from kit.contracts.casefile.casework import CaseloadChanged
from kit.contracts.envelope import subject_for
from kit.contracts.triage.contacts import ContactDecided
from kit.errors import Conflict, Forbidden, NotFound
from kit.events.handlers import NotYet
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.access.need_to_know import Part
from services.casefile.cases import domain, rows
from services.casefile.cases.models import Case, CaseMember, CaseReview, caseload_changes
from services.casefile.people import membership
from services.casefile.people.membership import homes_of
from services.casefile.people.models import Household, Person

_SEALED: Final[Mapping[str, str]] = {
    "casefile.case.opened": "casefile.sealed_case.opened",
    "casefile.case.workstream_added": "casefile.sealed_case.workstream_added",
    "casefile.case.allocated": "casefile.sealed_case.allocated",
    "casefile.case.changed": "casefile.sealed_case.changed",
    "casefile.case.closed": "casefile.sealed_case.closed",
    "casefile.case.reopened": "casefile.sealed_case.reopened",
}


async def follow_decision(unit: UnitOfWork, decided: ContactDecided) -> None:
    """Open the household's case, or join the open one as a workstream. `NotYet` while the household is unknown.

    What is sealed opens or joins the household's sealed case, so that the one in the open stays as it was.
    """
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
    compartment = domain.compartment_of(decision.specialism)
    case = next((each for each in cases if each.state == "open" and each.compartment == compartment), None)
    if case is None:
        case = _opened(unit, household_id, compartment, decision.decided_at)
        unit.session.add(case)
        event = "casefile.case.opened"
    else:
        case.version += 1
        case.changed_at = decision.decided_at
        event = "casefile.case.workstream_added"
    new = strand(decision.decision_id, decision.outcome.value, decision.specialism, decision.statutory_service)
    case.workstreams = [*case.workstreams, new]
    case.decision_ids = [*case.decision_ids, decision.decision_id]
    case.layer = domain.strongest(case.workstreams)
    await announce(unit, event, case)


def _opened(unit: UnitOfWork, household_id: UUID, compartment: str, at: datetime) -> Case:
    return Case(
        id=new_id(),
        version=1,
        household_id=household_id,
        compartment=compartment,
        state="open",
        workstreams=[],
        decision_ids=[],
        episode=1,
        opened_at=at,
        opened_by=unit.cause.actor,
        changed_at=at,
        outcomes=[],
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
    case = await rows.load(unit, case_id, Part.FRONT, expected=expected)
    domain.check_step(case.state, "allocate")
    domain.check_allocation(account_manager, lead)
    if not await rows.is_inside(unit, case):
        # Else whoever may allocate could let themselves into any file by taking its case, whether somebody has it or
        # nobody. Of what nobody has, the inside is a manager's, and of those who met the household lately.
        if case.account_manager or case.lead:
            raise Forbidden("Somebody has this case: they or their manager give it to another")
        raise Forbidden("A manager, or whoever met the household lately, gives this case to somebody")
    await rows.check_receivers(unit, case, (("/account_manager", account_manager), ("/lead", lead)))
    return await give(unit, case, account_manager, lead)


@dataclass(frozen=True, slots=True)
class Gift:
    """A loaded case and who is its account manager, or lead, from now on; None stays as it is."""

    case: Case
    account_manager: str | None
    lead: str | None


async def give(unit: UnitOfWork, case: Case, account_manager: str | None, lead: str | None) -> Case:
    """Put a loaded case into other hands, its team with it; whoever had it is of the team no longer."""
    before = {case.account_manager, case.lead}
    await give_many(unit, [Gift(case, account_manager, lead)])
    await caseloads_changed(unit, {case.account_manager, case.lead, *before})
    return case


async def give_many(unit: UnitOfWork, gifts: Sequence[Gift]) -> None:
    """As `give`, for many cases with as many statements as for one; the caller tells the caseloads."""
    teams = await teams_of(unit, [gift.case for gift in gifts])
    now = clock.business_now()
    for gift in gifts:
        case, team = gift.case, teams[gift.case.id]
        for role, worker in ((domain.MANAGER, gift.account_manager), (domain.LEAD, gift.lead)):
            if worker and getattr(case, role) != worker:
                _end_places(unit, team, role)
                setattr(case, role, worker)
                place = _place(unit, case, worker, role)
                unit.session.add(place)
                team.append(place)
        if case.next_review_on is None:
            case.next_review_on = domain.first_review(clock.today())
        case.version, case.changed_at = case.version + 1, now
    await unit.session.flush()
    living = await membership.members_of(unit, {gift.case.household_id for gift in gifts})
    for gift in gifts:
        _say(unit, "casefile.case.allocated", gift.case, teams[gift.case.id], living[gift.case.household_id])


async def release(unit: UnitOfWork, case: Case, role: str) -> None:
    """Nobody is this case's account manager, or lead, any more. The caller announces."""
    _end_places(unit, await team_of(unit, case), role)
    setattr(case, role, None)


def _end_places(unit: UnitOfWork, team: list[CaseMember], role: str) -> None:
    for place in [each for each in team if each.role == role]:
        place.until, place.ended_by = clock.business_now(), unit.cause.actor
        team.remove(place)


def _place(unit: UnitOfWork, case: Case, worker: str, role: str) -> CaseMember:
    return CaseMember(
        id=new_id(),
        case_id=case.id,
        household_id=case.household_id,
        compartment=case.compartment,
        worker=worker,
        role=role,
        episode=case.episode,
        since=clock.business_now(),
        added_by=unit.cause.actor,
    )


async def team_of(unit: UnitOfWork, case: Case) -> list[CaseMember]:
    """Who is of the team around the household now, in the order they came."""
    return (await teams_of(unit, [case]))[case.id]


async def teams_of(unit: UnitOfWork, cases: Sequence[Case]) -> dict[UUID, list[CaseMember]]:
    """As `team_of`, for many cases."""
    await unit.session.flush()
    found: dict[UUID, list[CaseMember]] = {case.id: [] for case in cases}
    query = select(CaseMember).where(CaseMember.case_id.in_(found), CaseMember.until.is_(None))
    for place in await unit.session.scalars(query.order_by(CaseMember.since, CaseMember.id)):
        found[place.case_id].append(place)
    return found


async def add_member(unit: UnitOfWork, case_id: UUID, expected: int, worker: str, role: str) -> Case:
    """Somebody joins the team around the household, in a role of their own."""
    case = await rows.load(unit, case_id, expected=expected)
    domain.check_open(case.state)
    domain.check_member_role(role)
    await rows.check_receivers(unit, case, [("/worker", worker)])
    if any((each.worker, each.role) == (worker, role) for each in await team_of(unit, case)):
        raise Conflict("They are of this team in this role already", allowed=["end"])
    unit.session.add(_place(unit, case, worker, role))
    return await changed(unit, "casefile.case.changed", case, {worker})


async def end_member(unit: UnitOfWork, case_id: UUID, member_id: UUID, expected: int) -> Case:
    """Somebody leaves the team; that they were of it stays on record."""
    case = await rows.load(unit, case_id, expected=expected)
    domain.check_open(case.state)
    place = next((each for each in await team_of(unit, case) if each.id == member_id), None)
    if place is None:
        raise NotFound("Nobody of this team has such a place")
    domain.check_member_role(place.role)
    place.until, place.ended_by = clock.business_now(), unit.cause.actor
    return await changed(unit, "casefile.case.changed", case, {place.worker})


async def rate(unit: UnitOfWork, case_id: UUID, expected: int, rag: domain.Rag, reason: str | None) -> Case:
    """Say how urgent a case is."""
    case = await rows.load(unit, case_id, expected=expected)
    domain.check_open(case.state)
    domain.check_rating(rag, reason)
    case.rag, case.rag_reason = rag.value, reason
    return await changed(unit, "casefile.case.changed", case)


async def review(
    unit: UnitOfWork, case_id: UUID, expected: int, words: str, rag: domain.Rag | None, next_review_on: date
) -> Case:
    """Keep a review: what was found, how urgent it is now, and when it is looked at again."""
    case = await rows.load(unit, case_id, expected=expected)
    domain.check_open(case.state)
    domain.check_next_review(next_review_on, clock.today())
    if rag is not None:
        domain.check_rating(rag, words)
        case.rag, case.rag_reason = rag.value, words
    case.next_review_on = next_review_on
    unit.session.add(
        CaseReview(
            id=new_id(),
            case_id=case.id,
            episode=case.episode,
            at=clock.business_now(),
            by=unit.cause.actor,
            words=words,
            rag=rag.value if rag else None,
            next_review_on=next_review_on,
        )
    )
    return await changed(unit, "casefile.case.changed", case)


async def changed(unit: UnitOfWork, event: str, case: Case, also: Iterable[str | None] = ()) -> Case:
    """A new version of a loaded case, announced, with the caseloads it changes; `also`: of those who had it before."""
    case.version += 1
    case.changed_at = clock.business_now()
    await announce(unit, event, case, also)
    return case


async def announce(unit: UnitOfWork, event: str, case: Case, also: Iterable[str | None] = ()) -> None:
    """Tell what became of the case, under a name of its own where it is sealed."""
    team = await team_of(unit, case)
    living = await membership.members_of(unit, [case.household_id])
    _say(unit, event, case, team, living[case.household_id])
    holders = {case.account_manager, case.lead} - {None}
    await caseloads_changed(unit, {*(holders or {None}), *also})


def _say(unit: UnitOfWork, event: str, case: Case, team: Iterable[CaseMember], living: Iterable[UUID]) -> None:
    type_ = _SEALED[event] if case.compartment else event
    unit.emit(type_, state_of(case, team), aggregate_id=case.id, sequence=case.version)
    unit.accessed(f"case/{case.id}", living)


async def caseloads_changed(unit: UnitOfWork, workers: Iterable[str | None]) -> None:
    """Tell that what these workers hold changed (None: what nobody holds), so that open pages read it again.

    Which case, nobody is told. Numbered by a sequence and not by a row: two allocations never wait for each other.
    """
    whose = sorted({each or "" for each in workers})
    if not whose:
        return
    turns = func.generate_series(1, len(whose)).table_valued("turn")
    numbers = (await unit.session.scalars(select(caseload_changes.next_value()).select_from(turns))).all()
    for worker, number in zip(whose, sorted(numbers), strict=True):
        unit.emit(
            "casefile.caseload.changed",
            CaseloadChanged(worker_id=worker or None, changed_at=clock.business_now()),
            aggregate_id=subject_for("caseload", worker),
            sequence=number,
        )


def state_of(case: Case, team: Iterable[CaseMember]) -> CaseState:
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
        compartment=case.compartment or None,
        rag=case.rag,
        next_review_on=case.next_review_on,
        team=tuple(TeamPlace(worker_id=each.worker, role=each.role) for each in team),
        changed_at=case.changed_at,
    )


def strand(id_: UUID, layer: str, specialism: str | None, statutory_service: str | None) -> dict[str, Any]:
    """A workstream as the case keeps it; `id_` is the decision's, or the step's that brought it."""
    return {
        "decision_id": str(id_),
        "layer": layer,
        "specialism": specialism,
        "statutory_service": statutory_service,
        "ended_on": None,
    }
