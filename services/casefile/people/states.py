"""What others are told of people and households: ids and dates, never a name (kit.contracts.casefile.people)."""

from collections.abc import Sequence

from kit.contracts.casefile.people import HouseholdState, Member, PersonMerge, PersonState
from kit.contracts.casefile.people import Membership as PublishedMembership
from services.casefile.people.models import Household, Membership, Merge, Person


def barred_from(person: Person) -> tuple[str, ...]:
    """Who may not see the record: by a separation, by a conflict they declared, or because the resident said so."""
    return tuple(sorted({*(person.kept_from or ()), *(person.barred or ())}))


def person_state(person: Person, memberships: Sequence[Membership]) -> PersonState:
    """A person's published state."""
    return PersonState(
        person_id=person.id,
        households=_households(memberships),
        restricted=person.restricted,
        separated_from=tuple(sorted(person.separated_from or ())),
        barred_workers=barred_from(person),
        merged_into=person.merged_into,
        changed_at=person.changed_at,
    )


def merge_state(person: Person, memberships: Sequence[Membership], merge: Merge) -> PersonMerge:
    """The state of someone found to be another, or found not to be after all."""
    return PersonMerge(
        person_id=person.id,
        households=_households(memberships),
        restricted=person.restricted,
        separated_from=tuple(sorted(person.separated_from or ())),
        barred_workers=barred_from(person),
        merged_into=person.merged_into,
        changed_at=person.changed_at,
        survivor_id=merge.survivor_id,
    )


def household_state(household: Household, memberships: Sequence[Membership]) -> HouseholdState:
    """A household's published state."""
    members = tuple(
        Member(person_id=each.person_id, from_=each.since, to=each.until)
        for each in sorted(memberships, key=lambda each: (each.since, each.person_id))
    )
    return HouseholdState(household_id=household.id, members=members, changed_at=household.changed_at)


def _households(memberships: Sequence[Membership]) -> tuple[PublishedMembership, ...]:
    return tuple(
        PublishedMembership(household_id=each.household_id, from_=each.since, to=each.until)
        for each in sorted(memberships, key=lambda each: (each.since, each.household_id))
    )
