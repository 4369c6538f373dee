"""Reads of profiles: worked out anew at each read from the facts that the purpose may use, and put on record."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kit import clock
from kit.errors import invalid
from kit.store.unit import UnitOfWork
from services.risk.profiles import domain, rules
from services.risk.profiles.catalogue import DEFINITIONS, book
from services.risk.profiles.domain import Definition, DisputeState, Role, Rulebook
from services.risk.profiles.models import FactorDispute, HouseholdFactor, KnownOffer
from services.risk.profiles.rules import Evidence, Found
from services.risk.profiles.shapes import (
    DefinitionView,
    EvidenceView,
    FactorView,
    NothingView,
    OfferView,
    ProfileView,
    SetAsideView,
    SourceView,
)
from services.risk.profiles.sight import Sight, sight_of
from services.risk.sources.kinds import KINDS

_NOT_LINKED = NothingView(
    code="not_linked",
    words="No records are linked to this household yet, or none that may be shown to you",
)
_EVIDENCE_SHOWN = 5


async def profile(
    unit: UnitOfWork, household_id: UUID, *, as_of: date | None = None, person_id: UUID | None = None
) -> ProfileView:
    """A household's profile for the caller's purpose, today or under the rules of a past day.

    `person_id`: whom the worker has before them. A past day's profile rests on what is known today of that day, and on
    who lived there then.
    """
    today = clock.today()
    day = as_of or today
    if day > today:
        raise invalid("/as_of", "A profile of a day to come cannot be known", "not-in-future")
    sight = await sight_of(unit, household_id, person_id, as_of=day if day < today else None)
    rulebook = book(day)
    unit.accessed(f"household/{household_id}", sight.members | ({person_id} if person_id else set()))
    offers = await _offers(unit, household_id)
    answer = ProfileView(
        household_id=household_id,
        purpose=unit.cause.purpose,
        as_of=day,
        definitions_version=rulebook.version,
        factors=[],
        protective=[],
        outcomes=[],
        set_aside=[],
        offered=offers,
        hidden=list(sight.hidden),
        known_to_casefile=bool(sight.members),
    )
    if sight.household is None:
        answer.nothing = _NOT_LINKED
        answer.offered = []
        return answer
    await _fill(unit, answer, sight, rulebook, day == today)
    return answer


async def _fill(unit: UnitOfWork, answer: ProfileView, sight: Sight, rulebook: Rulebook, today: bool) -> None:
    assert sight.household is not None
    found = [
        each
        for each in await rules.standing(unit, [sight.household], rulebook, sight.visible)
        if sight.shows(rulebook[each.factor])
    ]
    facts = await rules.evidence(unit, sight.household, rulebook, sight.visible)
    ids = await _ids(unit, sight.household) if today else {}
    disputes = await _disputes_of(unit, sight.household, rulebook.day)
    views = []
    for each in found:
        definition = rulebook[each.factor]
        dispute = disputes.get(each.factor)
        if dispute and domain.stands_aside(DisputeState(dispute.state), dispute.disputed_on, each.latest_on):
            answer.set_aside.append(_set_aside(definition, dispute))
        else:
            views.append(_factor(definition, each, sight, facts, ids.get(each.factor), answer.offered))
    views.sort(key=lambda each: (-each.weight, each.code))
    answer.factors = [each for each in views if each.role in (Role.FACTOR, Role.SHOCK)]
    answer.protective = [each for each in views if each.role is Role.PROTECTIVE]
    answer.outcomes = [each for each in views if each.role is Role.OUTCOME]


async def _ids(unit: UnitOfWork, household: UUID) -> dict[str, UUID]:
    rows = await unit.session.execute(
        select(HouseholdFactor.factor, HouseholdFactor.id).where(HouseholdFactor.household == household)
    )
    return {row.factor: row.id for row in rows}


async def _disputes_of(unit: UnitOfWork, household: UUID, day: date) -> dict[str, FactorDispute]:
    """The newest dispute of each factor that may keep it off the profile."""
    rows = await unit.session.scalars(
        select(FactorDispute)
        .where(
            FactorDispute.household == household,
            FactorDispute.state.in_(domain.STANDS_ASIDE),
            FactorDispute.disputed_on <= day,
        )
        .order_by(FactorDispute.disputed_on, FactorDispute.id)
    )
    return {row.factor: row for row in rows}


async def _offers(unit: UnitOfWork, household_id: UUID) -> list[OfferView]:
    rows = await unit.session.scalars(
        select(KnownOffer)
        .where(KnownOffer.household_id == household_id)
        .order_by(KnownOffer.offered_at.desc(), KnownOffer.id)
        .limit(50)
    )
    return [
        OfferView(
            offer_id=row.id,
            offer=row.offer,
            kind=row.kind,
            status=row.status,
            outcome=row.outcome,
            offered_at=row.offered_at,
            record=f"/v1/triage/outreach/{row.id}",
        )
        for row in rows
    ]


def _factor(
    definition: Definition,
    found: Found,
    sight: Sight,
    facts: Sequence[Evidence],
    id_: UUID | None,
    offers: Sequence[OfferView],
) -> FactorView:
    rule = definition.rule
    behind = [
        each
        for each in facts
        if each.kind in rule.kinds
        and found.since <= each.occurred_on <= found.latest_on
        and (not rule.values or each.value in rule.values)
    ]
    return FactorView(
        id=id_,
        code=definition.code,
        title=definition.title,
        role=definition.role,
        attribute=definition.attribute,
        weight=definition.weight,
        since=found.since,
        latest_on=found.latest_on,
        amount=found.amount,
        certainty=found.certainty,
        sources=[_source(code, sight.titles) for code in found.sources],
        partial=sight.partial(definition),
        lowers=definition.lowers,
        offered=[each for each in offers if each.offer in definition.offers],
        evidence=[_evidence(each, sight.titles) for each in behind[:_EVIDENCE_SHOWN]],
        disputes=None if id_ is None else f"/v1/risk/factors/{id_}/disputes",
    )


def _source(code: str, titles: Mapping[str, str]) -> SourceView:
    return SourceView(code=code, title=titles.get(code, code.replace("_", " ")))


def _evidence(fact: Evidence, titles: Mapping[str, str]) -> EvidenceView:
    kind = KINDS[fact.kind]
    return EvidenceView(
        fact_id=fact.id,
        kind=fact.kind,
        title=kind.title,
        source=_source(fact.source, titles),
        occurred_on=fact.occurred_on,
        until=fact.until,
        amount=fact.amount,
        unit=kind.unit,
        certainty=fact.certainty,
        record=_record_of(fact),
    )


def _record_of(fact: Evidence) -> str:
    return f"/v1/risk/loads/{fact.load_id}" if fact.load_id else f"/v1/risk/sources/{fact.source}"


def _set_aside(definition: Definition, row: FactorDispute) -> SetAsideView:
    return SetAsideView(
        code=definition.code,
        title=definition.title,
        role=definition.role,
        dispute_id=row.id,
        state=DisputeState(row.state),
        said_by=domain.SaidBy(row.said_by),
        reason=row.reason,
        disputed_on=row.disputed_on,
    )


def definitions(place: Sequence[Any] | None, most: int) -> list[DefinitionView]:
    """Up to `most` definitions after `place`: what each factor means, in every version."""
    after = ("", 0) if place is None else (str(place[0]), int(place[1]))
    return [DefinitionView.of(each) for each in DEFINITIONS if (each.code, each.version) > after][:most]
