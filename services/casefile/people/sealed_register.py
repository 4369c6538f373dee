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

from kit.contracts.casefile import Identities, Identity
from kit.events import sealed
from kit.ids import new_id
from kit.store.unit import UnitOfWork
from services.casefile.people.models import Membership, Person

_TYPE, _READER = "casefile.identity.changed", "risk"
_ROOM = sealed.LARGEST_BYTES - 1024
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
    data = Identities.model_construct(people=(told,))
    sealed.seal(unit, _READER, _TYPE, data, aggregate_id=person.id, sequence=person.version)


def tell_load(unit: UnitOfWork, people: Iterable[Identity]) -> int:
    """Many at once, as many in an event as fit; returns how many events. Each person's own version counts."""
    waiting: list[Identity] = []
    events = size = 0

    def send() -> None:
        data = Identities.model_construct(people=tuple(waiting))
        sealed.seal(unit, _READER, _TYPE, data, aggregate_id=new_id(), sequence=1)

    for each in people:
        length = len(each.model_dump_json().encode()) + 1
        if waiting and size + length > _ROOM:
            send()
            events, size, waiting = events + 1, 0, []
        waiting.append(each)
        size += length
    if waiting:
        send()
        events += 1
    return events


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
        return Identity.model_construct(person_id=person_id, version=version, changed_at=changed_at)
    names = known["names"]
    address: Mapping[str, Any] = next((each for each in known["addresses"] if each["until"] is None), {})
    safe = {each["kind"]: each["value"] for each in reversed(known["contacts"]) if each["safe"]}
    # Built without checks, which take longer than all the rest: the columns hold normal forms.
    return Identity.model_construct(
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
