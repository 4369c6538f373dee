"""Households, from where each resident's records say that they live: pure, the same for one home and for a borough.

A household is a group of people, not an address: it keeps its id when it moves house together, when someone joins and
when someone leaves, and ends when nobody of it is left. Who lives where follows from dated evidence (tenancy, council
tax liability, claim, school address), the strongest and latest first.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from uuid import UUID

CROWD = 10
"""An address with more residents than this is no single home: only those who share a form live together there."""

_STRONG = frozenset({"casefile", "council_tax_accounts", "rent_accounts", "benefit_claims"})
_LIABILITY = frozenset({"council_tax_accounts", "rent_accounts"})
# Where someone was last settled, or where a thing happened, is not where they live.
_NOT_A_HOME = frozenset({"homelessness", "domestic_abuse"})
_OF_CHILDREN = frozenset({"school_census", "school_exclusions", "early_help", "social_care"})
_ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one source record says of where its resident lives and how old they are."""

    record: UUID
    resident: UUID
    source: str
    household_reference: str | None = None
    place: str | None = None
    uprn: str | None = None
    postcode: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    seen_on: date | None = None
    born: date | None = None
    probability: float = 1.0

    def stands(self, today: date) -> bool:
        """Whether the source says that they live there today."""
        return self.valid_to is None or self.valid_to > today


@dataclass(frozen=True, slots=True)
class Residence:
    """Where a resident lives now, since when, and by which source's word."""

    resident: UUID
    place: str
    uprn: str | None
    postcode: str | None
    since: date
    basis: str


@dataclass(slots=True)
class Home:
    """A household now. `home_id` is None for one that is new."""

    home_id: UUID | None
    place: str
    uprn: str | None
    postcode: str | None
    members: dict[UUID, Residence] = field(default_factory=dict)

    @property
    def since(self) -> date:
        """Since when anybody of it lives at this place."""
        return min(each.since for each in self.members.values())


def place_of(uprn: str | None, address: str | None, postcode: str | None) -> str | None:
    """How places are compared: by UPRN, else by postcode with the numbers and the street of the address."""
    if uprn:
        return f"uprn:{uprn.strip().lstrip('0')}"
    return address_key(address, postcode)


@lru_cache(maxsize=300_000)
def address_key(address: str | None, postcode: str | None) -> str | None:
    """Postcode, numbers and street, folded; None where one of them is missing."""
    if not address or not postcode:
        return None
    # The engine's package brings numpy and pyarrow with it: only for who compares addresses.
    from services.risk.linkage.engine import standardise

    numbers, street = standardise.address(address)[:2]
    folded = standardise.postcode(postcode)
    return f"at:{folded}|{numbers}|{street}" if folded and numbers and street else None


def residences(
    sightings: Iterable[Sighting], today: date, uprns: Mapping[str, str] | None = None
) -> dict[UUID, Residence]:
    """Where each resident lives now; whoever has no present address is left out.

    `uprns` says which UPRN an address key is, as sources that give both have said.
    """
    known = uprns or {}
    by_resident: defaultdict[UUID, list[tuple[Sighting, str]]] = defaultdict(list)
    for each in sightings:
        place = each.place if each.place is None or each.place not in known else f"uprn:{known[each.place]}"
        if place is not None and each.source not in _NOT_A_HOME and each.stands(today):
            by_resident[each.resident].append((each, place))
    found = {}
    for resident, seen in by_resident.items():
        chosen, place = max(seen, key=lambda pair: _standing(pair[0]))
        dates = [_dated(each) for each, where in seen if where == place]
        found[resident] = Residence(
            resident,
            place,
            chosen.uprn or place.removeprefix("uprn:") if place.startswith("uprn:") else None,
            chosen.postcode,
            min((day for day in dates if day), default=today),
            chosen.source,
        )
    return found


def _standing(each: Sighting) -> tuple[int, date, str, UUID]:
    rank = 2 if each.source in _STRONG else 1 if each.valid_from or each.source in _OF_CHILDREN else 0
    return rank, _dated(each) or date.min, each.source, each.record


def _dated(each: Sighting) -> date | None:
    return each.valid_from or each.seen_on


