"""`python -m benchmarks [--size tiny|full] [name ...]`: measures, and prints one table. `make bench` calls it."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from functools import cache
from pathlib import Path

import structlog

from benchmarks import (
    bus,
    gateway,
    identity_layer,
    intake,
    linkage,
    person_search,
    profiles,
    start,
    write_path,
)
from benchmarks.ground import Ground
from benchmarks.rounds import SIZES, Size
from benchmarks.table import Row, table


def benchmarks(ground: Callable[[], Ground]) -> Mapping[str, Callable[[Size], list[Row]]]:
    """Every benchmark by name, in the table's order; engines start when one first asks for `ground`."""
    return {
        "gateway": lambda size: gateway.run(size, ground()),
        "write": lambda size: write_path.run(size, ground()),
        "bus": lambda size: bus.run(size, ground()),
        "search": lambda size: person_search.run(size, ground()),
        "linkage": linkage.run,
        "identity": _alone(identity_layer.run),
        "intake": _alone(intake.run),
        "profiles": _alone(profiles.run),
        "start": start.run,
    }


def _alone(run: Callable[[Size, Ground], list[Row]]) -> Callable[[Size], list[Row]]:
    """With engines of its own: these fill the same service's tables."""

    def measured(size: Size) -> list[Row]:
        with Ground() as ground:
            return run(size, ground)

    return measured


def _no_ground() -> Ground:
    raise AssertionError("only the names are asked for")


NAMES = tuple(benchmarks(_no_ground))


def main(arguments: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser("python -m benchmarks", description="Ours, the peers, the limit: one table.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which of: {', '.join(NAMES)} (default: all)")
    parser.add_argument("--size", choices=SIZES, default="full", help="tiny only shows that all of it still runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the rows there")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    # Connections come and go here: nobody needs a line about each.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    rows: list[Row] = []
    with ExitStack() as stack:
        ready = benchmarks(cache(lambda: stack.enter_context(Ground())))
        for name in chosen.names or NAMES:
            began = time.monotonic()
            rows += ready[name](SIZES[chosen.size])
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(table(rows))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
