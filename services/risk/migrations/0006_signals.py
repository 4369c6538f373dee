"""Signals."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "signal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("household", sa.Uuid(), nullable=False, comment="pseudonym"),
        sa.Column("resident", sa.Uuid(), nullable=False, comment="pseudonym of whose record it is"),
        sa.Column("occurrence", sa.Text(), nullable=False, comment="what makes it one: the month it happened in"),
        sa.Column("fact", sa.Uuid(), nullable=False, comment="the fact that called for it"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="raised, held, introducing or lapsed"),
        sa.Column("why", sa.Text(), nullable=True, comment="why it is held or lapsed"),
        sa.Column("held_until", sa.Date(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("household_id", sa.Uuid(), nullable=True),
        sa.Column("found_at", _MOMENT, nullable=False),
        sa.Column("raised_at", _MOMENT, nullable=True),
        sa.CheckConstraint("state in ('raised', 'held', 'introducing', 'lapsed')", name=op.f("ck_signal_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
        sa.UniqueConstraint("household", "kind", "occurrence", name=op.f("uq_signal_household_kind_occurrence")),
        sa.UniqueConstraint("fact", "kind", name=op.f("uq_signal_fact_kind")),
        comment="Fresh facts that call for an offer of help",
    )
    op.create_index("ix_signal_found_at", "signal", ["found_at", "id"])
    op.create_index("ix_signal_resident_state", "signal", ["resident", "state"])
    op.create_table(
        "known_breathing_space",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_breathing_space")),
        comment="Breathing Spaces, from casefile's events",
    )
    op.create_index("ix_known_breathing_space_household_id", "known_breathing_space", ["household_id"])
    op.create_index("ix_known_breathing_space_person_id", "known_breathing_space", ["person_id"])


def downgrade() -> None:
    op.drop_table("known_breathing_space")
    op.drop_table("signal")
