"""Reads of the homelessness return: checks of one case, the cases of a quarter, its figures, its files."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select, tuple_

from kit import clock
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.cases.rows import load, on_record, people_of, visible_to
from services.housing.returns.hclic import coverage, reading, writing
from services.housing.returns.hclic.case import Case
from services.housing.returns.hclic.checks import Finding, findings
from services.housing.returns.hclic.codes import every_version, on
from services.housing.returns.hclic.coverage import Quarter
from services.housing.returns.hclic.gathering import Whole, whole
from services.housing.returns.hclic.models import HclicReturn
from services.housing.returns.hclic.shapes import (
    CaseChecks,
    CaseInReturn,
    CodesView,
    FieldFindings,
    HandoverView,
    ListView,
    Reason,
    Row,
    Summary,
    Table,
    ValueView,
    view_of,
)

_CHUNK: Final = 200


async def checks_of(unit: UnitOfWork, case_id: UUID) -> CaseChecks:
    """What is wrong with one case today; `NotFound` also for one that may not be shown."""
    row = await load(unit, case_id)
    on_record(unit, row)
    (case,) = await reading.whole(unit, [row])
    today = clock.today()
    of = coverage.quarter_of(today)
    counted = coverage.inclusion(case, of)
    return CaseChecks(
        case_id=row.id,
        quarter=of.code,
        included=counted.included,
        reasons=list(counted.reasons),
        findings=[view_of(each) for each in findings(case, on(today), today)],
    )


async def cases(
    unit: UnitOfWork,
    of: Quarter,
    included: bool | None,
    with_errors: bool,
    place: Sequence[Any] | None,
    most: int,
) -> Sequence[CaseInReturn]:
    """Cases of a quarter in the order they came, those in and those out, each with why."""
    order = (HomelessnessCase.made_on, HomelessnessCase.id)
    today, codes = clock.today(), on(of.last)
    shown: list[CaseInReturn] = []
    people: set[UUID] = set()
    while len(shown) < most:
        query = reading.touched(of.first, of.last).where(visible_to(unit.cause))
        if place is not None:
            query = query.where(tuple_(*order) > (date.fromisoformat(place[0]), UUID(place[1])))
        rows = (await unit.session.scalars(query.order_by(*order).limit(_CHUNK))).all()
        for row, case in zip(rows, await reading.whole(unit, rows), strict=True):
            view = _case(case, of, findings(case, codes, today))
            if (included is None or view.included is included) and (view.errors or not with_errors):
                shown.append(view)
                people |= set(people_of(row))
        if len(rows) < _CHUNK:
            break
        place = [rows[-1].made_on.isoformat(), str(rows[-1].id)]
    unit.accessed("h_clic_cases", people)
    return shown[:most]


def place_of(shown: CaseInReturn) -> list[Any]:
    """Where a case stands in the list."""
    return [shown.made_on.isoformat(), str(shown.case_id)]


def _case(case: Case, of: Quarter, found: Sequence[Finding]) -> CaseInReturn:
    counted = coverage.inclusion(case, of)
    return CaseInReturn(
        case_id=case.id,
        made_on=case.made_on,
        position=case.position,
        closed_on=case.closed_on,
        included=counted.included,
        reasons=list(counted.reasons),
        sections=list(coverage.sections_of(case, counted)) if counted.included else [],
        errors=sum(each.severity == "error" for each in found),
        warnings=sum(each.severity == "warning" for each in found),
        findings=[view_of(each) for each in found],
    )


async def summary(unit: UnitOfWork, of: Quarter) -> Summary:
    """A quarter in figures."""
    made = await whole(unit, of)
    broken: Counter[tuple[str, str, str]] = Counter()
    for found in made.findings:
        broken.update({(each.rule, each.severity, each.section) for each in found})
    return Summary(
        quarter=of.code,
        title=of.title,
        since=of.first,
        until=of.last,
        data_requirement=made.codes.version,
        source=made.codes.source,
        validity=writing.UNCHECKED,
        included=len(made.cases),
        excluded=sum(made.out.values()),
        excluded_because=[Reason(reason=reason, cases=number) for reason, number in sorted(made.out.items())],
        stays_without_case=await reading.stays_without_case(unit, of.first, of.last),
        errors=made.errors,
        warnings=made.warnings,
        cases_with_errors=sum(any(each.severity == "error" for each in found) for found in made.findings),
        broken=[
            FieldFindings(rule=rule, severity=severity, section=section, cases=number)
            for (rule, severity, section), number in sorted(broken.items())
        ],
        tables=_tables(made),
    )


def _tables(made: Whole) -> list[Table]:
    """Published tables out of the very cases of the file, so that they cannot tell two stories."""
    of, cases_ = made.of, made.cases
    counts: dict[tuple[str, str], list[str | None]] = {
        (f"A2{letter}", "REASONLOSS"): [
            case.assessment.loss_reason
            for case in cases_
            for duty in case.of(name)
            if of.holds(duty.started_on) and case.assessment
        ]
        for letter, name in (("P", "prevention"), ("R", "relief"))
    }
    for table, name, field in (("P1", "prevention", "PREVENTION_END"), ("R1", "relief", "RELIEF_END")):
        counts[table, field] = [duty.end_word for case in cases_ for duty in case.of(name) if of.holds(duty.ended_on)]
    decided = [case for case in cases_ if (found := case.decision("md1")) is not None and of.holds(found.on)]
    counts["MD1", "FINAL_DECISION"] = [found.counts_as for case in decided if (found := case.decision("md1"))]
    counts["MD2", "MAIN_END"] = [
        duty.end_reason for case in cases_ for duty in case.of("main") if of.holds(duty.ended_on)
    ]
    counts["MD3", "PRIORITY_NEED"] = [
        case.assessment.priority_category
        for case in cases_
        for duty in case.of("main")
        if of.holds(duty.started_on) and case.assessment
    ]
    tables = []
    for (table, field), words in counts.items():
        listed = made.codes.lists[field]
        number = Counter(made.codes.of(field, word) for word in words)
        rows = [Row(code=each.code, title=each.title, cases=number[each.code]) for each in listed.values]
        tables.append(Table(table=table, title=listed.title, rows=rows))
    return tables


async def handovers(unit: UnitOfWork, place: Sequence[Any] | None, most: int) -> Sequence[HandoverView]:
    """Returns that were handed over, the newest first."""
    order = (HclicReturn.made_at, HclicReturn.id)
    query = select(HclicReturn)
    if place is not None:
        query = query.where(tuple_(*order) < (datetime.fromisoformat(place[0]), UUID(place[1])))
    newest = query.order_by(*(each.desc() for each in order)).limit(most)
    return [HandoverView.model_validate(row) for row in await unit.session.scalars(newest)]


async def handover(unit: UnitOfWork, handover_id: UUID) -> HandoverView:
    """One of them."""
    row = await unit.session.get(HclicReturn, handover_id)
    if row is None:
        raise NotFound("We know of no such return")
    return HandoverView.model_validate(row)


def place_of_handover(shown: HandoverView) -> list[Any]:
    """Where a return stands in the list."""
    return [shown.made_at.isoformat(), str(shown.id)]


def codes_of() -> list[CodesView]:
    """The code lists, every version, with where they come from."""
    return [
        CodesView(
            version=each.version,
            since=each.since,
            source=each.source,
            lists=[
                ListView(
                    field=listed.field,
                    title=listed.title,
                    name_is_published=listed.seen,
                    values=[
                        ValueView(code=value.code, title=value.title, ours=list(value.ours)) for value in listed.values
                    ],
                )
                for listed in each.lists.values()
            ],
        )
        for each in every_version()
    ]
