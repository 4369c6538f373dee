"""Reads of profiles: worked out anew at each read from the facts that the purpose may use, and put on record."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, cast, exists, func, literal, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.errors import NotFound, invalid
from kit.store import access
from kit.store.tables import known_household
from kit.store.unit import UnitOfWork
from services.risk.profiles import domain, rules, whose
from services.risk.profiles.catalogue import DEFINITIONS, book
from services.risk.profiles.delicate import ABUSE, ABUSE_KINDS
from services.risk.profiles.domain import Beside, Definition, DisputeState, Role, Rulebook
from services.risk.profiles.models import FactorDispute, HouseholdFactor, KnownOffer
from services.risk.profiles.rules import Evidence, Found, Visible
from services.risk.profiles.shapes import (
    DefinitionView,
    DisputeView,
    EvidenceView,
    FactorView,
    HiddenView,
    NothingView,
    OfferView,
    ProfileView,
    SetAsideView,
    SourceView,
)
from services.risk.sources import queries as register
from services.risk.sources import standing
from services.risk.sources.domain import Coverage, coverage
from services.risk.sources.kinds import KINDS
from services.risk.sources.register import GATEWAYS

_NOT_LINKED = NothingView(
    code="not_linked",
    words="No records are linked to this household yet, or none that may be shown to you",
)
_SAY_WHO = "Facts about abuse are shown only beside the person whom they may help: say whom the profile is for"
_EVIDENCE_SHOWN = 5

_PERPETRATORS = text(
    "select distinct p.resident from placed as p join fact as f on f.record = p.record"
    " where f.kind = any(cast(:kinds as text[])) and f.value = 'perpetrator' and p.resident in ("
    "   select resident from placed where household = :household"
    "   union all select unnest(cast(:residents as uuid[])))"
)
_LIVES_HERE = text(
    "select distinct resident from placed where household = :household and resident = any(cast(:residents as uuid[]))"
)


@dataclass(frozen=True, slots=True)
class Sight:
    """What this caller may see of one household, and where it stands in the analytics zone."""

    household: UUID | None
    members: frozenset[UUID]
    coverage: Coverage
    visible: Visible
    abuse: bool
    titles: Mapping[str, str]
    hidden: tuple[HiddenView, ...]

    def shows(self, definition: Definition) -> bool:
        """Whether a factor can be judged from what may be seen: what would undo it must be in sight too."""
        if definition.code in ABUSE and not self.abuse:
            return False
        undone_by = {kind for each in definition.rule.unless for kind in each.kinds}
        return bool(set(definition.rule.kinds) & self.coverage.kinds) and undone_by <= self._whole

    def partial(self, definition: Definition) -> bool:
        """Whether some source that it could rest on is out of sight."""
        return not definition.rule.reads <= self._whole

    @property
    def _whole(self) -> frozenset[str]:
        return self.coverage.kinds - {each.kind for each in self.coverage.hidden}


async def profile(
    unit: UnitOfWork, household_id: UUID, *, as_of: date | None = None, person_id: UUID | None = None
) -> ProfileView:
    """A household's profile for the caller's purpose, today or under the rules of a past day.

    `person_id`: whom the worker has before them. A past day's profile rests on what is known today of that day.
    """
    today = clock.today()
    day = as_of or today
    if day > today:
        raise invalid("/as_of", "A profile of a day to come cannot be known", "not-in-future")
    sight = await _sight(unit, household_id, person_id)
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


async def _sight(unit: UnitOfWork, household_id: UUID, person_id: UUID | None) -> Sight:
    products = await standing.products(unit.session)
    seen = coverage(unit.cause.purpose, products, GATEWAYS, clock.today())
    members = await whose.members(unit, household_id)
    asked = members | ({person_id} if person_id else set())
    home = await whose.placed(unit, household_id, members, asked - members)
    everyone = asked | set(home.residents)
    # Facts of one home can't be taken apart: if someone of it may not be shown, there is nothing to show.
    household = None if await _any_kept_back(unit, everyone) else home.household
    abuse = household is not None and await _shows_abuse(unit, household, home.residents, person_id)
    condition, parameters = seen.where("f"), dict(seen.parameters)
    if not abuse:
        condition += " and f.kind <> all(cast(:abuse_kinds as text[]))"
        parameters["abuse_kinds"] = sorted(ABUSE_KINDS)
    titles = {each.code: each.title for each in products}
    return Sight(
        household,
        frozenset(members | {each for each in home.residents if each != person_id or each in members}),
        seen,
        Visible(condition, parameters),
        abuse,
        titles,
        tuple(_hidden(seen, titles, say_who=person_id is None and unit.cause.purpose not in domain.ABUSE_PURPOSES)),
    )


async def _any_kept_back(unit: UnitOfWork, people: Collection[UUID]) -> bool:
    if not people:
        return False
    there = func.unnest(literal(sorted(people), ARRAY(Uuid))).column_valued("id")
    found = await unit.session.execute(select(there).where(access.kept_back(unit.cause, there)).limit(1))
    return found.first() is not None


async def _shows_abuse(
    unit: UnitOfWork, household: UUID, residents: Mapping[UUID, UUID], person_id: UUID | None
) -> bool:
    named = residents.get(person_id) if person_id else None
    values = {"kinds": sorted(ABUSE_KINDS), "household": household, "residents": [named] if named else []}
    perpetrators = set(await unit.session.scalars(_PERPETRATORS, values))
    beside = Beside(person_id is not None, named is not None, named in perpetrators)
    here = bool(perpetrators) and bool(
        (await unit.session.scalars(_LIVES_HERE, {"household": household, "residents": sorted(perpetrators)})).first()
    )
    return domain.shows_abuse(unit.cause.purpose, beside, perpetrator_lives_here=here)


def _hidden(seen: Coverage, titles: Mapping[str, str], *, say_who: bool) -> Iterable[HiddenView]:
    """The same for every household, so that it says nothing of this one."""
    used = frozenset(kind for each in DEFINITIONS for kind in each.rule.reads)
    for each in seen.hidden:
        if each.kind in used and each.value is None:
            source = None if each.source is None else SourceView(code=each.source, title=titles[each.source])
            yield HiddenView(kind=each.kind, title=KINDS[each.kind].title, source=source, reason=each.reason)
    if say_who:
        for kind in sorted(ABUSE_KINDS & seen.kinds & used):
            yield HiddenView(kind=kind, title=KINDS[kind].title, source=None, reason=_SAY_WHO)


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


# Disputes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Disputable:
    """A factor that the caller sees, and whose it is."""

    household: UUID
    household_id: UUID
    factor: str


async def disputable(unit: UnitOfWork, factor_id: UUID) -> Disputable:
    """The factor behind an id; `NotFound` also where the caller's purpose does not show it."""
    row = (
        await unit.session.execute(
            select(HouseholdFactor.household, HouseholdFactor.factor).where(HouseholdFactor.id == factor_id)
        )
    ).one_or_none()
    if row is not None:
        known = await whose.casefile_households(unit, [row.household])
        household_id = known.get(row.household) or await whose.introduced_household(unit, row.household)
        if household_id is not None:
            sight = await _sight(unit, household_id, None)
            definition = next((each for each in book(clock.today()).definitions if each.code == row.factor), None)
            if sight.household == row.household and definition is not None and sight.shows(definition):
                return Disputable(row.household, household_id, row.factor)
    raise NotFound("We know of no such factor")


