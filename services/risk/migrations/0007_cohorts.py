"""Cohorts and the query log."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aggregate_query",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="of the question: the same one has the same"),
        sa.Column("question", postgresql.JSONB(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False, comment="what was shown; hidden counts are null"),
        sa.Column("outcome", sa.Text(), nullable=False, comment="shown, partly or hidden"),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aggregate_query")),
        comment="The log of aggregate questions",
    )
    op.create_index("ix_aggregate_query_digest", "aggregate_query", ["digest", "asked_at"])
    op.create_table(
        "cohort",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("definition_number", sa.Integer(), nullable=False, comment="the definition in force"),
        sa.Column("panel_reference", sa.Text(), nullable=True, comment="where the residents' data panel heard it"),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("code", name=op.f("uq_cohort_code")),
        comment="Saved definitions of households",
    )
    op.create_index("ix_cohort_changed_at", "cohort", ["changed_at", "id"])
    op.create_table(
        "cohort_definition",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("defined_by", sa.Text(), nullable=False),
        sa.Column("defined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohort.id"], name=op.f("fk_cohort_definition_cohort_id")),
        sa.PrimaryKeyConstraint("cohort_id", "number", name=op.f("pk_cohort_definition")),
        comment="Versions of cohorts' definitions",
    )
    op.create_table(
        "shown_count",
        sa.Column("query_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False, comment="which table, row and column of the answer"),
        sa.Column("households", sa.Integer(), nullable=False, comment="the true count; never shown"),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.ForeignKeyConstraint(["query_id"], ["aggregate_query.id"], name=op.f("fk_shown_count_query_id")),
        sa.PrimaryKeyConstraint("query_id", "place", name=op.f("pk_shown_count")),
        comment="Counts that were shown, so that none shown later differs from one by a few households",
    )
    op.create_index("ix_shown_count_households", "shown_count", ["households", "asked_at"])
    op.create_table(
        "cohort_publication",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("definition_number", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False, comment="asked, refused, approved or published"),
        sa.Column("part", sa.Text(), nullable=False, comment="unknown, known or both"),
        sa.Column("within", postgresql.JSONB(none_as_null=True), nullable=True, comment="a narrower part"),
        sa.Column("most", sa.Integer(), nullable=True, comment="at most so many homes"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("panel_reference", sa.Text(), nullable=False),
        sa.Column(
            "left_out",
            postgresql.ARRAY(sa.Text()),
            nullable=False,
            comment="factors that may not choose whom to contact",
        ),
        sa.Column("condition", postgresql.JSONB(), nullable=False, comment="the definition without them"),
        sa.Column("cohort_households", sa.Integer(), nullable=False, comment="in the cohort when it was asked for"),
        sa.Column("cohort_known", sa.Integer(), nullable=False),
        sa.Column("matching", sa.Integer(), nullable=False, comment="homes the condition finds, of the chosen part"),
        sa.Column(
            "barred", sa.Integer(), nullable=False, comment="of these, only by sources that may not serve contact"
        ),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("part in ('unknown', 'known', 'both')", name=op.f("ck_cohort_publication_part")),
        sa.CheckConstraint(
            "standing in ('asked', 'refused', 'approved', 'published')", name=op.f("ck_cohort_publication_standing")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id", "definition_number"],
            ["cohort_definition.cohort_id", "cohort_definition.number"],
            name=op.f("fk_cohort_publication_cohort_id_definition_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_publication")),
        comment="Cohorts as lists of homes to offer help to",
    )
    op.create_index("ix_cohort_publication_cohort", "cohort_publication", ["cohort_id", "asked_at", "id"])
    op.create_index(
        "uq_cohort_publication_waiting",
        "cohort_publication",
        ["cohort_id"],
        unique=True,
        postgresql_where=sa.text("standing = 'asked'"),
    )
    op.create_table(
        "cohort_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("definition_number", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("counted_on", sa.Date(), nullable=False, comment="the business date"),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column(
            "uncertain", sa.Integer(), nullable=False, comment="of the households: would not be in it but for a link"
        ),
        sa.Column(
            "might_join", sa.Integer(), nullable=False, comment="kept out only by what rests on an uncertain link"
        ),
        sa.Column("population", sa.Integer(), nullable=False, comment="households of the borough that day"),
        sa.Column("counted_by", sa.Text(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id", "definition_number"],
            ["cohort_definition.cohort_id", "cohort_definition.number"],
            name=op.f("fk_cohort_run_cohort_id_definition_number"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cohort_run")),
        sa.UniqueConstraint(
            "cohort_id", "definition_number", "month", name=op.f("uq_cohort_run_cohort_id_definition_number_month")
        ),
        comment="Sizes of cohorts through time",
    )
    op.create_table(
        "cohort_published_home",
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.Column("resident", sa.Uuid(), nullable=True, comment="pseudonym of whom the offer is for"),
        sa.Column("source", sa.Text(), nullable=True, comment="whose record of them may be used to make contact"),
        sa.Column("state", sa.Text(), nullable=False, comment="waiting, raised, introducing or passed"),
        sa.Column("why", sa.Text(), nullable=True, comment="why it was passed over: a code"),
        sa.CheckConstraint(
            "state in ('waiting', 'raised', 'introducing', 'passed')", name=op.f("ck_cohort_published_home_state")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"], ["cohort_publication.id"], name=op.f("fk_cohort_published_home_publication_id")
        ),
        sa.PrimaryKeyConstraint("publication_id", "household", name=op.f("pk_cohort_published_home")),
        comment="Homes of approved lists",
    )
    op.create_index(
        "ix_cohort_published_home_waiting",
        "cohort_published_home",
        ["publication_id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_cohort_published_home_resident",
        "cohort_published_home",
        ["resident"],
        postgresql_where=sa.text("state = 'introducing'"),
    )
    op.create_index(
        "ix_fact_known_by",
        "fact",
        ["record", "kind", "occurred_on", "until"],
        postgresql_where=sa.text(
            "kind in ('adult_care.discharge', 'adult_care.package', 'early_help.closed', 'early_help.opened', "
            "'homelessness.approach', 'homelessness.duty', 'homelessness.ended', 'hub.contact', "
            "'social_care.child_in_need', 'social_care.child_looked_after', 'social_care.child_protection', "
            "'social_care.referral')"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_fact_known_by", "fact")
    for table in (
        "cohort_published_home",
        "cohort_publication",
        "cohort_run",
        "cohort_definition",
        "cohort",
        "shown_count",
        "aggregate_query",
    ):
        op.drop_table(table)
