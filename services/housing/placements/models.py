"""The tables of temporary accommodation: the homes, who stays in them, what each night costs, who was told."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.placements import domain
from services.housing.tables import Base

_NIGHTS = text("daterange(entered_on, left_on, '[)')")
_COUNTS = text("end_reason is distinct from 'recorded_by_mistake'")


class TemporaryHome(Base):
    """A room or a home that households are placed into."""

    __tablename__ = "temporary_home"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(Text, comment="the council's own short reference")
    address: Mapped[str] = mapped_column(Text, comment="of the building; of a refuge a post box")
    uprn: Mapped[str | None] = mapped_column(Text)
    council: Mapped[str] = mapped_column(Text, comment="GSS code of the area it stands in")
    kind: Mapped[str] = mapped_column(Text, comment="a kind of table TA1")
    self_contained: Mapped[bool] = mapped_column()
    shares: Mapped[list[str]] = mapped_column(ARRAY(Text), comment="toilet, washing, cooking: what is shared")
    managed_by: Mapped[str] = mapped_column(Text, comment="council | registered_provider | voluntary | private")
    private_home: Mapped[bool] = mapped_column(comment="a room in somebody's own home")
    refuge: Mapped[bool] = mapped_column(comment="every stay in it is sealed")
    sleeps: Mapped[int] = mapped_column(Integer)
    bedrooms: Mapped[int] = mapped_column(Integer)
    step_free: Mapped[bool] = mapped_column()
    nightly_cost: Mapped[int] = mapped_column(Integer, comment="pence")
    paid_when_empty: Mapped[bool] = mapped_column()
    since: Mapped[date] = mapped_column(comment="we may place into it from this day")
    until: Mapped[date | None] = mapped_column(comment="and no longer from this one")
    until_reason: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_temporary_home_reference", "reference", unique=True),
        Index("ix_temporary_home_kind", "kind", "reference", "id"),
        CheckConstraint("until is null or until >= since", name="ends_after_it_begins"),
        {"comment": "Rooms and homes for temporary accommodation"},
    )

    def as_rules_see_it(self) -> domain.Place:
        """The part that the rules read."""
        return domain.Place(
            domain.Kind(self.kind),
            self.self_contained,
            frozenset(map(domain.Shared, self.shares)),
            domain.Managed(self.managed_by),
            self.private_home,
            self.refuge,
        )


class Placement(Base):
    """A household's stay in one temporary home. No household is in two at once, and no home holds two."""

    __tablename__ = "placement"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    household_id: Mapped[UUID] = mapped_column()
    person_id: Mapped[UUID] = mapped_column(comment="who applied; casefile's id, never changed by a merge")
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), comment="everybody who was placed")
    case_id: Mapped[UUID | None] = mapped_column(comment="the homelessness case")
    duty: Mapped[str] = mapped_column(Text, comment="the duty or power of Part 7")
    home_id: Mapped[UUID] = mapped_column(ForeignKey("temporary_home.id"))
    kind: Mapped[str] = mapped_column(Text, comment="of the home, when they entered")
    bed_and_breakfast: Mapped[bool] = mapped_column(comment="as SI 2003/3326 means it, on the day they entered")
    nothing_else: Mapped[str | None] = mapped_column(Text, comment="what was looked for before bed and breakfast")
    children: Mapped[int] = mapped_column(Integer)
    pregnant: Mapped[bool] = mapped_column()
    family_since: Mapped[date | None] = mapped_column(comment="since when the six weeks count")
    young_applicant: Mapped[bool] = mapped_column(comment="of 16 or 17")
    sealed: Mapped[bool] = mapped_column(comment="nobody outside may learn of it")
    agreed_by_parent: Mapped[bool | None] = mapped_column(comment="to tell school, surgery and health visitor")
    council: Mapped[str] = mapped_column(Text, comment="GSS code of the area they are in")
    out_of_area: Mapped[bool] = mapped_column()
    entered_on: Mapped[date] = mapped_column()
    left_on: Mapped[date | None] = mapped_column(comment="the day they left: no night of it")
    end_reason: Mapped[str | None] = mapped_column(Text)
    letting_id: Mapped[UUID | None] = mapped_column(comment="the tenancy that ended it")
    moved_from: Mapped[UUID | None] = mapped_column(ForeignKey("placement.id"))
    days_before: Mapped[int] = mapped_column(Integer, comment="of bed and breakfast, of this application, before it")
    past_from: Mapped[date | None] = mapped_column(comment="the first day past six weeks, where there is a limit")
    alarm_day: Mapped[int | None] = mapped_column(Integer, comment="the last that rang: 28, 35 or 42")
    breached_on: Mapped[date | None] = mapped_column()
    placed_by: Mapped[str] = mapped_column(Text)
    placed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        ExcludeConstraint(("household_id", "="), (_NIGHTS, "&&"), name="ex_placement_household", where=_COUNTS),
        ExcludeConstraint(("home_id", "="), (_NIGHTS, "&&"), name="ex_placement_home", where=_COUNTS),
        CheckConstraint("left_on is null or left_on >= entered_on", name="leaves_after_entering"),
        CheckConstraint("(left_on is null) = (end_reason is null)", name="ends_with_a_reason"),
        Index("ix_placement_household_id", "household_id", "entered_on"),
        Index("ix_placement_case_id", "case_id", postgresql_where=text("case_id is not null")),
        Index("ix_placement_entered_on", "entered_on", "id"),
        Index("ix_placement_past_from", "past_from", postgresql_where=text("left_on is null")),
        Index("ix_placement_moved_from", "moved_from", postgresql_where=text("moved_from is not null")),
        {"comment": "Stays in temporary accommodation; half-open: the day they leave is no night of it"},
    )

    @property
    def status(self) -> domain.Status:
        """Going on, or ended."""
        return domain.Status.PLACED if self.left_on is None else domain.Status.ENDED

    @property
    def party(self) -> domain.Party:
        """Who is placed, as the rules see them."""
        return domain.Party(self.children, self.pregnant, self.young_applicant)

    @property
    def stay(self) -> domain.Stay:
        """The nights."""
        return domain.Stay(self.entered_on, self.left_on)


