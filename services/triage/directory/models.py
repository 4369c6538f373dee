"""Tables of the directory. Public words about services; nothing about people."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, Float, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from services.triage.directory.meaning import DIMENSIONS
from services.triage.tables import Base


class Vector(UserDefinedType[str]):
    """pgvector's `vector(n)`, written and read as its text: `[0.1,0.2,...]`."""

    cache_ok = True

    def __init__(self, dimensions: int = DIMENSIONS) -> None:
        self.dimensions = dimensions

    def get_col_spec(self, **_: Any) -> str:
        """As in a CREATE TABLE."""
        return f"vector({self.dimensions})"


# So that a migrated table reads as its model.
ischema_names["vector"] = Vector


class Feed(Base):
    """Where entries come from: a published Open Referral UK feed."""

    __tablename__ = "directory_feed"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text, comment="where it is published; the gateway's egress fetches it")
    licence: Mapped[str] = mapped_column(Text)
    active: Mapped[bool] = mapped_column()
    loaded_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="when a load last ended")
    last_load: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), comment="what it did")
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Feeds that entries of the directory come from"},)


class Received(Base):
    """A service of a feed as it came, until the worker has taken it in."""

    __tablename__ = "directory_received"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    record: Mapped[Any] = mapped_column(JSONB)

    __table_args__ = ({"comment": "Records of a feed that wait to be taken in"},)


class Quarantined(Base):
    """A record of a feed that breaks a rule: kept apart with the reasons until it comes right or is let go."""

    __tablename__ = "directory_quarantine"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    feed_id: Mapped[UUID] = mapped_column(ForeignKey("directory_feed.id"))
    record_id: Mapped[str] = mapped_column(Text, comment="as the feed names it; its place in the feed if it does not")
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{pointer, detail, rule}]")
    record: Mapped[Any] = mapped_column(JSONB)
    first_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), comment="it came right, or went")

    __table_args__ = (
        Index("uq_directory_quarantine_feed_id_record_id", "feed_id", "record_id", unique=True),
        Index("ix_directory_quarantine_open", "last_seen_at", "id", postgresql_where=text("settled_at is null")),
        {"comment": "Records of feeds that break a rule"},
    )


class Taxonomy(Base):
    """A list of terms: our needs, or a feed's own."""

    __tablename__ = "taxonomy"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)

    __table_args__ = ({"comment": "Lists of terms that describe services"},)


class TaxonomyTerm(Base):
    """A term of such a list."""

    __tablename__ = "taxonomy_term"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[UUID | None] = mapped_column()
    taxonomy_id: Mapped[UUID | None] = mapped_column(ForeignKey("taxonomy.id"))
    term: Mapped[str | None] = mapped_column(Text, comment="its code")
    term_uri: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_taxonomy_term_taxonomy_id", "taxonomy_id", "name"),
        {"comment": "Terms that describe services"},
    )


class DirectoryService(Base):
    """A service, its document as published, and what finds it."""

    __tablename__ = "directory_service"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    feed_id: Mapped[UUID | None] = mapped_column(ForeignKey("directory_feed.id"), comment="null: entered here")
    digest: Mapped[str] = mapped_column(Text, comment="of what the source said: the same again changes nothing")
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, comment="active | inactive | defunct | temporarily closed")
    document: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="HSDS-UK 3.0, as hsds.py types it")
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="kit.contracts.codes.NeedDomain")
    term_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    minimum_age: Mapped[float | None] = mapped_column(Float, comment="years")
    maximum_age: Mapped[float | None] = mapped_column(Float, comment="years")
    confirmed_on: Mapped[date | None] = mapped_column(comment="when somebody last said that all this is right")
    confirmed_by: Mapped[str | None] = mapped_column(Text, comment="who: the provider, or our worker's id")
    places_free: Mapped[int | None] = mapped_column(Integer, comment="when last asked; null: not known")
    places_on: Mapped[date | None] = mapped_column()
    seen_in: Mapped[UUID | None] = mapped_column(comment="the load that saw it last")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time")
    words: Mapped[str] = mapped_column(TSVECTOR, comment="name A, organisation B, all else D")
    line: Mapped[str] = mapped_column(Text, comment="name and organisation, for misspelt names")
    meaning: Mapped[str] = mapped_column(Vector(), comment="what the words mean (meaning.py)")

    __table_args__ = (
        Index("ix_directory_service_name", "name", "id"),
        Index("ix_directory_service_organisation_id", "organisation_id"),
        Index("ix_directory_service_feed_id", "feed_id"),
        Index("ix_directory_service_words", "words", postgresql_using="gin"),
        Index("ix_directory_service_line", "line", postgresql_using="gin", postgresql_ops={"line": "gin_trgm_ops"}),
        {"comment": "Services of the directory"},
    )


class Place(Base):
    """Where a service is given: one row for each service at a location."""

    __tablename__ = "directory_place"

    service_id: Mapped[UUID] = mapped_column(
        ForeignKey("directory_service.id", ondelete="CASCADE"), primary_key=True, comment="two feeds may share an id"
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, comment="HSDS's service_at_location")
    name: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)

    __table_args__ = (
        Index("ix_directory_place_id", "id"),
        {"comment": "Where services are given"},
    )


class Opening(Base):
    """A weekly opening of a service, for all its places or one."""

    __tablename__ = "directory_opening"

    service_id: Mapped[UUID] = mapped_column(ForeignKey("directory_service.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    days: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="MO TU WE TH FR SA SU")
    opens_at: Mapped[time | None] = mapped_column()
    closes_at: Mapped[time | None] = mapped_column()
    valid_from: Mapped[date | None] = mapped_column()
    valid_to: Mapped[date | None] = mapped_column()

    __table_args__ = ({"comment": "When services are open"},)
