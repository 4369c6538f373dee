"""Writes of benefit checks and claims."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from kit import clock
from kit.contracts.casefile.money import BenefitClaimState
from kit.errors import NotFound, invalid
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.money.benefits import domain, rows
from services.casefile.money.benefits.check import BetterOff, Local, Result, Work, better_off, run
from services.casefile.money.benefits.circumstances import Circumstances
from services.casefile.money.benefits.housing import LocalRates
from services.casefile.money.benefits.local_reduction import LocalScheme
from services.casefile.money.benefits.models import BenefitCheck, BenefitClaim
from services.casefile.money.localtables import queries as localtables
from services.casefile.money.people import home_of, work_on

_JSON = TypeAdapter(dict[str, Any])


async def check(unit: UnitOfWork, person_id: UUID, household_id: UUID | None, told: Circumstances) -> BenefitCheck:
    """Work it out and keep it as it was worked out."""
    await work_on(unit, person_id)
    result = run(told, await local_tables(unit, told))
    row = BenefitCheck(
        id=new_id(),
        version=1,
        person_id=person_id,
        household_id=await home_of(unit, person_id, household_id),
        counts_for=told.on,
        circumstances=_JSON.dump_python(asdict(told), mode="json"),
        result=as_json(result),
        month_pence=result.month_pence,
        complete=result.complete,
        done_by=unit.cause.actor,
        done_at=clock.business_now(),
    )
    unit.session.add(row)
    await unit.session.flush()
    unit.accessed(f"benefit_check/{row.id}", [row.person_id])
    return row


async def in_work(unit: UnitOfWork, told: Circumstances, job: Work) -> BetterOff:
    """With a job against as now. Nothing is kept: it is about nobody until somebody asks for a check."""
    if not 0 <= job.adult < len(told.adults):
        raise invalid("/job/adult", "Which of the adults, counted from 0.", "adult")
    return better_off(told, job, await local_tables(unit, told))


def as_json(result: Result) -> dict[str, Any]:
    """The whole result as it is kept and shown."""
    kept: dict[str, Any] = _JSON.dump_python(
        {
            "label": result.label,
            "month_pence": result.month_pence,
            "complete": result.complete,
            "missing": list(result.missing),
            "estimates": [asdict(each) for each in result.estimates],
            "gains": [{**asdict(each), "more_pence": each.more_pence} for each in result.gains],
        },
        mode="json",
    )
    return kept


async def local_tables(unit: UnitOfWork, told: Circumstances) -> Local:
    """The tables that were loaded for where they live."""
    lha, scheme = None, None
    if told.home.lha_area is not None:
        row = await localtables.standing(unit, "lha", told.home.lha_area, told.on)
        lha = LocalRates(row.area, row.effective_from, row.source, row.figures) if row else None
    if told.council is not None:
        row = await localtables.standing(unit, "council_tax_reduction", told.council, told.on)
        scheme = LocalScheme(row.area, row.effective_from, row.source, row.figures) if row else None
    return Local(lha, scheme)


@dataclass(frozen=True, slots=True)
class NewClaim:
    """A claim that was made with somebody's help."""

    benefit: str
    started_on: date
    check_id: UUID | None = None
    reference: str | None = None


async def start(unit: UnitOfWork, person_id: UUID, household_id: UUID | None, told: NewClaim) -> BenefitClaim:
    """A claim was made."""
    await work_on(unit, person_id)
    domain.check_start(told.benefit, told.started_on, clock.today())
    if told.check_id is not None:
        rule = await rows.visible_checks(unit)
        query = select(BenefitCheck.id).where(
            BenefitCheck.id == told.check_id, BenefitCheck.person_id == person_id, rule
        )
        if await unit.session.scalar(query) is None:
            raise NotFound("We know of no such check of theirs")
    row = BenefitClaim(
        id=new_id(),
        version=0,
        person_id=person_id,
        household_id=await home_of(unit, person_id, household_id),
        check_id=told.check_id,
        benefit=told.benefit,
        reference=told.reference,
        state="started",
        started_on=told.started_on,
        started_by=unit.cause.actor,
    )
    unit.session.add(row)
    _changed(unit, row)
    await unit.session.flush()
    _announce(unit, row, "casefile.benefit.claimed")
    return row


async def decide(unit: UnitOfWork, claim_id: UUID, expected: int, told: domain.Outcome) -> BenefitClaim:
    """What came of it: a gain confirmed with its evidence, refused, withdrawn."""
    row = await rows.load_claim(unit, claim_id, expected)
    row.year_gain_pence = domain.decide(row.state, row.started_on, told, clock.today())
    row.state, row.decided_on = told.state, told.on
    row.gain_pence, row.every = told.gain_pence or None, told.every
    row.once_pence, row.evidence, row.reason = told.once_pence or None, told.evidence, told.reason
    _changed(unit, row)
    if told.state == "confirmed":
        _announce(unit, row, "casefile.benefit.confirmed")
    return row


def _changed(unit: UnitOfWork, row: BenefitClaim) -> None:
    row.version += 1
    row.changed_at = clock.business_now()
    unit.accessed(f"benefit_claim/{row.id}", [row.person_id])


def _announce(unit: UnitOfWork, row: BenefitClaim, event: str) -> None:
    state = BenefitClaimState(
        claim_id=row.id,
        person_id=row.person_id,
        household_id=row.household_id,
        benefit=row.benefit,
        state=row.state,
        started_on=row.started_on,
        decided_on=row.decided_on,
        year_gain_pence=row.year_gain_pence,
        once_pence=row.once_pence,
        evidence=row.evidence,
        changed_at=row.changed_at,
    )
    unit.emit(event, state, aggregate_id=row.id, sequence=row.version)
