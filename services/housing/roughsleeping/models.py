"""The tables of rough sleeping. A sighting has no person and no name; a person's own way has an id and no name."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.tables import Base


class StreetStay(Base):
    """One person's way on and off the street. Who they are is casefile's, once they agree to be known."""

    __tablename__ = "street_stay"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, never changed by a merge; null: unknown")
    state: Mapped[str] = mapped_column(Text, comment="on_street | off_street | closed")
    first_seen_on: Mapped[date] = mapped_column()
    last_seen_on: Mapped[date] = mapped_column()
    state_since: Mapped[date] = mapped_column()
    off_on: Mapped[date | None] = mapped_column(comment="off the street since, while they are")
    off_to: Mapped[str | None] = mapped_column(Text)
    returns: Mapped[int] = mapped_column(Integer, comment="how often they came back to the street")
    worker: Mapped[str | None] = mapped_column(Text, comment="the outreach worker who keeps in touch")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_street_stay_person_id", "person_id", unique=True, postgresql_where=text("person_id is not null")),
        Index("ix_street_stay_state", "state", "last_seen_on", "id"),
        {"comment": "People on the street and off it again"},
    )


class StreetNight(Base):
    """A night on which somebody was met, and what was said and offered."""

    __tablename__ = "street_night"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    stay_id: Mapped[UUID] = mapped_column(ForeignKey("street_stay.id", ondelete="CASCADE"))
    night: Mapped[date] = mapped_column()
    met_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ward: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text, comment="met | bed_offered | bed_taken | moved_off | returned | closed")
    said: Mapped[str | None] = mapped_column(Text)
    worker: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_street_night_stay_id", "stay_id", "night"),
        Index("ix_street_night_night", "night"),
        {"comment": "Nights on which somebody on the street was met"},
    )


class Sighting(Base):
    """Somebody was seen sleeping rough: where and when, and nothing that says who."""

    __tablename__ = "sighting"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    seen_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    told_by: Mapped[str] = mapped_column(Text, comment="public | outreach | police | partner | council")
    ward: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text, comment="where to look")
    people: Mapped[int] = mapped_column(Integer)
    signs: Mapped[list[str]] = mapped_column(ARRAY(Text))
    look_by: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state: Mapped[str] = mapped_column(Text, comment="waiting | found | not_found | duplicate | not_sleeping_rough")
    looked_by: Mapped[str | None] = mapped_column(Text)
    looked_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    recorded_by: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_sighting_waiting", "look_by", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_sighting_seen_at", "seen_at", "id"),
        {"comment": "Sightings of people sleeping rough, without names"},
    )


class NightBed(Base):
    """A place with beds for a night."""

    __tablename__ = "night_bed"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(Text)
    for_whom: Mapped[str] = mapped_column(Text, comment="anyone | women | under_25 | couples")
    places: Mapped[int] = mapped_column(Integer)
    dogs: Mapped[bool] = mapped_column()
    step_free: Mapped[bool] = mapped_column()
    severe_weather_only: Mapped[bool] = mapped_column()
    since: Mapped[date] = mapped_column()
    until: Mapped[date | None] = mapped_column(comment="the first night on which it is closed")
    how_to_get_in: Mapped[str] = mapped_column(Text, comment="door, hours, telephone of the place")
    changed_by: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("places >= 0", name="no_fewer_than_none"),
        Index("ix_night_bed_title", "title", "id"),
        {"comment": "Beds for a night"},
    )


class BedOffer(Base):
    """A bed held for somebody on one night."""

    __tablename__ = "bed_offer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    bed_id: Mapped[UUID] = mapped_column(ForeignKey("night_bed.id"))
    stay_id: Mapped[UUID] = mapped_column(ForeignKey("street_stay.id", ondelete="CASCADE"))
    night: Mapped[date] = mapped_column()
    state: Mapped[str] = mapped_column(Text, comment="offered | taken | refused | did_not_come")
    why: Mapped[str | None] = mapped_column(Text, comment="why it was refused, in their words")
    offered_by: Mapped[str] = mapped_column(Text)
    offered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # One bed a night for one person: a second one would stand empty.
        Index(
            "uq_bed_offer_night",
            "stay_id",
            "night",
            unique=True,
            postgresql_where=text("state in ('offered', 'taken')"),
        ),
        Index("ix_bed_offer_bed_id", "bed_id", "night"),
        {"comment": "Beds held for somebody on a night"},
    )


class SevereWeather(Base):
    """The severe weather protocol: from it was declared until it was ended, a bed for everybody who wants one."""

    __tablename__ = "severe_weather"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    cause: Mapped[str] = mapped_column(Text, comment="cold | heat | wind | snow | flood")
    forecast: Mapped[str] = mapped_column(Text, comment="what was forecast, by whom")
    declared_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    declared_by: Mapped[str] = mapped_column(Text)
    standing: Mapped[bool] = mapped_column(comment="at most one does")
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    ended_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("uq_severe_weather_standing", "standing", unique=True, postgresql_where=text("standing")),
        Index("ix_severe_weather_declared_at", "declared_at", "id"),
        {"comment": "When the severe weather protocol stood"},
    )


class NightCount(Base):
    """How many were found sleeping rough on one night; it stands once somebody else has verified it."""

    __tablename__ = "night_count"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    night: Mapped[date] = mapped_column(comment="named by the day it began on")
    method: Mapped[str] = mapped_column(Text, comment="count | estimate")
    found: Mapped[int] = mapped_column(Integer)
    women: Mapped[int] = mapped_column(Integer)
    under_25: Mapped[int] = mapped_column(Integer)
    counted_by: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    verified_by: Mapped[str | None] = mapped_column(Text)
    verified_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_night_count_night", "night", unique=True),
        {"comment": "Nightly counts of people sleeping rough"},
    )


class WardCount(Base):
    """A ward's part of a night's count."""

    __tablename__ = "ward_count"

    count_id: Mapped[UUID] = mapped_column(ForeignKey("night_count.id", ondelete="CASCADE"), primary_key=True)
    ward: Mapped[str] = mapped_column(Text, primary_key=True)
    found: Mapped[int] = mapped_column(Integer)

    __table_args__ = ({"comment": "Nightly counts by ward"},)
