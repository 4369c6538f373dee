"""When a campaign's match was paid, by whom, or why it went back."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("match_settled_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("campaign", sa.Column("match_settled_by", sa.Text(), nullable=True))
    op.add_column(
        "campaign",
        sa.Column("match_returned_reason", sa.Text(), nullable=True, comment="why it was not paid, if it was not: public"),
    )


def downgrade() -> None:
    op.drop_column("campaign", "match_returned_reason")
    op.drop_column("campaign", "match_settled_by")
    op.drop_column("campaign", "match_settled_at")
