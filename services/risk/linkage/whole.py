"""The whole borough linked anew: the verb `link` of `services.risk.work`, in a process of its own.

Everything is read as of one moment and worked out beside the services; only then, and only what differs, is written:
first the vault, then the analytics zone. Single records wait for the writing alone, and what they changed meanwhile is
left as they left it. Cut off anywhere, the next run finishes what this one began.
"""

import json
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

from kit import clock
from kit.ids import new_id
from kit.settings import VaultSettings, load
from services.risk.linkage import bulk
from services.risk.linkage.domain import Doubt, Edge, Pair, RuleBook, joined_into, moves, named, ordered
from services.risk.linkage.ledger import REGISTER
from services.risk.linkage.matching import CANONICAL, Doubtful, grouped, probability_of
from services.risk.linkage.snapshot import Outcome, Snapshot
from services.risk.vault import door

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from services.risk.linkage.engine.engine import Engine
    from services.risk.linkage.engine.model import Model
    from services.risk.linkage.engine.records import Records
    from services.risk.work import Say

_ROUNDS = 3
_CHANGED = "select record_id from record join record_key using (record_id) where record.digest <> record_key.digest"
_GROWN = 0.2
"""A model is fitted to the borough again when so much of it is new: how common names are shifts slowly."""


TAUGHT_FROM = 500
"""So many records teach more than the model that comes along knows; fewer only say how common their names are."""
TAUGHT_BY = 70_000
"""A model learns from a sample of so many, then is told how many there are and how common their values: that bounds
time and memory. More would find a little more: whoever moved from one postcode to another is seldom whole in a sample
(129,000 records of a demo borough: recall .945, and .954 when all of them teach)."""
_SEED = 20_260


def link(arguments: Mapping[str, Any], say: "Say") -> dict[str, Any]:
    """The verb: links everything and returns the figures of `risk.resident.relinked`."""
    settings = door.of_risk(load(VaultSettings))
    vault = settings.vault_database_url.get_secret_value().replace("+psycopg", "", 1)
    analytics = settings.database_url.get_secret_value().replace("+psycopg", "", 1)
    return run(vault, analytics, say)


def run(vault_dsn: str, analytics_dsn: str, say: "Say", today: date | None = None) -> dict[str, Any]:
    """Links everything in these two zones. Safe to repeat; a second run changes nothing."""
    from services.risk.linkage.whole_homes import houses
    from services.risk.linkage.whole_writes import write

    day = today or clock.today()
    began, started = time.monotonic(), datetime.now(UTC)
    stages: dict[str, float] = {}

    def stage(name: str, share: int) -> None:
        stages[name] = round(time.monotonic() - began - sum(stages.values()), 2)
        say(share, 100, name)

    with (
        psycopg.connect(vault_dsn, autocommit=True) as vault,
        psycopg.connect(analytics_dsn, autocommit=True) as analytics,
    ):
        with vault.transaction():
            snapshot = take(vault)
        stage("read", 10)
        engine, model_id, edges = compared(vault, snapshot.records)
        stage("compared", 50)
        outcome = resolved(engine, snapshot, edges)
        stage("resolved", 65)
        homes = houses(vault, snapshot, outcome.residents, day)
        stage("housed", 80)
        figures = write(vault, analytics, engine, snapshot, outcome, homes, day)
        stage("written", 98)
        run_id = new_id()
        result = {
            "run_id": str(run_id),
            "records": snapshot.records.num_rows,
            "residents_new": len(outcome.fresh),
            "residents_joined": len(outcome.joined),
            "residents_split": outcome.split,
            **figures,
            "finished_at": datetime.now(UTC).isoformat(),
        }
        vault.execute(
            "insert into linking_run (id, model_id, started_at, figures) values (%s, %s, %s, %s)",
            [run_id, model_id, started, json.dumps({**result, "pairs": edges.num_rows, "seconds": stages})],
        )
    return {**result, "seconds": stages}


