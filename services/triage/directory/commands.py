"""Writes of the directory: an entry by hand or from a feed, a confirmation, free places, a feed."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert

from kit import clock
from kit.contracts.triage.directory import DirectoryServiceState
from kit.errors import Conflict, FieldError, Invalid, NotFound, invalid
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version
from services.triage.directory import domain, hsds
from services.triage.directory.meaning import as_text, meaning
from services.triage.directory.models import DirectoryService, Feed, Opening, Place, Taxonomy, TaxonomyTerm
from services.triage.organisations.commands import fill as fill_organisation
from services.triage.organisations.domain import Kind
from services.triage.organisations.models import Organisation
from services.triage.organisations.queries import active
from services.triage.organisations.shapes import OrganisationEntry


def plain(entry: hsds.Service) -> dict[str, Any]:
    """An entry as JSON, without what it does not say."""
    return entry.model_dump(mode="json", exclude_none=True)


async def put(
    unit: UnitOfWork, service_id: UUID, entry: hsds.Service, expected: int | None
) -> tuple[DirectoryService, bool]:
    """Make an entry by hand, or put it in place of the version read; True when it was made.

    Whoever puts it says that it is right: it counts as confirmed today. `Conflict` for an entry of a feed.
    """
    if entry.id != service_id:
        raise invalid("/id", "The id in the entry is another than that in the address", "same-id")
    if entry.organization_id is None:
        raise invalid("/organization_id", "Say whose service it is", "organisation-of-a-service")
    await active(unit, entry.organization_id, "/organization_id")
    document = plain(entry)
    if wrong := domain.faults(document, clock.today()):
        raise Invalid("The entry breaks a rule", *wrong)
    found = await unit.session.get(DirectoryService, service_id, with_for_update=True)
    if found is not None:
        if expected is None:
            raise PreconditionRequired('It is there already. Send If-Match with the ETag you were given, e.g. "3"')
        check_version(found.version, expected)
        if found.feed_id is not None:
            raise Conflict("This entry comes from a feed: it is put right at its source", allowed_from_here=["confirm"])
    row = found or DirectoryService(id=service_id, version=0)
    await _fill(unit, row, document, None)
    row.confirmed_on, row.confirmed_by = clock.today(), unit.cause.actor
    _announce(unit, row)
    return row, found is None


async def confirm(unit: UnitOfWork, service_id: UUID, expected: int) -> DirectoryService:
    """Somebody asked, and all of it is right: it counts as confirmed today, by who acts."""
    row = await _load(unit, service_id, expected)
    row.confirmed_on, row.confirmed_by = clock.today(), unit.cause.actor
    _announce(unit, row)
    return row


async def tell_places(unit: UnitOfWork, service_id: UUID, expected: int, places: int | None) -> DirectoryService:
    """How many places are free today, as the provider says; None: they could not say."""
    row = await _load(unit, service_id, expected)
    row.places_free, row.places_on = places, clock.today()
    _announce(unit, row)
    return row


# From a feed ----------------------------------------------------------------------------------------------


async def take_in(unit: UnitOfWork, feed_id: UUID, load_id: UUID, entry: hsds.Service) -> bool:
    """An entry of a feed; False when it says what it said before. `Invalid` names what keeps it out."""
    document = plain(entry)
    if wrong := domain.faults(document, clock.today()):
        raise Invalid("The entry breaks a rule", *wrong)
    if entry.organization is None:
        raise invalid("/organization", "Say whose service it is", "organisation-of-a-service")
    row = await unit.session.get(DirectoryService, entry.id, with_for_update=True)
    digest = domain.digest(document)
    if row is not None:
        if row.feed_id != feed_id:
            raise invalid("/id", "Another source has an entry under this id", "id-of-another-source")
        row.seen_in = load_id
        if row.digest == digest and row.status == document["status"]:
            return False
    await _organisation(unit, feed_id, entry.organization)
    document["organization_id"] = str(entry.organization.id)
    row = row or DirectoryService(id=entry.id, version=0)
    row.seen_in = load_id
    await _fill(unit, row, document, feed_id, digest)
    if entry.assured_date is not None:
        row.confirmed_on, row.confirmed_by = entry.assured_date, "provider"
    _announce(unit, row)
    return True


async def end_unseen(unit: UnitOfWork, feed_id: UUID, load_id: UUID) -> tuple[int, bool]:
    """End the entries that a whole feed does not name any more; (how many, whether they are held instead)."""
    mine = (DirectoryService.feed_id == feed_id, DirectoryService.status.in_(domain.SHOWN))
    known = await unit.session.scalar(select(func.count()).where(*mine)) or 0
    query = select(DirectoryService).where(*mine, DirectoryService.seen_in.is_distinct_from(load_id))
    gone = (await unit.session.scalars(query.order_by(DirectoryService.id).with_for_update())).all()
    if domain.holds_back(known, len(gone)):
        return len(gone), True
    for row in gone:
        row.status = hsds.Status.INACTIVE
        row.document = {**row.document, "status": row.status}
        _announce(unit, row)
    return len(gone), False


async def loaded(unit: UnitOfWork, feed_id: UUID, result: Mapping[str, Any]) -> None:
    """Keep with the feed what its load did."""
    await unit.session.execute(
        update(Feed).where(Feed.id == feed_id).values(loaded_at=clock.business_now(), last_load=dict(result))
    )


async def put_feed(
    unit: UnitOfWork, feed_id: UUID, values: Mapping[str, Any], expected: int | None
) -> tuple[Feed, bool]:
    """Make a feed, or put it in place of the version read; True when it was made."""
    found = await unit.session.get(Feed, feed_id, with_for_update=True)
    if found is not None:
        if expected is None:
            raise PreconditionRequired('It is there already. Send If-Match with the ETag you were given, e.g. "3"')
        check_version(found.version, expected)
    row = found or Feed(id=feed_id, version=0)
    for name, value in values.items():
        setattr(row, name, value)
    row.version, row.changed_by, row.changed_at = row.version + 1, unit.cause.actor, clock.business_now()
    if found is None:
        unit.session.add(row)
    return row, found is None


# The parts ------------------------------------------------------------------------------------------------


async def _load(unit: UnitOfWork, service_id: UUID, expected: int | None) -> DirectoryService:
    row = await unit.session.get(DirectoryService, service_id, with_for_update=True)
    if row is None:
        raise NotFound("We know of no such service")
    if expected is not None:
        check_version(row.version, expected)
    return row


async def _organisation(unit: UnitOfWork, feed_id: UUID, told: hsds.Organization) -> None:
    """Whoever gives the service. One that we keep by hand, or another feed tells of, stays as it is."""
    row = await unit.session.get(Organisation, told.id, with_for_update=True)
    if row is not None and row.feed_id != feed_id:
        return
    entry = OrganisationEntry(
        name=told.name,
        kind=Kind(row.kind) if row else Kind.OTHER,
        description=told.description,
        website=told.website,
        email=told.email,
        uri=told.uri,
    )
    if row is not None and all(getattr(row, name) == getattr(entry, name) for name in _TOLD):
        return
    made = row is None
    row = row or Organisation(id=told.id, version=0)
    fill_organisation(unit, row, entry, feed_id)
    if made:
        unit.session.add(row)
        await unit.session.flush()


_TOLD = ("name", "description", "website", "email", "uri")


async def _fill(
    unit: UnitOfWork, row: DirectoryService, document: dict[str, Any], feed_id: UUID | None, digest: str = ""
) -> None:
    """Write an entry into its row, its places and openings beside it, and what finds it."""
    organisation = await unit.session.get_one(Organisation, UUID(document["organization_id"]))
    terms = [each["taxonomy_term"] for each in document["attributes"] if "taxonomy_term" in each]
    ids = {UUID(each["taxonomy_term_id"]) for each in document["attributes"] if "taxonomy_term_id" in each}
    ids |= {UUID(each["id"]) for each in terms}
    await _keep_terms(unit, terms)
    document = {name: value for name, value in document.items() if name != "organization"}
    row.organisation_id, row.feed_id, row.digest = organisation.id, feed_id, digest or domain.digest(document)
    row.name, row.status, row.document = document["name"], document["status"], document
    row.term_ids, row.needs = sorted(ids), list(domain.needs_of(ids))
    row.minimum_age, row.maximum_age = document.get("minimum_age"), document.get("maximum_age")
    _index(row, organisation, [each["name"] for each in terms])
    if row.version == 0:
        row.places_free = row.places_on = row.confirmed_on = row.confirmed_by = None
        row.changed_at = clock.business_now()
        unit.session.add(row)
    await unit.session.flush()
    await unit.session.execute(delete(Place).where(Place.service_id == row.id))
    await unit.session.execute(delete(Opening).where(Opening.service_id == row.id))
    unit.session.add_all(_places(row.id, document["service_at_locations"]))
    for each in domain.hours_of(document["schedules"]):
        unit.session.add(Opening(service_id=row.id, **{**each._asdict(), "days": list(each.days)}))


def _index(row: DirectoryService, organisation: Organisation, terms: Iterable[str]) -> None:
    document = row.document
    names = [domain.need_name(need) for need in domain.needs_of(row.term_ids)]
    parts = ("description", "eligibility_description", "application_process", "fees")
    rest = " ".join([*(document[part] for part in parts if part in document), *names, *terms])

    def lexemes(text: str, weight: str) -> Any:
        return func.setweight(func.to_tsvector("english", text), literal_column(f"'{weight}'"))

    row.words = lexemes(row.name, "A").op("||")(lexemes(organisation.name, "B")).op("||")(lexemes(rest, "D"))
    row.line = f"{row.name} {organisation.name}".lower()
    # Public words of a service: nobody's sentence ever becomes a stored vector.
    told = " ".join(document[part] for part in parts[:2] if part in document)
    row.meaning = as_text(meaning(f"{row.name}. {told}"))


def _places(service_id: UUID, told: Iterable[Mapping[str, Any]]) -> Iterable[Place]:
    for each in told:
        where = each.get("location") or {}
        yield Place(
            id=UUID(each["id"]),
            service_id=service_id,
            name=where.get("name"),
            latitude=where.get("latitude"),
            longitude=where.get("longitude"),
        )


async def _keep_terms(unit: UnitOfWork, terms: Iterable[Mapping[str, Any]]) -> None:
    """Terms as first told; ours are in the code, and nobody's to change."""
    for each in terms:
        taxonomy = UUID(each["taxonomy_id"]) if "taxonomy_id" in each else None
        if UUID(each["id"]) in domain.TERMS or taxonomy == domain.NEEDS_TAXONOMY:
            continue
        if taxonomy is not None:
            name = each.get("taxonomy") or "Terms of a feed"
            values = {"id": taxonomy, "name": name, "description": name}
            await unit.session.execute(insert(Taxonomy).values(values).on_conflict_do_nothing())
        named = {"id": UUID(each["id"]), "name": each["name"], "description": each["description"]}
        parent = UUID(each["parent_id"]) if "parent_id" in each else None
        more = {
            "parent_id": parent,
            "taxonomy_id": taxonomy,
            "term": each.get("term"),
            "term_uri": each.get("term_uri"),
        }
        await unit.session.execute(insert(TaxonomyTerm).values({**named, **more}).on_conflict_do_nothing())


def _announce(unit: UnitOfWork, row: DirectoryService) -> None:
    row.version, row.changed_at = row.version + 1, clock.business_now()
    state = DirectoryServiceState(
        service_id=row.id,
        organisation_id=row.organisation_id,
        status=row.status.replace(" ", "_"),
        needs=domain.needs_of(row.term_ids),
        confirmed_on=row.confirmed_on,
        places=row.places_free,
        places_on=row.places_on,
        changed_at=row.changed_at,
    )
    unit.emit("triage.directory_service.changed", state, aggregate_id=row.id, sequence=row.version)


def as_errors(error: Invalid) -> list[dict[str, str]]:
    """The faults of a refusal, as quarantine keeps them."""
    told = error.errors or (FieldError("", error.detail, "readable"),)
    return [{"pointer": each.pointer, "detail": each.detail, "rule": each.rule} for each in told]
