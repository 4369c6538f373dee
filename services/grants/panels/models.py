"""The tables of panels, their pools and draws."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, DateTime, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.grants.tables import Base

_MOMENT = DateTime(timezone=True)


class ResidentPanel(Base):
    """A panel: what it is for, who may sit, whether it was drawn."""

    __tablename__ = "resident_panel"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(Text, comment="residents | data | forum")
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("grant_round.id"))
    size: Mapped[int] = mapped_column(Integer)
    one_per_home: Mapped[bool] = mapped_column(Boolean)
    quotas: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{category, feature, least, most}]")
    reserves: Mapped[int] = mapped_column(Integer, comment="how many stand by")
    dropout: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="{usual, groups: [{category, feature, chance}]}")
    state: Mapped[str] = mapped_column(Text, comment="gathering | drawing | drawn | ended")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(_MOMENT, comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (
        Index("ix_resident_panel_made_at", "made_at", "id"),
        {"comment": "Residents' panels"},
    )


class PanelVolunteer(Base):
    """Somebody who put their name forward: what they told us for this purpose, and the token they go by in public."""

    __tablename__ = "panel_volunteer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("resident_panel.id"))
    token: Mapped[str] = mapped_column(Text, unique=True, comment="random; the only thing of theirs that is public")
    person_id: Mapped[UUID | None] = mapped_column(comment="casefile's id, where they are known")
    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    uprn: Mapped[str | None] = mapped_column(Text, comment="normalised; null is unknown, not a home")
    features: Mapped[dict[str, str]] = mapped_column(JSONB, comment="what they said of themselves, for the quotas")
    consented_at: Mapped[datetime] = mapped_column(_MOMENT, comment="to be drawn, and to these questions")
    withdrawn_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    of_thousand: Mapped[int | None] = mapped_column(Integer, comment="in how many of the 1,000 panels they stand")
    joined_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (
        Index("ix_panel_volunteer_panel_id", "panel_id", "joined_at", "id"),
        Index("ix_panel_volunteer_person_id", "person_id"),
        {"comment": "People who may be drawn for a panel, by consent"},
    )


class PanelDraw(Base):
    """One draw: what was asked, what was proved, the thousand panels and the one that was taken. All of it stays."""

    __tablename__ = "panel_draw"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("resident_panel.id"))
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text, comment="first | again | replacement")
    state: Mapped[str] = mapped_column(Text, comment="working | announced | drawn | failed")
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("panel_draw.id"))
    because: Mapped[str | None] = mapped_column(Text, comment="the public reason of a draw that replaces another")
    size: Mapped[int] = mapped_column(Integer, comment="places that are drawn")
    pool: Mapped[int] = mapped_column(Integer, comment="who could be drawn")
    quotas: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="as drawn by")
    changed_quotas: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{asked, possible}], if none would do")
    leaving: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{token, reason}] of a replacement")
    spent: Mapped[list[str]] = mapped_column(JSONB, comment="tokens that cannot be drawn any more")
    seed_source: Mapped[str] = mapped_column(Text)
    seed_from: Mapped[datetime] = mapped_column(_MOMENT, comment="before this nobody can know the seed")
    asked_by: Mapped[str] = mapped_column(Text)
    closed_at: Mapped[datetime] = mapped_column(_MOMENT, comment="when the pool was closed; business time, like all")
    salt: Mapped[str] = mapped_column(Text, comment="of the digest of what was asked, for auditors")
    question_sha256: Mapped[str] = mapped_column(Text)
    certificate: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="what is proved of the chances")
    file: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="as kit/lottery_verifier.py reads it")
    failure: Mapped[str | None] = mapped_column(Text)
    announced_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    drawn_at: Mapped[datetime | None] = mapped_column(_MOMENT)
    entered_by: Mapped[str | None] = mapped_column(Text)
    witnessed_by: Mapped[str | None] = mapped_column(Text)
    reserves: Mapped[dict[str, Any] | None] = mapped_column(JSONB, comment="{tokens, expected_loss, without}")
    changed_at: Mapped[datetime] = mapped_column(_MOMENT)

    __table_args__ = (
        Index("uq_panel_draw_number", "panel_id", "number", unique=True),
        # One at a time: two officers who ask at once, one did.
        Index(
            "uq_panel_draw_open",
            "panel_id",
            unique=True,
            postgresql_where=text("state in ('working', 'announced')"),
        ),
        {"comment": "Public draws of panels; none is ever taken away"},
    )


class PanelSeat(Base):
    """Who sits or stands by, from when to when, by which draw."""

    __tablename__ = "panel_seat"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    panel_id: Mapped[UUID] = mapped_column(ForeignKey("resident_panel.id"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("panel_volunteer.id"))
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("panel_draw.id"))
    standing: Mapped[str] = mapped_column(Text, comment="member | reserve")
    place: Mapped[int] = mapped_column(Integer, comment="of a reserve: in which order they are asked")
    since: Mapped[datetime] = mapped_column(_MOMENT)
    until: Mapped[datetime | None] = mapped_column(_MOMENT)
    why_left: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_panel_seat_now",
            "panel_id",
            "volunteer_id",
            unique=True,
            postgresql_where=text("until is null"),
        ),
        Index("ix_panel_seat_draw_id", "draw_id"),
        {"comment": "Members and reserves of panels"},
    )
