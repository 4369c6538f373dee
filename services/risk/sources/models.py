"""The council's register, its loads, and what was put aside. Files in hand are in the spool, not here."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class DataProduct(Base):
    """One data product of the register."""

    __tablename__ = "data_product"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, comment="what the owner supplies it for")
    gateway: Mapped[str] = mapped_column(Text, comment="the legal power it is supplied under")
    cadence: Mapped[str] = mapped_column(Text)
    keep_months: Mapped[int] = mapped_column(Integer)
    contact: Mapped[bool] = mapped_column(Boolean, comment="may its phone, e-mail and address be used to offer help")
    extract: Mapped[str] = mapped_column(Text, server_default="delta", comment="full or delta")
    may_lose: Mapped[int] = mapped_column(
        SmallInteger, server_default="10", comment="percent of its records that a full extract may lack"
    )
    agreed_from: Mapped[date] = mapped_column(Date)
    agreed_to: Mapped[date | None] = mapped_column(Date, comment="the first day the agreement no longer stands")
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{names, feeds, gateways, purposes}]")
    paused: Mapped[bool] = mapped_column(Boolean)
    pause_reason: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = ({"comment": "The register of data products"},)


class Upload(Base):
    """A file that comes in pieces; the pieces are in the spool, and how far it came is the file's own length."""

    __tablename__ = "source_upload"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text, comment="csv | parquet | savvi")
    size: Mapped[int] = mapped_column(BigInteger, comment="bytes of the whole file, as announced")
    sha256: Mapped[bytes | None] = mapped_column(LargeBinary, comment="of the whole file, if announced")
    asked_by: Mapped[str] = mapped_column(Text)
    load_id: Mapped[UUID | None] = mapped_column(comment="the load it became")
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = ({"comment": "Files that come in pieces"},)


class Load(Base):
    """One file of one source on its way into the two zones. Its id is also the id of its job."""

    __tablename__ = "source_load"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, comment="queued, running, held, succeeded or failed")
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(BigInteger)
    extracted_on: Mapped[date] = mapped_column(Date, comment="the business day the extract shows")
    extract: Mapped[str] = mapped_column(Text, server_default="delta", comment="full: what is not in it is gone")
    rows: Mapped[int | None] = mapped_column(BigInteger, comment="rows of the file, once it is read")
    rows_done: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="where a new attempt goes on")
    rows_new: Mapped[int] = mapped_column(BigInteger, server_default="0")
    rows_known: Mapped[int] = mapped_column(BigInteger, server_default="0")
    rows_quarantined: Mapped[int] = mapped_column(BigInteger, server_default="0")
    covers_to: Mapped[date | None] = mapped_column(Date, comment="the latest day a fact of it is dated")
    withdrawn: Mapped[int | None] = mapped_column(BigInteger, comment="records that a full extract no longer had")
    ended: Mapped[int | None] = mapped_column(BigInteger, comment="facts that went on until then")
    problem: Mapped[str | None] = mapped_column(Text)
    confirmed_by: Mapped[str | None] = mapped_column(Text, comment="who let it go on though it lacked much")
    confirmation: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("state in ('queued', 'running', 'held', 'succeeded', 'failed')", name="state"),
        Index("ix_source_load_source", "source", "id"),
        {"comment": "Loads of sources"},
    )


class Quarantine(Base):
    """A row, or one field of it, that was put aside: where, and which rule it broke; never the value."""

    __tablename__ = "quarantine"

    load_id: Mapped[UUID] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(BigInteger, primary_key=True, comment="1 for the first after the header")
    field: Mapped[str] = mapped_column(Text, primary_key=True)
    rule: Mapped[str] = mapped_column(Text, primary_key=True)
    whole_row: Mapped[bool] = mapped_column(Boolean, comment="false: the row was loaded without this field")

    __table_args__ = ({"comment": "What loads put aside"},)


class Disposal(Base):
    """Proof that facts were dropped when their time was over: how many of which kind, never whose."""

    __tablename__ = "fact_disposal"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    before: Mapped[date] = mapped_column(Date, comment="facts that had ended before this day went")
    facts: Mapped[int] = mapped_column(BigInteger)
    disposed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = ({"comment": "Facts dropped at the end of their retention"},)


class KnownAgreement(Base):
    """A sharing agreement of casefile's register, from its events: what may flow, and until when."""

    __tablename__ = "known_agreement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text)
    in_force: Mapped[bool] = mapped_column(Boolean)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date, comment="the first day it no longer stands")
    datasets: Mapped[list[str]] = mapped_column(ARRAY(Text))
    gateway: Mapped[str] = mapped_column(Text)
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = ({"comment": "Sharing agreements, from casefile's events"},)
