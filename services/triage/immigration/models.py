"""The tables of immigration answers and of the way without recourse. Nothing of either is ever on the bus."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.triage.immigration import domain
from services.triage.immigration.domain import Result, State
from services.triage.tables import Base


class ImmigrationAnswer(Base):
    """What somebody answered, sealed."""

    __tablename__ = "immigration_answer"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    turns_on: Mapped[str] = mapped_column(Text, comment="the decision that turns on it")
    sealed: Mapped[str] = mapped_column(Text, comment="JWE: what was answered")
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_immigration_answer_person_id", "person_id", "turns_on", "asked_at"),
        {"comment": "Immigration status where a decision turns on it: sealed, on no event, in no list"},
    )


class NoRecourseRoute(Base):
    """The way of one person."""

    __tablename__ = "no_recourse_route"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    person_id: Mapped[UUID] = mapped_column(comment="casefile's id, never changed by a merge")
    blind_by: Mapped[str | None] = mapped_column(
        Text, comment="who took it and may not know the person: true for nobody else; null: as usual"
    )
    state: Mapped[str] = mapped_column(Text, comment="open | closed")
    assessment: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="{kind, result, by, on}"
    )
    destitution: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, comment="[{kind, by, on}]")
    advice: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), comment="{organisation_id, by, on}")
    home_office: Mapped[list[dict[str, Any]]] = mapped_column(
        JSONB, comment="[{duty, reason, by, on}]: recorded here only"
    )
    close_reason: Mapped[str | None] = mapped_column(Text)
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index(
            "uq_no_recourse_route_open",
            "person_id",
            "blind_by",
            unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_no_recourse_route_state", "state", "opened_at", "id"),
        {"comment": "The way without recourse to public funds: assessment, help in destitution, regulated advice"},
    )

    def as_rules_see_it(self) -> domain.Route:
        """The part that the rules read and change."""
        assessed = Result(self.assessment["result"]) if self.assessment else None
        return domain.Route(State(self.state), assessed, len(self.destitution), self.advice is not None)
