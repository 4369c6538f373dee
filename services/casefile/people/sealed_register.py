"""The register as a sealed source: who someone is, as it is now, for risk's vault and for nobody else (rules 4 and 6).

Every change of a person's details or household goes out in the transaction that made it; the people of a load travel
together, as many as fit into one event, because one seal for each would cost an import half its time again.

Who is told of how: people merged into another with whom they lead to; restricted people as *unlisted*, an id and a
version without a detail, so that the vault drops what it had and nothing new is linked to them; introduced people not
at all until they were met, for all we have of them came from the vault. Contact details marked unsafe never leave:
a number someone else answers would link the two of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from kit.contracts.casefile.people import Identities, Identity
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.people.models import Membership, Person
from services.casefile.people.visibility import unlisted

_TYPE, _READER = "casefile.identity.changed", "risk"
_AT_ONCE = 400
"""Of the usual 500 bytes of JSON each, this many fit into one event with room to spare."""
_DETAILS = ("names", "date_of_birth", "nhs_number", "nino", "upn", "addresses", "contacts")


def tell(unit: UnitOfWork, person: Person, memberships: Sequence[Membership]) -> None:
    """A person's present version goes to the vault. Who was merged into someone restricted is told with that one."""
    if person.introduced:
        return
    known = {name: getattr(person, name) for name in _DETAILS}
    told = identity(
        person.id,
        person.version,
        {} if person.restricted else known,
        current_home(memberships),
        changed_at=person.changed_at,
        merged_into=person.merged_into,
    )
    data = Identities(people=(told,))
    sealed.seal(unit, _READER, _TYPE, data, aggregate_id=person.id, sequence=person.version)


def tell_load(unit: UnitOfWork, people: Sequence[Identity]) -> int:
    """Many at once, as many in an event as fit; returns how many events. Each person's own version counts."""
    events = 0
    waiting = [people[start : start + _AT_ONCE] for start in range(0, len(people), _AT_ONCE)]
    while waiting:
        share = waiting.pop(0)
        try:
            data = Identities(people=tuple(share))
            sealed.seal(unit, _READER, _TYPE, data, aggregate_id=new_id(), sequence=1)
            events += 1
        except sealed.TooLargeToSeal:
            # Long names and addresses: rare, so trying costs less than measuring each.
            half = len(share) // 2
            if not half:
                raise
            waiting[:0] = [share[:half], share[half:]]
    return events


async def tell_again(unit: UnitOfWork, after: UUID | None, most: int) -> UUID | None:
    """Seal the next `most` people of the register as they are now; returns the last one's id, None at the end.

    For a register older than this source, and for a vault that must be filled from nothing once the outbox has
    forgotten (`republish --sealed-to risk` sends the last 100 days).
    """
    query = select(Person, unlisted().label("unlisted")).where(~Person.introduced).order_by(Person.id).limit(most)
    rows = (await unit.session.execute(query if after is None else query.where(Person.id > after))).all()
    if not rows:
        return None
    homes: dict[UUID, list[Membership]] = {}
    ids = [row.Person.id for row in rows]
    for place in await unit.session.scalars(select(Membership).where(Membership.person_id.in_(ids))):
        homes.setdefault(place.person_id, []).append(place)
    told = [
        identity(
            person.id,
            person.version,
            {} if hidden else {name: getattr(person, name) for name in _DETAILS},
            current_home(homes.get(person.id, ())),
            changed_at=person.changed_at,
            merged_into=person.merged_into,
        )
        for person, hidden in rows
    ]
    tell_load(unit, told)
    last: UUID = ids[-1]
    return last


def identity(
    person_id: UUID,
    version: int,
    known: Mapping[str, Any],
    household_id: UUID | None,
    *,
    changed_at: Any,
    merged_into: UUID | None = None,
) -> Identity:
    """One person as the vault reads them, from the columns of their row; nothing `known` makes them unlisted."""
    if not known:
        return Identity(person_id=person_id, version=version, changed_at=changed_at)
    names = known["names"]
    address: Mapping[str, Any] = next((each for each in known["addresses"] if each["until"] is None), {})
    safe = {each["kind"]: each["value"] for each in reversed(known["contacts"]) if each["safe"]}
    return Identity(
        person_id=person_id,
        version=version,
        household_id=household_id,
        given=names[0]["given"] or None,
        family=names[0]["family"] or None,
        former_family=next((each["family"] for each in names if each["kind"] == "former"), None),
        known_as=next((each["given"] for each in names if each["kind"] == "known_as"), None),
        born=known["date_of_birth"],
        nhs_number=known["nhs_number"],
        nino=known["nino"],
        upn=known["upn"],
        lines=tuple(address.get("lines", ())),
        postcode=address.get("postcode"),
        uprn=address.get("uprn"),
        ward=address.get("ward"),
        phone=safe.get("phone"),
        email=safe.get("email"),
        merged_into=merged_into,
        changed_at=changed_at,
    )


def current_home(memberships: Iterable[Membership]) -> UUID | None:
    """The household someone belongs to; None for a child of two homes: a guess would show one the other's story."""
    homes = {each.household_id for each in memberships if each.until is None}
    return homes.pop() if len(homes) == 1 else None
