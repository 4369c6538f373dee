"""Whoever raised a concern hears what becomes of it, whoever it is about."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    says = "whose own it is: they hear of it, whoever it is about"
    op.add_column("live_change", sa.Column("own", sa.Text(), nullable=True, comment=says))


def downgrade() -> None:
    op.drop_column("live_change", "own")
