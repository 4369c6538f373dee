"""Writes: count what the front door heard in the year to today, and publish it, once a month."""

from sqlalchemy import ColumnElement, Date, Select, any_, cast, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.casefile.wardneeds import WardNeedsState
from kit.errors import Conflict
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.people.models import Household, Membership, Person
from services.casefile.timeline.models import TimelineEntry
from services.casefile.wardneeds import domain
from services.casefile.wardneeds.domain import ANY, COUNTED, Told
from services.casefile.wardneeds.models import WardNeeds

NEED = "triage.need.recorded"


async def publish(unit: UnitOfWork) -> WardNeeds:
    """Count and publish. `Conflict` if this month's counts are out: they stand."""
    today = clock.today()
    row = {
        "id": new_id(),
        "month": domain.month_of(today),
        "since": domain.year_before(today),
        "until": today,
        "wards": domain.shown(await _told(unit), await _wards(unit)),
        "published_by": unit.cause.actor,
        "published_at": clock.business_now(),
    }
    # Two at once: one is published, the other is told so.
    inserted = insert(WardNeeds).values(row).on_conflict_do_nothing(index_elements=["month"]).returning(WardNeeds)
    made = (await unit.session.scalars(inserted)).one_or_none()
    if made is None:
        raise Conflict("This month's counts are published; the next can be in the coming month", allowed=[])
    state = WardNeedsState(
        edition_id=made.id,
        month=made.month,
        since=made.since,
        until=made.until,
        wards=made.wards,
        published_by=made.published_by,
        published_at=made.published_at,
    )
    unit.emit("casefile.ward_needs.published", state, aggregate_id=made.id, sequence=1)
    unit.accessed("ward-needs")
    return made


_WARD = Person.addresses[0]["ward"].astext


def _homes() -> Select[tuple[object, str]]:
    """Each household's ward: where most of its members live now. Without those nobody may look for."""
    kept: ColumnElement[bool] = (
        Person.restricted | (func.cardinality(Person.kept_from) > 0) | (func.cardinality(Person.separated_from) > 0)
    )
    return (
        select(Membership.household_id, func.mode().within_group(_WARD).label("ward"))
        .join(Person, Person.id == Membership.person_id)
        .join(Household, Household.id == Membership.household_id)
        .where(Membership.until.is_(None), func.cardinality(Household.kept_from) == 0, Person.merged_into.is_(None))
        .group_by(Membership.household_id)
        .having(~func.bool_or(kept), func.mode().within_group(_WARD).is_not(None))
    )


async def _told(unit: UnitOfWork) -> list[Told]:
    """Households by ward and domain, and by ward alone, over the year to today."""
    today = clock.today()
    homes = _homes().subquery()
    need = TimelineEntry.facts["domain"].astext
    day = cast(func.timezone("Europe/London", TimelineEntry.occurred_at), Date)
    query = (
        select(homes.c.ward, func.coalesce(need, literal(ANY)), func.count(TimelineEntry.household_id.distinct()))
        .join(homes, homes.c.household_id == TimelineEntry.household_id)
        .where(
            TimelineEntry.type == NEED,
            TimelineEntry.part.is_(None),
            need == any_(literal(list(COUNTED))),
            day >= domain.year_before(today),
            day <= today,
        )
        .group_by(func.grouping_sets(tuple_(homes.c.ward, need), tuple_(homes.c.ward)))
    )
    return [(ward, measure, households) for ward, measure, households in await unit.session.execute(query)]


async def _wards(unit: UnitOfWork) -> list[str]:
    """The wards in which anybody we know lives: those without a need are shown with a nought."""
    homes = _homes().subquery()
    return list((await unit.session.scalars(select(homes.c.ward).distinct())).all())
