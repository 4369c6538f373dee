"""`python -m demo.borough --size demo --seed 1 --out DIR`, and `python -m demo.borough next --state DIR`."""

import argparse
from datetime import date
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from demo.borough.making import MONTHS, SIZES, Made, Report, last_complete_month, make, next_month


def main() -> None:
    """Read the command line and make what it asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.borough", description="Make the demo borough's source extracts."
    )
    parser.add_argument("verb", nargs="?", choices=("make", "next"), default="make")
    parser.add_argument("--size", choices=tuple(SIZES), default="demo")
    parser.add_argument("--households", type=int, help="any other size")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument(
        "--until", type=date.fromisoformat, help="a day in the last month; left out: the last complete month"
    )
    parser.add_argument("--out", type=Path, help="where the extracts go")
    parser.add_argument("--state", type=Path, help="a borough made before, for `next`")
    asked = parser.parse_args()
    if asked.verb == "next" and asked.state is None:
        parser.error("next needs --state: the folder of a borough made before")
    if asked.verb == "make" and asked.out is None:
        parser.error("--out is needed: the folder for the extracts")
    until = asked.until or last_complete_month(date.today())  # noqa: DTZ011  # the council's own calendar day
    columns = (TextColumn("{task.description:30}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns) as bars:
        report = _reporter(bars)
        if asked.verb == "next":
            made: Made = next_month(asked.state, report)
        else:
            made = make(asked.households or SIZES[asked.size], asked.seed, until, asked.out, asked.months, report)
    print(f"{made.records:,} records in {len(made.rows)} extracts: {made.folder}")


def _reporter(bars: Progress) -> Report:
    task = bars.add_task("Building", total=1.0)

    def report(what: str, done: int, total: int) -> None:
        bars.update(task, description=what, completed=done / total)

    return report


if __name__ == "__main__":
    main()
