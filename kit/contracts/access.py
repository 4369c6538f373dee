"""The events every service emits alike: sealed audit batches, and what it owes casefile and the gateway."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from kit.contracts.envelope import Code, EventData, Sha256, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed, planned
from kit.contracts.messages import requested
from kit.contracts.rights import answered_by


class AccessBatch(EventData):
    """One sealed batch of a service's audit rows: which rows, and the chain's digest. No ids of people."""

    batch: int = Field(ge=1, description="Number of the batch, from 1 without gaps")
    first_entry: int = Field(ge=1, description="Id of the first audit row in the batch")
    last_entry: int = Field(ge=1, description="Id of the last audit row in the batch")
    count: int = Field(ge=1, description="How many rows it seals")
    digest: Sha256 = Field(description="Digest of the batch chained to the one before")
    previous_digest: Sha256 = Field(description="The batch before; 64 zeros for the first")
    sealed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When the batch was sealed."""
        return self.sealed_at


class ReadTold(EventData):
    """One row of a service's record of access: who read or wrote what about whom, and for which purpose."""

    entry: int = Field(ge=1, description="Id of the audit row where it stands")
    at: UtcDatetime
    actor: str
    organisation: str | None = None
    roles: tuple[str, ...] = ()
    purpose: str
    action: str
    record: str
    person_ids: tuple[UUID, ...]
    outcome: str


class ReadsTold(EventData):
    """Sealed for casefile: the rows of one sealed batch that are about people, or a part of them.

    It names nobody as concerned: telling of a read is no read of their record.
    """

    batch: int = Field(ge=1)
    reads: tuple[ReadTold, ...]


class SeparationApplied(EventData):
    """A service now keeps back whom a separation seals, as of this version of it. Nobody's id."""

    separation_id: UUID
    version: int = Field(ge=1, description="The separation's version that took effect")
    applied_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it took effect."""
        return self.applied_at


class OddPattern(EventData):
    """A worker read in a way that somebody should look at: which, how much, in how many minutes. No ids of people."""

    worker_id: WorkerId
    kind: Code
    count: int = Field(ge=1)
    minutes: int = Field(ge=1)
    noticed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was noticed, by the real clock."""
        return self.noticed_at


def access_noticed(owner: str) -> EventType:
    """`<owner>.access.noticed`, for information governance: casefile makes one alert of it."""
    return live(
        f"{owner}.access.noticed",
        OddPattern,
        "Records are read in an odd pattern",
        Sensitivity.PERSONAL,
        "casefile",
    )


def access_recorded(owner: str) -> EventType:
    """`<owner>.access.recorded`, which casefile keeps so that nobody can rewrite a service's audit unseen."""
    return live(
        f"{owner}.access.recorded",
        AccessBatch,
        "A batch of audit rows was sealed into the hash chain",
        Sensitivity.OPEN,
        "casefile",
    )


def reads_told(owner: str) -> tuple[EventType, ...]:
    """`<owner>.access.told`, by which casefile shows a person and reviewers the whole (ownership rule 7).

    Casefile has its own rows at hand.
    """
    if owner == "casefile":
        return ()
    return (live_sealed(f"{owner}.access.told", ReadsTold, "Who read what about whom, for which purpose", "casefile"),)


def owed_by_every_service(owner: str) -> tuple[EventType, ...]:
    """What each of the five services emits besides its own business (ownership.md 4, 7, 8, 9, 18)."""
    personal, special = Sensitivity.PERSONAL, Sensitivity.SPECIAL
    return (
        access_recorded(owner),
        *reads_told(owner),
        access_noticed(owner),
        live(
            f"{owner}.separation.applied",
            SeparationApplied,
            "It now keeps back what a separation seals",
            special,
            "casefile",
            "gateway",
        ),
        requested(owner),
        planned(f"{owner}.consent.recorded", "A consent or other lawful basis was stored", personal, "casefile"),
        planned(f"{owner}.consent.withdrawn", "A consent was withdrawn", personal, "casefile"),
        *answered_by(owner),
    )
