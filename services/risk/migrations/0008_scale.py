"""What linking a whole borough, and only what changed, needs."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Empty at first: the next refresh then looks at everything once.
    op.create_table(
        "followed_load",
        sa.Column("load_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("load_id", name=op.f("pk_followed_load")),
        comment="Loads whose facts the profiles have followed",
    )


def downgrade() -> None:
    op.drop_table("followed_load")
