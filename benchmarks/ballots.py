"""Counting real ballots: ours, pabutools in the same run, reading the ballots as the limit. Seconds of CPU time.

Each contender and file in a process of its own (`python -m benchmarks.ballots NAME FILE`), so that nobody else's work
on the machine counts and one that takes too long can be ended.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.rounds import Size
from benchmarks.table import Row

FOLDER: Final = Path(__file__).parents[2] / "shared" / "data" / "pabulib"
TOO_LONG: Final = 180.0
_WANTED: Final = {"Poland_Wieliczka_2023_Green_Budget": 1.0, "Poland_Warszawa_2020_Mokotow": 20.0}
# What equalshares-compute-tool took (Node 20, floats): quoted, not measured here.
_QUOTED: Final = {
    "Netherlands_Assen_2024": 0.31,
    "Poland_Czestochowa_2020_Polnoc": 6.77,
    "Poland_Krakow_2020_Wzgorza_Krzeslawickie": 1.17,
    "Poland_Warszawa_2020_Mokotow": 45.45,
    "Poland_Wieliczka_2023_Green_Budget": 1.4,
    "US_Stanford_Dataset_PB_Chicago_45th_Ward_2019_vote_approvals": 0.5,
}
_OFFICIAL: Final = {
    "Netherlands_Assen_2024": "add1",
    "Poland_Wieliczka_2023_Green_Budget": "add1",
    "Poland_Warszawa_2020_Mokotow": "greedy",
    "Poland_Krakow_2020_Wzgorza_Krzeslawickie": "greedy",
}


def run(size: Size) -> list[Row]:
    """One row a file and rule. Without the files of the shared folder: none."""
    files = sorted(FOLDER.glob("*.pb")) if FOLDER.is_dir() else []
    rows: list[Row] = []
    for file in files[:1] if size.name == "tiny" else files:
        ours = {rule: _process(f"ours-{rule}", file) for rule in ("add1", "greedy", "phragmen")}
        for rule, mine in ours.items():
            peer = _process(f"pabutools-{rule}", file) if rule == "add1" or size.name == "full" else None
            rows.append(_row(file.stem, rule, mine, peer))
    return rows


def _row(name: str, rule: str, mine: dict[str, Any] | None, peer: dict[str, Any] | None) -> Row:
    if mine is None:
        raise RuntimeError(f"{name}, {rule}: our count ended without a result")
    notes = [f"{mine['voters']:,} voters, {mine['papers']:,} different ballots; {len(mine['won'])} win"]
    if rule == "add1":
        notes.append(f"{mine['steps']:,} larger shares; the JavaScript tool took {_QUOTED[name]} s (quoted)")
    if peer is None:
        notes.append("pabutools gave no result (failed, or not within 180 s)")
    else:
        notes.append(f"pabutools: {len(peer['won'])} win, {'the same' if peer['won'] == mine['won'] else 'others'}")
    official = _OFFICIAL.get(name) == rule
    right = mine["won"] == mine["official"]
    if official:
        notes.append("the official winners" if right else "NOT the official winners")
    limit = _WANTED.get(name) if rule == "add1" else None
    quick = limit is None or mine["seconds"] < limit
    met = (quick and (right or not official)) if limit or official else None
    wanted = " and ".join([*([f"< {limit:g} s"] if limit else []), *(["official winners"] if official else [])])
    return Row(
        f"{name.split('_', 1)[1][:24]}, {rule}",
        mine["seconds"],
        peer["seconds"] if peer else None,
        mine["reading"],
        "s CPU",
        wanted or "-",
        "; ".join(notes) + ".",
        met,
    )


def _process(contender: str, file: Path) -> dict[str, Any] | None:
    command = [sys.executable, "-m", "benchmarks.ballots", contender, str(file)]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=TOO_LONG, check=False)
    except subprocess.TimeoutExpired:
        return None
    if told.returncode:
        return None
    words = dict(line.split(" ", 1) for line in told.stdout.splitlines() if " " in line)
    numbers = {"seconds": float(words["seconds"]), "reading": float(words["reading"])}
    whole = {key: int(words[key]) for key in ("voters", "papers", "steps") if key in words}
    named = {key: set(words.get(key, "").split()) for key in ("won", "official")}
    return dict[str, Any](numbers) | whole | named


def _ours(rule: str, file: Path) -> None:
    from services.grants.ballots.counting import pabulib
    from services.grants.ballots.counting.add1 import complete
    from services.grants.ballots.counting.greedy import greedy
    from services.grants.ballots.counting.phragmen import phragmen

    began = time.process_time()
    of = pabulib.read(file.read_text())
    read = time.process_time()
    steps = 0
    if rule == "add1":
        completed = complete(of.election, whole=True)
        places, steps = completed.outcome.winners, completed.steps
    else:
        places = (greedy if rule == "greedy" else phragmen)(of.election)
    took = time.process_time() - read
    _tell(took, read - began, [of.election.projects[place].id for place in places])
    print(
        f"official {' '.join(of.chosen)}\nvoters {of.election.voters}\npapers {len(of.election.papers)}\nsteps {steps}"
    )


def _pabutools(rule: str, file: Path) -> None:
    # Not typed, and installed for benchmarks only.
    peer, rules = import_module("pabutools.election"), import_module("pabutools.rules")
    satisfaction = import_module("pabutools.election.satisfaction")

    began = time.process_time()
    instance, profile = peer.parse_pabulib(str(file))
    profile = profile.as_multiprofile()
    by_kind = {
        "ApprovalMultiProfile": satisfaction.Cost_Sat,
        "CumulativeMultiProfile": satisfaction.Additive_Cardinal_Sat,
        "OrdinalMultiProfile": satisfaction.Additive_Borda_Sat,
    }
    worth = by_kind[type(profile).__name__]
    read = time.process_time()
    count: Callable[[], Any] = {
        # Its quickest way. It ends at the first outcome that nothing can be added to, so now and then one more wins.
        "add1": lambda: rules.method_of_equal_shares(instance, profile, sat_class=worth, voter_budget_increment=1),
        "greedy": lambda: rules.greedy_utilitarian_welfare(instance, profile, sat_class=worth),
        "phragmen": lambda: rules.sequential_phragmen(instance, profile),
    }[rule]
    won = count()
    _tell(time.process_time() - read, read - began, [project.name for project in won])


def _tell(seconds: float, reading: float, won: list[str]) -> None:
    print(f"seconds {seconds}\nreading {reading}\nwon {' '.join(won)}")


if __name__ == "__main__":
    who, _, what = sys.argv[1].partition("-")
    (_ours if who == "ours" else _pabutools)(what, Path(sys.argv[2]))
