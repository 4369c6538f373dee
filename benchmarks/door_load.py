"""Loading an HTTP server of ours from a process beside it, and what that cost the server."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.ground import Server, apart
from benchmarks.http_load import Load, NextRequest, load


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement; `cost` is the processor time of the server for each answer, in milliseconds."""

    load: Load
    cost: float


def measure(server: Server, requests: NextRequest, *, connections: int, seconds: float) -> Measured:
    """Keep the server busy over so many connections."""
    before = server.busy_seconds()
    found = apart("load", lambda: load(server.port, requests, connections=connections, seconds=seconds))
    return Measured(found, (server.busy_seconds() - before) * 1000 / found.answered)


def per_second(measured: Measured) -> float:
    return measured.load.per_second


def p50(measured: Measured) -> float:
    return measured.load.p50


def cost(measured: Sequence[Measured]) -> str:
    """The median cost in words."""
    return f"{statistics.median(each.cost for each in measured):.2f} ms"
