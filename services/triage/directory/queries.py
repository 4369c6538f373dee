"""Reads of the directory, as HSDS-UK 3.0 publishes them. About nobody: no read of it goes on a person's record."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select

from kit import clock
from kit.contracts.codes import NeedDomain
from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.triage.directory import domain, hsds, places
from services.triage.directory.finding import ranked
from services.triage.directory.models import DirectoryService, Opening, Place, Taxonomy, TaxonomyTerm
from services.triage.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is narrowed to; None does not narrow it. Names of the standard mean what the standard says."""

    search: str | None = None
    taxonomy_term_id: UUID | None = None
    taxonomy_id: UUID | None = None
    minimum_age: float | None = None
    maximum_age: float | None = None
    start_time: time | None = None
    end_time: time | None = None
    day: hsds.Day | None = None
    postcode: str | None = None
    proximity: int | None = None
    """Metres."""
    organization_id: UUID | None = None
    need: NeedDomain | None = None
    age: float | None = None
    """Somebody of this age may use it."""
    open_at: datetime | None = None
    fresh: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Services in order, how far each is, and what the searcher should know."""

    ids: list[UUID]
    metres: Mapping[UUID, int]
    note: str | None


async def find(unit: UnitOfWork, wanted: Wanted) -> Found:
    """The services wanted: likeliest first if something is said, else nearest first, else by name."""
    rows = await unit.session.execute(
        select(DirectoryService.id).where(*_narrowed(wanted)).order_by(DirectoryService.name, DirectoryService.id)
    )
    ids = list(rows.scalars())
    near, note = await _near(unit, wanted)
    if near is not None:
        if wanted.proximity is not None:
            ids = [each for each in ids if near.get(each, wanted.proximity + 1) <= wanted.proximity]
        # Whatever has no place of its own (a telephone line) comes after what is near.
        far = max(near.values(), default=0) + 1
        ids.sort(key=lambda each: near.get(each, far))
    if wanted.search:
        ids = await ranked(unit, wanted.search, ids)
    return Found(ids, near or {}, note)


def _narrowed(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    row = DirectoryService
    yield row.status.in_(domain.SHOWN)
    yield row.organisation_id.in_(select(Organisation.id).where(Organisation.listed))
    if wanted.organization_id is not None:
        yield row.organisation_id == wanted.organization_id
    if wanted.taxonomy_term_id is not None:
        yield row.term_ids.contains([wanted.taxonomy_term_id])
    if wanted.taxonomy_id == domain.NEEDS_TAXONOMY:
        yield func.cardinality(row.needs) > 0
    elif wanted.taxonomy_id is not None:
        terms = select(func.array_agg(TaxonomyTerm.id)).where(TaxonomyTerm.taxonomy_id == wanted.taxonomy_id)
        yield row.term_ids.overlap(terms.scalar_subquery())
    if wanted.need is not None:
        yield row.needs.contains([wanted.need])
    if wanted.minimum_age is not None:
        yield row.minimum_age >= wanted.minimum_age
    if wanted.maximum_age is not None:
        yield row.maximum_age <= wanted.maximum_age
    if wanted.age is not None:
        yield or_(row.minimum_age.is_(None), row.minimum_age <= wanted.age)
        yield or_(row.maximum_age.is_(None), row.maximum_age >= wanted.age)
    if wanted.fresh is not None:
        since = row.confirmed_on >= clock.today() - domain.FRESH_FOR
        yield since if wanted.fresh else or_(row.confirmed_on.is_(None), ~since)
    if hours := list(_open(wanted)):
        yield exists(select(1).where(Opening.service_id == row.id, *hours))


def _open(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    """What one opening must be."""
    if wanted.day is not None:
        yield Opening.days.contains([wanted.day])
    if wanted.start_time is not None:
        yield Opening.opens_at >= wanted.start_time
    if wanted.end_time is not None:
        yield Opening.closes_at <= wanted.end_time
    if wanted.open_at is not None:
        there = wanted.open_at.astimezone(clock.LONDON) if wanted.open_at.tzinfo else wanted.open_at
        yield Opening.days.contains([domain.weekday(there.date())])
        yield or_(Opening.opens_at.is_(None), Opening.opens_at <= there.time())
        yield or_(Opening.closes_at.is_(None), Opening.closes_at > there.time())
        yield or_(Opening.valid_from.is_(None), Opening.valid_from <= there.date())
        yield or_(Opening.valid_to.is_(None), Opening.valid_to >= there.date())


async def _near(unit: UnitOfWork, wanted: Wanted) -> tuple[dict[UUID, int] | None, str | None]:
    """Metres to the nearest place of each service that has one; None without a postcode we can place."""
    if not wanted.postcode:
        if wanted.proximity is None:
            return None, None
        return None, "Say a postcode to find what is near: these are results without distance."
    here = places.find(wanted.postcode)
    if here is None:
        return None, "We do not know that postcode, so these results are without distance."
    rows = await unit.session.execute(select(Place.service_id, Place.latitude, Place.longitude))
    near: dict[UUID, int] = {}
    for service_id, latitude, longitude in rows:
        if latitude is None or longitude is None:
            continue
        metres = round(places.metres((here.latitude, here.longitude), (latitude, longitude)))
        near[service_id] = min(metres, near.get(service_id, metres))
    rough = "" if here.of == places.tidy(wanted.postcode) else f" from the middle of {here.of}"
    return near, f"Distances are as the crow flies{rough}."


# What is shown ---------------------------------------------------------------------------------------------


async def services(unit: UnitOfWork, found: Found, page: int, per_page: int) -> list[hsds.ListedService]:
    """One page of what was found."""
    ids = found.ids[(page - 1) * per_page : page * per_page]
    rows = await _rows(unit, ids)
    return [_listed(*rows[each], found.metres.get(each)) for each in ids if each in rows]


async def service(unit: UnitOfWork, service_id: UUID) -> hsds.ShownService:
    """One service, whole, also one that has ended (its status says so); `NotFound`."""
    return _shown(*await _row(unit, service_id))


async def version_of(unit: UnitOfWork, service_id: UUID) -> int:
    """Its version, for who keeps it."""
    row, _ = await _row(unit, service_id)
    return row.version


async def places_of(unit: UnitOfWork, found: Found, page: int, per_page: int) -> tuple[list[hsds.ListedPlace], int]:
    """One page of the places of the services found, in their order; and how many there are."""
    order = func.array_position(found.ids, Place.service_id)
    total = await unit.session.scalar(select(func.count()).where(Place.service_id.in_(found.ids))) or 0
    query = select(Place.id, Place.service_id).where(Place.service_id.in_(found.ids)).order_by(order, Place.id)
    chosen = (await unit.session.execute(query.limit(per_page).offset((page - 1) * per_page))).all()
    rows = await _rows(unit, {each.service_id for each in chosen})
    shown = []
    for place_id, service_id in chosen:
        listed = _listed(*rows[service_id], found.metres.get(service_id))
        told = _place(rows[service_id][0], place_id)
        location = hsds.LocationInList.model_validate(told["location"])
        shown.append(hsds.ListedPlace(**{**told, "location": location, "service": listed}))
    return shown, total


async def place(unit: UnitOfWork, place_id: UUID) -> hsds.ShownPlace:
    """One service at a location, whole; `NotFound`."""
    query = select(Place.service_id).where(Place.id == place_id).order_by(Place.service_id).limit(1)
    service_id = await unit.session.scalar(query)
    if service_id is None:
        raise NotFound("The directory has no such place")
    row, organisation = await _row(unit, service_id)
    told = _place(row, place_id)
    return hsds.ShownPlace(**{**told, "service": _shown(row, organisation)})


def _place(row: DirectoryService, place_id: UUID) -> dict[str, Any]:
    told = next(each for each in row.document["service_at_locations"] if each["id"] == str(place_id))
    location = told.get("location") or {"id": told.get("location_id", told["id"]), "location_type": "virtual"}
    return {"id": place_id, "service_id": row.id, "location_id": location["id"], "location": location}


async def _row(unit: UnitOfWork, service_id: UUID) -> tuple[DirectoryService, Organisation]:
    rows = await _rows(unit, [service_id])
    if service_id not in rows:
        raise NotFound("The directory has no such service")
    return rows[service_id]


async def _rows(unit: UnitOfWork, ids: Iterable[UUID]) -> dict[UUID, tuple[DirectoryService, Organisation]]:
    query = (
        select(DirectoryService, Organisation)
        .join(Organisation, Organisation.id == DirectoryService.organisation_id)
        .where(DirectoryService.id.in_(ids), Organisation.listed)
    )
    return {row.id: (row, organisation) for row, organisation in await unit.session.execute(query)}


def _ours(row: DirectoryService, metres: int | None) -> hsds.Ours:
    return hsds.Ours(
        needs=[NeedDomain(each) for each in row.needs],
        confirmed_on=row.confirmed_on,
        confirmed_by=None if row.confirmed_on is None else "provider" if row.confirmed_by == "provider" else "council",
        fresh=domain.is_fresh(row.confirmed_on, clock.today()),
        metres=metres,
        places_free=row.places_free,
        places_on=row.places_on,
    )


def _filled(row: DirectoryService, organisation: Organisation, metres: int | None) -> dict[str, Any]:
    told = {
        "id": organisation.id,
        "name": organisation.name,
        "description": organisation.description or organisation.name,
        "email": organisation.email,
        "website": organisation.website,
        "uri": organisation.uri,
    }
    return {
        **row.document,
        "organization_id": organisation.id,
        "organization": told,
        "assured_date": row.confirmed_on,
        "last_modified": row.changed_at,
        "newstart": _ours(row, metres),
    }


def _listed(row: DirectoryService, organisation: Organisation, metres: int | None) -> hsds.ListedService:
    return hsds.ListedService.model_validate(_filled(row, organisation, metres))


def _shown(row: DirectoryService, organisation: Organisation) -> hsds.ShownService:
    filled = _filled(row, organisation, None)
    for attribute in filled["attributes"]:
        term = domain.TERMS.get(UUID(attribute.get("taxonomy_term_id", str(row.id))))
        if term is not None:
            attribute["taxonomy_term"] = _need_term(term)
    return hsds.ShownService.model_validate(filled)


# Taxonomies ------------------------------------------------------------------------------------------------

_OURS = hsds.TaxonomyView(
    id=domain.NEEDS_TAXONOMY,
    name="New Start needs",
    description="The twelve kinds of need that people bring to the front door",
    version="1",
)


def _need_term(need: NeedDomain) -> hsds.Term:
    return hsds.Term(
        id=domain.need_term(need),
        name=domain.need_name(need),
        description=domain.need_name(need),
        taxonomy=_OURS.name,
        taxonomy_id=domain.NEEDS_TAXONOMY,
        term=str(need),
    )


async def taxonomies(unit: UnitOfWork) -> Sequence[hsds.TaxonomyView]:
    """Ours first, then those of feeds by name."""
    rows = await unit.session.scalars(select(Taxonomy).order_by(Taxonomy.name, Taxonomy.id))
    return [_OURS, *(hsds.TaxonomyView.model_validate(each, from_attributes=True) for each in rows)]


async def taxonomy(unit: UnitOfWork, taxonomy_id: UUID) -> hsds.TaxonomyView:
    """One of them; `NotFound`."""
    for each in await taxonomies(unit):
        if each.id == taxonomy_id:
            return each
    raise NotFound("The directory has no such taxonomy")


async def terms(unit: UnitOfWork) -> Sequence[hsds.Term]:
    """All terms: our needs first, then those of feeds by name."""
    rows = await unit.session.execute(
        select(TaxonomyTerm, Taxonomy.name.label("taxonomy"))
        .outerjoin(Taxonomy, Taxonomy.id == TaxonomyTerm.taxonomy_id)
        .order_by(TaxonomyTerm.name, TaxonomyTerm.id)
    )
    theirs = [
        hsds.Term(
            id=row.id,
            name=row.name,
            description=row.description or row.name,
            parent_id=row.parent_id,
            taxonomy=taxonomy,
            taxonomy_id=row.taxonomy_id,
            term=row.term,
            term_uri=row.term_uri,
        )
        for row, taxonomy in rows
    ]
    return [*(_need_term(need) for need in NeedDomain), *theirs]


async def term(unit: UnitOfWork, term_id: UUID) -> hsds.Term:
    """One of them; `NotFound`."""
    for each in await terms(unit):
        if each.id == term_id:
            return each
    raise NotFound("The directory has no such term")