async def disputes(
    unit: UnitOfWork,
    *,
    household_id: UUID | None,
    state: DisputeState | None,
    place: Sequence[Any] | None,
    most: int,
) -> list[DisputeView]:
    """Up to `most` disputes after `place`, the latest first, of the factors that the purpose shows."""
    query = select(FactorDispute).where(
        FactorDispute.factor.in_(await _shown_factors(unit)), ~_somebody_kept_back(unit)
    )
    if household_id is not None:
        query = query.where(FactorDispute.household_id == household_id)
    if state is not None:
        query = query.where(FactorDispute.state == state)
    if place is not None:
        before = (datetime.fromisoformat(place[0]), UUID(place[1]))
        query = query.where(tuple_(FactorDispute.disputed_at, FactorDispute.id) < before)
    rows = await unit.session.scalars(
        query.order_by(FactorDispute.disputed_at.desc(), FactorDispute.id.desc()).limit(most)
    )
    shown = [view_of(row) for row in rows]
    for each in sorted({each.household_id for each in shown}):
        unit.accessed(f"household/{each}")
    if not shown:
        unit.accessed("disputes")
    return shown


async def dispute(unit: UnitOfWork, dispute_id: UUID) -> DisputeView:
    """One dispute."""
    query = select(FactorDispute).where(FactorDispute.id == dispute_id, ~_somebody_kept_back(unit))
    row = (await unit.session.scalars(query)).one_or_none()
    if row is None or row.factor not in await _shown_factors(unit):
        raise NotFound("We know of no such dispute")
    unit.accessed(f"household/{row.household_id}")
    return view_of(row)


def _somebody_kept_back(unit: UnitOfWork) -> ColumnElement[bool]:
    """A condition: somebody of the dispute's household may not be shown to the caller."""
    member = func.jsonb_array_elements(known_household.c.members).table_valued(
        "value", name="member", joins_implicitly=True
    )
    person = cast(member.c.value.op("->>")("person_id"), Uuid)
    return exists(
        select(1)
        .select_from(known_household, member)
        .where(known_household.c.id == FactorDispute.household_id, access.kept_back(unit.cause, person))
    )


async def _shown_factors(unit: UnitOfWork) -> list[str]:
    seen = await register.kinds_for(unit, unit.cause.purpose)
    special = unit.cause.purpose in domain.ABUSE_PURPOSES
    return sorted(
        {each.code for each in DEFINITIONS if set(each.rule.kinds) & seen.kinds and (special or each.code not in ABUSE)}
    )


def view_of(row: FactorDispute) -> DisputeView:
    """A dispute with its factor's title."""
    titles = {each.code: each.title for each in DEFINITIONS}
    return DisputeView.of(row, titles.get(row.factor, row.factor))


def place_of(shown: DisputeView) -> list[Any]:
    """Where a dispute stands in the list."""
    return [shown.disputed_at.isoformat(), str(shown.id)]


def definitions(place: Sequence[Any] | None, most: int) -> list[DefinitionView]:
    """Up to `most` definitions after `place`: what each factor means, in every version."""
    after = ("", 0) if place is None else (str(place[0]), int(place[1]))
    return [DefinitionView.of(each) for each in DEFINITIONS if (each.code, each.version) > after][:most]
