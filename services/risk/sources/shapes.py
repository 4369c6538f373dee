"""What callers send and see of sources."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from kit import clock
from services.risk.sources import standing
from services.risk.sources.domain import Agreed, Cadence, Extract, FieldGroup, Hidden, Line, SourceCode, check_extract
from services.risk.sources.kinds import KINDS, Kind
from services.risk.sources.models import DataProduct, Disposal, Load, Quarantine, Upload
from services.risk.sources.register import GATEWAYS

Form = Literal["csv", "parquet", "savvi"]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
_Key = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProductFields(_Sent):
    """What stands in the register about a source."""

    title: Line
    owner: Line
    purpose: Line
    gateway: str
    cadence: Cadence
    keep_months: int = Field(ge=1, le=1200)
    contact: bool = False
    extract: Extract = Extract.DELTA
    may_lose: int = Field(10, ge=0, le=100)
    agreed_from: date
    agreed_to: date | None = None
    fields: tuple[FieldGroup, ...] = Field(min_length=1, max_length=60)

    @model_validator(mode="after")
    def _known_gateways(self) -> Self:
        named = {self.gateway, *(code for group in self.fields for code in group.gateways)}
        if unknown := named - GATEWAYS.keys():
            raise ValueError(f"unknown legal gateways: {', '.join(sorted(unknown))}")
        if self.agreed_to is not None and self.agreed_to <= self.agreed_from:
            raise ValueError("an agreement ends after it began")
        check_extract(self.extract, self.fields)
        return self


class NewProduct(ProductFields):
    """A source to put into the register."""

    code: SourceCode


class ProductChanges(_Sent):
    """What changes of a source; what is left out stays. A pause needs its reason."""

    title: Line | None = None
    owner: Line | None = None
    purpose: Line | None = None
    gateway: str | None = None
    cadence: Cadence | None = None
    keep_months: int | None = Field(None, ge=1, le=1200)
    contact: bool | None = None
    extract: Extract | None = None
    may_lose: int | None = Field(None, ge=0, le=100)
    agreed_from: date | None = None
    agreed_to: date | None = None
    fields: tuple[FieldGroup, ...] | None = Field(None, min_length=1, max_length=60)
    paused: bool | None = None
    pause_reason: Line | None = None


class ProductView(ProductFields):
    """A source as the register has it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    code: str
    version: int
    paused: bool
    pause_reason: str | None
    stopped: str | None = Field(description="Why it may not supply data today; null while it may")
    changed_at: datetime

    @classmethod
    def of(cls, row: DataProduct, agreed: Iterable[Agreed] = ()) -> Self:
        product = standing.product_of(row).under(agreed)
        return cls(
            **product.model_dump(),
            version=row.version,
            stopped=product.stopped(clock.today()),
            changed_at=row.changed_at,
        )


class Covered(BaseModel):
    """One kind of fact and what the stated purpose may see of it."""

    kind: str
    title: str
    unit: str | None
    sensitivity: str
    sources: list[str] = Field(description="Sources that may show it")
    hidden: list["HiddenView"]

    @classmethod
    def of(cls, kind: Kind, sources: list[str], hidden: list[Hidden]) -> Self:
        return cls(
            kind=kind.code,
            title=kind.title,
            unit=kind.unit,
            sensitivity=kind.sensitivity.value,
            sources=sources,
            hidden=[HiddenView(source=each.source, value=each.value, reason=each.reason) for each in hidden],
        )


class HiddenView(BaseModel):
    """What is hidden of a kind, and why, in plain words."""

    source: str | None
    value: str | None
    reason: str


class NewUpload(_Sent):
    """A file that will come in pieces."""

    form: Form = "csv"
    size: int = Field(ge=1, le=64 * 1024**3, description="Bytes of the whole file")
    sha256: str | None = Field(
        None, pattern=r"^[0-9a-f]{64}$", description="Of the whole file: checked before it loads"
    )


class UploadView(BaseModel):
    """How far a file has come."""

    id: UUID
    source: str
    form: str
    size: int
    received: int = Field(description="Bytes that are safely here: the next piece begins there")
    load_id: UUID | None

    @classmethod
    def of(cls, row: Upload, received: int) -> Self:
        return cls(id=row.id, source=row.source, form=row.form, size=row.size, received=received, load_id=row.load_id)


