"""Neighbourhoods settled: some records, those like them, and all that is held to be the same people.

The same path for a record that is new or says something else, for the few that a small load brings, for a rule that
someone made, for an unmerge and for an erasure; a run over the whole borough does it for all of them at once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from kit.store import direct
from services.risk.linkage import ledger, near
from services.risk.linkage.domain import (
    Because,
    Doubt,
    Edge,
    Move,
    Pair,
    RuleBook,
    best_of,
    components,
    joined_into,
    moves,
    named,
    ordered,
)
from services.risk.linkage.matching import SOFT, Doubtful, Grouping, Matching, Row


@dataclass(slots=True)
class Settled:
    """What settling changed. `residents` are all whose records or household may be others than before."""

    moves: list[Move] = field(default_factory=list)
    residents: set[UUID] = field(default_factory=set)
    made: int = 0
    joined: dict[UUID, UUID] = field(default_factory=dict)
    doubts: int = 0


async def settle(
    vault: AsyncSession,
    records: Collection[UUID],
    *,
    author: str,
    because: Because | None = None,
    rule: UUID | None = None,
    look: bool = True,
    said: Mapping[UUID, Row] | None = None,
) -> Settled:
    """Puts some records where they belong, and whoever is moved by it.

    `look`: also among records that nobody holds to be the same people yet; a rule about two records needs no look.
    `said`: what all of these records say, with their digest, where the caller has just stored it.
    Milliseconds for each: what is read and scored is a few dozen records. The caller has taken its turn.
    """
    engine = await ledger.matching(vault)
    hood = await _neighbourhood(vault, engine, records, look, said)
    rows = hood.rows
    previous = {record: resident for record, (resident, _, _) in hood.held.items()}
    everything = RuleBook(hood.rules.must | hood.register.must, hood.rules.cannot | hood.register.cannot)
    found = engine.groups(hood.edges, rows, previous, within(everything, rows), hood.changed)
    anchors = frozenset(record for record, row in rows.items() if row["source"] == ledger.REGISTER)
    kept = named(found.groups, previous, anchors)
    fresh = [new_id() for each in kept if each is None]
    waiting = iter(fresh)
    residents = [each or next(waiting) for each in kept]
    standing = {record: (certainty, probability) for record, (_, certainty, probability) in hood.held.items()}
    best = best_of(found.groups, hood.edges)
    moved = moves(found.groups, residents, previous, best, everything, because, standing)
    joined = joined_into(moved, previous, residents)
    overtaken = ledger.overtaking(rows) if any(each.because is not Because.FIRST for each in moved) else []
    writes = [*ledger.making(fresh), *ledger.asserting(moved, author, rule), *overtaken]
    if writes:
        await direct.send(vault, *writes)
    await ledger.note_joined(vault, joined)
    opened = await ledger.doubt(vault, _doubts(found, hood.edges, hood.register), author)
    touched = {*residents, *previous.values()}
    if anchors:
        await ledger.follow_register(vault, touched)
    return Settled(moved, touched, len(fresh), joined, opened)


@dataclass(frozen=True, slots=True)
class _Hood:
    """Some records, those like them, everyone held to be the same people, and what is known of them all."""

    rows: dict[UUID, Row]
    held: dict[UUID, near.Standing]
    edges: list[Edge]
    rules: RuleBook
    register: RuleBook
    changed: set[UUID]
    """Those that say something else than when they were last linked."""


async def _neighbourhood(
    vault: AsyncSession,
    engine: Matching,
    records: Collection[UUID],
    look: bool,
    said: Mapping[UUID, Row] | None = None,
) -> _Hood:
    changed: set[UUID] = set()
    pairs: list[Pair] = []
    if not look:
        rows, held = await near.around(vault, records)
    elif len(records) == 1:
        keys, changed = await near.index(vault, engine, records, said)
        rows, held = await near.around(vault, records, keys)
        pairs = [(record, other) for record in records if record in rows for other in rows if other != record]
    else:
        _, changed = await near.index(vault, engine, records, said)
        found = await near.candidates(vault, records)
        rows, held = await near.around(vault, {*records, *(other for _, other in found)})
        pairs = _to_their_people(found, rows, held)
    compared = engine.compared(list(rows.values()))
    if len(records) == 1 and pairs:
        # All that will be asked of one record but by chance: scoring a few pairs takes as long as scoring fifty.
        compared.score((*pairs, *_held_together(held)))
    close = [(edge.a, edge.b) for edge in compared.between(pairs) if edge.weight >= SOFT]
    members = _with_their_people({each for pair in close for each in pair} | (set(records) & rows.keys()), held)
    ruled = any(rows[each]["ruled"] for each in members)
    rules = await ledger.rules_about(vault, members) if ruled else RuleBook()
    partners = {each for pair in rules.must | rules.cannot for each in pair}
    partners |= await _same_register_people(vault, {record: rows[record] for record in records if record in rows})
    if partners - rows.keys():
        more, theirs = await near.around(vault, partners - rows.keys())
        rows, held = {**rows, **more}, {**held, **theirs}
        compared = engine.compared(list(rows.values()))
    members = _with_their_people(members | (partners & rows.keys()), held)
    hood = {record: rows[record] for record in sorted(members)}
    register = await ledger.register_rules(vault, hood)
    standing = {record: held[record] for record in members if record in held}
    parts = [members] if len(records) == 1 or not look else _apart(hood, close, standing, rules, register)
    edges = compared.between(pair for part in parts for pair in combinations(sorted(part), 2))
    return _Hood(hood, standing, edges, rules, register, changed)


def _held_together(held: Mapping[UUID, near.Standing]) -> Iterable[Pair]:
    """All pairs of records that are held to be one person's."""
    for theirs in _people(held).values():
        yield from combinations(theirs, 2)


