"""Who answers for a worker: so that what goes unanswered goes to a person with a name."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import select

from kit.store.unit import UnitOfWork
from services.triage.referrals.models import KnownManager


async def answering_for(unit: UnitOfWork, worker_id: str, today: date, first: Iterable[str | None] = ()) -> str | None:
    """The manager to turn to about this worker's work: whom `first` names, their own, their team's, or any other.

    Somebody who left is passed over, and whoever is away is stood in for. None only where no manager works at all.
    """
    lines = list(await unit.session.scalars(select(KnownManager).order_by(KnownManager.worker_id, KnownManager.id)))
    workers = {each.worker_id: each for each in lines if each.worker_id is not None}
    own = workers.get(worker_id)
    teams = [
        each.manager
        for each in lines
        if each.worker_id is None and any(_is_in(member, worker_id, today) for member in each.members)
    ]
    anybody = [each.worker_id for each in workers.values() if each.manages and each.active]
    for candidate in (*first, own.manager if own else None, *teams, *anybody):
        found = _present(candidate, workers, today)
        if found is not None and found != worker_id:
            return found
    return None


def _is_in(member: dict[str, Any], worker_id: str, today: date) -> bool:
    until = member.get("to")
    started = date.fromisoformat(member["from"]) <= today
    return member["worker_id"] == worker_id and started and (until is None or today < date.fromisoformat(until))


def _present(worker_id: str | None, workers: dict[str, KnownManager], today: date) -> str | None:
    """They themselves, or who stands in for them; None when nobody of them is here."""
    seen: set[str] = set()
    while worker_id is not None and worker_id not in seen:
        seen.add(worker_id)
        line = workers.get(worker_id)
        if line is None:
            # Named in an entry, but their own has not come to us: their name is all that is asked.
            return worker_id
        if not line.active:
            return None
        away = line.absent_from is not None and line.absent_from <= today
        if not away or (line.absent_until is not None and line.absent_until <= today):
            return worker_id
        worker_id = line.covered_by
    return None
