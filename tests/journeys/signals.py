"""Risk's word on the real bus: signals, and people it seals for casefile, published as risk would."""

import asyncio
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from kit.contracts.risk import Introduction
from kit.events.bus import Bus, Outgoing
from kit.events.sealed import Keyring
from kit.ids import new_id
from kit.testing.platform import Platform

SIGNAL, INTRODUCED = "risk.signal.raised", "risk.resident.introduced"


def _envelope(type_: str, subject: UUID, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": "urn:newstart:risk",
        "type": type_,
        "subject": str(subject),
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "actor": "system:risk",
        "purpose": "data_linkage",
        "sequence": f"{1:020d}",
        "correlationid": str(new_id()),
        "data": data,
    }


def signal(person: str, household: str, kind: str = "first_missed_council_tax", id_: UUID | None = None) -> Any:
    """A fresh fact about somebody casefile knows."""
    signal_id = id_ or uuid4()
    data = {
        "signal_id": str(signal_id),
        "kind": kind,
        "person_id": person,
        "household_id": household,
        "observed_on": "2026-12-01",
        "source": "council_tax_arrears",
        "raised_at": datetime.now(UTC).isoformat(),
    }
    return _envelope(SIGNAL, signal_id, data)


def introduction(platform: Platform, told: Introduction) -> Any:
    """Somebody casefile does not know, sealed for it."""
    bare = _envelope(INTRODUCED, told.resident_id, {})
    keys = json.loads(platform.environment("risk")["NEWSTART_SEALING_PUBLIC_KEYS"])
    header = {"event": bare["id"], "type": INTRODUCED, "subject": bare["subject"]}
    jwe = Keyring(None, {"casefile": keys["casefile"]}).encrypt("casefile", header, told.model_dump_json().encode())
    return {**bare, "data": {"jwe": jwe}}


def say(platform: Platform, *envelopes: Any) -> float:
    """Publish these at once, as risk; returns when that was (monotonic seconds)."""

    async def publish() -> Sequence[bool]:
        line = await Bus.connect(platform.nats_url("risk"), "risk")
        try:
            wave = [
                Outgoing(
                    str(new_id()),
                    "newstart.vault.casefile.risk" if each["type"] == INTRODUCED else f"newstart.{each['type']}",
                    json.dumps(each).encode(),
                )
                for each in envelopes
            ]
            return await line.publish(wave)
        finally:
            await line.close()

    began = time.monotonic()
    assert all(asyncio.run(publish()))
    return began
