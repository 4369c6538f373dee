"""Whether someone about to be registered is already known: evidence for and against, with the twins kept apart.

A warning costs an officer a look; a missed duplicate splits a life in two. So the rule warns where the names and
birth dates, or a number, point to one person, and stays silent where only what families share agrees: the family
name, the address, the birth date of twins. It decides nothing: the officer does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.casefile.people.candidates import Word, candidates, widen
from services.casefile.people.identifiers import DateClue, PartialDate
from services.casefile.people.likeness import ALIKE, INITIAL, likeness
from services.casefile.people.models import Person
from services.casefile.people.names import NameTokens, tokens_of
from services.casefile.people.scoring import birth_evidence, word_bits
from services.casefile.people.search_index import Entry, has_mark, mark
from services.casefile.people.search_models import PersonSearch
from services.casefile.people.search_query import SearchQuery
from services.casefile.people.sounds import close_keys

_LIKELY = 20.0
"""Bits. Chosen on the labelled sets: a full name and birth date bring 30, either of them with one slip about 24."""
_HALF_ALIKE, _NEARLY_SAME = 4.0, 6.0
"""Bits of a given or a family name, of 8: more than an initial; a short form or better."""
_LIKELY_AT_HOME = 15.0
"""Bits, where one of the birth dates is not known but an address or a phone is the same."""
_NUMBER_BITS, _OTHER_NUMBER_BITS = 30.0, -12.0
_PLACE_BITS = 5.0
_OTHER_GIVEN_BITS, _OTHER_FAMILY_BITS, _OTHER_SECOND_BITS = -10.0, -4.0, -4.0
_NAMES_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is known of the person about to be registered, in the terms of the index."""

    names: tuple[NameTokens, ...]
    born: PartialDate | None
    numbers: dict[str, int]
    """Kind of number to its mark."""
    places: frozenset[int]
    """Marks of UPRNs, postcodes and phones."""

    @classmethod
    def of(cls, entry: Entry) -> "Newcomer":
        numbers = (("nhs", entry.nhs_number), ("nino", entry.nino), ("upn", entry.upn))
        places = (("uprn", entry.uprns), ("postcode", entry.postcodes), ("phone", entry.phones))
        return cls(
            tuple(tokens_of(name) for name in entry.names),
            entry.date_of_birth,
            {kind: mark(kind, value) for kind, value in numbers if value},
            frozenset(mark(kind, value) for kind, values in places for value in values),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """`likely`: worth an officer's look before registering. `bits` of evidence; the reasons name what agrees."""

    likely: bool
    bits: float
    reasons: tuple[str, ...]
    by_name_alone: bool = False
    """The name agrees, and neither two birth dates nor two addresses tell them apart: likely if nobody else has it."""


def judge(newcomer: Newcomer, names: Sequence[NameTokens], born: PartialDate | None, marks: Collection[int]) -> Verdict:
    """Weigh a newcomer against one known person. Pure; the same in whichever order the two were met."""
    reasons: list[str] = []
    shared = [kind for kind, number in newcomer.numbers.items() if number in marks]
    differing = [kind for kind in newcomer.numbers if kind not in shared and has_mark(kind) in marks]
    bits = _NUMBER_BITS * len(shared) + _OTHER_NUMBER_BITS * len(differing)
    reasons += [f"same {kind} number" for kind in shared]
    given, family = max(
        (_compared(mine, theirs) for mine in newcomer.names for theirs in names),
        key=sum,
        default=(_OTHER_GIVEN_BITS, _OTHER_FAMILY_BITS),
    )
    bits += given + family
    if given > 0 and family > 0:
        reasons.append("names agree")
    birth = birth_evidence(DateClue.of(newcomer.born) if newcomer.born else None, born)
    bits += birth.bits
    reasons += birth.reasons
    if at_one_place := not newcomer.places.isdisjoint(marks):
        bits += _PLACE_BITS
        reasons.append("same address or phone")
    dated = newcomer.born is not None and born is not None
    if dated:
        # Relatives share all but the given name.
        likely = given > 0 and birth.bits > 0 and bits >= _LIKELY
    else:
        # Nothing speaks against it, and at one address a whole name is hardly borne twice.
        likely = at_one_place and min(given, family) >= _HALF_ALIKE and bits >= _LIKELY_AT_HOME
    elsewhere = bool(newcomer.places) and has_mark("place") in marks and not at_one_place
    by_name = not (dated or differing or elsewhere) and min(given, family) >= _NEARLY_SAME
    return Verdict(bool(shared) or likely, bits, tuple(reasons), by_name)


def _compared(mine: NameTokens, theirs: NameTokens) -> tuple[float, float]:
    """Bits for the given names and for the family names, also if one of the two was entered the wrong way round."""
    straight = _given_bits(mine.given, theirs.given), _family_bits(mine, theirs)
    turned = NameTokens(theirs.family, theirs.given, theirs.joined)
    swapped = _given_bits(mine.given, turned.given) - 1, _family_bits(mine, turned) - 1
    return max(straight, swapped, key=sum)


def _family_bits(mine: NameTokens, theirs: NameTokens) -> float:
    """The likest of their family names: one of a double name will do."""
    if not mine.family or not theirs.family:
        return 0.0
    best = max(
        likeness(a, b).value
        for a in (*mine.family, *_joined_of(mine, mine.family))
        for b in (*theirs.family, *_joined_of(theirs, theirs.family))
    )
    return word_bits(best) if best >= ALIKE else _OTHER_FAMILY_BITS


def _joined_of(name: NameTokens, part: Sequence[str]) -> list[str]:
    return [word for word in name.joined if word.startswith(part[0])]


def _given_bits(mine: Sequence[str], theirs: Sequence[str]) -> float:
    if not mine or not theirs:
        return 0.0
    mine, theirs = _own(mine, theirs), _own(theirs, mine)
    firsts = _given_likeness(mine[0], theirs[0])
    # Some go by their second name.
    others = [_given_likeness(mine[0], name) for name in theirs[1:] if len(name) > 1] + [
        _given_likeness(name, theirs[0]) for name in mine[1:] if len(name) > 1
    ]
    best = max(firsts, 0.95 * max(others, default=0.0))
    if best < ALIKE:
        return _OTHER_GIVEN_BITS
    bits = word_bits(best)
    if len(mine) > 1 and len(theirs) > 1 and firsts == best:
        seconds = max(_given_likeness(a, b) for a in mine[1:] for b in theirs[1:])
        bits += 0.0 if seconds >= ALIKE else _OTHER_SECOND_BITS
    return bits


# Names that every brother or sister may bear before their own: Mohammed Hassan and Mohammed Idris are two people.
_BORNE_BY_ALL = frozenset(
    {"abdul", "abu", "md", "mohd", "mst", "musammat", "sayed", "sheikh", "shaikh", "sk", "syed", "syeda"}
)


def _own(names: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    """A person's given names from the first that is their own, where both go on after a name that brothers share."""
    if len(names) > 1 and len(others) > 1 and _is_borne_by_all(names[0]) and _is_borne_by_all(others[0]):
        return names[1:]
    return names


def _is_borne_by_all(name: str) -> bool:
    return name in _BORNE_BY_ALL or "mhmd" in close_keys(name)


# Names that sound alike and are given to brothers, or to a man and a woman.
_TWO_NAMES = """
hassan/hussain hasan/husain hassan/hussein hasan/hussain mohammed/mahmud mohammed/mahmood muhammad/mahmood
john/joan john/jean john/jane eric/erica daniel/danielle michael/michelle gabriel/gabrielle joseph/josephine
nicholas/nicola paul/paula george/georgia karl/carla carl/carla simon/simone andrew/andrea leon/leona
marie/mario maria/mario louis/louise dennis/denise francis/frances patrick/patricia taiwo/toyin donald/donna
"""
_TWO = {frozenset(pair.split("/")) for pair in _TWO_NAMES.split()}


def _given_likeness(a: str, b: str) -> float:
    """As likeness, but of two people in one family: Karim and Karima, Hassan and Hussain are two."""
    if len(a) == 1 or len(b) == 1:
        return INITIAL if a[0] == b[0] else 0.0
    value = likeness(a, b).value
    if value == 1 or value < ALIKE:
        return value
    if frozenset((a, b)) in _TWO or _is_feminine_of(a, b) or _is_feminine_of(b, a):
        return 0.0
    return value


def _is_feminine_of(woman: str, man: str) -> bool:
    return len(man) >= 3 and man[-1] not in "aeh" and woman in (man + "a", man + "ah", man + man[-1] + "a")


@dataclass(frozen=True, slots=True)
class Likely:
    """Someone who may be the newcomer. Not `searchable`: the officer must not know of them."""

    person_id: UUID
    searchable: bool
    bits: float = 0.0
    reasons: tuple[str, ...] = ()


async def likely_duplicates(session: AsyncSession, entry: Entry, *, excluded: Collection[UUID] = ()) -> list[Likely]:
    """People who may be the newcomer, the likeliest first, restricted and hidden ones among them.

    `excluded` are people this caller must not know of: like restricted ones they come back as not searchable, so
    that a possible match goes to review and never into the answer. They are looked for apart from the others, and
    always: whether there are any changes nothing in what is found of the others. People merged into another stand
    behind that one and are left out, and so are people introduced for outreach: they are nobody's secret to review.
    """
    secret: ColumnElement[bool] = PersonSearch.searchable.is_(False)
    if excluded:
        secret = or_(secret, PersonSearch.person_id.in_(list(excluded)))
    newcomer = Newcomer.of(entry)
    queries = [(query, await widen(session, query)) for query in _queries(entry)]
    open_to_all = await _likely(session, entry.person_id, newcomer, queries, ~secret)
    kept_back = await _likely(session, entry.person_id, newcomer, queries, secret)
    left_out = or_(Person.merged_into.is_not(None), Person.introduced)
    for person_id in await session.scalars(select(Person.id).where(Person.id.in_(list(kept_back)), left_out)):
        del kept_back[person_id]
    found = [
        Likely(person_id, searchable, verdict.bits, verdict.reasons)
        for verdicts, searchable in ((open_to_all, True), (kept_back, False))
        for person_id, verdict in verdicts.items()
    ]
    return sorted(found, key=lambda each: (-each.bits, each.person_id))


async def _likely(
    session: AsyncSession,
    person_id: UUID,
    newcomer: Newcomer,
    queries: Sequence[tuple[SearchQuery, Sequence[Word]]],
    among: ColumnElement[bool],
) -> dict[UUID, Verdict]:
    judged: dict[UUID, Verdict] = {}
    for query, words in queries:
        for each in await candidates(session, query, [among], words=words, last_resorts=False):
            if each.person_id != person_id:
                judged[each.person_id] = judge(newcomer, each.names, each.born, each.marks)
    likely = {person_id: verdict for person_id, verdict in judged.items() if verdict.likely}
    if not likely:
        namesakes = {person_id: verdict for person_id, verdict in judged.items() if verdict.by_name_alone}
        return namesakes if len(namesakes) == 1 else {}
    return likely


def _queries(entry: Entry) -> list[SearchQuery]:
    """A search for each name, with what else is known; a number or an address finds by itself.

    Middle names are left out: they may be missing on record, and whoever was born the same day is compared anyway.
    """
    names = [tokens_of(name) for name in entry.names[:_NAMES_COMPARED]]
    return [
        SearchQuery(
            name=" ".join((*name.given[:1], *name.family)),
            date_of_birth=DateClue.of(entry.date_of_birth) if entry.date_of_birth else None,
            postcode=next(iter(entry.postcodes), None),
            uprn=next(iter(entry.uprns), None),
            phone=next(iter(entry.phones), None),
            nhs_number=entry.nhs_number,
            nino=entry.nino,
            upn=entry.upn,
        )
        for name in names
    ]
