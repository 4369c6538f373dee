"""The rules of the identity layer: what two records mean to each other, and which id a group of them keeps.

The engine says how likely a pair is one person and cuts records into groups; here is what holds whatever it says: rules
that people made, ids that stay, reasons in words.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from kit.errors import Conflict, FieldError, invalid

Pair = tuple[UUID, UUID]
CONFIRMED_FROM = 0.95
"""From this probability on a link counts as confirmed; below it is probable."""


class Certainty(StrEnum):
    """How sure we are whose record it is. Unlinked: no other record is held to be the same person."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    UNLINKED = "unlinked"


class Because(StrEnum):
    """Why a record is a resident's."""

    FIRST = "first"
    LIKENESS = "likeness"
    SPLIT = "split"
    JOINED = "joined"
    MUST_LINK = "must_link"
    CANNOT_LINK = "cannot_link"
    UNMERGE = "unmerge"
    REGISTER = "register"
    ERASED = "erased"
    UNLISTED = "unlisted"


WORDS: Mapping[Because, str] = {
    Because.FIRST: "nobody known was like it beyond doubt, so it began a resident of its own",
    Because.LIKENESS: "it is like another record of this resident",
    Because.SPLIT: "it is no longer like enough to the records it was held together with",
    Because.JOINED: "two residents turned out to be one",
    Because.MUST_LINK: "someone said that these records are one person",
    Because.CANNOT_LINK: "someone said that these records are not one person",
    Because.UNMERGE: "someone took it out of a resident it did not belong to",
    Because.REGISTER: "the case file says who it is",
    Because.ERASED: "it was erased",
    Because.UNLISTED: "the case file no longer tells of this person",
}


class Doubt(StrEnum):
    """Why a person should look at a pair."""

    GREY_ZONE = "grey_zone"
    TWO_REGISTERED = "two_registered"
    RAISED = "raised"


class RuleKind(StrEnum):
    """What someone says of two records."""

    MUST = "must"
    CANNOT = "cannot"


class Decision(StrEnum):
    """What a reviewer says of two records."""

    SAME = "same"
    DIFFERENT = "different"


class ErasureReason(StrEnum):
    """Why records are erased."""

    REQUEST = "request"
    OBJECTION = "objection"
    RETENTION = "retention"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class Edge:
    """How likely two records are one person; `weight` in bits."""

    a: UUID
    b: UUID
    weight: float
    probability: float


@dataclass(frozen=True, slots=True)
class Move:
    """A record becomes a resident's (None: nobody's), with why and how sure."""

    record: UUID
    resident: UUID | None
    because: Because
    certainty: Certainty
    probability: float
    best: Edge | None = None


@dataclass(slots=True)
class RuleBook:
    """The standing rules of some records: who must be together, who can't be."""

    must: set[Pair] = field(default_factory=set)
    cannot: set[Pair] = field(default_factory=set)

    def add(self, kind: RuleKind, a: UUID, b: UUID) -> None:
        """Put a rule in, unless it contradicts those that stand.

        Raises Invalid for a record with itself, Conflict naming the rule that stands against it.
        """
        pair = ordered(a, b)
        if a == b:
            raise invalid("/record_b", "A rule is about two records", "two_records")
        together = self.together()
        if kind is RuleKind.MUST:
            ones, others = together.get(a, {a}), together.get(b, {b})
            if ones is not others and any(ordered(x, y) in self.cannot for x in ones for y in others):
                raise _contradicts(
                    "these records, or records that must be linked to them, can't be linked", "cannot_link"
                )
            self.must.add(pair)
        else:
            if b in together.get(a, ()):
                raise _contradicts("these records must be linked, directly or through others", "must_link")
            self.cannot.add(pair)

    def together(self) -> dict[UUID, set[UUID]]:
        """For each record with a must-link: all that must be with it."""
        return components(self.must)

    def allows(self, group: Iterable[UUID]) -> bool:
        """Whether no two of the group are forbidden to be together."""
        members = set(group)
        return not any(a in members and b in members for a, b in self.cannot)


def _contradicts(words: str, rule: str) -> Conflict:
    detail = f"There is a rule against it: {words}"
    return Conflict(detail, FieldError("/kind", detail, f"standing_{rule}"))


def ordered(a: UUID, b: UUID) -> Pair:
    """The pair with the smaller id first."""
    return (a, b) if a < b else (b, a)


