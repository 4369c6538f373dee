"""The event door of sources: what the front door and the case file hear becomes facts of source `casefile`.

The record of a fact is the person's (reference: casefile's person id), so that it follows the person wherever linkage
places them. Of a household without a known member it is the household's own.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.clock import LONDON
from kit.contracts.casefile.agreements import AgreementState
from kit.contracts.casefile.cases import CaseState
from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import Event
from kit.contracts.grants.hardship import HardshipState
from kit.contracts.housing.estates import RentState
from kit.contracts.housing.homelessness import ApproachState, DutyState
from kit.contracts.housing.lettings import LettingState, OfferState
from kit.contracts.housing.placements import PlacementState
from kit.contracts.housing.register import RegisterState
from kit.contracts.triage.contacts import NeedState
from kit.events.handlers import Handlers
from kit.store.projection import upsert
from kit.store.tables import known_household
from kit.store.unit import UnitOfWork
from services.risk import pipeline
from services.risk.facts.entering import Single, enter
from services.risk.sources import standing
from services.risk.sources.models import KnownAgreement
from services.risk.vault import pseudonyms

SOURCE = "casefile"
_COUNTED_DUTIES = frozenset({"prevention", "relief", "main"})

handlers = Handlers()


@handlers.reaction("triage.need.recorded")
async def hear_need(unit: UnitOfWork, event: Event[NeedState]) -> None:
    """A need somebody told us of. Unnamed help leaves no fact, and immigration is never a risk factor."""
    need = event.data
    if need.domain is NeedDomain.IMMIGRATION:
        return
    record = await _record(unit, need.person_id, need.household_id)
    if record is not None:
        day = need.changed_at.astimezone(LONDON).date()
        await _note(unit, [Single(record, SOURCE, "casefile.need", day, value=need.domain.value)])


@handlers.reaction("casefile.case.opened", "casefile.case.reopened")
async def hear_opened(unit: UnitOfWork, event: Event[CaseState]) -> None:
    """Support began."""
    case = event.data
    record = await _record(unit, None, case.household_id)
    if record is not None:
        day = (case.opened_at if event.type == "casefile.case.opened" else case.changed_at).astimezone(LONDON).date()
        await _note(unit, [Single(record, SOURCE, "casefile.case_opened", day, value=case.layer.value)])


@handlers.reaction("casefile.case.closed")
async def hear_closed(unit: UnitOfWork, event: Event[CaseState]) -> None:
    """Support ended."""
    case = event.data
    record = await _record(unit, None, case.household_id)
    if record is not None:
        day = (case.closed_at or case.changed_at).astimezone(LONDON).date()
        await _note(unit, [Single(record, SOURCE, "casefile.case_closed", day, value=case.close_reason)])


@handlers.reaction("grants.hardship.paid")
async def hear_hardship(unit: UnitOfWork, event: Event[HardshipState]) -> None:
    """They were paid in a crisis: what for, and how much."""
    paid = event.data
    record = await _record(unit, paid.person_id, paid.household_id)
    if record is not None:
        day = paid.paid_at.astimezone(LONDON).date()
        pounds = Decimal(paid.amount_pence) / 100
        await _note(unit, [Single(record, SOURCE, "grants.hardship_paid", day, amount=pounds, value=paid.need)])


@handlers.reaction("housing.approach.made")
async def hear_approach(unit: UnitOfWork, event: Event[ApproachState]) -> None:
    """Somebody applied as homeless, or threatened with it. Why stays in housing."""
    told = event.data
    record = await _record(unit, told.person_id, told.household_id)
    if record is not None:
        await _note(unit, [Single(record, SOURCE, "homelessness.approach", told.made_on)])


@handlers.reaction("housing.duty.started", "housing.duty.ended")
async def hear_duty(unit: UnitOfWork, event: Event[DutyState]) -> None:
    """A duty is owed, or no longer. The three that are counted everywhere; how one ended, in a word."""
    told = event.data
    record = await _record(unit, told.person_id, told.household_id)
    if record is None or told.duty not in _COUNTED_DUTIES:
        return
    after = told.ended_on + timedelta(days=1) if told.ended_on is not None else None
    facts = [Single(record, SOURCE, "homelessness.duty", told.started_on, until=after, value=told.duty)]
    if told.ended_on is not None and told.end_reason is not None:
        facts.append(Single(record, SOURCE, "homelessness.ended", told.ended_on, value=told.end_reason))
    await _note(unit, facts)


@handlers.reaction(
    "housing.placement.started", "housing.placement.changed", "housing.placement.breached", "housing.placement.ended"
)
async def hear_stay(unit: UnitOfWork, event: Event[PlacementState]) -> None:
    """Temporary accommodation, from day to day, and that a family passed six weeks. Of a sealed stay nothing."""
    told = event.data
    record = await _record(unit, told.person_id, told.household_id)
    if record is None or told.kind is None:
        return
    # One recorded by mistake lasted no day.
    until = told.entered_on if told.end_reason == "recorded_by_mistake" else told.left_on
    facts = [Single(record, SOURCE, "housing.temporary", told.entered_on, until=until, value=told.kind)]
    if told.breached_on is not None:
        facts.append(Single(record, SOURCE, "housing.past_six_weeks", told.breached_on))
    await _note(unit, facts)


@handlers.reaction("housing.offer.made", "housing.offer.accepted", "housing.offer.refused")
async def hear_offer(unit: UnitOfWork, event: Event[OfferState]) -> None:
    """A home was offered, or they answered. Whether a refusal counts is housing's to say, and is no fact here."""
    offer = event.data
    record = await _record(unit, offer.person_id, offer.household_id)
    if record is not None:
        day = offer.changed_at.astimezone(LONDON).date()
        await _note(unit, [Single(record, SOURCE, "housing.offer", day, value=event.type.rpartition(".")[2])])


