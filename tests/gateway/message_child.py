"""A process that sends the next message and may die on the way: `python -m tests.gateway.message_child URL KEYS FILE`.

Its telephone is a file: a line for each message that went out, whoever sent it.
"""

import asyncio
import json
import sys
from pathlib import Path
from uuid import UUID

from gateway.app import SERVICE
from gateway.messages import sending
from gateway.messages.egress import Arrival, Outgoing, Taken
from kit.events import sealed
from kit.store.db import Database


class Lines:
    """Sends into a file, and looks there for what was sent."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @property
    def sent(self) -> list[UUID]:
        return [UUID(line) for line in self._file.read_text().split()] if self._file.exists() else []

    async def send(self, message: Outgoing) -> Taken:
        with self._file.open("a") as file:
            file.write(f"{message.reference}\n")
        return Taken(None)

    async def find(self, reference: UUID) -> Taken | None:
        return Taken(None) if reference in self.sent else None

    async def arrival(self, provider_id: str) -> Arrival:
        raise AssertionError("nobody asks a file")


async def _send(url: str, file: Path) -> None:
    database = Database(url, pool=2)
    await sending.send_one(database, Lines(file))
    await database.close()


if __name__ == "__main__":
    assert SERVICE.name == "gateway"
    sealed.use_keys("gateway", json.loads(sys.argv[2]), {})
    asyncio.run(_send(sys.argv[1], Path(sys.argv[3])))
