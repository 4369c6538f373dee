"""Rents and what a household can afford."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rent",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("home_id", sa.Uuid(), nullable=False),
        sa.Column("letting_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False, comment="casefile's id, never changed by a merge"),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column(
            "tenancy",
            sa.Text(),
            nullable=False,
            comment="secure | assured_low_cost | assured_market_linked | fixed_term",
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="proposed | set | ended"),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column(
            "household", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="what the sums asked of it"
        ),
        sa.Column(
            "evidence",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="papers: kind, period, amounts in pence, day",
        ),
        sa.Column("evidenced", sa.Boolean(), nullable=False),
        sa.Column("gross_month_pence", sa.BigInteger(), nullable=False),
        sa.Column("net_month_pence", sa.BigInteger(), nullable=False),
        sa.Column("proposed", sa.Text(), nullable=True, comment="the product; null: none"),
        sa.Column("proposal", sa.Text(), nullable=False, comment="why, in words"),
        sa.Column(
            "verdicts",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="every product that was tried, step by step",
        ),
        sa.Column(
            "unsure", postgresql.ARRAY(sa.Text()), nullable=False, comment="tables that nobody has read in their source"
        ),
        sa.Column("product", sa.Text(), nullable=True, comment="null until it is set, like all below"),
        sa.Column("rent_week_pence", sa.Integer(), nullable=True),
        sa.Column("service_week_pence", sa.Integer(), nullable=True),
        sa.Column("market_week_pence", sa.Integer(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("risen_on", sa.Date(), nullable=True, comment="the last rise; the start counts as one"),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("set_by", sa.Text(), nullable=True),
        sa.Column("set_words", sa.Text(), nullable=True, comment="why not as proposed"),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("assessed_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False, comment="business time, like all below"),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'proposed') = (product is null)", name=op.f("ck_rent_set_has_a_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rent")),
        comment="Your rent and how it was worked out",
    )
    op.create_index("ix_rent_home_id", "rent", ["home_id"], unique=False)
    op.create_index("ix_rent_made_at", "rent", ["made_at", "id"], unique=False)
    op.create_index("ix_rent_person_id", "rent", ["person_id"], unique=False)
    op.create_index("uq_rent_home_set", "rent", ["home_id"], unique=True, postgresql_where=sa.text("state = 'set'"))
    op.create_table(
        "rent_period",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rent_id", sa.Uuid(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False, comment="set | lowered | raised | yearly"),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("rent_week_pence", sa.Integer(), nullable=False),
        sa.Column("service_week_pence", sa.Integer(), nullable=False),
        sa.Column("notice_on", sa.Date(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["rent_id"], ["rent.id"], name=op.f("fk_rent_period_rent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rent_period")),
        comment="What your rent was, from which day",
    )
    op.create_index("ix_rent_period_rent_id", "rent_period", ["rent_id", "set_at", "id"], unique=False)
    op.create_table(
        "rent_table",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_until", sa.Date(), nullable=True, comment="its last day; null: until the next"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment="pence, by size"),
        sa.Column("loaded_by", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "area", "effective_from", name=op.f("pk_rent_table")),
        comment="Dated tables of rents: caps, benchmarks, LHA",
    )


def downgrade() -> None:
    op.drop_table("rent_table")
    op.drop_table("rent_period")
    op.drop_table("rent")
