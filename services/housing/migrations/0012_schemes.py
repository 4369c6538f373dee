"""Schemes: phases, homes, cash flow."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scheme",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False, comment="short, for people; never used again"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ward", sa.Text(), nullable=True, comment="E05..."),
        sa.Column("state", sa.Text(), nullable=False, comment="pipeline | approved | on_site | completed | stopped"),
        sa.Column(
            "land",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="who owns it and what is meant for it",
        ),
        sa.Column("phases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "mix",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="homes by phase, size and tenure, with figures in pence",
        ),
        sa.Column("assumptions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "milestones", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="gateways passed, in order"
        ),
        sa.Column(
            "jobs",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="promised against delivered, by kind",
        ),
        sa.Column("homes_planned", sa.Integer(), nullable=False),
        sa.Column("homes_demolished", sa.Integer(), nullable=False),
        sa.Column("handed_over", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
        sa.UniqueConstraint("code", name=op.f("uq_scheme_code")),
        comment="Building schemes",
    )
    op.create_index("ix_scheme_made_at", "scheme", ["made_at", "id"], unique=False)
    op.create_index("ix_scheme_state", "scheme", ["state", "made_at", "id"], unique=False)
    op.create_table(
        "scheme_gateway",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("milestone", sa.Text(), nullable=False),
        sa.Column("phase", sa.SmallInteger(), nullable=False),
        sa.Column("reached_on", sa.Date(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=True, comment="proceed | proceed_with_conditions | return | stop"),
        sa.Column("advice_words", sa.Text(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column(
            "figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="the appraisal that was seen"
        ),
        sa.Column("digest", sa.Text(), nullable=False, comment="SHA-256 of plan and figures"),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name=op.f("fk_scheme_gateway_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_gateway")),
        comment="Decisions about schemes",
    )
    op.create_index("ix_scheme_gateway_scheme_id", "scheme_gateway", ["scheme_id", "decided_at", "id"], unique=False)
    op.create_table(
        "scheme_scenario",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("change", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name=op.f("fk_scheme_scenario_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_scenario")),
        comment="Scenarios of schemes",
    )
    op.create_index("uq_scheme_scenario_scheme_id_name", "scheme_scenario", ["scheme_id", "name"], unique=True)
    op.create_table(
        "scheme_handover",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("scheme_id", sa.Uuid(), nullable=False),
        sa.Column("phase", sa.SmallInteger(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("home_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="how many of each size and tenure"
        ),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name=op.f("fk_scheme_handover_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_handover")),
        comment="Homes handed over from schemes",
    )
    op.create_index("ix_scheme_handover_scheme_id", "scheme_handover", ["scheme_id", "made_at", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("scheme_handover")
    op.drop_table("scheme_scenario")
    op.drop_table("scheme_gateway")
    op.drop_table("scheme")
