"""Packages for rights requests, and agreements."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from kit.store import foundation

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    foundation.remember_the_erased(op.get_bind())
    op.create_table(
        "known_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True, comment="the first day it no longer stands"),
        sa.Column("datasets", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("purposes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_agreement")),
        comment="Sharing agreements, from casefile's events",
    )


def downgrade() -> None:
    op.drop_table("known_agreement")
    foundation.forget_the_erased(op.get_bind())