def components(pairs: Iterable[Pair]) -> dict[UUID, set[UUID]]:
    """For each record of any pair: the set, one object for all of them, of those it is connected with."""
    found: dict[UUID, set[UUID]] = {}
    for a, b in pairs:
        one, other = found.get(a) or {a}, found.get(b) or {b}
        if one is not other:
            if len(one) < len(other):
                one, other = other, one
            one |= other
            for each in other:
                found[each] = one
        for each in (a, b):
            found[each] = one
    return found


def named(
    groups: Sequence[frozenset[UUID]], previous: Mapping[UUID, UUID], anchors: frozenset[UUID] = frozenset()
) -> list[UUID | None]:
    """Which resident's id each group keeps; None: a new one is made.

    A resident's id goes to one group alone: the one with its record of the case file's register (`anchors`), else the
    one with most of its records. A group with several claims takes the strongest, then the oldest (ids are in order of
    time).
    """
    claims: list[tuple[bool, int, UUID, int]] = []
    for number, group in enumerate(groups):
        held = Counter(previous[record] for record in group if record in previous)
        anchored = {previous[record] for record in group if record in anchors and record in previous}
        claims += [(resident not in anchored, -count, resident, number) for resident, count in held.items()]
    kept: list[UUID | None] = [None] * len(groups)
    given: set[UUID] = set()
    for _, _, resident, number in sorted(claims):
        if kept[number] is None and resident not in given:
            kept[number] = resident
            given.add(resident)
    return kept


def moves(
    groups: Sequence[frozenset[UUID]],
    residents: Sequence[UUID],
    previous: Mapping[UUID, UUID],
    best: Mapping[UUID, Edge],
    rules: RuleBook,
    because: Because | None = None,
    held: Mapping[UUID, tuple[str, float]] | None = None,
) -> list[Move]:
    """The records whose resident or certainty is another than before, each with its reason.

    `best` is each record's likeliest pair inside its group; `because` says why, where a person did it; `held` is the
    certainty and probability that stood before.
    """
    musts = rules.together()
    were: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for record, resident in previous.items():
        were[resident].add(record)
    found: list[Move] = []
    for group, resident in zip(groups, residents, strict=True):
        for record in sorted(group):
            certainty, probability = _certainty(record, group, best.get(record), musts)
            before = previous.get(record)
            if before == resident:
                stood = (held or {}).get(record)
                if stood is None or (stood[0] == certainty and abs(stood[1] - probability) < 0.005):
                    continue
                why = Because.LIKENESS
            elif before is None:
                why = because or (Because.FIRST if len(group) == 1 else Because.LIKENESS)
            else:
                why = because or (Because.JOINED if were[before] <= group else Because.SPLIT)
            found.append(Move(record, resident, why, certainty, probability, best.get(record)))
    return found


def _certainty(
    record: UUID, group: frozenset[UUID], best: Edge | None, musts: Mapping[UUID, set[UUID]]
) -> tuple[Certainty, float]:
    if len(group) == 1:
        return Certainty.UNLINKED, 1.0
    if len(musts.get(record, ())) > 1 and musts[record] & group - {record}:
        return Certainty.CONFIRMED, 1.0
    probability = best.probability if best else 0.5
    certainty = Certainty.CONFIRMED if probability >= CONFIRMED_FROM else Certainty.PROBABLE
    return certainty, round(probability, 6)


def best_of(groups: Iterable[frozenset[UUID]], edges: Iterable[Edge]) -> dict[UUID, Edge]:
    """Each record's likeliest pair with another record of its own group."""
    group_of = {record: number for number, group in enumerate(groups) for record in group}
    found: dict[UUID, Edge] = {}
    for edge in edges:
        if group_of.get(edge.a, -1) == group_of.get(edge.b, -2):
            for record in (edge.a, edge.b):
                if record not in found or found[record].weight < edge.weight:
                    found[record] = edge
    return found


def joined_into(moved: Iterable[Move], previous: Mapping[UUID, UUID], kept: Iterable[UUID]) -> dict[UUID, UUID]:
    """Residents that lost all of their records, and to whom most of them went."""
    gone = set(previous.values()) - set(kept)
    went: defaultdict[UUID, Counter[UUID]] = defaultdict(Counter)
    for move in moved:
        before = previous.get(move.record)
        if before in gone and before is not None and move.resident is not None:
            went[before][move.resident] += 1
    return {resident: max(counts.items(), key=lambda item: (item[1], item[0]))[0] for resident, counts in went.items()}
