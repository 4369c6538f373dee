"""Making a borough: live it, write every extract, and the truth apart. Or only the news of one more month."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from demo.borough.extracts import MAKERS
from demo.borough.extracts.office import Office
from demo.borough.life import Plan, live
from demo.borough.structure import BURN_IN
from demo.borough.truth import write_truth
from demo.borough.writing import write

SIZES = {"tiny": 200, "demo": 5_000, "borough": 80_000}
MONTHS = 36
STATE = "borough.json"
TRUTH = "truth"

Report = Callable[[str, int, int], None]
"""What is being done, how much of it is done, of how much."""


def _quiet(what: str, done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class Made:
    """What was written: rows by extract."""

    folder: Path
    rows: dict[str, int]

    @property
    def records(self) -> int:
        """Rows of all extracts."""
        return sum(self.rows.values())


def first_month(until: date, months: int = MONTHS) -> date:
    """The first of the months that end with the one `until` lies in."""
    index = until.year * 12 + until.month - 1 - (months - 1)
    return date(index // 12, index % 12 + 1, 1)


def last_complete_month(today: date) -> date:
    """The last day of the month before the one `today` lies in."""
    return today.replace(day=1) - timedelta(days=1)


def make(households: int, seed: int, until: date, folder: Path, months: int = MONTHS, report: Report = _quiet) -> Made:
    """A borough of so many households whose history ends with the month `until` lies in."""
    plan = Plan(households, seed, first_month(until, months), months)
    made = _write(plan, folder, None, report)
    _save(folder, plan)
    return made


def next_month(folder: Path, report: Report = _quiet) -> Made:
    """One month more of the borough made in this folder: its news go to `next/yyyy-mm`, the truth is renewed.

    The life is lived again from the seed, so the news are what making it with a month more would have shown.
    """
    before = load(folder)
    plan = Plan(before.households, before.seed, before.first, before.months + 1)
    made = _write(plan, folder, plan.months - 1, report)
    _save(folder, plan)
    return made


def load(folder: Path) -> Plan:
    """The plan of a borough that was made. Raises FileNotFoundError where none was."""
    state = json.loads((folder / STATE).read_text(encoding="utf-8"))
    return Plan(state["households"], state["seed"], date.fromisoformat(state["first"]), state["months"])


def _save(folder: Path, plan: Plan) -> None:
    state = {"households": plan.households, "seed": plan.seed, "first": plan.first.isoformat(), "months": plan.months}
    (folder / STATE).write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")


def _write(plan: Plan, folder: Path, only: int | None, report: Report) -> Made:
    total, done = plan.months + BURN_IN, 0

    def tick() -> None:
        nonlocal done
        done += 1
        report("Living the months", done, total)

    world = live(plan, tick)
    office = Office(world, plan.months - 1, only)
    target = folder if only is None else folder / "next" / world.calendar.word(only)
    rows, seen = {}, []
    for place, maker in enumerate(MAKERS):
        extract = maker(office)
        report(f"Writing {extract.name}", place, len(MAKERS) + 1)
        if only is None or len(extract):
            rows[extract.name] = write(extract, target)
        extract.columns = {}
        seen.append(extract)
    report("Writing the truth", len(MAKERS), len(MAKERS) + 1)
    write_truth(world, seen, folder / TRUTH)
    report("Done", len(MAKERS) + 1, len(MAKERS) + 1)
    return Made(target, rows)
