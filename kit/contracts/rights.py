"""What people's rights over their data ask of every owner, and what each owner answers (ownership rule 18)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, Concerns, EventData, Sha256, UtcDatetime
from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed


class _AboutSomeone(EventData):
    request_id: UUID
    person_id: UUID
    person_ids: tuple[UUID, ...] = Field(default=(), description="Every id of theirs, merged ones included")
    household_ids: tuple[UUID, ...] = Field(default=(), description="Households they belong or belonged to")
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person; never a household: it is one person's right."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When it was asked."""
        return self.changed_at

    def everyone(self) -> frozenset[UUID]:
        """Every id the person is kept under."""
        return frozenset({self.person_id, *self.person_ids})


class LivedIn(EventData):
    """When they belonged to a household; `until` is the first day they no longer did."""

    household_id: UUID
    since: date
    until: date | None = None


class AccessAsked(_AboutSomeone):
    """A person's data are wanted from every owner (UK GDPR Article 15).

    What is a household's is theirs for the days they belonged to it, and no others.
    """

    lived_in: tuple[LivedIn, ...] = ()


class ErasureOrdered(_AboutSomeone):
    """A person's data must go (UK GDPR Article 17, or the end of its retention), but for what must be kept.

    `household_ids` are those in which nobody else ever belonged: what is kept of them goes too.
    """

    kept: tuple[Code, ...] = Field(default=(), description="Retention codes of what must stay, by law")


class RightDecided(EventData):
    """What was decided on rectification, restriction or objection: what the others must know of it."""

    request_id: UUID
    person_id: UUID
    kind: Literal["rectification", "restriction", "objection"]
    state: Literal["granted", "granted_in_part", "refused", "lifted"]
    purposes: tuple[Code, ...] = Field(default=(), description="What is restricted or objected to; none: everything")
    changed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person."""
        return Concerns.of(people=(self.person_id,))

    def happened_at(self) -> datetime:
        """When it was decided."""
        return self.changed_at


class RequestState(EventData):
    """How a request about somebody's rights stands: dates and codes, not whose it is."""

    request_id: UUID
    kind: Code
    state: Code
    received_on: date
    due_on: date | None = None
    extended: bool = False
    paused: bool = False
    overdue: bool = False
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When this version came about."""
        return self.changed_at


class PackageItem(EventData):
    """One thing an owner holds about somebody, as it stands there."""

    table: str
    record: str
    title: str
    part: str = "ordinary"
    shared: bool = Field(default=False, description="It is about somebody else too")
    on: date | None = None
    fields: dict[str, Any] = Field(default_factory=dict)


class Package(EventData):
    """Sealed for casefile: a part of what one owner holds about somebody. All `parts` together are the whole."""

    request_id: UUID
    person_id: UUID
    part: int = Field(ge=1)
    parts: int = Field(ge=1)
    items: tuple[PackageItem, ...] = ()
    collected_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person."""
        return Concerns.of(people=(self.person_id,))


class TableProof(EventData):
    """What became of somebody's rows of one table: how many went, how many stay, and why those stay."""

    table: str
    title: str = ""
    deleted: int = Field(default=0, ge=0)
    blanked: int = Field(default=0, ge=0)
    kept: int = Field(default=0, ge=0)
    why: Code | None = Field(default=None, description="Of what was kept")
    digest: Sha256 | None = Field(default=None, description="Over the keys of the rows that went, never their words")


class ErasureProof(EventData):
    """What one owner erased, table by table."""

    request_id: UUID
    tables: tuple[TableProof, ...] = ()
    digest: Sha256 = Field(description="Over all of it")
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was done."""
        return self.changed_at


class Recipient(EventData):
    """An organisation that something about somebody was disclosed to, and how it heard of what was done since."""

    organisation_id: UUID = Field(description="Triage's; of one that is named, an id of its own")
    what: Literal["rectification", "restriction", "erasure"]
    disclosures: int = Field(ge=1)
    first_on: date
    last_on: date
    told: Literal["system", "mailbox", "by_hand", "impossible"] = Field(
        description="by_hand: nobody was told yet, somebody writes to them"
    )
    because: Code | None = Field(default=None, description="Why it was not possible")


class NamedRecipient(Recipient):
    """One that no organisation of ours stands for: sealed, for a school's name says where a child is."""

    name: str
    kind: Code = Field(description="school, gp, health_visitor or out_of_area: as what it was told")


class RecipientsNamed(EventData):
    """Sealed for casefile: who had a copy and is told by hand. None of them is an answer too."""

    request_id: UUID
    recipients: tuple[NamedRecipient, ...] = ()
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When they were looked up."""
        return self.changed_at


class RecipientsTold(EventData):
    """Who had a copy of somebody's data, and how each heard of a rectification, restriction or erasure (Article 19)."""

    request_id: UUID
    recipients: tuple[Recipient, ...] = ()
    changed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When they were told."""
        return self.changed_at


def answered_by(owner: str) -> tuple[EventType, ...]:
    """What an owner answers to the right of access and to an erasure."""
    return (
        live_sealed(f"{owner}.rights.package_returned", Package, "Its part of a subject access package", "casefile"),
        live(
            f"{owner}.rights.erased",
            ErasureProof,
            "It erased what it held, with a proof",
            Sensitivity.PERSONAL,
            "casefile",
        ),
    )
