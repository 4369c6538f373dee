"""What the gateway itself holds about somebody: messages on their way, and lists that name them for an hour."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from gateway.messages.models import DemoMessage, Message
from gateway.tables import Base
from kit.contracts.rights import PackageItem, TableProof
from kit.events.rights import Rights
from kit.store.holdings import Holdings, Rule, Whose, digest_of
from kit.store.unit import UnitOfWork


class Sink:
    """What the demo's sink took in place of a telephone: it names an address, and no id of a person."""

    async def collect(self, unit: UnitOfWork, whose: Whose) -> Sequence[PackageItem]:
        """Nothing: the message itself is given."""
        return []

    async def erase(self, unit: UnitOfWork, whose: Whose, kept: Sequence[str]) -> Sequence[TableProof]:
        """It goes with its message."""
        theirs = select(Message.id).where(Message.person_id.in_(sorted(whose.people)))
        gone = await unit.session.scalars(
            delete(DemoMessage).where(DemoMessage.id.in_(theirs)).returning(DemoMessage.id)
        )
        keys = sorted(gone)
        if not keys:
            return []
        digest = digest_of(f"demo_message:{each}" for each in keys)
        return [TableProof(table="demo_message", title="The demo's messages", deleted=len(keys), digest=digest)]


RIGHTS = Rights(
    "gateway",
    Holdings(
        Base.metadata,
        rules={
            "message": Rule(title="Messages we sent you", retention="message", left_out=frozenset({"sealed"})),
            "known_call": Rule(given=False),
            "live_change": Rule(given=False),
            # It would tell the one that the other is protected from them.
            "pending_separation": Rule(given=False, retention="safeguarding"),
        },
    ),
    Sink(),
)
