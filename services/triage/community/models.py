"""Tables of groups with their members and meetings, of food club shops, and of devices lent."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Date, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.triage.tables import Base


class Group(Base):
    """A food club, a peer group or a network, and who looks after it. No messages are held."""

    __tablename__ = "community_group"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="food_club | peer_group | network")
    name: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text, comment="a code: food, isolation, women, youth ...")
    hub: Mapped[str | None] = mapped_column(ForeignKey("hub.code"))
    led_by: Mapped[str] = mapped_column(Text, comment="adviser, facilitator or convenor: a worker's principal id")
    active: Mapped[bool] = mapped_column()
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_community_group_kind_name", "kind", "name", unique=True),
        {"comment": "Food clubs, peer groups, networks"},
    )


class Membership(Base):
    """A person in a club or a group, or an organisation in a network."""

    __tablename__ = "community_membership"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("community_group.id"))
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge")
    organisation_id: Mapped[UUID | None] = mapped_column()
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    agreed_on: Mapped[date] = mapped_column(Date, comment="the day they agreed to be a member")
    left_on: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("num_nonnulls(person_id, organisation_id) = 1", name="person_or_organisation"),
        Index(
            "uq_community_membership_person",
            "group_id",
            "person_id",
            "blind_by",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("left_on is null and person_id is not null"),
        ),
        Index(
            "uq_community_membership_organisation",
            "group_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("left_on is null and organisation_id is not null"),
        ),
        Index("ix_community_membership_group_id", "group_id", "agreed_on", "id"),
        Index("ix_community_membership_person_id", "person_id"),
        {"comment": "Who belongs to a group, because they agreed to"},
    )


class Meeting(Base):
    """A group met: when, led by whom, how many came. Not who said what."""

    __tablename__ = "community_meeting"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("community_group.id"))
    held_on: Mapped[date] = mapped_column(Date)
    led_by: Mapped[str] = mapped_column(Text, comment="who was there: the adviser of a food club")
    headcount: Mapped[int | None] = mapped_column(Integer, comment="null until it was counted")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_community_meeting_group_id_held_on", "group_id", "held_on", unique=True),
        {"comment": "Meetings, by date and headcount"},
    )


class Shop(Base):
    """A member's shop at the food club."""

    __tablename__ = "food_club_shop"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("community_meeting.id"))
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("community_membership.id"))
    paid_pence: Mapped[int] = mapped_column(Integer)
    worth_pence: Mapped[int] = mapped_column(Integer)
    saw_adviser: Mapped[bool] = mapped_column()
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_food_club_shop_meeting_membership", "meeting_id", "membership_id", unique=True),
        Index("ix_food_club_shop_membership_id", "membership_id"),
        {"comment": "Shops at food clubs"},
    )


class Loan(Base):
    """A tablet, lent with lessons."""

    __tablename__ = "device_loan"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    device: Mapped[str] = mapped_column(Text, comment="its tag")
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    hub: Mapped[str] = mapped_column(ForeignKey("hub.code"))
    with_sim: Mapped[bool] = mapped_column()
    lent_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    returned_on: Mapped[date | None] = mapped_column(Date)
    ended_as: Mapped[str | None] = mapped_column(Text, comment="returned | kept | lost | broken")
    lent_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    lessons: Mapped[list["Lesson"]] = relationship(
        order_by="Lesson.held_on, Lesson.id", lazy="raise", cascade="all, delete-orphan"
    )

    __table_args__ = (
        Index("uq_device_loan_out", "device", unique=True, postgresql_where=text("ended_as is null")),
        Index("ix_device_loan_due_on", "due_on", "id"),
        Index("ix_device_loan_person_id", "person_id"),
        {"comment": "Devices lent"},
    )


class Lesson(Base):
    """A lesson that goes with a device lent."""

    __tablename__ = "device_lesson"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    loan_id: Mapped[UUID] = mapped_column(ForeignKey("device_loan.id"))
    topic: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date] = mapped_column(Date)
    minutes: Mapped[int] = mapped_column(Integer)
    can_do_alone: Mapped[bool] = mapped_column(comment="as they say themselves")

    __table_args__ = (Index("ix_device_lesson_loan_id", "loan_id"), {"comment": "Lessons with devices lent"})
