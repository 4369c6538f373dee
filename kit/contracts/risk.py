"""What risk tells the others: loads, profiles, signals, cohorts, models, the ward index."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from kit.contracts.access import owed_by_every_service
from kit.contracts.codes import SignalKind
from kit.contracts.envelope import Code, Concerns, EventData, Sha256, UtcDatetime, WorkerId
from kit.contracts.event_type import EventType, Sensitivity, live, live_sealed

WardCode = Annotated[str, StringConstraints(pattern=r"^E05[0-9]{6}$")]
"""A ward's GSS code."""


class LoadState(EventData):
    """One load of a source, finished; counts only."""

    load_id: UUID
    source: Code
    rows: int = Field(ge=0)
    rows_new: int = Field(ge=0)
    rows_known: int = Field(ge=0)
    rows_quarantined: int = Field(ge=0)
    withdrawn: int = Field(0, ge=0, description="Records that a full extract no longer had")
    covers_to: date | None = None
    finished_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When the load finished."""
        return self.finished_at


class RelinkState(EventData):
    """What one linking run changed; counts only, never who."""

    run_id: UUID
    records: int = Field(ge=0)
    residents_new: int = Field(ge=0)
    residents_joined: int = Field(ge=0)
    residents_split: int = Field(ge=0)
    review_opened: int = Field(ge=0)
    finished_at: UtcDatetime


class ProfileState(EventData):
    """Which factors stand for a household that casefile knows: codes and dates, never a total or a score."""

    household_id: UUID
    factors: tuple[Code, ...] = ()
    protective: tuple[Code, ...] = ()
    definitions_version: int = Field(ge=1)
    computed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was computed."""
        return self.computed_at


class SignalState(EventData):
    """A fresh fact about somebody casefile knows (perhaps since an introduction) that calls for an offer of help."""

    signal_id: UUID
    kind: SignalKind
    person_id: UUID
    household_id: UUID
    observed_on: date
    source: Code
    offer: Code = "money_help"
    cohort_id: UUID | None = None
    raised_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The person and the household."""
        return Concerns.of(people=(self.person_id,), households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was raised."""
        return self.raised_at


class CohortState(EventData):
    """A cohort published as an outreach list: how many households, never which."""

    cohort_id: UUID
    publication_id: UUID
    code: Code
    households: int = Field(ge=0)
    known: int = Field(ge=0)
    unknown: int = Field(ge=0)
    listed: int = Field(ge=0)
    published_by: WorkerId
    published_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was published."""
        return self.published_at


class ModelState(EventData):
    """A model that is in use, or paused: how good it is and whose word stands for it, never whom it tells of."""

    model_id: UUID
    training_id: UUID
    code: Code
    number: int = Field(ge=1)
    standing: Code
    auc: float | None = Field(None, ge=0, le=1)
    digest: str = Field(max_length=64)
    review_on: date | None = None
    published_by: WorkerId
    published_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was published."""
        return self.published_at


class EmergencyState(EventData):
    """An emergency list in outreach's hands: how many homes, never which."""

    emergency_id: UUID
    kind: Code
    households: int = Field(ge=0)
    known: int = Field(ge=0)
    listed: int = Field(ge=0)
    standing: Code
    signed_by: WorkerId
    signed_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was signed off."""
        return self.signed_at


class DisputeState(EventData):
    """A factor of a household was disputed or set aside; the reason in words stays in risk."""

    dispute_id: UUID
    household_id: UUID
    factor: Code
    state: Code
    said_by: Code
    disputed_by: WorkerId
    disputed_at: UtcDatetime

    def concerns(self) -> Concerns:
        """The household."""
        return Concerns.of(households=(self.household_id,))

    def happened_at(self) -> datetime:
        """When it was disputed."""
        return self.disputed_at


class WardFigure(EventData):
    """One ward's index and dimensions, 0 to 100, and its place; null or left out is not given."""

    ward: WardCode
    index: float | None = Field(None, ge=0)
    rank: int | None = Field(None, ge=1)
    dimensions: dict[str, float] = Field(default_factory=dict)


class IndexState(EventData):
    """A published edition of the ward index. About places."""

    edition_id: UUID
    year: int = Field(ge=2000, le=2100)
    framework: int = Field(ge=1)
    sha256: Sha256
    wards: tuple[WardFigure, ...] = ()
    published_by: WorkerId
    published_at: UtcDatetime

    def happened_at(self) -> datetime:
        """When it was published."""
        return self.published_at


class Introduction(EventData):
    """Sealed for casefile: one person of a household not yet known to us, so that help can be offered."""

    resident_id: UUID
    home_id: UUID
    given: str
    family: str
    born: str | None = None
    lines: tuple[str, ...] = ()
    postcode: str | None = None
    uprn: str | None = None
    ward: WardCode | None = None
    phone: str | None = None
    email: str | None = None
    source: Code


_OPEN, _PERSONAL, _SPECIAL = Sensitivity.OPEN, Sensitivity.PERSONAL, Sensitivity.SPECIAL

EVENTS: tuple[EventType, ...] = (
    live("risk.source.loaded", LoadState, "A source was loaded; counts only", _OPEN),
    live(
        "risk.household.profile_changed",
        ProfileState,
        "A known household's profile changed",
        _SPECIAL,
        case_fact=True,
    ),
    live("risk.signal.raised", SignalState, "A fresh fact calls for an offer of help", _SPECIAL, "triage"),
    live("risk.cohort.published", CohortState, "A cohort became an outreach list; counts only", _SPECIAL),
    live("risk.factor.disputed", DisputeState, "A worker or resident disputed a factor", _SPECIAL, case_fact=True),
    live("risk.model.published", ModelState, "A model was published with its figures, or paused", _OPEN),
    live("risk.emergency.signed", EmergencyState, "An emergency list went to outreach; counts only", _OPEN),
    live("risk.index.published", IndexState, "The ward index was published", _OPEN, "grants"),
    live("risk.resident.relinked", RelinkState, "Residents were linked anew: how many, never who", _PERSONAL),
    live_sealed("risk.resident.introduced", Introduction, "Someone not yet known, for an offer of help", "casefile"),
    *owed_by_every_service("risk"),
)
