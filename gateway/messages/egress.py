"""The one way out for messages: a port that GOV.UK Notify and the demo's sink both fill."""

from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from kit.contracts.messages import Way


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as it leaves. `reference` is its id: under it the sender can be asked whether it has it."""

    reference: UUID
    way: Way
    to: tuple[str, ...]
    title: str
    text: str
    plain: bool
    doubtful: bool = False
    """A try was cut off: ask first whether the sender has it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The sender has it, under this id of its own (None: it gives none, and there is nothing to follow up)."""

    provider_id: str | None


Arrival = Literal["arrived", "on_its_way", "came_back"]


class NotTaken(Exception):
    """The sender certainly did not take it; later it may."""


class Refused(Exception):
    """The sender will never take it: the address is wrong."""


class Unclear(Exception):
    """Nobody knows whether the sender took it: the line broke, or it failed while at it."""


class Sender(Protocol):
    """What can send. Taken once means sent once: the reference makes a second `send` of the same message findable."""

    async def send(self, message: Outgoing) -> Taken:
        """Hand it over. Raises NotTaken, Refused or Unclear."""

    async def find(self, reference: UUID) -> Taken | None:
        """Whether the sender has the message with this reference. Raises NotTaken when it cannot say."""

    async def arrival(self, provider_id: str) -> Arrival:
        """What became of one it took. Raises NotTaken when it cannot say."""
