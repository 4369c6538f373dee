"""What goes in and out of the HTTP door of tickets."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from kit.contracts.codes import NeedDomain
from kit.contracts.envelope import Code, UtcDatetime
from services.triage.contacts.shapes import Body, Language, Line
from services.triage.tickets import domain
from services.triage.tickets.models import Ticket


class NewTicket(Body):
    """Somebody walked in. Nothing need be known of them; a name is not taken here at all."""

    about: NeedDomain | None = None
    language: Language | None = None
    sooner: domain.Sooner | None = Field(None, description="Why before those who came earlier; never said aloud")
    person_id: UUID | None = Field(None, description="If they said who they are and it was looked up")
    contact_id: UUID | None = None


class NewStep(Body):
    """What happens to a ticket."""

    step: domain.Step
    desk: Line | None = Field(None, description="Where they are called to: a table or a room")


class Next(Body):
    """A desk is free: who is next?"""

    desk: Line


class WaitView(BaseModel):
    """How long it takes, as far as we can say, and how we worked it out."""

    minutes: int | None = Field(description="Null: we cannot say; the words say why")
    no_longer_than: int | None = Field(description="8 in 10 waited no longer; null while too few were measured")
    words: str

    @classmethod
    def of(cls, wait: domain.Wait) -> Self:
        """The wait as it is said."""
        return cls(minutes=wait.minutes, no_longer_than=wait.no_longer_than, words=wait.words)


class TicketView(BaseModel):
    """A ticket: a number."""

    id: UUID
    version: int
    hub: Code
    day: date
    number: int
    state: domain.TicketState
    desk: str | None
    about: NeedDomain | None
    language: str | None
    sooner: domain.Sooner | None
    seat_apart: bool = Field(description="Offer a private room at once. Why is not said")
    person_id: UUID | None = Field(description="Null also for somebody who may not be shown to you")
    contact_id: UUID | None
    said_minutes: int | None
    said_at_most: int | None
    arrived_at: UtcDatetime
    first_called_at: UtcDatetime | None
    seated_at: UtcDatetime | None
    ended_at: UtcDatetime | None

    @classmethod
    def of(cls, row: Ticket, *, kept_back: bool = False) -> Self:
        """The ticket as it is shown."""
        shown = {name: getattr(row, name) for name in cls.model_fields}
        unknown = {"person_id": None, "contact_id": None, "seat_apart": False}
        return cls(**shown | (unknown if kept_back else {}))


class NewTicketView(TicketView):
    """A ticket just taken, and what to say about the wait."""

    wait: WaitView


class Called(BaseModel):
    """What the board shows: a number and where to go. Never a name."""

    number: int
    desk: str | None


class KeptView(BaseModel):
    """What was said of the wait in the last four weeks beside what then happened. Null while too few were measured."""

    tickets: int
    said_minutes: float | None = Field(description="The middle of the waits we said")
    waited_minutes: float | None = Field(description="The middle of the waits there were")
    kept_share: float | None = Field(description="The share that waited no longer than the longest we said")

    @classmethod
    def of(cls, kept: domain.Kept) -> Self:
        """As it is published."""
        return cls(tickets=kept.tickets, said_minutes=kept.said, waited_minutes=kept.waited, kept_share=kept.within)


class Waits(BaseModel):
    """A hub now: what whoever comes next is told, the board, and whether we kept what we said. Nothing of anybody."""

    hub: Code
    open_now: bool
    opens_next: UtcDatetime | None
    waiting: int
    wait: WaitView
    called: list[Called]
    kept: KeptView