@handlers.reaction("housing.letting.started", "housing.letting.ended")
async def hear_letting(unit: UnitOfWork, event: Event[LettingState]) -> None:
    """A tenancy began, ended or fell through."""
    letting = event.data
    record = await _record(unit, letting.person_id, letting.household_id)
    if record is not None:
        day = letting.starts_on if letting.state == "started" else letting.ends_on
        day = day or letting.changed_at.astimezone(LONDON).date()
        await _note(unit, [Single(record, SOURCE, "housing.letting", day, value=letting.state)])


@handlers.reaction("housing.rent.set")
async def hear_rent(unit: UnitOfWork, event: Event[RentState]) -> None:
    """What they pay for their home, from which day. What they earn stays with housing."""
    told = event.data
    record = await _record(unit, told.person_id, told.household_id)
    if record is not None:
        week = Decimal(told.rent_week_pence + told.service_week_pence) / 100
        fact = Single(record, SOURCE, "housing.rent_set", told.effective_from, amount=week, value=told.change)
        await _note(unit, [fact])


@handlers.reaction("housing.application.registered", "housing.application.ended", "housing.application.restored")
async def hear_register(unit: UnitOfWork, event: Event[RegisterState]) -> None:
    """They wait for a home, from the day they applied until that ended. Band and reasons stay with housing."""
    told = event.data
    record = await _record(unit, told.person_id, told.household_id)
    if record is not None:
        fact = Single(record, SOURCE, "housing.waiting", told.applied_on, until=told.ended_on)
        await _note(unit, [fact])


@handlers.projection("casefile.agreement.changed")
async def know_agreements(unit: UnitOfWork, events: Sequence[Event[AgreementState]]) -> None:
    """What may flow: an agreement that lapses, or is suspended, stops its feeds from that moment."""
    await upsert(
        unit,
        KnownAgreement.metadata.tables[KnownAgreement.__tablename__],
        (
            {
                "id": event.subject,
                "sequence": event.sequence,
                **event.data.model_dump(include={"code", "in_force", "starts_on", "ends_on", "gateway"}),
                "datasets": list(event.data.datasets),
                "purposes": list(event.data.purposes),
            }
            for event in events
        ),
    )


async def _note(unit: UnitOfWork, facts: Sequence[Single]) -> None:
    # A paused or lapsed source takes nothing in, whichever way it comes.
    product = await standing.product(unit.session, SOURCE)
    if product.stopped(clock.today()) is None and await enter(unit, facts):
        await pipeline.at_once(unit, [each.record for each in facts])


async def _record(unit: UnitOfWork, person_id: UUID | None, household_id: UUID | None) -> UUID | None:
    if person_id is not None:
        return pseudonyms.of_record(SOURCE, str(person_id))
    if household_id is None:
        return None
    members = await unit.session.scalar(select(known_household.c.members).where(known_household.c.id == household_id))
    now = sorted(each["person_id"] for each in members or () if each.get("to") is None)
    return pseudonyms.of_record(SOURCE, now[0] if now else str(household_id))
