"""Writes of schemes: record, change, pass gateways, promise and deliver jobs, hand homes over."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kit import clock
from kit.contracts.housing import estates
from kit.errors import Conflict, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.housing.homes import commands as homes
from services.housing.homes.domain import HomeState, Landlord, RentRegime, Vacancy
from services.housing.homes.shapes import NewHome
from services.housing.schemes import domain, planning
from services.housing.schemes.domain import GOES_ON, Milestone, Reached, State, Tenure
from services.housing.schemes.models import Scheme, SchemeGateway, SchemeHandover, SchemeScenario
from services.housing.schemes.rows import load
from services.housing.schemes.shapes import (
    FinishedHome,
    Gateway,
    JobsDelivered,
    JobsPromised,
    MixPlan,
    NewHandover,
    NewScenario,
    NewScheme,
    Programme,
    ProgrammeLoaded,
    Promise,
    SchemeChange,
)


async def record(unit: UnitOfWork, new: NewScheme) -> Scheme:
    """One scheme. `Conflict` when its code was used; `Invalid` for a programme that does not hang together."""
    row = _made(unit, new)
    unit.session.add(row)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict(f"A scheme with the code {new.code} stands already") from None
    unit.accessed(f"scheme/{row.id}")
    _announce(unit, row, "housing.scheme.changed")
    return row


async def load_programme(unit: UnitOfWork, programme: Programme) -> ProgrammeLoaded:
    """Many schemes at once; one whose code stands is left as it is, so that a second time changes nothing."""
    codes = [each.code for each in programme.schemes]
    if len(set(codes)) < len(codes):
        raise invalid("/schemes", "A code stands twice.", "once")
    stand = select(Scheme.code, Scheme.id).where(Scheme.code.in_(codes))
    stood = {row.code: row.id for row in (await unit.session.execute(stand)).all()}
    made = [_made(unit, each) for each in programme.schemes if each.code not in stood]
    unit.session.add_all(made)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("One of these schemes was recorded at the same moment: try again") from None
    unit.accessed("scheme/programme")
    for row in made:
        _announce(unit, row, "housing.scheme.changed")
    return ProgrammeLoaded(made={row.code: row.id for row in made}, stood=stood)


def _made(unit: UnitOfWork, new: NewScheme) -> Scheme:
    phases = [each.as_phase() for each in new.phases]
    domain.check(phases, [each.as_unit().line for each in new.mix])
    reached: list[Reached] = []
    for each in sorted(new.passed, key=lambda each: (each.reached_on, list(Milestone).index(each.milestone))):
        step = Reached(each.milestone, each.phase, each.reached_on)
        domain.check_reach(reached, step, len(phases), clock.today())
        reached.append(step)
    now = clock.business_now()
    row = Scheme(
        id=new_id(),
        version=1,
        code=new.code,
        name=new.name,
        ward=new.ward,
        state=domain.state_of(reached, len(phases), stopped=False),
        land=new.land.model_dump(mode="json"),
        assumptions=new.assumptions.model_dump(mode="json"),
        milestones=[_kept(each) for each in reached],
        jobs=[_promise(each, 0) for each in new.jobs],
        handed_over=0,
        made_by=unit.cause.actor,
        made_at=now,
        changed_at=now,
    )
    _plan(row, [each.model_dump(mode="json") for each in new.phases], new.mix)
    return row


def _plan(row: Scheme, phases: list[Any], mix: Sequence[MixPlan]) -> None:
    row.phases = phases
    row.mix = [each.model_dump(mode="json") for each in mix]
    row.homes_planned = sum(each.homes for each in mix)
    row.homes_demolished = sum(each["demolished"] for each in phases)


def _kept(step: Reached) -> dict[str, Any]:
    return {"milestone": step.milestone, "phase": step.phase, "reached_on": step.reached_on.isoformat()}


def _promise(promise: Promise, delivered: int) -> dict[str, Any]:
    return {**promise.model_dump(mode="json"), "delivered": delivered, "deliveries": []}


def _touch(row: Scheme) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()


def _announce(unit: UnitOfWork, row: Scheme, event: str) -> None:
    mix: Counter[tuple[int, str]] = Counter()
    for line in row.mix:
        mix[line["bedrooms"], line["tenure"]] += line["homes"]
    state = estates.SchemeState(
        scheme_id=row.id,
        state=row.state,
        ward=row.ward,
        demolished=row.homes_demolished,
        built=row.homes_planned,
        handed_over=row.handed_over,
        mix=tuple(
            estates.HomesPlanned(bedrooms=bedrooms, tenure=tenure, homes=homes)
            for (bedrooms, tenure), homes in sorted(mix.items())
        ),
        milestones=tuple(
            estates.Milestone(milestone=each.milestone, phase=each.phase, reached_on=each.reached_on)
            for each in row.reached
        ),
        jobs=tuple(
            estates.JobsState(kind=each["kind"], promised=each["promised"], delivered=each["delivered"])
            for each in row.jobs
        ),
        changed_at=row.changed_at,
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)


async def change(unit: UnitOfWork, scheme_id: UUID, expected: int, asked: SchemeChange) -> Scheme:
    """Another plan. `Conflict` where a phase that is on site would get another mix; a stopped scheme is not changed."""
    row = await load(unit, scheme_id, expected)
    _check_running(row)
    phases = row.phases if asked.phases is None else [each.model_dump(mode="json") for each in asked.phases]
    mix = [MixPlan.model_validate(each) for each in row.mix] if asked.mix is None else asked.mix
    before = {(line.phase, line.bedrooms, line.tenure, line.homes) for line in row.mix_lines}
    _plan(row, phases, mix)
    domain.check(row.phase_list, row.mix_lines)
    after = {(line.phase, line.bedrooms, line.tenure, line.homes) for line in row.mix_lines}
    started = {each.phase for each in row.reached if each.milestone is Milestone.START_ON_SITE}
    fixed = sorted({phase for phase, *_ in before ^ after} & started)
    if fixed:
        raise Conflict(f"Phase {fixed[0]} is on site: its mix stands", state=row.state, allowed=["assumptions"])
    if asked.name is not None:
        row.name = asked.name
    if asked.land is not None:
        row.land = asked.land.model_dump(mode="json")
    if asked.assumptions is not None:
        row.assumptions = asked.assumptions.model_dump(mode="json")
    _touch(row)
    _announce(unit, row, "housing.scheme.changed")
    return row


def _check_running(row: Scheme) -> None:
    if row.state == State.STOPPED:
        raise Conflict("This scheme was stopped", state=row.state, allowed=[])


async def pass_gateway(unit: UnitOfWork, scheme_id: UUID, expected: int, asked: Gateway) -> SchemeGateway:
    """A decision at a gateway, on the appraisal as it stands: its digest is kept with it.

    A stopped scheme is taken up again at the gateway it stopped before, with the reason in words.
    """
    row = await load(unit, scheme_id, expected)
    if row.state == State.STOPPED and not (asked.decision in GOES_ON and asked.words):
        may = [f"{milestone}:{phase}" for milestone, phase in domain.next_milestones(row.reached, len(row.phases))]
        raise Conflict("This scheme was stopped: whoever takes it up again says why", state=row.state, allowed=may)
    step = Reached(asked.milestone, asked.phase, asked.reached_on)
    domain.check_reach(row.reached, step, len(row.phases), clock.today())
    domain.check_advice(asked.milestone, asked.advice, asked.decision, asked.words)
    figures, digest = planning.figures(planning.plan_of(row))
    decided = SchemeGateway(
        id=new_id(),
        scheme_id=row.id,
        milestone=asked.milestone,
        phase=asked.phase,
        reached_on=asked.reached_on,
        advice=asked.advice,
        advice_words=asked.advice_words,
        decision=asked.decision,
        words=asked.words,
        figures=figures,
        digest=digest,
        decided_by=unit.cause.actor,
        decided_at=clock.business_now(),
    )
    unit.session.add(decided)
    passed = asked.decision in GOES_ON
    if passed:
        row.milestones = [*row.milestones, _kept(step)]
    row.state = domain.state_of(row.reached, len(row.phases), stopped=asked.decision == "stop")
    _touch(row)
    _announce(unit, row, "housing.scheme.milestone_reached" if passed else "housing.scheme.changed")
    return decided


async def promise_jobs(unit: UnitOfWork, scheme_id: UUID, expected: int, asked: JobsPromised) -> Scheme:
    """Jobs, apprenticeships, affordable space: promised. A smaller promise than stands needs its reason in words."""
    row = await load(unit, scheme_id, expected)
    _check_running(row)
    stands = {each["kind"]: each for each in row.jobs}
    for place, promise in enumerate(asked.promises):
        before = stands.get(promise.kind)
        if before is not None and promise.promised < before["promised"] and not asked.words:
            detail = f"{before['promised']} were promised: say why it is fewer now."
            raise invalid(f"/promises/{place}/promised", detail, "a-promise-stands")
        new = _promise(promise, before["delivered"] if before else 0)
        stands[promise.kind] = {**new, "deliveries": before["deliveries"] if before else []}
    row.jobs = list(stands.values())
    _touch(row)
    _announce(unit, row, "housing.scheme.jobs_committed")
    return row


async def deliver_jobs(unit: UnitOfWork, scheme_id: UUID, expected: int, asked: JobsDelivered) -> Scheme:
    """So many came about, on evidence. `Conflict` for a kind that nobody promised."""
    row = await load(unit, scheme_id, expected)
    if asked.on > clock.today():
        raise invalid("/on", "This day has not come yet.", "not-in-future")
    if asked.kind not in {each["kind"] for each in row.jobs}:
        raise Conflict(f"No {asked.kind.replace('_', ' ')} was promised", allowed=[each["kind"] for each in row.jobs])
    line = {"delivered": asked.delivered, "on": asked.on.isoformat(), "evidence": asked.evidence}
    row.jobs = [
        {**each, "delivered": each["delivered"] + asked.delivered, "deliveries": [*each["deliveries"], line]}
        if each["kind"] == asked.kind
        else each
        for each in row.jobs
    ]
    _touch(row)
    _announce(unit, row, "housing.scheme.changed")
    return row


async def keep_scenario(unit: UnitOfWork, scheme_id: UUID, new: NewScenario) -> SchemeScenario:
    """A scenario to be compared. `Invalid` when it does not fit; `Conflict` when its name is taken."""
    row = await load(unit, scheme_id)
    planning.changed(planning.plan_of(row), new.change)
    kept = SchemeScenario(
        id=new_id(),
        scheme_id=row.id,
        name=new.name,
        change=new.change.model_dump(mode="json", exclude_none=True),
        made_by=unit.cause.actor,
        made_at=clock.business_now(),
    )
    unit.session.add(kept)
    try:
        await unit.session.flush()
    except IntegrityError:
        raise Conflict("A scenario with this name stands already: give this one another") from None
    return kept


async def hand_over(unit: UnitOfWork, scheme_id: UUID, expected: int, new: NewHandover) -> SchemeHandover:
    """Finished homes come to lettings: those to be let are available from this moment, those to be sold are not.

    `Conflict` before the phase is practically complete; `Invalid` for homes the mix does not have.
    """
    row = await load(unit, scheme_id, expected)
    _check_running(row)
    complete = next(
        (
            each.reached_on
            for each in row.reached
            if (each.milestone, each.phase) == (Milestone.PRACTICAL_COMPLETION, new.phase)
        ),
        None,
    )
    if complete is None:
        raise Conflict(
            f"Phase {new.phase} is not practically complete",
            state=row.state,
            allowed=[
                f"{milestone}:{phase}" for milestone, phase in domain.next_milestones(row.reached, len(row.phases))
            ],
        )
    if not complete <= new.handed_over_on <= clock.today():
        raise invalid("/handed_over_on", f"From {complete.isoformat()} to today.", "order-of-days")
    brought = Counter((each.bedrooms, each.tenure) for each in new.homes)
    domain.check_handover(row.mix_lines, new.phase, brought, await _handed_over(unit, row.id, new.phase))
    made = [_home(each, row.ward, new) for each in new.homes if each.tenure is not Tenure.MARKET_SALE]
    home_ids = await homes.record_many(unit, made, scheme_id=row.id)
    now = clock.business_now()
    handover = SchemeHandover(
        id=new_id(),
        scheme_id=row.id,
        phase=new.phase,
        handed_over_on=new.handed_over_on,
        home_ids=home_ids,
        kinds=[
            {"bedrooms": bedrooms, "tenure": tenure, "homes": count}
            for (bedrooms, tenure), count in sorted(brought.items())
        ],
        made_by=unit.cause.actor,
        made_at=now,
    )
    unit.session.add(handover)
    row.handed_over += len(new.homes)
    _touch(row)
    _announce(unit, row, "housing.scheme.changed")
    state = estates.HomesHandedOver(
        handover_id=handover.id,
        scheme_id=row.id,
        phase=new.phase,
        home_ids=tuple(home_ids),
        handed_over_on=new.handed_over_on,
        changed_at=now,
    )
    unit.emit("housing.homes.handed_over", state, aggregate_id=handover.id, sequence=1)
    return handover


async def _handed_over(unit: UnitOfWork, scheme_id: UUID, phase: int) -> Counter[tuple[int, Tenure]]:
    query = select(SchemeHandover.kinds).where(SchemeHandover.scheme_id == scheme_id, SchemeHandover.phase == phase)
    found: Counter[tuple[int, Tenure]] = Counter()
    for kinds in await unit.session.scalars(query):
        for each in kinds:
            found[each["bedrooms"], Tenure(each["tenure"])] += each["homes"]
    return found


def _home(finished: FinishedHome, ward: str | None, new: NewHandover) -> NewHome:
    details = finished.model_dump(exclude={"tenure"})
    # Sold by shares: it stands in the books, and nobody is offered it.
    state = HomeState.VOID if finished.tenure is Tenure.SHARED_OWNERSHIP else HomeState.AVAILABLE
    return NewHome(
        **{**details, "landlord": Landlord(finished.landlord)},
        ward=ward,
        rent_regime=RentRegime(finished.tenure.value),
        built_on=new.handed_over_on,
        state=state,
        void_since=new.handed_over_on,
        vacancy=Vacancy.FIRST_LET_NEW_BUILD,
    )