def living_together(
    living: Mapping[UUID, Residence], sightings: Iterable[Sighting], today: date
) -> list[frozenset[UUID]]:
    """Groups of residents who live together: those of one address, unless it is a crowd or they were replaced."""
    shared: defaultdict[tuple[str, str], set[UUID]] = defaultdict(set)
    last_seen: dict[UUID, date] = {}
    for each in sightings:
        if each.resident not in living or not each.stands(today):
            continue
        if each.household_reference:
            shared[each.source, each.household_reference].add(each.resident)
        day = max(filter(None, (each.seen_on, each.valid_from)), default=None)
        if day:
            last_seen[each.resident] = max(last_seen.get(each.resident, day), day)
    forms: defaultdict[UUID, list[set[UUID]]] = defaultdict(list)
    for members in shared.values():
        for resident in members:
            forms[resident].append(members)
    at: defaultdict[str, set[UUID]] = defaultdict(set)
    for resident, residence in living.items():
        at[residence.place].add(resident)
    groups: list[frozenset[UUID]] = []
    for _, there in sorted(at.items()):
        still = there - _replaced(there, living, forms, last_seen)
        groups += [frozenset(still)] if len(still) <= CROWD else _by_form(still, forms)
    return groups


def _replaced(
    there: set[UUID],
    living: Mapping[UUID, Residence],
    forms: Mapping[UUID, Sequence[set[UUID]]],
    last_seen: Mapping[UUID, date],
) -> set[UUID]:
    """Who is on no form with the people newly liable here and was last seen before they came: they moved on unsaid."""
    liable = {each for each in there if living[each].basis in _LIABILITY}
    if not liable or liable == there:
        return set()
    came = max(living[each].since for each in liable)
    new = {each for each in liable if living[each].since == came}
    kin = new.union(*(members for each in new for members in forms.get(each, ())))
    before = {each for each in there - kin if last_seen.get(each, came) < came}
    # A form filled in anew by those who always lived there replaces nobody.
    return before if not any(living[each].since < came for each in kin & there) else set()


def _by_form(residents: set[UUID], forms: Mapping[UUID, Sequence[set[UUID]]]) -> list[frozenset[UUID]]:
    left, groups = set(residents), []
    while left:
        group, waiting = set(), [min(left)]
        while waiting:
            each = waiting.pop()
            if each in left:
                left.discard(each)
                group.add(each)
                waiting += [other for members in forms.get(each, ()) for other in members if other in left]
        groups.append(frozenset(group))
    return groups


def continued(
    groups: Sequence[frozenset[UUID]],
    living: Mapping[UUID, Residence],
    before: Mapping[UUID, Iterable[UUID]],
    places: Mapping[UUID, str],
) -> list[Home]:
    """The households of today: each group with the id of the household most of it was, if there is one.

    `before` holds the members of each household so far, `places` where it was. A household goes on in the group that
    most of its members are in, provided they are at least half of its members, or still at its place.
    """
    was = {member: home for home, members in before.items() for member in members}
    sizes = {home: len(set(members)) for home, members in before.items()}
    claims: list[tuple[int, bool, UUID, int]] = []
    for number, group in enumerate(groups):
        place = living[min(group)].place
        for home, count in Counter(was[member] for member in group if member in was).items():
            if places.get(home) == place or count * 2 >= sizes[home]:
                claims.append((-count, places.get(home) != place, home, number))
    kept: dict[int, UUID] = {}
    given: set[UUID] = set()
    for _, _, home, number in sorted(claims):
        if number not in kept and home not in given:
            kept[number] = home
            given.add(home)
    found = []
    for number, group in enumerate(groups):
        first = living[min(group)]
        uprn = next((living[each].uprn for each in sorted(group) if living[each].uprn), None)
        members = {each: living[each] for each in sorted(group)}
        found.append(Home(kept.get(number), first.place, uprn, first.postcode, members))
    return found


def is_adult(sightings: Sequence[Sighting], today: date) -> bool:
    """By birth date where a record has one (the one most records agree on), else by who fills in such a form."""
    births = Counter(each.born for each in sightings if each.born)
    if births:
        born = max(births.items(), key=lambda item: (item[1], item[0]))[0]
        years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        return years >= _ADULT_AGE
    return not all(each.source in _OF_CHILDREN for each in sightings)
