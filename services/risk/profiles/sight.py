"""What a caller may see of a household, by the purpose they state, whom they have before them, and who is of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Uuid, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY

from kit import clock
from kit.store import access
from kit.store.unit import UnitOfWork
from services.risk.profiles import domain, whose
from services.risk.profiles.catalogue import DEFINITIONS
from services.risk.profiles.delicate import ABUSE, ABUSE_KINDS
from services.risk.profiles.domain import Beside, Definition
from services.risk.profiles.rules import Visible
from services.risk.profiles.shapes import HiddenView, SourceView
from services.risk.sources import standing
from services.risk.sources.domain import Coverage, coverage
from services.risk.sources.kinds import KINDS
from services.risk.sources.register import GATEWAYS

_SAY_WHO = "Facts about abuse are shown only beside the person whom they may help: say whom the profile is for"

_PERPETRATORS = text(
    "select distinct p.resident from placed as p join fact as f on f.record = p.record"
    " where f.kind = any(cast(:kinds as text[])) and f.value = 'perpetrator' and p.resident in ("
    "   select resident from placed where household = :household"
    "   union all select unnest(cast(:residents as uuid[])))"
)
_LIVES_HERE = text(
    "select distinct resident from placed where household = :household and resident = any(cast(:residents as uuid[]))"
)


_LEFT = text(
    "select before.resident from ("
    " select distinct on (resident) resident, household from lived_before"
    " where until > :day and resident in (select resident from lived_before where household = :household)"
    " order by resident, until) as before where before.household = :household"
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


async def sight_of(unit: UnitOfWork, household_id: UUID, person_id: UUID | None, *, as_of: date | None = None) -> Sight:
    """What the caller's purpose lets them see. `person_id`: whom they have before them.

    `as_of`: a past day. Whoever lived there then and has left since counts as one of the household.
    """
    products = await standing.products(unit.session)
    seen = coverage(unit.cause.purpose, products, GATEWAYS, clock.today())
    members = await whose.members(unit, household_id)
    asked = members | ({person_id} if person_id else set())
    home = await whose.placed(unit, household_id, members, asked - members)
    left = await _who_left(unit, home.household, as_of) if as_of and home.household else set()
    everyone = asked | set(home.residents) | await whose.people_of(unit, left)
    # Facts of one home can't be taken apart: if someone of it may not be shown, there is nothing to show.
    household = None if await _any_kept_back(unit, everyone) else home.household
    abuse = household is not None and await _shows_abuse(unit, household, home.residents, person_id, left)
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


async def _who_left(unit: UnitOfWork, household: UUID, day: date) -> set[UUID]:
    """Residents (pseudonyms) who lived there on that day and have left since."""
    return {UUID(str(each)) for each in await unit.session.scalars(_LEFT, {"household": household, "day": day})}


async def _any_kept_back(unit: UnitOfWork, people: Collection[UUID]) -> bool:
    if not people:
        return False
    there = func.unnest(literal(sorted(people), ARRAY(Uuid))).column_valued("somebody")
    found = await unit.session.execute(select(there).where(access.kept_back(unit.cause, there)).limit(1))
    return found.first() is not None


async def _shows_abuse(
    unit: UnitOfWork,
    household: UUID,
    residents: Mapping[UUID, UUID],
    person_id: UUID | None,
    left: Collection[UUID],
) -> bool:
    named = residents.get(person_id) if person_id else None
    also = sorted({*left, *([named] if named else ())})
    values = {"kinds": sorted(ABUSE_KINDS), "household": household, "residents": also}
    perpetrators = set(await unit.session.scalars(_PERPETRATORS, values))
    beside = Beside(person_id is not None, named is not None, named in perpetrators)
    here = bool(perpetrators & set(left))
    if perpetrators and not here:
        values = {"household": household, "residents": sorted(perpetrators)}
        here = (await unit.session.scalars(_LIVES_HERE, values)).first() is not None
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
