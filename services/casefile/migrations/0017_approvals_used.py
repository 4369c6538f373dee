"""An approval allows one act, and is used up by it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    comment = "what it allowed was done: it allows nothing more"
    op.add_column("case_approval", sa.Column("used_at", sa.DateTime(timezone=True), nullable=True, comment=comment))


def downgrade() -> None:
    op.drop_column("case_approval", "used_at")
