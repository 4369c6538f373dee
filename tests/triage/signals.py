"""What risk and casefile would tell triage, and triage's event door in process."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from kit.contracts.catalogue import CATALOGUE
from kit.events.handlers import KINDS, handled
from kit.events.inbox import Inbox
from kit.ids import new_id
from kit.store.db import Database
from kit.testing.databases import ServiceDatabase
from services.triage.app import SERVICE
from tests.service_doors import Delivery

Json = dict[str, Any]


def envelope(type_: str, data: Json, *, subject: UUID | str | None = None, sequence: int = 1, **more: Any) -> Json:
    """Any event of ours as CloudEvents JSON."""
    return {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": f"urn:newstart:{type_.partition('.')[0]}",
        "type": type_,
        "subject": str(subject or new_id()),
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "actor": "system:risk",
        "purpose": "data_linkage",
        "sequence": f"{sequence:020d}",
        "correlationid": str(new_id()),
        "data": data,
        **more,
    }


@dataclass(frozen=True)
class Home:
    """A household with one person whom a signal is about."""

    person: UUID
    household: UUID

    @classmethod
    def new(cls) -> "Home":
        return cls(uuid4(), uuid4())

    def signal(self, kind: str = "first_missed_council_tax", *, signal_id: UUID | None = None, **more: Any) -> Json:
        id_ = signal_id or uuid4()
        data = {
            "signal_id": str(id_),
            "kind": kind,
            "person_id": str(self.person),
            "household_id": str(self.household),
            "observed_on": "2026-12-01",
            "source": "council_tax_arrears",
            "raised_at": datetime.now(UTC).isoformat(),
            **more,
        }
        return envelope("risk.signal.raised", data, subject=id_)

    def breathing_space(
        self,
        event: str = "started",
        *,
        id_: UUID,
        sequence: int = 1,
        ends_on: date | None = None,
        state: str | None = None,
    ) -> Json:
        data = {
            "breathing_space_id": str(id_),
            "person_id": str(self.person),
            "household_id": str(self.household),
            "kind": "standard",
            "state": state or ("ended" if event == "ended" else "active"),
            "starts_on": "2026-12-15",
            "ends_on": ends_on and ends_on.isoformat(),
            "changed_at": datetime.now(UTC).isoformat(),
        }
        return envelope(f"casefile.breathing_space.{event}", data, subject=id_, sequence=sequence)


class Ears:
    """Triage's event door: `ears(event, ...)` delivers a batch."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def __call__(self, *events: Json) -> None:
        """Deliver these in one batch to projections and reactions; every one must be taken."""
        for kind in KINDS:
            by_type = handled(SERVICE.handlers, kind)
            batch = [
                Delivery(json.dumps(each).encode(), CATALOGUE[each["type"]].nats_subject)
                for each in events
                if each["type"] in by_type
            ]
            if batch:
                await Inbox(self.database, "triage", kind, by_type).take(batch)  # type: ignore[arg-type]  # a stand-in
            assert {each.fate for each in batch} <= {"taken"}, [each.fate for each in batch]


@asynccontextmanager
async def listening(store: ServiceDatabase) -> AsyncIterator[Ears]:
    """The event door on that database."""
    database = Database(store.url, pool=6)
    try:
        yield Ears(database)
    finally:
        await database.close()
