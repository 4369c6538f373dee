"""The costs, each measured, and where; and what a council is taken to do, for those who know better to change."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MEASURED = Path(__file__).with_name("measured.json")
"""Kept by tests/load/test_contact_cost.py."""

KIB, MIB, GIB = 2**10, 2**20, 2**30


@dataclass(frozen=True, slots=True)
class Council:
    """What one council does in a year. Assumptions: a borough of London's size with every hub at work."""

    people: int = 220_000
    households: int = 80_000
    staff: int = 600
    contacts_a_year: int = 120_000
    """1.5 for each household: calls, visits, forms and letters, first and further ones."""
    working_days: int = 250
    looks_per_contact: int = 12
    """Records read beside the contact itself: the file, the timeline, tasks, lists."""
    followed_by: float = 3.0
    """For each contact's events so many more follow from casework: tasks, plans, referrals, lettings, messages."""
    busiest_hour: float = 0.2
    """Share of a day's contacts in its busiest hour; the busiest minute is three times that hour's mean."""
    source_rows_at_first: int = 3_265_665
    source_rows_a_month: int = 300_000
    kept_years: int = 7


@dataclass(frozen=True, slots=True)
class Costs:
    """Figures of benchmarks/README.md (two cores, quiet, 22 November 2026) and of the load test."""

    read_ms: float = 2 * 1000 / 310.9
    """Processor of a record read through the gateway: 310.9 a second kept two cores busy."""
    event_ms: float = 2 * 1000 / 6067
    """Processor of an event from outbox to effect: 6,067 a second, two cores, every write synced."""
    source_row_bytes: int = 900
    """A quarantined-and-loaded source row with its indexes, staged and linked."""
    source_row_ms: float = (62 + 3.5 + 46 + 27 + 19 + 27) * 1000 / 3_265_665
    """Load, read, compare, resolve, house, write: 184.5 s of processor for a borough's rows."""
    linking_gib: float = 1.83
    """Most of a child of the risk worker, for 519,692 identities."""
    search_bytes_per_person: float = 94.18e6 / 250_000
    """All that the person search keeps."""
    process_mib: int = 135
    """One process at rest in a pod of its own."""
    log_bytes_per_request: int = 350
    stream_days: int = 90


def measured() -> dict[str, Any]:
    """The load test's figures. Raises FileNotFoundError when it was never run."""
    found: dict[str, Any] = json.loads(MEASURED.read_text())
    return found
