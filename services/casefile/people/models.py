"""Tables of people, the households they belong to, and how they are related."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, DateTime, ForeignKey, Index, Text, Uuid, false, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.casefile.tables import Base


class Person(Base):
    """One person as we know them. Two rows may turn out to be one person: then one points at the other."""

    __tablename__ = "person"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    names: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{given, family, kind}], the present one first")
    date_of_birth: Mapped[str | None] = mapped_column(Text, comment="YYYY, YYYY-MM or YYYY-MM-DD")
    nhs_number: Mapped[str | None] = mapped_column(Text)
    nino: Mapped[str | None] = mapped_column(Text)
    upn: Mapped[str | None] = mapped_column(Text)
    addresses: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{uprn, lines, postcode, ward, since, until}], the present one first"
    )
    contacts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{kind, value, safe, note}]")
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="BCP 47 codes, the preferred one first")
    communication_needs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    restricted: Mapped[bool] = mapped_column(Boolean, server_default=false())
    introduced: Mapped[bool] = mapped_column(
        Boolean, server_default=false(), comment="by risk, and not met yet: shown for outreach alone"
    )
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    separated_from: Mapped[list[UUID]] = mapped_column(
        ARRAY(Uuid), default=list, server_default=text("'{}'"), comment="by standing separations"
    )
    kept_from: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'"), comment="whom separations bar: workers, organisations"
    )
    barred: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'"), comment="workers with a declared conflict, or barred"
    )
    source: Mapped[str] = mapped_column(Text, comment="registered | import | introduced")
    registered_by: Mapped[str] = mapped_column(Text)
    registered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # A number names one person; a merged row keeps its own as evidence.
        Index("ix_person_nhs_number", "nhs_number", postgresql_where=text("nhs_number is not null")),
        Index("ix_person_nino", "nino", postgresql_where=text("nino is not null")),
        Index("ix_person_merged_into", "merged_into", postgresql_where=text("merged_into is not null")),
        Index("ix_person_introduced", "id", postgresql_where=text("introduced")),
        Index("ix_person_kept_from", "id", postgresql_where=text("kept_from <> '{}'")),
        CheckConstraint("merged_into <> id", name="not_into_itself"),
        {"comment": "People: casefile mints the ids that everyone else uses"},
    )


class Household(Base):
    """Who lives together. Its members come and go; the household and its story stay."""

    __tablename__ = "household"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    formed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    formed_by: Mapped[str] = mapped_column(Text)
    kept_from: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=list, server_default=text("'{}'"), comment="whom separations bar: workers, organisations"
    )

    __table_args__ = (
        Index("ix_household_kept_from", "id", postgresql_where=text("kept_from <> '{}'")),
        {"comment": "Households: casefile mints the ids that everyone else uses"},
    )


class Membership(Base):
    """A person's place in a household, from one day to the first day they no longer belong."""

    __tablename__ = "membership"

    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    until: Mapped[date | None] = mapped_column()

    __table_args__ = (
        Index("ix_membership_person_id", "person_id"),
        Index(
            "uq_membership_current", "household_id", "person_id", unique=True, postgresql_where=text("until is null")
        ),
        CheckConstraint("until is null or until >= since", name="in_order"),
        {"comment": "A person may belong to more than one household"},
    )


class Relationship(Base):
    """How `person_id` is related to `other_id`; the other direction is read by the inverse kind."""

    __tablename__ = "relationship"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(Text)
    parental_responsibility: Mapped[bool] = mapped_column(Boolean, server_default=false())
    carer: Mapped[bool] = mapped_column(Boolean, server_default=false())
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())

    __table_args__ = (
        Index("ix_relationship_person_id", "person_id"),
        Index("ix_relationship_other_id", "other_id"),
        Index("uq_relationship_pair", "person_id", "other_id", "kind", unique=True),
        CheckConstraint("person_id <> other_id", name="two_people"),
        {"comment": "person_id is <kind> of other_id"},
    )


class Merge(Base):
    """Two rows found to be one person: who said so, why, and who took it back. Never deleted."""

    __tablename__ = "merge"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)
    merged_by: Mapped[str] = mapped_column(Text)
    merged_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    unmerge_reason: Mapped[str | None] = mapped_column(Text)
    unmerged_by: Mapped[str | None] = mapped_column(Text)
    unmerged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_merge_person_id", "person_id"),
        Index("ix_merge_survivor_id", "survivor_id"),
        {"comment": "Merges and unmerges, for ever"},
    )


class MatchReview(Base):
    """A new person who may be one that the officer must not know of: for the safeguarding lead, nobody else."""

    __tablename__ = "match_review"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    new_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    existing_person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.clock_timestamp())
    settled_by: Mapped[str | None] = mapped_column(Text)
    settled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Possible matches with restricted people"},)
