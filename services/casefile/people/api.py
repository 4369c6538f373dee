"""The HTTP door of people."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit import clock
from kit.contracts.questions import KnownAnswer
from kit.errors import Stale, invalid
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.people import commands, domain, identifiers, known, queries
from services.casefile.people.commands import LikelyDuplicate
from services.casefile.people.identifiers import DateClue
from services.casefile.people.queries import Found, PersonNames, PersonView
from services.casefile.people.search import SearchQuery

router = APIRouter(route_class=UnitRoute, tags=["people"])

Line = Annotated[str, StringConstraints(max_length=200)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Need = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class Body(BaseModel):
    """Requests refuse fields they do not know: a slip in a name must not lose what was typed."""

    model_config = ConfigDict(extra="forbid")


class NameIn(Body):
    given: Line = ""
    family: Line = ""
    kind: Literal["current", "known_as", "former", "alias"] = "current"


class AddressIn(Body):
    lines: Annotated[list[Line], Field(max_length=6)] = []
    postcode: Line | None = None
    uprn: Line | None = Field(None, description="Unique Property Reference Number, up to 12 digits")
    ward: Annotated[str, StringConstraints(pattern=r"^E05\d{6}$")] | None = Field(None, description="GSS ward code")
    since: date | None = None
    until: date | None = Field(None, description="First day they no longer lived there")


class ContactIn(Body):
    kind: Literal["phone", "email"]
    value: Line
    safe: bool = Field(True, description="False: never use it")
    note: Line = ""


class PersonFields(Body):
    names: Annotated[list[NameIn], Field(min_length=1, max_length=20)]
    date_of_birth: Line | None = Field(None, description="YYYY, YYYY-MM or YYYY-MM-DD: as much as is known")
    nhs_number: Line | None = None
    nino: Line | None = Field(None, description="National Insurance number")
    upn: Line | None = Field(None, description="Unique pupil number")
    addresses: Annotated[list[AddressIn], Field(max_length=50)] = []
    contacts: Annotated[list[ContactIn], Field(max_length=20)] = []
    languages: Annotated[list[Language], Field(max_length=10)] = Field([], description="BCP 47, preferred first")
    communication_needs: Annotated[list[Need], Field(max_length=20)] = []


class NewPerson(PersonFields):
    """Someone we have not met, with the household they join if it is known to us."""

    household_id: UUID | None = Field(None, description="Left out: a household of their own is formed")
    confirmed_new: bool = Field(False, description="True once the likely duplicates were looked at")


class PersonChanges(Body):
    """What changes; fields left out stay as they are, a list replaces the whole list."""

    names: Annotated[list[NameIn], Field(min_length=1, max_length=20)] | None = None
    date_of_birth: Line | None = None
    nhs_number: Line | None = None
    nino: Line | None = None
    upn: Line | None = None
    addresses: Annotated[list[AddressIn], Field(max_length=50)] | None = None
    contacts: Annotated[list[ContactIn], Field(max_length=20)] | None = None
    languages: Annotated[list[Language], Field(max_length=10)] | None = None
    communication_needs: Annotated[list[Need], Field(max_length=20)] | None = None


class Search(Body):
    """A search: a name in any spelling and order, part of a birth date, a second identifier that unmasks."""

    name: Line = ""
    date_of_birth: Line | None = Field(None, description="YYYY, YYYY-MM, YYYY-MM-DD, or --MM-DD without the year")
    postcode: Line | None = None
    uprn: Line | None = None
    phone: Line | None = None
    nhs_number: Line | None = None
    nino: Line | None = None
    upn: Line | None = None
    limit: Annotated[int, Field(ge=1, le=50)] = 10


class Results(BaseModel):
    people: list[Found]


class Registered(PersonView):
    household_id: UUID


class MergeIn(Body):
    survivor_id: UUID = Field(description="The person this one turned out to be")
    reason: Reason


class UnmergeIn(Body):
    reason: Reason


class RelationshipIn(Body):
    other_id: UUID
    kind: Line = Field(description='This person is <kind> of the other, e.g. "parent"')
    parental_responsibility: bool = False
    carer: bool = False


class RelationshipMade(BaseModel):
    id: UUID


@router.post("/people/search", **may("casefile.person.search"))
async def search_people(unit: Unit, search: Search) -> Results:
    """Find a person. Shows initials, birth year and ward; a second identifier in the same search shows the rest."""
    clue = DateClue.parse(search.date_of_birth) if search.date_of_birth else None
    query = SearchQuery(
        name=search.name,
        date_of_birth=clue,
        postcode=identifiers.postcode(search.postcode) if search.postcode else None,
        uprn=identifiers.unique_property_reference(search.uprn) if search.uprn else None,
        phone=domain.phone(search.phone, "/phone") if search.phone else None,
        nhs_number=identifiers.nhs_number(search.nhs_number) if search.nhs_number else None,
        nino=identifiers.national_insurance_number(search.nino) if search.nino else None,
        upn=identifiers.unique_pupil_number(search.upn) if search.upn else None,
    )
    if not search.name.strip() and not query.identifiers and (clue is None or not clue.full):
        raise invalid("/name", "Give a name, a full date of birth or an identifier to search by.", "search-not-empty")
    return Results(people=await queries.search(unit, query, search.limit))


SomePeople = Annotated[list[UUID], Query(min_length=1, max_length=100)]


@router.get("/people", **may("casefile.person.read"))
async def read_people(
    unit: Unit,
    ids: Annotated[list[UUID] | None, Query(min_length=1, max_length=100)] = None,
    household_id: Annotated[UUID | None, Query(description="All who belong or belonged to it")] = None,
) -> list[PersonView]:
    """Up to 100 people by id, or all of a household; those you may not see are left out."""
    if ids is not None and household_id is None:
        return await queries.views_of(unit, list(dict.fromkeys(ids)))
    if household_id is None or ids is not None:
        raise invalid("/ids", "Say which people, or whose household: one of the two.", "one-of-two")
    return await queries.of_household(unit, household_id)


@router.get("/people/names", **may("casefile.person.read"))
async def read_names(unit: Unit, ids: SomePeople) -> list[PersonNames]:
    """What up to 100 people are called, for lists: on record as one look at their names, not at their files."""
    return await queries.names_of(unit, list(dict.fromkeys(ids)))


@router.post("/people", status_code=201, **may("casefile.person.register", keyed=True, refusals=(404, 409)))
async def register_person(response: Response, unit: Unit, person: NewPerson) -> Registered:
    """Register someone. 409 with the likely duplicates, as a search shows them, unless `confirmed_new`."""
    details = domain.details(person.model_dump(), today=clock.today())
    try:
        row, household_id = await commands.register(
            unit, details, household_id=person.household_id, confirmed_new=person.confirmed_new
        )
    except LikelyDuplicate as refusal:
        cards = await queries.likely(unit, refusal.candidates)
        await queries.refused_showing(unit, "people/duplicates", [each.person_id for each in cards])
        refusal.extra = {"candidates": [each.model_dump(mode="json", exclude={"score"}) for each in cards]}
        raise
    response.headers["Location"] = f"/v1/casefile/people/{row.id}"
    set_etag(response, row.version)
    view = await queries.view(unit, row.id)
    return Registered(**view.model_dump(), household_id=household_id)


@router.get("/people/{person_id}", **may("casefile.person.read", refusals=(404,)))
async def read_person(unit: Unit, response: Response, person_id: UUID) -> PersonView:
    """One person, whole."""
    view = await queries.view(unit, person_id)
    set_etag(response, view.version)
    return view


@router.patch("/people/{person_id}", **may("casefile.person.change", refusals=(404, 409, 412, 428)))
async def change_person(
    unit: Unit, response: Response, person_id: UUID, expected: Expected, changes: PersonChanges
) -> PersonView:
    """Change what is known. The loser of two edits gets 412 with both versions."""
    try:
        row = await commands.change(unit, person_id, expected, changes.model_dump(exclude_unset=True))
    except Stale:
        # It shows what stands now: that is a read.
        await queries.refused_showing(unit, f"person/{person_id}", [person_id])
        raise
    set_etag(response, row.version)
    return await queries.view(unit, person_id)


@router.post("/people/{person_id}/merge", **may("casefile.person.merge", refusals=(404, 409, 412, 428)))
async def merge_person(
    unit: Unit, response: Response, person_id: UUID, expected: Expected, body: MergeIn
) -> PersonView:
    """This person is another. Nothing is lost; it can be taken back."""
    row = await commands.merge(unit, person_id, body.survivor_id, expected, body.reason)
    set_etag(response, row.version)
    return await queries.view(unit, person_id)


@router.post("/people/{person_id}/unmerge", **may("casefile.person.unmerge", refusals=(404, 409, 412, 428)))
async def unmerge_person(
    unit: Unit, response: Response, person_id: UUID, expected: Expected, body: UnmergeIn
) -> PersonView:
    """They are two people after all: both stand again as they were."""
    row = await commands.unmerge(unit, person_id, expected, body.reason)
    set_etag(response, row.version)
    return await queries.view(unit, person_id)


@router.post(
    "/people/{person_id}/relationships",
    status_code=201,
    **may("casefile.relationship.record", keyed=True, refusals=(404, 409)),
)
async def relate_person(unit: Unit, response: Response, person_id: UUID, body: RelationshipIn) -> RelationshipMade:
    """Record how this person is related to another; the inverse shows on the other's side."""
    row = await commands.relate(
        unit,
        person_id,
        body.other_id,
        body.kind,
        parental_responsibility=body.parental_responsibility,
        carer=body.carer,
    )
    response.headers["Location"] = f"/v1/casefile/people/{person_id}"
    return RelationshipMade(id=row.id)


@router.get("/known", **may("casefile.known.read"))
async def read_known(unit: Unit, person_id: UUID) -> list[KnownAnswer]:
    """What the case file already knows of a person, so that nobody asks again (question codes)."""
    return await known.answers(unit, person_id)