def take(vault: bulk.Connection) -> Snapshot:
    """Everything that linking looks at, as of one moment. The caller's transaction has done nothing yet."""
    vault.execute("set transaction isolation level repeatable read")
    columns = ", ".join(CANONICAL)
    records = bulk.read(vault, f"select {columns}, digest, pseudonym from record order by record_id")
    standing = bulk.read(vault, "select record_id, resident_id, certainty, probability from record_resident")
    names = [UUID(each) for each in standing.column("record_id").to_pylist()]
    previous = dict(zip(names, map(UUID, standing.column("resident_id").to_pylist()), strict=True))
    certain = zip(
        standing.column("certainty").to_pylist(), map(float, standing.column("probability").to_pylist()), strict=True
    )
    rules = RuleBook()
    for kind, a, b in vault.execute("select kind, record_a, record_b from pair_rule where ended_at is null"):
        (rules.must if kind == "must" else rules.cannot).add((a, b))
    last = vault.execute("select coalesce(max(id), 0) from assertion").fetchone()
    return Snapshot(
        records,
        previous,
        dict(zip(names, certain, strict=True)),
        rules,
        _roots(vault),
        int(last[0]) if last else 0,
        frozenset(each for (each,) in vault.execute(_CHANGED)),
        [UUID(each) for each in records.column("record_id").to_pylist()],
        [each for (each,) in vault.execute("select id from unlinked")],
    )


def _roots(vault: bulk.Connection) -> dict[UUID, UUID]:
    merged: dict[UUID, UUID] = dict(
        vault.execute("select person_id, merged_into from register_entry where merged_into is not null").fetchall()
    )
    found = {}
    for record, reference in vault.execute("select record_id, reference from record where source = %s", [REGISTER]):
        person, steps = UUID(reference), 0
        while person in merged and steps < 20:
            person, steps = merged[person], steps + 1
        found[record] = person
    return found


def compared(vault: bulk.Connection, records: "pa.Table") -> "tuple[Engine, UUID | None, pa.Table]":
    """The engine, its model's id, and the edges that `resolved` looks at."""
    from services.risk.linkage.engine.records import Records

    every = Records.from_arrow(records)
    engine, model_id = fitted(vault, records, every)
    return engine, model_id, engine.edges(every)


def fitted(vault: bulk.Connection, records: "pa.Table", every: "Records") -> "tuple[Engine, UUID | None]":
    """The engine with the newest model; a new version of it, learned from these records, when they changed a lot.

    Former versions stay, with which runs used them (`linking_run`). What stands is judged by the new weights only where
    a record came or changed, so that nobody's id changes for the learning alone.
    """
    from services.risk.linkage.engine.engine import Engine
    from services.risk.linkage.engine.model import Model

    row = vault.execute("select id, model from linkage_model order by id desc limit 1").fetchone()
    model = Model.of_json(row[1]) if row else Model.load()
    count = records.num_rows
    if count and (row is None or abs(count - model.records) > _GROWN * max(model.records, 1)):
        model = suited(model, records, every)
        held = json.dumps(model.as_json())
        row = vault.execute("insert into linkage_model (model) values (%s) returning id, model", [held]).fetchone()
    return Engine(model), row[0] if row else None


def suited(model: "Model", records: "pa.Table", every: "Records") -> "Model":
    """A model of these records: learned from them, or, where they are few, the given one told how common values are."""
    return learned(records, every) if len(every) >= TAUGHT_FROM else model.adapted(every)


def learned(records: "pa.Table", every: "Records", most: int = TAUGHT_BY) -> "Model":
    """A model of these records, without labels and the same each time: of all, or of a sample of so many."""
    import numpy as np

    from services.risk.linkage.engine.model import Model
    from services.risk.linkage.engine.records import Records
    from services.risk.linkage.engine.training import train

    sample = every
    if len(every) > most:
        # Whole postcodes, so that people's records stay together; whoever gives none is taken by chance alike.
        postcode = every["postcode"]
        chance = np.random.default_rng(_SEED)
        kept = np.append(chance.random(len(postcode.values)), 1.0)[postcode.codes] < most / len(every)
        nowhere = (postcode.codes < 0) & (chance.random(len(every)) < most / len(every))
        sample = Records.from_arrow(records.take(np.flatnonzero(kept | nowhere)))
    model = train(sample, Model.load(), _SEED)
    return model if sample is every else model.adapted(every)


