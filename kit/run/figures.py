"""Figures of a service for Prometheus, taken by its worker from the service's own database.

The relay and the consumers know only what they have in hand: what waits while they stand still is seen here.
"""

import time
from collections.abc import Callable
from typing import Final

from prometheus_client import Gauge

from kit.events import relay
from kit.store import standing
from kit.store.db import Database
from kit.store.standing import Standing

EVERY_SECONDS: Final = 10.0

OUTBOX = Gauge("newstart_outbox_waiting", "Events committed and not yet on the bus", ["service"])
LETTERS = Gauge("newstart_dead_letters_open", "Events that could not take effect and wait for a person", ["service"])
LETTER_AGE = Gauge("newstart_dead_letter_oldest_seconds", "Age of the oldest open dead letter", ["service"])
JOBS = Gauge("newstart_jobs", "Long work, by state: queued or running", ["service", "state"])
JOB_AGE = Gauge("newstart_job_queued_oldest_seconds", "Age of the oldest job nobody took up yet", ["service"])
JOB_SILENCE = Gauge("newstart_job_silent_seconds", "Longest time a running job showed no progress", ["service"])
ALARMS = Gauge("newstart_alarms_overdue", "Alarms due and not fired; failing: tried in vain", ["service", "kind"])
UNSEALED = Gauge("newstart_audit_unsealed_oldest_seconds", "Age of the oldest access not yet sealed", ["service"])
TAKEN = Gauge("newstart_figures_taken_timestamp_seconds", "When these figures were taken last", ["service"])

_SET: Final[tuple[Callable[[str, Standing], None], ...]] = (
    lambda name, it: relay.WAITING_AGE.labels(name).set(it.outbox_oldest_seconds),
    lambda name, it: OUTBOX.labels(name).set(it.outbox_waiting),
    lambda name, it: LETTERS.labels(name).set(it.dead_letters),
    lambda name, it: LETTER_AGE.labels(name).set(it.dead_letter_oldest_seconds),
    lambda name, it: JOBS.labels(name, "queued").set(it.jobs_queued),
    lambda name, it: JOBS.labels(name, "running").set(it.jobs_running),
    lambda name, it: JOB_AGE.labels(name).set(it.job_queued_oldest_seconds),
    lambda name, it: JOB_SILENCE.labels(name).set(it.job_silent_seconds),
    lambda name, it: ALARMS.labels(name, "due").set(it.alarms_overdue),
    lambda name, it: ALARMS.labels(name, "failing").set(it.alarms_failing),
    lambda name, it: UNSEALED.labels(name).set(it.unsealed_oldest_seconds),
)


async def take(database: Database, service: str) -> int:
    """Take them once; 0, so that the worker's loop rests afterwards."""
    async with database.sessions() as session:
        found = await standing.of(session)
    for each in _SET:
        each(service, found)
    TAKEN.labels(service).set(time.time())
    return 0
