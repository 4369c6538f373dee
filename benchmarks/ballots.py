"""Counting real ballots: ours, pabutools in the same run, reading the ballots as the limit. Seconds of CPU time.

Each contender and file in a process of its own (`python -m benchmarks.ballots NAME FILE`), so that nobody else's work
on the machine counts and one that takes too long can be ended.
"""

import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from benchmarks.contenders import Ended, contend, tell, within_its_time
from benchmarks.rounds import Size
from benchmarks.table import Row

FOLDER: Final = Path(__file__).parents[2] / "shared" / "data" / "pabulib"
_MODULE: Final = "benchmarks.ballots"
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
        for rule in ("add1", "greedy", "phragmen"):
            ours = contend(_MODULE, "services", f"ours-{rule}", str(file))
            if ours.told is None:
                raise RuntimeError(f"{file.stem}, {rule}: our count gave no result: {ours.because}")
            asked = rule == "add1" or size.name == "full"
            peer = contend(_MODULE, "pabutools", f"pabutools-{rule}", str(file)) if asked else None
            rows.append(_row(file.stem, rule, _figures(ours.told), peer))
    return rows


def _row(name: str, rule: str, mine: dict[str, Any], peer: Ended | None) -> Row:
    notes = [f"{mine['voters']:,} voters, {mine['papers']:,} different ballots; {len(mine['won'])} win"]
    if rule == "add1":
        notes.append(f"{mine['steps']:,} larger shares; the JavaScript tool took {_QUOTED[name]} s (quoted)")
    theirs = _figures(peer.told) if peer is not None and peer.told is not None else None
    if theirs is not None:
        notes.append(f"pabutools: {len(theirs['won'])} win, {'the same' if theirs['won'] == mine['won'] else 'others'}")
    elif peer is not None:
        notes.append(f"pabutools: {peer.because}")
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
        theirs["seconds"] if theirs else None,
        mine["reading"],
        "s CPU",
        wanted or "-",
        "; ".join(notes) + ".",
        met,
    )


def _figures(told: dict[str, str]) -> dict[str, Any]:
    numbers = {"seconds": float(told["seconds"]), "reading": float(told["reading"])}
    whole = {key: int(told[key]) for key in ("voters", "papers", "steps") if key in told}
    named = {key: set(told.get(key, "").split()) for key in ("won", "official")}
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
    tell("official", " ".join(of.chosen))
    tell("voters", of.election.voters)
    tell("papers", len(of.election.papers))
    tell("steps", steps)


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
    tell("seconds", seconds)
    tell("reading", reading)
    tell("won", " ".join(won))


if __name__ == "__main__":
    within_its_time()
    who, _, what = sys.argv[1].partition("-")
    (_ours if who == "ours" else _pabutools)(what, Path(sys.argv[2]))
