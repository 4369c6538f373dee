"""From costs to needs: pure arithmetic, one council first, then many."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.capacity.costs import GIB, KIB, Costs, Council

DAYS_A_YEAR = 365
TARGET_USE = 0.6
"""Of the processor that is there, so much is used in the busiest minute: the rest is for what nobody foresaw."""


@dataclass(frozen=True, slots=True)
class Needs:
    """One council's. Rates are of the busiest minute, storage is after the years that records are kept."""

    contacts_a_day: float
    contacts_a_minute: float
    requests_a_second: float
    events_a_second: float
    events_a_day: float
    cores_at_work: float
    cores: float
    linking_core_minutes: float
    database_gib_a_year: float
    database_gib: float
    stream_gib: float
    backups_gib: float
    logs_gib_a_year: float
    network_mbit: float


def of_one(council: Council, costs: Costs, measured: Mapping[str, Any]) -> Needs:
    """What one council needs."""
    a_day = council.contacts_a_year / council.working_days
    a_minute = a_day * council.busiest_hour / 60 * 3
    requests = a_minute / 60 * (measured["requests_per_contact"] + council.looks_per_contact)
    events_per_contact = measured["events_per_contact"] * (1 + council.followed_by)
    events = a_minute / 60 * events_per_contact
    extra_events = measured["events_per_contact"] * council.followed_by
    per_contact_ms = (
        measured["processor_ms_per_contact"]
        + council.looks_per_contact * costs.read_ms
        # What follows from casework costs a request of the contact's kind for each event, and its way over the bus.
        + extra_events * (measured["processor_ms_per_contact"] / measured["requests_per_contact"] + costs.event_ms)
    )
    at_work = a_minute / 60 * per_contact_ms / 1000 + measured["idle_processor_share"]

    # The outbox is emptied as its rows grow old; all else stays as long as records do.
    outbox = measured["outbox_bytes_per_contact"] * (1 + council.followed_by)
    stays = measured["database_bytes_per_contact"] * (1 + council.followed_by) - outbox
    at_first = council.source_rows_at_first * costs.source_row_bytes + council.people * costs.search_bytes_per_person
    at_first += council.contacts_a_year * costs.stream_days / DAYS_A_YEAR * outbox
    a_year = council.contacts_a_year * stays + council.source_rows_a_month * 12 * costs.source_row_bytes
    database = at_first + a_year * council.kept_years
    events_a_day = council.contacts_a_year / DAYS_A_YEAR * events_per_contact
    stream = events_a_day * costs.stream_days * measured["stream_bytes_per_contact"] / measured["events_per_contact"]
    requests_a_year = council.contacts_a_year * (measured["requests_per_contact"] + council.looks_per_contact)
    return Needs(
        contacts_a_day=a_day,
        contacts_a_minute=a_minute,
        requests_a_second=requests,
        events_a_second=events,
        events_a_day=events_a_day,
        cores_at_work=at_work,
        cores=at_work / TARGET_USE,
        linking_core_minutes=council.source_rows_at_first * costs.source_row_ms / 60_000,
        database_gib_a_year=a_year / GIB,
        database_gib=database / GIB,
        stream_gib=stream / GIB,
        # Seven base backups of a week apart and a month of changes, compressed to a third.
        backups_gib=database / GIB * 5 / 3,
        logs_gib_a_year=requests_a_year * costs.log_bytes_per_request / GIB,
        network_mbit=requests * 20 * KIB * 8 / 1e6,
    )


@dataclass(frozen=True, slots=True)
class Cluster:
    """What the manifests ask a cluster for, whatever happens in it: the floor under every council."""

    pods: int
    cores: float
    gib: float
    disk_gib: float


def many(count: int, one: Needs, floor: Cluster, region: Cluster) -> dict[str, float]:
    """`count` councils, each in a cluster of its own, with one observatory for every 33 and one above those."""
    observatories = 0 if count == 1 else math.ceil(count / 33) + (1 if count > 33 else 0)
    cores = max(floor.cores, one.cores)
    return {
        "councils": count,
        "observatories": observatories,
        "contacts a year, million": one.contacts_a_day * 250 * count / 1e6,
        "requests a second, busiest minute": one.requests_a_second * count,
        "events a day, million": one.events_a_day * count / 1e6,
        "cores reserved": cores * count + region.cores * observatories,
        "cores at work, busiest minute": one.cores_at_work * count,
        "memory reserved, TiB": (floor.gib * count + region.gib * observatories) / 1024,
        "databases after seven years, TiB": one.database_gib * count / 1024,
        "backups, TiB": one.backups_gib * count / 1024,
    }