def resolved(engine: "Engine", snapshot: Snapshot, edges: "pa.Table") -> Outcome:
    """Who is who, with ids that stay; people's rules and the register's word hold."""
    rules = RuleBook(set(snapshot.rules.must), set(snapshot.rules.cannot))
    doubts = _register(snapshot, edges, rules)
    names = [str(each) for each in snapshot.ids]
    table = (edges.column("a").to_pylist(), edges.column("b").to_pylist(), edges.column("weight").to_numpy())
    for _ in range(_ROUNDS):
        found = grouped(engine, table, names, snapshot.previous, rules, snapshot.changed)
        clashes = _clashes(found.groups, snapshot.roots)
        if not clashes - rules.cannot:
            break
        rules.cannot |= clashes
    groups = found.groups
    kept = named(groups, snapshot.previous, frozenset(snapshot.roots))
    fresh = [new_id() for each in kept if each is None]
    waiting = iter(fresh)
    residents = [each or next(waiting) for each in kept]
    best = best_edges(snapshot.ids, groups, edges)
    moved = moves(groups, residents, snapshot.previous, best, rules, None, snapshot.held)
    whose = {record: resident for group, resident in zip(groups, residents, strict=True) for record in group}
    spread: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for record, resident in snapshot.previous.items():
        spread[resident].add(whose[record])
    split = sum(len(each) > 1 for each in spread.values())
    joined = joined_into(moved, snapshot.previous, residents)
    return Outcome(whose, moved, fresh, joined, split, [*found.doubts, *doubts])


def _register(snapshot: Snapshot, edges: "pa.Table", rules: RuleBook) -> list[Doubtful]:
    """Puts the register's word into the rules; pairs of its people who look like one are for it to settle."""
    by_person: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for record, root in snapshot.roots.items():
        by_person[root].append(record)
    for records in by_person.values():
        rules.must |= {ordered(records[0], other) for other in records[1:]}
    doubts = []
    columns = [edges.column(name).to_pylist() for name in ("a", "b", "weight")] if snapshot.roots else [[], [], []]
    for a, b, weight in zip(*columns, strict=True):
        if weight <= 0:
            continue
        one, other = UUID(a), UUID(b)
        roots = snapshot.roots.get(one), snapshot.roots.get(other)
        if None not in roots and roots[0] != roots[1]:
            rules.cannot.add(ordered(one, other))
            doubts.append(Doubtful(one, other, weight, Doubt.TWO_REGISTERED))
    return doubts


def _clashes(groups: Sequence[frozenset[UUID]], roots: Mapping[UUID, UUID]) -> set[Pair]:
    """Pairs of two people of the register that ended in one group all the same, through a third record."""
    found: set[Pair] = set()
    for group in groups:
        known = [record for record in group if record in roots] if len(group) > 1 else []
        found |= {ordered(a, b) for a in known for b in known if a < b and roots[a] != roots[b]}
    return found


def best_edges(ids: Sequence[UUID], groups: Sequence[frozenset[UUID]], edges: "pa.Table") -> dict[UUID, Edge]:
    """Each linked record's likeliest pair inside its group, as `domain.best_of` finds it, for millions of pairs."""
    import numpy as np

    place = {str(record): number for number, record in enumerate(ids)}
    label = np.zeros(len(ids), np.int64)
    for number, group in enumerate(groups):
        for record in group:
            label[place[str(record)]] = number
    i, j = (_numbers(edges.column(side).to_pylist(), place) for side in ("a", "b"))
    weight = edges.column("weight").to_numpy()
    inside = np.flatnonzero(label[i] == label[j]) if len(i) else np.empty(0, np.int64)
    own = np.concatenate([i[inside], j[inside]])
    other = np.concatenate([j[inside], i[inside]])
    bits = np.concatenate([weight[inside], weight[inside]])
    order = np.lexsort((-bits, own))
    own, other, bits = own[order], other[order], bits[order]
    first = np.flatnonzero(np.append(True, own[1:] != own[:-1])) if len(own) else np.empty(0, np.int64)
    found = {}
    for number, mate, value in zip(own[first].tolist(), other[first].tolist(), bits[first].tolist(), strict=True):
        a, b = ordered(ids[number], ids[mate])
        found[ids[number]] = Edge(a, b, value, probability_of(value))
    return found


def _numbers(names: Sequence[str], place: Mapping[str, int]) -> "np.ndarray[Any, np.dtype[np.int64]]":
    import numpy as np

    return np.fromiter((place[each] for each in names), np.int64, len(names))
