"""Linkage: who is who, how well and how fast, and whether ids stay.

Ours is what the platform makes of a set: weights learned without labels as a whole run learns them (`whole.suited`) and
people joined from the threshold that comes of it. The peer is Splink 5 in the same run, at the threshold that its
labels like best (see `linkage_peers`); where it is not run again, its figure is the pinned one of figures.md, and the
note says so. The limit is a hash join on exact keys: nothing that compares can be faster. Each contender runs in a
process of its own, so that its memory is its own. Without the shared data the measurements cannot be made, and that is
said aloud.
"""

import json
import resource
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from typing import Any

import numpy as np

from benchmarks.linkage_data import FOLDER, Labelled, labelled, there
from benchmarks.linkage_peers import exact_join, splink
from benchmarks.rounds import Size
from benchmarks.table import Row
from services.risk.linkage.engine import Assignments, Engine, Model, Records, resolve
from services.risk.linkage.engine.evaluation import Quality, quality
from services.risk.linkage.whole import suited
from services.risk.work import seldom_search

_WANTED: dict[str, tuple[float, float]] = {
    # F1 wanted, and the best clusters of Splink 5 in figures.md
    "council 45k": (0.90, 0.8503), "pseudopeople": (0.93, 0.8876), "historical half a": (0.85, 0.8381),
    "FEBRL1": (0.99, 0.995), "FEBRL3": (0.996, 0.9938), "FEBRL4": (0.99, 0.9961), "synthetic UK 200k": (0.94, 0.9409),
}  # fmt: skip
_BOTH = ("council 45k", "synthetic UK 200k")
"""Sets on which Splink runs again here."""
_QUERIES = 400
_PER_KEY = 60


def run(size: Size) -> list[Row]:
    """The rows; none, and a loud word, where the shared data are not."""
    if not there():
        print(
            f"LINKAGE NOT MEASURED: no labelled data in {FOLDER} (NEWSTART_LINKAGE_DATA)", file=sys.stderr, flush=True
        )
        return []
    sets = tuple(_WANTED) if size.name == "full" else ("FEBRL1",)
    ours = {name: _apart("ours", name) for name in sets}
    peers = {name: _apart("splink", name) for name in sets if name in _BOTH}
    exact = {name: _apart("exact", name) for name in sets}
    rows = [_quality_row(name, ours[name], peers.get(name), exact[name]) for name in sets]
    large = sets[-1]
    rows += _speed_rows(large, ours[large], peers.get(large), exact[large])
    rows.append(_one_record(large, ours[large]))
    rows += _churn_rows(sets[0], ours[sets[0]])
    return rows


def link(data: Labelled, model: Model | None = None) -> dict[str, Any]:
    """How well and how fast `joined` does it."""
    found, figures = joined(data, model)
    measured = _figures(quality(found.person, data.truth))
    return figures | measured | {"doubts": len(found.doubts), "people": len(set(found.person.values()))}


def joined(data: Labelled, model: Model | None = None) -> tuple[Assignments, dict[str, float]]:
    """Who is who as a whole run of the platform would have it; seconds to learn and to link, and the threshold."""
    began = time.perf_counter()
    every = Records.from_arrow(data.records)
    model = model or suited(Model.load(), data.records, every)
    trained = time.perf_counter()
    engine = Engine(model)
    found = resolve(engine.edges(every), map(str, data.records.column("record_id").to_pylist()), rules=engine.rules())
    done = time.perf_counter()
    return found, {"train": trained - began, "link": done - trained, "join": model.join}


def _figures(found: Quality) -> dict[str, Any]:
    bounds = {f"f1_{end}": getattr(found.f1, end) for end in ("low", "high")}
    return {"precision": found.precision.value, "recall": found.recall.value, "f1": found.f1.value} | bounds


def one_by_one(data: Labelled, queries: int = _QUERIES) -> dict[str, float]:
    """Milliseconds of single records against all others: keys, candidates from an index in memory, scores."""
    records = Records.from_arrow(data.records)
    model = Model.load().adapted(records)
    engine = Engine(model)
    rows = data.records.to_pylist()
    index: dict[int, list[int]] = defaultdict(list)
    table = engine.key_table(data.records)
    place = {each: number for number, each in enumerate(records.ids.tolist())}
    for record, key in zip(table.column(0).to_pylist(), table.column(1).to_pylist(), strict=True):
        index[key].append(place[record])
    took, bare, busy, found = [], [], [], 0
    for number in np.random.default_rng(3).choice(len(rows), min(queries, len(rows)), replace=False).tolist():
        began, working = time.perf_counter(), time.process_time()
        keys = engine.blocking_keys(rows[number])
        before = time.perf_counter()
        near = {each for key in keys if len(index[key]) <= _PER_KEY for each in index[key]} - {number}
        bare.append(time.perf_counter() - before)
        edges = engine.score(rows[number], [rows[each] for each in sorted(near)])
        took.append(time.perf_counter() - began)
        busy.append(1000 * (time.process_time() - working))
        found += len(edges)
    milliseconds = sorted(1000 * each for each in took)
    return {
        "median": statistics.median(milliseconds),
        "p95": milliseconds[int(len(milliseconds) * 0.95)],
        "bare": 1000 * statistics.median(bare),
        "busy": statistics.median(busy),
        "busy_p95": sorted(busy)[int(len(busy) * 0.95)],
        "candidates": found / len(took),
    }


