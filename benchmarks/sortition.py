"""Fair chances for a panel: ours (full leximin, proved) and sortition-algorithms' maximin in the same run. CPU seconds.

Each contender and pool in a process of its own (`python -m benchmarks.sortition NAME POOL`), so that nobody else's work
on the machine counts and one that takes too long can be ended. The limit is the best time anyone is known to have
taken to the best smallest chance (figures.md beside the pools: wall seconds on two busy cores, CBC and an exact
reference included).
"""

import csv
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.contenders import Ended, contend, tell, within_its_time
from benchmarks.rounds import Size
from benchmarks.table import Row

FOLDER: Final = Path(__file__).parents[2] / "shared" / "data" / "sortition"
_MODULE: Final = "benchmarks.sortition"
# Pool: the smallest chance by the reference, the best known time to it, and to leximin (None: nobody in 180 s).
_KNOWN: Final[dict[str, tuple[float, float, float | None]]] = {
    "example_small_20": (0.10, 0.06, 0.06),
    "synth_mass_24": (0.18182, 0.7, 6.77),
    "sfscot_22": (0.09091, 1.2, 10.88),
    "synth_cca_75": (0.02593, 22.25, 65.19),
    "synth_nexus_170": (0.33176, 55.3, None),
    "synth_sf_a_35": (0.08421, 62.4, 109.4),
    "synth_hd_30": (0.05469, 111.3, None),
}


def run(size: Size) -> list[Row]:
    """One row a pool. Without the pools of the shared folder: none."""
    if not FOLDER.is_dir():
        return []
    rows = []
    for name in list(_KNOWN)[: 2 if size.name == "tiny" else None]:
        ours = contend(_MODULE, "services", "ours", name)
        if ours.told is None:
            raise RuntimeError(f"{name}: ours gave no distribution: {ours.because}")
        peer = contend(_MODULE, "sortition_algorithms", "peer", name) if size.name == "full" else None
        rows.append(_row(name, _figures(ours.told), peer))
    return rows


def _figures(told: dict[str, str]) -> dict[str, float]:
    return {name: float(value) for name, value in told.items()}


def _row(name: str, ours: dict[str, float], peer: Ended | None) -> Row:
    smallest, maximin, leximin = _KNOWN[name]
    same = abs(ours["smallest"] - smallest) < 1e-5
    notes = [
        f"smallest chance {ours['smallest']:.3%}, {'the reference' if same else 'NOT the reference'};"
        f" gap {ours['gap']:.0e}; full leximin {'proved' if ours['leximin'] else 'NOT proved'},"
        f" gini {ours['gini']:.4f}, {ours['panels']:.0f} mixtures",
        f"leximin elsewhere: {f'{leximin:g} s' if leximin else 'nobody in 180 s'}",
    ]
    theirs = _figures(peer.told) if peer is not None and peer.told is not None else None
    if theirs is not None:
        notes.append(f"sortition-algorithms (maximin, highspy): {theirs['smallest']:.3%}, gini {theirs['gini']:.4f}")
    elif peer is not None:
        notes.append(f"sortition-algorithms (maximin, highspy): {peer.because}")
    return Row(
        f"Panel of {name}",
        ours["seconds"],
        theirs["seconds"] if theirs else None,
        maximin,
        "s CPU",
        "same minimum, under the limit",
        "; ".join(notes) + ".",
        same and bool(ours["leximin"]) and ours["gap"] <= 1e-6 and ours["seconds"] < maximin,
    )


def _read(pool: str) -> tuple[list[dict[str, str]], list[dict[str, str]], int]:
    found = []
    for name in ("categories", "respondents"):
        with (FOLDER / pool / f"{name}.csv").open(encoding="utf-8-sig") as file:
            found.append(list(csv.DictReader(file)))
    return found[0], found[1], int(pool.rsplit("_", 1)[1])


def _ours(pool: str) -> dict[str, float]:
    from services.grants.panels.sortition.fairest import fairest
    from services.grants.panels.sortition.question import Question, Quota, Volunteer
    from services.grants.panels.sortition.shape import shape_of

    groups, people, size = _read(pool)
    quotas = [Quota(row["category"], row["feature"], int(row["min"]), int(row["max"])) for row in groups]
    volunteers = [Volunteer(f"{number:05}", row) for number, row in enumerate(people)]
    began = time.process_time()
    shape = shape_of(Question(volunteers, quotas, size, apart=False))
    found = fairest(shape)
    took = time.process_time() - began
    chances = [
        float(chance) for kind, chance in zip(shape.kinds, found.chances, strict=True) for _ in range(kind.people)
    ]
    return {
        "seconds": took,
        "smallest": found.smallest,
        "gap": found.gap,
        "leximin": float(found.leximin),
        "panels": len(found.panels),
        "gini": _gini(chances),
    }


def _peer(pool: str) -> dict[str, float]:
    # Not typed, and installed for benchmarks only.
    features, people = import_module("sortition_algorithms.features"), import_module("sortition_algorithms.people")
    settings = import_module("sortition_algorithms.settings")
    generation = import_module("sortition_algorithms.committee_generation")
    groups, rows, size = _read(pool)
    columns = list(dict.fromkeys(row["category"] for row in groups))
    head = ["feature", "value", "min", "max"]
    body = [dict(zip(head, (row["category"], row["feature"], row["min"], row["max"]), strict=True)) for row in groups]
    quotas, column, _ = features.read_in_features(head, body)
    named: list[dict[str, Any]] = [
        {"id": f"{number:05}", **{each: row[each] for each in columns}} for number, row in enumerate(rows)
    ]
    chosen = settings.Settings(id_column="id", columns_to_keep=[])
    pool_, _ = people.read_in_people(["id", *columns], named, quotas, chosen, column)
    import_module("sortition_algorithms.utils").set_random_provider(1)
    began = time.process_time()
    panels, weights, _ = generation.find_distribution_maximin(quotas, pool_, size, [])
    took = time.process_time() - began
    chances = dict.fromkeys((row["id"] for row in named), 0.0)
    for panel, weight in zip(panels, weights, strict=True):
        for each in panel:
            chances[each] += weight
    return {"seconds": took, "smallest": min(chances.values()), "gini": _gini(list(chances.values()))}


def _gini(chances: list[float]) -> float:
    number, total = len(chances), sum(chances)
    ranked = sum((2 * place - number - 1) * chance for place, chance in enumerate(sorted(chances), 1))
    return ranked / (number * total)


if __name__ == "__main__":
    contender, pool = sys.argv[1:]
    within_its_time()
    for name, value in (_ours(pool) if contender == "ours" else _peer(pool)).items():
        tell(name, value)
