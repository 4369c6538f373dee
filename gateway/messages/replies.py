"""What people text back: kept once by Notify's id, sealed for casefile, and known here by that id alone.

Notify posts each text message to our address, and again after any answer of 500 or more, up to five times in half an
hour (https://docs.notifications.service.gov.uk/python.html#received-text-message). Whose number it is, only casefile
knows: neither number nor words lie here, not even for a moment, but for the sealed event.
"""

import hmac
import re
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from gateway.messages.models import TextReply as Kept
from kit import clock
from kit.contracts.envelope import UtcDatetime
from kit.contracts.messages import TextReply
from kit.events import sealed
from kit.store.unit import UnitOfWork

LARGEST_BYTES: Final = 64 * 1024
LONGEST_TEXT: Final = 2000
"""Characters: thirteen text messages in one. What the contract carries."""
KEPT: Final = timedelta(days=30)
"""How long a repeat is known again; Notify gives up long before."""
_FORGOTTEN_AT_ONCE: Final = 500
_BRITISH: Final = re.compile(r"44[0-9]{1,13}")

# No database keeps this character: with it, nobody could be given the rest.
_Storable = AfterValidator(lambda said: said.replace("\0", ""))


class ReceivedText(BaseModel):
    """A text message as Notify tells of it; whatever else it says is left."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    id: UUID = Field(description="Notify's; a repeat has the same one")
    source_number: Annotated[str, _Storable] = Field(max_length=32, description="Who sent it: 447700900123")
    message: Annotated[str, _Storable] = Field(description=f"What it says; kept up to {LONGEST_TEXT} characters")
    date_received: UtcDatetime


def is_notify(authorization: bytes, token: SecretStr) -> bool:
    """Whether an Authorization field holds the token that we gave Notify: bytes, in constant time."""
    scheme, _, sent = authorization.partition(b" ")
    right = hmac.compare_digest(sent.strip(b" "), token.get_secret_value().encode())
    return scheme.lower() == b"bearer" and right


async def receive(unit: UnitOfWork, text: ReceivedText) -> None:
    """Keep that it came, and announce it to casefile; a second one under the same id changes nothing.

    Longer than the contract carries, it is cut at the end and not refused: somebody wrote it, Notify would not bring
    it again, and the limit is ours.
    """
    now = clock.now()
    kept = await unit.session.execute(
        insert(Kept).values(id=text.id, received_at=now).on_conflict_do_nothing().returning(Kept.id)
    )
    if kept.first() is None:
        return
    reply = TextReply(
        reply_id=text.id,
        from_number=_international(text.source_number),
        text=text.message[:LONGEST_TEXT],
        received_at=text.date_received,
    )
    sealed.seal(unit, "casefile", "gateway.reply.received", reply, aggregate_id=text.id, sequence=1)
    old = select(Kept.id).where(Kept.received_at < now - KEPT).limit(_FORGOTTEN_AT_ONCE)
    await unit.session.execute(delete(Kept).where(Kept.id.in_(old.with_for_update(skip_locked=True))))


def _international(number: str) -> str:
    """A British number with its + (E.164, at most 15 digits); a name, or a number of elsewhere, as it came."""
    return f"+{number}" if _BRITISH.fullmatch(number) else number
