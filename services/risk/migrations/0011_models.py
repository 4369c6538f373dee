"""Models, their figures and their publications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "prediction_model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("definition_number", sa.Integer(), nullable=False, comment="the definition in force"),
        sa.Column("owner", sa.Text(), nullable=True, comment="who answers for it, by name and post"),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("panel_reference", sa.Text(), nullable=True, comment="where the residents' data panel heard it"),
        sa.Column("panel_told_on", sa.Date(), nullable=True),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=True, comment="public"),
        sa.Column("paused_by", sa.Text(), nullable=True, comment="residents_panel, owner or information_governance"),
        sa.Column("training_id", sa.Uuid(), nullable=True, comment="the training that is published"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(training_id is null) = (published_at is null)", name=op.f("ck_prediction_model_published")
        ),
        sa.CheckConstraint("not paused or pause_reason is not null", name=op.f("ck_prediction_model_pause_says_why")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prediction_model")),
        sa.UniqueConstraint("code", name=op.f("uq_prediction_model_code")),
        comment="Models that explain themselves",
    )
    op.create_table(
        "prediction_definition",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of the definition"),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("defined_by", sa.Text(), nullable=False),
        sa.Column("defined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["prediction_model.id"], name=op.f("fk_prediction_definition_model_id_prediction_model")
        ),
        sa.PrimaryKeyConstraint("model_id", "number", name=op.f("pk_prediction_definition")),
        comment="Versions of models' definitions",
    )
    op.create_table(
        "prediction_training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition_number", sa.Integer(), nullable=False),
        sa.Column("champion_id", sa.Uuid(), nullable=True, comment="the published training it was judged against"),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trained_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "document",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="the model itself",
        ),
        sa.Column("figures", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "versions",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="digests and libraries",
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["prediction_model.id"], name=op.f("fk_prediction_training_model_id_prediction_model")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prediction_training")),
        sa.UniqueConstraint("model_id", "number", name=op.f("uq_prediction_training_model_id_number")),
        comment="Trainings of models, with their figures",
    )
    op.create_table(
        "prediction_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "result",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="how many, how many left to a person, drift",
        ),
        sa.ForeignKeyConstraint(
            ["model_id"], ["prediction_model.id"], name=op.f("fk_prediction_run_model_id_prediction_model")
        ),
        sa.ForeignKeyConstraint(
            ["training_id"], ["prediction_training.id"], name=op.f("fk_prediction_run_training_id_prediction_training")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prediction_run")),
        comment="Scorings of the borough",
    )
    op.create_index("ix_prediction_run_model", "prediction_run", ["model_id", "id"])
    op.create_table(
        "prediction_score",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False, comment="pseudonym of the household, or of the resident"),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("training_id", sa.Uuid(), nullable=False),
        sa.Column("scored_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False, comment="intercept and terms added up"),
        sa.Column("chance", sa.Float(), nullable=False, comment="calibrated"),
        sa.Column("above", sa.Boolean(), nullable=False, comment="of those that help can be offered to"),
        sa.Column(
            "abstains", sa.Text(), nullable=True, comment="missing, links or unsure: a person decides without it"
        ),
        sa.Column(
            "values",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="of the features, in order of their codes",
        ),
        sa.Column(
            "terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="what each term of the model adds"
        ),
        sa.CheckConstraint("abstains in ('missing', 'links', 'unsure')", name=op.f("ck_prediction_score_abstains")),
        sa.ForeignKeyConstraint(
            ["model_id"], ["prediction_model.id"], name=op.f("fk_prediction_score_model_id_prediction_model")
        ),
        sa.PrimaryKeyConstraint("model_id", "subject", name=op.f("pk_prediction_score")),
        comment="Scores under pseudonyms",
    )
    op.create_index("ix_prediction_score_subject", "prediction_score", ["subject"])


def downgrade() -> None:
    for table in (
        "prediction_score",
        "prediction_run",
        "prediction_training",
        "prediction_definition",
        "prediction_model",
    ):
        op.drop_table(table)
