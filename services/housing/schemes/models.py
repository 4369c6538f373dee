"""The tables of schemes: what is planned and what was passed, scenarios, homes handed over. Nobody stands here."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Integer, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.housing.schemes.domain import Milestone, MixLine, Phase, Reached, Tenure
from services.housing.tables import Base


class Scheme(Base):
    """One scheme of the pipeline."""

    __tablename__ = "scheme"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text, unique=True, comment="short, for people; never used again")
    name: Mapped[str] = mapped_column(Text)
    ward: Mapped[str | None] = mapped_column(Text, comment="E05...")
    state: Mapped[str] = mapped_column(Text, comment="pipeline | approved | on_site | completed | stopped")
    land: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="who owns it and what is meant for it")
    phases: Mapped[list[Any]] = mapped_column(JSONB)
    mix: Mapped[list[Any]] = mapped_column(JSONB, comment="homes by phase, size and tenure, with figures in pence")
    assumptions: Mapped[dict[str, Any]] = mapped_column(JSONB)
    milestones: Mapped[list[Any]] = mapped_column(JSONB, comment="gateways passed, in order")
    jobs: Mapped[list[Any]] = mapped_column(JSONB, comment="promised against delivered, by kind")
    homes_planned: Mapped[int] = mapped_column(Integer)
    homes_demolished: Mapped[int] = mapped_column(Integer)
    handed_over: Mapped[int] = mapped_column(Integer)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), comment="business time, like all below")
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_scheme_state", "state", "made_at", "id"),
        Index("ix_scheme_made_at", "made_at", "id"),
        {"comment": "Building schemes"},
    )

    @property
    def reached(self) -> list[Reached]:
        """The gateways passed, as the rules read them."""
        return [
            Reached(Milestone(each["milestone"]), each["phase"], date.fromisoformat(each["reached_on"]))
            for each in self.milestones
        ]

    @property
    def phase_list(self) -> list[Phase]:
        """The phases, as the rules read them."""
        return [
            Phase(
                each["number"],
                date.fromisoformat(each["starts_on"]),
                date.fromisoformat(each["completes_on"]),
                each["demolished"],
            )
            for each in self.phases
        ]

    @property
    def mix_lines(self) -> list[MixLine]:
        """The mix, as the rules read it."""
        return [MixLine(each["phase"], each["bedrooms"], Tenure(each["tenure"]), each["homes"]) for each in self.mix]


class SchemeGateway(Base):
    """One decision at a gateway: the panel's advice, who decided, and the digest of the appraisal they saw."""

    __tablename__ = "scheme_gateway"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("scheme.id"))
    milestone: Mapped[str] = mapped_column(Text)
    phase: Mapped[int] = mapped_column(SmallInteger)
    reached_on: Mapped[date] = mapped_column()
    advice: Mapped[str | None] = mapped_column(Text, comment="proceed | proceed_with_conditions | return | stop")
    advice_words: Mapped[str | None] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    words: Mapped[str | None] = mapped_column(Text)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, comment="the appraisal that was seen")
    digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of plan and figures")
    decided_by: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_scheme_gateway_scheme_id", "scheme_id", "decided_at", "id"),
        {"comment": "Decisions about schemes"},
    )


class SchemeScenario(Base):
    """One scenario that somebody tried and kept, with what it came to."""

    __tablename__ = "scheme_scenario"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("scheme.id"))
    name: Mapped[str] = mapped_column(Text)
    change: Mapped[dict[str, Any]] = mapped_column(JSONB)
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("uq_scheme_scenario_scheme_id_name", "scheme_id", "name", unique=True),
        {"comment": "Scenarios of schemes"},
    )


class SchemeHandover(Base):
    """Finished homes that came to lettings together."""

    __tablename__ = "scheme_handover"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    scheme_id: Mapped[UUID] = mapped_column(ForeignKey("scheme.id"))
    phase: Mapped[int] = mapped_column(SmallInteger)
    handed_over_on: Mapped[date] = mapped_column()
    home_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    kinds: Mapped[list[Any]] = mapped_column(JSONB, comment="how many of each size and tenure")
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_scheme_handover_scheme_id", "scheme_id", "made_at", "id"),
        {"comment": "Homes handed over from schemes"},
    )
