"""Introduced people, from casefile's answers."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "known_introduction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_introduction")),
        comment="Introduced people, from casefile's answers",
    )
    op.create_index("ix_known_introduction_household_id", "known_introduction", ["household_id"])


def downgrade() -> None:
    op.drop_table("known_introduction")