class Accepted(BaseModel):
    """The file is here whole; its rows are being worked off."""

    load_id: UUID
    job_id: UUID


class LoadView(BaseModel):
    """One load, counts only."""

    id: UUID
    source: str
    form: str
    state: str
    sha256: str
    size: int
    extracted_on: date
    extract: str = Field(description="full or delta: whether what is not in it is gone")
    rows: int | None
    rows_done: int
    rows_new: int
    rows_known: int
    rows_quarantined: int
    covers_to: date | None
    withdrawn: int | None = Field(description="Records that a full extract no longer had")
    ended: int | None = Field(description="Facts that went on until then, and ended with it")
    problem: str | None
    confirmed_by: str | None = Field(description="Who let a file go on that lacked much")
    confirmation: str | None = Field(description="Why, in their words")
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: Load) -> Self:
        return cls(sha256=row.sha256.hex(), **{n: getattr(row, n) for n in cls.model_fields if n != "sha256"})


class Confirmation(_Sent):
    """What a named person says of a full extract that lacks much: it is right, or it is not."""

    go_on: bool
    reason: Line


class QuarantineView(BaseModel):
    """A row, or a field of it, that was put aside; never its value."""

    row: int = Field(description="1 for the first after the header")
    field: str
    rule: str = Field(description="What it should have been")
    whole_row: bool = Field(description="False: the row was loaded without this field")

    @classmethod
    def of(cls, row: Quarantine) -> Self:
        return cls(row=row.row, field=row.field, rule=row.rule, whole_row=row.whole_row)


class DisposalView(BaseModel):
    """Proof that facts whose time was over were dropped."""

    id: UUID
    source: str
    kind: str
    before: date
    facts: int
    disposed_at: datetime

    @classmethod
    def of(cls, row: Disposal) -> Self:
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class PersonSent(_Sent):
    """Who a record is about, as the source has it; for a record that we do not hold yet, or that changed."""

    title: _Text | None = None
    given: _Text | None = None
    middle: _Text | None = None
    family: _Text | None = None
    former_family: _Text | None = None
    known_as: _Text | None = None
    sex: Literal["male", "female", "other", "unknown"] | None = None
    born: date | None = None
    nino: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{6}[A-D]$")] | None = None
    nhs_number: Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")] | None = None
    upn: Annotated[str, StringConstraints(pattern=r"^[A-Z][0-9]{11}[0-9A-Z]$")] | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+[0-9]{8,15}$")] | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s\x00]+@[^@\s\x00]+$", max_length=254)] | None = None
    uprn: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,11}$")] | None = None
    address: Annotated[str, StringConstraints(max_length=400, pattern=r"^[^\x00]+$")] | None = None
    postcode: Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$")] | None = None
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.given or self.family or self.known_as):
            raise ValueError("a person has at least one name")
        return self


class FactSent(_Sent):
    """One fact about the record."""

    kind: str
    occurred_on: date
    until: date | None = None
    amount: Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)] | None = None
    value: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,64}$")] | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        kind = KINDS.get(self.kind)
        if kind is None:
            raise ValueError("there is no such kind of fact")
        if not kind.allows(self.value):
            raise ValueError("this kind of fact has no such value")
        if self.amount is not None and kind.unit is None:
            raise ValueError("this kind of fact has no amount")
        if self.until is not None and self.until < self.occurred_on:
            raise ValueError("a fact ends after it began")
        return self

    @property
    def day(self) -> date:
        """The day it is kept under: the month's first for what is told by month."""
        return self.occurred_on.replace(day=1) if KINDS[self.kind].monthly else self.occurred_on


class NewRecord(_Sent):
    """One record of a source with its facts, to be placed at once."""

    reference: _Key = Field(
        description="The source's own key; CT-123#1 where a row of its file may hold several people"
    )
    household_reference: _Key | None = None
    person: PersonSent | None = None
    facts: tuple[FactSent, ...] = Field((), max_length=100)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.person is None and not self.facts:
            raise ValueError("a record tells who, or what, or both")
        return self


class RecordTaken(BaseModel):
    """What became of one record."""

    record: UUID = Field(description="Its pseudonym")
    facts_new: int
    facts_known: int
    household: UUID | None = Field(description="The household it was placed in, by pseudonym; null: not placed yet")
    certainty: str | None
