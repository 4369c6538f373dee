"""Who is shown changes as they happen."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False, comment="gateway.live.lists"),
        sa.Column("kind", sa.Text(), nullable=False, comment="the event's last word, e.g. moved"),
        sa.Column("subject", sa.Uuid(), nullable=False, comment="the thing on the list"),
        sa.Column(
            "person_ids",
            postgresql.ARRAY(sa.Uuid()),
            nullable=False,
            comment="whom it is about: to keep it back from whom they are kept back; never told",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_change")),
        comment="Changes of lists that are being told, for an hour",
    )
    op.create_index("ix_live_change_at", "live_change", ["at"])


def downgrade() -> None:
    op.drop_table("live_change")
