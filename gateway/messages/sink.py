"""The demo's sink: a table instead of a telephone. It takes each message once, by its reference."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from gateway.messages.egress import Arrival, Outgoing, Taken
from gateway.messages.models import DemoMessage
from kit import clock
from kit.store.db import Database


class Sink:
    """Keeps what would have been sent, for the page `/demo/messages`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def send(self, message: Outgoing) -> Taken:
        """Take it; again changes nothing."""
        row = {
            "id": message.reference,
            "way": message.way,
            "recipient": list(message.to),
            "title": message.title,
            "words": message.text,
            "plain": message.plain,
            "taken_at": clock.business_now(),
        }
        async with self._database.sessions.begin() as session:
            await session.execute(insert(DemoMessage).values(row).on_conflict_do_nothing())
        return Taken(None)

    async def find(self, reference: UUID) -> Taken | None:
        """Whether it was taken before."""
        async with self._database.sessions() as session:
            return Taken(None) if await session.get(DemoMessage, reference) else None

    async def arrival(self, provider_id: str) -> Arrival:
        """A table loses nothing."""
        return "arrived"


async def taken(database: Database, most: int = 200) -> Sequence[DemoMessage]:
    """The newest ones."""
    query = select(DemoMessage).order_by(DemoMessage.taken_at.desc(), DemoMessage.id.desc()).limit(most)
    async with database.sessions() as session:
        return (await session.scalars(query)).all()
