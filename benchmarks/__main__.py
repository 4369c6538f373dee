"""`python -m benchmarks [--size tiny|full] [name ...]`: measures, and prints one table. `make bench` calls it."""

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from functools import cache
from importlib import import_module
from pathlib import Path

import structlog

from benchmarks.ground import Ground
from benchmarks.rounds import SIZES, Size
from benchmarks.table import Row, table

_SHARED, _ALONE, _NONE = "engines that others use too", "engines of its own", "no engines"

# In the table's order. Peers take seconds to import: each module waits until its benchmark runs.
_BENCHMARKS = {
    "gateway": ("gateway", _SHARED),
    "write": ("write_path", _SHARED),
    "bus": ("bus", _SHARED),
    "search": ("person_search", _SHARED),
    "linkage": ("linkage", _NONE),
    "borough": ("linkage_borough", _NONE),
    "directory": ("directory_search", _ALONE),
    "identity": ("identity_layer", _ALONE),
    "intake": ("intake", _ALONE),
    "profiles": ("profiles", _ALONE),
    "observatory": ("observatory", _ALONE),
    "models": ("models", _NONE),
    "wardindex": ("wardindex", _NONE),
    "webhooks": ("webhooks", _ALONE),
    "shortlist": ("shortlist", _ALONE),
    "ballots": ("ballots", _NONE),
    "sortition": ("sortition", _NONE),
    "pages": ("pages", _NONE),
    "start": ("start", _NONE),
}
NAMES = tuple(_BENCHMARKS)


def measure(name: str, size: Size, shared: Callable[[], Ground]) -> list[Row]:
    """The rows of one benchmark; engines start when one first asks for `shared`."""
    module, engines = _BENCHMARKS[name]
    run = import_module(f"benchmarks.{module}").run
    rows: list[Row]
    if engines is _NONE:
        rows = run(size)
    elif engines is _SHARED:
        rows = run(size, shared())
    else:
        # These fill the same service's tables.
        with Ground() as ground:
            rows = run(size, ground)
    return rows


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
        shared = cache(lambda: stack.enter_context(Ground()))
        for name in chosen.names or NAMES:
            began = time.monotonic()
            rows += measure(name, SIZES[chosen.size], shared)
            print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print(table(rows))
    if chosen.json:
        chosen.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
