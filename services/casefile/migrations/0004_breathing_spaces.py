"""Breathing Spaces."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "breathing_space",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="standard | mental_health_crisis"),
        sa.Column("state", sa.Text(), nullable=False, comment="active | ended | cancelled"),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="the last day; null while a treatment lasts"),
        sa.Column("ended_on", sa.Date(), nullable=True, comment="the last day it had in the end"),
        sa.Column("treatment_ended_on", sa.Date(), nullable=True),
        sa.Column("certified_by", sa.Text(), nullable=False, comment="debt adviser's firm, or the AMHP's team"),
        sa.Column("certified_as", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True, comment="in the Insolvency Service's register"),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("entered_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_breathing_space_in_order")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_breathing_space_household_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_breathing_space_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_breathing_space")),
        comment="Breathing Spaces: creditors stop until they end",
    )
    op.create_index(
        "uq_breathing_space_active",
        "breathing_space",
        ["person_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index("ix_breathing_space_person_id", "breathing_space", ["person_id", "entered_on"])


def downgrade() -> None:
    op.drop_index("ix_breathing_space_person_id", table_name="breathing_space")
    op.drop_index(
        "uq_breathing_space_active", table_name="breathing_space", postgresql_where=sa.text("state = 'active'")
    )
    op.drop_table("breathing_space")