def _people(held: Mapping[UUID, near.Standing]) -> Mapping[UUID, list[UUID]]:
    people: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for record, (resident, _, _) in held.items():
        people[resident].append(record)
    return people


def _to_their_people(pairs: Iterable[Pair], rows: Collection[UUID], held: Mapping[UUID, near.Standing]) -> list[Pair]:
    """Each record with its candidates, and with all others held to be the same people as these."""
    people = _people(held)
    found: set[Pair] = set()
    for one, other in pairs:
        theirs = people[held[other][0]] if other in held else [other]
        found |= {ordered(one, each) for each in theirs if each != one and one in rows and each in rows}
    return sorted(found)


def _apart(
    hood: Collection[UUID],
    close: Iterable[Pair],
    held: Mapping[UUID, near.Standing],
    rules: RuleBook,
    register: RuleBook,
) -> list[set[UUID]]:
    """The neighbourhoods of many records: those in different ones have nothing to do with each other."""
    first: dict[UUID, UUID] = {}
    together = [(first.setdefault(resident, record), record) for record, (resident, _, _) in held.items()]
    linked = {*close, *together, *rules.must, *rules.cannot, *register.must}
    found = components((a, b) for a, b in linked if a != b and a in hood and b in hood)
    return [*{id(each): each for each in found.values()}.values()]


def _with_their_people(records: set[UUID], held: Mapping[UUID, near.Standing]) -> set[UUID]:
    """The records, and all others held to be the same people."""
    people = {held[record][0] for record in records if record in held}
    return records | {record for record, (resident, _, _) in held.items() if resident in people}


async def _same_register_people(vault: AsyncSession, rows: dict[UUID, Row]) -> set[UUID]:
    """Records of the register that are, since a merge there, the same person as one of these."""
    people = [UUID(row["reference"]) for row in rows.values() if row["source"] == ledger.REGISTER]
    return await ledger.register_records_of(vault, people) if people else set()


def within(rules: RuleBook, records: Collection[UUID]) -> RuleBook:
    """The rules whose records are both there."""
    return RuleBook(
        {pair for pair in rules.must if pair[0] in records and pair[1] in records},
        {pair for pair in rules.cannot if pair[0] in records and pair[1] in records},
    )


def _doubts(found: Grouping, edges: Iterable[Edge], register: RuleBook) -> list[Doubtful]:
    """The engine's grey zone, and people of the register who look like one: the register itself has to say."""
    twice = [
        Doubtful(each.a, each.b, each.weight, Doubt.TWO_REGISTERED)
        for each in edges
        if each.weight > 0 and (min(each.a, each.b), max(each.a, each.b)) in register.cannot
    ]
    return [*found.doubts, *twice]
