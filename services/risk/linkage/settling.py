"""One neighbourhood settled: some records, those like them, and all that is held to be the same people.

The same path for a record that is new or says something else, for a rule that someone made, for an unmerge and for an
erasure; a run over the whole borough does it for all of them at once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from kit.ids import new_id
from services.risk.linkage import ledger
from services.risk.linkage.domain import Because, Doubt, Edge, Move, RuleBook, best_of, joined_into, moves, named
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
) -> Settled:
    """Puts some records where they belong, and whoever is moved by it.

    `look`: also among records that nobody holds to be the same people yet; a rule about two records needs no look.
    Milliseconds: what is read and scored is a few dozen records. The caller has taken its turn.
    """
    engine = await ledger.matching(vault)
    rows, seen = await _neighbourhood(vault, engine, records, look)
    held = await ledger.standing(vault, set((await ledger.residents_of(vault, rows)).values()))
    previous = {record: resident for record, (resident, _, _) in held.items() if record in rows}
    rules = await ledger.rules_about(vault, rows)
    register = await ledger.register_rules(vault, rows)
    everything = RuleBook(rules.must | register.must, rules.cannot | register.cannot)
    edges = engine.edges(list(rows.values()))
    found = engine.groups(edges or seen, rows, previous, within(everything, rows))
    anchors = frozenset(record for record, row in rows.items() if row["source"] == ledger.REGISTER)
    kept = named(found.groups, previous, anchors)
    fresh = [new_id() for each in kept if each is None]
    waiting = iter(fresh)
    residents = [each or next(waiting) for each in kept]
    standing = {record: (certainty, probability) for record, (_, certainty, probability) in held.items()}
    moved = moves(found.groups, residents, previous, best_of(found.groups, edges), everything, because, standing)
    joined = joined_into(moved, previous, residents)
    await ledger.make_residents(vault, fresh)
    await ledger.write(vault, moved, author, rule)
    await ledger.note_joined(vault, joined)
    await ledger.overtake(vault, rows)
    opened = await ledger.doubt(vault, _doubts(found, edges, register), author)
    touched = {*residents, *previous.values()}
    await ledger.follow_register(vault, touched)
    return Settled(moved, touched, len(fresh), joined, opened)


async def _neighbourhood(
    vault: AsyncSession, engine: Matching, records: Collection[UUID], look: bool
) -> tuple[dict[UUID, Row], list[Edge]]:
    """The records, those worth comparing, and everyone held to be the same people as any of them."""
    rows = await ledger.rows_of(vault, records)
    near: set[UUID] = set(rows)
    seen: list[Edge] = []
    if look:
        keys = await ledger.index(vault, engine, list(rows))
        for record, its in keys.items():
            others = await ledger.rows_of(vault, await ledger.candidates(vault, its, [record]))
            likely = [each for each in engine.score(rows[record], list(others.values())) if each.weight >= SOFT]
            seen += likely
            near |= {each.b for each in likely}
    for a, b in _pairs(await ledger.rules_about(vault, near)):
        near |= {a, b}
    near |= await _same_register_people(vault, rows)
    theirs = await ledger.standing(vault, set((await ledger.residents_of(vault, near)).values()))
    missing = (near | set(theirs)) - rows.keys()
    return {**rows, **await ledger.rows_of(vault, missing)}, seen


def _pairs(rules: RuleBook) -> Iterable[tuple[UUID, UUID]]:
    return rules.must | rules.cannot


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