class PlacementRate(Base):
    """What a night costs and is charged, from a day on."""

    __tablename__ = "placement_rate"

    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[date] = mapped_column(primary_key=True)
    nightly_cost: Mapped[int] = mapped_column(Integer, comment="pence, paid by the council")
    nightly_charge: Mapped[int] = mapped_column(Integer, comment="pence, owed by the household")

    __table_args__ = ({"comment": "What a night of a stay costs"},)


class PlacementAlarm(Base):
    """Day 28, 35 or 42 of a family in bed and breakfast: it rings, and somebody says by name what is done."""

    __tablename__ = "placement_alarm"

    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[int] = mapped_column(Integer, primary_key=True)
    rings_on: Mapped[date] = mapped_column()
    rung_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answered_by: Mapped[str | None] = mapped_column(Text)
    answered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text, comment="what is done to move them")

    __table_args__ = (
        Index(
            "ix_placement_alarm_ringing",
            "rings_on",
            postgresql_where=text("rung_at is not null and answered_at is null"),
        ),
        {"comment": "Alarms of families in bed and breakfast"},
    )


class PlacementNotice(Base):
    """One body to be told that a household was placed."""

    __tablename__ = "placement_notice"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text, comment="out_of_area | school | gp | health_visitor")
    state: Mapped[str] = mapped_column(Text, comment="due | sent | not_agreed | withheld | not_needed")
    due_on: Mapped[date] = mapped_column()
    sent_on: Mapped[date | None] = mapped_column()
    sent_to: Mapped[str | None] = mapped_column(Text, comment="the body, not a person")
    sent_by: Mapped[str | None] = mapped_column(Text)
    why_not: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_placement_notice_kind", "placement_id", "kind", unique=True),
        Index("ix_placement_notice_due_on", "due_on", "id", postgresql_where=text("state = 'due'")),
        {"comment": "Notices of placements"},
    )