def churn(data: Labelled, model: Model | None = None) -> dict[str, float]:
    """Shares of standing records whose person's id changes: after a tenth more records, and after 2% of them go."""
    model = model or suited(Model.load(), data.records, Records.from_arrow(data.records))
    engine = Engine(model)
    count = data.records.num_rows
    chance = np.random.default_rng(5)
    first = data.records.take(np.sort(chance.choice(count, count * 9 // 10, replace=False)))
    before = resolve(engine.edges(first), map(str, first.column("record_id").to_pylist()), rules=engine.rules()).person
    ids = list(map(str, data.records.column("record_id").to_pylist()))
    after = resolve(engine.edges(data.records), ids, previous=before, rules=engine.rules())
    members = defaultdict(set)
    for record, person in before.items():
        members[person].add(data.truth[record])
    moved = [each for each in before if after.person[each] != before[each]]
    # A true join: the person taken in and the one that took in hold somebody in common. A true split: two in one.
    true = [
        each
        for each in moved
        if members[before[each]] & members.get(after.person[each], set()) or len(members[before[each]]) > 1
    ]
    rest = data.records.take(np.sort(chance.choice(count, count * 98 // 100, replace=False)))
    left = resolve(
        engine.edges(rest),
        map(str, rest.column("record_id").to_pylist()),
        previous=after.person,
        rules=engine.rules(),
    ).person
    return {
        "added": len(moved) / len(before),
        "added_wrongly": (len(moved) - len(true)) / len(before),
        "removed": sum(left[each] != after.person[each] for each in left) / len(left),
    }


def _quality_row(name: str, ours: dict[str, Any], peer: dict[str, Any] | None, exact: dict[str, Any]) -> Row:
    wanted, pinned = _WANTED[name]
    precise = name != "council 45k" or ours["precision"] >= 0.98
    rerun = f"Splink in this run, at its best threshold of 15: F1 {peer['f1']:.3f}. " if peer else ""
    note = (
        f"Ours from {ours['join']:.1f} bits: precision {ours['precision']:.4f}, recall "
        f"{ours['recall']:.4f}, F1 between {ours['f1_low']:.4f} and {ours['f1_high']:.4f} (95%, bootstrap over "
        f"people); {ours['doubts']} pairs of people left to review. Peer: Splink's best clusters of figures.md, "
        f"threshold chosen with the labels. {rerun}Limit: hash join on exact keys."
    )
    also = " at precision 0.98" if name == "council 45k" else ""
    met = ours["f1"] >= wanted and precise
    return Row(f"linkage F1, {name}", ours["f1"], pinned, exact["f1"], "F1", f">= {wanted}{also}", note, met)


def _speed_rows(name: str, ours: dict[str, Any], peer: dict[str, Any] | None, exact: dict[str, Any]) -> list[Row]:
    seconds = ours["train"] + ours["link"]
    other = peer["train"] + peer["link"] if peer else None
    split = "Slower than Splink, which blocks by six rules here, not forty, and clusters by one threshold. "
    split += f"Ours: learn {ours['train']:.1f}, compare and resolve {ours['link']:.1f}."
    if peer:
        split += f" Splink: train {peer['train']:.1f}, predict and cluster {peer['link']:.1f}."
    return [
        Row(f"linkage run, {name}", seconds, other, exact["link"], "s", "-", split),
        Row(f"linkage peak memory, {name}", ours["megabytes"], peer["megabytes"] if peer else None,
            exact["megabytes"], "MB", "about Splink's", "",
            None if peer is None else ours["megabytes"] <= 1.5 * peer["megabytes"]),
    ]  # fmt: skip


def _one_record(name: str, ours: dict[str, Any]) -> Row:
    one = ours["one"]
    note = (
        f"Median {one['median']:.1f} ms ({one['busy']:.1f} ms of processor time, p95 {one['busy_p95']:.1f}) with "
        f"{one['candidates']:.0f} candidates; keys, candidates from an index in memory, scores. Limit: looking the "
        "keys up alone. Peer: Splink 5 predict_between at 200,000 records, from figures.md."
    )
    return Row(f"one record linked, {name}, p95", one["p95"], 330.0, one["bare"], "ms", "< 20", note, one["p95"] < 20)


def _churn_rows(name: str, ours: dict[str, Any]) -> list[Row]:
    found = ours["churn"]
    note = "Peer: Splink's clusters on the council set, from figures.md (4.4% and 0.9%)."
    wrong = f"{100 * found['added_wrongly']:.3f}% by a join or split that is not true. "
    return [
        Row(f"ids changed by 10% more records, {name}", 100 * found["added"], 4.4, 0.0, "%", "true joins only",
            wrong + note, found["added_wrongly"] <= 0.001),
        Row(f"ids changed by 2% fewer records, {name}", 100 * found["removed"], 0.9, 0.0, "%", "0", note,
            found["removed"] == 0.0),
    ]  # fmt: skip


def _apart(what: str, name: str) -> dict[str, Any]:
    """What a contender measured in a process of its own."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.linkage", what, name],
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )
    if answer.returncode:
        raise RuntimeError(f"linkage benchmark, {what} on {name}: {answer.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(answer.stdout.splitlines()[-1])
    return found


def _child(what: str, name: str) -> None:
    data = labelled(name)
    if what == "ours":
        seldom_search()
        found = link(data)
        found["megabytes"] = _peak()
        large = name in ("synthetic UK 200k", "FEBRL1")
        found["one"] = one_by_one(data) if large else None
        found["churn"] = churn(data) if name in ("council 45k", "FEBRL1") else None
    elif what == "splink":
        found = splink(data.records, data.truth)
        found["megabytes"] = _peak()
    else:
        seconds, person = exact_join(data.records)
        found = {"link": seconds, "megabytes": _peak()} | _figures(quality(person, data.truth))
    print(json.dumps(found))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _child(*sys.argv[1:3])
