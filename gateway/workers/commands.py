"""Changing who works here."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from gateway.workers.domain import check_entry
from gateway.workers.models import Worker
from gateway.workers.queries import WorkerView
from kit import clock
from kit.contracts.envelope import subject_for
from kit.contracts.gateway import WorkerState
from kit.store.unit import UnitOfWork
from kit.web.preconditions import PreconditionRequired, check_version


class WorkerEntry(BaseModel):
    """A worker's whole entry: what is left out is empty."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=200)
    organisation_id: UUID | None = None
    roles: list[str] = Field(default_factory=list, max_length=20)
    manager: str | None = Field(None, min_length=1, max_length=128)
    active: bool = True
    suspended: bool = False
    absent_from: date | None = None
    absent_until: date | None = Field(None, description="First day back")
    covered_by: str | None = Field(None, min_length=1, max_length=128)


async def put_worker(
    unit: UnitOfWork, worker_id: str, entry: WorkerEntry, expected: int | None
) -> tuple[WorkerView, bool]:
    """Put a worker's entry in place of the one at version `expected`, or make it. True when it is new.

    Raises Invalid, Stale, or PreconditionRequired when there is one and `expected` is None.
    """
    check_entry(
        worker_id,
        roles=entry.roles,
        manager=entry.manager,
        absent_from=entry.absent_from,
        absent_until=entry.absent_until,
        covered_by=entry.covered_by,
    )
    worker = await unit.session.get(Worker, worker_id, with_for_update=True)
    created = worker is None
    if worker is None:
        check_version(0, expected or 0)
        worker = Worker(worker_id=worker_id, version=0)
        unit.session.add(worker)
    elif expected is None:
        raise PreconditionRequired("There is an entry already: send If-Match with the ETag it was read with")
    else:
        check_version(worker.version, expected)
    now = clock.now()
    for name in ("name", "organisation_id", "manager", "active", "absent_from", "absent_until", "covered_by"):
        setattr(worker, name, getattr(entry, name))
    worker.roles = sorted(set(entry.roles))
    worker.suspended_at = (worker.suspended_at or now) if entry.suspended else None
    if worker.suspended_at is None:
        worker.suspended_because = None
    return announce(unit, worker), created


def announce(unit: UnitOfWork, worker: Worker) -> WorkerView:
    """A new version of a worker's entry, told to every service."""
    now = clock.now()
    worker.changed_at = now
    worker.version += 1
    unit.accessed(f"worker/{worker.worker_id}")
    unit.emit(
        "gateway.worker.changed",
        WorkerState(
            worker_id=worker.worker_id,
            organisation_id=worker.organisation_id,
            roles=tuple(worker.roles),
            manager=worker.manager,
            active=worker.active,
            suspended_at=worker.suspended_at,
            absent_from=worker.absent_from,
            absent_until=worker.absent_until,
            covered_by=worker.covered_by,
            changed_at=now,
        ),
        aggregate_id=subject_for("worker", worker.worker_id),
        sequence=worker.version,
    )
    return WorkerView.model_validate(worker)
