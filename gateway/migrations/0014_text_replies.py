"""Which text messages came back to us."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "text_reply",
        sa.Column("id", sa.Uuid(), nullable=False, comment="Notify's: it is taken once"),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False, comment="real time, by us"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_reply")),
        comment="Text messages that came back to us, by id alone; number and words go to casefile, sealed",
    )
    op.create_index("ix_text_reply_received_at", "text_reply", ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_text_reply_received_at", table_name="text_reply")
    op.drop_table("text_reply")
