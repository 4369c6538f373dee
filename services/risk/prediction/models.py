"""Tables of models: definitions, trainings with their figures, publications, scores under pseudonyms."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.risk.tables import Base


class PredictionModel(Base):
    """A model under its code: the definition in force, who answers for it, what is published of it."""

    __tablename__ = "prediction_model"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    code: Mapped[str] = mapped_column(Text, unique=True)
    title: Mapped[str] = mapped_column(Text)
    definition_number: Mapped[int] = mapped_column(Integer, comment="the definition in force")
    owner: Mapped[str | None] = mapped_column(Text, comment="who answers for it, by name and post")
    review_on: Mapped[date | None] = mapped_column(Date)
    panel_reference: Mapped[str | None] = mapped_column(Text, comment="where the residents' data panel heard it")
    panel_told_on: Mapped[date | None] = mapped_column(Date)
    paused: Mapped[bool]
    pause_reason: Mapped[str | None] = mapped_column(Text, comment="public")
    paused_by: Mapped[str | None] = mapped_column(Text, comment="residents_panel, owner or information_governance")
    training_id: Mapped[UUID | None] = mapped_column(comment="the training that is published")
    published_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    published_by: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        CheckConstraint("not paused or pause_reason is not null", name="pause_says_why"),
        CheckConstraint("(training_id is null) = (published_at is null)", name="published"),
        {"comment": "Models that explain themselves"},
    )


class PredictionDefinition(Base):
    """One version of a model's definition; never changed."""

    __tablename__ = "prediction_definition"

    model_id: Mapped[UUID] = mapped_column(ForeignKey("prediction_model.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    definition: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[str] = mapped_column(Text, comment="SHA-256 of the definition")
    why: Mapped[str] = mapped_column(Text)
    defined_by: Mapped[str] = mapped_column(Text)
    defined_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = ({"comment": "Versions of models' definitions"},)


class PredictionTraining(Base):
    """One training: what it learned from, what came of it, and every figure. Kept for ever; holds nobody's row."""

    __tablename__ = "prediction_training"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    model_id: Mapped[UUID] = mapped_column(ForeignKey("prediction_model.id"))
    number: Mapped[int] = mapped_column(Integer)
    definition_number: Mapped[int] = mapped_column(Integer)
    champion_id: Mapped[UUID | None] = mapped_column(comment="the published training it was judged against")
    job_id: Mapped[UUID]
    cancelled: Mapped[bool]
    cancelled_by: Mapped[str | None] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    trained_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    document: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), comment="the model itself")
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    versions: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), comment="digests and libraries")

    __table_args__ = (
        UniqueConstraint("model_id", "number"),
        {"comment": "Trainings of models, with their figures"},
    )


class PredictionRun(Base):
    """One scoring of everybody by a published model."""

    __tablename__ = "prediction_run"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    model_id: Mapped[UUID] = mapped_column(ForeignKey("prediction_model.id"))
    training_id: Mapped[UUID] = mapped_column(ForeignKey("prediction_training.id"))
    job_id: Mapped[UUID]
    cancelled: Mapped[bool]
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    scored_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    result: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="how many, how many left to a person, drift"
    )

    __table_args__ = (Index("ix_prediction_run_model", "model_id", "id"), {"comment": "Scorings of the borough"})


class PredictionScore(Base):
    """What a published model tells of one household or person, with each term that adds up to it."""

    __tablename__ = "prediction_score"

    model_id: Mapped[UUID] = mapped_column(ForeignKey("prediction_model.id"), primary_key=True)
    subject: Mapped[UUID] = mapped_column(primary_key=True, comment="pseudonym of the household, or of the resident")
    run_id: Mapped[UUID]
    training_id: Mapped[UUID]
    scored_on: Mapped[date] = mapped_column(Date)
    score: Mapped[float] = mapped_column(Float, comment="intercept and terms added up")
    chance: Mapped[float] = mapped_column(Float, comment="calibrated")
    above: Mapped[bool] = mapped_column(comment="of those that help can be offered to")
    abstains: Mapped[str | None] = mapped_column(Text, comment="missing, links or unsure: a person decides without it")
    values: Mapped[list[float | None]] = mapped_column(JSONB, comment="of the features, in order of their codes")
    terms: Mapped[list[float]] = mapped_column(JSONB, comment="what each term of the model adds")

    __table_args__ = (
        CheckConstraint("abstains in ('missing', 'links', 'unsure')", name="abstains"),
        Index("ix_prediction_score_subject", "subject"),
        {"comment": "Scores under pseudonyms"},
    )
