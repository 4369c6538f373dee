"""Reads of schemes: one, lists, appraisals, scenarios side by side, and the programme as it stood on a day."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import NotFound, invalid
from kit.store.unit import UnitOfWork
from services.housing.schemes import domain, planning
from services.housing.schemes.domain import Milestone, State
from services.housing.schemes.models import Scheme, SchemeGateway, SchemeHandover, SchemeScenario
from services.housing.schemes.rows import load
from services.housing.schemes.scenarios import Summary, difference, summarise
from services.housing.schemes.shapes import (
    AppraisalView,
    Change,
    Comparison,
    GatewayView,
    HandoverView,
    NewScenario,
    ProgrammeView,
    ScenarioView,
    SchemeListed,
    SchemeView,
    SummaryView,
    YearView,
)


def view(row: Scheme) -> SchemeView:
    """As it is shown."""
    shown = SchemeView.model_validate(row)
    shown.shares = dict(domain.shares(row.mix_lines))
    may = domain.next_milestones(row.reached, len(row.phases))
    shown.allowed = [f"{milestone}:{phase}" for milestone, phase in may]
    return shown


async def scheme(unit: UnitOfWork, scheme_id: UUID) -> SchemeView:
    """One of them."""
    return view(await load(unit, scheme_id))


async def schemes(unit: UnitOfWork, state: State | None, place: Sequence[Any] | None, most: int) -> list[SchemeListed]:
    """Up to `most` after `place`, the oldest first."""
    query = select(Scheme)
    if state is not None:
        query = query.where(Scheme.state == state)
    if place is not None:
        query = query.where(tuple_(Scheme.made_at, Scheme.id) > (datetime.fromisoformat(place[0]), UUID(place[1])))
    rows = await unit.session.scalars(query.order_by(Scheme.made_at, Scheme.id).limit(most))
    return [SchemeListed.model_validate(row) for row in rows]


def place_of(shown: SchemeListed) -> list[Any]:
    """Where it stands in the list."""
    return [shown.made_at.isoformat(), str(shown.id)]


async def appraisal(unit: UnitOfWork, scheme_id: UUID, waiting: Mapping[int, int]) -> AppraisalView:
    """The cash flow of a scheme as it is planned."""
    return planning.appraisal(planning.plan_of(await load(unit, scheme_id)), waiting)


async def comparison(unit: UnitOfWork, scheme_id: UUID, waiting: Mapping[int, int]) -> Comparison:
    """The plan and every scenario kept of it, side by side."""
    row = await load(unit, scheme_id)
    base, _ = summarise(planning.plan_of(row), waiting)
    query = select(SchemeScenario).where(SchemeScenario.scheme_id == scheme_id).order_by(SchemeScenario.made_at)
    kept = (await unit.session.scalars(query.limit(50))).all()
    shown = [_scenario(row, base, each.name, Change.model_validate(each.change), waiting, each.id) for each in kept]
    return Comparison(scheme_id=scheme_id, plan=SummaryView.model_validate(base), scenarios=shown)


async def tried(unit: UnitOfWork, scheme_id: UUID, new: NewScenario, waiting: Mapping[int, int]) -> ScenarioView:
    """What a scenario would come to; nothing is kept."""
    row = await load(unit, scheme_id)
    base, _ = summarise(planning.plan_of(row), waiting)
    return _scenario(row, base, new.name, new.change, waiting, None)


async def kept(unit: UnitOfWork, scenario: SchemeScenario, waiting: Mapping[int, int]) -> ScenarioView:
    """A scenario that was kept, with what it comes to."""
    row = await load(unit, scenario.scheme_id)
    base, _ = summarise(planning.plan_of(row), waiting)
    return _scenario(row, base, scenario.name, Change.model_validate(scenario.change), waiting, scenario.id)


def _scenario(
    row: Scheme, base: Summary, name: str, change: Change, waiting: Mapping[int, int], id_: UUID | None
) -> ScenarioView:
    summary, _ = summarise(planning.changed(planning.plan_of(row), change), waiting)
    return ScenarioView(
        id=id_,
        name=name,
        change=change.model_dump(mode="json", exclude_none=True),
        summary=SummaryView.model_validate(summary),
        difference=difference(base, summary),
    )


async def gateways(unit: UnitOfWork, scheme_id: UUID, place: Sequence[Any] | None, most: int) -> list[GatewayView]:
    """Decisions about a scheme, in order, with the figures that were seen."""
    await load(unit, scheme_id)
    query = select(SchemeGateway).where(SchemeGateway.scheme_id == scheme_id)
    if place is not None:
        past = tuple_(SchemeGateway.decided_at, SchemeGateway.id) > (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(past)
    rows = await unit.session.scalars(query.order_by(SchemeGateway.decided_at, SchemeGateway.id).limit(most))
    return [GatewayView.model_validate(row) for row in rows]


async def handovers(unit: UnitOfWork, scheme_id: UUID, place: Sequence[Any] | None, most: int) -> list[HandoverView]:
    """What was handed over of a scheme, in order."""
    await load(unit, scheme_id)
    query = select(SchemeHandover).where(SchemeHandover.scheme_id == scheme_id)
    if place is not None:
        past = tuple_(SchemeHandover.made_at, SchemeHandover.id) > (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(past)
    rows = await unit.session.scalars(query.order_by(SchemeHandover.made_at, SchemeHandover.id).limit(most))
    return [HandoverView.model_validate(row) for row in rows]


async def programme(unit: UnitOfWork, on: date, *, money: bool) -> ProgrammeView:
    """The programme as it stood on a day: played back from the gateways that were passed by then.

    A day to come is played forward: phases are taken to start and to be complete when they are planned to.
    """
    rows = (await unit.session.scalars(select(Scheme).order_by(Scheme.code))).all()
    today = clock.today()
    states: Counter[State] = Counter()
    all_shares: Counter[str] = Counter()
    finished_shares: Counter[str] = Counter()
    years: dict[int, YearView] = {}
    on_site = completed = 0
    jobs: dict[str, dict[str, int]] = {}
    for row in rows:
        states[domain.state_of(row.reached, len(row.phases), stopped=row.state == State.STOPPED, on=on)] += 1
        all_shares.update(domain.shares(row.mix_lines))
        for each in row.jobs:
            told = jobs.setdefault(each["kind"], {"promised": 0, "delivered": 0})
            told["promised"] += each["promised"]
            told["delivered"] += each["delivered"]
        if row.state == State.STOPPED:
            continue
        for phase in row.phase_list:
            lines = [line for line in row.mix_lines if line.phase == phase.number]
            homes = sum(line.homes for line in lines)
            started = _day(row, Milestone.START_ON_SITE, phase.number, phase.starts_on, today)
            done = _day(row, Milestone.PRACTICAL_COMPLETION, phase.number, phase.completes_on, today)
            if started is not None:
                _year(years, started).started += homes
            if done is None:
                continue
            year = _year(years, done)
            year.completed += homes
            of_phase = domain.shares(lines)
            for name, count in of_phase.items():
                year.completed_by_share[name] = year.completed_by_share.get(name, 0) + count
            if done <= on:
                completed += homes
                finished_shares.update(of_phase)
            elif started is not None and started <= on:
                on_site += homes
    figures = []
    for row in rows if money else ():
        if row.state != State.STOPPED:
            figures.append(summarise(planning.plan_of(row), {})[0])
            # Sums of many schemes: others are let in between.
            await asyncio.sleep(0)
    unit.accessed("scheme/programme")
    return ProgrammeView(
        on=on,
        schemes=len(rows),
        states=dict(states),
        homes_planned=sum(row.homes_planned for row in rows),
        demolished=sum(row.homes_demolished for row in rows),
        shares=dict(all_shares),
        on_site=on_site,
        completed=completed,
        completed_by_share=dict(finished_shares),
        handed_over=sum(row.handed_over for row in rows),
        years=[years[each] for each in sorted(years)],
        jobs=jobs,
        income_year_pence=sum(each.income_year_pence for each in figures) if money else None,
        surplus_year_pence=sum(each.surplus_year_pence for each in figures) if money else None,
        npv_pence=sum(each.npv_pence for each in figures) if money else None,
    )


def _day(row: Scheme, milestone: Milestone, phase: int, planned: date, today: date) -> date | None:
    """When a phase passed a gateway, or is planned to; None for one that is late and has no new day."""
    for each in row.reached:
        if (each.milestone, each.phase) == (milestone, phase):
            return each.reached_on
    return planned if planned > today else None


def _year(years: dict[int, YearView], day: date) -> YearView:
    year = day.year if day >= date(day.year, 4, 1) else day.year - 1
    return years.setdefault(year, YearView(year=year, started=0, completed=0, completed_by_share={}))


# For the other parts of housing.


async def check_exists(unit: UnitOfWork, scheme_id: UUID, pointer: str | None = None) -> None:
    """`NotFound` when there is no such scheme; `Invalid` at `pointer` where somebody typed it."""
    if await unit.session.scalar(select(Scheme.id).where(Scheme.id == scheme_id)) is None:
        if pointer is not None:
            raise invalid(pointer, "We know of no such scheme.", "known-scheme")
        raise NotFound("We know of no such scheme")


async def council_homes(unit: UnitOfWork, scheme_id: UUID) -> dict[int, int]:
    """The council-equivalent homes a scheme plans, by bedrooms: what rights to return are met with."""
    row = await unit.session.get(Scheme, scheme_id)
    found: Counter[int] = Counter()
    for line in row.mix_lines if row is not None else ():
        if line.tenure in domain.COUNCIL_EQUIVALENT:
            found[line.bedrooms] += line.homes
    return dict(found)
