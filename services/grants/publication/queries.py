"""Reads for publication: awards as 360Giving, and the council's statements out of the ledger."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from kit import clock
from kit.store.unit import UnitOfWork
from services.grants.applications.models import Applicant, GrantApplication
from services.grants.awards.domain import AwardState, InstalmentState
from services.grants.awards.models import Award, Instalment
from services.grants.awards.public import without_addresses
from services.grants.funds.domain import AccountKind, EntryKind
from services.grants.funds.models import Fund, LedgerAccount, LedgerEntry, LedgerPosting, Receipt
from services.grants.publication.giving import (
    Council,
    Grant,
    Location,
    Organisation,
    Package,
    Period,
    Programme,
    Publisher,
    Transaction,
    as_json,
    council,
)
from services.grants.rounds.models import GrantRound

PATH = "/v1/grants/publications/360giving.json"


class Development(BaseModel):
    """Levy money of one development in the year."""

    agreement: str
    name: str
    planning_application: str | None
    gross_pence: int
    neighbourhood_pence: int


class Spent(BaseModel):
    """What the neighbourhood share was spent on, award by award."""

    reference: str
    title: str
    pence: int
    regulation_59f_reason: str


class FundingStatement(BaseModel):
    """The neighbourhood part of the infrastructure funding statement. CIL Regulations 2010, reg 121A and Schedule 2.

    Every figure is a sum of ledger lines dated in the year. Amounts in pence.
    """

    year_from: date
    year_to: date
    publish_by: date = Field(description="31 December after the year")
    levy_received_pence: int
    levy_returned_pence: int = Field(description="To developers")
    neighbourhood_share_pence: int = Field(description="Of what was received, repayments taken off: reg 59F")
    administration_pence: int = Field(description="Reg 61")
    strategic_pence: int = Field(description="For the infrastructure list, not spent here")
    neighbourhood_brought_forward_pence: int = Field(description="Not spent at the year's start")
    neighbourhood_awarded_pence: int = Field(description="Promised in the year, withdrawals taken off")
    neighbourhood_spent_pence: int = Field(description="Paid in the year, recoveries taken off")
    neighbourhood_moved_pence: int = Field(description="To other funds of the council, less what came from them")
    neighbourhood_carried_forward_pence: int = Field(description="Not spent at the year's end")
    developments: list[Development]
    spent_on: list[Spent]


class TransparencyLine(BaseModel):
    """One grant in the list of the Local Government Transparency Code 2015."""

    date_awarded: date
    period: str
    department: str
    beneficiary: str
    registration_number: str
    purpose: str
    pence: int


async def package(unit: UnitOfWork) -> Package:
    """Every award as 360Giving, the oldest first. Groups only; no grant here is to a person."""
    who = council()
    query = (
        select(Award, GrantApplication, Applicant, GrantRound.name, Fund.kind)
        .join(GrantApplication, GrantApplication.id == Award.application_id)
        .join(Applicant, Applicant.id == Award.applicant_id)
        .join(GrantRound, GrantRound.id == Award.round_id)
        .join(Fund, Fund.id == Award.fund_id)
        # Withdrawn before anything was paid: there was no grant.
        .where((Award.state != AwardState.WITHDRAWN) | (Award.paid_pence > 0))
        .order_by(Award.awarded_on, Award.reference)
    )
    rows = (await unit.session.execute(query)).all()
    payments: dict[UUID, list[Instalment]] = {}
    paid = select(Instalment).where(Instalment.state == InstalmentState.PAID).order_by(Instalment.paid_at)
    for each in (await unit.session.scalars(paid)).all():
        payments.setdefault(each.award_id, []).append(each)
    grants = [
        _grant(who, award, application, group, round_name, kind, payments.get(award.id, []))
        for award, application, group, round_name, kind in rows
    ]
    now = clock.business_now()
    changed = max((award.changed_at for award, *_ in rows), default=now)
    return Package(
        title=f"Grants of {who.name}",
        description="Neighbourhood grants decided by residents",
        identifier=f"{who.prefix}-grants",
        issued=clock.today(),
        modified=changed.astimezone(clock.LONDON),
        publisher=Publisher(name=who.name, website=who.website, identifier=who.org_id),
        licence=who.licence,
        download_url=f"{who.website}{PATH}",
        grants=grants,
    )


def _grant(
    who: Council,
    award: Award,
    application: GrantApplication,
    group: Applicant,
    round_name: str,
    kind: str,
    payments: Sequence[Instalment],
) -> Grant:
    starts, ends = award.starts_on or application.starts_on, award.ends_on or application.ends_on
    return Grant(
        id=f"{who.prefix}-{award.reference}",
        title=without_addresses(application.title),
        description=without_addresses(application.purpose),
        # Of one that was withdrawn, what had been paid.
        amount_awarded=(award.paid_pence if award.state == AwardState.WITHDRAWN else award.pence) / 100,
        award_date=award.awarded_on,
        recipient_organization=[
            Organisation(
                id=group.org_id or f"{who.prefix}-{group.id}",
                name=group.name,
                charity_number=group.charity_number,
                company_number=group.company_number,
            )
        ],
        funding_organization=[Organisation(id=who.org_id, name=who.name, department=who.department)],
        amount_applied_for=application.asked_pence / 100,
        amount_disbursed=award.paid_pence / 100,
        planned_dates=[Period(start_date=starts, end_date=ends)] if starts else [],
        actual_dates=[Period(start_date=starts, end_date=award.ended_on)] if starts and award.ended_on else [],
        beneficiary_location=_places(who, application.wards),
        grant_programme=[Programme(code=str(award.round_id), title=round_name)],
        disbursement_transaction=[
            Transaction(
                id=f"{who.prefix}-{award.reference}-{each.number}",
                transaction_date=each.paid_at.astimezone(clock.LONDON).date(),
                value=each.pence / 100,
                description=each.milestone,
            )
            for each in payments
            if each.paid_at is not None
        ],
        date_modified=award.changed_at.astimezone(clock.LONDON),
        data_source=f"{who.website}{PATH}",
        regrant_type="FRG030" if kind == "match" else None,
        location_scope="Local area" if application.wards else "Local authority",
    )


def _places(who: Council, wards: Sequence[str]) -> list[Location]:
    if not wards:
        return [Location(name=who.authority_name, geo_code=who.authority_code, geo_code_type="LONB")]
    return [Location(geo_code=each, geo_code_type="WD") for each in wards]


async def statement(unit: UnitOfWork, year: int) -> FundingStatement:
    """The statement for the financial year that begins on 1 April of `year`, out of the ledger."""
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    levy = select(Fund.id).where(Fund.kind == "ncil")

    async def added(*kinds: AccountKind, entries: Sequence[EntryKind] = (), until: date | None = None) -> int:
        query = (
            select(func.coalesce(func.sum(LedgerPosting.pence), 0))
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
            .where(LedgerAccount.fund_id.in_(levy), LedgerAccount.kind.in_(kinds))
        )
        query = query.where(LedgerEntry.dated < until) if until else query.where(LedgerEntry.dated.between(first, last))
        if entries:
            query = query.where(LedgerEntry.kind.in_(entries))
        return int(await unit.session.scalar(query) or 0)

    # What a levy fund holds and has not paid stands in these three.
    unspent = (AccountKind.AVAILABLE, AccountKind.RESERVED, AccountKind.AWARDED)
    before = await added(*unspent, until=first)
    levy_entries = (EntryKind.RECEIPT, EntryKind.REFUND)
    return FundingStatement(
        year_from=first,
        year_to=last,
        publish_by=date(year + 1, 12, 31),
        levy_received_pence=-await added(AccountKind.INCOME, entries=[EntryKind.RECEIPT]),
        levy_returned_pence=await added(AccountKind.INCOME, entries=[EntryKind.REFUND]),
        neighbourhood_share_pence=await added(AccountKind.AVAILABLE, entries=levy_entries),
        administration_pence=await added(AccountKind.ADMINISTRATION),
        strategic_pence=await added(AccountKind.STRATEGIC),
        neighbourhood_brought_forward_pence=before,
        neighbourhood_awarded_pence=await added(AccountKind.AWARDED, entries=[EntryKind.AWARD, EntryKind.WITHDRAWAL]),
        neighbourhood_spent_pence=await added(AccountKind.PAID, AccountKind.RETURNED),
        neighbourhood_moved_pence=await added(AccountKind.TRANSFERRED),
        neighbourhood_carried_forward_pence=before + await added(*unspent),
        developments=await _developments(unit, first, last),
        spent_on=await _spent(unit, first, last),
    )


async def _developments(unit: UnitOfWork, first: date, last: date) -> list[Development]:
    back = func.sum(Receipt.gross_pence).filter(Receipt.kind == "returned")
    back_share = func.sum(Receipt.share_pence).filter(Receipt.kind == "returned")
    gross = func.sum(Receipt.gross_pence).filter(Receipt.kind == "received")
    share = func.sum(Receipt.share_pence).filter(Receipt.kind == "received")
    query = (
        select(
            Receipt.agreement,
            func.min(Receipt.source),
            func.min(Receipt.planning_application),
            func.coalesce(gross, 0) - func.coalesce(back, 0),
            func.coalesce(share, 0) - func.coalesce(back_share, 0),
        )
        .where(Receipt.agreement.is_not(None), Receipt.received_on.between(first, last))
        .group_by(Receipt.agreement)
        .order_by(Receipt.agreement)
    )
    return [
        Development(
            agreement=agreement,
            name=name,
            planning_application=planning,
            gross_pence=int(whole),
            neighbourhood_pence=int(part),
        )
        for agreement, name, planning, whole, part in (await unit.session.execute(query)).all()
    ]


async def _spent(unit: UnitOfWork, first: date, last: date) -> list[Spent]:
    query = (
        select(Award.reference, GrantApplication.title, func.sum(LedgerPosting.pence), Award.regulation_59f_reason)
        .select_from(LedgerPosting)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .join(Award, Award.id == LedgerAccount.about_id)
        .join(GrantApplication, GrantApplication.id == Award.application_id)
        .join(Fund, Fund.id == LedgerAccount.fund_id)
        .where(
            Fund.kind == "ncil",
            LedgerAccount.kind.in_([AccountKind.PAID, AccountKind.RETURNED]),
            LedgerEntry.dated.between(first, last),
        )
        .group_by(Award.reference, GrantApplication.title, Award.regulation_59f_reason)
        .order_by(Award.reference)
    )
    return [
        Spent(reference=reference, title=title, pence=int(pence), regulation_59f_reason=why)
        for reference, title, pence, why in (await unit.session.execute(query)).all()
    ]


async def transparency(unit: UnitOfWork, year: int) -> list[TransparencyLine]:
    """Grants of a financial year as the Transparency Code lists them."""
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    query = (
        select(Award, GrantApplication, Applicant)
        .join(GrantApplication, GrantApplication.id == Award.application_id)
        .join(Applicant, Applicant.id == Award.applicant_id)
        .where(Award.awarded_on.between(first, last))
        .order_by(Award.awarded_on, Award.reference)
    )
    return [
        TransparencyLine(
            date_awarded=award.awarded_on,
            period=_period(award.starts_on or application.starts_on, award.ends_on or application.ends_on),
            department=council().department,
            beneficiary=group.name,
            registration_number=group.charity_number or group.company_number or "",
            purpose=application.title,
            pence=award.pence,
        )
        for award, application, group in (await unit.session.execute(query)).all()
    ]


def _period(first: date | None, last: date | None) -> str:
    return " to ".join(day.isoformat() if day else "not known" for day in (first, last))


async def as_published(unit: UnitOfWork) -> dict[str, Any]:
    """The package as JSON."""
    return as_json(await package(unit))
