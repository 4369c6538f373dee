"""Who is owed a duty and got a home from the register: somebody has to decide that the duty ends."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "homelessness_case",
        sa.Column("home_from", sa.Date(), nullable=True, comment="a letting from the register began: duties to decide on"),
    )
    op.add_column("homelessness_case", sa.Column("home_letting_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("homelessness_case", "home_letting_id")
    op.drop_column("homelessness_case", "home_from")
